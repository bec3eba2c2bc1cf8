/* media/probe_plan: when a burst is sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "media/base/macros.h"
#include "media/probe_plan.h"
#include "tests/unit/leaves_nothing.h"

#define MS INT64_C(1000)
#define S INT64_C(1000000)

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

/* Feedback that gets lost is no verdict on the line. */
static void a_probe_that_nobody_heard_of_is_repeated_at_once(void **state)
{
	struct probe_plan p;
	int64_t now_us = 100 * S;

	(void)state;
	probe_plan_init(&p, now_us);
	assert_int_equal(probe_plan_next(&p, 1000000, 1500000, now_us), 1650000);
	for (int i = 0; i < 4; i++) {
		probe_plan_on_verdict(&p, PROBE_UNHEARD, false, 50 * MS, now_us);
		assert_int_equal(probe_plan_next(&p, 1000000, 1500000, now_us + 249 * MS), 0);
		assert_int_equal(probe_plan_next(&p, 1000000, 1500000, now_us += 250 * MS), 1650000);
	}
	/* Five in a row are no chance. */
	probe_plan_on_verdict(&p, PROBE_UNHEARD, false, 50 * MS, now_us);
	assert_int_equal(probe_plan_next(&p, 1000000, 1500000, now_us + 5 * S), 0);
	/* Nor is it for nothing that twice in a row nothing was sent. */
	probe_plan_init(&p, now_us);
	assert_int_equal(probe_plan_next(&p, 1000000, 1500000, now_us), 1650000);
	probe_plan_on_verdict(&p, PROBE_VOID, false, 50 * MS, now_us);
	assert_int_equal(probe_plan_next(&p, 1000000, 1500000, now_us + S - 1), 0);
	assert_int_equal(probe_plan_next(&p, 1000000, 1500000, now_us += S), 1650000);
	probe_plan_on_verdict(&p, PROBE_VOID, false, 50 * MS, now_us);
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
	/* But not who has no picture at all. */
	probe_plan_init(&p, 100 * S);
	p.dark = true;
	looks_that_probe(&p, 500000, 999999, 100 * S, at, 32);
	assert_int_equal(at[1], 30);
	/* Who has just yielded waits as well: what is behind a drop is a narrow line and no bustle. */
	probe_plan_init(&p, 100 * S);
	assert_int_equal(probe_plan_next(&p, 1000000, 5000000, 100 * S), 3000000);
	probe_plan_on_drop(&p, 1000000, 101 * S);
	assert_int_equal(probe_plan_next(&p, 500000, 5000000, 102900 * MS), 0);
	assert_int_equal(probe_plan_next(&p, 500000, 5000000, 103 * S), 1000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(plan_waits_longer_after_failures),
		LEAVES_NOTHING(a_probe_that_was_spoiled_is_repeated_once),
		LEAVES_NOTHING(a_probe_that_nobody_heard_of_is_repeated_at_once),
		LEAVES_NOTHING(a_newcomer_that_lacks_half_is_probed_each_1500_ms_for_10_s),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
