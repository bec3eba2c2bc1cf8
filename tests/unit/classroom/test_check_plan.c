/* Presence checks of a class: how many, how far apart, and that all moments are equally likely and none can be known before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "classroom/check_plan.h"
#include "media/base/macros.h"

#define MINUTE_US 60000000LL
#define HOURS 12
#define CHECKS_MAX 400
#define BINS 20
#define CHI_SQUARE_MAX 43.8     /* 19 degrees of freedom: exceeded by one good sample in a thousand; the seeds are fixed */

/* A class as it goes: its plan, and what the journal has of it. */
struct world {
	struct check_plan plan;
	uint64_t seed;
	int64_t w_us;
	struct {
		int64_t w_us;
		unsigned hour;
	} checks[CHECKS_MAX];
	unsigned n;
	int64_t quiet_until_us;         /* no planned check before */
};

static void splitmix(void *user, void *ret, size_t bytes)
{
	uint64_t z = *(uint64_t *)user += 0x9e3779b97f4a7c15ULL;

	assert_int_equal(bytes, sizeof(z));
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	z ^= z >> 31;
	memcpy(ret, &z, sizeof(z));
}

static uint64_t pick(struct world *w, uint64_t n)
{
	uint64_t x;

	splitmix(&w->seed, &x, sizeof(x));
	return x % n;
}

static void begin(struct world *w, uint64_t seed)
{
	*w = (struct world){ .seed = seed, .quiet_until_us = CHECK_PLAN_FIRST_US };
	check_plan_init(&w->plan, splitmix, &w->seed);
	check_plan_draw(&w->plan, 0);
}

static void open_check(struct world *w, unsigned hour)
{
	if (w->n > 0 && hour > 0)
		assert_true(w->w_us - w->checks[w->n - 1].w_us >= CHECK_PLAN_APART_US);
	if (hour > 0)
		assert_true(w->w_us >= w->quiet_until_us);
	assert_true(w->n < CHECKS_MAX);
	w->checks[w->n].w_us = w->w_us;
	w->checks[w->n++].hour = hour;
	check_plan_opened(&w->plan, w->w_us, hour);
}

/* Lets W run to a moment, opening what is due. */
static void run(struct world *w, int64_t to_us)
{
	unsigned hour;

	while (w->w_us < to_us) {
		w->w_us = MIN(MAX(check_plan_next_us(&w->plan), w->w_us + 1), to_us);
		while (check_plan_due(&w->plan, w->w_us, &hour)) {
			assert_int_equal(hour, w->w_us / CHECK_PLAN_HOUR_US + 1);
			open_check(w, hour);
		}
	}
}

static void restart(struct world *w, int64_t away_us)
{
	w->w_us += away_us;
	check_plan_init(&w->plan, splitmix, &w->seed);
	for (unsigned i = 0; i < w->n; i++)
		check_plan_opened(&w->plan, w->checks[i].w_us, w->checks[i].hour);
	check_plan_draw(&w->plan, w->w_us);
	w->quiet_until_us = MAX(w->quiet_until_us, w->w_us + CHECK_PLAN_AGAIN_US);
}

static void pause_a_while(struct world *w)
{
	check_plan_draw(&w->plan, w->w_us);
	w->quiet_until_us = MAX(w->quiet_until_us, w->w_us + CHECK_PLAN_AGAIN_US);
}

static unsigned count(const struct world *w, unsigned hour)
{
	unsigned n = 0;

	for (unsigned i = 0; i < w->n; i++)
		n += w->checks[i].hour == hour;
	return n;
}

static void every_hour_has_three_to_five(void **state)
{
	unsigned of[CHECK_PLAN_EACH + CHECK_PLAN_EXTRA_MAX + 1] = { 0 };
	struct world w;

	(void)state;
	for (uint64_t seed = 1; seed <= 300; seed++) {
		begin(&w, seed);
		run(&w, HOURS * CHECK_PLAN_HOUR_US);
		for (unsigned hour = 1; hour <= HOURS; hour++) {
			unsigned n = count(&w, hour);

			assert_true(n >= CHECK_PLAN_EACH && n < ARRAY_LEN(of));
			of[n]++;
		}
		for (unsigned i = 0; i < w.n; i++)
			assert_true((w.checks[i].w_us + CHECK_PLAN_ANSWER_US - 1) / CHECK_PLAN_HOUR_US == w.checks[i].hour - 1);
	}
	/* Of 3,600 hours half, a quarter, a quarter; five standard deviations. */
	assert_in_range(of[3], 1650, 1950);
	assert_in_range(of[4], 770, 1030);
	assert_in_range(of[5], 770, 1030);
}

static double chi_square(const unsigned bins[BINS], unsigned n)
{
	double expected = (double)n / BINS, sum = 0;

	for (unsigned i = 0; i < BINS; i++)
		sum += (bins[i] - expected) * (bins[i] - expected) / expected;
	return sum;
}

/* With the gaps taken out, the moments of one hour are points of [0, 1), each place as likely as another. */
static unsigned spread(const struct world *w, unsigned hour, int64_t from_us, unsigned bins[BINS])
{
	unsigned n = count(w, hour), i = 0;
	double whole = (double)((int64_t)hour * CHECK_PLAN_HOUR_US - CHECK_PLAN_ANSWER_US - from_us - (int64_t)(n - 1) * CHECK_PLAN_APART_US);

	for (unsigned k = 0; k < w->n; k++)
		if (w->checks[k].hour == hour) {
			double at = (double)(w->checks[k].w_us - from_us - (int64_t)i++ * CHECK_PLAN_APART_US) / (whole + 1);

			assert_true(at >= 0 && at < 1);
			bins[(unsigned)(at * BINS)]++;
		}
	return n;
}

