/*
 * Organisations, accounts, rooms, rights and sign-in sessions. 200 branches are small: the store loads all of it at start
 * into a `directory` that the control thread owns and reads without waiting; a change alters the directory at once and is
 * posted to the store thread. Texts and rows live as long as the directory.
 */
#ifndef HUITANG_ATTENDANCE_ACCOUNT_H
#define HUITANG_ATTENDANCE_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attendance/store.h"

#define LOGIN_BYTES 65
#define PASSWORD_MAX 256                /* bytes a client may send as password */
#define PASSWORD_HASH_BYTES 128         /* crypto_pwhash_STRBYTES */
#define SESSION_TOKEN_BYTES 44          /* 43 characters of base64url and 0 */
#define SESSION_HASH_BYTES 32           /* of the token: names the session without opening it */
#define SESSION_LIFE_US (30LL * 24 * 3600 * 1000000)
#define SESSIONS_PER_ACCOUNT 64         /* a further one ends the oldest */

struct org {
	int64_t id;
	int64_t parent;                 /* 0: a root */
	const char *name;
	const char *kind;               /* "city", "county", "township", "branch" */
	uint32_t first, last;           /* pre-order numbers of the subtree: b is in a's when a.first <= b.first <= a.last */
};

struct account {
	int64_t id;
	const char *login;
	const char *name;
	int64_t org;
	const char *kind;               /* label: "administrator", "host", "cohost", "expert", "inspector", "branch", "member" */
	const char *password_hash;      /* for password_verify() */
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
const struct account *directory_account(const struct directory *d, int64_t id);

/** By login name (exact); NULL when there is none. */
const struct account *directory_login(const struct directory *d, const char *login);

/** By slug; NULL when there is none. */
const struct room_record *directory_room(const struct directory *d, const char *id);

/** All rooms, ordered by id; *ret_n of them. */
const struct room_record *const *directory_rooms(const struct directory *d, size_t *ret_n);

/** All accounts, ordered by id. */
const struct account *const *directory_accounts(const struct directory *d, size_t *ret_n);

/** True when `org` is `above` or below it. False for unknown ids. */
bool directory_is_below(const struct directory *d, int64_t org, int64_t above);

/**
 * Writes the names from the root to `org`, joined by " / ", cut at a character when too long. "" for an unknown id.
 */
void directory_org_path(const struct directory *d, int64_t org, char *ret, size_t size);

/**
 * Writes where an account's name belongs: the path of its organisation, without the last name when that is the account's own
 * (a branch's account bears the branch's name). "" for none.
 */
void directory_account_org(const struct directory *d, const struct account *a, char *ret, size_t size);

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

/**
 * Starts a sign-in session. The token is random; memory and disk hold its hash. `ticket` as in journal_append():
 * answer the client after on_done(), so that the sign-in survives a restart; on an error session_close() it.
 *
 * Errors: -ENOENT account, -ENOBUFS, -ENOMEM.
 */
int session_open(struct store *s, char ret_token[SESSION_TOKEN_BYTES], int64_t account, int64_t now_wall_us, uint64_t ticket);

/** The account of a session token, 0 when it is unknown, ended or expired. */
int64_t session_account(const struct directory *d, const char *token, int64_t now_wall_us);

/** Names the session of a token. False when it cannot be one; `ret` is untouched then. */
bool session_hash(uint8_t ret[SESSION_HASH_BYTES], const char *token);

/** As session_account(), of a session by its name. */
int64_t session_holder(const struct directory *d, const uint8_t hash[SESSION_HASH_BYTES], int64_t now_wall_us);

/** Ends a session (sign-out). Unknown tokens are ignored. Errors: -ENOBUFS, -ENOMEM. */
int session_close(struct store *s, const char *token);

/**
 * Hashes a password: argon2id, 19 MiB, 2 passes (42 ms). `ret` is PASSWORD_HASH_BYTES.
 *
 * Thread: any but control and media. Errors: -ENOMEM.
 */
int password_hash(char ret[PASSWORD_HASH_BYTES], const char *password);

/**
 * True when the password is the hash's. With `hash` NULL (no such login) it takes as long and is false.
 *
 * Thread: any but control and media; pure.
 */
bool password_verify(const char *hash, const char *password);

#endif
