/* media/allocation: who gets what out of which estimate, that a step down comes at once and a step up late, and that nothing swings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "media/allocation.h"
#include "media/base/macros.h"

#define SECOND_US INT64_C(1000000)
#define RUN_US INT64_C(200000)
#define SUSPENDED ALLOCATION_SUSPENDED

static struct allocation_slot slots[ALLOCATION_SLOTS];
static size_t n_slots;
static struct allocation a;
static struct allocation_sum sum;
static int64_t now_us;
static size_t changes;

static void begin(void)
{
	memset(slots, 0, sizeof(slots));
	n_slots = 0;
	now_us = 5 * SECOND_US;
	changes = 0;
	allocation_init(&a, now_us);
}

static struct allocation_slot *add_sound(uint32_t bps)
{
	struct allocation_slot *s = &slots[n_slots++];

	s->audio = true;
	s->layers[0].bps = bps;
	return s;
}

/* 180p at 150, 360p at 500, 720p at 1,500 kbit/s. */
static struct allocation_slot *add_video(enum allocation_rank rank, uint16_t wanted_px)
{
	struct allocation_slot *s = &slots[n_slots++];

	*s = (struct allocation_slot){
		.rank = rank, .wanted_px = wanted_px, .current = { SUSPENDED, false },
		.layers = { { true, 180, 150000, 0 }, { true, 360, 500000, 0 }, { true, 720, 1500000, 0 } },
	};
	return s;
}

/* One run; the slots reach their targets. */
static void run(int64_t estimate_bps)
{
	allocation_run(&a, slots, n_slots, estimate_bps, now_us, &sum);
	for (size_t i = 0; i < n_slots; i++) {
		if (!slots[i].audio)
			changes += slots[i].target.layer != slots[i].current.layer || slots[i].target.half != slots[i].current.half;
		slots[i].current = slots[i].target;
	}
	now_us += RUN_US;
}

static void run_for(int64_t us, int64_t estimate_bps)
{
	for (int64_t end_us = now_us + us; now_us < end_us;)
		run(estimate_bps);
}

/* 40 kbit/s of voices, a screen, a stage, a spotlight, 4 tiles. */
static void add_meeting(void)
{
	add_video(ALLOCATION_TILE, 180);
	add_sound(40000);
	add_video(ALLOCATION_SPOTLIGHT, 360);
	add_video(ALLOCATION_STAGE, 720);
	add_video(ALLOCATION_TILE, 180);
	add_video(ALLOCATION_TILE, 200);
	add_video(ALLOCATION_SCREEN, 720);
	add_video(ALLOCATION_TILE, 360);
}

enum { TILE_A, VOICE, SPOTLIGHT, STAGE, TILE_B, TILE_C, SCREEN, TILE_LARGE };

static void check_layers(const int8_t *expected)
{
	for (size_t i = 0; i < n_slots; i++)
		assert_int_equal(slots[i].target.layer, expected[i]);
}

