/* media/frame_clock: the next picture of what most watch is foreseen where pictures come regularly, and nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "media/frame_clock.h"

#define PERIOD_US 40000
#define PERIOD_RTP 3600
#define SOON_US 10000                   /* so much after it came a picture is foreseen at the latest */

static const int camera, screen;        /* only their addresses matter */

/* `n` pictures, each up to `jitter_us` later than it should be. Returns when the next is due. */
static int64_t come(struct frame_clock *c, const int *source, size_t watchers, unsigned n, int64_t from_us, int64_t jitter_us)
{
	for (unsigned i = 0; i < n; i++, from_us += PERIOD_US) {
		c->arrival_us = from_us + (jitter_us ? (int64_t)(i * 7919) % jitter_us : 0);
		frame_clock_picture(c, source, watchers, (uint32_t)(from_us / PERIOD_US * PERIOD_RTP));
	}
	return from_us;
}

static void a_regular_picture_is_foreseen(void **state)
{
	struct frame_clock c = { 0 };
	int64_t due_us = come(&c, &camera, 200, 30, 1000000, 0), next_us = frame_clock_next_us(&c, due_us - 20000);

	(void)state;
	assert_in_range(next_us, due_us, due_us + 1000);
	/* The one that has been waited for is over; the next one follows, as long as not two were missed. */
	assert_int_equal(frame_clock_next_us(&c, next_us), next_us + PERIOD_US);
	assert_int_equal(frame_clock_next_us(&c, due_us + 2 * PERIOD_US), 0);
}

static void nothing_is_foreseen_at_first(void **state)
{
	struct frame_clock c = { 0 };

	(void)state;
	assert_int_equal(frame_clock_next_us(&c, 1000000), 0);
	come(&c, &camera, 200, 3, 1000000, 0);
	assert_int_equal(frame_clock_next_us(&c, 1090000), 0);
}

static void little_jitter_is_waited_for_and_much_is_not(void **state)
{
	struct frame_clock calm = { 0 }, wild = { 0 };
	int64_t due_us = come(&calm, &camera, 200, 100, 1000000, 2000), next_us;

	(void)state;
	next_us = frame_clock_next_us(&calm, due_us - 20000);
	assert_in_range(next_us, due_us + 1000, due_us + SOON_US);
	come(&wild, &camera, 200, 100, 1000000, 12000);
	assert_int_equal(frame_clock_next_us(&wild, due_us - 20000), 0);
}

static void what_most_watch_is_followed(void **state)
{
	struct frame_clock c = { 0 };
	int64_t due_us = come(&c, &camera, 200, 30, 1000000, 0);

	(void)state;
	/* Fewer watch the screen, whose pictures come at other times. */
	come(&c, &screen, 20, 5, due_us - 5 * PERIOD_US + 13000, 0);
	assert_in_range(frame_clock_next_us(&c, due_us - 20000), due_us, due_us + 1000);
	/* Now all do, */
	due_us = come(&c, &screen, 300, 30, due_us + 13000, 0);
	assert_in_range(frame_clock_next_us(&c, due_us - 20000), due_us, due_us + 1000);
	/* and whoever is still there is followed when it ends. */
	due_us = come(&c, &camera, 1, 30, due_us + 1000000, 0);
	assert_in_range(frame_clock_next_us(&c, due_us - 20000), due_us, due_us + 1000);
}

/* Timestamps are the sender's: whatever they say, what is foreseen lies ahead, and not far. */
static void timestamps_that_leap_do_no_harm(void **state)
{
	struct frame_clock c = { 0 };
	uint32_t rtp = 1;

	(void)state;
	for (int64_t i = 0; i < 100000; i++) {
		int64_t next_us;

		c.arrival_us = 1000000 + i * 700;
		rtp = rtp * 1664525 + 1013904223;
		frame_clock_picture(&c, &camera, 200, i % 3 ? rtp : rtp >> 18);
		next_us = frame_clock_next_us(&c, c.arrival_us);
		if (next_us)
			assert_in_range(next_us, c.arrival_us + 1, c.arrival_us + 250000);
	}
	frame_clock_picture(&c, &camera, 200, rtp);
	frame_clock_picture(&c, &camera, 200, rtp);
}

static void a_clock_that_leaps_begins_anew(void **state)
{
	struct frame_clock c = { 0 };
	int64_t due_us = come(&c, &camera, 200, 30, 1000000, 0);

	(void)state;
	due_us = come(&c, &camera, 200, 3, due_us + 50000000, 0);
	assert_int_equal(frame_clock_next_us(&c, due_us - 20000), 0);
	due_us = come(&c, &camera, 200, 30, due_us, 0);
	assert_in_range(frame_clock_next_us(&c, due_us - 20000), due_us, due_us + 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_regular_picture_is_foreseen),
		cmocka_unit_test(nothing_is_foreseen_at_first),
		cmocka_unit_test(little_jitter_is_waited_for_and_much_is_not),
		cmocka_unit_test(what_most_watch_is_followed),
		cmocka_unit_test(timestamps_that_leap_do_no_harm),
		cmocka_unit_test(a_clock_that_leaps_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
