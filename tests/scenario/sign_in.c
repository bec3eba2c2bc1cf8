/* Sign-ins: devices, links, passwords, and their ends. */
#include <glib.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
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

static bool restart(struct server *s)
{
	return server_end(s, SIGKILL) != -1 && server_restart(s);
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
	REQUIRE(restart(s));
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
	ask(s, "POST", "sessions/end", "{}", fresh, 400);
	ask(s, "POST", "sessions/end", "{\"id\":\"0123456789abcdef\",\"all\":true}", fresh, 400);
	/* All others, and by an administrator all. */
	ask(s, "POST", "sessions/end", "{\"all\":true}", fresh, 204);
	ask(s, "GET", "session", NULL, phone, 401);
	CHECK(n_items(ask(s, "GET", "sessions", NULL, fresh, 200)) == 1);
	ask(s, "POST", MEMBER "/sessions/end", "{\"all\":true}", account_cookie(s, "branch001"), 404);
	ask(s, "POST", MEMBER "/sessions/end", "{\"all\":true}", admin, 204);
	ask(s, "GET", "session", NULL, fresh, 401);
	ask(s, "GET", "session", NULL, admin, 200);
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
	REQUIRE(restart(s));
	CHECK(use(s, text(j, "code")) != NULL);
	REQUIRE(restart(s));
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
	REQUIRE(restart(s));
	CHECK(account_sign_in(s, "member", ACCOUNT_PASSWORD, NULL)->status == 401);
}

static bool file_has(const char *path, const char *number)
{
	g_autofree char *bytes = NULL;
	gsize len = 0;

	return g_file_get_contents(path, &bytes, &len, NULL) && memmem(bytes, len, number, strlen(number)) != NULL;
}

/* In the server's log, or any file of its folder. */
static bool is_written(const struct server *s, const char *number)
{
	g_autoptr(GDir) dir = g_dir_open(s->data, 0, NULL);
	bool found = file_has(s->log, number);
	const char *name;

	while (dir && !found && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(s->data, name, NULL);

		found = file_has(path, number);
	}
	return found;
}

/* ---- first passwords and codes ---- */

static json_int_t add_person(const struct server *s, const char *admin, const char *name, int org)
{
	g_autofree char *body = g_strdup_printf("{\"name\":\"%s\",\"kind\":\"member\",\"org\":%d}", name, org);

	return json_integer_value(json_object_get(ask(s, "POST", "people", body, admin, 201), "id"));
}

static const char *at(const char *fmt, json_int_t id)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	return defer(g_strdup_printf(fmt, (long long)id), g_free);
#pragma GCC diagnostic pop
}

static const char *cookie_of(const struct http_reply *r)
{
	CHECK(r->status == 200, "%ld %s", r->status, r->body);
	return defer(account_cookie_of(r), g_free);
}

/* What a first password or a code opens: the change to an own one, and nothing else. Returns the cookie after it. */
static const char *change_first(const struct server *s, const char *cookie, const char *old)
{
	static const char *const closed[] = { "rooms", "orgs", "people", "sessions", "grants", "search?q=a", "audit", "rooms/demo-meeting/quality", "exports/people?org=4" };
	g_autofree char *body = *old ? g_strdup_printf("{\"old\":\"%s\",\"new\":\"chosen by me\"}", old) : g_strdup("{\"new\":\"chosen by me\"}");
	const struct http_reply *r;
	json_t *who = ask(s, "GET", "session", NULL, cookie, 200);

	CHECK(json_is_true(json_object_get(who, "must_change")) && json_is_true(json_object_get(who, "has_password")) == (*old != 0));
	for (unsigned i = 0; i < G_N_ELEMENTS(closed); i++)
		CHECK(!strcmp(code_of(ask(s, "GET", closed[i], NULL, cookie, 403)), "must_change_password"), "%s is open", closed[i]);
	ask(s, "POST", "sessions/devices", "{\"name\":\"手机\"}", cookie, 403);
	r = account_ask(s, "POST", "/api/v1/session/password", body, cookie, NULL);
	cookie = cookie_of(r);
	who = ask(s, "GET", "session", NULL, cookie, 200);
	CHECK(json_is_false(json_object_get(who, "must_change")) && json_is_true(json_object_get(who, "has_password")));
	ask(s, "GET", "rooms", NULL, cookie, 200);
	return cookie;
}

