/*
 * Accounts: what signs in. An account is a person's, or an organisation's site (a PC in a hall that takes that branch's seat).
 * Sessions: a signed-in browser, or a paired device. Passwords.
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
#define DEVICE_LIFE_US (180LL * 24 * 3600 * 1000000)
#define DEVICE_NAME_BYTES 61
#define LINK_CODE_BYTES 20              /* four groups of four characters, and 0 */
#define FIRST_PASSWORD_BYTES 15         /* three groups, and 0: 60 bits */

struct account {
	int64_t id;
	const char *login;
	int64_t person;                 /* whose it is; 0: the site's of `org` */
	int64_t org;                    /* the site's; of a person where the main membership is, 0 for none */
	const char *name;               /* the person's, or the organisation's */
	const char *password_hash;      /* for password_verify(); "" none: signs in by link or device only */
	bool must_change;               /* the password is a first one */
};

/* A sign-in. One with a device's name is a paired device: a PC in a hall, a member's phone. */
struct session {
	uint8_t hash[SESSION_HASH_BYTES];       /* of the token */
	int64_t account;
	int64_t created_us, expires_us;         /* wall */
	char device[DEVICE_NAME_BYTES];         /* "" a browser that signed in */
};

/* A link that becomes a sign-in once: a first sign-in, a guest's, the pairing of a device. */
struct link {
	uint8_t hash[SESSION_HASH_BYTES];       /* of the code */
	int64_t account;
	int64_t expires_us;                     /* wall */
	int64_t session_life_us;
	char device[DEVICE_NAME_BYTES];         /* of the session to come */
};

/** A fresh random token and its session, which a CHANGE_SESSION then opens. */
void session_make(struct session *ret, char ret_token[SESSION_TOKEN_BYTES], int64_t account, const char *device, int64_t life_us, int64_t now_wall_us);

/** A fresh random code, 80 bits: letters and digits that are not taken for one another. */
void link_make(struct link *ret, char ret_code[LINK_CODE_BYTES], int64_t account, const char *device, int64_t expires_us, int64_t session_life_us);

/** A fresh random password of the same letters, to be told once and changed at the first sign-in. */
void first_password_make(char ret[FIRST_PASSWORD_BYTES]);

/** The link of a code, however it is grouped or cased; NULL: unknown, used or expired. Borrowed until the next directory_apply(). */
const struct link *link_find(const struct directory *d, const char *code, int64_t now_wall_us);

/** The sessions of an account, oldest first, behind NULL; NULL behind the last. */
const struct session *session_next(const struct directory *d, int64_t account, const struct session *after);

/**
 * The accounts that somebody is signed in to, each once, ascending.
 *
 * Owns:   *ret is the caller's, mem_free(); NULL with none.
 * Errors: -ENOMEM.
 */
int session_holders(const struct directory *d, int64_t now_wall_us, int64_t **ret, size_t *ret_n);

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
