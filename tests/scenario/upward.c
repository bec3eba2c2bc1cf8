/* Where policy keeps persons from those above (person_level_upward): superiors see the organisation and its counts, nobody by name. */
#include <string.h>

#include "tests/scenario/office.h"
#include "tests/scenario/stage.h"

#define PEOPLE_PATH "people?org=78"

struct closed_branch {
	struct office admin, chief, own;        /* of all, of the township, of the branch itself */
	json_int_t ann, boss;
};

static bool set_policy(struct office *o, json_int_t org, const char *value)
{
	office_ask(o, "POST", office_path("orgs", org, "/policy"), json_pack("{s:s, s:s?, s:s}", "key", "person_level_upward", "value", value, "why", "test"));
	return o->last->status == 200;
}

static bool make(struct closed_branch *b)
{
	json_int_t chief;

	if (!office_open(&b->admin))
		return false;
	chief = office_person(&b->admin, "镇主任", TOWNSHIP);
	b->boss = office_person(&b->admin, "支部书记某", BRANCH);
	b->ann = office_person(&b->admin, "安某某", BRANCH);
	office_ask(&b->admin, "POST", "grants", office_grant(chief, TOWNSHIP, "administrator", true));
	office_ask(&b->admin, "POST", "grants", office_grant(b->boss, BRANCH, "leader", false));
	b->chief = office_enter(&b->admin, chief);
	b->own = office_enter(&b->admin, b->boss);
	return set_policy(&b->admin, BRANCH, "off");
}

static json_int_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

static bool lists(const json_t *list, const char *word)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		if (!strcmp(json_string_value(item), word))
			return true;
	return false;
}

static void check_superior(const struct closed_branch *b, struct office *o)
{
	json_t *org = office_ask(o, "GET", office_path("orgs", BRANCH, ""), NULL), *people;

	CHECK(o->last->status == 200 && number(org, "people") > 2, "the branch and its count are there: %s", o->last->body);
	CHECK(lists(json_object_get(org, "may"), "org.view") && !lists(json_object_get(org, "may"), "person.view"), "%s", o->last->body);
	people = office_ask(o, "GET", PEOPLE_PATH, NULL);
	CHECK(o->last->status == 200 && number(people, "total") == 0 && number(people, "closed_orgs") == 1, "%s", o->last->body);
	people = office_ask(o, "GET", "people?org=77&below=1", NULL);
	CHECK(number(people, "total") > 0 && number(people, "closed_orgs") == 1 && !strstr(o->last->body, "安某某"), "%s", o->last->body);
	CHECK(!strcmp(office_code(o, "GET", office_path("people", b->ann, ""), NULL), "not_found"));
	CHECK(!strcmp(office_code(o, "POST", office_path("people", b->ann, "/links"), json_object()), "not_found"), "a link by which to be that person");
	office_ask(o, "GET", "search?q=anmoumou", NULL);
	CHECK(o->last->status == 200 && !strstr(o->last->body, "安某某"), "%s", o->last->body);
	CHECK(!strcmp(office_code(o, "GET", "exports/people?org=78", NULL), "forbidden"));
	office_ask(o, "GET", "exports/people?org=77", NULL);
	CHECK(o->last->status == 200 && !strstr(o->last->body, "安某某"), "an export from above");
	office_ask(o, "GET", "exports/organisations?org=77", NULL);
	CHECK(o->last->status == 200, "%ld %s", o->last->status, o->last->body);
	office_ask(o, "GET", "grants?org=78", NULL);
	CHECK(o->last->status == 200 && strstr(o->last->body, "leader") && !strstr(o->last->body, "支部书记某"), "%s", o->last->body);
	office_ask(o, "GET", "audit?org=78", NULL);
	CHECK(o->last->status == 200 && strstr(o->last->body, "person.create") && !strstr(o->last->body, "安某某"), "%s", o->last->body);
}

static void from_above(void)
{
	struct closed_branch b;
	json_t *people;

	REQUIRE(make(&b));
	check_superior(&b, &b.admin);
	check_superior(&b, &b.chief);
	people = office_ask(&b.own, "GET", PEOPLE_PATH, NULL);
	CHECK(number(people, "total") > 2 && number(people, "closed_orgs") == 0 && strstr(b.own.last->body, "安某某"), "its own leader: %s", b.own.last->body);
	office_ask(&b.own, "GET", office_path("people", b.ann, ""), NULL);
	CHECK(b.own.last->status == 200 && strstr(b.own.last->body, "person.update"), "%s", b.own.last->body);
	/* It is for all above, and ends with the policy. */
	CHECK(set_policy(&b.chief, BRANCH, NULL), "%s", b.chief.last->body);
	office_ask(&b.chief, "GET", office_path("people", b.ann, ""), NULL);
	CHECK(b.chief.last->status == 200);
}