static void first_password(void)
{
	struct server *s = server_stage();
	const char *admin, *cookie, *path, *password, *login;
	json_int_t id;
	json_t *j;

	REQUIRE(s);
	admin = account_cookie(s, "admin");
	id = add_person(s, admin, "新来", 4);
	path = at("people/%lld/password", id);
	ask(s, "POST", path, "{\"password\":\"chosen by the administrator\"}", admin, 400);
	j = ask(s, "POST", path, "{}", admin, 201);
	login = text(j, "account");
	password = text(j, "password");
	REQUIRE(*login && strlen(password) == 14, "%s %s", login, password);
	CHECK(!is_written(s, password), "the first password is written down");
	REQUIRE(restart(s));
	cookie = cookie_of(account_sign_in(s, login, password, NULL));
	ask(s, "POST", "session/password", "{\"new\":\"chosen by me\"}", cookie, 401);
	cookie = change_first(s, cookie, password);
	CHECK(account_sign_in(s, login, password, NULL)->status == 401, "a first password is good after it was changed");
	/* Another one, for who has forgotten: what was open by the old one ends. */
	j = ask(s, "POST", path, "{}", admin, 201);
	ask(s, "GET", "session", NULL, cookie, 401);
	CHECK(account_sign_in(s, login, "chosen by me", NULL)->status == 401);
	change_first(s, cookie_of(account_sign_in(s, login, text(j, "password"), NULL)), text(j, "password"));
	/* Not for oneself, nor for whoever has left. */
	ask(s, "POST", "people/6/password", "{}", admin, 403);
	ask(s, "POST", at("people/%lld/leave", id), "{\"why\":\"moved away\"}", admin, 200);
	CHECK(!strcmp(code_of(ask(s, "POST", path, "{}", admin, 409)), "has_left"));
}

static void codes(void)
{
	struct server *s = server_stage();
	const char *admin, *cookie;
	json_t *first, *second, *item;
	json_int_t org;
	size_t i, n;

	REQUIRE(s);
	admin = account_cookie(s, "admin");
	org = json_integer_value(json_object_get(ask(s, "POST", "orgs", "{\"parent\":1,\"name\":\"新建党支部\",\"kind\":\"branch\"}", admin, 201), "id"));
	REQUIRE(org > 0);
	for (i = 0; i < 3; i++)
		add_person(s, admin, i == 0 ? "甲某" : i == 1 ? "乙某" : "丙某", (int)org);
	ask(s, "POST", at("orgs/%lld/codes", org), "{\"days\":31}", admin, 400);
	ask(s, "POST", at("orgs/%lld/codes", org), "{}", account_cookie(s, "member"), 404);
	first = ask(s, "POST", at("orgs/%lld/codes", org), "{}", admin, 201);
	REQUIRE(n_items(first) == 3, "%zu", n_items(first));
	item = json_array_get(json_object_get(first, "items"), 0);
	CHECK(!is_written(s, text(item, "code")));
	cookie = use(s, text(item, "code"));
	REQUIRE(cookie);
	change_first(s, cookie, "");
	CHECK(!use(s, text(item, "code")), "a code was good twice");
	CHECK(account_sign_in(s, text(item, "account"), "chosen by me", NULL)->status == 200);
	/* A later list has who still has no way in, and takes the place of the first. */
	second = ask(s, "POST", at("orgs/%lld/codes", org), "{}", admin, 201);
	CHECK(n_items(second) == 2 && json_integer_value(json_object_get(second, "left_out")) == 1, "%zu", n_items(second));
	CHECK(!use(s, text(json_array_get(json_object_get(first, "items"), 1), "code")), "a code of the earlier list is good");
	REQUIRE(restart(s));
	json_array_foreach(json_object_get(second, "items"), i, item)
		CHECK(use(s, text(item, "code")) != NULL, "%s", text(item, "name"));
	CHECK(n_items(ask(s, "POST", at("orgs/%lld/codes", org), "{}", admin, 201)) == 0, "who is signed in needs no code");
	/* A whole city, among it who may not be let in: oneself. */
	gint64 begun = g_get_monotonic_time();
	first = ask(s, "POST", "orgs/1/codes", "{\"below\":true}", admin, 201);
	n = n_items(first);
	CHECK(n > 5000, "%zu", n);
	stage_note("%zu codes in %.3f s", n, (double)(g_get_monotonic_time() - begun) / 1e6);
	json_array_foreach(json_object_get(first, "items"), i, item)
		CHECK(json_integer_value(json_object_get(item, "person")) != 6, "the caller's own");
}

