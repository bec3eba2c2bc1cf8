/* A class as the fold of its events: plan, invitations, leave, roster, presence, its states, and events that make no sense. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classroom/class.h"

#define A "00000000000000aa"
#define B "00000000000000bb"
#define C "00000000000000cc"
#define MINUTE_US 60000000LL
#define HOUR_US (60 * MINUTE_US)

struct world {
	struct class *c;
	int64_t now_us, live;
};

static int setup(void **state)
{
	static struct world w;

	w = (struct world){ .now_us = 1000 * HOUR_US, .live = mem_live() };
	assert_int_equal(class_create(&w.c, 17), 0);
	*state = &w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	class_destroy(w->c);
	assert_int_equal(mem_live(), w->live);
	return 0;
}

static int give(struct world *w, enum event_kind kind, const char *payload)
{
	struct event ev = { .kind = kind, .room = "class-17", .seat = "", .actor = "", .payload = payload, .wall_us = w->now_us };

	return class_apply(w->c, &ev);
}

#define GIVE(w, kind, payload) assert_int_equal(give(w, kind, payload), 0)
#define PLAN "{\"class\":17,\"org\":1,\"title\":\"专题党课\",\"kind\":\"lecture\",\"start_ms\":3600000000,\"end_ms\":3605400000,\"target\":1,\"subtree\":true,\"hosts\":[7]}"

static void plan(struct world *w)
{
	GIVE(w, EVENT_CLASS_PLANNED, PLAN);
	GIVE(w, EVENT_SITES_INVITED, "{\"sites\":[10,11]}");
}

static void freeze(struct world *w)
{
	GIVE(w, EVENT_ROSTER_FROZEN, "{\"version\":1,\"site\":10,\"persons\":[\"" A "\",\"" B "\"]}");
	GIVE(w, EVENT_ROSTER_FROZEN, "{\"version\":1,\"site\":11,\"persons\":[\"" C "\"],\"last\":true}");
}

static void sign_in(struct world *w, const char *person, int site, const char *grade)
{
	char payload[160];

	snprintf(payload, sizeof(payload), "{\"person\":\"%s\",\"site\":%d,\"grade\":\"%s\",\"by\":\"person\"}", person, site, grade);
	GIVE(w, EVENT_PERSON_SIGNED_IN, payload);
}

static void count(struct world *w, struct class_count ret[2])
{
	assert_int_equal(class_n_sites(w->c), 2);
	assert_int_equal(class_count(w->c, ret), 0);
}

static void room_names(void **state)
{
	struct world *w = *state;

	assert_string_equal(class_room(w->c), "class-17");
	assert_int_equal(class_number_of("class-17"), 17);
	assert_int_equal(class_number_of("class-017"), 0);
	assert_int_equal(class_number_of("class-17x"), 0);
	assert_int_equal(class_number_of("class-"), 0);
	assert_int_equal(class_number_of("class--1"), 0);
	assert_int_equal(class_number_of("class-99999999999999999999"), 0);
	assert_int_equal(class_number_of("demo"), 0);
}

static void the_last_plan_holds(void **state)
{
	struct world *w = *state;

	plan(w);
	assert_string_equal(class_plan(w->c)->title, "专题党课");
	GIVE(w, EVENT_CLASS_PLANNED, "{\"class\":17,\"org\":1,\"title\":\"改期\",\"kind\":\"lecture\",\"start_ms\":1,\"end_ms\":2,\"target\":1,\"hosts\":[7]}");
	assert_string_equal(class_plan(w->c)->title, "改期");
	assert_int_equal(give(w, EVENT_CLASS_PLANNED, "{\"class\":18,\"title\":\"another's\"}"), -EBADMSG);
	assert_string_equal(class_plan(w->c)->title, "改期");
}

static void sites_answer(void **state)
{
	struct world *w = *state;

	plan(w);
	GIVE(w, EVENT_SITE_ANSWERED, "{\"site\":10,\"answer\":\"accepted\"}");
	GIVE(w, EVENT_SITE_ANSWERED, "{\"site\":10,\"answer\":\"declined\",\"why\":\"停电\"}");
	assert_int_equal(class_site(w->c, 10)->answer, SITE_DECLINED);
	assert_string_equal(class_site(w->c, 10)->why, "停电");
	assert_int_equal(give(w, EVENT_SITE_ANSWERED, "{\"site\":12,\"answer\":\"accepted\"}"), -EBADMSG);
	assert_int_equal(give(w, EVENT_SITE_ANSWERED, "{\"site\":10,\"answer\":\"\"}"), -EBADMSG);
}

static void granted_leave_is_not_expected(void **state)
{
	struct world *w = *state;
	struct class_count n[2];

	plan(w);
	GIVE(w, EVENT_LEAVE_ASKED, "{\"person\":\"" A "\",\"site\":10,\"why\":\"住院\"}");
	freeze(w);
	count(w, n);
	assert_int_equal(n[0].expected, 2);
	GIVE(w, EVENT_LEAVE_DECIDED, "{\"person\":\"" A "\",\"granted\":true}");
	count(w, n);
	assert_int_equal(n[0].expected, 1);
	assert_int_equal(n[0].on_leave, 1);
	assert_int_equal(n[1].expected, 1);
}

static void leave_of_who_was_forgotten_is_gone(void **state)
{
	struct world *w = *state;
	struct class_count n[2];

	plan(w);
	GIVE(w, EVENT_LEAVE_ASKED, "{\"person\":\"" A "\",\"site\":10,\"why\":\"住院\"}");
	freeze(w);
	GIVE(w, EVENT_LEAVE_DECIDED, "{\"person\":\"" A "\",\"granted\":true}");
	class_forget(w->c, A);
	class_forget(w->c, "0000000000000000");
	count(w, n);
	assert_int_equal(n[0].expected, 2);
	assert_int_equal(n[0].on_leave, 0);
	assert_string_equal(class_person(w->c, A)->leave_why, "");
}

static void a_later_roster_replaces(void **state)
{
	struct world *w = *state;
	struct class_count n[2];

	plan(w);
	freeze(w);
	GIVE(w, EVENT_ROSTER_FROZEN, "{\"version\":2,\"site\":11,\"persons\":[\"" C "\",\"" B "\"],\"last\":true,\"why\":\"调整\"}");
	count(w, n);
	assert_int_equal(n[0].expected, 1);     /* B, whose home is as first frozen */
	assert_false(class_expects(w->c, class_person(w->c, A)));
	assert_int_equal(class_person(w->c, B)->home, 10);      /* as first frozen */
	assert_int_equal(give(w, EVENT_ROSTER_FROZEN, "{\"version\":2,\"site\":10,\"persons\":[],\"last\":true}"), -EBADMSG);
}

