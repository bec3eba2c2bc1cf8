/*
 * media/bwe with pacer and allocation on simulated lines (bwe_sim.h): the capacity steps of RFC 8867, loss by chance, jitter, lines
 * that fall silent. Each case prints its figures; docs/congestion.md keeps them. What is asserted is what is promised there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/macros.h"
#include "tests/unit/media/bwe_sim.h"

#define SEEDS 8

static struct sim s;

/* One stretch of the line: how much of `bps` arrived, how long packets waited. Utilisation in per cent. */
static long show(const char *what, const struct sim_flow *f, int64_t bps, int from_s, int to_s)
{
	long use = (long)(sim_bits(f, from_s, to_s) * 100 / (bps * (to_s - from_s)));

	print_message("# %-28s %3d-%3d s: %5ld kbit/s, used %3ld %%, queue mean %3ld max %3ld ms, lost %3u permille\n", what, from_s, to_s,
	              (long)(sim_bits(f, from_s, to_s) / (to_s - from_s) / 1000), use, (long)(sim_queue_mean_us(f, from_s, to_s) / 1000),
	              (long)(sim_queue_max_us(f, from_s, to_s) / 1000), sim_lost_permille(f, from_s, to_s));
	return use;
}

/* Every second, for whoever looks into a case: BWE_SIM_VERBOSE=1. */
static void show_seconds(const struct sim_flow *f, int to_s)
{
	if (!getenv("BWE_SIM_VERBOSE"))
		return;
	for (int i = 0; i < to_s; i++)
		print_message("#   %3d s: %5ld + %4ld padding, estimate %5ld kbit/s, queue mean %3ld max %3ld ms, lost %ld\n", i,
		              (long)(f->seconds[i].bits / 1000), (long)(f->seconds[i].padding_bits / 1000),
		              (long)(f->seconds[i].estimate_bps / 1000), (long)(sim_queue_mean_us(f, i, i + 1) / 1000),
		              (long)(f->seconds[i].queue_max_us / 1000), (long)f->seconds[i].lost);
}

/* Capacity 1, 2.5, 0.6, 1 Mbit/s; 50 ms each way, queue 300 ms, jitter up to 30 ms. */
static const struct sim_step steps_5_1[] = {
	{ 0, 1000000, 0 }, { 40 * SIM_S, 2500000, 0 }, { 60 * SIM_S, 600000, 0 }, { 80 * SIM_S, 1000000, 0 },
};

static void rfc8867_5_1_with_an_encoder(void **state)
{
	struct sim_flow *f;
	int up_s, down_s, again_s;

	(void)state;
	sim_init(&s, steps_5_1, ARRAY_LEN(steps_5_1));
	s.jitter_us = 30 * SIM_MS;
	f = sim_add(&s, SIM_ELASTIC, 0);
	sim_run(&s, 100 * SIM_S);
	show_seconds(f, 100);
	assert_true(show("5.1 encoder, 1 Mbit/s", f, 1000000, 5, 40) >= 80);
	assert_true(show("5.1 encoder, 2.5 Mbit/s", f, 2500000, 45, 60) >= 75);
	assert_true(show("5.1 encoder, 0.6 Mbit/s", f, 600000, 63, 80) >= 75);
	assert_true(show("5.1 encoder, 1 Mbit/s", f, 1000000, 85, 100) >= 75);
	up_s = sim_seconds_until(f, 2000000, 40, 60);
	again_s = sim_seconds_until(f, 800000, 80, 100);
	for (down_s = 0; sim_queue_mean_us(f, 60 + down_s, 61 + down_s) > 60 * SIM_MS;)
		down_s++;
	print_message("# 5.1 encoder: 80 %% of 2.5 Mbit/s after %d s, of 1 Mbit/s after %d s; queue below 60 ms %d s after the fall to 0.6; %zu probes\n",
	              up_s, again_s, down_s, f->probes);
	assert_true(up_s <= 12 && again_s <= 8 && down_s <= 4);
	assert_true(sim_queue_mean_us(f, 5, 40) <= 70 * SIM_MS);
	assert_true(sim_lost_permille(f, 5, 60) <= 5);
	sim_done(&s);
}

