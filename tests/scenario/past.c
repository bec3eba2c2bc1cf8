/* The demo's past, as ./dev run makes it: whole, by the product's own rules, and made once. */
#include <glib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/scenario/office.h"
#include "tests/scenario/oracle.h"
#include "tests/scenario/stage.h"

#define WAIT_MS 120000          /* 40,000 rows on a machine that has other work */
#define HELD 16
#define TO_COME 5
#define OWN 5                   /* that the demo's member was asked to */

static struct office enter(struct server *s, const char *account)
{
	return (struct office){ .server = s, .cookie = account_cookie(s, account) };
}

static size_t items(struct office *o, const char *path)
{
	return json_array_size(json_object_get(office_ask(o, "GET", path, NULL), "items"));
}

static const char *text(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

/* How many of the classes are in one of two states. */
static size_t classes_in(struct office *o, const char *state, const char *or)
{
	json_t *all = json_object_get(office_ask(o, "GET", "classes?limit=100", NULL), "items"), *c;
	size_t i, n = 0;

	json_array_foreach(all, i, c)
		n += !strcmp(text(c, "state"), state) || !strcmp(text(c, "state"), or);
	return n;
}

static void has_proof(struct server *s)
{
	struct outcome *o = server_command((const char *const[]){ "verify", "--data", s->data, NULL });

	CHECK(o->status == 0 && strstr(o->out, "credit: good, 16 classes") && strstr(o->out, "minutes: good, 13 sealed"), "%s%s", o->out, o->err);
	outcome_free(o);
}

static void has_kind(struct office *admin, const char *kind)
{
	static const char *const below[] = { "orgs?parent=2&limit=200", "orgs?parent=3&limit=200", "orgs?parent=4&limit=200", "orgs?parent=76&limit=200", "orgs?parent=77&limit=200", "search?q=dangzongzhi" };
	g_autofree char *wanted = g_strdup_printf("\"kind\":\"%s\"", kind);
	bool found = false;

	for (unsigned i = 0; i < G_N_ELEMENTS(below) && !found; i++) {
		office_ask(admin, "GET", below[i], NULL);
		found = strstr(admin->last->body, wanted) != NULL;
	}
	CHECK(found, "%s", kind);
}

static size_t people(struct office *admin, const char *path)
{
	return (size_t)json_integer_value(json_object_get(office_ask(admin, "GET", path, NULL), "total"));
}

static void has_a_county(struct office *admin)
{
	static const char *const kinds[] = { "committee", "general_branch", "group", "station", "joint", "network" };
	size_t staff = people(admin, "people?kind=staff&limit=1"), talents = people(admin, "people?kind=talent&limit=1"), twins = items(admin, "people/twins");

	CHECK(staff >= 1950 && talents >= 500 && twins > 0, "%zu staff, %zu talents, %zu twins", staff, talents, twins);
	for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++)
		has_kind(admin, kinds[i]);
	office_ask(admin, "GET", "orgs?parent=1&closed=1&limit=200", NULL);
	CHECK(strstr(admin->last->body, "merged_into") != NULL, "none was merged");
}

static void is_shown_to_whom_it_concerns(struct server *s)
{
	struct office admin = enter(s, "admin"), member = enter(s, "member"), host = enter(s, "host"), site = enter(s, "branch001");
	size_t held = classes_in(&admin, "closed", "sealed"), to_come = classes_in(&admin, "planned", "planned"), own = classes_in(&member, "closed", "sealed");
	size_t appeals = items(&host, "appeals"), findings = items(&site, "findings");

	CHECK(held == HELD && to_come == TO_COME, "%zu held, %zu to come", held, to_come);
	CHECK(own == OWN, "%zu of the member's", own);
	CHECK(appeals == 1, "%zu appeals wait", appeals);
	CHECK(findings == 1 && !strstr(site.last->body, "answered_ms"), "%s", site.last->body);
	has_a_county(&admin);
}

static void made_once(void)
{
	struct server *s = server_start(&(struct server_cfg){ .options = { "--demo-past" }, .wait_ms = WAIT_MS });
	char making[300];
	struct stat st;

	if (!s)
		return;
	defer(s, server_free);
	has_proof(s);
	is_shown_to_whom_it_concerns(s);
	CHECK(oracle_agrees(s, "class-16"));
	g_snprintf(making, sizeof(making), "%s.making", s->data);
	CHECK(stat(making, &st) < 0, "what it was made in is gone");
	CHECK(server_end(s, SIGTERM) == 0 && server_restart(s));
	has_proof(s);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "the demo's past is proven by verify and oracle, shown to whom it concerns, and made once", made_once },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 240);
}
