/* What acts on persons, grants and policies do, and what they refuse. */
#include <glib.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>

#include "tests/scenario/account.h"
#include "tests/scenario/stage.h"

#define COUNTY 76               /* 青河县 of the demo, */
#define TOWNSHIP 77             /* with townships, */
#define BRANCH 78               /* with branches */
#define OTHER_BRANCH 79
#define ELSEWHERE 5             /* a branch of another county */

struct office {
	struct server *server;
	const char *cookie;
	struct http_reply *last;
};

static json_t *ask(struct office *o, const char *method, const char *path, json_t *body)
{
	g_autofree char *whole = g_strconcat("/api/v1/", path, NULL);
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	json_t *j;

	o->last = account_ask(o->server, method, whole, text, o->cookie, NULL);
	free(text);
	json_decref(body);
	j = json_loadb(o->last->body ? o->last->body : "", o->last->body_len, 0, NULL);
	return defer(j, (void (*)(void *))(void (*)(void))json_decref);
}

static const char *code(struct office *o, const char *method, const char *path, json_t *body)
{
	const char *c = json_string_value(json_object_get(json_object_get(ask(o, method, path, body), "error"), "code"));

	return c ? c : "";
}

static json_int_t person(struct office *o, const char *name, json_int_t org)
{
	return json_integer_value(json_object_get(ask(o, "POST", "people", json_pack("{s:s, s:s, s:I}", "name", name, "kind", "member", "org", org)), "id"));
}

static char *at(const char *what, json_int_t id, const char *rest)
{
	return defer(g_strdup_printf("%s/%lld%s", what, (long long)id, rest), g_free);
}

static json_t *grant(json_int_t whom, json_int_t org, const char *role, bool subtree)
{
	return json_pack("{s:I, s:I, s:s, s:b, s:s}", "person", whom, "org", org, "role", role, "subtree", subtree, "purpose", "test");
}

/* Somebody who signs in by a link. */
static struct office enter(struct office *admin, json_int_t whom)
{
	json_t *link = ask(admin, "POST", at("people", whom, "/links"), json_object());
	struct office o = { .server = admin->server };

	ask(&o, "POST", "session/link", json_pack("{s:O}", "code", json_object_get(link, "code")));
	CHECK(o.last->status == 200, "%ld %s", o.last->status, o.last->body);
	o.cookie = defer(account_cookie_of(o.last), g_free);
	return o;
}

static bool open_office(struct office *ret)
{
	*ret = (struct office){ .server = server_stage() };
	if (ret->server)
		ret->cookie = account_cookie(ret->server, "admin");
	return ret->cookie != NULL;
}

static size_t members(struct office *o, json_int_t id, const char *what)
{
	return json_array_size(json_object_get(ask(o, "GET", at("people", id, ""), NULL), what));
}

