/* Experts by link, and when a class may begin: windows by the plan and by the link, what ends them, and events that make no sense. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "classroom/class.h"
#include "classroom/class_expert.h"

#define MINUTE_US 60000000LL
#define HOUR_US (60 * MINUTE_US)
#define START_US (1000 * HOUR_US)
#define END_US (START_US + 90 * MINUTE_US)
#define CODE "00112233445566778899aabbccddeeff"

struct world {
	struct class *c;
	int64_t now_us, live;
};

static int give(struct world *w, enum event_kind kind, const char *payload)
{
	struct event ev = { .kind = kind, .room = "class-17", .seat = "", .actor = "", .payload = payload, .wall_us = w->now_us };

	return class_apply(w->c, &ev);
}

#define GIVE(w, kind, payload) assert_int_equal(give(w, kind, payload), 0)
#define PLAN "{\"class\":17,\"org\":1,\"title\":\"专题党课\",\"kind\":\"lecture\",\"start_ms\":3600000000,\"end_ms\":3605400000,\"target\":1,\"subtree\":true,\"hosts\":[7]}"

static int setup(void **state)
{
	static struct world w;

	w = (struct world){ .now_us = START_US - 24 * HOUR_US, .live = mem_live() };
	assert_int_equal(class_create(&w.c, 17), 0);
	GIVE(&w, EVENT_CLASS_PLANNED, PLAN);
	GIVE(&w, EVENT_SITES_INVITED, "{\"sites\":[10]}");
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

static int invite(struct world *w, int number, const char *code, int64_t from_us, int64_t until_us)
{
	static const char digits[] = "0123456789abcdef";
	char payload[256], hex[2 * EXPERT_HASH_BYTES + 1] = "";
	uint8_t hash[EXPERT_HASH_BYTES];

	class_expert_hash(hash, code);
	for (size_t i = 0; i < sizeof(hash); i++) {
		hex[2 * i] = digits[hash[i] >> 4];
		hex[2 * i + 1] = digits[hash[i] & 15];
	}
	snprintf(payload, sizeof(payload), "{\"expert\":%d,\"name\":\"王教授\",\"from_ms\":%lld,\"until_ms\":%lld,\"hash\":\"%s\"}", number, (long long)(from_us / 1000),
	         (long long)(until_us / 1000), hex);
	return give(w, EVENT_EXPERT_INVITED, payload);
}

static void a_code_finds_its_expert(void **state)
{
	struct world *w = *state;
	size_t n;

	assert_int_equal(invite(w, 1, CODE, 0, 0), 0);
	assert_int_equal(invite(w, 2, "another", 0, 0), 0);
	assert_int_equal(class_expert_of_code(w->c, CODE)->number, 1);
	assert_string_equal(class_expert_of_code(w->c, "another")->name, "王教授");
	assert_null(class_expert_of_code(w->c, ""));
	assert_null(class_expert_of_code(w->c, "00112233445566778899aabbccddeefe"));
	assert_ptr_equal(class_expert(w->c, 2), class_expert_of_code(w->c, "another"));
	assert_null(class_expert(w->c, 0));
	assert_null(class_expert(w->c, 3));
	class_experts(w->c, &n);
	assert_int_equal(n, 2);
}

static void the_window_follows_the_plan(void **state)
{
	struct world *w = *state;
	const struct class_expert *e;

	assert_int_equal(invite(w, 1, CODE, 0, 0), 0);
	e = class_expert(w->c, 1);
	assert_int_equal(class_expert_may(w->c, e, START_US - HOUR_US - 1), CLASS_FAULT_EXPERT_EARLY);
	assert_int_equal(class_expert_may(w->c, e, START_US - HOUR_US), CLASS_FINE);
	assert_int_equal(class_expert_may(w->c, e, END_US + HOUR_US - 1), CLASS_FINE);
	assert_int_equal(class_expert_may(w->c, e, END_US + HOUR_US), CLASS_FAULT_EXPERT_LINK);
	GIVE(w, EVENT_CLASS_OPENED, "{}");
	assert_int_equal(class_expert_may(w->c, e, END_US + 5 * HOUR_US), CLASS_FINE);         /* it takes longer than planned */
	w->now_us = END_US + 5 * HOUR_US;
	GIVE(w, EVENT_CLASS_CLOSED, "{}");
	assert_int_equal(class_expert_may(w->c, e, END_US + 5 * HOUR_US), CLASS_FAULT_EXPERT_LINK);
}

static void the_link_says_its_own_times(void **state)
{
	struct world *w = *state;
	const struct class_expert *e;

	assert_int_equal(invite(w, 1, CODE, START_US - 10 * MINUTE_US, START_US + 30 * MINUTE_US), 0);
	e = class_expert(w->c, 1);
	assert_int_equal(class_expert_may(w->c, e, START_US - 11 * MINUTE_US), CLASS_FAULT_EXPERT_EARLY);
	assert_int_equal(class_expert_may(w->c, e, START_US), CLASS_FINE);
	GIVE(w, EVENT_CLASS_OPENED, "{}");
	assert_int_equal(class_expert_may(w->c, e, START_US + 30 * MINUTE_US), CLASS_FAULT_EXPERT_LINK);
}

