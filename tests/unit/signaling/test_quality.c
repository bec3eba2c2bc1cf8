/* How a line was: means, rings that go round, minutes, and what a gone seat leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "media/base/mem.h"
#include "signaling/quality.h"

#define WALL_S 1764115200u              /* a whole minute */

static struct path_stats stats(uint32_t rtt_us, uint8_t lost)
{
	struct path_stats s = { .rtt_us = rtt_us, .estimate_bps = 2000000, .sent_bps = 1000000, .received_bps = 300000, .down_lost = lost, .n_slots = 6 };

	for (unsigned i = 0; i < 6; i++)
		s.slots[i].layer = STATS_NO_LAYER;
	s.slots[4] = (struct slot_stats){ .layer = 2, .bps = 900000, .jitter_us = 1500, .fraction_lost = lost };
	s.slots[5] = (struct slot_stats){ .layer = STATS_NO_LAYER, .suspended = true };
	return s;
}

static void now_is_the_mean_of_the_last_seconds(void **state)
{
	struct quality_second now;
	struct quality *q;

	(void)state;
	assert_int_equal(quality_create(&q), 0);
	assert_false(quality_now(q, 1000, &now));
	for (uint32_t i = 0; i < 40; i++) {
		struct path_stats s = stats(i < 30 ? 400000 : 20000 + 10000 * (i % 2), i < 30 ? 200 : 10);

		quality_feed(q, 1000 + i, WALL_S + i, &s);
	}
	assert_true(quality_now(q, 1039, &now));
	assert_int_equal(now.rtt_ms, 25);
	assert_int_equal(now.down_lost, 10);
	assert_int_equal(now.estimate_kbps, 2000);
	assert_int_equal(now.layer, 2);
	assert_int_equal(now.suspended, 1);
	assert_false(quality_now(q, 1060, &now));
	quality_destroy(q);
	assert_int_equal(mem_live(), 0);
}

static void rings_keep_the_last_rows_in_order(void **state)
{
	struct quality_slot_second slot[QUALITY_SLOT_SECONDS + 1];
	struct quality_second rows[QUALITY_SECONDS + 1];
	struct quality *q;

	(void)state;
	assert_int_equal(quality_create(&q), 0);
	for (uint32_t i = 0; i < 700; i++) {
		struct path_stats s = stats(1000 * i, 0);

		quality_feed(q, i, WALL_S + i, &s);
	}
	assert_int_equal(quality_seconds(q, rows, QUALITY_SECONDS + 1), QUALITY_SECONDS);
	for (unsigned i = 0; i < QUALITY_SECONDS; i++)
		assert_int_equal(rows[i].at_s, 400 + i);
	assert_int_equal(quality_seconds(q, rows, 3), 3);
	assert_int_equal(rows[2].rtt_ms, 699);
	assert_int_equal(quality_slot_seconds(q, 4, slot, QUALITY_SLOT_SECONDS + 1), QUALITY_SLOT_SECONDS);
	assert_int_equal(slot[0].at_s, 640);
	assert_int_equal(slot[0].kbps, 900);
	assert_int_equal(slot[0].jitter_ms, 2);
	assert_int_equal(quality_slot_seconds(q, 0, slot, 5), 0);
	assert_int_equal(quality_slot_seconds(q, 5, slot, 5), 5);
	assert_true(slot[4].suspended);
	assert_int_equal(quality_slot_seconds(q, 200, slot, 5), 0);
	quality_destroy(q);
	assert_int_equal(mem_live(), 0);
}