static void moving(void)
{
	struct office admin, leader;
	json_int_t boss, ann;

	REQUIRE(open_office(&admin));
	boss = person(&admin, "组长", BRANCH);
	ann = person(&admin, "安娜", BRANCH);
	ask(&admin, "POST", "grants", grant(boss, TOWNSHIP, "leader", true));
	leader = enter(&admin, boss);
	ask(&leader, "POST", at("people", ann, "/posts"), json_pack("{s:I, s:s}", "org", (json_int_t)BRANCH, "title", "书记"));
	CHECK(leader.last->status == 200, "%s", leader.last->body);
	CHECK(!strcmp(code(&leader, "POST", at("people", ann, "/transfer"), json_pack("{s:I}", "org", (json_int_t)ELSEWHERE)), "not_found"), "out of the own subtree");
	CHECK(!strcmp(code(&leader, "POST", at("people", ann, "/transfer"), json_pack("{s:I}", "org", (json_int_t)BRANCH)), "conflict"));
	ask(&leader, "POST", at("people", ann, "/transfer"), json_pack("{s:I, s:s}", "org", (json_int_t)OTHER_BRANCH, "why", "moved"));
	CHECK(leader.last->status == 200 && members(&leader, ann, "posts") == 0 && members(&leader, ann, "memberships") == 1, "the post stays behind");
	CHECK(!strcmp(code(&leader, "POST", at("people", ann, "/memberships"), json_pack("{s:I}", "org", (json_int_t)OTHER_BRANCH)), "conflict"));
	ask(&leader, "POST", at("people", ann, "/memberships"), json_pack("{s:I}", "org", (json_int_t)BRANCH));
	CHECK(members(&leader, ann, "memberships") == 2);
	ask(&leader, "POST", at("people", ann, "/transfer"), json_pack("{s:I}", "org", (json_int_t)BRANCH));
	CHECK(members(&leader, ann, "memberships") == 1, "the further membership becomes the main one");
	CHECK(!strcmp(code(&leader, "POST", at("people", ann, "/leave"), json_object()), "bad_message"), "without a reason");
	ask(&leader, "POST", at("people", ann, "/leave"), json_pack("{s:s}", "why", "left"));
	CHECK(leader.last->status == 200 && strstr(leader.last->body, "\"left\":true"), "%s", leader.last->body);
	ask(&leader, "POST", at("people", ann, "/memberships"), json_pack("{s:I}", "org", (json_int_t)OTHER_BRANCH));
	CHECK(leader.last->status == 200 && strstr(leader.last->body, "\"main\":true"), "who comes back has a main membership: %s", leader.last->body);
}

/* A leader has the administrator of the county among the own members. */
static void nobody_rises(void)
{
	struct office admin, leader, lower;
	json_int_t boss, chief, other, given;

	REQUIRE(open_office(&admin));
	boss = person(&admin, "组长", BRANCH);
	chief = person(&admin, "县长", BRANCH);
	other = person(&admin, "别人", BRANCH);
	ask(&admin, "POST", "grants", grant(boss, BRANCH, "leader", false));
	given = json_integer_value(json_object_get(ask(&admin, "POST", "grants", grant(chief, COUNTY, "administrator", false)), "id"));
	REQUIRE(given > 0, "%s", admin.last->body);
	leader = enter(&admin, boss);
	lower = enter(&admin, chief);
	CHECK(!strcmp(code(&leader, "POST", at("people", chief, "/links"), json_object()), "forbidden"), "a leader signs in as an administrator");
	CHECK(!strcmp(code(&leader, "POST", at("people", chief, "/leave"), json_pack("{s:s}", "why", "x")), "forbidden"), "a leader ends an administrator");
	CHECK(!strcmp(code(&leader, "POST", "grants", grant(other, BRANCH, "member", false)), "forbidden"));
	ask(&leader, "POST", at("people", other, "/links"), json_object());
	CHECK(leader.last->status == 201, "%s", leader.last->body);
	/* Without subtree nothing below is in sight; at the own place all is that one has oneself. */
	CHECK(!strcmp(code(&lower, "POST", "grants", grant(chief, COUNTY, "administrator", true)), "own_grant"));
	CHECK(!strcmp(code(&lower, "POST", "grants", grant(other, COUNTY, "leader", false)), "not_found"), "to one out of sight");
	CHECK(!strcmp(code(&lower, "POST", "grants", grant(other, TOWNSHIP, "leader", false)), "not_found"), "below a grant without subtree");
	CHECK(!strcmp(code(&admin, "POST", "grants/3/end", json_pack("{s:s}", "why", "x")), "last_administrator"));
	CHECK(!strcmp(code(&admin, "POST", at("people", 6, "/leave"), json_pack("{s:s}", "why", "x")), "last_administrator"));
	CHECK(!strcmp(code(&admin, "POST", "grants", json_pack("{s:I, s:I, s:s, s:b, s:s, s:I}", "person", other, "org", (json_int_t)BRANCH, "role", "leader", "subtree", 0, "purpose", "x",
	      "to_ms", (json_int_t)1000)), "bad_message"), "a grant that has ended before it began");
	ask(&admin, "POST", at("grants", given, "/end"), json_pack("{s:s}", "why", "over"));
	CHECK(admin.last->status == 204 && !strcmp(code(&admin, "POST", at("grants", given, "/end"), json_pack("{s:s}", "why", "over")), "not_found"), "%ld %s", admin.last->status, admin.last->body);
	CHECK(!strcmp(code(&lower, "GET", at("orgs", COUNTY, ""), NULL), "not_found"), "the right lives on");
}

