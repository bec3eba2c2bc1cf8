/* A class before it begins: planned, changed, called off; sites answer, members ask leave; and who sees what of it. */
#include <glib.h>
#include <jansson.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>

#include "tests/scenario/attendee.h"
#include "tests/scenario/office.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

#define MINUTE_MS 60000LL

static json_int_t in_minutes(int minutes)
{
	return g_get_real_time() / 1000 + minutes * MINUTE_MS;
}

static json_t *plan(json_int_t org, bool subtree)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:I, s:I, s:b, s:[{s:i, s:s, s:s}]}", "org", org, "title", "专题党课", "kind", "lecture", "campaign", "主题教育", "start_ms",
	                 in_minutes(60), "end_ms", in_minutes(150), "subtree", subtree, "agenda", "minutes", 45, "title", "第一讲", "speaker", "王老师");
}

static json_int_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

static const char *text(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

static json_int_t made(struct office *o, json_t *body)
{
	json_t *j = office_ask(o, "POST", "classes", body);

	CHECK(o->last->status == 201, "%ld %s", o->last->status, o->last->body);
	return number(j, "id");
}

static struct office leader_of(struct office *admin, const char *name, json_int_t org, bool subtree)
{
	json_int_t who = office_person(admin, name, org);

	office_ask(admin, "POST", "grants", office_grant(who, org, "leader", subtree));
	return office_enter(admin, who);
}

static size_t listed(struct office *o)
{
	return json_array_size(json_object_get(office_ask(o, "GET", "classes", NULL), "items"));
}

static void planned_and_seen(void)
{
	struct office admin, below, beside;
	json_int_t id;
	json_t *j;

	REQUIRE(office_open(&admin));
	below = leader_of(&admin, "支部书记", BRANCH, false);
	beside = leader_of(&admin, "别处书记", ELSEWHERE, true);
	id = made(&admin, plan(COUNTY, true));
	j = office_ask(&admin, "GET", office_path("classes", id, ""), NULL);
	CHECK(!strcmp(text(j, "state"), "planned") && !strcmp(text(j, "role"), "host") && json_is_true(json_object_get(j, "may_change")), "%s", admin.last->body);
	CHECK(number(json_object_get(j, "count"), "sites") > 10, "%s", admin.last->body);
	CHECK(listed(&below) == 1 && listed(&beside) == 0, "invited, and out of sight");
	j = office_ask(&below, "GET", office_path("classes", id, ""), NULL);
	CHECK(below.last->status == 200 && number(json_object_get(j, "count"), "sites") == 1 && !json_object_get(j, "org"), "%s", below.last->body);
	j = office_ask(&below, "GET", office_path("classes", id, "/sites"), NULL);
	CHECK(json_array_size(json_object_get(j, "items")) == 1, "only the own site: %s", below.last->body);
	CHECK(!strcmp(office_code(&beside, "GET", office_path("classes", id, ""), NULL), "not_found"));
	CHECK(!strcmp(office_code(&beside, "GET", office_path("classes", 999, ""), NULL), "not_found"), "the same words for what is not there");
	CHECK(!strcmp(office_code(&below, "POST", office_path("classes", id, "/cancel"), json_pack("{s:s}", "why", "x")), "forbidden"), "%s", below.last->body);
}

static void refused_plans(void)
{
	struct office admin, leader;
	json_t *p;

	REQUIRE(office_open(&admin));
	leader = leader_of(&admin, "支部书记", BRANCH, false);
	p = plan(COUNTY, true);
	json_object_set_new(p, "start_ms", json_integer(in_minutes(-5)));
	CHECK(!strcmp(office_code(&admin, "POST", "classes", p), "class.past"), "%s", admin.last->body);
	p = plan(COUNTY, true);
	json_object_set_new(p, "end_ms", json_integer(in_minutes(10)));
	CHECK(!strcmp(office_code(&admin, "POST", "classes", p), "class.ends_first"));
	p = plan(COUNTY, true);
	json_object_set_new(p, "hosts", json_pack("[i]", 777777));
	CHECK(!strcmp(office_code(&admin, "POST", "classes", p), "class.hosts"));
	p = plan(COUNTY, true);
	json_object_set_new(p, "nonsense", json_true());
	CHECK(!strcmp(office_code(&admin, "POST", "classes", p), "bad_message"));
	p = plan(COUNTY, true);
	json_object_set_new(p, "target", json_integer(ELSEWHERE));
	CHECK(!strcmp(office_code(&admin, "POST", "classes", p), "not_found"), "beside the one that holds it: %s", admin.last->body);
	CHECK(!strcmp(office_code(&leader, "POST", "classes", plan(COUNTY, true)), "not_found"), "upward: %s", leader.last->body);
	CHECK(!strcmp(office_code(&leader, "POST", "classes", plan(BRANCH, true)), "forbidden"), "with what is below: %s", leader.last->body);
	CHECK(made(&leader, plan(BRANCH, false)) > 0, "the own branch");
}

static void answered_and_on_leave(void)
{
	struct office admin, branch, member;
	json_int_t id, ann;
	json_t *j;

	REQUIRE(office_open(&admin));
	branch = leader_of(&admin, "支部书记", BRANCH, false);
	ann = office_person(&admin, "安娜", BRANCH);
	member = office_enter(&admin, ann);
	id = made(&admin, plan(COUNTY, true));
	j = office_ask(&branch, "POST", office_path("classes", id, "/answer"), json_pack("{s:i, s:s}", "site", BRANCH, "answer", "accepted"));
	CHECK(branch.last->status == 200 && strstr(branch.last->body, "\"answer\":\"accepted\""), "%s", branch.last->body);
	CHECK(!strcmp(office_code(&branch, "POST", office_path("classes", id, "/answer"), json_pack("{s:i, s:s}", "site", BRANCH, "answer", "accepted")), "class.already"));
	CHECK(!strcmp(office_code(&branch, "POST", office_path("classes", id, "/answer"), json_pack("{s:i, s:s}", "site", OTHER_BRANCH, "answer", "accepted")), "not_found"));
	office_ask(&member, "POST", office_path("classes", id, "/leave"), json_pack("{s:I, s:s}", "person", ann, "why", "住院"));
	CHECK(member.last->status == 200, "%s", member.last->body);
	CHECK(!strcmp(office_code(&branch, "POST", office_path("classes", id, "/leave/decide"), json_pack("{s:I, s:b}", "person", ann, "granted", 1)), "forbidden"), "%s", branch.last->body);
	office_ask(&admin, "POST", office_path("classes", id, "/leave/decide"), json_pack("{s:I, s:b}", "person", ann, "granted", 1));
	CHECK(admin.last->status == 200, "%s", admin.last->body);
	office_ask(&branch, "GET", office_path("classes", id, "/people?site=78"), NULL);
	CHECK(strstr(branch.last->body, "\"leave\":\"granted\""), "%s", branch.last->body);
	/* What was acknowledged is there after kill -9, and so is the room. */
	CHECK(server_end(admin.server, SIGKILL) != -1 && server_restart(admin.server));
	office_ask(&branch, "GET", office_path("classes", id, "/people?site=78"), NULL);
	CHECK(strstr(branch.last->body, "\"leave\":\"granted\"") && strstr(branch.last->body, "住院"), "%s", branch.last->body);
	j = office_ask(&branch, "GET", office_path("classes", id, ""), NULL);
	CHECK(strstr(branch.last->body, "\"answer\":\"accepted\""), "%s", branch.last->body);
	CHECK(json_array_size(json_object_get(j, "agenda")) == 1);
	CHECK(made(&admin, plan(COUNTY, true)) > id, "numbers are not used again");
}

static void changed_and_called_off(void)
{
	struct office admin, other;
	json_int_t id, boss;
	json_t *p, *j;

	REQUIRE(office_open(&admin));
	id = made(&admin, plan(TOWNSHIP, false));
	p = plan(TOWNSHIP, true);
	json_object_del(p, "org");
	json_object_set_new(p, "title", json_string("改为主题党日"));
	j = office_ask(&admin, "PATCH", office_path("classes", id, ""), p);
	CHECK(admin.last->status == 200 && !strcmp(text(j, "title"), "改为主题党日") && number(json_object_get(j, "count"), "sites") > 1, "%s", admin.last->body);
	boss = office_person(&admin, "镇长", TOWNSHIP);
	office_ask(&admin, "POST", "grants", office_grant(boss, TOWNSHIP, "leader", true));
	other = office_enter(&admin, boss);
	office_ask(&other, "POST", office_path("classes", id, "/cancel"), json_pack("{s:s}", "why", "台风"));
	CHECK(other.last->status == 200 && strstr(other.last->body, "\"cancelled\""), "%s", other.last->body);
	CHECK(!strcmp(office_code(&admin, "POST", office_path("classes", id, "/cancel"), json_pack("{s:s}", "why", "x")), "class.cancelled"));
	CHECK(!strcmp(office_code(&admin, "POST", office_path("classes", id, "/answer"), json_pack("{s:i, s:s}", "site", BRANCH, "answer", "accepted")), "class.cancelled"));
	office_ask(&admin, "GET", "audit?act=class.cancel", NULL);
	CHECK(strstr(admin.last->body, "台风"), "%s", admin.last->body);
}

/* As it is on disk when the server is killed between the plan and the opening of its room. */
static void forget_the_opening(struct office *o)
{
	g_autofree char *path = g_strconcat(o->server->data, "/huitang.db", NULL);
	sqlite3 *db = NULL;
	char *error = NULL;

	CHECK(sqlite3_open(path, &db) == SQLITE_OK);
	CHECK(sqlite3_exec(db, "PRAGMA foreign_keys = OFF; DROP TRIGGER journal_never_deleted;"
	                       "DELETE FROM journal_payload WHERE sequence >= (SELECT min(sequence) FROM journal WHERE kind = 10 AND room LIKE 'class-%');"
	                       "DELETE FROM journal WHERE sequence >= (SELECT min(sequence) FROM journal WHERE kind = 10 AND room LIKE 'class-%');"
	                       "DELETE FROM room WHERE id LIKE 'class-%'", NULL, NULL, &error) == SQLITE_OK, "%s", error ? error : "");
	sqlite3_close(db);
}

static void killed_before_its_room_opened(void)
{
	struct office admin;
	struct seat *host;
	char room[32];

	REQUIRE(office_open(&admin));
	g_snprintf(room, sizeof(room), "class-%lld", (long long)made(&admin, plan(TOWNSHIP, true)));
	CHECK(server_end(admin.server, SIGKILL) != -1);
	forget_the_opening(&admin);
	REQUIRE(server_restart(admin.server));
	host = attendee_with(admin.server, stage_loop(), NULL, NULL, &(struct seat_cfg){ .room = room, .cookie = admin.cookie, .no_media = true });
	CHECK(!strcmp(host->role, "host"), "%s", seat_error(host->joined));
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "a class is planned for the own subtree, and seen by whom it concerns", planned_and_seen },
		{ "plans that cannot be are refused with the reason", refused_plans },
		{ "sites answer and members ask leave, also across kill -9", answered_and_on_leave },
		{ "a plan is changed and called off, and who did it is on record", changed_and_called_off },
		{ "a class whose server was killed before its room was opened has one after the start", killed_before_its_room_opened },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 90);
}