/* An administrator over a county gives none to who has rights above it, a leader gives codes alone. */
static void whom_to_let_in(void)
{
	struct server *s = server_stage();
	const char *admin, *leader;
	json_int_t chief, other;
	json_t *list, *item;
	size_t i;

	REQUIRE(s);
	admin = account_cookie(s, "admin");
	chief = add_person(s, admin, "组长", 78);
	other = add_person(s, admin, "上面的", 78);
	g_autofree char *grant = g_strdup_printf("{\"person\":%lld,\"org\":78,\"role\":\"leader\",\"subtree\":true,\"purpose\":\"x\"}", (long long)chief);
	g_autofree char *high = g_strdup_printf("{\"person\":%lld,\"org\":1,\"role\":\"inspector\",\"subtree\":true,\"purpose\":\"x\"}", (long long)other);
	ask(s, "POST", "grants", grant, admin, 201);
	ask(s, "POST", "grants", high, admin, 201);
	leader = use(s, text(ask(s, "POST", at("people/%lld/links", chief), "{}", admin, 201), "code"));
	REQUIRE(leader);
	CHECK(!strcmp(code_of(ask(s, "POST", at("people/%lld/password", other), "{}", leader, 403)), "forbidden"));
	ask(s, "POST", "orgs/77/codes", "{}", leader, 404);
	list = ask(s, "POST", "orgs/78/codes", "{\"below\":true}", leader, 201);
	CHECK(n_items(list) > 0);
	json_array_foreach(json_object_get(list, "items"), i, item) {
		json_int_t person = json_integer_value(json_object_get(item, "person"));

		CHECK(person != other && person != chief, "%s", text(item, "name"));
		CHECK(json_integer_value(json_object_get(item, "org")) == 78);
	}
	ask(s, "POST", "orgs/76/codes", "{}", account_cookie(s, "inspector"), 403);
}

/* ---- card numbers ---- */

#define CARD "11010519491231002X"
#define NO_CARD "110105194912310011"    /* of nobody, and well formed */

static const struct http_reply *enter(const struct server *s, const char *name, const char *password)
{
	return account_sign_in(s, name, password, NULL);
}

/* A person with a number, who has chosen a password. */
static bool add_member(const struct server *s, const char *admin)
{
	json_t *j = ask(s, "POST", "people", "{\"name\":\"卡号\",\"kind\":\"member\",\"org\":4,\"card\":\"" CARD "\"}", admin, 201);
	g_autofree char *path = g_strdup_printf("people/%lld/links", (long long)json_integer_value(json_object_get(j, "id")));
	const char *cookie = use(s, text(ask(s, "POST", path, "{}", admin, 201), "code"));

	return cookie && account_ask(s, "POST", "/api/v1/session/password", "{\"new\":\"my own password\"}", cookie, NULL)->status == 200;
}

