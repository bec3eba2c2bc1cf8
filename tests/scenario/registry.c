/* What acts on persons, grants and policies do, and what they refuse. */
#include <glib.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>

#include "tests/scenario/office.h"
#include "tests/scenario/stage.h"

static size_t members(struct office *o, json_int_t id, const char *what)
{
	return json_array_size(json_object_get(office_ask(o, "GET", office_path("people", id, ""), NULL), what));
}

static void moving(void)
{
	struct office admin, leader;
	json_int_t boss, ann;

	REQUIRE(office_open(&admin));
	boss = office_person(&admin, "组长", BRANCH);
	ann = office_person(&admin, "安娜", BRANCH);
	office_ask(&admin, "POST", "grants", office_grant(boss, TOWNSHIP, "leader", true));
	leader = office_enter(&admin, boss);
	office_ask(&leader, "POST", office_path("people", ann, "/posts"), json_pack("{s:I, s:s}", "org", (json_int_t)BRANCH, "title", "书记"));
	CHECK(leader.last->status == 200, "%s", leader.last->body);
	CHECK(!strcmp(office_code(&leader, "POST", office_path("people", ann, "/transfer"), json_pack("{s:I}", "org", (json_int_t)ELSEWHERE)), "not_found"), "out of the own subtree");
	CHECK(!strcmp(office_code(&leader, "POST", office_path("people", ann, "/transfer"), json_pack("{s:I}", "org", (json_int_t)BRANCH)), "conflict"));
	office_ask(&leader, "POST", office_path("people", ann, "/transfer"), json_pack("{s:I, s:s}", "org", (json_int_t)OTHER_BRANCH, "why", "moved"));
	CHECK(leader.last->status == 200 && members(&leader, ann, "posts") == 0 && members(&leader, ann, "memberships") == 1, "the post stays behind");
	CHECK(!strcmp(office_code(&leader, "POST", office_path("people", ann, "/memberships"), json_pack("{s:I}", "org", (json_int_t)OTHER_BRANCH)), "conflict"));
	office_ask(&leader, "POST", office_path("people", ann, "/memberships"), json_pack("{s:I}", "org", (json_int_t)BRANCH));
	CHECK(members(&leader, ann, "memberships") == 2);
	office_ask(&leader, "POST", office_path("people", ann, "/transfer"), json_pack("{s:I}", "org", (json_int_t)BRANCH));
	CHECK(members(&leader, ann, "memberships") == 1, "the further membership becomes the main one");
	CHECK(!strcmp(office_code(&leader, "POST", office_path("people", ann, "/leave"), json_object()), "bad_message"), "without a reason");
	office_ask(&leader, "POST", office_path("people", ann, "/leave"), json_pack("{s:s}", "why", "left"));
	CHECK(leader.last->status == 200 && strstr(leader.last->body, "\"left\":true"), "%s", leader.last->body);
	office_ask(&leader, "POST", office_path("people", ann, "/memberships"), json_pack("{s:I}", "org", (json_int_t)OTHER_BRANCH));
	CHECK(leader.last->status == 200 && strstr(leader.last->body, "\"main\":true"), "who comes back has a main membership: %s", leader.last->body);
}

