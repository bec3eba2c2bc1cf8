/* media/pacer: no flush larger than the rules allow, no rate above the line's, and whoever waits is told the right time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "media/base/macros.h"
#include "media/pacer.h"

#define PACKET 1200
#define START_US INT64_C(1000000)

/* Sends while there is budget. Returns the packets of this flush. */
static unsigned flush(struct pacer *p, int64_t now_us)
{
	unsigned n = 0;

	for (; pacer_budget(p, now_us) > 0; n++)
		pacer_spent(p, PACKET);
	return n;
}

static void a_flush_has_two_bounds(void **state)
{
	struct pacer p;

	(void)state;
	/* 1 Mbit/s paces at 2.5: 40 ms are 12,500 bytes, and the eleventh packet begins within them. */
	pacer_init(&p, 1000000, START_US);
	assert_int_equal(pacer_budget(&p, START_US), 12500);
	assert_int_equal(flush(&p, START_US), 11);
	/* 10 Mbit/s would allow 125,000 bytes: 16 packets bound it. */
	pacer_init(&p, 10000000, START_US);
	assert_int_equal(flush(&p, START_US), PACER_FLUSH_PACKETS);
	assert_int_equal(pacer_next_us(&p, START_US), START_US + PACER_TICK_US);
	assert_int_equal(flush(&p, START_US + PACER_TICK_US - 1), 0);
	assert_int_equal(flush(&p, START_US + PACER_TICK_US), PACER_FLUSH_PACKETS);
}

/* A long queue leaves at the pacing rate, whatever the rate, woken only when told. */
static void a_queue_leaves_at_the_pacing_rate(void **state)
{
	static const int64_t estimates_bps[] = { 1, 32000, 100000, 333333, 1000000, 5000000, 12000000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(estimates_bps); i++) {
		int64_t rate_bps = MAX(estimates_bps[i], 32000) * 5 / 2;
		int64_t now_us = START_US, sent = 0, wakes = 0;
		struct pacer p;

		pacer_init(&p, estimates_bps[i], now_us);
		for (; now_us < START_US + 10000000; wakes++) {
			int64_t next_us;
			unsigned n = flush(&p, now_us);

			assert_true(n > 0);
			sent += n;
			next_us = pacer_next_us(&p, now_us);
			assert_true(next_us >= now_us + PACER_TICK_US && next_us <= now_us + 400000);
			now_us = next_us;
		}
		assert_true(sent * PACKET * 8 >= rate_bps * 10 - 2 * PACKET * 8);
		assert_true(sent * PACKET * 8 <= rate_bps * 10 + rate_bps / 25 + 12000 + 2 * PACKET * 8);
		assert_true(wakes <= 2001);
	}
}

static void many_wakes_lose_nothing(void **state)
{
	struct pacer p;
	int64_t sent = 0;

	(void)state;
	pacer_init(&p, 32000, START_US);
	for (int64_t now_us = START_US; now_us < START_US + 10000000; now_us += 7)
		sent += flush(&p, now_us);
	assert_in_range(sent * PACKET * 8, 790000, 840000);
}

/* Sound and repeats leave at once, and pictures make room for them, but not for more than 40 ms. */
static void urgent_packets_hold_up_the_others_only(void **state)
{
	struct pacer p;

	(void)state;
	pacer_init(&p, 1000000, START_US);
	pacer_spent_urgent(&p, 12000);
	assert_int_equal(pacer_budget(&p, START_US), 500);
	for (int i = 0; i < 1000; i++)
		pacer_spent_urgent(&p, PACKET);
	assert_int_equal(pacer_budget(&p, START_US), 0);
	assert_in_range(pacer_next_us(&p, START_US), START_US + 40000, START_US + 40010);
	assert_int_equal(pacer_budget(&p, START_US + 39999), 0);
	assert_true(pacer_budget(&p, pacer_next_us(&p, START_US + 39999)) > 0);
}

static void an_idle_line_saves_up_40_ms_and_no_more(void **state)
{
	struct pacer p;

	(void)state;
	pacer_init(&p, 1000000, START_US);
	flush(&p, START_US);
	assert_int_equal(pacer_budget(&p, START_US + 3600000000), 12500);
	/* A clock that went back is no income. */
	flush(&p, START_US + 3600000000);
	assert_int_equal(pacer_budget(&p, START_US), 0);
}

static void the_estimate_moves_the_rate(void **state)
{
	struct pacer p;

	(void)state;
	pacer_init(&p, 1000000, START_US);
	flush(&p, START_US);
	assert_in_range(pacer_queue_us(&p, 156250), 500000, 510000);
	pacer_set_estimate(&p, 4000000, START_US);
	assert_in_range(pacer_queue_us(&p, 156250), 125000, 127000);
	assert_int_equal(pacer_queue_us(&p, 0) / 1000, 0);
	pacer_set_estimate(&p, 0, START_US);
	assert_true(pacer_queue_us(&p, 156250) > PACER_QUEUE_US);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_flush_has_two_bounds),
		cmocka_unit_test(a_queue_leaves_at_the_pacing_rate),
		cmocka_unit_test(many_wakes_lose_nothing),
		cmocka_unit_test(urgent_packets_hold_up_the_others_only),
		cmocka_unit_test(an_idle_line_saves_up_40_ms_and_no_more),
		cmocka_unit_test(the_estimate_moves_the_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