/* Half a roster is none: a crash in mid-freeze leaves the version before. */
static void half_a_roster_does_not_hold(void **state)
{
	struct world *w = *state;

	plan(w);
	GIVE(w, EVENT_ROSTER_FROZEN, "{\"version\":1,\"site\":10,\"persons\":[\"" A "\"]}");
	assert_int_equal(class_roster(w->c), 0);
	assert_false(class_expects(w->c, class_person(w->c, A)));
	freeze(w);
	assert_int_equal(class_roster(w->c), 1);
	assert_true(class_expects(w->c, class_person(w->c, A)));
}

static void a_visitor_counts_at_home(void **state)
{
	struct world *w = *state;
	struct class_count n[2];

	plan(w);
	freeze(w);
	sign_in(w, A, 11, "qr");
	count(w, n);
	assert_int_equal(n[0].arrived, 1);
	assert_int_equal(n[0].here, 0);
	assert_int_equal(n[1].arrived, 0);
	assert_int_equal(n[1].here, 1);
	sign_in(w, A, 10, "own");
	count(w, n);
	assert_int_equal(n[0].here, 1);
	assert_int_equal(n[1].here, 0);
}

static void the_best_proof_counts(void **state)
{
	struct world *w = *state;
	struct class_count n[2];

	plan(w);
	freeze(w);
	sign_in(w, A, 10, "typed");
	count(w, n);
	assert_int_equal(n[0].unproved, 1);
	w->now_us += MINUTE_US;
	sign_in(w, A, 10, "own");
	sign_in(w, A, 10, "qr");
	assert_int_equal(class_person(w->c, A)->grade, PROOF_OWN);
	assert_int_equal(class_person(w->c, A)->since_us, 1000 * HOUR_US);
	count(w, n);
	assert_int_equal(n[0].unproved, 0);
	GIVE(w, EVENT_PERSON_SIGNED_OUT, "{\"person\":\"" A "\",\"site\":11,\"by\":\"person\"}");
	assert_int_equal(class_person(w->c, A)->site, 10);
	GIVE(w, EVENT_PERSON_SIGNED_OUT, "{\"person\":\"" A "\",\"site\":10,\"by\":\"person\"}");
	assert_int_equal(class_person(w->c, A)->site, 0);
	assert_int_equal(give(w, EVENT_PERSON_SIGNED_IN, "{\"person\":\"" A "\",\"site\":99,\"grade\":\"own\"}"), -EBADMSG);
	assert_int_equal(give(w, EVENT_PERSON_SIGNED_IN, "{\"person\":\"x\",\"site\":10,\"grade\":\"own\"}"), -EBADMSG);
}

