/*
 * Who exists: organisations in one tree, persons, what holds of them now, accounts, rooms and rights in rooms. A county is small:
 * the store loads all of it at start into a `directory` that the control thread owns and reads without waiting. What changes it:
 * changes.h. Pointers live until the next directory_apply(); ids for ever.
 */
#ifndef HUITANG_ATTENDANCE_DIRECTORY_H
#define HUITANG_ATTENDANCE_DIRECTORY_H

#include "attendance/account.h"
#include "attendance/fact.h"
#include "attendance/name_key.h"
#include "classroom/event.h"

#define ORG_NAME_BYTES 241              /* 80 characters and 0 */
#define ORG_CODE_BYTES 33
#define ORG_DEPTH_MAX 32
#define PERSON_NAME_BYTES 121
#define PSEUDONYM_BYTES PERSON_ID_BYTES
#define CARD_HASH_BYTES 32

struct changes;

struct org {
	int64_t id;
	int64_t parent;                 /* 0: a root; of a closed one the last */
	const char *name;
	const char *kind;               /* "city", "county", "township", "branch", … */
	const char *code;               /* the organisation's own number, "" for none; unique */
	const char *phone;              /* "" for none */
	const struct name_key *key;     /* by what its name is found and sorted; NULL without a name */
	int64_t closed_us;              /* wall; 0: it is there */
	int64_t merged_into;            /* of a closed one; 0: none */
	uint32_t first, last;           /* pre-order numbers of the subtree: b is in a's when a.first <= b.first <= a.last */
	uint32_t depth;                 /* 0: a root */
	uint32_t n_policies;            /* own policy values: most have none, and need not be asked */
	const struct org *child, *sibling;      /* first child, next one of the same parent, in order of id; closed ones among them */
};

/* Who a person is: all that an erasure takes away. */
struct identity {
	const char *name;
	const char *reading;            /* pinyin where the usual one is wrong, "" for none */
	const char *phone;              /* "" for none */
	const char *card_tail;          /* last two characters of the card number, "" for none */
	const char *card_key;           /* id of the key of card_hash */
	uint8_t card_hash[CARD_HASH_BYTES];     /* records.md, Card numbers; meaningless without card_tail */
};

struct person {
	int64_t id;
	const char *pseudonym;          /* in chained rows */
	struct identity identity;       /* name "" when erased */
	const char *kind;               /* "member", "staff", "talent", "guest" */
	int64_t main_org;               /* 0: none now */
	int64_t last_org;               /* the main one, or the last that was: those over it keep who has left */
	int64_t left_us;                /* wall: the last end of a membership, come or to come; 0: none has an end */
	int64_t merged_into;            /* a twin; 0: none */
	bool erased;
	int64_t account;                /* 0: none */
	const struct name_key *key;     /* by what the name is found and sorted; NULL when erased */
};

struct room_record {
	const char *id;                 /* slug, ROOM_ID_BYTES */
	const char *title;
	int64_t org;                    /* 0: none */
	const char *epoch;              /* of the last opening, as classroom made it; "" before the first */
	int64_t opened_us;              /* wall; 0: not yet */
	int64_t ended_us;               /* wall; 0: has not ended */
};

/** By id; NULL when there is none. */
const struct org *directory_org(const struct directory *d, int64_t id);
const struct person *directory_person(const struct directory *d, int64_t id);
const struct account *directory_account(const struct directory *d, int64_t id);

/** By its own number, by login name, by card number's hash (all exact); NULL when there is none. Twins merged away are not found. */
const struct org *directory_org_code(const struct directory *d, const char *code);
const struct account *directory_login(const struct directory *d, const char *login);
const struct person *directory_card(const struct directory *d, const uint8_t hash[CARD_HASH_BYTES]);

/** Whether anybody has a card number. */
bool directory_has_cards(const struct directory *d);

/** Whether the record is that of person `id`, or was merged into it. */
bool directory_counts_as(const struct directory *d, const struct person *record, int64_t id);

/** By the pseudonym of chained rows; NULL for none. Erased ones and twins merged away are found. */
const struct person *directory_pseudonym(const struct directory *d, const char *pseudonym);

/** A login that nobody has, for an account of that id that has only just been given: "u123" of a person, "site123" of a site. */
void directory_fresh_login(const struct directory *d, int64_t account, bool site, char ret[LOGIN_BYTES]);