/* A leader has the administrator of the county among the own members. */
static void nobody_rises(void)
{
	struct office admin, leader, lower;
	json_int_t boss, chief, other, given;

	REQUIRE(office_open(&admin));
	boss = office_person(&admin, "组长", BRANCH);
	chief = office_person(&admin, "县长", BRANCH);
	other = office_person(&admin, "别人", BRANCH);
	office_ask(&admin, "POST", "grants", office_grant(boss, BRANCH, "leader", false));
	given = json_integer_value(json_object_get(office_ask(&admin, "POST", "grants", office_grant(chief, COUNTY, "administrator", false)), "id"));
	REQUIRE(given > 0, "%s", admin.last->body);
	leader = office_enter(&admin, boss);
	lower = office_enter(&admin, chief);
	CHECK(!strcmp(office_code(&leader, "POST", office_path("people", chief, "/links"), json_object()), "forbidden"), "a leader signs in as an administrator");
	CHECK(!strcmp(office_code(&leader, "POST", office_path("people", chief, "/leave"), json_pack("{s:s}", "why", "x")), "forbidden"), "a leader ends an administrator");
	CHECK(!strcmp(office_code(&leader, "POST", "grants", office_grant(other, BRANCH, "member", false)), "forbidden"));
	office_ask(&leader, "POST", office_path("people", other, "/links"), json_object());
	CHECK(leader.last->status == 201, "%s", leader.last->body);
	/* Without subtree nothing below is in sight; at the own place all is that one has oneself. */
	CHECK(!strcmp(office_code(&lower, "POST", "grants", office_grant(chief, COUNTY, "administrator", true)), "own_grant"));
	CHECK(!strcmp(office_code(&lower, "POST", "grants", office_grant(other, COUNTY, "leader", false)), "not_found"), "to one out of sight");
	CHECK(!strcmp(office_code(&lower, "POST", "grants", office_grant(other, TOWNSHIP, "leader", false)), "not_found"), "below a grant without subtree");
	CHECK(!strcmp(office_code(&admin, "POST", "grants/3/end", json_pack("{s:s}", "why", "x")), "last_administrator"));
	CHECK(!strcmp(office_code(&admin, "POST", office_path("people", 6, "/leave"), json_pack("{s:s}", "why", "x")), "last_administrator"));
	CHECK(!strcmp(office_code(&admin, "POST", "grants", json_pack("{s:I, s:I, s:s, s:b, s:s, s:I}", "person", other, "org", (json_int_t)BRANCH, "role", "leader", "subtree", 0, "purpose", "x",
	      "to_ms", (json_int_t)1000)), "bad_message"), "a grant that has ended before it began");
	office_ask(&admin, "POST", office_path("grants", given, "/end"), json_pack("{s:s}", "why", "over"));
	CHECK(admin.last->status == 204 && !strcmp(office_code(&admin, "POST", office_path("grants", given, "/end"), json_pack("{s:s}", "why", "over")), "not_found"), "%ld %s", admin.last->status, admin.last->body);
	CHECK(!strcmp(office_code(&lower, "GET", office_path("orgs", COUNTY, ""), NULL), "not_found"), "the right lives on");
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

	REQUIRE(office_open(&admin));
	a = office_person(&admin, "双生", BRANCH);
	b = office_person(&admin, "双生", OTHER_BRANCH);
	found = twins_of(office_ask(&admin, "GET", "people/twins?org=77", NULL), "双生");
	CHECK(json_array_size(json_object_get(found, "people")) == 2, "%s", admin.last->body);
	office_ask(&admin, "POST", "grants", office_grant(a, BRANCH, "leader", true));
	office_ask(&admin, "POST", office_path("people", a, "/categories"), json_pack("{s:s}", "name", "流动党员"));
	one = office_enter(&admin, a);
	CHECK(!strcmp(office_code(&admin, "POST", office_path("people", a, "/merge"), json_pack("{s:I}", "into", a)), "in_circle"));
	office_ask(&admin, "POST", office_path("people", a, "/merge"), json_pack("{s:I, s:s}", "into", b, "why", "one person"));
	REQUIRE(admin.last->status == 200, "%s", admin.last->body);
	CHECK(members(&admin, b, "memberships") == 2 && members(&admin, b, "grants") == 1 && members(&admin, b, "categories") == 1);
	CHECK(members(&admin, a, "memberships") == 0 && members(&admin, a, "grants") == 0);
	CHECK(json_array_size(json_object_get(office_ask(&admin, "GET", "people?q=shuangsheng", NULL), "items")) == 1, "%s", admin.last->body);
	CHECK(!strcmp(office_code(&admin, "POST", office_path("people", a, "/transfer"), json_pack("{s:I}", "org", (json_int_t)ELSEWHERE)), "closed"));
	office_ask(&one, "GET", "session", NULL);
	CHECK(one.last->status == 401, "the sign-in of the record that is no more goes on");
}

