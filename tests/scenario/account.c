/* Requests with a session. */
#include "account.h"

#include <glib.h>
#include <string.h>

#include "stage.h"

static void end_reply(void *r)
{
	http_reply_free(r);
}

struct http_reply *account_ask(const struct server *s, const char *method, const char *path, const char *body, const char *cookie,
                               const char *origin)
{
	g_autofree char *url = server_url(s, path);
	g_autofree char *with = cookie ? g_strconcat("Cookie: ", cookie, NULL) : NULL;
	g_autofree char *from = origin ? g_strconcat("Origin: ", origin, NULL) : NULL;
	struct http_ask a = { .method = method, .url = url, .body = body, .type = body ? "application/json" : NULL };
	unsigned n = 0;

	if (with)
		a.headers[n++] = with;
	if (from)
		a.headers[n++] = from;
	return defer(http_ask(&a), end_reply);
}

struct http_reply *account_sign_in(const struct server *s, const char *account, const char *password, const char *origin)
{
	g_autofree char *body = g_strdup_printf("{\"account\":\"%s\",\"password\":\"%s\"}", account, password);

	return account_ask(s, "POST", "/api/v1/session", body, NULL, origin);
}

char *account_cookie_of(const struct http_reply *r)
{
	g_autofree char *whole = http_reply_header(r, "Set-Cookie");

	return whole ? g_strndup(whole, strcspn(whole, ";")) : NULL;
}

const char *account_cookie(const struct server *s, const char *account)
{
	const struct http_reply *r = account_sign_in(s, account, ACCOUNT_PASSWORD, NULL);

	CHECK(r->status == 200, "%s: %ld %s", account, r->status, r->body);
	return defer(account_cookie_of(r), g_free);
}
