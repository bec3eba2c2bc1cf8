/* Passwords are checked on two threads of idle priority with a bounded queue, never on the control thread (traps.md). */
#ifndef HUITANG_SIGNALING_PASSWORD_CHECK_H
#define HUITANG_SIGNALING_PASSWORD_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "attendance/account.h"

#define PASSWORD_QUEUE_MAX 256

struct password_check;

struct password_verdict {
	uint64_t request;       /* serial of the HTTP request */
	int64_t account;        /* 0: there was no such login */
	bool right;
	char new_hash[PASSWORD_HASH_BYTES];     /* of the new password, where one was given and the old one is right; else "" */
};

/** `wake` is called on a checking thread. Owns: *ret is the caller's. Errors: -ENOMEM, -errno of pthread_create(). */
int password_check_create(struct password_check **ret, void (*wake)(void *user), void *user);

/** Joins the threads; what waits is dropped. */
struct password_check *password_check_destroy(struct password_check *c);

/**
 * Queues one. `hash` NULL: no such login, takes as long; "": there is no password yet, any is right (only with a new one).
 * `new_password`: to be hashed where the old one is right; NULL: a sign-in. All are copied. Errors: -EBUSY full.
 */
int password_check_add(struct password_check *c, uint64_t request, int64_t account, const char *hash, const char *password, const char *new_password);

/** The next verdict. False: none. */
bool password_check_take(struct password_check *c, struct password_verdict *ret);

#endif