/* A number is told to be taken only where the other record is in sight. */
static void cards(void)
{
	static const char number[] = "11010519491231002X";
	struct office admin, lower;
	json_int_t chief;

	REQUIRE(office_open(&admin));
	chief = office_person(&admin, "主管", TOWNSHIP);
	office_ask(&admin, "POST", "grants", office_grant(chief, TOWNSHIP, "administrator", true));
	lower = office_enter(&admin, chief);
	office_ask(&admin, "POST", "people", json_pack("{s:s, s:s, s:i, s:s}", "name", "有号", "kind", "member", "org", ELSEWHERE, "card", number));
	CHECK(admin.last->status == 201 && strstr(admin.last->body, "\"card_tail\":\"2X\"") && !strstr(admin.last->body, number), "%s", admin.last->body);
	CHECK(!strcmp(office_code(&admin, "POST", "people", json_pack("{s:s, s:s, s:i, s:s}", "name", "同号", "kind", "member", "org", BRANCH, "card", number)), "card_taken"));
	office_ask(&lower, "POST", "people", json_pack("{s:s, s:s, s:i, s:s}", "name", "同号", "kind", "member", "org", BRANCH, "card", number));
	CHECK(lower.last->status == 201, "a number tells of a person out of sight: %s", lower.last->body);
	CHECK(!strcmp(office_code(&admin, "POST", "people", json_pack("{s:s, s:s, s:i, s:s}", "name", "错号", "kind", "member", "org", BRANCH, "card", "110105194912310021")), "card.check"));
	office_ask(&admin, "GET", "audit?act=person.create", NULL);
	CHECK(admin.last->status == 200 && !strstr(admin.last->body, "1101051949"), "a number stands in the log");
}

static void editing(void)
{
	struct office admin;
	json_int_t ann;
	struct http_ask a = { .method = "PATCH", .type = "application/json", .body = "{\"name\":\"新名\"}" };
	g_autofree char *url = NULL, *cookie = NULL, *etag = NULL, *match = NULL;
	struct http_reply *r;

	REQUIRE(office_open(&admin));
	ann = office_person(&admin, "旧名", BRANCH);
	office_ask(&admin, "GET", office_path("people", ann, ""), NULL);
	etag = http_reply_header(admin.last, "ETag");
	REQUIRE(etag);
	a.url = url = server_url(admin.server, office_path("/api/v1/people", ann, ""));
	a.headers[0] = cookie = g_strconcat("Cookie: ", admin.cookie, NULL);
	a.headers[1] = match = g_strconcat("If-Match: ", etag, NULL);
	for (unsigned i = 0; i < 2; i++) {
		r = http_ask(&a);
		CHECK(r->status == (i == 0 ? 200 : 412), "edit %u: %ld", i, r->status);
		http_reply_free(r);
	}
	CHECK(!strcmp(office_code(&admin, "PATCH", office_path("people", ann, ""), json_pack("{s:s}", "reading", "bu dui de")), "bad_message"));
	CHECK(!strcmp(office_code(&admin, "PATCH", office_path("people", ann, ""), json_pack("{s:s}", "name", "a\nb")), "bad_message"));
	CHECK(!strcmp(office_code(&admin, "PATCH", office_path("people", ann, ""), json_pack("{s:s}", "unknown", "x")), "bad_message"));
}

/* A line that breaks behind an act: it is asked for again, also of the server that has started anew. */
static void repeats(void)
{
	struct office admin;
	struct http_ask a = { .method = "POST", .type = "application/json", .body = "{\"name\":\"再来\",\"kind\":\"member\",\"org\":78}" };
	g_autofree char *url = NULL, *cookie = NULL;
	struct http_reply *first, *again, *later, *other, *wrong;

	REQUIRE(office_open(&admin));
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
	office_ask(&admin, "GET", "people?q=zailai", NULL);
	CHECK(strstr(admin.last->body, "\"total\":1,"), "%s", admin.last->body);
	a.headers[1] = "Idempotency-Key: with a space";
	wrong = http_ask(&a);
	CHECK(wrong->status == 400, "%ld", wrong->status);
	http_reply_free(first);
	http_reply_free(again);
	http_reply_free(other);
	http_reply_free(later);
	http_reply_free(wrong);
}

