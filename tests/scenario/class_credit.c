/* A class to its end: who was there is credited, the ledger holds, and what a stranger computes from the export is the same. */
#include <glib.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>

#include "tests/scenario/hall.h"
#include "tests/scenario/oracle.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

#define TAUGHT_US (4 * G_USEC_PER_SEC)

static const char *text(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

static json_int_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

/* The first result on a person's card, NULL while there is none. */
static json_t *result_of(struct hall *h, json_int_t person)
{
	return json_array_get(json_object_get(office_ask(&h->admin, "GET", office_path("people", person, "/credit"), NULL), "results"), 0);
}

static json_t *wait_result(struct hall *h, json_int_t person)
{
	json_t *r = NULL;

	for (int i = 0; i < 600 && !(r = result_of(h, person)); i++)
		g_usleep(50000);
	return r;
}

static bool verifies(struct hall *h)
{
	struct outcome *o = server_command((const char *const[]){ "verify", "--data", h->admin.server->data, NULL });
	bool good = o->status == 0;

	CHECK(good, "%s%s", o->out, o->err);
	outcome_free(o);
	return good;
}

static void teach(struct hall *h)
{
	struct office ann = office_enter(&h->admin, h->ann);
	gint64 until;

	hall_page(h, hall_phone(h, ann.cookie, NULL), hall_scan(h, &ann), "device-of-ann");
	CHECK(!strcmp(seat_do(h->host, "class.open", "{}"), ""));
	until = g_get_monotonic_time() + TAUGHT_US;
	while (g_get_monotonic_time() < until)  /* the span that is taught: what is computed is its length */
		seat_stay(h->host, 100);
}

static void credited_at_the_close(void)
{
	struct hall h;
	json_t *r, *entries;

	REQUIRE(hall_open(&h));
	teach(&h);
	CHECK(!strcmp(seat_do(h.host, "class.close", "{}"), ""));
	r = wait_result(&h, h.ann);
	REQUIRE(r, "%s", h.admin.last->body);
	CHECK(!strcmp(text(r, "reason"), "credited") && number(r, "present_s") >= 2 && number(r, "counted_s") == number(r, "present_s"), "%s", h.admin.last->body);
	entries = json_object_get(office_ask(&h.admin, "GET", office_path("people", h.ann, "/credit"), NULL), "entries");
	CHECK(json_array_size(entries) == 1, "%s", h.admin.last->body);
	r = wait_result(&h, h.bob);
	CHECK(r && !strcmp(text(r, "reason"), "not_signed_in") && number(r, "counted_s") == 0, "%s", h.admin.last->body);
	CHECK(verifies(&h));
	CHECK(oracle_agrees(h.admin.server, h.room));
}

/* Killed as soon as the close is acknowledged: the result is written after the start, and is the same. */
static void killed_at_the_close(void)
{
	struct hall h;
	json_t *r;

	REQUIRE(hall_open(&h));
	teach(&h);
	CHECK(!strcmp(seat_do(h.host, "class.close", "{}"), ""));
	CHECK(server_end(h.admin.server, SIGKILL) != -1 && server_restart(h.admin.server));
	r = wait_result(&h, h.ann);
	CHECK(r && !strcmp(text(r, "reason"), "credited"), "%s", h.admin.last->body);
	CHECK(verifies(&h));
	CHECK(oracle_agrees(h.admin.server, h.room));
}

static void seen_by_whom_it_concerns(void)
{
	struct hall h;
	struct office ann, other;

	REQUIRE(hall_open(&h));
	ann = office_enter(&h.admin, h.ann);
	other = office_enter(&h.admin, h.bob);
	office_ask(&ann, "GET", office_path("people", h.ann, "/credit"), NULL);
	CHECK(ann.last->status == 200, "%s", ann.last->body);
	CHECK(!strcmp(office_code(&other, "GET", office_path("people", h.ann, "/credit"), NULL), "not_found"));
	CHECK(!strcmp(office_code(&other, "GET", office_path("people", 999999, "/credit"), NULL), "not_found"), "the same words");
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "who was there is credited as the class closes, and who was not reads why", credited_at_the_close },
		{ "a server killed at the close credits after its start", killed_at_the_close },
		{ "a card is seen by its person and those over it", seen_by_whom_it_concerns },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 120);
}