static void minutes_are_kept_for_the_meeting_and_bounded(void **state)
{
	struct quality_minute *rows = calloc(QUALITY_MINUTES_MAX + 1, sizeof(*rows)), total;
	struct path_stats s = stats(50000, 0), bad = stats(250000, 128);
	struct quality_report report = { .freezes = 2, .freeze_ms = 700, .dropped = 5, .cpu_limited = true, .slot_freezes = { [4] = 2 } };
	struct quality *q;
	size_t n;

	(void)state;
	assert_int_equal(quality_create(&q), 0);
	for (uint32_t i = 0; i < 90; i++)
		quality_feed(q, i, WALL_S + i, i == 30 ? &bad : &s);
	quality_report(q, &report);
	assert_int_equal(quality_minutes(q, rows, QUALITY_MINUTES_MAX + 1), 2);
	assert_int_equal(rows[0].start_s, WALL_S);
	assert_int_equal(rows[0].seconds, 60);
	assert_int_equal(rows[0].rtt_ms, 53);
	assert_int_equal(rows[0].rtt_max_ms, 250);
	assert_int_equal(rows[0].down_lost_max, 128);
	assert_int_equal(rows[0].suspended_s, 60);
	assert_int_equal(rows[0].layer_s[2], 60);
	assert_int_equal(rows[0].freezes, 0);
	assert_int_equal(rows[1].seconds, 30);
	assert_int_equal(rows[1].freezes, 2);
	assert_int_equal(rows[1].cpu_limited, 1);
	for (uint32_t i = 2; i < QUALITY_MINUTES_MAX + 50; i++)
		quality_feed(q, 60 * i, WALL_S + 60 * i, &s);
	n = quality_minutes(q, rows, QUALITY_MINUTES_MAX + 1);
	assert_int_equal(n, QUALITY_MINUTES_MAX + 1);
	assert_int_equal(rows[n - 1].start_s, WALL_S + 60 * (QUALITY_MINUTES_MAX + 49));
	assert_int_equal(rows[0].start_s, WALL_S + 60 * 49);
	quality_total(q, &total);
	assert_int_equal(total.start_s, WALL_S);
	assert_int_equal(total.freeze_ms, 700);
	assert_int_equal(total.rtt_max_ms, 250);
	quality_destroy(q);
	free(rows);
	assert_int_equal(mem_live(), 0);
}

static void a_gone_seat_leaves_its_minutes_and_may_come_back(void **state)
{
	struct quality_minute rows[4];
	struct quality_second seconds[4];
	struct path_stats s = stats(50000, 0);
	struct quality *q;

	(void)state;
	assert_int_equal(quality_create(&q), 0);
	quality_feed(q, 1, WALL_S, &s);
	quality_retire(q);
	quality_report(q, &(struct quality_report){ .freezes = 1 });
	assert_int_equal(quality_seconds(q, seconds, 4), 0);
	assert_int_equal(quality_minutes(q, rows, 4), 1);
	quality_feed(q, 500, WALL_S + 500, &s);
	assert_int_equal(quality_seconds(q, seconds, 4), 1);
	assert_int_equal(quality_minutes(q, rows, 4), 2);
	quality_destroy(q);
	assert_int_equal(mem_live(), 0);
}

static void without_memory_less_is_kept(void **state)
{
	struct path_stats s = stats(50000, 0);
	struct quality_minute rows[4];

	(void)state;
	for (unsigned nth = 1; nth < 8; nth++) {
		struct quality *q = NULL;

		mem_fail_at(nth);
		if (quality_create(&q) == 0) {
			for (uint32_t i = 0; i < 70; i++)
				quality_feed(q, i, WALL_S + i, &s);
			quality_report(q, &(struct quality_report){ .freezes = 1 });
			assert_true(quality_minutes(q, rows, 4) >= 1);
		}
		mem_fail_at(0);
		quality_destroy(q);
		assert_int_equal(mem_live(), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(now_is_the_mean_of_the_last_seconds),
		cmocka_unit_test(rings_keep_the_last_rows_in_order),
		cmocka_unit_test(minutes_are_kept_for_the_meeting_and_bounded),
		cmocka_unit_test(a_gone_seat_leaves_its_minutes_and_may_come_back),
		cmocka_unit_test(without_memory_less_is_kept),
	};

	return cmocka_run_group_tests_name("quality", tests, NULL, NULL);
}