/* Who takes the log along stands in it; merged organisations have their names there. */
static void the_log(void)
{
	struct office admin, leader;
	json_int_t boss, fresh;

	REQUIRE(office_open(&admin));
	boss = office_person(&admin, "组长", BRANCH);
	office_ask(&admin, "POST", "grants", office_grant(boss, BRANCH, "leader", false));
	leader = office_enter(&admin, boss);
	fresh = json_integer_value(json_object_get(office_ask(&admin, "POST", "orgs", json_pack("{s:i, s:s, s:s, s:s}", "parent", TOWNSHIP, "name", "将并支部", "kind", "branch", "phone",
	                           "0771-5551234")), "id"));
	CHECK(strstr(admin.last->body, "0771-5551234") != NULL, "%s", admin.last->body);
	office_ask(&admin, "POST", office_path("orgs", fresh, "/merge"), json_pack("{s:i}", "into", OTHER_BRANCH));
	office_ask(&admin, "GET", "audit?act=org.merge", NULL);
	CHECK(strstr(admin.last->body, "\"into\":{\"id\":79,\"name\":\"青河镇东郊村党支部\"}") != NULL, "%s", admin.last->body);
	office_ask(&admin, "GET", "audit.csv?org=77&act=org.merge", NULL);
	CHECK(admin.last->status == 200 && strstr(admin.last->body, "青河镇东郊村党支部"), "%ld %s", admin.last->status, admin.last->body);
	office_ask(&admin, "GET", "audit?act=audit.export", NULL);
	CHECK(strstr(admin.last->body, "\"act\":\"audit.export\"") && strstr(admin.last->body, "\"org\":77") && strstr(admin.last->body, "org.merge"), "%s", admin.last->body);
	CHECK(!strcmp(office_code(&leader, "GET", "audit.csv", NULL), "forbidden"));
	CHECK(!strcmp(office_code(&admin, "GET", "audit.csv?org=777777", NULL), "not_found"));
}

static size_t rows_with(struct office *o, const char *path, const char *text)
{
	json_t *items = json_object_get(office_ask(o, "GET", path, NULL), "items"), *row;
	size_t i, n = 0;

	json_array_foreach(items, i, row) {
		g_autofree char *written = json_dumps(row, JSON_COMPACT);

		n += strstr(written, text) != NULL;
	}
	return n;
}

/* Whoever looks at somebody is in the log, once an hour, by which grant; who looks at the own record is not. */
static void looks(void)
{
	struct office admin, leader;
	json_int_t boss, ann;

	REQUIRE(office_open(&admin));
	boss = office_person(&admin, "组长", BRANCH);
	ann = office_person(&admin, "安静", BRANCH);
	office_ask(&admin, "POST", "grants", office_grant(boss, BRANCH, "leader", false));
	leader = office_enter(&admin, boss);
	for (int i = 0; i < 2; i++) {
		office_ask(&leader, "GET", office_path("people", ann, ""), NULL);
		office_ask(&leader, "GET", office_path("people", ann, "/credit"), NULL);
		office_ask(&leader, "GET", office_path("people", ann, "/history"), NULL);
		office_ask(&leader, "GET", office_path("people", ann, "/sessions"), NULL);
		office_ask(&leader, "GET", office_path("people", boss, "/credit"), NULL);
		office_ask(&leader, "GET", "people?org=78", NULL);
		office_ask(&leader, "GET", office_path("people", 1, ""), NULL);
	}
	CHECK(rows_with(&admin, "audit?act=person.view&org=78&limit=500", "\"seen\":\"record\"") == 1, "%s", admin.last->body);
	CHECK(rows_with(&admin, "audit?act=person.view&org=78&limit=500", "\"seen\":\"credit\"") == 1 && strstr(admin.last->body, "\"role\":\"leader\""), "%s", admin.last->body);
	CHECK(rows_with(&admin, "audit?act=person.view&org=78&limit=500", "\"seen\":\"history\"") == 1);
	CHECK(rows_with(&admin, "audit?act=person.view&org=78&limit=500", "\"seen\":\"list\"") == 1);
	CHECK(rows_with(&admin, "audit?act=session.view&org=78&limit=500", "\"seen\":\"sessions\"") == 1);
	CHECK(rows_with(&admin, "audit?act=audit.view&org=78&limit=500", "\"seen\":\"log\"") == 1, "%s", admin.last->body);
	CHECK(account_sign_in(admin.server, "branch001", ACCOUNT_PASSWORD, NULL)->status == 200);
	CHECK(rows_with(&admin, "audit?act=sign_in&org=4&limit=500", "sign_in") == 1, "%s", admin.last->body);
}

