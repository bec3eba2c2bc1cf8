/* media/bwe and its parts, each by itself: what was sent, what arrives, does a queue grow, what did a probe show, what is lost by chance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/bwe.h"

#define MS INT64_C(1000)
#define S INT64_C(1000000)

static uint32_t random_state;

static uint32_t random_below(uint32_t bound)
{
	random_state = random_state * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(random_state >> 4) * bound >> 28);
}

/* sent_history */

static void history_knows_the_newest(void **state)
{
	struct sent_history h;
	uint16_t seq = 65000;

	(void)state;
	assert_int_equal(sent_history_init(&h, 63), -EINVAL);
	assert_int_equal(sent_history_init(&h, 96), -EINVAL);
	assert_int_equal(sent_history_init(&h, 16384), -EINVAL);
	assert_int_equal(sent_history_init(&h, 64), 0);
	assert_null(sent_history_find(&h, 0));
	for (int i = 0; i < 1000; i++, seq++) {
		sent_history_add(&h, seq, (size_t)i * 100, INT64_C(0x1fffff000) + i, (uint8_t)i);
		for (int back = 0; back <= MIN(i, 63); back++) {
			struct sent_record *r = sent_history_find(&h, (uint16_t)(seq - back));

			assert_non_null(r);
			assert_int_equal(r->bytes, MIN((i - back) * 100, 65535));
			assert_int_equal(r->probe, (uint8_t)(i - back));
			assert_int_equal(sent_record_us(r, INT64_C(0x200000000) + i), INT64_C(0x1fffff000) + i - back);
		}
		assert_null(sent_history_find(&h, (uint16_t)(seq - 64)));
		assert_null(sent_history_find(&h, (uint16_t)(seq + 1)));
	}
	sent_history_done(&h);
}

static void history_leaves_gaps_open(void **state)
{
	struct sent_history h;

	(void)state;
	assert_int_equal(sent_history_init(&h, 64), 0);
	for (uint16_t seq = 0; seq < 64; seq++)
		sent_history_add(&h, seq, 1, 1, 0);
	sent_history_add(&h, 70, 1, 1, 0);
	assert_null(sent_history_find(&h, 69));
	assert_null(sent_history_find(&h, 64));
	assert_non_null(sent_history_find(&h, 63));
	assert_null(sent_history_find(&h, 6));
	assert_non_null(sent_history_find(&h, 7));
	sent_history_add(&h, 40000, 1, 1, 0);
	for (uint16_t back = 1; back < 64; back++)
		assert_null(sent_history_find(&h, (uint16_t)(40000 - back)));
	sent_history_done(&h);
}

/* acked_rate */

static void rate_is_what_arrived_in_the_window(void **state)
{
	struct acked_rate r;

	(void)state;
	acked_rate_init(&r);
	assert_int_equal(acked_rate_bps(&r, 500 * MS), 0);
	for (int64_t at_us = 7 * S; at_us < 10 * S; at_us += 5 * MS) {
		assert_int_equal(acked_rate_bps(&r, 500 * MS), at_us < 7 * S + 505 * MS ? 0 : 1000000);
		acked_rate_add(&r, at_us, 625);
	}
	/* A second of silence is seen with the next packet. */
	acked_rate_add(&r, 11 * S, 625);
	assert_int_equal(acked_rate_bps(&r, 500 * MS), 0);
	acked_rate_add(&r, 40 * S, 625);
	assert_int_equal(acked_rate_bps(&r, S), 0);
	/* Late ones count where they belong; too late ones nowhere. */
	acked_rate_add(&r, 40 * S - 100 * MS, 12500);
	acked_rate_add(&r, 30 * S, 60000);
	assert_int_equal(acked_rate_bps(&r, S), 100000);
}

static void rate_survives_a_mad_clock(void **state)
{
	static const int64_t leaps[] = { INT64_MAX / 2, -INT64_MAX / 2, 0, -1, 4000 * S, 1, INT64_C(1) << 50 };
	struct acked_rate r;

	(void)state;
	acked_rate_init(&r);
	for (size_t i = 0; i < ARRAY_LEN(leaps); i++)
		for (int k = 0; k < 200; k++) {
			acked_rate_add(&r, leaps[i] + k * 10 * MS, 1250);
			assert_in_range(acked_rate_bps(&r, 200 * MS), 0, 2000000);
		}
}

/* delay_trend */

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

/* probe */

/* A probe of `rate_bps` for 50 ms in bursts of 5 ms over a line of `line_bps`; every `lose`th packet is lost. */
static enum probe_verdict run_probe(int64_t rate_bps, int64_t line_bps, int lose, uint32_t jitter_us, int64_t *ret_bps)
{
	int64_t sent_bytes = 0, busy_us = 0, last_us = 0;
	struct probe p;
	int n = 0;

	probe_init(&p);
	probe_begin(&p, rate_bps, 50 * MS, 100 * S);
	assert_int_equal(p.number, 1);
	for (int64_t at_us = 0; at_us <= 50 * MS; at_us += 5 * MS)
		for (; sent_bytes * 8000000 < rate_bps * at_us && sent_bytes * 8 < rate_bps / 20; sent_bytes += 600) {
			busy_us = MAX(busy_us, at_us) + 600 * INT64_C(8000000) / line_bps;
			if (lose && ++n % lose == 0) {
				probe_lost(&p, 1);
				continue;
			}
			last_us = MAX(last_us, busy_us + (jitter_us ? random_below(jitter_us) : 0));
			probe_arrived(&p, 1, 600, 100 * S + at_us, 7000 * S + last_us);
		}
	probe_arrived(&p, 2, 60000, 100 * S, 7000 * S);
	probe_lost(&p, 0);
	assert_false(probe_is_complete(&p, 100 * S + 50 * MS));
	assert_true(probe_is_complete(&p, 100 * S + 51 * MS));
	return probe_end(&p, 0, ret_bps);
}

