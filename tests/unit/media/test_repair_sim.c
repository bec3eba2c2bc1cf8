/*
 * How repair holds on lines that lose by chance at 100 ms round trip: pictures that stand still, in simulated time. Each case prints its figures;
 * docs/congestion.md keeps them. REPAIR_SIM_SEEDS=N prints those of N times a minute; what is asserted is for the few seeds that run each time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "tests/unit/media/repair_sim.h"

#define SEEDS 6
#define SECONDS 60

static void add(struct repair_figures *sum, const struct repair_figures *f)
{
	sum->frames += f->frames;
	sum->freezes += f->freezes;
	sum->whole += f->whole;
	sum->longest_us = MAX(sum->longest_us, f->longest_us);
	sum->sent += f->sent;
	sum->lost_up += f->lost_up;
	sum->lost_down += f->lost_down;
	sum->nacked_up += f->nacked_up;
	sum->nacked_down += f->nacked_down;
	sum->repeated_up += f->repeated_up;
	sum->repeated_down += f->repeated_down;
	sum->useless_down += f->useless_down;
	sum->keyframes += f->keyframes;
}

static void show(const struct repair_cfg *cfg, const struct repair_figures *f, unsigned minutes)
{
	printf("# %s %" PRId64 " kbit/s, lost up %u down %u permille, %u minutes: %" PRIu64 " freezes, longest %" PRId64 " ms, %" PRIu64 " pictures, whole %" PRIu64 "; of %" PRIu64 " packets asked for %" PRIu64
	       " and %" PRIu64 ", repeated %" PRIu64 " and %" PRIu64 " (useless %" PRIu64 "); %" PRIu64 " keyframes\n",
	       cfg->vp9 ? "VP9" : "VP8", cfg->bps / 1000, cfg->publisher.loss_permille, cfg->viewer.loss_permille, minutes, f->freezes, f->longest_us / SIM_MS, f->frames, f->whole, f->sent, f->nacked_up,
	       f->nacked_down, f->repeated_up, f->repeated_down, f->useless_down, f->keyframes);
}

static unsigned seeds = SEEDS;

static struct repair_figures run_coded(bool vp9, unsigned up_permille, unsigned down_permille, int64_t bps)
{
	struct repair_figures sum = { 0 }, f;
	struct repair_cfg cfg = { .publisher = { up_permille, 50 * SIM_MS }, .viewer = { down_permille, 50 * SIM_MS }, .bps = bps, .vp9 = vp9 };
	int64_t live = mem_live();

	for (cfg.seed = 1; cfg.seed <= seeds; cfg.seed++) {
		repair_sim_run(&f, &cfg, SECONDS);
		add(&sum, &f);
	}
	show(&cfg, &sum, seeds * SECONDS / 60);
	assert_int_equal(mem_live(), live);
	return sum;
}

static struct repair_figures run(unsigned up_permille, unsigned down_permille, int64_t bps)
{
	return run_coded(false, up_permille, down_permille, bps);
}

static void a_clean_line_costs_nothing(void **state)
{
	struct repair_figures f = run(0, 0, 1200000);

	(void)state;
	assert_int_equal(f.freezes, 0);
	assert_int_equal(f.nacked_up + f.nacked_down + f.repeated_up + f.repeated_down + f.keyframes, 0);
}

/* 10 % on one line or both: hardly a freeze over half a second where the viewer's line loses, which we repeat; from publishers, who repeat once in a
 * round trip, one in some minutes at the most; and never one that is long. */
static void a_tenth_lost_hardly_shows(void **state)
{
	static const int64_t rates[] = { 1200000, 350000, 100000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
		struct repair_figures up = run(100, 0, rates[i]), down = run(0, 100, rates[i]), both = run(100, 100, rates[i]);

		assert_true(up.freezes <= seeds && down.freezes <= seeds / 6 && both.freezes <= seeds);
		assert_true(up.longest_us < SIM_S && down.longest_us < SIM_S && both.longest_us < SIM_S);
		/* What a receiver asks for while we have not got it is not answered again and again. */
		assert_true(up.useless_down <= up.repeated_up / 3);
		assert_true(both.repeated_down <= both.lost_down * 3);
	}
}

/* VP9 in layers stands it as well, of which three pictures in four are of temporal layers that others do not need. */
static void so_does_vp9_in_layers(void **state)
{
	static const int64_t rates[] = { 1200000, 350000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
		struct repair_figures clean = run_coded(true, 0, 0, rates[i]), up = run_coded(true, 100, 0, rates[i]), down = run_coded(true, 0, 100, rates[i]),
		                      both = run_coded(true, 100, 100, rates[i]);

		assert_int_equal(clean.freezes + clean.nacked_up + clean.nacked_down + clean.repeated_up + clean.repeated_down, 0);
		assert_true(up.freezes <= seeds && down.freezes <= seeds / 6 && both.freezes <= seeds);
		assert_true(up.longest_us < SIM_S && down.longest_us < SIM_S && both.longest_us < SIM_S);
		assert_true(up.useless_down <= up.repeated_up / 3);
	}
}

/* A picture that needs more than the first estimate is shown before anything is known, and no lost feedback about the first probes takes it away. */
static void a_start_is_not_interrupted(void **state)
{
	struct repair_cfg cfg = { .publisher = { 0, 50 * SIM_MS }, .viewer = { 100, 50 * SIM_MS }, .bps = 1200000, .from_start = true };
	struct repair_figures sum = { 0 }, f;

	(void)state;
	for (cfg.seed = 1; cfg.seed <= 4 * seeds; cfg.seed++) {
		repair_sim_run(&f, &cfg, 10);
		add(&sum, &f);
	}
	show(&cfg, &sum, 4 * seeds * 10 / 60);
	assert_true(sum.longest_us < SIM_S);
}

/* 30 %: pictures stutter, but none is taken away. */
static void a_third_lost_leaves_a_picture(void **state)
{
	(void)state;
	for (int64_t bps = 100000; bps <= 1200000; bps += 1100000) {
		struct repair_figures up = run(300, 0, bps), down = run(0, 300, bps);

		assert_true(up.longest_us < 5 * SIM_S && down.longest_us < 5 * SIM_S);
		assert_true(up.frames >= seeds * SECONDS * 30 * 8 / 10 && down.frames >= seeds * SECONDS * 30 * 8 / 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clean_line_costs_nothing),
		cmocka_unit_test(a_tenth_lost_hardly_shows),
		cmocka_unit_test(so_does_vp9_in_layers),
		cmocka_unit_test(a_start_is_not_interrupted),
		cmocka_unit_test(a_third_lost_leaves_a_picture),
	};

	if (getenv("REPAIR_SIM_SEEDS"))
		seeds = (unsigned)strtoul(getenv("REPAIR_SIM_SEEDS"), NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
