/* What cannot be is refused with its reason, and nothing of it is done: circles, closing what is in use, strange names, two editors, codes past their time. */
#include <signal.h>
#include <sqlite3.h>
#include <string.h>

#include "tests/scenario/attendee.h"
#include "tests/scenario/office.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

#define DEPTH_MAX 32

static json_int_t id_of(const json_t *j)
{
	return json_integer_value(json_object_get(j, "id"));
}

static json_int_t make_org(struct office *o, json_int_t parent, const char *name)
{
	return id_of(office_ask(o, "POST", "orgs", json_pack("{s:I, s:s, s:s}", "parent", parent, "name", name, "kind", "branch")));
}

/* While the server is down. */
static bool change_data(const struct server *s, const char *sql)
{
	g_autofree char *path = g_strconcat(s->data, "/huitang.db", NULL);
	sqlite3 *db = NULL;
	bool done = sqlite3_open(path, &db) == SQLITE_OK && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;

	sqlite3_close(db);
	return done;
}

static void circles(void)
{
	struct office admin;
	const char *move, *merge, *code;
	json_int_t below, top;
	const char *before;

	REQUIRE(office_open(&admin));
	below = make_org(&admin, BRANCH, "支部下的小组");
	move = office_path("orgs", BRANCH, "/move");
	merge = office_path("orgs", BRANCH, "/merge");
	office_ask(&admin, "GET", office_path("orgs", BRANCH, ""), NULL);
	before = admin.last->body;
	CHECK(!strcmp(office_code(&admin, "POST", move, json_pack("{s:i}", "parent", BRANCH)), "in_circle"), "under itself");
	CHECK(!strcmp(office_code(&admin, "POST", move, json_pack("{s:I}", "parent", below)), "in_circle"), "under what is below it");
	CHECK(!strcmp(office_code(&admin, "POST", merge, json_pack("{s:i}", "into", BRANCH)), "in_circle"), "into itself");
	CHECK(!strcmp(office_code(&admin, "POST", merge, json_pack("{s:I}", "into", below)), "in_circle"), "into what is below it");
	CHECK(!strcmp(office_code(&admin, "POST", "orgs/1/move", json_pack("{s:i}", "parent", BRANCH)), "in_circle"), "the root");
	office_ask(&admin, "GET", office_path("orgs", BRANCH, ""), NULL);
	CHECK(!strcmp(before, admin.last->body), "half done: %s", admin.last->body);
	/* Deep, and not deeper. */
	for (top = below; admin.last->status != 409 && top;)
		top = make_org(&admin, top, "更深一层");
	CHECK(strstr(admin.last->body, "too_deep") != NULL, "%s", admin.last->body);
	code = office_code(&admin, "POST", office_path("orgs", TOWNSHIP, "/move"), json_pack("{s:I}", "parent", (json_int_t)ELSEWHERE));
	CHECK(!strcmp(code, "too_deep"), "what it has below would be too deep: %ld %s", admin.last->status, admin.last->body);
}

static void closing(void)
{
	struct office admin;
	json_int_t org, child, ann;
	struct seat *host;
	g_autofree char *sql = NULL;

	REQUIRE(office_open(&admin));
	org = make_org(&admin, TOWNSHIP, "将撤支部");
	child = make_org(&admin, org, "将撤小组");
	ann = office_person(&admin, "将迁某", org);
	CHECK(!strcmp(office_code(&admin, "POST", office_path("orgs", org, "/close"), json_pack("{s:s}", "why", "x")), "has_children"));
	office_ask(&admin, "POST", office_path("orgs", child, "/close"), json_pack("{s:s}", "why", "x"));
	CHECK(admin.last->status == 200, "%s", admin.last->body);
	CHECK(!strcmp(office_code(&admin, "POST", office_path("orgs", org, "/close"), json_pack("{s:s}", "why", "x")), "has_members"));
	office_ask(&admin, "POST", office_path("people", ann, "/transfer"), json_pack("{s:i}", "org", BRANCH));
	/* A meeting of it runs. */
	sql = g_strdup_printf("UPDATE room SET org = %lld WHERE id = '" ROOM "'", (long long)org);
	REQUIRE(server_end(admin.server, SIGTERM) != -1 && change_data(admin.server, sql) && server_restart(admin.server));
	host = attendee_with(admin.server, stage_loop(), "host", "chair", &(struct seat_cfg){ .no_media = true });
	REQUIRE(host->id[0]);
	CHECK(!strcmp(office_code(&admin, "POST", office_path("orgs", org, "/close"), json_pack("{s:s}", "why", "x")), "has_rooms"));
	CHECK(!*seat_do(host, "room.end", "{}"));
	office_ask(&admin, "POST", office_path("orgs", org, "/close"), json_pack("{s:s}", "why", "x"));
	CHECK(admin.last->status == 200 && strstr(admin.last->body, "closed_ms"), "%ld %s", admin.last->status, admin.last->body);
	/* What is closed takes nothing any more. */
	CHECK(!strcmp(office_code(&admin, "POST", "people", json_pack("{s:s, s:s, s:I}", "name", "甲", "kind", "member", "org", org)), "closed"));
	CHECK(!strcmp(office_code(&admin, "POST", "orgs", json_pack("{s:I, s:s, s:s}", "parent", org, "name", "下级", "kind", "group")), "closed"));
	CHECK(!strcmp(office_code(&admin, "POST", office_path("orgs", BRANCH, "/move"), json_pack("{s:I}", "parent", org)), "closed"));
	CHECK(!strcmp(office_code(&admin, "POST", office_path("people", ann, "/transfer"), json_pack("{s:I}", "org", org)), "closed"));
	CHECK(!strcmp(office_code(&admin, "POST", office_path("orgs", org, "/close"), json_pack("{s:s}", "why", "again")), "closed"));
}

