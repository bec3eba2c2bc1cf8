/*
 * The card once through, with 200 sites and 2,000 members: a class is planned, answered, begun, taught, asked about, killed with the server in mid-class,
 * closed and credited; the ledger holds, and what a stranger computes from the export is the same. Most sites are signalling alone, a few have media.
 */
#include <glib.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>

#include "tests/scenario/oracle.h"
#include "tests/scenario/stage.h"
#include "tests/scenario/throng.h"

#define CITY 1
#define PHONES 5                /* of a site at most; so many more are marked by its delegate */
#define MARKED 6
#define MEMBERS_MIN 2000
#define WITH_MEDIA 3
#define VOTERS 6
#define BRIDGED_US (25 * G_USEC_PER_SEC)        /* a hole of presence that is bridged in any case (30 s) */

static const char *text(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

static json_int_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

static void end_json(void *j)
{
	json_decref(j);
}

static void end_seat(void *s)
{
	seat_free(s);
}

/* ---- plan and answer ---- */

/* Each site accepts by its own PC but one, which declines; the leave of somebody is granted. */
static void answer_plan(struct throng *t)
{
	json_int_t last = t->sites[THRONG_SITES - 1].id, absent = t->sites[0].marked[--t->sites[0].n_marked];

	for (unsigned i = 0; i < t->n_sites; i++) {
		struct office pc = { .server = t->admin.server, .cookie = t->sites[i].cookie };

		office_ask(&pc, "POST", office_path("classes", t->class, "/answer"), json_pack("{s:I, s:s, s:s}", "site", t->sites[i].id, "answer", t->sites[i].id == last ? "declined" : "accepted", "why", "停电"));
		CHECK(pc.last->status == 200, "site %u: %s", i, pc.last->body);
	}
	office_ask(&t->admin, "POST", office_path("classes", t->class, "/leave"), json_pack("{s:I, s:s}", "person", absent, "why", "住院"));
	office_ask(&t->admin, "POST", office_path("classes", t->class, "/leave/decide"), json_pack("{s:I, s:b}", "person", absent, "granted", 1));
	CHECK(t->admin.last->status == 200, "%s", t->admin.last->body);
	t->n_marked--;          /* who has leave does not come */
}

/* ---- arrive ---- */

struct counted {
	struct throng *t;
	json_int_t arrived, complete;
};

static bool has_arrived(void *user)
{
	struct counted *c = user;
	json_t *count = json_object_get(office_ask(&c->t->admin, "GET", office_path("classes", c->t->class, ""), NULL), "count");

	return number(count, "arrived") == c->arrived;
}

static bool arrive(struct throng *t)
{
	struct counted all = { .t = t, .arrived = t->n_phones + t->n_marked };

	if (!throng_scan(t) || !throng_mark(t))
		return false;
	CHECK(wait_until(10000, has_arrived, &all), "%s", t->admin.last->body);
	CHECK(attendee_hears_nothing(t->host, 1001, 300), "nobody sees who waits in the lobby");
	CHECK(attendee_wait(t->sites[1].seat, t->host->id, "camera", 3, 10000), "who waits sees who teaches");
	return CHECK(!strcmp(seat_do(t->host, "class.open", "{}"), ""));
}

/* ---- take part ---- */

static void must_all(struct throng_replies n, unsigned good, const char *what)
{
	CHECK(n.good == good && n.refused + n.none == 0, "%s: %u of %u acknowledged, %u refused (%s), %u without reply", what, n.good, good, n.refused, n.code, n.none);
}

static void tally_is(struct throng *t, json_int_t ask, json_int_t first, json_int_t second)
{
	json_t *one = throng_asked(t, ask), *tally = json_object_get(one, "tally");

	CHECK(json_integer_value(json_array_get(tally, 0)) == first && json_integer_value(json_array_get(tally, 1)) == second && number(one, "answered") == first + second,
	      "ask %lld: %lld, %lld of %lld", (long long)ask, (long long)json_integer_value(json_array_get(tally, 0)), (long long)json_integer_value(json_array_get(tally, 1)),
	      (long long)number(one, "answered"));
}

/* A check that all answer but those of the last site; answers that must not count are refused. */
static void check_presence(struct throng *t)
{
	struct throng_site *last = &t->sites[THRONG_SITES - 1];
	json_int_t ask = throng_ask(t, "{s:s, s:s, s:s, s:i}", "kind", "check", "audience", "persons", "prompt", "", "span_s", 600);
	unsigned phones = last->n_phones, marked = last->n_marked;

	last->n_phones = last->n_marked = 0;
	must_all(throng_answer(t, ask, -1), t->n_phones - phones, "check, by phones");
	must_all(throng_answer_marked(t, ask, -1), t->n_marked - marked, "check, by delegates");
	last->n_phones = phones;
	last->n_marked = marked;
	CHECK(!strcmp(seat_do(last->seat, "ask.answer", "{s:I, s:I, s:o}", "ask", ask, "person", t->sites[0].marked[0], "choice", json_array()), "answer_refused"), "another site's member");
	CHECK(!strcmp(seat_do(t->host, "ask.close", "{s:I}", "ask", ask), ""));
	CHECK(!strcmp(seat_do(last->phones[0].seat, "companion.answer", "{s:I, s:o}", "ask", ask, "choice", json_array()), "answer_refused"), "too late");
}

static json_int_t vote(struct throng *t)
{
	json_int_t ask = throng_ask(t, "{s:s, s:s, s:s, s:[s,s], s:i}", "kind", "vote", "audience", "persons", "prompt", "决议", "options", "同意", "不同意", "span_s", 600);

	must_all(throng_answer(t, ask, 0), t->n_phones, "vote, by phones");
	must_all(throng_answer(t, ask, 0), t->n_phones, "the same again");
	CHECK(throng_answer(t, ask, 1).refused == t->n_phones, "another one");
	must_all(throng_answer_marked(t, ask, 1), t->n_marked, "vote, by delegates");
	return ask;
}

static void ask_sites(struct throng *t)
{
	json_int_t ask = throng_ask(t, "{s:s, s:s, s:s, s:[s,s], s:i}", "kind", "poll", "audience", "seats", "prompt", "下次", "options", "周一", "周二", "span_s", 600);
	struct throng_replies n = { 0 };

	for (unsigned i = 0; i < t->n_sites; i++)
		n.good += !*seat_do(t->sites[i].seat, "ask.answer", "{s:I, s:[i]}", "ask", ask, "choice", (int)(i % 2));
	must_all(n, THRONG_SITES, "poll of sites");
	CHECK(!strcmp(seat_do(t->host, "ask.close", "{s:I}", "ask", ask), ""));
	tally_is(t, ask, THRONG_SITES / 2, THRONG_SITES / 2);
}

static json_int_t quiz(struct throng *t)
{
	json_int_t ask = throng_ask(t, "{s:s, s:s, s:s, s:[s,s], s:[i], s:i}", "kind", "quiz", "audience", "persons", "prompt", "党的生日", "options", "七月一日", "八月一日", "right", 0, "span_s", 600);

	must_all(throng_answer(t, ask, 1), t->n_phones, "quiz");
	return ask;
}

/* Members who sign in by an account of their own vote in secret; who came by name alone does not. */
static json_int_t secret_ballot(struct throng *t)
{
	struct throng_site *s = &t->sites[4];
	struct seat *voters[VOTERS];
	json_int_t ask;

	for (unsigned i = 0; i < VOTERS; i++) {
		struct office who = office_enter(&t->admin, i < PHONES ? s->phones[i].person : t->sites[5].phones[0].person);
		char device[32];
		json_t *reply;

		g_snprintf(device, sizeof(device), "own-phone-%u", i);
		voters[i] = defer(seat_open(&(struct seat_cfg){ .loop = t->loop, .host = "127.0.0.1", .port = t->admin.server->port, .cookie = who.cookie }), end_seat);
		reply = defer(seat_ask(voters[i], "companion.open", "{s:I, s:s, s:s}", "class", t->class, "visit", i < PHONES ? s->claim : t->sites[5].claim, "device", device), end_json);
		CHECK(!strcmp(text(json_object_get(reply, "state"), "grade"), "qr"), "%s", seat_error(reply));
	}
	ask = throng_ask(t, "{s:s, s:s, s:s, s:[s,s], s:i}", "kind", "ballot", "audience", "persons", "prompt", "选举", "options", "甲", "乙", "span_s", 600);
	for (unsigned i = 0; i < VOTERS; i++) {
		const char *code = "not_now";   /* until the ballot's key is made */

		for (int tries = 0; tries < 200 && !strcmp(code, "not_now"); tries++)
			code = seat_do(voters[i], "companion.answer", "{s:I, s:[i]}", "ask", ask, "choice", i < 2 ? 0 : 1);
		CHECK(!*code, "%s", code);
	}
	CHECK(!strcmp(seat_do(t->sites[6].phones[0].seat, "companion.answer", "{s:I, s:[i]}", "ask", ask, "choice", 0), "answer_refused"), "by a name alone");
	return ask;
}

static bool is_counted(void *user)
{
	struct counted *c = user;

	return !strcmp(text(throng_asked(c->t, c->arrived), "state"), "counted");
}

/* A site's hand is seen by who leads; it gets the floor, and goes down again; another comes on the stage. */
static void teach(struct throng *t)
{
	struct seat *site = t->sites[1].seat;
	size_t mark = seat_mark(t->host);

	CHECK(!strcmp(seat_do(site, "hand.raise", "{s:s}", "speaker", "张三"), ""));
	CHECK(seat_event(t->host, mark, "hands", 5000) != NULL, "who leads does not see the hand");
	CHECK(!strcmp(seat_do(t->host, "floor.give", "{s:s, s:i}", "seat", site->id, "span_s", 60), ""));
	CHECK(!strcmp(seat_do(t->host, "floor.end", "{s:s}", "seat", site->id), ""));
	CHECK(!strcmp(seat_do(t->host, "stage.set", "{s:s, s:b}", "seat", t->sites[0].seat->id, "on", 1), ""));
	CHECK(!strcmp(seat_do(site, "floor.give", "{s:s, s:i}", "seat", t->sites[2].seat->id, "span_s", 60), "forbidden"));
}

/* ---- killed ---- */

/* How long nobody was there. */
static gint64 kill_and_come_back(struct throng *t)
{
	gint64 begin = g_get_monotonic_time();

	CHECK(server_end(t->admin.server, SIGKILL) != -1 && server_restart(t->admin.server));
	if (!throng_enter(t) || !throng_scan(t))
		return G_MAXINT64;
	return g_get_monotonic_time() - begin;
}

/* ---- close ---- */

static json_t *result_of(struct throng *t, json_int_t person)
{
	return json_array_get(json_object_get(office_ask(&t->admin, "GET", office_path("people", person, "/credit"), NULL), "results"), 0);
}

struct posted {
	struct throng *t;
	json_int_t person;
};

static bool has_result(void *user)
{
	struct posted *p = user;

	return result_of(p->t, p->person) != NULL;
}

static void reason_is(struct throng *t, json_int_t person, const char *reason)
{
	json_t *r = result_of(t, person);

	CHECK(!strcmp(text(r, "reason"), reason), "person %lld: %s, not %s", (long long)person, text(r, "reason"), reason);
}

static void verify(struct throng *t, long postings)
{
	struct outcome *o = server_command((const char *const[]){ "verify", "--data", t->admin.server->data, NULL });
	g_autofree char *sum = g_strdup_printf(" %ld postings", postings);

	CHECK(o->status == 0, "%s%s", o->out, o->err);
	CHECK(postings < 0 || strstr(o->out, sum), "not%s: %s", sum, o->out);
	stage_note("%.300s", o->out);
	outcome_free(o);
}

static bool has_minutes(void *user)
{
	struct throng *t = user;

	return number(office_ask(&t->admin, "GET", office_path("classes", t->class, "/minutes"), NULL), "version") == 1;
}

/* What was made by itself is sealed; then only an appeal changes something: it is granted, and the ledger has it. */
static void seal_and_appeal(struct throng *t)
{
	json_int_t person = t->sites[THRONG_SITES - 1].phones[0].person, appeal;
	struct office who;

	REQUIRE(wait_until(60000, has_minutes, t), "%.300s", t->admin.last->body);
	office_ask(&t->admin, "POST", office_path("classes", t->class, "/minutes/seal"), json_pack("{s:i}", "version", 1));
	CHECK(t->admin.last->status == 200, "%ld %.300s", t->admin.last->status, t->admin.last->body);
	who = office_enter(&t->admin, person);
	appeal = number(office_ask(&who, "POST", office_path("people", person, "/appeals"), json_pack("{s:I, s:s}", "class", t->class, "text", "手机没电了")), "id");
	CHECK(appeal > 0, "%.300s", who.last->body);
	office_ask(&t->admin, "POST", office_path("appeals", appeal, "/decide"), json_pack("{s:b, s:s, s:i}", "granted", 1, "text", "照片证明到场", "milli_hours", 1));
	CHECK(t->admin.last->status == 200, "%.300s", t->admin.last->body);
	verify(t, -1);
}

static void close_and_credit(struct throng *t, bool bridged)
{
	struct throng_site *last = &t->sites[THRONG_SITES - 1];
	struct posted p = { t, t->sites[0].phones[0].person };

	CHECK(!strcmp(seat_do(t->host, "class.close", "{}"), ""));
	REQUIRE(wait_until(60000, has_result, &p), "%s", t->admin.last->body);
	if (bridged) {
		reason_is(t, p.person, "credited");
		reason_is(t, t->sites[8].marked[0], "credited");
	}
	reason_is(t, last->phones[0].person, bridged ? "checks_missed" : "presence_short");
	/* All that was sent is one check: who did not answer it has none. */
	verify(t, bridged ? (long)(t->n_phones + t->n_marked - last->n_phones - last->n_marked) : -1);
	seal_and_appeal(t);
	CHECK(oracle_agrees(t->admin.server, t->room));
}

static void the_story(void)
{
	struct office admin;
	struct throng *t = g_new0(struct throng, 1);
	json_int_t named, question, secret;
	gint64 away_us;

	defer(t, g_free);
	REQUIRE(office_open(&admin));
	REQUIRE(throng_plan(t, &admin, CITY));
	t->n_media = WITH_MEDIA;
	REQUIRE(throng_pair(t, THRONG_SITES));
	REQUIRE(throng_enter(t));
	REQUIRE(throng_choose(t, PHONES, MARKED));
	CHECK(t->n_phones + t->n_marked >= MEMBERS_MIN, "%u and %u members", t->n_phones, t->n_marked);
	answer_plan(t);
	REQUIRE(arrive(t));
	CHECK(attendee_wait(t->host, t->sites[0].seat->id, "camera", 3, 10000), "admitted, and seen");
	check_presence(t);
	teach(t);
	named = vote(t);
	secret = secret_ballot(t);
	away_us = kill_and_come_back(t);
	REQUIRE(away_us < G_MAXINT64);
	stage_note("killed, and all back after %.1f s", (double)away_us / 1e6);
	question = quiz(t);
	ask_sites(t);
	CHECK(!strcmp(seat_do(t->host, "ask.close", "{s:I}", "ask", named), ""));
	tally_is(t, named, t->n_phones, t->n_marked);
	CHECK(!strcmp(seat_do(t->host, "ask.close", "{s:I}", "ask", question), ""));
	tally_is(t, question, 0, t->n_phones);
	CHECK(!strcmp(seat_do(t->host, "ask.close", "{s:I}", "ask", secret), ""));
	CHECK(wait_until(10000, is_counted, &(struct counted){ .t = t, .arrived = secret }), "the ballot was not counted");
	tally_is(t, secret, 2, VOTERS - 2);
	close_and_credit(t, away_us < BRIDGED_US);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "a class of 200 sites and 2,000 members from the plan to the ledger, across kill -9", the_story },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 170);
}