static void pauses_are_not_taught(void **state)
{
	struct world *w = *state;

	plan(w);
	assert_int_equal(give(w, EVENT_CLASS_PAUSED, "{}"), -EBADMSG);
	GIVE(w, EVENT_CLASS_OPENED, "{}");
	assert_int_equal(give(w, EVENT_CLASS_OPENED, "{}"), -EBADMSG);
	w->now_us += 30 * MINUTE_US;
	GIVE(w, EVENT_CLASS_PAUSED, "{}");
	w->now_us += 10 * MINUTE_US;
	assert_int_equal(class_taught_us(w->c, w->now_us), 30 * MINUTE_US);
	GIVE(w, EVENT_CLASS_RESUMED, "{}");
	w->now_us += 20 * MINUTE_US;
	assert_int_equal(class_taught_us(w->c, w->now_us), 50 * MINUTE_US);
	GIVE(w, EVENT_CLASS_PAUSED, "{}");
	w->now_us += 5 * MINUTE_US;
	GIVE(w, EVENT_CLASS_CLOSED, "{}");
	w->now_us += HOUR_US;
	assert_int_equal(class_taught_us(w->c, w->now_us), 50 * MINUTE_US);
	assert_int_equal(class_state(w->c), CLASS_CLOSED);
	GIVE(w, EVENT_MINUTES_SEALED, "{\"version\":1,\"hash\":\"\"}");
	assert_int_equal(class_state(w->c), CLASS_SEALED);
}

static void who_came_is_told_when_it_is_over(void **state)
{
	struct world *w = *state;
	struct class_count n[2];

	plan(w);
	freeze(w);
	GIVE(w, EVENT_CLASS_OPENED, "{}");
	sign_in(w, A, 10, "own");
	GIVE(w, EVENT_CLASS_CLOSED, "{}");
	count(w, n);
	assert_int_equal(n[0].arrived, 1);
	assert_int_equal(n[0].here, 0);
}

static void other_events_and_rooms_change_nothing(void **state)
{
	struct world *w = *state;
	struct event ev = { .kind = EVENT_CLASS_PLANNED, .room = "class-18", .payload = PLAN };

	assert_int_equal(class_apply(w->c, &ev), 0);
	assert_string_equal(class_plan(w->c)->title, "");
	GIVE(w, EVENT_CHAT, "{}");
	assert_int_equal(give(w, EVENT_CLASS_PLANNED, ""), -EBADMSG);
	assert_int_equal(give(w, EVENT_CLASS_PLANNED, "[]"), -EBADMSG);
	assert_int_equal(give(w, EVENT_CLASS_PLANNED, "{\"class\":17,\"title\":1}"), -EBADMSG);
}

static void check(const char *text, enum class_fault fault, const char *field)
{
	json_t *j = json_loads(text, 0, NULL);
	struct class_plan p;
	const char *wrong = "";

	assert_non_null(j);
	assert_int_equal(class_plan_parse(&p, j), 0);
	assert_int_equal(class_plan_check(&p, 1000 * 1000LL, &wrong), fault);
	if (fault != CLASS_FINE)
		assert_string_equal(wrong, field);
	json_decref(j);
}