static void what_is_taken_back_stays_so(void **state)
{
	struct world *w = *state;

	assert_int_equal(invite(w, 1, CODE, 0, 0), 0);
	assert_int_equal(give(w, EVENT_EXPERT_REVOKED, "{\"expert\":2,\"why\":\"\"}"), -EBADMSG);
	GIVE(w, EVENT_EXPERT_REVOKED, "{\"expert\":1,\"why\":\"换人\"}");
	assert_int_equal(class_expert_may(w->c, class_expert(w->c, 1), START_US), CLASS_FAULT_EXPERT_LINK);
	assert_int_equal(invite(w, 2, CODE, 0, 0), 0);
	GIVE(w, EVENT_CLASS_CANCELLED, "{\"why\":\"\"}");
	assert_int_equal(class_expert_may(w->c, class_expert(w->c, 2), START_US), CLASS_FAULT_EXPERT_LINK);
}

static void nonsense_is_refused(void **state)
{
	struct world *w = *state;

	assert_int_equal(invite(w, 2, CODE, 0, 0), -EBADMSG);
	assert_int_equal(give(w, EVENT_EXPERT_INVITED, "{\"expert\":1,\"name\":\"x\",\"from_ms\":0,\"until_ms\":0,\"hash\":\"00\"}"), -EBADMSG);
	assert_int_equal(give(w, EVENT_EXPERT_INVITED, "{\"expert\":1,\"name\":\"x\",\"from_ms\":-1,\"until_ms\":9223372036854775807}"), -EBADMSG);
	for (int i = 1; i <= CLASS_EXPERTS_MAX; i++)
		assert_int_equal(invite(w, i, CODE, 0, 0), 0);
	assert_int_equal(invite(w, CLASS_EXPERTS_MAX + 1, CODE, 0, 0), -EBADMSG);
}

static void who_may_be_invited(void **state)
{
	struct world *w = *state;

	assert_int_equal(class_expert_check(w->c, "王教授", 0, 0, w->now_us), CLASS_FINE);
	assert_int_equal(class_expert_check(w->c, "", 0, 0, w->now_us), CLASS_FAULT_TEXT);
	assert_int_equal(class_expert_check(w->c, "a\nb", 0, 0, w->now_us), CLASS_FAULT_TEXT);
	assert_int_equal(class_expert_check(w->c, "王教授", START_US, START_US, w->now_us), CLASS_FAULT_ENDS_FIRST);
	assert_int_equal(class_expert_check(w->c, "王教授", 1, w->now_us, w->now_us), CLASS_FAULT_PAST);
	for (int i = 1; i <= CLASS_EXPERTS_MAX; i++)
		assert_int_equal(invite(w, i, CODE, 0, 0), 0);
	assert_int_equal(class_expert_check(w->c, "王教授", 0, 0, w->now_us), CLASS_FAULT_EXPERTS);
}

static void seats_have_numbers(void **state)
{
	char seat[EXPERT_SEAT_BYTES];

	(void)state;
	class_expert_seat(seat, 3);
	assert_string_equal(seat, "expert-3");
	assert_int_equal(class_expert_of_seat(seat), 3);
	assert_int_equal(class_expert_of_seat("expert-03"), 0);
	assert_int_equal(class_expert_of_seat("expert-3x"), 0);
	assert_int_equal(class_expert_of_seat("expert-99999999999999999999"), 0);
	assert_int_equal(class_expert_of_seat("studio"), 0);
	assert_int_equal(class_expert_of_seat(""), 0);
}

static void when_it_may_begin(void **state)
{
	struct world *w = *state;

	assert_int_equal(class_may_open(w->c, START_US - CLASS_OPENS_BEFORE_US - 1), CLASS_FAULT_EARLY);
	assert_int_equal(class_may_open(w->c, START_US - CLASS_OPENS_BEFORE_US), CLASS_FINE);
	assert_int_equal(class_may_open(w->c, END_US - 1), CLASS_FINE);
	assert_int_equal(class_may_open(w->c, END_US), CLASS_FAULT_MISSED);
	assert_false(class_not_held(w->c, END_US - 1));
	assert_true(class_not_held(w->c, END_US));
	GIVE(w, EVENT_CLASS_OPENED, "{}");
	assert_int_equal(class_may_open(w->c, START_US), CLASS_FAULT_NOT_PLANNED);
	assert_false(class_not_held(w->c, END_US));
}

static void revisions_of_the_plan_are_counted(void **state)
{
	struct world *w = *state;

	assert_int_equal(class_revision(w->c), 1);
	w->now_us += HOUR_US;
	GIVE(w, EVENT_CLASS_PLANNED, PLAN);
	GIVE(w, EVENT_SITES_INVITED, "{\"sites\":[11]}");
	assert_int_equal(class_revision(w->c), 2);
	assert_int_equal(class_planned_us(w->c), w->now_us);
	GIVE(w, EVENT_CLASS_CANCELLED, "{\"why\":\"\"}");
	assert_int_equal(class_revision(w->c), 3);
}

static void a_site_arrives_once(void **state)
{
	struct world *w = *state;
	int64_t first = w->now_us;

	GIVE(w, EVENT_SEAT_JOINED, "{\"site\":11}");
	assert_int_equal(class_site(w->c, 10)->arrived_us, 0);
	GIVE(w, EVENT_SEAT_JOINED, "{\"site\":10}");
	w->now_us += HOUR_US;
	GIVE(w, EVENT_SEAT_JOINED, "{\"site\":10}");
	assert_int_equal(class_site(w->c, 10)->arrived_us, first);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_code_finds_its_expert),
		TEST(the_window_follows_the_plan),
		TEST(the_link_says_its_own_times),
		TEST(what_is_taken_back_stays_so),
		TEST(nonsense_is_refused),
		TEST(who_may_be_invited),
		TEST(seats_have_numbers),
		TEST(when_it_may_begin),
		TEST(revisions_of_the_plan_are_counted),
		TEST(a_site_arrives_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
