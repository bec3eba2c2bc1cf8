/* media/acked_rate: how much arrives, by the receiver's clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "media/base/macros.h"
#include "media/acked_rate.h"
#include "tests/unit/leaves_nothing.h"

#define MS INT64_C(1000)
#define S INT64_C(1000000)

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(rate_is_what_arrived_in_the_window),
		LEAVES_NOTHING(rate_survives_a_mad_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