/* A server cannot send between the layers: 150, 500, 1,500 kbit/s, and 64 of sound. */
static void rfc8867_5_1_with_layers(void **state)
{
	struct sim_flow *f;

	(void)state;
	sim_init(&s, steps_5_1, ARRAY_LEN(steps_5_1));
	s.jitter_us = 30 * SIM_MS;
	f = sim_add(&s, SIM_LAYERS, 0);
	f->keyframe_us = 10 * SIM_S;
	sim_add_camera(f, ALLOCATION_STAGE, 720);
	sim_run(&s, 100 * SIM_S);
	show_seconds(f, 100);
	assert_true(show("5.1 layers, 1 Mbit/s", f, 564000, 5, 40) >= 85);
	show("5.1 layers, 2.5 Mbit/s", f, 1564000, 40, 60);
	show("5.1 layers, 0.6 Mbit/s", f, 214000, 63, 80);
	show("5.1 layers, 1 Mbit/s", f, 564000, 85, 100);
	print_message("# 5.1 layers: 720p %d s after the line allows it, 360p again after %d s; %zu changes, %zu probes\n",
	              sim_seconds_until(f, 1400000, 40, 60), sim_seconds_until(f, 500000, 80, 100), f->layer_changes, f->probes);
	assert_true(sim_seconds_until(f, 1400000, 40, 60) <= 18);
	assert_true(sim_seconds_until(f, 500000, 80, 100) <= 18);
	assert_true(f->layer_changes <= 8);
	sim_done(&s);
}

/* Two viewers behind one line of 4, 2, 3.5, 1, 2 Mbit/s. */
static void rfc8867_5_2_two_flows(void **state)
{
	static const struct sim_step steps[] = {
		{ 0, 4000000, 0 }, { 25 * SIM_S, 2000000, 0 }, { 50 * SIM_S, 3500000, 0 }, { 75 * SIM_S, 1000000, 0 }, { 100 * SIM_S, 2000000, 0 },
	};
	struct sim_flow *a, *b;

	(void)state;
	sim_init(&s, steps, ARRAY_LEN(steps));
	s.jitter_us = 30 * SIM_MS;
	a = sim_add(&s, SIM_ELASTIC, 0);
	/* Between the other's frames, not always right behind them. */
	b = sim_add(&s, SIM_ELASTIC, 17 * SIM_MS);
	sim_run(&s, 125 * SIM_S);
	show_seconds(a, 125);
	for (int i = 0; i < 5; i++) {
		int64_t share_bps = steps[i].bps / 2;
		long first = show("5.2 first", a, share_bps, 25 * i + 8, 25 * i + 25);
		long second = show("5.2 second", b, share_bps, 25 * i + 8, 25 * i + 25);

		assert_true(first + second >= 140);
		assert_true(first >= 25 && second >= 25);
	}
	sim_done(&s);
}

/* RFC 8867 §5.6: a download for a minute on a line of 2 Mbit/s. It leaves something, and gives back what it took. */
static void rfc8867_5_6_beside_a_download(void **state)
{
	static const struct sim_step step = { 0, 2000000, 0 };
	struct sim_flow *f;
	int64_t downloaded = 0;

	(void)state;
	sim_init(&s, &step, 1);
	f = sim_add(&s, SIM_ELASTIC, 0);
	sim_add_download(&s, 20 * SIM_S, 80 * SIM_S);
	sim_run(&s, 120 * SIM_S);
	show_seconds(f, 120);
	for (int i = 25; i < 80; i++)
		downloaded += s.download.bits[i];
	show("5.6 before", f, 2000000, 5, 20);
	show("5.6 beside a download", f, 2000000, 25, 80);
	show("5.6 after", f, 2000000, 90, 120);
	print_message("# 5.6: the download got %ld kbit/s; 80 %% of the line again %d s after its end\n", (long)(downloaded / 55 / 1000),
	              sim_seconds_until(f, 1600000, 80, 120));
	assert_true(sim_bits(f, 25, 80) >= 55 * INT64_C(150000));
	assert_true(sim_seconds_until(f, 1600000, 80, 120) <= 15);
	sim_done(&s);
}

/* Short queue, no jitter: nothing swings, nothing waits long. */
static void a_steady_line_is_used_with_a_short_queue(void **state)
{
	static const int64_t lines_bps[] = { 300000, 1000000, 3000000, 8000000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines_bps); i++) {
		struct sim_step step = { 0, lines_bps[i], 0 };
		struct sim_flow *f;

		sim_init(&s, &step, 1);
		s.queue_us = 200 * SIM_MS;
		f = sim_add(&s, SIM_ELASTIC, 0);
		f->keyframe_us = 5 * SIM_S;
		sim_run(&s, 60 * SIM_S);
		show_seconds(f, 60);
		print_message("# %ld kbit/s: 80 %% after %d s\n", (long)(lines_bps[i] / 1000), sim_seconds_until(f, lines_bps[i] * 8 / 10, 0, 60));
		assert_true(show("steady, queue 200 ms", f, lines_bps[i], 10, 60) >= 75);
		assert_true(sim_queue_mean_us(f, 10, 60) <= 70 * SIM_MS);
		assert_true(sim_seconds_until(f, lines_bps[i] * 8 / 10, 0, 60) <= 8);
		sim_done(&s);
	}
}

