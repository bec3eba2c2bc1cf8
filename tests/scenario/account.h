/* Signing in as the demo's accounts, and what else goes over /api/v1. Replies end with the scenario. */
#ifndef SCENARIO_ACCOUNT_H
#define SCENARIO_ACCOUNT_H

#include "server.h"
#include "tests/endpoint/http.h"

#define ACCOUNT_PASSWORD "huitang-demo"

/** A request with cookie and Origin, each NULL for none; `body` is JSON, NULL none. */
struct http_reply *account_ask(const struct server *s, const char *method, const char *path, const char *body, const char *cookie,
                               const char *origin);

struct http_reply *account_sign_in(const struct server *s, const char *account, const char *password, const char *origin);

/** "name=value" of the session cookie, g_free(); NULL when there is none. */
char *account_cookie_of(const struct http_reply *r);

/** Signs in with the demo's password; the cookie ends with the scenario. */
const char *account_cookie(const struct server *s, const char *account);

#endif