/* What others wrote keeps the name: whoever erases is shown where, and nobody else. */
static void mentions(void)
{
	struct office admin, leader;
	json_int_t boss, ann;

	REQUIRE(office_open(&admin));
	boss = office_person(&admin, "组长", BRANCH);
	ann = office_person(&admin, "欧阳忘却", BRANCH);
	office_ask(&admin, "POST", "grants", office_grant(boss, BRANCH, "leader", false));
	leader = office_enter(&admin, boss);
	office_ask(&admin, "POST", office_path("people", boss, "/leave"), json_pack("{s:s}", "why", "由欧阳忘却接替"));
	office_ask(&admin, "GET", office_path("people", ann, "/mentions"), NULL);
	CHECK(admin.last->status == 200 && strstr(admin.last->body, "\"act\":\"person.transfer\"") && !strstr(admin.last->body, "person.create") && !strstr(admin.last->body, "接替"), "%s", admin.last->body);
	CHECK(strcmp(office_code(&leader, "GET", office_path("people", ann, "/mentions"), NULL), "") != 0);
	office_ask(&admin, "POST", office_path("people", ann, "/erase"), json_pack("{s:s}", "order", "2026-9"));
	office_ask(&admin, "GET", office_path("people", ann, "/mentions"), NULL);
	CHECK(admin.last->status == 200 && !strcmp(admin.last->body, "{\"items\":[]}"), "%s", admin.last->body);
}

/* It is the organisation's, by the API and by tables alike; a log tells that it changed, and not to what. */
static void phones(void)
{
	struct office admin;

	REQUIRE(office_open(&admin));
	CHECK(!strcmp(office_code(&admin, "PATCH", office_path("orgs", BRANCH, ""), json_pack("{s:s}", "phone", "ring me")), "bad_message"));
	office_ask(&admin, "PATCH", office_path("orgs", BRANCH, ""), json_pack("{s:s}", "phone", "+8607715550000"));
	CHECK(admin.last->status == 200 && strstr(admin.last->body, "+8607715550000"), "%s", admin.last->body);
	office_ask(&admin, "PATCH", office_path("orgs", BRANCH, ""), json_pack("{s:s}", "phone", "+8607715550001"));
	CHECK(server_end(admin.server, SIGKILL) != -1 && server_restart(admin.server));
	office_ask(&admin, "GET", office_path("orgs", BRANCH, ""), NULL);
	CHECK(strstr(admin.last->body, "+8607715550001") != NULL, "%s", admin.last->body);
	office_ask(&admin, "GET", "exports/organisations?org=77", NULL);
	CHECK(strstr(admin.last->body, "+8607715550001") != NULL);
	office_ask(&admin, "GET", "orgs/78/history", NULL);
	CHECK(strstr(admin.last->body, "+8607715550000") != NULL, "what it was: %s", admin.last->body);
	office_ask(&admin, "GET", "audit?act=org.rename", NULL);
	CHECK(strstr(admin.last->body, "\"phone\":true") && !strstr(admin.last->body, "555000"), "%s", admin.last->body);
	office_ask(&admin, "PATCH", office_path("orgs", BRANCH, ""), json_pack("{s:s}", "phone", ""));
	CHECK(admin.last->status == 200 && !strstr(admin.last->body, "phone\":\""), "%s", admin.last->body);
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
		{ "the log names what it can, and who took it along", the_log },
		{ "who looks at somebody, and who signs in, is in the log", looks },
		{ "who erases is shown where else the name stands", mentions },
		{ "organisations have a telephone number", phones },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 90);
}
