/* The table of line profiles, and how the server finds a narrow line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "classroom/line_profile.h"

#define SECOND_US 1000000LL
#define NARROW (LINE_NARROW_BPS - 1)

static void a_village_has_what_the_issue_promises(void **state)
{
	const struct line_limits *village = line_limits(LINE_VILLAGE);

	(void)state;
	assert_int_equal(village->down_bps, 1200000);
	assert_int_equal(village->up_bps, 200000);
	assert_int_equal(village->up_height, 180);
	assert_int_equal(village->videos, 2);
	assert_int_equal(village->up_layers, 1);
	assert_int_equal(line_limits(LINE_VOICE)->videos, 0);
	assert_int_equal(line_limits(LINE_VOICE)->up_layers, 0);
	assert_int_equal(line_limits(LINE_FULL)->down_bps, 0);
	assert_ptr_equal(line_limits(LINE_AUTO), line_limits(LINE_FULL));
	assert_ptr_equal(line_limits(LINE_PROFILES), line_limits(LINE_FULL));
	for (unsigned i = 0; i < LINE_PROFILES; i++)
		assert_true(line_profile_name((enum line_profile)i)[0]);
	assert_string_equal(line_profile_name(LINE_PROFILES), "");
}

/* Feeds a look each second until it turns, or for `seconds`; returns how many it took, -1 for none. */
static int turn_within(struct line_watch *w, int64_t *now_us, uint32_t bps, bool held_back, int seconds)
{
	for (int i = 0; i < seconds; i++) {
		*now_us += SECOND_US;
		if (line_watch_feed(w, *now_us, bps, held_back))
			return i + 1;
	}
	return -1;
}

static void a_line_is_narrow_after_ten_seconds_of_want(void **state)
{
	struct line_watch w = { 0 };
	int64_t now = SECOND_US;

	(void)state;
	assert_int_equal(turn_within(&w, &now, NARROW, true, 9), -1);
	assert_int_equal(turn_within(&w, &now, LINE_NARROW_BPS, true, 1), -1);
	assert_int_equal(turn_within(&w, &now, NARROW, true, 60), 11);
	assert_true(w.narrow);
}

static void a_room_without_want_or_an_unknown_line_is_not_narrow(void **state)
{
	struct line_watch w = { 0 };
	int64_t now = SECOND_US;

	(void)state;
	assert_int_equal(turn_within(&w, &now, 300000, false, 100), -1);
	assert_int_equal(turn_within(&w, &now, 0, true, 100), -1);
}

static void a_narrow_line_is_tried_ever_more_rarely(void **state)
{
	struct line_watch w = { 0 };
	int64_t now = SECOND_US;
	int expected[] = { 120, 240, 480, 960, 1920, 1920 };

	(void)state;
	for (unsigned i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		assert_int_equal(turn_within(&w, &now, NARROW, true, 60), 11);
		assert_int_equal(turn_within(&w, &now, LINE_TRY_BPS, true, 4000), expected[i]);
	}
	turn_within(&w, &now, NARROW, true, 60);
	assert_int_equal(turn_within(&w, &now, LINE_TRY_BPS - 1, true, 4000), -1);
}

static void a_narrow_line_that_is_measured_wide_is_full_at_once(void **state)
{
	struct line_watch w = { 0 };
	int64_t now = SECOND_US;
	int expected[] = { 11, 21, 41, 81, 161, 161 };

	(void)state;
	for (unsigned i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		assert_int_equal(turn_within(&w, &now, NARROW, true, 60), 11);
		assert_int_equal(turn_within(&w, &now, LINE_WIDE_BPS, true, 5), -1);
		assert_int_equal(turn_within(&w, &now, LINE_WIDE_BPS - 1, true, 1), -1);
		assert_int_equal(turn_within(&w, &now, LINE_WIDE_BPS, false, 1000), expected[i]);
		assert_false(w.narrow);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_village_has_what_the_issue_promises),
		cmocka_unit_test(a_line_is_narrow_after_ten_seconds_of_want),
		cmocka_unit_test(a_room_without_want_or_an_unknown_line_is_not_narrow),
		cmocka_unit_test(a_narrow_line_is_tried_ever_more_rarely),
		cmocka_unit_test(a_narrow_line_that_is_measured_wide_is_full_at_once),
	};

	return cmocka_run_group_tests_name("line_profile", tests, NULL, NULL);
}
