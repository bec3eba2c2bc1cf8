/* A roster changed by hand: by whom, when, with the reason; and as a further version that outlives the server and counts at the close. */
#include <glib.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>

#include "tests/scenario/hall.h"
#include "tests/scenario/oracle.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

static const char *text(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

static json_int_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

static json_t *change(const char *what, json_int_t who)
{
	return json_pack("{s:[I], s:s}", what, who, "why", "组织关系刚转入");
}

static json_t *ask(struct hall *h, struct office *o, json_t *body)
{
	return office_ask(o, "POST", office_path("classes", h->class, "/roster"), body);
}

static const char *code(struct hall *h, struct office *o, json_t *body)
{
	return text(json_object_get(ask(h, o, body), "error"), "code");
}

/* 1: on the roster; 0: not; -1: not known there. */
static int expected(struct hall *h, json_int_t who)
{
	json_t *person;
	size_t i;

	json_array_foreach(json_object_get(office_ask(&h->admin, "GET", office_path("classes", h->class, "/people?site=4&limit=500"), NULL), "items"), i, person)
		if (number(person, "person") == who)
			return json_is_true(json_object_get(person, "expected"));
	return -1;
}

static struct office leader_of(struct hall *h, const char *name, json_int_t org)
{
	json_int_t who = office_person(&h->admin, name, org);

	office_ask(&h->admin, "POST", "grants", office_grant(who, org, "leader", false));
	return office_enter(&h->admin, who);
}

static void by_hand(void)
{
	struct hall h;
	struct office own, other, bob;
	json_int_t carol, far;
	json_t *j;

	REQUIRE(hall_open(&h));
	own = leader_of(&h, "本支部书记", SITE);
	other = leader_of(&h, "别支部书记", ELSEWHERE);
	bob = office_enter(&h.admin, h.bob);
	CHECK(!strcmp(code(&h, &h.admin, change("remove", h.bob)), "class.unfrozen"), "%s", h.admin.last->body);
	CHECK(!strcmp(seat_do(h.host, "class.open", "{}"), ""));
	carol = office_person(&h.admin, "新来的", SITE);
	far = office_person(&h.admin, "别处的人", ELSEWHERE);
	CHECK(expected(&h, h.bob) == 1 && expected(&h, carol) == -1);
	CHECK(!strcmp(code(&h, &own, json_pack("{s:[I]}", "add", carol)), "bad_message"), "without a reason: %s", own.last->body);
	CHECK(!strcmp(code(&h, &own, json_pack("{s:[I], s:s}", "add", carol, "why", "  ")), "bad_message"));
	CHECK(!strcmp(code(&h, &other, change("add", carol)), "not_found"), "of another branch: %s", other.last->body);
	CHECK(!strcmp(code(&h, &other, change("add", 999999)), "not_found"), "the same words");
	CHECK(!strcmp(code(&h, &own, change("add", far)), "not_found"), "%s", own.last->body);
	CHECK(!strcmp(code(&h, &bob, change("add", h.bob)), "class.already") || !strcmp(code(&h, &bob, change("remove", h.bob)), "forbidden"), "%s", bob.last->body);
	CHECK(!strcmp(code(&h, &bob, change("remove", h.bob)), "forbidden"), "a member: %s", bob.last->body);
	j = ask(&h, &own, change("add", carol));
	CHECK(own.last->status == 200 && number(j, "roster") == 2 && !strcmp(text(j, "roster_why"), "组织关系刚转入") && expected(&h, carol) == 1, "%s", own.last->body);
	CHECK(!strcmp(code(&h, &own, change("add", carol)), "class.already"), "%s", own.last->body);
	ask(&h, &h.admin, json_pack("{s:[I], s:[I], s:s}", "remove", h.bob, "add", far, "why", "名单有误"));
	CHECK(h.admin.last->status == 200 && expected(&h, h.bob) == 0 && expected(&h, carol) == 1, "%s", h.admin.last->body);
	CHECK(!strcmp(code(&h, &h.admin, change("remove", h.bob)), "class.person"));
	CHECK(server_end(h.admin.server, SIGKILL) != -1 && server_restart(h.admin.server));
	j = office_ask(&h.admin, "GET", office_path("classes", h.class, ""), NULL);
	CHECK(number(j, "roster") == 3 && !strcmp(text(j, "roster_why"), "名单有误") && expected(&h, h.bob) == 0 && expected(&h, carol) == 1 && expected(&h, h.ann) == 1, "%s", h.admin.last->body);
	REQUIRE(hall_enter(&h));
	CHECK(!strcmp(seat_do(h.host, "class.close", "{}"), ""));
	CHECK(!strcmp(code(&h, &h.admin, change("add", h.bob)), "class.closed"), "%s", h.admin.last->body);
	for (int i = 0; i < 600; i++) {
		j = json_array_get(json_object_get(office_ask(&h.admin, "GET", office_path("people", carol, "/credit"), NULL), "results"), 0);
		if (j)
			break;
		g_usleep(50000);
	}
	CHECK(!strcmp(text(j, "reason"), "not_signed_in") && number(j, "home") == SITE, "who was added is expected: %s", h.admin.last->body);
	CHECK(oracle_agrees(h.admin.server, h.room));
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "a roster is changed by hand with a reason, by whom it concerns, and counts at the close", by_hand },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 60);
}
