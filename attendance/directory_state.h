/* What a directory is made of, for the files that fill, change and search it. Inside attendance/ only. */
#ifndef HUITANG_ATTENDANCE_DIRECTORY_STATE_H
#define HUITANG_ATTENDANCE_DIRECTORY_STATE_H

#include <sqlite3.h>

#include "attendance/directory.h"
#include "media/base/hash.h"

/* Each entry begins with what is handed out; all texts are the entry's own. */
struct fact_key {
	int64_t type, id;
};

struct fact_entry {
	struct fact fact;
	struct fact_key key;
	struct fact_entry *org_prev, *org_next;         /* of the same organisation */
	struct fact_entry *person_prev, *person_next;   /* of the same person */
	UT_hash_handle hh;
};

struct org_entry {
	struct org org;
	struct fact_entry *facts;
	UT_hash_handle hh, by_code;
};

struct person_entry {
	struct person person;
	struct fact_entry *facts;
	bool listed;                    /* in by_name */
	UT_hash_handle hh, by_card, by_pseudonym;
};

struct link_entry {
	struct link link;
	struct link_entry *prev, *next; /* of the same account */
	UT_hash_handle hh;
};

struct account_entry {
	struct account account;
	struct link_entry *links;       /* the directory's */
	UT_hash_handle hh, by_login;
};

struct right {
	char *room;
	int64_t account, org;   /* one of them is 0 */
	bool subtree;
	char *role;
};

struct room_entry {
	struct room_record record;
	char *id, *title, *epoch;       /* owned: what record points to */
};

#define REQUEST_NAME_BYTES (REQUEST_KEY_BYTES + 24)

struct request_entry {
	char name[REQUEST_NAME_BYTES];          /* account and key */
	struct request_done done;
	UT_hash_handle hh;
};

struct directory {
	struct org_entry *orgs;         /* owned, by id */
	struct org_entry *codes;        /* the same, by code */
	struct person_entry *people;    /* owned, by id */
	struct person_entry *cards;     /* the same, by card */
	struct person_entry *pseudonyms;        /* the same, by pseudonym */
	struct account_entry *accounts; /* owned, by id */
	struct account_entry *logins;   /* the same, by login */
	struct fact_entry *facts;       /* owned, by type and id */
	struct request_entry *requests; /* owned, by name, the oldest first */
	struct name_order *order;       /* owned */
	const struct person **by_name;  /* owned: all of them, in the order of lists once that is `loaded` */
	size_t n_by_name;
	bool loaded;
	const struct org *root;
	int64_t last_org, last_person, last_account, last_fact[FACT_TYPES];     /* ids that were given */
	struct room_entry **rooms;      /* by id; record comes first, so that they read as room_record pointers; owned */
	size_t n_rooms;
	struct right *rights;           /* by room, account, organisation; of one such by age */
	size_t n_rights;
	struct link_entry *links;       /* owned, by hash of the code */
	struct session *sessions;       /* by hash */
	size_t n_sessions;
};

/**
 * Reads all of it: what holds now or will, and sessions that have not expired.
 *
 * Owns:   *ret is the caller's; end it with directory_destroy().
 * Errors: -ENOMEM, -EBADMSG, -EIO.
 */
int directory_load(struct directory **ret, sqlite3 *db, int64_t now_wall_us);
struct directory *directory_destroy(struct directory *d);

DEFINE_CLEANUP(struct directory, directory_destroy)

/* ---- entries (directory_entry.c). Texts are copied. Errors: -ENOMEM, -EEXIST an id, code or login that is there. ---- */

int directory_put_org(struct directory *d, int64_t id, const char *code);
int directory_put_person(struct directory *d, int64_t id, const char *pseudonym);
int directory_put_identity(struct directory *d, int64_t person, const struct identity *identity);
int directory_put_account(struct directory *d, const struct account *account);

/** Takes the fact in, in place of an older parent, name or kind, and keeps what is derived from it. */
int directory_put_fact(struct directory *d, const struct fact *fact);
void directory_drop_fact(struct directory *d, struct fact_entry *f);
void directory_drop_account(struct directory *d, int64_t id);
struct fact_entry *directory_find_fact(const struct directory *d, enum fact_type type, int64_t id);
struct org_entry *directory_find_org(const struct directory *d, int64_t id);
struct person_entry *directory_find_person(const struct directory *d, int64_t id);
struct account_entry *directory_find_account(const struct directory *d, int64_t id);

/** Names and organisations of accounts, after persons, names or memberships changed. */
void directory_name_accounts(struct directory *d);

/** Ends all entries of the kinds above. */
void directory_drop_all(struct directory *d);

/** Children, depths and pre-order numbers anew. Errors: -ENOMEM. What hangs in a circle has no number: it is below nothing. */
int directory_number(struct directory *d);

/* ---- names (directory_names.c) ---- */

/** Makes the key anew and puts the person where that belongs. Errors: -ENOMEM. */
int directory_key_person(struct directory *d, struct person_entry *e, const struct identity *identity);
int directory_key_org(struct directory *d, struct org_entry *e, const char *name);

/* ---- requests (directory_request.c) ---- */

/** Forgets those that are too old. Errors: -ENOMEM, -EEXIST. */
int directory_add_request(struct directory *d, int64_t account, const char *key, const struct request_done *done, int64_t now_us);
void directory_drop_requests(struct directory *d);

/** Once, when all are there. */
void directory_sort_people(struct directory *d);

/* ---- rooms (directory_room.c) ---- */

int directory_put_room(struct directory *d, const char *id, const char *title, const char *epoch, struct room_entry **ret);
int directory_put_right(struct directory *d, const struct right *right);
void directory_drop_rooms(struct directory *d);

/* ---- sessions (directory_session.c) ---- */

/** Errors: -ENOMEM, -EEXIST. */
int directory_add_session(struct directory *d, const struct session *session);

/** False when there was none. */
bool directory_remove_session(struct directory *d, const uint8_t hash[SESSION_HASH_BYTES]);

/** Errors: -ENOMEM, -EEXIST. */
int directory_add_link(struct directory *d, const struct link *link);
void directory_remove_link(struct directory *d, const uint8_t hash[SESSION_HASH_BYTES]);
void directory_drop_links(struct directory *d);

/** All of an account, and its links. */
void directory_end_sessions(struct directory *d, int64_t account);

void directory_drop_expired_sessions(struct directory *d, int64_t now_wall_us);

const struct session *directory_session(const struct directory *d, const uint8_t hash[SESSION_HASH_BYTES]);

/** The oldest session of an account; *ret_n is how many it has. NULL when none. */
const struct session *directory_oldest_session(const struct directory *d, int64_t account, size_t *ret_n);

/** Makes place for one more element behind n. Capacities are 0, 16, 24, 36, …, so they need not be kept. Errors: -ENOMEM. */
int directory_grow(void *array, size_t n, size_t size);

#endif
