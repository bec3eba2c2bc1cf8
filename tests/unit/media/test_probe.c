/* media/probe: what a burst shows of a line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "media/base/macros.h"
#include "media/probe.h"
#include "tests/unit/leaves_nothing.h"
#include "tests/unit/media/random.h"

#define MS INT64_C(1000)
#define S INT64_C(1000000)

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
	assert_int_equal(run_probe(200000, 20000000, 0, 0, &bps), PROBE_VOID);
	assert_int_equal(bps, 5);
}

/* Packets left, and the feedback about them was lost, all or most of it: that is another thing than having sent none. */
static void a_probe_of_which_nothing_is_told_is_unheard(void **state)
{
	int64_t bps = 5;

	(void)state;
	for (int told = 0; told < 5; told++) {
		struct probe p;

		probe_init(&p);
		probe_begin(&p, 2000000, 50 * MS, 100 * S);
		for (int i = 0; i < 10; i++)
			probe_sent(&p, 1);
		for (int i = 0; i < told; i++)
			probe_arrived(&p, 1, 1200, 100 * S + i * 5 * MS, 7000 * S + i * 5 * MS);
		assert_int_equal(probe_end(&p, 0, &bps), PROBE_UNHEARD);
		assert_int_equal(bps, 5);
	}
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
		assert_int_equal(probe_end(&p, 0, &bps), lost ? PROBE_FAILED : PROBE_VOID);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(probe_finds_the_line),
		LEAVES_NOTHING(a_probe_of_which_nothing_is_told_is_unheard),
		LEAVES_NOTHING(a_probe_that_left_in_one_go_tells_nothing),
		LEAVES_NOTHING(probe_bears_jitter),
		LEAVES_NOTHING(probe_numbers_are_never_0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