/* A village of 2 Mbit/s with stage, spotlight and 6 tiles, keyframes each 10 s: after a while no layer changes any more. */
static void layers_do_not_swing_on_a_steady_line(void **state)
{
	static const struct sim_step step = { 0, 2000000, 0 };
	struct sim_flow *f;
	size_t changes;

	(void)state;
	sim_init(&s, &step, 1);
	s.jitter_us = 10 * SIM_MS;
	f = sim_add(&s, SIM_LAYERS, 0);
	f->keyframe_us = 10 * SIM_S;
	sim_add_camera(f, ALLOCATION_STAGE, 720);
	sim_add_camera(f, ALLOCATION_SPOTLIGHT, 360);
	for (int i = 0; i < 6; i++)
		sim_add_camera(f, ALLOCATION_TILE, 180);
	sim_run(&s, 30 * SIM_S);
	changes = f->layer_changes;
	sim_run(&s, 330 * SIM_S);
	show_seconds(f, 330);
	show("village, layers", f, 2000000, 30, 330);
	print_message("# village: %zu layer changes in the first 30 s, %zu in the next 5 minutes, %zu probes\n", changes,
	              f->layer_changes - changes, f->probes);
	assert_true(f->layer_changes - changes <= 14);
	assert_true(sim_lost_permille(f, 30, 330) <= 5);
	sim_done(&s);
}

/* 10 % lost by chance at 100 ms round trip is no reason to send less. */
static void chance_loss_of_a_tenth_is_carried(void **state)
{
	static const struct sim_step step = { 0, 2500000, 100 };
	struct sim_flow *f;

	(void)state;
	sim_init(&s, &step, 1);
	s.feedback_lost_too = true;
	f = sim_add(&s, SIM_LAYERS, 0);
	sim_add_camera(f, ALLOCATION_STAGE, 720);
	sim_run(&s, 120 * SIM_S);
	show_seconds(f, 120);
	show("10 % by chance", f, 1564000, 10, 120);
	print_message("# 10 %% by chance: 720p after %d s, %zu changes\n", sim_seconds_until(f, 1250000, 0, 120), f->layer_changes);
	assert_true(sim_seconds_until(f, 1250000, 0, 120) <= 10);
	assert_true(f->layer_changes <= 8);
	assert_true(sim_bits(f, 20, 120) >= INT64_C(1200000) * 100);
	sim_done(&s);
}

/* 30 % for 10 s: sound goes on, and 5 s after the end the top layer is there. */
static void heavy_loss_leaves_no_trace(void **state)
{
	static const struct sim_step steps[] = { { 0, 2500000, 0 }, { 30 * SIM_S, 2500000, 300 }, { 40 * SIM_S, 2500000, 0 } };
	struct sim_flow *f;

	(void)state;
	sim_init(&s, steps, ARRAY_LEN(steps));
	s.feedback_lost_too = true;
	f = sim_add(&s, SIM_LAYERS, 0);
	sim_add_camera(f, ALLOCATION_STAGE, 720);
	sim_run(&s, 60 * SIM_S);
	show_seconds(f, 60);
	show("before 30 % loss", f, 1564000, 10, 30);
	show("30 % loss", f, 1564000, 30, 40);
	show("after 30 % loss", f, 1564000, 40, 60);
	print_message("# 30 %% for 10 s: 720p %d s after the end, %zu changes\n", sim_seconds_until(f, 1400000, 40, 60), f->layer_changes);
	assert_true(sim_seconds_until(f, 1400000, 40, 60) <= 5);
	assert_true(sim_bits(f, 30, 40) >= 10 * INT64_C(400000));
	sim_done(&s);
}

/* A policer, or a queue too short to be seen: crowding that shows as loss only. */
static void a_line_without_queue_is_not_flooded(void **state)
{
	static const struct sim_step steps[] = { { 0, 3000000, 0 }, { 30 * SIM_S, 800000, 0 } };
	struct sim_flow *f;

	(void)state;
	sim_init(&s, steps, ARRAY_LEN(steps));
	s.queue_us = 40 * SIM_MS;
	f = sim_add(&s, SIM_ELASTIC, 0);
	sim_run(&s, 90 * SIM_S);
	show_seconds(f, 90);
	show("queue 40 ms, 3 Mbit/s", f, 3000000, 10, 30);
	assert_true(show("queue 40 ms, 0.8 Mbit/s", f, 800000, 40, 90) >= 55);
	assert_true(sim_lost_permille(f, 40, 90) <= 120);
	sim_done(&s);
}