static void by_card_number(void)
{
	static const char *const ways[] = { CARD, "11010519491231002x", " 1101 0519 4912 3100 2X", "110105-19491231-002X", "１１０１０５１９４９１２３１００２Ｘ" };
	struct server *s = server_stage();
	const struct http_reply *wrong, *unknown;

	REQUIRE(s);
	CHECK(enter(s, CARD, "my own password")->status == 401, "before anybody has a number");
	REQUIRE(add_member(s, account_cookie(s, "admin")));
	for (unsigned i = 0; i < G_N_ELEMENTS(ways); i++) {
		const struct http_reply *r = enter(s, ways[i], "my own password");

		CHECK(r->status == 200 && strstr(r->body, "卡号") && !strstr(r->body, "1949"), "%s: %ld %s", ways[i], r->status, r->body);
	}
	wrong = enter(s, CARD, "a wrong password");
	unknown = enter(s, NO_CARD, "my own password");
	CHECK(wrong->status == 401 && unknown->status == 401 && !strcmp(wrong->body, unknown->body), "%s, but %s", wrong->body, unknown->body);
	CHECK(!strcmp(enter(s, "110105194912310021", "x")->body, wrong->body), "a number that is none is told");
	REQUIRE(restart(s));
	CHECK(enter(s, CARD, "my own password")->status == 200, "after a restart");
	CHECK(is_written(s, "\xe5\x8d\xa1\xe5\x8f\xb7"), "the person's name is not found: the search is of no use");
	CHECK(!is_written(s, "11010519491231002"), "the number is written down");
}

/* The same count for a number however it is written, another for the account that it leads to. */
static void guessed_numbers(void)
{
	static const char *const ways[] = { CARD, "11010519491231002x", "1101 0519 4912 3100 2X" };
	struct server *s = server_stage();
	unsigned known = 0, unknown = 0;
	const char *login;

	REQUIRE(s);
	REQUIRE(add_member(s, account_cookie(s, "admin")));
	login = text(defer(json_loads(enter(s, CARD, "my own password")->body, 0, NULL), end_json), "account");
	while (known < 60 && enter(s, ways[known % 3], "guess")->status == 401)
		known++;
	CHECK(enter(s, CARD, "my own password")->status == 429);
	while (unknown < 60 && enter(s, NO_CARD, "guess")->status == 401)
		unknown++;
	CHECK(known >= 20 && known < 60 && unknown >= 20 && unknown < 60, "%u and %u guesses", known, unknown);
	CHECK(enter(s, login, "my own password")->status == 200, "guesses at the number count at %s", login);
	CHECK(enter(s, "branch001", ACCOUNT_PASSWORD)->status == 200, "a neighbour is kept out");
}

static void card_key_lost(void)
{
	struct server *s = server_stage();
	g_autofree char *key = NULL, *aside = NULL;
	const struct http_reply *r;

	REQUIRE(s);
	REQUIRE(add_member(s, account_cookie(s, "admin")));
	key = g_strconcat(s->data, ".card-key", NULL);
	aside = g_strconcat(key, ".aside", NULL);
	CHECK(rename(key, aside) == 0);
	REQUIRE(restart(s));
	r = enter(s, CARD, "my own password");
	CHECK(r->status == 401 && !strcmp(r->body, enter(s, "nobody", "x")->body), "%ld %s", r->status, r->body);
	CHECK(!g_file_test(key, G_FILE_TEST_EXISTS), "a sign-in made a key");
	CHECK(enter(s, "branch001", ACCOUNT_PASSWORD)->status == 200);
	CHECK(rename(aside, key) == 0);
}

/* ---- guessing ---- */

#define AT_ONCE 60

static void *guess_one(void *user)
{
	const struct server *s = user;
	g_autofree char *url = server_url(s, "/api/v1/session");
	struct http_ask a = { .method = "POST", .url = url, .body = "{\"account\":\"host\",\"password\":\"guess\"}", .type = "application/json", .timeout_ms = 120000 };
	struct http_reply *r = http_ask(&a);
	long status = r->status;

	http_reply_free(r);
	return GINT_TO_POINTER((int)status);
}

