/*
 * Passwords are checked on two threads of idle priority with a bounded queue, never on the control thread (traps.md). Who asks for many waits
 * for himself: sources take turns, and in a full queue the last turn of who has most there is given to another.
 */
#ifndef HUITANG_SIGNALING_PASSWORD_CHECK_H
#define HUITANG_SIGNALING_PASSWORD_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "attendance/account.h"

#define PASSWORD_QUEUE_MAX 256
#define PASSWORD_SOURCE_BYTES 64

struct password_check;

/* Texts are copied. */
struct password_ask {
	uint64_t request;       /* serial of the HTTP request */
	int64_t account;        /* for the verdict; 0: there is no such login */
	const char *source;     /* who takes turns with others: under PASSWORD_SOURCE_BYTES */
	const char *hash;       /* NULL: no such login, takes as long; "": there is no password yet, any is right (only with a new one) */
	const char *password;
	const char *new_password;       /* to be hashed where the old one is right; NULL: a sign-in */
};

struct password_verdict {
	uint64_t request;
	int64_t account;
	bool right;
	bool busy;              /* it was not looked at: others took its turn */
	char new_hash[PASSWORD_HASH_BYTES];     /* of the new password, where one was given and the old one is right; else "" */
};

/** `wake` is called on a checking thread. Owns: *ret is the caller's. Errors: -ENOMEM, -errno of pthread_create(). */
int password_check_create(struct password_check **ret, void (*wake)(void *user), void *user);

/** Joins the threads; what waits is dropped. */
struct password_check *password_check_destroy(struct password_check *c);

/** Queues one. Errors: -EBUSY full. */
int password_check_add(struct password_check *c, const struct password_ask *ask);

/** Nobody waits for it any more: it is not looked at, unless that has begun. */
void password_check_drop(struct password_check *c, uint64_t request);

/** When it makes sense to ask again: what waits now takes that long, and another half of it at random, so that not all come at once. */
unsigned password_check_retry_ms(struct password_check *c);

/** The next verdict. False: none. */
bool password_check_take(struct password_check *c, struct password_verdict *ret);

#endif
