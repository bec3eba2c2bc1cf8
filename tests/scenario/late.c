/* What is entered late: moves and posts that hold from a day that has passed, where the facts bear it. Time is set back in the data folder. */
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <time.h>

#include "tests/scenario/office.h"
#include "tests/scenario/stage.h"

#define DAY_MS (24LL * 3600 * 1000)

/* Everything was recorded n days earlier than it was. The server is down. */
static bool age(const struct server *s, int days)
{
	static const char *const tables[] = { "org_edge", "org_name", "membership", "person_kind", "post", "right_grant" };
	g_autofree char *path = g_strconcat(s->data, "/huitang.db", NULL);
	sqlite3 *db = NULL;
	bool done = sqlite3_open(path, &db) == SQLITE_OK;

	for (unsigned i = 0; done && i < G_N_ELEMENTS(tables); i++) {
		g_autofree char *sql = g_strdup_printf("UPDATE %s SET valid_from = valid_from - %lld", tables[i], days * DAY_MS * 1000);

		done = sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
	}
	sqlite3_close(db);
	return done;
}

static json_int_t days_ago(int n)
{
	return ((json_int_t)time(NULL)) * 1000 - n * DAY_MS;
}

/* Ann has belonged to the branch for ten days. */
static json_int_t enter_ann(struct office *admin)
{
	json_int_t ann;

	if (!office_open(admin))
		return 0;
	ann = office_person(admin, "迟登某", BRANCH);
	if (server_end(admin->server, SIGTERM) == -1 || !age(admin->server, 10) || !server_restart(admin->server))
		return 0;
	return ann;
}

static const json_t *past_of(struct office *o, json_int_t person, const char *what, json_int_t org)
{
	json_t *items = json_object_get(office_ask(o, "GET", office_path("people", person, "/history"), NULL), "items"), *row;
	size_t i;

	json_array_foreach(items, i, row)
		if (!strcmp(json_string_value(json_object_get(row, "what")), what) && json_integer_value(json_object_get(row, "org")) == org)
			return row;
	return NULL;
}

static json_int_t number(const json_t *row, const char *name)
{
	return json_integer_value(json_object_get(row, name));
}

static json_t *transfer_body(json_int_t org, json_int_t from_ms)
{
	return json_pack("{s:I, s:s, s:I}", "org", org, "why", "entered late", "from_ms", from_ms);
}

static void transfers(void)
{
	struct office admin;
	json_int_t ann = enter_ann(&admin), day = days_ago(3);
	const char *path = office_path("people", ann, "/transfer");

	REQUIRE(ann > 0);
	CHECK(!strcmp(office_code(&admin, "POST", path, transfer_body(OTHER_BRANCH, days_ago(-1))), "bad_message"), "a day to come");
	CHECK(!strcmp(office_code(&admin, "POST", path, transfer_body(OTHER_BRANCH, days_ago(11))), "too_early"), "before the membership began");
	office_ask(&admin, "POST", office_path("people", ann, "/posts"), json_pack("{s:i, s:s, s:I}", "org", BRANCH, "title", "小组长", "from_ms", days_ago(2)));
	REQUIRE(admin.last->status == 200, "%s", admin.last->body);
	CHECK(!strcmp(office_code(&admin, "POST", path, transfer_body(OTHER_BRANCH, day)), "too_early"), "before a post that it ends had begun");
	office_ask(&admin, "POST", path, transfer_body(OTHER_BRANCH, days_ago(1)));
	REQUIRE(admin.last->status == 200, "%ld %s", admin.last->status, admin.last->body);
	CHECK(number(past_of(&admin, ann, "membership", BRANCH), "to_ms") == number(past_of(&admin, ann, "membership", OTHER_BRANCH), "from_ms"), "a gap between the two");
	CHECK(number(past_of(&admin, ann, "post", BRANCH), "to_ms") <= days_ago(1) + 60000, "the post outlives the membership");
	CHECK(number(past_of(&admin, ann, "membership", OTHER_BRANCH), "recorded_ms") > days_ago(1) + 60000, "recorded when it was not");
	CHECK(!strcmp(office_code(&admin, "POST", path, transfer_body(BRANCH, days_ago(2))), "too_early"), "before the last transfer");
	office_ask(&admin, "GET", "audit?act=person.transfer", NULL);
	CHECK(strstr(admin.last->body, "from_ms") != NULL);
	/* On disk it is what it is in memory. */
	CHECK(server_end(admin.server, SIGKILL) != -1 && server_restart(admin.server));
	CHECK(strstr((office_ask(&admin, "GET", office_path("people", ann, ""), NULL), admin.last->body), "\"org\":79,") != NULL, "%s", admin.last->body);
}