/* All at once: those that nothing has been said of yet count too. */
static void guesses_at_once(void)
{
	struct server *s = server_stage();
	GThread *threads[AT_ONCE];
	gint64 begun = g_get_monotonic_time();
	unsigned looked_at = 0, waits = 0;

	REQUIRE(s);
	for (unsigned i = 0; i < AT_ONCE; i++)
		threads[i] = g_thread_new("guess", guess_one, s);
	for (unsigned i = 0; i < AT_ONCE; i++) {
		int status = GPOINTER_TO_INT(g_thread_join(threads[i]));

		looked_at += status == 401;
		waits += status == 429;
	}
	CHECK(looked_at + waits == AT_ONCE, "%u looked at, %u told to wait", looked_at, waits);
	CHECK(looked_at >= 20 && looked_at <= 21 + (g_get_monotonic_time() - begun) / G_USEC_PER_SEC, "%u guesses", looked_at);
}

/* "name=value" of the cookie by which a browser is known again. */
static const char *known_of(const struct http_reply *r)
{
	const char *at = strstr(r->headers, "huitang_known=");

	return at ? defer(g_strndup(at, strcspn(at, ";")), g_free) : NULL;
}

static long again(const struct server *s, const char *account, const char *password, const char *known)
{
	g_autofree char *body = g_strdup_printf("{\"account\":\"%s\",\"password\":\"%s\"}", account, password);

	return account_ask(s, "POST", "/api/v1/session", body, known, NULL)->status;
}

/* From behind the same address, at the same account, and at many. */
static void kept_out_by_nobody(void)
{
	struct server *s = server_stage();
	const struct http_reply *first, *r;
	const char *known, *cookie;
	unsigned n = 0;

	REQUIRE(s);
	first = account_sign_in(s, "host", ACCOUNT_PASSWORD, NULL);
	known = known_of(first);
	cookie = cookie_of(first);
	REQUIRE(known);
	while (n < 60 && again(s, "host", "guess", "huitang_known=1-0000000000000000-00000000000000000000000000000000") == 401)
		n++;
	CHECK(n >= 20 && n < 60, "%u guesses with a cookie that is forged", n);
	CHECK(again(s, "host", ACCOUNT_PASSWORD, known) == 200, "a browser that has been signed in is kept out by others' guesses");
	CHECK(again(s, "member", ACCOUNT_PASSWORD, known) == 200, "another account");
	r = account_ask(s, "POST", "/api/v1/session/password", "{\"old\":\"" ACCOUNT_PASSWORD "\",\"new\":\"another password\"}", cookie, NULL);
	CHECK(r->status == 200, "%ld %s", r->status, r->body);
	for (n = 0; n < 60 && account_ask(s, "POST", "/api/v1/session/link", "{\"code\":\"0000-0000-0000-0000\"}", NULL, NULL)->status == 404;)
		n++;
	CHECK(n >= 20 && n < 60, "%u links", n);
	CHECK(use(s, text(ask(s, "POST", MEMBER "/links", "{}", account_cookie(s, "admin"), 201), "code")) != NULL, "a right link is kept out by wrong ones");
}

/* ---- proxies ---- */

/* A sign-in of host, with header lines as a proxy adds them (up to two; NULL none). */
static long through(const struct server *s, const char *password, const char *one, const char *two)
{
	g_autofree char *url = server_url(s, "/api/v1/session"), *body = g_strdup_printf("{\"account\":\"host\",\"password\":\"%s\"}", password);
	struct http_ask a = { .method = "POST", .url = url, .body = body, .type = "application/json", .headers = { one, two } };
	struct http_reply *r = http_ask(&a);
	long status = r->status;

	http_reply_free(r);
	return status;
}

static struct server *behind(const char *header)
{
	struct server *s = server_start(&(struct server_cfg){ .options = { "--trusted-proxies", "127.0.0.0/8, 10.0.0.0/8", "--forwarded-header", header } });