static void plans_are_checked(void **state)
{
	(void)state;
	check(PLAN, CLASS_FINE, "");
	check("{\"title\":\"x\",\"kind\":\"lecture\",\"start_ms\":1,\"end_ms\":2000,\"hosts\":[1]}", CLASS_FAULT_PAST, "start_ms");
	check("{\"title\":\"x\",\"kind\":\"lecture\",\"start_ms\":5000,\"end_ms\":4000,\"hosts\":[1]}", CLASS_FAULT_ENDS_FIRST, "end_ms");
	check("{\"title\":\"x\",\"kind\":\"lecture\",\"start_ms\":5000,\"end_ms\":43206000,\"hosts\":[1]}", CLASS_FAULT_LONG, "end_ms");
	check("{\"title\":\"x\",\"kind\":\"lecture\",\"start_ms\":99999999999,\"end_ms\":99999999999,\"hosts\":[1]}", CLASS_FAULT_FAR, "start_ms");
	check("{\"title\":\" \",\"kind\":\"lecture\"}", CLASS_FAULT_TEXT, "title");
	check("{\"title\":\"x\",\"kind\":\"party\"}", CLASS_FAULT_KIND, "kind");
	check("{\"title\":\"x\",\"kind\":\"lecture\",\"way\":\"post\"}", CLASS_FAULT_WAY, "way");
	check("{\"title\":\"x\",\"kind\":\"lecture\",\"start_ms\":5000,\"end_ms\":6000,\"hosts\":[1],\"zone\":\"../../etc/passwd\"}", CLASS_FAULT_ZONE, "zone");
	check("{\"title\":\"x\",\"kind\":\"lecture\",\"start_ms\":5000,\"end_ms\":6000,\"hosts\":[1],\"zone\":\"Asia/Nowhere\"}", CLASS_FAULT_ZONE, "zone");
	check("{\"title\":\"x\",\"kind\":\"lecture\",\"start_ms\":5000,\"end_ms\":6000,\"hosts\":[1],\"agenda\":[{\"minutes\":-1,\"title\":\"x\"}]}", CLASS_FAULT_AGENDA, "agenda");
	check("{\"title\":\"x\",\"kind\":\"lecture\",\"start_ms\":5000,\"end_ms\":6000}", CLASS_FAULT_HOSTS, "hosts");
}

static void an_agenda_of_a_thousand_rows_is_refused(void **state)
{
	json_t *agenda = json_array(), *j = json_loads(PLAN, 0, NULL);
	struct class_plan p;
	const char *wrong = "";

	(void)state;
	for (int i = 0; i < 1000; i++)
		json_array_append_new(agenda, json_pack("{s:s}", "title", "x"));
	json_object_set_new(j, "agenda", agenda);
	assert_int_equal(class_plan_parse(&p, j), 0);
	assert_int_equal(class_plan_check(&p, 0, &wrong), CLASS_FAULT_AGENDA);
	json_decref(j);
}

static void what_is_written_reads_the_same(void **state)
{
	json_t *j = json_loads(PLAN, 0, NULL), *again, *third;
	struct class_plan p, q;

	(void)state;
	assert_int_equal(class_plan_parse(&p, j), 0);
	again = class_plan_write(&p);
	assert_int_equal(class_plan_parse(&q, again), 0);
	third = class_plan_write(&q);
	assert_true(json_equal(again, third));
	json_decref(j);
	json_decref(again);
	json_decref(third);
}

/* Without memory an event fails, and the class is as it was or as it becomes; nothing leaks. */
static void without_memory(void **state)
{
	struct world *w = *state;
	int r = -ENOMEM;

	plan(w);
	for (uint64_t nth = 1; r == -ENOMEM; nth++) {
		mem_fail_at(nth);
		r = give(w, EVENT_ROSTER_FROZEN, "{\"version\":1,\"site\":10,\"persons\":[\"" A "\",\"" B "\"],\"last\":true}");
		mem_fail_at(0);
		assert_true(r == -ENOMEM ? class_roster(w->c) == 0 : r == 0);
	}
	assert_int_equal(class_n_persons(w->c), 2);
}

/* ---- counts, kept event by event, against what they say ---- */

static bool is_weak(const struct class_person *p)
{
	return p->grade == PROOF_TYPED || (p->grade == PROOF_DELEGATE && (p->late || p->together));
}

static struct class_count counted_anew(const struct class *c, int64_t site)
{
	bool over = class_state(c) == CLASS_CLOSED || class_state(c) == CLASS_SEALED;
	struct class_count n = { 0 };

	for (const struct class_person *p = NULL; (p = class_next_person(c, p));) {
		bool there = p->site != 0 || (over && p->ever), mine = p->home == site && class_expects(c, p), expected = mine && p->leave != CLASS_LEAVE_GRANTED;

		n.on_leave += mine && !expected;
		n.expected += expected;
		n.arrived += expected && there;
		n.late += expected && there && class_opened_us(c) && p->first_us > class_opened_us(c) + CLASS_GRACE_US;
		n.left += expected && !there && p->ever;
		n.here += p->site == site;
		n.unproved += p->site == site && is_weak(p);
	}
	return n;
}

static void check_counts(struct world *w)
{
	struct class_count n[2];

	count(w, n);
	for (int i = 0; i < 2; i++) {
		struct class_count anew = counted_anew(w->c, 10 + i);

		assert_memory_equal(&n[i], &anew, sizeof(anew));
	}
}