/* 200 kbit/s for two minutes on a wide line with much jitter: no proof of more, no reason for less. */
static void little_to_send_moves_nothing(void **state)
{
	static const struct sim_step step = { 0, 10000000, 0 };
	struct sim_flow *f;

	(void)state;
	sim_init(&s, &step, 1);
	s.jitter_us = 40 * SIM_MS;
	f = sim_add(&s, SIM_FIXED, 0);
	f->fixed_bps = 200000;
	f->wanted_bps = 3000000;
	f->keyframe_us = 10 * SIM_S;
	sim_run(&s, 20 * SIM_S);
	f->wanted_bps = 0;
	sim_run(&s, 140 * SIM_S);
	show_seconds(f, 140);
	print_message("# little to send: estimate %ld kbit/s after 20 s, %ld after 140 s\n", (long)(f->seconds[19].estimate_bps / 1000),
	              (long)(f->seconds[139].estimate_bps / 1000));
	assert_true(f->seconds[19].estimate_bps >= 2800000);
	assert_true(f->seconds[139].estimate_bps >= 2000000 && f->seconds[139].estimate_bps <= 3500000);
	sim_done(&s);
}

/* Nobody wants more: nothing is probed, and what little is sent proves little. */
static void nobody_probes_for_nothing(void **state)
{
	static const struct sim_step step = { 0, 10000000, 0 };
	struct sim_flow *f;

	(void)state;
	sim_init(&s, &step, 1);
	f = sim_add(&s, SIM_FIXED, 0);
	f->fixed_bps = 100000;
	f->wanted_bps = 400000;
	sim_run(&s, 60 * SIM_S);
	assert_int_equal(f->probes, 0);
	assert_true(f->seconds[59].estimate_bps == BWE_START_BPS);
	sim_done(&s);
}

static void show_page(const struct sim_flow *f, int64_t bps, bool ahead)
{
	print_message("# page of 25, %5ld kbit/s, %s: all left after %ld ms, %zu changes; lost %ld, queue mean %ld max %ld ms, then %ld, %ld\n",
	              (long)(bps / 1000), ahead ? "ahead      " : "by estimate", (long)(f->shown_us / 1000), f->layer_changes,
	              (long)(f->seconds[0].lost + f->seconds[1].lost), (long)(sim_queue_mean_us(f, 0, 1) / 1000), (long)(f->seconds[0].queue_max_us / 1000),
	              (long)(sim_queue_mean_us(f, 1, 2) / 1000), (long)(f->seconds[1].queue_max_us / 1000));
}

/*
 * A page of 25 opens on a line that nobody has measured, with and without first_view. On a wide line it is there in half the time and
 * stays; a village's 2 Mbit/s lose nothing by it; narrower ones are full for a second or two, as they are without.
 */
static void a_first_page_opens(void **state)
{
	static const int64_t lines_bps[] = { 600000, 1000000, 2000000, 3000000, 5000000, 10000000 };

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_LEN(lines_bps); i++) {
		struct sim_step step = { 0, lines_bps[i / 2], 0 };
		bool ahead = i % 2;
		struct sim_flow *f;

		sim_init(&s, &step, 1);
		f = sim_add_page(&s, 25, ahead);
		sim_run(&s, 10 * SIM_S);
		show_seconds(f, 10);
		show_page(f, step.bps, ahead);
		assert_true(sim_queue_mean_us(f, 4, 10) <= 70 * SIM_MS);
		if (ahead && step.bps >= 2000000)
			assert_true(f->seconds[0].lost + f->seconds[1].lost <= 20);
		if (ahead && step.bps >= 5000000)
			assert_true(f->shown_us > 0 && f->shown_us <= 700 * SIM_MS);
		if (ahead && step.bps >= 10000000)
			assert_int_equal(f->layer_changes, 25);
		sim_done(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc8867_5_1_with_an_encoder),
		cmocka_unit_test(rfc8867_5_1_with_layers),
		cmocka_unit_test(rfc8867_5_2_two_flows),
		cmocka_unit_test(rfc8867_5_6_beside_a_download),
		cmocka_unit_test(a_steady_line_is_used_with_a_short_queue),
		cmocka_unit_test(layers_do_not_swing_on_a_steady_line),
		cmocka_unit_test(chance_loss_of_a_tenth_is_carried),
		cmocka_unit_test(heavy_loss_leaves_no_trace),
		cmocka_unit_test(a_line_without_queue_is_not_flooded),
		cmocka_unit_test(little_to_send_moves_nothing),
		cmocka_unit_test(nobody_probes_for_nothing),
		cmocka_unit_test(a_first_page_opens),
	};

	int failed = 0;

	if (getenv("BWE_SIM_SEED"))
		return cmocka_run_group_tests(tests, NULL, NULL);
	/* One run may be lucky. */
	for (int seed = 1; seed <= SEEDS; seed++) {
		char text[12];

		snprintf(text, sizeof(text), "%d", seed);
		setenv("BWE_SIM_SEED", text, 1);
		failed += cmocka_run_group_tests(tests, NULL, NULL);
	}
	return failed;
}
