/* Sign-ins: devices, links, passwords, and their ends. */
#include <glib.h>
#include <jansson.h>
#include <string.h>

#include "tests/scenario/account.h"
#include "tests/scenario/stage.h"

#define MEMBER "people/5"       /* the demo's 党员 */

static void end_json(void *j)
{
	json_decref(j);
}

/* The reply's JSON, until the end of the scenario. */
static json_t *ask(const struct server *s, const char *method, const char *path, const char *body, const char *cookie, long status)
{
	g_autofree char *whole = g_strconcat("/api/v1/", path, NULL);
	const struct http_reply *r = account_ask(s, method, whole, body, cookie, NULL);

	CHECK(r->status == status, "%s %s: %ld instead of %ld: %s", method, path, r->status, status, r->body);
	return defer(json_loads(r->body && *r->body ? r->body : "{}", 0, NULL), end_json);
}

static const char *text(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

static const char *code_of(const json_t *problem)
{
	return text(json_object_get(problem, "error"), "code");
}

static size_t n_items(const json_t *j)
{
	return json_array_size(json_object_get(j, "items"));
}

/* Uses a link; its cookie, NULL where it is refused. */
static const char *use(const struct server *s, const char *code)
{
	g_autofree char *body = g_strdup_printf("{\"code\":\"%s\"}", code);
	const struct http_reply *r = account_ask(s, "POST", "/api/v1/session/link", body, NULL, NULL);

	CHECK(r->status == 200 || r->status == 404, "%ld %s", r->status, r->body);
	return r->status == 200 ? defer(account_cookie_of(r), g_free) : NULL;
}

static void pairing(void)
{
	struct server *s = server_stage();
	const char *admin, *member, *pc, *code;
	json_t *j;

	REQUIRE(s);
	admin = account_cookie(s, "admin");
	member = account_cookie(s, "member");
	ask(s, "POST", "orgs/4/devices", "{\"name\":\"会议室电脑\"}", member, 404);
	ask(s, "GET", "orgs/4/devices", NULL, member, 404);
	j = ask(s, "POST", "orgs/4/devices", "{\"name\":\"会议室电脑\"}", admin, 201);
	code = text(j, "code");
	REQUIRE(strlen(code) == 19, "%s", code);
	CHECK(!use(s, "0000-0000-0000-0000") && !use(s, "x"));
	pc = use(s, code);
	REQUIRE(pc);
	CHECK(!use(s, code), "a code was good twice");
	j = ask(s, "GET", "session", NULL, pc, 200);
	CHECK(strcmp(text(j, "account"), "branch001") == 0, "%s", text(j, "account"));
	j = ask(s, "GET", "orgs/4/devices", NULL, admin, 200);
	REQUIRE(n_items(j) == 1, "%zu devices", n_items(j));
	j = json_array_get(json_object_get(j, "items"), 0);
	CHECK(strcmp(text(j, "device"), "会议室电脑") == 0, "%s", text(j, "device"));
	/* A site has no rights over anybody, not even over its own devices. */
	ask(s, "GET", "orgs/4/devices", NULL, pc, 403);
	ask(s, "POST", "sessions/devices", "{\"name\":\"又一台\"}", pc, 403);
	REQUIRE(server_restart(s) == 0);
	ask(s, "GET", "session", NULL, pc, 200);
	g_autofree char *end = g_strdup_printf("{\"id\":\"%s\"}", text(j, "id"));
	ask(s, "POST", "orgs/4/devices/end", end, admin, 204);
	ask(s, "GET", "session", NULL, pc, 401);
	ask(s, "POST", "orgs/4/devices/end", end, admin, 404);
}

static void first_sign_in(void)
{
	struct server *s = server_stage();
	const char *admin, *member, *fresh, *phone;
	json_t *j;

	REQUIRE(s);
	admin = account_cookie(s, "admin");
	member = account_cookie(s, "member");
	ask(s, "POST", MEMBER "/links", "{\"days\":31}", admin, 400);
	ask(s, "POST", MEMBER "/links", "{}", account_cookie(s, "branch001"), 404);
	j = ask(s, "POST", MEMBER "/links", "{\"days\":1}", admin, 201);
	fresh = use(s, text(j, "code"));
	REQUIRE(fresh);
	/* The password that was there asks for itself. */
	CHECK(!strcmp(code_of(ask(s, "POST", "session/password", "{\"new\":\"short\"}", fresh, 409)), "password_short"));
	ask(s, "POST", "session/password", "{\"new\":\"a new password\"}", fresh, 401);
	ask(s, "POST", "session/password", "{\"old\":\"" ACCOUNT_PASSWORD "\",\"new\":\"a new password\"}", NULL, 401);
	const struct http_reply *r = account_ask(s, "POST", "/api/v1/session/password", "{\"old\":\"" ACCOUNT_PASSWORD "\",\"new\":\"a new password\"}", fresh, NULL);
	REQUIRE(r->status == 200, "%ld %s", r->status, r->body);
	ask(s, "GET", "session", NULL, fresh, 401);
	ask(s, "GET", "session", NULL, member, 401);
	fresh = defer(account_cookie_of(r), g_free);
	ask(s, "GET", "session", NULL, fresh, 200);
	CHECK(account_sign_in(s, "member", ACCOUNT_PASSWORD, NULL)->status == 401, "the old password is still good");
	CHECK(account_sign_in(s, "member", "a new password", NULL)->status == 200);
	/* An own phone, which a new password of the account ends too. */
	j = ask(s, "POST", "sessions/devices", "{\"name\":\"手机\"}", fresh, 201);
	phone = use(s, text(j, "code"));
	REQUIRE(phone);
	j = ask(s, "GET", "sessions", NULL, phone, 200);
	CHECK(n_items(j) == 3, "%zu sessions", n_items(j));
	ask(s, "POST", "sessions/devices", "{\"name\":\"<b>\\n</b>\"}", fresh, 400);
	ask(s, "POST", "sessions/end", "{\"id\":\"0123456789abcdef\"}", fresh, 404);
}

static void races(void)
{
	struct server *s = server_stage();
	const char *admin;
	json_t *j;

	REQUIRE(s);
	admin = account_cookie(s, "admin");
	j = ask(s, "POST", MEMBER "/links", "{}", admin, 201);
	CHECK(strlen(text(j, "code")) == 19);
	/* A code is the same however it is written. */
	g_autofree char *loud = g_ascii_strup(text(j, "code"), -1);
	CHECK(use(s, loud) != NULL, "%s", loud);
	/* What is not used is gone with the account's password, and a link does not outlive its use over a restart. */
	j = ask(s, "POST", MEMBER "/links", "{}", admin, 201);
	REQUIRE(server_restart(s) == 0);
	CHECK(use(s, text(j, "code")) != NULL);
	REQUIRE(server_restart(s) == 0);
	CHECK(!use(s, text(j, "code")), "a code was good again after a restart");
}

static void erasing(void)
{
	struct server *s = server_stage();
	const char *admin, *member;

	REQUIRE(s);
	admin = account_cookie(s, "admin");
	member = account_cookie(s, "member");
	ask(s, "POST", MEMBER "/erase", "{\"order\":\"1\"}", member, 403);
	ask(s, "POST", MEMBER "/erase", "{\"order\":\"1\"}", account_cookie(s, "inspector"), 404);
	ask(s, "POST", "people/6/erase", "{\"order\":\"1\"}", admin, 403);
	ask(s, "POST", MEMBER "/erase", "{}", admin, 400);
	ask(s, "POST", MEMBER "/erase", "{\"order\":\"2026-1\"}", admin, 204);
	ask(s, "GET", "session", NULL, member, 401);
	CHECK(account_sign_in(s, "member", ACCOUNT_PASSWORD, NULL)->status == 401);
	ask(s, "POST", MEMBER "/erase", "{\"order\":\"2026-1\"}", admin, 409);
	REQUIRE(server_restart(s) == 0);
	CHECK(account_sign_in(s, "member", ACCOUNT_PASSWORD, NULL)->status == 401);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "a PC is paired once, is its branch's site, and can be ended", pairing },
		{ "a link lets in once; a new password ends all other sign-ins", first_sign_in },
		{ "who is erased is signed out and cannot come back", erasing },
		{ "codes survive a restart, their use too", races },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 60);
}