/** One after another in order of id, beginning behind NULL; NULL behind the last. */
const struct org *directory_next_org(const struct directory *d, const struct org *after);
const struct person *directory_next_person(const struct directory *d, const struct person *after);
const struct account *directory_next_account(const struct directory *d, const struct account *after);

/** All persons in the order of lists: by pinyin, then id; the erased ones last. *ret_n of them. */
const struct person *const *directory_people(const struct directory *d, size_t *ret_n);

/** That order: as memcmp(). */
int directory_compare_people(const struct person *a, const struct person *b);

/** How many there are. */
size_t directory_n_orgs(const struct directory *d);
size_t directory_n_people(const struct directory *d);

/**
 * Facts of one type at an organisation, or of a person, one after another behind NULL. They hold now, later, or (a grant) ended
 * since the start: ask fact_holds().
 */
const struct fact *directory_org_fact(const struct directory *d, int64_t org, enum fact_type type, const struct fact *after);
const struct fact *directory_person_fact(const struct directory *d, int64_t person, enum fact_type type, const struct fact *after);

/** The same of a person at hand: without looking for it. */
const struct fact *directory_fact_of(const struct person *p, enum fact_type type, const struct fact *after);

/** By type and id; NULL when it is not known or ended. */
const struct fact *directory_fact(const struct directory *d, enum fact_type type, int64_t id);

/** The membership of a person at an organisation; NULL for none. */
const struct fact *directory_membership(const struct directory *d, int64_t person, int64_t org);

/* A request that its sender may repeat without its being done twice. */
#define REQUEST_KEY_BYTES 65
#define REQUEST_DIGEST_BYTES 32
#define REQUEST_KEPT_US (24LL * 3600 * 1000000)

struct request_done {
	int64_t result;                         /* the id that the first reply spoke of */
	int64_t wall_us;
	bool compared;                          /* `digest` is known: not after a restart, since what was sent is not kept on disk */
	uint8_t digest[REQUEST_DIGEST_BYTES];
};

/** By account and the key that it gave; NULL when none was done in the last day. */
const struct request_done *directory_request(const struct directory *d, int64_t account, const char *key);

/** The first root; NULL in an empty directory. Roots are siblings. */
const struct org *directory_root(const struct directory *d);

/** True when `org` is `above` or below it. False for unknown ids. */
bool directory_is_below(const struct directory *d, int64_t org, int64_t above);

/**
 * Writes the names from the root to `org`, joined by " / ", cut at a character when too long. "" for an unknown id.
 */
void directory_org_path(const struct directory *d, int64_t org, char *ret, size_t size);

/** When the next grant, membership or policy value begins or ends after a moment. INT64_MAX: none does. A walk over all facts. */
int64_t directory_next_edge_us(const struct directory *d, int64_t after_us);

/**
 * Writes where an account's name belongs: the path of its organisation, without the last name when that is the account's own
 * (a site's account bears the branch's name). "" for none.
 */
void directory_account_org(const struct directory *d, const struct account *a, char *ret, size_t size);

/** A fresh id: of an organisation, a person, an account, a fact of a type. */
int64_t directory_next_org_id(struct directory *d);
int64_t directory_next_person_id(struct directory *d);
int64_t directory_next_account_id(struct directory *d);
int64_t directory_next_fact_id(struct directory *d, enum fact_type type);

/**
 * Applies changes that are on disk; pointers into the directory end. Thread: control.
 *
 * There is no way back from what is on disk: without memory the process ends, and starts again from there (safety.md, rule 10).
 */
void directory_apply(struct directory *d, const struct changes *c, int64_t now_wall_us);

/* ---- rooms ---- */

/** By slug; NULL when there is none. */
const struct room_record *directory_room(const struct directory *d, const char *id);

/** All rooms, ordered by id; *ret_n of them. */
const struct room_record *const *directory_rooms(const struct directory *d, size_t *ret_n);

/**
 * The account's role in a room ("host", "cohost", "presenter", "participant", "viewer", "inspector"), NULL for none:
 * its own right, else that of its organisation, else the nearest one above whose right covers the subtree.
 */
const char *directory_role(const struct directory *d, const char *room, int64_t account);

/**
 * Notes in memory that a room was opened or has ended; the journal's event of the same name writes it to disk.
 * A room that is not known is added. Errors: -ENOMEM.
 */
int directory_room_opened(struct directory *d, const char *room, const char *title, const char *epoch,
                          int64_t wall_us);
void directory_room_ended(struct directory *d, const char *room, int64_t wall_us);

#endif
