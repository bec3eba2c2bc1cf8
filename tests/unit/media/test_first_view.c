/* media/first_view: ten pictures blindly, the rest once something has arrived, nothing ahead of the estimate once the line is full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "media/first_view.h"
#include "media/pacer.h"

#define MS INT64_C(1000)
#define START_US INT64_C(5000000)
#define LINE_US INT64_C(20000)
#define PACKET 1000

struct world {
	struct bwe bwe;
	struct first_view view;
	uint16_t seq;
	int64_t now_us;
};

static struct world w;

static int setup(void **state)
{
	(void)state;
	w = (struct world){ .now_us = START_US };
	return bwe_init(&w.bwe, &(struct bwe_cfg){ .transport_feedback = true, .history_packets = 1024, .start_bps = 1000000 }, w.now_us);
}

static int teardown(void **state)
{
	(void)state;
	bwe_done(&w.bwe);
	return 0;
}

/* `n` packets leave, 5 ms apart, and arrive after 20 ms and what stands in the queue: `more_us` more for each. */
static void pass(unsigned n, int64_t more_us)
{
	struct twcc_feedback fb = { .base = w.seq, .n = (uint16_t)n };
	int64_t begin_us = w.now_us;

	fb.reference_us = begin_us / TWCC_REFERENCE_US * TWCC_REFERENCE_US;
	for (unsigned i = 0; i < n; i++, w.now_us += 11 * MS) {
		bwe_on_sent(&w.bwe, w.seq++, PACKET, w.now_us, 0);
		fb.arrival_ticks[i] = (int32_t)((w.now_us + LINE_US + (int64_t)i * more_us - fb.reference_us) / TWCC_TICK_US);
	}
	w.now_us += LINE_US;
	bwe_on_feedback(&w.bwe, &fb, w.now_us);
	first_view_update(&w.view, &w.bwe, w.now_us);
}

static void before_the_first_picture_the_estimate_counts(void **state)
{
	(void)state;
	assert_false(first_view_update(&w.view, &w.bwe, w.now_us));
	assert_int_equal(w.view.bps, 0);
	assert_int_equal(first_view_pace_bps(&w.view, &w.bwe), 1000000);
	for (unsigned i = 0; i < 100; i++)
		bwe_on_sent(&w.bwe, w.seq++, PACKET, w.now_us, 0);
	assert_false(first_view_waits(&w.view, &w.bwe));
}

static void a_window_leaves_and_then_twice_what_arrived(void **state)
{
	unsigned sent = 0;

	(void)state;
	pass(20, 0);    /* what was there before the first picture is no part of it */
	first_view_begin(&w.view, &w.bwe, w.now_us);
	for (; !first_view_waits(&w.view, &w.bwe); sent++)
		bwe_on_sent(&w.bwe, w.seq++, PACKET, w.now_us, 0);
	assert_int_equal(sent, FIRST_VIEW_WINDOW / PACKET);
	pass(10, 0);
	for (sent = 0; !first_view_waits(&w.view, &w.bwe); sent++)
		bwe_on_sent(&w.bwe, w.seq++, PACKET, w.now_us, 0);
	assert_int_equal(sent, 10);
}

static void more_is_shown_once_there_is_news(void **state)
{
	int64_t blind_bps;

	(void)state;
	first_view_begin(&w.view, &w.bwe, w.now_us);
	blind_bps = w.view.bps;
	assert_true(blind_bps > 1000000);
	assert_true(first_view_pace_bps(&w.view, &w.bwe) > 1000000);
	assert_false(first_view_update(&w.view, &w.bwe, w.now_us));
	pass(35, 0);
	assert_true(w.view.bps > blind_bps);
}

static void a_full_line_ends_it_for_good(void **state)
{
	(void)state;
	first_view_begin(&w.view, &w.bwe, w.now_us);
	pass(12, 10 * MS);
	assert_int_equal(w.view.bps, 0);
	assert_int_equal(first_view_pace_bps(&w.view, &w.bwe), bwe_estimate_bps(&w.bwe));
	assert_false(first_view_waits(&w.view, &w.bwe));
	first_view_begin(&w.view, &w.bwe, w.now_us);
	assert_int_equal(w.view.bps, 0);
}

static void without_news_it_ends_by_itself(void **state)
{
	(void)state;
	first_view_begin(&w.view, &w.bwe, w.now_us);
	assert_false(first_view_update(&w.view, &w.bwe, w.now_us + 200 * MS));
	assert_true(first_view_update(&w.view, &w.bwe, w.now_us + 250 * MS));
	assert_int_equal(w.view.bps, 0);
}

static void probes_take_over(void **state)
{
	int64_t begin_us = w.now_us;

	(void)state;
	first_view_begin(&w.view, &w.bwe, w.now_us);
	pass(10, 0);
	assert_false(first_view_update(&w.view, &w.bwe, begin_us + 1400 * MS));
	assert_true(first_view_update(&w.view, &w.bwe, begin_us + 1500 * MS));
	assert_int_equal(w.view.bps, 0);
}

static void a_profile_bounds_it(void **state)
{
	(void)state;
	bwe_set_bounds(&w.bwe, 64000, 1200000);
	first_view_begin(&w.view, &w.bwe, w.now_us);
	assert_int_equal(w.view.bps, 1200000);
	assert_int_equal(first_view_pace_bps(&w.view, &w.bwe), 1200000);
	pass(35, 0);
	assert_int_equal(w.view.bps, 1200000);
}

#define VIEW_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		VIEW_TEST(before_the_first_picture_the_estimate_counts),
		VIEW_TEST(a_window_leaves_and_then_twice_what_arrived),
		VIEW_TEST(more_is_shown_once_there_is_news),
		VIEW_TEST(a_full_line_ends_it_for_good),
		VIEW_TEST(without_news_it_ends_by_itself),
		VIEW_TEST(probes_take_over),
		VIEW_TEST(a_profile_bounds_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