/* Of all candidates those of a name: the demo county has some of its own. */
static json_t *twins_of(const json_t *reply, const char *name)
{
	json_t *group;
	size_t i;

	json_array_foreach(json_object_get(reply, "items"), i, group)
		if (strcmp(json_string_value(json_object_get(group, "name")), name) == 0)
			return group;
	return NULL;
}

static void twins(void)
{
	struct office admin, one;
	json_int_t a, b;
	json_t *found;

	REQUIRE(open_office(&admin));
	a = person(&admin, "双生", BRANCH);
	b = person(&admin, "双生", OTHER_BRANCH);
	found = twins_of(ask(&admin, "GET", "people/twins?org=77", NULL), "双生");
	CHECK(json_array_size(json_object_get(found, "people")) == 2, "%s", admin.last->body);
	ask(&admin, "POST", "grants", grant(a, BRANCH, "leader", true));
	ask(&admin, "POST", at("people", a, "/categories"), json_pack("{s:s}", "name", "流动党员"));
	one = enter(&admin, a);
	CHECK(!strcmp(code(&admin, "POST", at("people", a, "/merge"), json_pack("{s:I}", "into", a)), "in_circle"));
	ask(&admin, "POST", at("people", a, "/merge"), json_pack("{s:I, s:s}", "into", b, "why", "one person"));
	REQUIRE(admin.last->status == 200, "%s", admin.last->body);
	CHECK(members(&admin, b, "memberships") == 2 && members(&admin, b, "grants") == 1 && members(&admin, b, "categories") == 1);
	CHECK(members(&admin, a, "memberships") == 0 && members(&admin, a, "grants") == 0);
	CHECK(json_array_size(json_object_get(ask(&admin, "GET", "people?q=shuangsheng", NULL), "items")) == 1, "%s", admin.last->body);
	CHECK(!strcmp(code(&admin, "POST", at("people", a, "/transfer"), json_pack("{s:I}", "org", (json_int_t)ELSEWHERE)), "closed"));
	ask(&one, "GET", "session", NULL);
	CHECK(one.last->status == 401, "the sign-in of the record that is no more goes on");
}

/* A number is told to be taken only where the other record is in sight. */
static void cards(void)
{
	static const char number[] = "11010519491231002X";
	struct office admin, lower;
	json_int_t chief;

	REQUIRE(open_office(&admin));
	chief = person(&admin, "主管", TOWNSHIP);
	ask(&admin, "POST", "grants", grant(chief, TOWNSHIP, "administrator", true));
	lower = enter(&admin, chief);
	ask(&admin, "POST", "people", json_pack("{s:s, s:s, s:i, s:s}", "name", "有号", "kind", "member", "org", ELSEWHERE, "card", number));
	CHECK(admin.last->status == 201 && strstr(admin.last->body, "\"card_tail\":\"2X\"") && !strstr(admin.last->body, number), "%s", admin.last->body);
	CHECK(!strcmp(code(&admin, "POST", "people", json_pack("{s:s, s:s, s:i, s:s}", "name", "同号", "kind", "member", "org", BRANCH, "card", number)), "card_taken"));
	ask(&lower, "POST", "people", json_pack("{s:s, s:s, s:i, s:s}", "name", "同号", "kind", "member", "org", BRANCH, "card", number));
	CHECK(lower.last->status == 201, "a number tells of a person out of sight: %s", lower.last->body);
	CHECK(!strcmp(code(&admin, "POST", "people", json_pack("{s:s, s:s, s:i, s:s}", "name", "错号", "kind", "member", "org", BRANCH, "card", "110105194912310021")), "card.check"));
	ask(&admin, "GET", "audit?act=person.create", NULL);
	CHECK(admin.last->status == 200 && !strstr(admin.last->body, "1101051949"), "a number stands in the log");
}

