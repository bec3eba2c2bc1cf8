/* Credit rules of organisations: set by who may, refused with the member that is wrong, and those in force as a class begins decide what it gives. */
#include <glib.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>

#include "tests/scenario/hall.h"
#include "tests/scenario/oracle.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

#define TAUGHT_US (4 * G_USEC_PER_SEC)

static json_int_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

static const char *text(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

static json_t *body(json_t *rule)
{
	return rule ? json_pack("{s:o, s:s}", "rule", rule, "why", "县委规定") : json_pack("{s:s}", "why", "县委规定");
}

static json_t *rules_of(struct office *o, json_int_t org)
{
	return office_ask(o, "GET", office_path("orgs", org, "/rule"), NULL);
}

static json_t *effect(const json_t *rules, const char *of, const char *name)
{
	return json_object_get(json_object_get(rules, of), name);
}

static struct office enter_with(struct office *admin, const char *name, json_int_t org, const char *role, bool subtree)
{
	json_int_t who = office_person(admin, name, org);

	office_ask(admin, "POST", "grants", office_grant(who, org, role, subtree));
	return office_enter(admin, who);
}

static void set_and_refused(void)
{
	static const char *const wrong[][2] = {
		{ "{\"hour_s\":-5}", "hour_s" }, { "{\"day_hours_milli\":99999999}", "day_hours_milli" }, { "{\"checks_needed\":4}", "checks_needed" },
		{ "{\"year_hours_milli\":9000,\"year_target_milli\":10000}", "year_target_milli" }, { "{\"bonus\":1}", "bonus" },
	};
	struct office admin, chief, leader, beside;
	struct outcome *o;
	json_t *j;

	REQUIRE(office_open(&admin));
	chief = enter_with(&admin, "主管", COUNTY, "administrator", true);
	leader = enter_with(&admin, "书记", BRANCH, "leader", false);
	beside = enter_with(&admin, "别处", ELSEWHERE, "administrator", true);
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		j = office_ask(&chief, "POST", office_path("orgs", COUNTY, "/rule"), body(json_loads(wrong[i][0], 0, NULL)));
		CHECK(!strcmp(text(json_object_get(j, "error"), "code"), "rule.member") && !strcmp(text(json_object_get(j, "error"), "field"), wrong[i][1]), "%s", chief.last->body);
	}
	CHECK(!strcmp(office_code(&leader, "POST", office_path("orgs", BRANCH, "/rule"), body(json_object())), "forbidden"), "%s", leader.last->body);
	CHECK(!strcmp(office_code(&beside, "POST", office_path("orgs", COUNTY, "/rule"), body(json_object())), "not_found"));
	CHECK(!strcmp(office_code(&beside, "GET", office_path("orgs", COUNTY, "/rule"), NULL), "not_found"));
	j = rules_of(&chief, COUNTY);
	CHECK(json_array_size(json_object_get(j, "rules")) == 0 && !strcmp(text(effect(j, "effects", "milli_hours"), "why"), "default"), "%s", chief.last->body);
	j = office_ask(&chief, "GET", office_path("orgs", COUNTY, "/rule?preview=%7B%22hour_s%22%3A5400%7D"), NULL);
	CHECK(number(effect(j, "effects", "milli_hours"), "value") == 2000 && number(effect(j, "preview", "milli_hours"), "value") == 1000, "%s", chief.last->body);
	CHECK(json_array_size(json_object_get(rules_of(&chief, COUNTY), "rules")) == 0, "a preview sets nothing");
	office_ask(&admin, "POST", office_path("orgs", 1, "/rule"), body(json_pack("{s:i, s:i}", "presence_percent", 95, "year_target_milli", 32000)));
	CHECK(admin.last->status == 200, "%s", admin.last->body);
	office_ask(&chief, "POST", office_path("orgs", COUNTY, "/rule"), body(json_pack("{s:i, s:i}", "hour_s", 5400, "presence_percent", 80)));
	j = rules_of(&chief, BRANCH);
	CHECK(json_array_size(json_object_get(j, "rules")) == 2 && number(effect(j, "effects", "milli_hours"), "value") == 1000 &&
	      number(effect(j, "effects", "presence_s"), "value") == 5130 && number(effect(j, "effects", "year_target_milli"), "value") == 32000, "%s", chief.last->body);
	CHECK(!strstr(chief.last->body, "南岭市"), "whose rule it is above is out of sight");
	CHECK(server_end(admin.server, SIGKILL) != -1 && server_restart(admin.server));
	j = rules_of(&leader, BRANCH);
	CHECK(json_array_size(json_object_get(j, "rules")) == 2 && json_is_false(json_object_get(j, "may_set")), "%s", leader.last->body);
	office_ask(&chief, "POST", office_path("orgs", COUNTY, "/rule"), body(NULL));
	CHECK(json_array_size(json_object_get(rules_of(&chief, BRANCH), "rules")) == 1, "taken away: %s", chief.last->body);
	o = server_command((const char *const[]){ "verify", "--data", admin.server->data, NULL });
	CHECK(o->status == 0, "%s%s", o->out, o->err);
	outcome_free(o);
	office_ask(&admin, "GET", "audit?act=rule.set", NULL);
	CHECK(strstr(admin.last->body, "rule.set") && strstr(admin.last->body, "5400"), "%s", admin.last->body);
}