static void probe_finds_the_line(void **state)
{
	int64_t bps = 0;

	(void)state;
	assert_int_equal(run_probe(2000000, 20000000, 0, 0, &bps), PROBE_PASSED);
	assert_in_range(bps, 1700000, 2000000);
	assert_int_equal(run_probe(4000000, 1000000, 0, 0, &bps), PROBE_LIMITED);
	assert_in_range(bps, 800000, 1050000);
	assert_int_equal(run_probe(2000000, 20000000, 8, 0, &bps), PROBE_PASSED);
	assert_in_range(bps, 1600000, 2000000);
	assert_int_equal(run_probe(2000000, 20000000, 2, 0, &bps), PROBE_LIMITED);
	assert_in_range(bps, 700000, 1100000);
	bps = 5;
	assert_int_equal(run_probe(200000, 20000000, 0, 0, &bps), PROBE_UNHEARD);
	assert_int_equal(bps, 5);
}

/* Its packets left in one go, as when a keyframe takes its place: that is our doing, and nothing was measured. Unless some of them were lost. */
static void a_probe_that_left_in_one_go_tells_nothing(void **state)
{
	(void)state;
	for (int lost = 0; lost <= 20; lost += 10) {
		struct probe p;
		int64_t bps = 0;

		probe_init(&p);
		probe_begin(&p, 1700000, 50 * MS, 100 * S);
		for (int i = 0; i < 11; i++)
			probe_arrived(&p, 1, 1200, 100 * S + i / 6 * 4 * MS, 7000 * S + i * MS);
		for (int i = 0; i < lost; i++)
			probe_lost(&p, 1);
		assert_int_equal(probe_end(&p, 0, &bps), lost ? PROBE_FAILED : PROBE_UNHEARD);
		assert_int_equal(bps, 0);
	}
}

/* Up to 20 ms of jitter: four in five come within a quarter of the truth, and none says more than its rate. */
static void probe_bears_jitter(void **state)
{
	int near = 0;

	(void)state;
	random_state = 5;
	for (int i = 0; i < 200; i++) {
		int64_t bps = 0;

		run_probe(3000000, 1500000, 0, 20000, &bps);
		assert_true(bps <= 3000000);
		near += bps > 1100000 && bps < 1900000;
	}
	assert_true(near >= 160);
}

static void probe_numbers_are_never_0(void **state)
{
	struct probe p;

	(void)state;
	probe_init(&p);
	for (int i = 0; i < 600; i++) {
		probe_begin(&p, 1000000, 50 * MS, 0);
		assert_int_equal(p.number, i % 255 + 1);
	}
}

static void plan_waits_longer_after_failures(void **state)
{
	static const int64_t waits_us[] = { 1000 * MS, 7500 * MS, 10000 * MS, 10000 * MS };
	struct probe_plan p;
	int64_t now_us = S;

	(void)state;
	probe_plan_init(&p, now_us);
	assert_int_equal(probe_plan_next(&p, 500000, 400000, now_us), 0);
	assert_int_equal(probe_plan_next(&p, 500000, 9000000, now_us), 1500000);
	assert_int_equal(probe_plan_next(&p, 500000, 9000000, now_us), 0);
	probe_plan_on_verdict(&p, PROBE_PASSED, true, 50 * MS, now_us);
	assert_int_equal(probe_plan_next(&p, 1500000, 9000000, now_us + 249 * MS), 0);
	assert_int_equal(probe_plan_next(&p, 1500000, 9000000, now_us + 250 * MS), 3000000);
	for (size_t i = 0; i < ARRAY_LEN(waits_us); i++) {
		probe_plan_on_verdict(&p, PROBE_LIMITED, false, 50 * MS, now_us);
		assert_int_equal(probe_plan_next(&p, 1500000, 2000000, now_us + waits_us[i] - 1), 0);
		assert_int_equal(probe_plan_next(&p, 1500000, 2000000, now_us + waits_us[i]), 2200000);
	}
	/* The line narrowed: what it was is tried once, 2 s later. */
	probe_plan_on_drop(&p, 1500000, now_us);
	probe_plan_on_drop(&p, 900000, now_us + S);
	assert_int_equal(probe_plan_next(&p, 600000, 9000000, now_us + 2999 * MS), 0);
	assert_int_equal(probe_plan_next(&p, 600000, 9000000, now_us + 3000 * MS), 1200000);
	assert_int_equal(probe_plan_next(&p, 600000, 9000000, now_us + 3001 * MS), 0);
}