static void all_moments_are_equally_likely(void **state)
{
	unsigned bins[BINS] = { 0 }, n = 0;
	struct world w;

	(void)state;
	for (uint64_t seed = 1; seed <= 20000; seed++) {
		begin(&w, seed * 7919);
		run(&w, CHECK_PLAN_HOUR_US);
		n += spread(&w, 1, CHECK_PLAN_FIRST_US, bins);
	}
	assert_true(chi_square(bins, n) < CHI_SQUARE_MAX);
}

/* Whoever reads the journal at the restart knows no more of what is left than that it is left. */
static void after_a_restart_all_moments_are_equally_likely_again(void **state)
{
	unsigned bins[BINS] = { 0 }, n = 0;
	struct world w;

	(void)state;
	for (uint64_t seed = 1; seed <= 20000; seed++) {
		begin(&w, seed * 104729);
		run(&w, CHECK_PLAN_FIRST_US);
		w.n = 0;
		restart(&w, 10 * MINUTE_US);
		run(&w, CHECK_PLAN_HOUR_US);
		n += spread(&w, 1, CHECK_PLAN_FIRST_US + 11 * MINUTE_US, bins);
	}
	assert_true(chi_square(bins, n) < CHI_SQUARE_MAX);
}

static void a_restart_forgets_the_moments_and_keeps_what_is_owed(void **state)
{
	struct world w;
	unsigned same = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 500; seed++) {
		int64_t before_us;

		begin(&w, seed);
		run(&w, (int64_t)pick(&w, 30) * MINUTE_US);
		before_us = check_plan_next_us(&w.plan);
		restart(&w, 0);
		same += w.plan.next < w.plan.n && check_plan_next_us(&w.plan) == before_us;
		run(&w, CHECK_PLAN_HOUR_US);
		assert_in_range(count(&w, 1), CHECK_PLAN_EACH, CHECK_PLAN_EACH + CHECK_PLAN_EXTRA_MAX);
	}
	assert_int_equal(same, 0);
}

static void what_an_outage_cost_is_made_good(void **state)
{
	struct world w;

	(void)state;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		begin(&w, seed);
		run(&w, CHECK_PLAN_FIRST_US);
		restart(&w, CHECK_PLAN_HOUR_US - 8 * MINUTE_US);
		run(&w, 3 * CHECK_PLAN_HOUR_US);
		assert_in_range(count(&w, 1), 0, 2);
		assert_true(count(&w, 1) + count(&w, 2) >= 2 * CHECK_PLAN_EACH);
		assert_in_range(count(&w, 2), CHECK_PLAN_EACH, 2 * CHECK_PLAN_EACH + CHECK_PLAN_EXTRA_MAX);
		assert_in_range(count(&w, 3), CHECK_PLAN_EACH, CHECK_PLAN_EACH + CHECK_PLAN_EXTRA_MAX);
	}
}

static void checks_by_hand_count_for_no_hour_and_push_the_others(void **state)
{
	struct world w;

	(void)state;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		begin(&w, seed);
		for (unsigned i = 1; i <= 4; i++) {
			run(&w, (int64_t)i * 10 * MINUTE_US);
			open_check(&w, 0);
		}
		run(&w, 2 * CHECK_PLAN_HOUR_US);
		assert_true(count(&w, 1) + count(&w, 2) >= 2 * CHECK_PLAN_EACH);
	}
	/* A host who asks all the time leaves no room, and the plan does not add to it. */
	begin(&w, 5);
	for (int64_t us = MINUTE_US; us < CHECK_PLAN_HOUR_US; us += 3 * MINUTE_US) {
		run(&w, us);
		open_check(&w, 0);
	}
	assert_int_equal(count(&w, 1), 0);
}

static void nothing_that_happens_breaks_the_rules(void **state)
{
	struct world w;

	(void)state;
	for (uint64_t seed = 1; seed <= 400; seed++) {
		begin(&w, seed * 31);
		for (unsigned i = 0; i < 60; i++) {
			run(&w, w.w_us + (int64_t)pick(&w, (uint64_t)(12 * MINUTE_US)));
			switch (pick(&w, 4)) {
			case 0:
				restart(&w, (int64_t)pick(&w, (uint64_t)MINUTE_US));
				break;
			case 1:
				pause_a_while(&w);
				break;
			case 2:
				open_check(&w, 0);
				break;
			}
		}
		for (unsigned hour = 1; hour < w.w_us / CHECK_PLAN_HOUR_US; hour++)
			assert_in_range(count(&w, hour), 0, CHECK_PLAN_MOMENTS_MAX);
	}
}

static void one_that_is_opened_late_pushes_the_next(void **state)
{
	struct world w;
	unsigned hour;

	(void)state;
	begin(&w, 3);
	w.w_us = check_plan_next_us(&w.plan) + 90 * 1000000LL;
	assert_true(check_plan_due(&w.plan, w.w_us, &hour));
	assert_true(check_plan_due(&w.plan, w.w_us, &hour));
	open_check(&w, hour);
	assert_false(check_plan_due(&w.plan, w.w_us, &hour));
	assert_true(check_plan_next_us(&w.plan) >= w.w_us + CHECK_PLAN_APART_US);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_hour_has_three_to_five),
		cmocka_unit_test(all_moments_are_equally_likely),
		cmocka_unit_test(after_a_restart_all_moments_are_equally_likely_again),
		cmocka_unit_test(a_restart_forgets_the_moments_and_keeps_what_is_owed),
		cmocka_unit_test(what_an_outage_cost_is_made_good),
		cmocka_unit_test(checks_by_hand_count_for_no_hour_and_push_the_others),
		cmocka_unit_test(nothing_that_happens_breaks_the_rules),
		cmocka_unit_test(one_that_is_opened_late_pushes_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