/* Set in the middle of the tree it holds for all below: also for who set it. */
static void for_all_below(void)
{
	struct closed_branch b;

	REQUIRE(make(&b));
	CHECK(set_policy(&b.chief, TOWNSHIP, "off"), "%s", b.chief.last->body);
	CHECK(!strcmp(office_code(&b.chief, "POST", office_path("orgs", BRANCH, "/policy"), json_pack("{s:s, s:s, s:s}", "key", "person_level_upward", "value", "on", "why", "x")),
	              "policy.laxer"));
	office_ask(&b.chief, "GET", "people?org=79", NULL);
	CHECK(strstr(b.chief.last->body, "\"total\":0"), "%s", b.chief.last->body);
	office_ask(&b.chief, "GET", "people?org=77", NULL);
	CHECK(!strstr(b.chief.last->body, "\"total\":0"), "the own place is not above itself: %s", b.chief.last->body);
}

/* Who is seen by another membership is not told to belong there as well. */
static void by_another_membership(void)
{
	struct closed_branch b;
	json_int_t both;

	REQUIRE(make(&b));
	CHECK(set_policy(&b.admin, BRANCH, NULL));
	both = office_person(&b.admin, "两处某", OTHER_BRANCH);
	office_ask(&b.admin, "POST", office_path("people", both, "/memberships"), json_pack("{s:i}", "org", BRANCH));
	office_ask(&b.admin, "POST", office_path("people", both, "/posts"), json_pack("{s:i, s:s}", "org", BRANCH, "title", "秘密委员"));
	CHECK(b.admin.last->status == 200 && set_policy(&b.admin, BRANCH, "off"));
	office_ask(&b.chief, "GET", office_path("people", both, ""), NULL);
	CHECK(b.chief.last->status == 200 && strstr(b.chief.last->body, "两处某") && !strstr(b.chief.last->body, "秘密委员") && !strstr(b.chief.last->body, "\"org\":78,"), "%s",
	      b.chief.last->body);
	office_ask(&b.chief, "GET", office_path("people", both, "/history"), NULL);
	CHECK(b.chief.last->status == 200 && !strstr(b.chief.last->body, "秘密委员"), "%s", b.chief.last->body);
	office_ask(&b.chief, "GET", PEOPLE_PATH, NULL);
	CHECK(!strstr(b.chief.last->body, "两处某"), "%s", b.chief.last->body);
	office_ask(&b.chief, "GET", "people/twins?org=78", NULL);
	CHECK(b.chief.last->status == 200 && !strstr(b.chief.last->body, "两处某"), "%s", b.chief.last->body);
	office_ask(&b.chief, "GET", "exports/people?org=77", NULL);
	CHECK(b.chief.last->status == 200 && strstr(b.chief.last->body, "两处某") && !strstr(b.chief.last->body, "秘密委员"));
}

/* What was given from above is ended from there, seen or not. */
static void grants_end(void)
{
	struct closed_branch b;
	json_t *list, *grant = NULL, *g;
	size_t i;

	REQUIRE(make(&b));
	list = json_object_get(office_ask(&b.admin, "GET", "grants?org=78", NULL), "items");
	json_array_foreach(list, i, g)
		if (!strcmp(json_string_value(json_object_get(g, "role")), "leader") && !json_object_get(g, "person"))
			grant = g;
	REQUIRE(grant, "%s", b.admin.last->body);
	office_ask(&b.admin, "POST", office_path("grants", number(grant, "id"), "/end"), json_pack("{s:s}", "why", "over"));
	CHECK(b.admin.last->status == 204, "%ld %s", b.admin.last->status, b.admin.last->body);
	CHECK(!strcmp(office_code(&b.own, "GET", office_path("people", b.ann, ""), NULL), "not_found"));
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "superiors see the organisation and its counts, and nobody of it by any way", from_above },
		{ "the policy of an organisation in the middle holds for all below it", for_all_below },
		{ "who is seen by another membership is not told to belong to the closed one", by_another_membership },
		{ "a grant of somebody unseen is ended from above", grants_end },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 90);
}
