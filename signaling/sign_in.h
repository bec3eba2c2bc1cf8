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

#endif
