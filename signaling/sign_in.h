/* Signing in and out over HTTP: the session cookie. */
#ifndef HUITANG_SIGNALING_SIGN_IN_H
#define HUITANG_SIGNALING_SIGN_IN_H

#include <stdint.h>

#include "attendance/account.h"
#include "signaling/password_check.h"

#define SIGN_IN_COOKIE "huitang_session"

struct lws;
struct request;
struct server;

/** What the password threads said: opens the session or refuses. */
void sign_in_on_verdict(struct server *s, const struct password_verdict *v);

/** The signed-in account, 0 for none. */
int64_t sign_in_account(struct server *s, const struct request *q);

/** As above; with an account, `ret_session` names its sign-in (account.h). */
int64_t sign_in_session(struct server *s, const struct request *q, uint8_t ret_session[SESSION_HASH_BYTES]);

/** Replies who signed in. */
void sign_in_reply(struct request *q, int status, int64_t account);

/** The session's cookie; "" takes it away. */
void sign_in_set_cookie(struct request *q, const char *token, int64_t max_age_s);

/** What wrong attempts of this request count against: a name that was given, from this address. */
void sign_in_name_attempt(struct request *q, const char *name);

/** How long the next attempt has to wait; 0: none. */
int64_t sign_in_wait_us(const struct request *q);
void sign_in_count_wrong(const struct request *q);

#endif