static void a_probe_that_was_spoiled_is_repeated_once(void **state)
{
	struct probe_plan p;
	int64_t now_us = 100 * S;

	(void)state;
	probe_plan_init(&p, now_us);
	assert_int_equal(probe_plan_next(&p, 800000, 1500000, now_us), 1650000);
	/* Limited behind one that passed: it may have been jitter. */
	probe_plan_on_verdict(&p, PROBE_PASSED, true, 50 * MS, now_us);
	assert_int_equal(probe_plan_next(&p, 1000000, 1500000, now_us += 250 * MS), 1650000);
	probe_plan_on_verdict(&p, PROBE_LIMITED, false, 50 * MS, now_us);
	assert_int_equal(probe_plan_next(&p, 1000000, 1500000, now_us + S - 1), 0);
	assert_int_equal(probe_plan_next(&p, 1000000, 1500000, now_us += S), 1500000);
	probe_plan_on_verdict(&p, PROBE_LIMITED, false, 50 * MS, now_us);
	assert_int_equal(probe_plan_next(&p, 1000000, 1500000, now_us + 7500 * MS - 1), 0);
	assert_int_equal(probe_plan_next(&p, 1000000, 1500000, now_us += 7500 * MS), 1500000);
	/* Half of its feedback was lost: nothing held it back, and it told too little. */
	probe_plan_on_verdict(&p, PROBE_PASSED, false, 50 * MS, now_us);
	assert_int_equal(probe_plan_next(&p, 1000000, 1500000, now_us + S - 1), 0);
	assert_int_equal(probe_plan_next(&p, 1000000, 1500000, now_us += S), 1500000);
	probe_plan_on_verdict(&p, PROBE_PASSED, false, 50 * MS, now_us);
	assert_int_equal(probe_plan_next(&p, 1000000, 1500000, now_us + 5 * S), 0);
}

/* When probes come, in 25 s of looks each 50 ms, whatever they are told: seconds since the plan began, times 20. */
static size_t looks_that_probe(struct probe_plan *p, int64_t estimate_bps, int64_t goal_bps, int64_t begin_us, int *ret, size_t max)
{
	size_t n = 0;

	for (int i = 0; i < 25 * 20 && n < max; i++) {
		int64_t now_us = begin_us + i * 50 * MS;

		if (probe_plan_next(p, estimate_bps, goal_bps, now_us) == 0)
			continue;
		ret[n++] = i;
		probe_plan_on_verdict(p, PROBE_LIMITED, false, 50 * MS, now_us + 50 * MS);
	}
	return n;
}

static void a_newcomer_that_lacks_half_is_probed_each_1500_ms_for_10_s(void **state)
{
	struct probe_plan p;
	int at[32];
	size_t n;

	(void)state;
	probe_plan_init(&p, 100 * S);
	n = looks_that_probe(&p, 500000, 1000000, 100 * S, at, 32);
	for (size_t i = 0; i < 7; i++)
		assert_int_equal(at[i], (int)i * 30);
	/* Then as everyone. */
	assert_in_range(n, 8, 9);
	assert_in_range(at[7] - at[6], 200, 202);
	/* Who lacks less waits from the beginning. */
	probe_plan_init(&p, 100 * S);
	looks_that_probe(&p, 500000, 999999, 100 * S, at, 32);
	assert_in_range(at[1], 150, 152);
	/* So does who has just yielded: what is behind a drop is a narrow line and no bustle. */
	probe_plan_init(&p, 100 * S);
	assert_int_equal(probe_plan_next(&p, 1000000, 5000000, 100 * S), 3000000);
	probe_plan_on_drop(&p, 1000000, 101 * S);
	assert_int_equal(probe_plan_next(&p, 500000, 5000000, 102900 * MS), 0);
	assert_int_equal(probe_plan_next(&p, 500000, 5000000, 103 * S), 1000000);
}

/* loss_control */

/* Half a second of `n` packets of which `lost` were lost. */
static enum loss_verdict window(struct loss_control *l, unsigned n, unsigned lost, int64_t arrived_bps, bool busy, int64_t *now_us)
{
	*now_us += 500 * MS;
	loss_control_count(l, n - lost, lost, *now_us);
	return loss_control_update(l, &(struct loss_scene){ .arrived_bps = arrived_bps, .busy = busy, .rtt_us = 100 * MS }, *now_us);
}

static void loss_by_crowding_is_found(void **state)
{
	struct loss_control l;
	int64_t now_us = S;

	(void)state;
	loss_control_init(&l, now_us);
	assert_int_equal(window(&l, 100, 0, 1000000, true, &now_us), LOSS_NONE);
	assert_int_equal(window(&l, 100, 30, 700000, true, &now_us), LOSS_TRIAL);
	assert_in_range(l.cap_bps, 450000, 800000);
	/* What was sent before the cap says nothing. */
	now_us += 100 * MS;
	loss_control_count(&l, 10, 90, now_us);
	now_us += 300 * MS;
	assert_int_equal(window(&l, 100, 1, 600000, true, &now_us), LOSS_CROWDED);
	assert_true(l.cap_bps == INT64_MAX);
	assert_true(l.chance == 0);
}

static void loss_by_chance_is_found_and_forgotten(void **state)
{
	struct loss_control l;
	int64_t now_us = S;

	(void)state;
	loss_control_init(&l, now_us);
	assert_int_equal(window(&l, 100, 30, 700000, true, &now_us), LOSS_TRIAL);
	now_us += 400 * MS;
	assert_int_equal(window(&l, 100, 29, 500000, true, &now_us), LOSS_CHANCE);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(window(&l, 100, 28 + (unsigned)i % 5, 700000, true, &now_us), LOSS_NONE);
		assert_false(loss_control_is_rough(&l));
	}
	for (int i = 0; i < 40; i++)
		assert_int_equal(window(&l, 100, 0, 700000, true, &now_us), LOSS_NONE);
	assert_true(l.chance < 0.02f);
	assert_int_equal(window(&l, 100, 30, 700000, true, &now_us), LOSS_TRIAL);
}