/* A newcomer's first run, by estimate: 1.2 times the sum is needed. */
static void the_order_of_the_header(void **state)
{
	static const struct { int64_t estimate_bps; int8_t layers[8]; } rows[] = {
		/*              tile  voice spot stage tile tile screen large tile */
		{ 30000,      { -1,   0,    -1,  -1,   -1,  -1,  -1,    -1 } },
		{ 228000,     { -1,   0,    -1,  -1,   -1,  -1,  0,     -1 } },
		{ 408000,     { -1,   0,    -1,  0,    -1,  -1,  0,     -1 } },
		{ 588000,     { -1,   0,    0,   0,    -1,  -1,  0,     -1 } },
		{ 1008000,    { -1,   0,    0,   0,    -1,  -1,  1,     -1 } },
		{ 2208000,    { -1,   0,    0,   0,    -1,  -1,  2,     -1 } },
		{ 2628000,    { -1,   0,    0,   1,    -1,  -1,  2,     -1 } },
		{ 3048000,    { -1,   0,    1,   1,    -1,  -1,  2,     -1 } },
		{ 3228000,    { -1,   0,    1,   1,    -1,  -1,  2,     0 } },
		{ 3408000,    { -1,   0,    1,   1,    -1,  0,   2,     0 } },
		{ 3768000,    { 0,    0,    1,   1,    0,   0,   2,     0 } },
		{ 4968000,    { 0,    0,    1,   2,    0,   0,   2,     0 } },
		{ 5388000,    { 0,    0,    1,   2,    0,   0,   2,     1 } },
		{ 5808000,    { 0,    0,    1,   2,    0,   0,   2,     1 } },
		{ 100000000,  { 0,    0,    1,   2,    0,   0,   2,     1 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		begin();
		add_meeting();
		run(rows[i].estimate_bps);
		check_layers(rows[i].layers);
		assert_true(sum.used_bps <= MAX(rows[i].estimate_bps * 5 / 6, 40000));
		assert_int_equal(sum.full_bps, 5388000);
		assert_int_equal(sum.next_bps == 0, rows[i].estimate_bps >= 5388000);
		assert_true(sum.next_bps == 0 || sum.next_bps > rows[i].estimate_bps);
	}
}

/* The estimate that `next_bps` names is enough, and one kbit/s less is not. */
static void the_next_step_is_told(void **state)
{
	int64_t estimate_bps = 30000;
	size_t steps = 0;

	(void)state;
	for (; ; steps++) {
		size_t before;

		begin();
		add_meeting();
		run(estimate_bps);
		if (sum.next_bps == 0)
			break;
		before = sum.used_bps;
		estimate_bps = sum.next_bps;
		begin();
		add_meeting();
		run(estimate_bps - 1000);
		assert_int_equal(sum.used_bps, before);
	}
	assert_in_range(steps, 12, 30);
}

/* Tiles of one size: everybody a second layer before anybody a third; and order of the caller where only some fit. */
static void tiles_rise_together(void **state)
{
	(void)state;
	begin();
	for (int i = 0; i < 4; i++)
		add_video(ALLOCATION_TILE, 720);
	run(3599000);
	check_layers((const int8_t[]){ 1, 1, 1, 1 });
	run(3600000);
	check_layers((const int8_t[]){ 2, 1, 1, 1 });
	begin();
	for (int i = 0; i < 4; i++)
		add_video(ALLOCATION_TILE, 720);
	run(370000);
	check_layers((const int8_t[]){ 0, 0, -1, -1 });
	assert_int_equal(sum.suspended, 2);
}

static void what_is_wanted_depends_on_the_tile(void **state)
{
	struct allocation_slot *s;

	(void)state;
	begin();
	s = add_video(ALLOCATION_TILE, 0);
	run(10000000);
	assert_int_equal(s->target.layer, SUSPENDED);
	assert_int_equal(sum.suspended, 0);
	s->wanted_px = 205;             /* 7/8 of it are 180 */
	run(10000000);
	assert_int_equal(s->target.layer, 0);
	s->wanted_px = 206;
	run(10000000);
	assert_int_equal(s->target.layer, 1);
	s->layers[1].live = false;
	run(10000000);
	assert_int_equal(s->target.layer, 2);
	s->wanted_px = 2160;
	s->layers[1].live = true;
	s->layers[2].live = false;
	run(10000000);
	assert_int_equal(s->target.layer, 1);
	s->layers[0].live = s->layers[1].live = false;
	run(10000000);
	assert_int_equal(s->target.layer, SUSPENDED);
	assert_int_equal(sum.suspended, 0);
	/* Heights that nobody told: the highest layer. */
	s->layers[0] = s->layers[1] = (struct allocation_layer){ .live = true };
	run(10000000);
	assert_int_equal(s->target.layer, 1);
	assert_int_equal(sum.used_bps, 500000);
}

static void half_the_frames_are_a_step_of_their_own(void **state)
{
	struct allocation_slot *stage, *tile;

	(void)state;
	begin();
	stage = add_video(ALLOCATION_STAGE, 360);
	tile = add_video(ALLOCATION_TILE, 180);
	for (size_t i = 0; i < n_slots; i++)
		for (int k = 0; k < 3; k++)
			slots[i].layers[k].half_bps = slots[i].layers[k].bps * 6 / 10;
	tile->few_frames = true;
	run(108000);
	assert_true(stage->target.layer == 0 && stage->target.half && tile->target.layer == SUSPENDED);
	run(180000);
	assert_true(stage->target.layer == 0 && !stage->target.half);
	run(360000);
	assert_true(stage->target.layer == 1 && stage->target.half);
	run(10000000);
	assert_true(stage->target.layer == 1 && !stage->target.half);
	assert_true(tile->target.layer == 0 && tile->target.half);
	assert_int_equal(sum.used_bps, 590000);
	assert_int_equal(sum.next_bps, 0);
}

/* After the first seconds: down at once, up when 1.2 times the need was there for 2 s. */
static void down_at_once_and_up_late(void **state)
{
	struct allocation_slot *s;

	(void)state;
	begin();
	s = add_video(ALLOCATION_STAGE, 720);
	run_for(10 * SECOND_US, 2000000);
	assert_int_equal(s->target.layer, 2);
	run_for(SECOND_US, 1500000);
	assert_int_equal(s->target.layer, 2);
	run(1499000);
	assert_int_equal(s->target.layer, 1);
	run_for(3 * SECOND_US, 1799000);
	assert_int_equal(s->target.layer, 1);
	run_for(30 * SECOND_US, 1799000);
	assert_int_equal(s->target.layer, 1);
	run_for(SECOND_US * 17 / 10, 1800000);
	assert_int_equal(s->target.layer, 1);
	run_for(SECOND_US, 1800000);
	assert_int_equal(s->target.layer, 2);
	/* One look below in 2 s is enough to wait. */
	run(1000000);
	for (int i = 0; i < 20; i++) {
		run_for(SECOND_US * 3 / 2, 3000000);
		run(1700000);
		assert_int_equal(s->target.layer, 1);
	}
}

static void a_newcomer_need_not_wait(void **state)
{
	(void)state;
	begin();
	add_meeting();
	run(500000);
	run(5000000);
	assert_int_equal(slots[STAGE].target.layer, 2);
}

/* Somebody more important takes what the others had, in one run, and all is quiet afterwards. */
static void rank_takes_precedence(void **state)
{
	(void)state;
	begin();
	for (int i = 0; i < 6; i++)
		add_video(ALLOCATION_TILE, 360);
	run_for(10 * SECOND_US, 2400000);
	assert_int_equal(sum.used_bps, 3 * 150000 + 3 * 500000);
	add_video(ALLOCATION_STAGE, 720);
	changes = 0;
	run_for(10 * SECOND_US, 2400000);
	assert_int_equal(slots[6].target.layer, 1);
	for (int i = 0; i < 6; i++)
		assert_int_equal(slots[i].target.layer, i < 2 ? 1 : 0);
	run_for(60 * SECOND_US, 2400000);
	assert_true(changes <= 4);
}

static uint32_t random_state = 1;

static uint32_t random_below(uint32_t bound)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % bound;
}

/* Whatever the constant estimate, after one settling nothing moves for an hour. */
static void a_constant_line_is_quiet(void **state)
{
	(void)state;
	for (int64_t estimate_bps = 50000; estimate_bps < 6000000; estimate_bps += 137000) {
		begin();
		add_meeting();
		run_for(20 * SECOND_US, estimate_bps);
		changes = 0;
		run_for(600 * SECOND_US, estimate_bps);
		assert_int_equal(changes, 0);
	}
}

/* An estimate with the teeth of a saw (15 % down, slowly up) and layers whose rates wander by 5 %: a change now and then. */
static void a_noisy_line_swings_rarely(void **state)
{
	size_t worst = 0;

	(void)state;
	for (int64_t line_bps = 300000; line_bps < 6000000; line_bps += 237000) {
		begin();
		add_meeting();
		run_for(20 * SECOND_US, line_bps);
		changes = 0;
		for (int i = 0; i < 3000; i++) {
			for (size_t k = 0; k < n_slots; k++)
				for (int l = 0; i % 5 == 0 && l < 3 && !slots[k].audio; l++)
					slots[k].layers[l].bps = (const uint32_t[]){ 150000, 500000, 1500000 }[l] / 100 * (95 + random_below(11));
			run(line_bps * (85 + i % 50 * 15 / 50) / 100);
		}
		worst = MAX(worst, changes);
	}
	/* 10 minutes, 7 pictures. */
	assert_true(worst <= 60);
}

/* An estimate that collapses under each step up: the steps get rarer, and after a calm time frequent again. */
static void a_step_that_fails_is_tried_less_often(void **state)
{
	struct allocation_slot *s;
	size_t tries[5] = { 0 };

	(void)state;
	begin();
	s = add_video(ALLOCATION_STAGE, 720);
	run_for(5 * SECOND_US, 1000000);
	assert_int_equal(s->target.layer, 1);
	for (size_t minute = 0; minute < ARRAY_LEN(tries); minute++) {
		for (int64_t end_us = now_us + 60 * SECOND_US; now_us < end_us;) {
			int8_t before = s->current.layer;

			run(before == 2 ? 1200000 : 2000000);
			tries[minute] += s->current.layer > before;
		}
	}
	assert_in_range(tries[0], 2, 8);
	assert_in_range(tries[1], 1, 3);
	assert_in_range(tries[4], 1, 2);
	run_for(600 * SECOND_US, 1000000);
	run_for(3 * SECOND_US, 2000000);
	assert_int_equal(s->target.layer, 2);
}

static void nothing_overflows(void **state)
{
	(void)state;
	begin();
	for (size_t i = 0; i < ALLOCATION_SLOTS; i++) {
		add_video((enum allocation_rank)(i % 4), 65535);
		for (int k = 0; k < 3; k++)
			slots[i].layers[k] = (struct allocation_layer){ true, 65535, UINT32_MAX, UINT32_MAX - 1 };
	}
	run(INT64_MAX);
	assert_int_equal(sum.full_bps, UINT32_MAX);
	run(-5);
	assert_int_equal(sum.used_bps, 0);
	assert_int_equal(sum.suspended, ALLOCATION_SLOTS);
	allocation_run(&a, slots, 0, 1000000, now_us, &sum);
	assert_true(sum.used_bps == 0 && sum.full_bps == 0 && sum.next_bps == 0);
	allocation_run(&a, slots, 4000, 1000000, now_us + 1000 * SECOND_US, &sum);
}

/* What the estimate gives stays; the lowest layers of others are added, most important first, as far as all lowest ones fit. */
static void lowest_layers_may_be_shown_ahead_of_the_estimate(void **state)
{
	(void)state;
	begin();
	add_sound(50000);
	add_video(ALLOCATION_STAGE, 360);
	for (int i = 0; i < 5; i++)
		add_video(ALLOCATION_TILE, (uint16_t)(180 - i));
	add_video(ALLOCATION_TILE, 0);          /* not seen */
	allocation_run(&a, slots, n_slots, 900000, now_us, &sum);
	assert_int_equal(slots[1].target.layer, 1);
	assert_int_equal(slots[2].target.layer, 0);
	assert_int_equal(slots[3].target.layer, SUSPENDED);
	allocation_show_lowest(slots, n_slots, 50000 + 5 * 150000);
	assert_int_equal(slots[1].target.layer, 1);
	for (int i = 2; i < 6; i++)
		assert_int_equal(slots[i].target.layer, 0);
	assert_int_equal(slots[6].target.layer, SUSPENDED);
	allocation_show_lowest(slots, n_slots, 10000000);
	assert_int_equal(slots[6].target.layer, 0);
	assert_int_equal(slots[7].target.layer, SUSPENDED);
	/* Of temporal layers the half, where that is all that is wanted. */
	begin();
	add_video(ALLOCATION_TILE, 90);
	slots[0].few_frames = true;
	slots[0].layers[0].half_bps = 80000;
	slots[0].target = (struct allocation_choice){ SUSPENDED, false };
	allocation_show_lowest(slots, n_slots, 80000);
	assert_int_equal(slots[0].target.layer, 0);
	assert_true(slots[0].target.half);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_of_the_header),
		cmocka_unit_test(the_next_step_is_told),
		cmocka_unit_test(tiles_rise_together),
		cmocka_unit_test(what_is_wanted_depends_on_the_tile),
		cmocka_unit_test(half_the_frames_are_a_step_of_their_own),
		cmocka_unit_test(down_at_once_and_up_late),
		cmocka_unit_test(a_newcomer_need_not_wait),
		cmocka_unit_test(rank_takes_precedence),
		cmocka_unit_test(a_constant_line_is_quiet),
		cmocka_unit_test(a_noisy_line_swings_rarely),
		cmocka_unit_test(a_step_that_fails_is_tried_less_often),
		cmocka_unit_test(nothing_overflows),
		cmocka_unit_test(lowest_layers_may_be_shown_ahead_of_the_estimate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
