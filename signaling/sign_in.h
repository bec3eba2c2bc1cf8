/* Signing in and out over HTTP: the session cookie. */
#ifndef HUITANG_SIGNALING_SIGN_IN_H
#define HUITANG_SIGNALING_SIGN_IN_H

#include <stdbool.h>
#include <stdint.h>

#include "attendance/account.h"

#define SIGN_IN_COOKIE "huitang_session"

struct config;
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

/** The session's cookie; "" takes it away. */
void sign_in_set_cookie(struct request *q, const char *token, int64_t max_age_s);

/** What wrong attempts of this request count against: a name that was given, from this address. */
void sign_in_name_attempt(struct request *q, const char *name);

/** How long the next attempt has to wait; 0: none. */
int64_t sign_in_wait_us(const struct request *q);
void sign_in_count_wrong(const struct request *q);

/** The one answer to a wrong name or password; counts it. */
void sign_in_refuse(struct request *q);

#endif
