/* media/loss_control: is loss by crowding or by chance? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "media/base/macros.h"
#include "media/loss_control.h"
#include "tests/unit/leaves_nothing.h"

#define MS INT64_C(1000)
#define S INT64_C(1000000)

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(loss_by_crowding_is_found),
		LEAVES_NOTHING(loss_by_chance_is_found_and_forgotten),
		LEAVES_NOTHING(a_trial_needs_proof_of_crowding),
		LEAVES_NOTHING(a_trial_takes_no_picture_away),
		LEAVES_NOTHING(a_bad_half_second_of_few_packets_takes_no_picture_away),
		LEAVES_NOTHING(a_trial_ends_when_a_picture_needs_more),
		LEAVES_NOTHING(chance_is_what_both_sides_of_a_trial_showed),
		LEAVES_NOTHING(a_line_that_is_not_busy_waits_for_a_probe),
		LEAVES_NOTHING(few_packets_prove_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