	return s ? defer(s, server_free) : NULL;
}

static bool is_kept_out(const struct server *s, const char *one, const char *two)
{
	unsigned wrong = 0;

	while (wrong < 60 && through(s, "guess", one, two) == 401)
		wrong++;
	return wrong >= 20 && wrong < 60;
}

static void behind_a_proxy(void)
{
	struct server *s = behind("x-forwarded-for");

	REQUIRE(s);
	CHECK(is_kept_out(s, "X-Forwarded-For: 203.0.113.1", NULL));
	CHECK(through(s, ACCOUNT_PASSWORD, "X-Forwarded-For: 203.0.113.2", NULL) == 200, "one who guesses keeps others behind the proxy out");
	CHECK(through(s, ACCOUNT_PASSWORD, "Forwarded: for=203.0.113.1", NULL) == 200, "the other header is read");
	CHECK(is_kept_out(s, "X-Forwarded-For: 203.0.113.66, 203.0.113.3", NULL));
	CHECK(through(s, ACCOUNT_PASSWORD, "X-Forwarded-For: 203.0.113.67, 203.0.113.3, 10.1.1.1", NULL) == 429, "whoever invents an address goes on guessing");
	CHECK(through(s, ACCOUNT_PASSWORD, "X-Forwarded-For: 203.0.113.68", "X-Forwarded-For: 203.0.113.3") == 429, "a line of one's own goes before the proxy's");
	CHECK(through(s, ACCOUNT_PASSWORD, "X-Forwarded-For: 203.0.113.66", NULL) == 200, "a guesser keeps out whom he names");
}

static void behind_a_proxy_by_rfc_7239(void)
{
	struct server *s = behind("forwarded");

	REQUIRE(s);
	CHECK(is_kept_out(s, "Forwarded: for=203.0.113.66, for=\"[2001:db8::1]:99\";proto=https", NULL));
	CHECK(through(s, ACCOUNT_PASSWORD, "Forwarded: for=\"[2001:db8::1]\"", NULL) == 429);
	CHECK(through(s, ACCOUNT_PASSWORD, "Forwarded: for=203.0.113.66", NULL) == 200);
	CHECK(through(s, ACCOUNT_PASSWORD, "X-Forwarded-For: 2001:db8::1", NULL) == 200, "the other header is read");
}

static void no_proxy(void)
{
	struct server *s = server_stage();
	unsigned wrong = 0;

	REQUIRE(s);
	for (long status = 401; wrong < 60 && status == 401; wrong += status == 401) {
		g_autofree char *header = g_strdup_printf("X-Forwarded-For: 203.0.113.%u", wrong);

		status = through(s, "guess", header, NULL);
	}
	CHECK(wrong >= 20 && wrong < 60, "%u guesses from as many invented addresses", wrong);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "a PC is paired once, is its branch's site, and can be ended", pairing },
		{ "a link lets in once; a new password ends all other sign-ins", first_sign_in },
		{ "who is erased is signed out and cannot come back", erasing },
		{ "who has a card number signs in by it however it is written, and it is kept nowhere", by_card_number },
		{ "guesses at card numbers tell nothing and keep nobody else out", guessed_numbers },
		{ "without the key of card numbers accounts still sign in", card_key_lost },
		{ "a first password is told once and opens nothing but the change to another", first_password },
		{ "everybody of an organisation who has no way in gets a code, good once", codes },
		{ "nobody lets anybody in whose rights they could not give", whom_to_let_in },
		{ "behind a trusted proxy each client has a limit of its own, whatever it says itself", behind_a_proxy },
		{ "so it is with Forwarded", behind_a_proxy_by_rfc_7239 },
		{ "nobody's word on addresses is taken by default", no_proxy },
		{ "guesses that come at once are counted one by one", guesses_at_once },
		{ "who guesses keeps no known browser, no right link and no change of a password out", kept_out_by_nobody },
		{ "codes survive a restart, their use too", races },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 170);
}