static void posts(void)
{
	struct office admin;
	json_int_t ann = enter_ann(&admin);
	const char *path = office_path("people", ann, "/posts");

	REQUIRE(ann > 0);
	CHECK(!strcmp(office_code(&admin, "POST", path, json_pack("{s:i, s:s, s:I}", "org", BRANCH, "title", "书记", "from_ms", days_ago(30))), "too_early"));
	CHECK(!strcmp(office_code(&admin, "POST", path, json_pack("{s:i, s:s, s:I}", "org", BRANCH, "title", "书记", "from_ms", days_ago(-2))), "bad_message"));
	office_ask(&admin, "POST", path, json_pack("{s:i, s:s, s:I}", "org", BRANCH, "title", "书记", "from_ms", days_ago(5)));
	CHECK(admin.last->status == 200 && number(past_of(&admin, ann, "post", BRANCH), "from_ms") < days_ago(4), "%s", admin.last->body);
}

static void organisations(void)
{
	struct office admin;
	json_int_t fresh, other;

	REQUIRE(enter_ann(&admin) > 0);
	fresh = number(office_ask(&admin, "POST", "orgs", json_pack("{s:i, s:s, s:s}", "parent", TOWNSHIP, "name", "新支部", "kind", "branch")), "id");
	other = number(office_ask(&admin, "POST", "orgs", json_pack("{s:i, s:s, s:s}", "parent", COUNTY, "name", "新镇", "kind", "township")), "id");
	CHECK(!strcmp(office_code(&admin, "POST", office_path("orgs", fresh, "/move"), json_pack("{s:i, s:I}", "parent", COUNTY, "from_ms", days_ago(1))), "too_early"), "before it was there");
	CHECK(!strcmp(office_code(&admin, "POST", office_path("orgs", BRANCH, "/move"), json_pack("{s:I, s:I}", "parent", other, "from_ms", days_ago(1))), "too_early"), "below what was not there");
	office_ask(&admin, "POST", office_path("orgs", BRANCH, "/move"), json_pack("{s:i, s:I}", "parent", COUNTY, "from_ms", days_ago(4)));
	CHECK(admin.last->status == 200 && strstr(admin.last->body, "\"parent\":76"), "%ld %s", admin.last->status, admin.last->body);
	CHECK(!strcmp(office_code(&admin, "POST", office_path("orgs", BRANCH, "/move"), json_pack("{s:i, s:I}", "parent", TOWNSHIP, "from_ms", days_ago(5))), "too_early"), "before the last move");
	CHECK(!strcmp(office_code(&admin, "POST", office_path("orgs", COUNTY, "/move"), json_pack("{s:i, s:I}", "parent", BRANCH, "from_ms", days_ago(2))), "in_circle"));
	CHECK(server_end(admin.server, SIGKILL) != -1 && server_restart(admin.server));
	office_ask(&admin, "GET", office_path("orgs", BRANCH, ""), NULL);
	CHECK(admin.last->status == 200 && strstr(admin.last->body, "\"parent\":76") && !strstr(admin.last->body, "closed_ms"), "%s", admin.last->body);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "a transfer entered late holds from its day, and not from before what it ends", transfers },
		{ "a post entered late begins on its day, and not before the membership", posts },
		{ "an organisation moved late was there before, below what was there before", organisations },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 90);
}