/* Few packets tell it: half as many lost as before is bad luck rather than a queue that is gone, which would leave hardly any. */
static void a_trial_needs_proof_of_crowding(void **state)
{
	static const struct { unsigned lost; enum loss_verdict verdict; } cases[] = {
		{ 0, LOSS_CROWDED }, { 5, LOSS_CROWDED }, { 14, LOSS_CROWDED }, { 17, LOSS_CHANCE }, { 25, LOSS_CHANCE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct loss_control l;
		int64_t now_us = S;

		loss_control_init(&l, now_us);
		assert_int_equal(window(&l, 100, 38, 700000, true, &now_us), LOSS_TRIAL);
		now_us += 400 * MS;
		assert_int_equal(window(&l, 100, cases[i].lost, 400000, true, &now_us), cases[i].verdict);
	}
}

/* One picture of one layer: to try with less would take it away, which is worse than loss that repeats make good. */
static void a_trial_takes_no_picture_away(void **state)
{
	const struct loss_scene one_layer = { .arrived_bps = 1300000, .least_bps = 1250000, .busy = true, .rtt_us = 100 * MS };
	struct loss_control l;
	int64_t now_us = 1;

	(void)state;
	loss_control_init(&l, now_us);
	for (int i = 0; i < 40; i++) {
		now_us += 500 * MS;
		loss_control_count(&l, 90, 10, now_us);
		assert_int_not_equal(loss_control_update(&l, &one_layer, now_us), LOSS_TRIAL);
		assert_true(l.cap_bps == INT64_MAX);
	}
	assert_false(loss_control_is_rough(&l));
	/* Nearly half of it: then it is asked all the same. */
	for (int i = 0; i < 12 && !l.trial; i++) {
		now_us += 500 * MS;
		loss_control_count(&l, 60, 40, now_us);
		loss_control_update(&l, &one_layer, now_us);
	}
	assert_true(l.trial);
	/* Where a lower layer is there, the trial goes down to it and no further. */
	loss_control_init(&l, now_us);
	for (int i = 0; i < 12 && !l.trial; i++) {
		now_us += 500 * MS;
		loss_control_count(&l, 88, 12, now_us);
		loss_control_update(&l, &(struct loss_scene){ .arrived_bps = 1300000, .least_bps = 1150000, .busy = true, .rtt_us = 100 * MS }, now_us);
	}
	assert_true(l.trial && l.cap_bps >= 1150000);
}

/* Seven of 24: by chance a tenth looks like that once a minute. */
static void a_bad_half_second_of_few_packets_takes_no_picture_away(void **state)
{
	const struct loss_scene one_layer = { .arrived_bps = 280000, .least_bps = 340000, .busy = true, .rtt_us = 100 * MS };
	struct loss_control l;
	int64_t now_us = 1;

	(void)state;
	loss_control_init(&l, now_us);
	for (int i = 0; i < 20; i++) {
		now_us += 500 * MS;
		loss_control_count(&l, i % 5 ? 22 : 17, i % 5 ? 2 : 7, now_us);
		loss_control_update(&l, &one_layer, now_us);
		assert_false(l.trial);
	}
}

static void a_trial_ends_when_a_picture_needs_more(void **state)
{
	struct loss_control l;
	int64_t now_us = S;

	(void)state;
	loss_control_init(&l, now_us);
	assert_int_equal(window(&l, 100, 30, 700000, true, &now_us), LOSS_TRIAL);
	loss_control_spare(&l, l.cap_bps);
	assert_true(l.trial);
	loss_control_spare(&l, l.cap_bps + 1);
	assert_false(l.trial);
	assert_true(l.cap_bps == INT64_MAX && l.chance > 0.25f);
	/* With so much lost that no picture is worth it, it goes on; but not for ever where nothing is left to see it by. */
	loss_control_init(&l, now_us);
	assert_int_equal(window(&l, 100, 60, 700000, true, &now_us), LOSS_TRIAL);
	loss_control_spare(&l, l.cap_bps + 1);
	assert_true(l.trial);
	now_us += 3 * S;
	assert_int_equal(window(&l, 2, 0, 0, true, &now_us), LOSS_NONE);
	assert_false(l.trial);
	assert_int_equal(window(&l, 100, 50, 700000, true, &now_us), LOSS_NONE);
}

/* What a lucky trial showed is not taken for all that chance takes: else a few seconds later it would be tried again. */
static void chance_is_what_both_sides_of_a_trial_showed(void **state)
{
	struct loss_control l;
	int64_t now_us = S;

	(void)state;
	loss_control_init(&l, now_us);
	assert_int_equal(window(&l, 100, 30, 700000, true, &now_us), LOSS_TRIAL);
	now_us += 400 * MS;
	assert_int_equal(window(&l, 100, 15, 500000, true, &now_us), LOSS_CHANCE);
	for (int i = 0; i < 20; i++)
		assert_int_equal(window(&l, 100, 28 + (unsigned)i % 5, 700000, true, &now_us), LOSS_NONE);
}

static void a_line_that_is_not_busy_waits_for_a_probe(void **state)
{
	struct loss_control l;
	int64_t now_us = S;

	(void)state;
	loss_control_init(&l, now_us);
	for (int i = 0; i < 3; i++)
		assert_int_equal(window(&l, 50, 12, 100000, false, &now_us), LOSS_NONE);
	assert_true(loss_control_is_rough(&l));
	loss_control_excuse(&l);
	assert_false(loss_control_is_rough(&l));
	for (int i = 0; i < 20; i++)
		assert_int_equal(window(&l, 50, 12, 100000, false, &now_us), LOSS_NONE);
	loss_control_accuse(&l);
	for (int i = 0; i < 3; i++)
		assert_int_equal(window(&l, 50, 12, 100000, false, &now_us), LOSS_NONE);
	assert_int_equal(window(&l, 50, 12, 100000, false, &now_us), LOSS_TRIAL);
}

static void few_packets_prove_nothing(void **state)
{
	struct loss_control l;
	int64_t now_us = S;

	(void)state;
	loss_control_init(&l, now_us);
	for (int i = 0; i < 5; i++)
		assert_int_equal(window(&l, 3, 3, 10000, true, &now_us), LOSS_NONE);
	assert_int_equal(window(&l, 100, 50, 700000, true, &now_us), LOSS_TRIAL);
	now_us += 10 * S;
	assert_int_equal(window(&l, 1, 1, 0, true, &now_us), LOSS_NONE);
	assert_true(l.cap_bps == INT64_MAX && !l.trial);
}

/* queue_blame */

static bool accepts(struct queue_blame *q, int64_t queue_us, int64_t arrives_bps, int64_t now_us)
{
	return queue_blame_accept(q, queue_us, arrives_bps, arrives_bps, now_us);
}

static void a_queue_that_yielding_does_not_shorten_is_foreign(void **state)
{
	struct queue_blame q;
	int64_t now_us = 100 * S, patience_us = 10 * S;

	(void)state;
	queue_blame_init(&q);
	for (int i = 0; i < 5; i++, patience_us = MIN(2 * patience_us, 60 * S)) {
		assert_int_equal(queue_blame_ours_us(&q, 200 * MS, 40 * MS, now_us), 200 * MS);
		assert_true(accepts(&q, 200 * MS, 1000000, now_us));
		assert_true(accepts(&q, 190 * MS, 900000, now_us += S));
		assert_false(accepts(&q, 210 * MS, 800000, now_us += S));
		assert_int_equal(queue_blame_ours_us(&q, 300 * MS, 40 * MS, now_us + patience_us - 1), 0);
		now_us += patience_us;
	}
	/* It ended, and the next one is ours again until it is proven not to be. */
	assert_int_equal(queue_blame_ours_us(&q, 39 * MS, 40 * MS, now_us), 39 * MS);
	assert_true(accepts(&q, 200 * MS, 1000000, now_us));
	assert_true(accepts(&q, 200 * MS, 900000, now_us += S));
	assert_false(accepts(&q, 200 * MS, 800000, now_us += S));
	assert_int_equal(queue_blame_ours_us(&q, 200 * MS, 40 * MS, now_us + 10 * S), 200 * MS);
}

static void a_queue_that_gets_shorter_is_ours(void **state)
{
	struct queue_blame q;
	int64_t now_us = 100 * S, bps = 5000000;

	(void)state;
	queue_blame_init(&q);
	for (int64_t queue_us = 300 * MS; queue_us > 50 * MS; queue_us = queue_us * 8 / 10, now_us += S)
		assert_true(accepts(&q, queue_us, bps = bps * 8 / 10, now_us));
	for (int i = 0; i < 10; i++, now_us += 4 * S)
		assert_true(accepts(&q, 100 * MS, bps = bps * 8 / 10, now_us));
}

/* A keyframe or a probe fills it again and again: what arrives is what the line carries, as long as it stands. */
static void a_queue_through_which_as_much_arrives_is_ours(void **state)
{
	static const int64_t arrive_bps[] = { 300000, 310000, 290000, 305000, 296000 };
	struct queue_blame q;
	int64_t now_us = 100 * S;

	(void)state;
	queue_blame_init(&q);
	for (size_t i = 0; i < 40; i++, now_us += S)
		assert_true(accepts(&q, 200 * MS, arrive_bps[i % ARRAY_LEN(arrive_bps)] * (i % 2 ? 100 : 99) / 100, now_us));
}

/* At first the longer look sees what came before the fall, too. */
static void a_line_that_fell_is_no_download(void **state)
{
	struct queue_blame q;

	(void)state;
	queue_blame_init(&q);
	assert_true(queue_blame_accept(&q, 65 * MS, 2300000, 2400000, 100 * S));
	assert_true(queue_blame_accept(&q, 176 * MS, 649000, 738000, 101 * S));
	assert_true(queue_blame_accept(&q, 203 * MS, 598000, 625000, 102 * S));
	assert_true(queue_blame_accept(&q, 190 * MS, 590000, 610000, 103 * S));
}

/* bwe */

static struct twcc_feedback fb;

/* `n` packets of 1,000 bytes each 1 ms, sent and answered at once: all arrived 50 ms later. */
static void send_and_answer(struct bwe *b, uint16_t *seq, int n, int64_t *now_us)
{
	fb.base = *seq;
	fb.n = (uint16_t)n;
	fb.reference_us = *now_us / TWCC_REFERENCE_US % (1 << 24) * TWCC_REFERENCE_US;
	for (int i = 0; i < n; i++, *now_us += MS) {
		bwe_on_sent(b, (*seq)++, 1000, *now_us, 0);
		fb.arrival_ticks[i] = (int32_t)((*now_us + 50 * MS) % (TWCC_REFERENCE_US << 24) - fb.reference_us) / TWCC_TICK_US;
	}
	*now_us += 100 * MS - n * MS;
	bwe_on_feedback(b, &fb, *now_us);
}

static const struct bwe_cfg cfg = { .transport_feedback = true, .history_packets = 256 };

static void bwe_takes_memory_once(void **state)
{
	struct bwe b;

	(void)state;
	mem_fail_at(1);
	assert_int_equal(bwe_init(&b, &cfg, S), -ENOMEM);
	mem_fail_at(0);
	assert_int_equal(bwe_init(&b, &(struct bwe_cfg){ .history_packets = 100 }, S), -EINVAL);
	assert_int_equal(bwe_init(&b, &cfg, S), 0);
	assert_true(sizeof(b) + 1024 * sizeof(struct sent_record) <= 16 * 1024);
	bwe_done(&b);
	bwe_done(&b);
}

/* 100 kbit/s (less than proves anything) and 800 kbit/s for 10 s. */
static void media_lifts_the_estimate_as_far_as_it_proves(void **state)
{
	struct bwe b;
	int64_t now_us = S;
	uint16_t seq = 65000;

	(void)state;
	assert_int_equal(bwe_init(&b, &cfg, now_us), 0);
	for (int i = 0; i < 100; i++)
		send_and_answer(&b, &seq, 1, &now_us);
	assert_int_equal(bwe_estimate_bps(&b), BWE_START_BPS);
	for (int i = 0; i < 100; i++)
		send_and_answer(&b, &seq, 10, &now_us);
	assert_in_range(bwe_estimate_bps(&b), 800000, 1000000);
	assert_in_range(bwe_acked_bps(&b), 780000, 820000);
	assert_in_range(bwe_rtt_us(&b), 90000, 101000);
	assert_int_equal(bwe_loss_permille(&b), 0);
	assert_int_equal(bwe_state(&b), DELAY_NORMAL);
	bwe_done(&b);
}

/*
 * A picture that is shown before anything is known is not taken away again while all of it comes: the estimate is there within two seconds. But
 * where a queue has shown the line to be full, it goes up as slowly as ever: what comes may have waited in that queue.
 */
static void what_arrives_is_carried(void **state)
{
	struct bwe b, full;
	int64_t now_us = S, full_us = S;
	uint16_t seq = 0, full_seq = 0;

	(void)state;
	assert_int_equal(bwe_init(&b, &cfg, now_us), 0);
	assert_int_equal(bwe_init(&full, &cfg, now_us), 0);
	full.full_bps = 900000;
	for (int i = 0; i < 20; i++) {
		send_and_answer(&b, &seq, 10, &now_us);
		send_and_answer(&full, &full_seq, 10, &full_us);
	}
	assert_in_range(bwe_estimate_bps(&b), 780000, 930000);
	assert_in_range(bwe_estimate_bps(&full), BWE_START_BPS, 600000);
	bwe_done(&b);
	bwe_done(&full);
}

static void bounds_hold(void **state)
{
	struct bwe b;

	(void)state;
	assert_int_equal(bwe_init(&b, &cfg, S), 0);
	bwe_set_bounds(&b, 100000, 400000);
	assert_int_equal(bwe_estimate_bps(&b), 400000);
	bwe_set_wanted(&b, 5000000);
	assert_int_equal(bwe_probe_wanted(&b, S).number, 0);
	bwe_set_bounds(&b, 100000, 1200000);
	assert_in_range(bwe_probe_wanted(&b, S).rate_bps, 1200000, 1320000);
	bwe_set_bounds(&b, 900000, 100000);
	assert_int_equal(bwe_estimate_bps(&b), 900000);
	bwe_done(&b);
}

static void a_probe_is_asked_for_once_and_ends_by_itself(void **state)
{
	struct bwe_probe p;
	struct bwe b;
	int64_t now_us = S;

	(void)state;
	assert_int_equal(bwe_init(&b, &cfg, now_us), 0);
	assert_int_equal(bwe_probe_wanted(&b, now_us).number, 0);
	bwe_set_wanted(&b, 3000000);
	p = bwe_probe_wanted(&b, now_us);
	assert_int_equal(p.number, 1);
	assert_int_equal(p.rate_bps, 3 * BWE_START_BPS);
	assert_true(p.duration_us >= 15 * MS);
	assert_int_equal(p.bytes, p.rate_bps * p.duration_us / 8000000);
	assert_true(p.packet_bytes * 8 <= p.bytes);
	assert_int_equal(bwe_probe_wanted(&b, now_us).number, 0);
	/* It was never sent. */
	for (int i = 0; i < 200; i++, now_us += 50 * MS)
		bwe_tick(&b, now_us);
	assert_int_equal(bwe_estimate_bps(&b), BWE_START_BPS);
	assert_int_equal(bwe_probe_wanted(&b, now_us).number, 2);
	bwe_done(&b);
}

static void a_silent_line_gets_less_and_comes_back(void **state)
{
	struct bwe b;
	int64_t now_us = S;
	uint16_t seq = 0;

	(void)state;
	assert_int_equal(bwe_init(&b, &cfg, now_us), 0);
	for (int i = 0; i < 20; i++)
		send_and_answer(&b, &seq, 8, &now_us);
	for (int i = 0; i < 60; i++, now_us += 50 * MS) {
		bwe_on_sent(&b, seq++, 1000, now_us, 0);
		bwe_tick(&b, now_us);
	}
	assert_in_range(bwe_estimate_bps(&b), 100000, 350000);
	/* Nothing sent, nothing expected. */
	send_and_answer(&b, &seq, 8, &now_us);
	bwe_set_wanted(&b, 1000000);
	now_us += 10 * S;
	bwe_tick(&b, now_us);
	assert_in_range(bwe_estimate_bps(&b), 100000, 350000);
	assert_true(bwe_probe_wanted(&b, now_us).number > 0);
	bwe_done(&b);
}

/* The last packets before a pause, or the word of them, may be lost by chance: that is no line that falls silent. */
static void a_pause_is_no_silence(void **state)
{
	struct bwe b;
	int64_t now_us = S, estimate_bps;
	uint16_t seq = 0;

	(void)state;
	assert_int_equal(bwe_init(&b, &cfg, now_us), 0);
	for (int i = 0; i < 20; i++)
		send_and_answer(&b, &seq, 8, &now_us);
	estimate_bps = bwe_estimate_bps(&b);
	bwe_on_sent(&b, seq++, 1000, now_us, 0);
	bwe_on_sent(&b, seq++, 1000, now_us, 0);
	for (int i = 0; i < 200; i++, now_us += 50 * MS)
		bwe_tick(&b, now_us);
	assert_int_equal(bwe_estimate_bps(&b), estimate_bps);
	bwe_set_wanted(&b, 3000000);
	assert_true(bwe_probe_wanted(&b, now_us).number > 0);
	bwe_done(&b);
}

static void who_never_answers_is_taken_for_one_without_feedback(void **state)
{
	struct bwe b;
	int64_t now_us = S;
	uint16_t seq = 0;

	(void)state;
	assert_int_equal(bwe_init(&b, &cfg, now_us), 0);
	for (int i = 0; i < 100; i++, now_us += 50 * MS) {
		bwe_on_sent(&b, seq++, 1000, now_us, 0);
		bwe_tick(&b, now_us);
	}
	assert_int_equal(bwe_estimate_bps(&b), BWE_CEILING_BPS);
	bwe_on_remb(&b, 700000, now_us);
	assert_int_equal(bwe_estimate_bps(&b), 700000);
	send_and_answer(&b, &seq, 8, &now_us);
	assert_int_equal(bwe_estimate_bps(&b), BWE_START_BPS);
	bwe_done(&b);
}

static void remb_and_reports_serve_where_there_is_no_feedback(void **state)
{
	struct bwe b;
	int64_t now_us = S;

	(void)state;
	assert_int_equal(bwe_init(&b, &(struct bwe_cfg){ .history_packets = 64 }, now_us), 0);
	assert_int_equal(bwe_estimate_bps(&b), BWE_START_REPORTS_BPS);
	bwe_set_wanted(&b, 9000000);
	assert_int_equal(bwe_probe_wanted(&b, now_us).number, 0);
	bwe_on_remb(&b, 4000000, now_us);
	assert_int_equal(bwe_estimate_bps(&b), 4000000);
	bwe_on_remb(&b, 1000000, now_us);
	assert_int_equal(bwe_estimate_bps(&b), 1000000);
	bwe_on_remb(&b, UINT64_MAX, now_us);
	bwe_on_remb(&b, 2000000, now_us);
	/* Half is lost, and less of it once less is sent. */
	for (int i = 0; i < 10; i++) {
		int64_t sent_bps = bwe_estimate_bps(&b);

		now_us += S;
		bwe_on_receiver_report(&b, sent_bps > 1000000 ? (uint8_t)(256 - 256 * 1000000 / sent_bps) : 0, 80 * MS, sent_bps, now_us);
	}
	assert_true(bwe_estimate_bps(&b) <= 1300000);
	assert_true(bwe_estimate_bps(&b) >= 500000);
	assert_in_range(bwe_rtt_us(&b), 79999, 80001);
	bwe_done(&b);
}

/* A receiver that lies without any shame: nothing breaks, and the bounds hold. */
/* Sound that was asked for and left again 300 ms later is loss, but no queue; what may have arrived the first time is neither. */
static void what_leaves_again_is_no_sign_of_a_queue(void **state)
{
	struct bwe b, calm;
	int64_t now_us = S, calm_us = S;
	uint16_t seq = 0, calm_seq = 0;

	(void)state;
	assert_int_equal(bwe_init(&b, &cfg, now_us), 0);
	assert_int_equal(bwe_init(&calm, &cfg, now_us), 0);
	for (int i = 0; i < 40; i++) {
		send_and_answer(&b, &seq, 20, &now_us);
		send_and_answer(&calm, &calm_seq, 20, &calm_us);
	}
	for (int i = 0; i < 20; i++, now_us += 5 * MS, calm_us += 5 * MS) {
		bwe_on_sent(&b, seq, 100, now_us, 0);
		bwe_on_sent(&calm, calm_seq++, 100, calm_us, 0);
		bwe_on_repeated(&b, seq++, i % 2, now_us + 200 * MS);
		bwe_on_repeated(&b, seq, true, now_us); /* never sent */
	}
	assert_int_equal(b.told_lost, 10);
	now_us += 300 * MS;
	fb.base = (uint16_t)(seq - 20);
	fb.n = 20;
	fb.reference_us = now_us / TWCC_REFERENCE_US % (1 << 24) * TWCC_REFERENCE_US;
	for (int i = 0; i < 20; i++)
		fb.arrival_ticks[i] = 0;
	bwe_on_feedback(&b, &fb, now_us);
	bwe_on_feedback(&b, &fb, now_us);
	assert_int_equal(b.told_lost, 10);
	assert_int_equal(b.told_arrived, 800);
	assert_int_equal(b.trend.state, DELAY_NORMAL);
	assert_int_equal(bwe_rtt_us(&b), bwe_rtt_us(&calm));
	assert_true(bwe_estimate_bps(&b) >= bwe_estimate_bps(&calm) * 9 / 10);
	bwe_done(&b);
	bwe_done(&calm);
}

static void hostile_feedback_stays_within_the_bounds(void **state)
{
	struct bwe b;
	int64_t now_us = S;
	uint16_t seq = 0;

	(void)state;
	random_state = 9;
	assert_int_equal(bwe_init(&b, &cfg, now_us), 0);
	bwe_set_wanted(&b, INT64_MAX);
	for (int round = 0; round < 20000; round++) {
		struct bwe_probe p = bwe_probe_wanted(&b, now_us);

		for (uint32_t i = 0; i < 5 + random_below(20); i++)
			bwe_on_sent(&b, seq++, random_below(70000), now_us, random_below(3) ? p.number : (uint8_t)random_below(256));
		now_us += random_below(100) ? random_below(60000) : random_below(100000000);
		fb.base = (uint16_t)(random_below(4) ? seq - random_below(60) : random_below(65536));
		fb.n = (uint16_t)(1 + random_below(random_below(20) ? 60 : TWCC_FEEDBACK_PACKETS));
		fb.reference_us = random_below(10) ? now_us / TWCC_REFERENCE_US * TWCC_REFERENCE_US : random_below(1 << 24) * TWCC_REFERENCE_US;
		for (int i = 0; i < fb.n; i++)
			fb.arrival_ticks[i] = random_below(3) ? (int32_t)random_below(400) : random_below(2) ? TWCC_LOST
			                      : INT16_MIN * TWCC_FEEDBACK_PACKETS + (int32_t)random_below(134000000);
		bwe_on_feedback(&b, &fb, now_us);
		bwe_on_remb(&b, (uint64_t)random_below(UINT32_MAX) << random_below(32), now_us);
		bwe_on_receiver_report(&b, (uint8_t)random_below(256), random_below(2) ? (int64_t)random_below(20000000) : -5,
		                       random_below(UINT32_MAX), now_us);
		bwe_tick(&b, now_us);
		assert_in_range(bwe_estimate_bps(&b), BWE_FLOOR_BPS, BWE_CEILING_BPS);
		assert_in_range(bwe_rtt_us(&b), 0, 10 * S);
		assert_true(bwe_loss_permille(&b) <= 1000);
		assert_true(p.rate_bps <= BWE_CEILING_BPS * INT64_C(11) / 10 && p.bytes <= 300000);
	}
	bwe_done(&b);
}

static int count_live(void **state)
{
	*state = (void *)(intptr_t)mem_live();
	return 0;
}

static int check_live(void **state)
{
	return mem_live() != (intptr_t)*state;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, count_live, check_live)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(history_knows_the_newest),
		TEST(history_leaves_gaps_open),
		TEST(rate_is_what_arrived_in_the_window),
		TEST(rate_survives_a_mad_clock),
		TEST(trend_sees_a_queue_grow_and_drain),
		TEST(trend_is_blind_to_the_size_of_a_flush),
		TEST(trend_takes_jitter_for_jitter),
		TEST(trend_gets_used_to_a_longer_path),
		TEST(probe_finds_the_line),
		TEST(a_probe_that_left_in_one_go_tells_nothing),
		TEST(probe_bears_jitter),
		TEST(probe_numbers_are_never_0),
		TEST(plan_waits_longer_after_failures),
		TEST(a_probe_that_was_spoiled_is_repeated_once),
		TEST(a_newcomer_that_lacks_half_is_probed_each_1500_ms_for_10_s),
		TEST(loss_by_crowding_is_found),
		TEST(loss_by_chance_is_found_and_forgotten),
		TEST(a_trial_needs_proof_of_crowding),
		TEST(a_trial_takes_no_picture_away),
		TEST(a_bad_half_second_of_few_packets_takes_no_picture_away),
		TEST(a_trial_ends_when_a_picture_needs_more),
		TEST(chance_is_what_both_sides_of_a_trial_showed),
		TEST(a_line_that_is_not_busy_waits_for_a_probe),
		TEST(few_packets_prove_nothing),
		TEST(a_queue_that_yielding_does_not_shorten_is_foreign),
		TEST(a_queue_that_gets_shorter_is_ours),
		TEST(a_queue_through_which_as_much_arrives_is_ours),
		TEST(a_line_that_fell_is_no_download),
		TEST(bwe_takes_memory_once),
		TEST(media_lifts_the_estimate_as_far_as_it_proves),
		TEST(what_arrives_is_carried),
		TEST(bounds_hold),
		TEST(a_probe_is_asked_for_once_and_ends_by_itself),
		TEST(a_silent_line_gets_less_and_comes_back),
		TEST(a_pause_is_no_silence),
		TEST(who_never_answers_is_taken_for_one_without_feedback),
		TEST(remb_and_reports_serve_where_there_is_no_feedback),
		TEST(what_leaves_again_is_no_sign_of_a_queue),
		TEST(hostile_feedback_stays_within_the_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