static void editing(void)
{
	struct office admin;
	json_int_t ann;
	struct http_ask a = { .method = "PATCH", .type = "application/json", .body = "{\"name\":\"新名\"}" };
	g_autofree char *url = NULL, *cookie = NULL, *etag = NULL, *match = NULL;
	struct http_reply *r;

	REQUIRE(open_office(&admin));
	ann = person(&admin, "旧名", BRANCH);
	ask(&admin, "GET", at("people", ann, ""), NULL);
	etag = http_reply_header(admin.last, "ETag");
	REQUIRE(etag);
	a.url = url = server_url(admin.server, at("/api/v1/people", ann, ""));
	a.headers[0] = cookie = g_strconcat("Cookie: ", admin.cookie, NULL);
	a.headers[1] = match = g_strconcat("If-Match: ", etag, NULL);
	for (unsigned i = 0; i < 2; i++) {
		r = http_ask(&a);
		CHECK(r->status == (i == 0 ? 200 : 412), "edit %u: %ld", i, r->status);
		http_reply_free(r);
	}
	CHECK(!strcmp(code(&admin, "PATCH", at("people", ann, ""), json_pack("{s:s}", "reading", "bu dui de")), "bad_message"));
	CHECK(!strcmp(code(&admin, "PATCH", at("people", ann, ""), json_pack("{s:s}", "name", "a\nb")), "bad_message"));
	CHECK(!strcmp(code(&admin, "PATCH", at("people", ann, ""), json_pack("{s:s}", "unknown", "x")), "bad_message"));
}

/* A line that breaks behind an act: it is asked for again, also of the server that has started anew. */
static void repeats(void)
{
	struct office admin;
	struct http_ask a = { .method = "POST", .type = "application/json", .body = "{\"name\":\"再来\",\"kind\":\"member\",\"org\":78}" };
	g_autofree char *url = NULL, *cookie = NULL;
	struct http_reply *first, *again, *later, *other, *wrong;

	REQUIRE(open_office(&admin));
	a.url = url = server_url(admin.server, "/api/v1/people");
	a.headers[0] = cookie = g_strconcat("Cookie: ", admin.cookie, NULL);
	a.headers[1] = "Idempotency-Key: 8e03978e-40d5-43dd-bc93-6894a57f9324";
	first = http_ask(&a);
	again = http_ask(&a);
	CHECK(first->status == 201 && again->status == 201 && !strcmp(first->body, again->body), "%ld %s, then %ld %s", first->status, first->body, again->status, again->body);
	a.body = "{\"name\":\"别的\",\"kind\":\"member\",\"org\":78}";
	other = http_ask(&a);
	CHECK(other->status == 409 && strstr(other->body, "key_reused"), "%ld %s", other->status, other->body);
	CHECK(server_end(admin.server, SIGKILL) != -1 && server_restart(admin.server));
	later = http_ask(&a);
	CHECK(later->status == 201 && !strcmp(later->body, first->body), "after a restart: %ld %s", later->status, later->body);
	ask(&admin, "GET", "people?q=zailai", NULL);
	CHECK(strstr(admin.last->body, "\"total\":1}"), "%s", admin.last->body);
	a.headers[1] = "Idempotency-Key: with a space";
	wrong = http_ask(&a);
	CHECK(wrong->status == 400, "%ld", wrong->status);
	http_reply_free(first);
	http_reply_free(again);
	http_reply_free(other);
	http_reply_free(later);
	http_reply_free(wrong);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "people are transferred, leave and come back inside the right of who does it", moving },
		{ "nobody comes to more rights than somebody with them gives", nobody_rises },
		{ "two records of one person become one with everything that hangs on them", twins },
		{ "card numbers are kept by their end, and tell of nobody out of sight", cards },
		{ "an act that is asked for again under its key is done once", repeats },
		{ "of two who edit one the second is told", editing },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 90);
}