/* The city's rule counts an hour of ten minutes for whoever was there a moment; set anew afterwards it changes nothing of the class. */
static void in_force_as_it_begins(void)
{
	struct hall h;
	struct office ann;
	gint64 until;
	json_t *j = NULL;

	REQUIRE(hall_open(&h));
	office_ask(&h.admin, "POST", office_path("orgs", 1, "/rule"), body(json_pack("{s:i, s:i, s:i, s:i}", "hour_s", 600, "presence_percent", 1, "checks_needed", 0, "year_target_milli", 32000)));
	CHECK(h.admin.last->status == 200, "%s", h.admin.last->body);
	office_ask(&h.admin, "POST", office_path("orgs", SITE, "/rule"), body(json_pack("{s:i}", "presence_percent", 100)));
	CHECK(h.admin.last->status == 200, "%s", h.admin.last->body);
	ann = office_enter(&h.admin, h.ann);
	CHECK(!strcmp(seat_do(h.host, "class.open", "{}"), ""));
	office_ask(&h.admin, "POST", office_path("orgs", 1, "/rule"), body(json_pack("{s:i}", "presence_percent", 100)));
	hall_page(&h, hall_phone(&h, ann.cookie, NULL), hall_scan(&h, &ann), "device-of-ann");
	until = g_get_monotonic_time() + TAUGHT_US;
	while (g_get_monotonic_time() < until)  /* the span that is taught */
		seat_stay(h.host, 100);
	CHECK(!strcmp(seat_do(h.host, "class.close", "{}"), ""));
	for (int i = 0; i < 600 && !j; i++) {
		g_usleep(50000);
		j = json_array_get(json_object_get(office_ask(&h.admin, "GET", office_path("people", h.ann, "/credit"), NULL), "results"), 0);
	}
	CHECK(!strcmp(text(j, "reason"), "credited") && number(j, "milli_hours") >= 1000 * number(j, "counted_s") / 600 &&
	      number(j, "counted_s") >= 2 && number(j, "rule_version") == 1, "%s", h.admin.last->body);
	CHECK(number(office_ask(&h.admin, "GET", office_path("people", h.ann, "/credit"), NULL), "target") == 0, "the rule that asked for it is over: %s", h.admin.last->body);
	office_ask(&h.admin, "POST", office_path("orgs", SITE, "/rule"), body(json_pack("{s:i}", "year_target_milli", 40000)));
	office_ask(&h.admin, "POST", office_path("orgs", 1, "/rule"), body(json_pack("{s:i}", "year_target_milli", 32000)));
	CHECK(number(office_ask(&ann, "GET", office_path("people", h.ann, "/credit"), NULL), "target") == 40000, "%s", ann.last->body);
	CHECK(number(office_ask(&ann, "GET", office_path("people", h.ann, "/credit?year=2025"), NULL), "target") == 0, "%s", ann.last->body);
	CHECK(oracle_agrees(h.admin.server, h.room));
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "a rule is set by who may, refused with the member that is wrong, and of several each binds", set_and_refused },
		{ "the rules in force as a class begins decide what it gives", in_force_as_it_begins },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 90);
}