static void one_of_many(struct world *w, unsigned *seed)
{
	static const char *const grades[] = { "own", "qr", "delegate", "typed" };
	static const char *const more[] = { "", ",\"late\":true", ",\"together\":true" };
	char payload[200];
	int person = rand_r(seed) % 30, site = 10 + rand_r(seed) % 2;

	switch (rand_r(seed) % 6) {
	case 0:
		snprintf(payload, sizeof(payload), "{\"person\":\"%016x\",\"site\":%d,\"why\":\"x\"}", person, site);
		give(w, EVENT_LEAVE_ASKED, payload);
		break;
	case 1:
		snprintf(payload, sizeof(payload), "{\"person\":\"%016x\",\"granted\":%s}", person, rand_r(seed) % 2 ? "true" : "false");
		give(w, EVENT_LEAVE_DECIDED, payload);
		break;
	case 2:
		snprintf(payload, sizeof(payload), "{\"person\":\"%016x\",\"site\":%d,\"by\":\"person\"}", person, site);
		give(w, EVENT_PERSON_SIGNED_OUT, payload);
		break;
	default:
		snprintf(payload, sizeof(payload), "{\"person\":\"%016x\",\"site\":%d,\"grade\":\"%s\",\"by\":\"seat\"%s}", person, rand_r(seed) % 9 ? site : 99, grades[rand_r(seed) % 4],
		         more[rand_r(seed) % 3]);
		give(w, EVENT_PERSON_SIGNED_IN, payload);
	}
	w->now_us += MINUTE_US / 4;
}

static void give_roster(struct world *w, int version, unsigned *seed)
{
	char rows[2][1024] = { "", "" }, payload[2400];
	size_t len[2] = { 0 };

	for (int i = 0; i < 30; i++) {
		int site = i % 2;

		if (rand_r(seed) % 5 == 0)
			continue;
		len[site] += (size_t)snprintf(rows[site] + len[site], sizeof(rows[0]) - len[site], "%s\"%016x\"", len[site] ? "," : "", i);
	}
	for (int site = 0; site < 2; site++) {
		snprintf(payload, sizeof(payload), "{\"version\":%d,\"site\":%d,\"persons\":[%s],\"last\":%s,\"why\":\"x\"}", version, 10 + site, rows[site], site ? "true" : "false");
		GIVE(w, EVENT_ROSTER_FROZEN, payload);
	}
}

static void counts_follow_the_events(void **state)
{
	struct world *w = *state;
	unsigned seed = 7;

	plan(w);
	for (int step = 0; step < 4; step++) {
		for (int i = 0; i < 200; i++) {
			one_of_many(w, &seed);
			check_counts(w);
		}
		if (step == 0 || step == 2)
			give_roster(w, step == 0 ? 1 : 2, &seed);
		if (step == 1)
			GIVE(w, EVENT_CLASS_OPENED, "{}");
		check_counts(w);
	}
	GIVE(w, EVENT_CLASS_CLOSED, "{}");
	check_counts(w);
}

static void who_comes_late_is_late(void **state)
{
	struct world *w = *state;
	struct class_count n[2];

	plan(w);
	freeze(w);
	sign_in(w, A, 10, "own");
	GIVE(w, EVENT_CLASS_OPENED, "{}");
	w->now_us += 6 * MINUTE_US;
	sign_in(w, B, 10, "own");
	count(w, n);
	assert_int_equal(n[0].arrived, 2);
	assert_int_equal(n[0].late, 1);
	GIVE(w, EVENT_PERSON_SIGNED_OUT, "{\"person\":\"" A "\",\"site\":10,\"by\":\"person\"}");
	count(w, n);
	assert_int_equal(n[0].left, 1);
	sign_in(w, A, 10, "own");
	count(w, n);
	assert_int_equal(n[0].late, 1);
	GIVE(w, EVENT_CLASS_CLOSED, "{}");
	count(w, n);
	assert_int_equal(n[0].arrived, 2);
	assert_int_equal(n[0].here, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(room_names), TEST(the_last_plan_holds), TEST(sites_answer), TEST(granted_leave_is_not_expected), TEST(leave_of_who_was_forgotten_is_gone), TEST(a_later_roster_replaces),
		TEST(half_a_roster_does_not_hold), TEST(a_visitor_counts_at_home), TEST(the_best_proof_counts), TEST(pauses_are_not_taught),
		TEST(half_a_roster_does_not_hold), TEST(a_visitor_counts_at_home), TEST(the_best_proof_counts), TEST(who_came_is_told_when_it_is_over),
		TEST(other_events_and_rooms_change_nothing), TEST(plans_are_checked), TEST(an_agenda_of_a_thousand_rows_is_refused),
		TEST(what_is_written_reads_the_same), TEST(without_memory), TEST(counts_follow_the_events), TEST(who_comes_late_is_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