/* Markup is text, told as it was given; a spreadsheet runs nothing of it; what would turn a page round is no name. */
static void strange_names(void)
{
	static const char *const names[] = { "<img src=x onerror=alert(1)>", "=HYPERLINK(\"http://x\")", "+86", "@SUM(1)", "O'Brien\"; DROP TABLE person;--", "&amp;<b>张</b>" };
	static const char *const none[] = { "", "   ", "a\nb", "\xe2\x80\xae" "txt.exe", "\xef\xbb\xbf" "x", "a\tb" };
	struct office admin;

	REQUIRE(office_open(&admin));
	for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
		json_int_t id = office_person(&admin, names[i], BRANCH);
		json_t *there = office_ask(&admin, "GET", office_path("people", id, ""), NULL);

		CHECK(id > 0 && !strcmp(json_string_value(json_object_get(there, "name")), names[i]), "%s: %s", names[i], admin.last->body);
	}
	office_ask(&admin, "GET", "exports/people?org=78", NULL);
	CHECK(admin.last->status == 200 && strstr(admin.last->body, "\"'=HYPERLINK(") && strstr(admin.last->body, "\"'+86\"") && strstr(admin.last->body, "\"'@SUM"), "a cell is run");
	office_ask(&admin, "GET", "audit.csv?org=78&act=person.create", NULL);
	CHECK(admin.last->status == 200 && strstr(admin.last->body, ",\"'=HYPERLINK(") && !strstr(admin.last->body, ",\"=HYPERLINK("), "a cell of the log is run");
	for (unsigned i = 0; i < G_N_ELEMENTS(none); i++)
		CHECK(!strcmp(office_code(&admin, "POST", "people", json_pack("{s:s, s:s, s:i}", "name", none[i], "kind", "member", "org", BRANCH)), "bad_message"), "name %u", i);
	CHECK(!strcmp(office_code(&admin, "POST", "orgs", json_pack("{s:i, s:s, s:s}", "parent", TOWNSHIP, "name", "a\nb", "kind", "branch")), "bad_message"));
}

/* One's version of an organisation is old once another has changed it. */
static void editors(void)
{
	struct office admin;
	struct http_ask a = { .method = "PATCH", .type = "application/json", .body = "{\"name\":\"第一位编辑\"}" };
	g_autofree char *url = NULL, *cookie = NULL, *etag = NULL, *match = NULL;
	struct http_reply *r;

	REQUIRE(office_open(&admin));
	office_ask(&admin, "GET", office_path("orgs", BRANCH, ""), NULL);
	etag = http_reply_header(admin.last, "ETag");
	REQUIRE(etag);
	a.url = url = server_url(admin.server, office_path("/api/v1/orgs", BRANCH, ""));
	a.headers[0] = cookie = g_strconcat("Cookie: ", admin.cookie, NULL);
	a.headers[1] = match = g_strconcat("If-Match: ", etag, NULL);
	for (unsigned i = 0; i < 2; i++) {
		r = http_ask(&a);
		CHECK(r->status == (i == 0 ? 200 : 412), "edit %u: %ld %s", i, r->status, r->body);
		http_reply_free(r);
		a.body = "{\"name\":\"第二位编辑\",\"phone\":\"123456\"}";
	}
	office_ask(&admin, "GET", office_path("orgs", BRANCH, ""), NULL);
	CHECK(strstr(admin.last->body, "第一位编辑") && !strstr(admin.last->body, "123456"), "%s", admin.last->body);
}

static void old_codes(void)
{
	struct office admin, nobody;
	json_int_t ann;
	json_t *link;

	REQUIRE(office_open(&admin));
	nobody = (struct office){ .server = admin.server };
	ann = office_person(&admin, "迟到某", BRANCH);
	link = office_ask(&admin, "POST", office_path("people", ann, "/links"), json_object());
	REQUIRE(admin.last->status == 201, "%s", admin.last->body);
	REQUIRE(server_end(admin.server, SIGTERM) != -1 && change_data(admin.server, "UPDATE link SET expires_us = 1000000") && server_restart(admin.server));
	CHECK(!strcmp(office_code(&nobody, "POST", "session/link", json_pack("{s:O}", "code", json_object_get(link, "code"))), "link_unknown"));
	CHECK(!strcmp(office_code(&nobody, "POST", "session/link", json_pack("{s:s}", "code", "0000-0000-0000-0000")), "link_unknown"), "another word for none");
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "nothing comes below itself, nor too deep", circles },
		{ "what is in use is not closed, and what is closed takes nothing", closing },
		{ "names with markup and formulas are text, and what cannot be seen is no name", strange_names },
		{ "of two who edit an organisation the second is told, and nothing of his is done", editors },
		{ "a code past its time is as good as none", old_codes },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 90);
}
