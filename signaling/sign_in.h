/* Signing in and out over HTTP: the session cookie. */
#ifndef HUITANG_SIGNALING_SIGN_IN_H
#define HUITANG_SIGNALING_SIGN_IN_H

#include <stdbool.h>
#include <stdint.h>

#include "attendance/account.h"

#define SIGN_IN_COOKIE "huitang_session"        /* sign_in_cookie_name() */
#define SIGN_IN_KNOWN_COOKIE "huitang_known"    /* guess.h */

struct config;
struct password_ask;
struct password_verdict;
struct request;
struct server;

/** The signed-in account, 0 for none. */
int64_t sign_in_account(struct server *s, const struct request *q);

/** As above; with an account, `ret_session` names its sign-in (account.h). */
int64_t sign_in_session(struct server *s, const struct request *q, uint8_t ret_session[SESSION_HASH_BYTES]);

/** Replies who signed in. */
void sign_in_reply(struct request *q, int status, int64_t account);

/** Refuses who signed in by a first password and has not changed it yet. False: nothing was said. */
bool sign_in_refuse_first(struct request *q, int64_t account);

/** Whether browsers reach us by TLS: cookies are Secure then. */
bool sign_in_is_secure(const struct config *c);

/**
 * What a cookie of that name is called: by TLS with the prefix by which browsers take it from this host alone (RFC 6265bis), so that no
 * other host of the domain can put one there. `name` is one of ours, given.
 */
const char *sign_in_cookie_name(const struct config *c, const char *name);

/** Has the browser keep a cookie that no script reads; "" takes it away. */
void sign_in_add_cookie(struct request *q, const char *name, const char *value, int64_t max_age_s);

/** The cookies of a browser that has signed in: the session's, and that the browser is known. */
void sign_in_set_cookies(struct request *q, int64_t account, int64_t max_age_s);

/** Queues a password to be looked at on behalf of the request, after guess_begin(); 503 where too many wait. */
void sign_in_check(struct request *q, struct password_ask *ask, void (*on_verdict)(struct request *q, const struct password_verdict *v));

/** There was no turn for it. */
void sign_in_refuse_busy(struct request *q);

/** The one answer to a wrong name or password; counts it. */
void sign_in_refuse(struct request *q);

#endif
