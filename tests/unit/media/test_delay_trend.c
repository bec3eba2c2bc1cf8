/* media/delay_trend: does a queue grow? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "media/base/macros.h"
#include "media/delay_trend.h"
#include "tests/unit/leaves_nothing.h"
#include "tests/unit/media/random.h"

#define MS INT64_C(1000)
#define S INT64_C(1000000)

/* Groups of three packets each 20 ms for `us`; the line adds `growth` ms of queue a second, and jitter. Returns the groups in overuse. */
static int feed(struct delay_trend *t, int64_t *now_us, int64_t us, double *queue_ms, double growth_ms_s, uint32_t jitter_us)
{
	int over = 0;

	for (int64_t end_us = *now_us + us; *now_us < end_us; *now_us += 20 * MS) {
		int64_t base_us = INT64_C(123456789) + (int64_t)(*queue_ms * 1000);

		for (int i = 0; i < 3; i++)
			delay_trend_packet(t, *now_us, *now_us + base_us + i * 4000 + (jitter_us ? random_below(jitter_us) : 0));
		*queue_ms = MAX(*queue_ms + growth_ms_s / 50, 0.0);
		over += t->state == DELAY_OVERUSE;
	}
	return over;
}

static void trend_sees_a_queue_grow_and_drain(void **state)
{
	struct delay_trend t;
	int64_t now_us = S;
	double queue_ms = 0;

	(void)state;
	random_state = 1;
	delay_trend_init(&t);
	assert_int_equal(feed(&t, &now_us, 10 * S, &queue_ms, 0, 5000), 0);
	assert_in_range(delay_trend_queue_us(&t), 0, 3000);
	/* A fifth too much is sent: seen within a second. */
	assert_true(feed(&t, &now_us, S, &queue_ms, 200, 5000) > 10);
	feed(&t, &now_us, S, &queue_ms, 0, 5000);
	assert_in_range(delay_trend_queue_us(&t), 190000, 205000);
	assert_int_equal(t.state, DELAY_NORMAL);
	feed(&t, &now_us, 600 * MS, &queue_ms, -300, 5000);
	assert_int_equal(t.state, DELAY_UNDERUSE);
	feed(&t, &now_us, 2 * S, &queue_ms, 0, 5000);
	assert_int_equal(t.state, DELAY_NORMAL);
	assert_in_range(delay_trend_queue_us(&t), 0, 25000);
}

/* One flush of 40 packets and one of 1 by turns: the size of a flush is no trend. */
static void trend_is_blind_to_the_size_of_a_flush(void **state)
{
	struct delay_trend t;

	(void)state;
	delay_trend_init(&t);
	for (int64_t now_us = S; now_us < 60 * S; now_us += 33 * MS)
		for (int i = 0; i < (now_us / (300 * MS) % 2 ? 6 : 1); i++) {
			delay_trend_packet(&t, now_us, now_us + 50 * MS + i * 5 * MS);
			assert_int_equal(t.state, DELAY_NORMAL);
			assert_int_equal(delay_trend_queue_us(&t), 0);
		}
}

static void trend_takes_jitter_for_jitter(void **state)
{
	struct delay_trend t;
	int64_t now_us = S;
	double queue_ms = 0;
	int over;

	(void)state;
	random_state = 3;
	delay_trend_init(&t);
	over = feed(&t, &now_us, 60 * S, &queue_ms, 0, 40000);
	assert_true(over <= 30);
	assert_in_range(delay_trend_queue_us(&t), 0, 10000);
	/* And a queue is seen all the same. */
	assert_true(feed(&t, &now_us, 2 * S, &queue_ms, 300, 40000) > 10);
}

/* The path got longer for good: after 20 s that is no queue any more. */
static void trend_gets_used_to_a_longer_path(void **state)
{
	struct delay_trend t;
	int64_t now_us = S;
	double queue_ms = 0;

	(void)state;
	delay_trend_init(&t);
	feed(&t, &now_us, 20 * S, &queue_ms, 0, 0);
	queue_ms = 80;
	feed(&t, &now_us, 2 * S, &queue_ms, 0, 0);
	assert_in_range(delay_trend_queue_us(&t), 79000, 81000);
	feed(&t, &now_us, 21 * S, &queue_ms, 0, 0);
	assert_in_range(delay_trend_queue_us(&t), 0, 1000);
	/* Half an hour is longer than its epoch. */
	feed(&t, &now_us, 1800 * S, &queue_ms, 0, 0);
	assert_int_equal(t.state, DELAY_NORMAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(trend_sees_a_queue_grow_and_drain),
		LEAVES_NOTHING(trend_is_blind_to_the_size_of_a_flush),
		LEAVES_NOTHING(trend_takes_jitter_for_jitter),
		LEAVES_NOTHING(trend_gets_used_to_a_longer_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
