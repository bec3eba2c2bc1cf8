/*
 * What joins estimate, pacer and allocation: where it begins, what a narrow line still shows, how probes reach their rate, how many
 * feedbacks are read, and who is not held back. The promises stand in docs/congestion.md.
 */
#include "tests/unit/media/slot_world.h"

#include <errno.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/counter.h"
#include "media/rate_control.h"

#define S (1000 * MS)
#define TICK (50 * MS)

static const struct negotiated tells_loss, tells_remb = { .remb_down = true }, tells_all = { .down.twcc = 3, .remb_down = true };

static int64_t beginning_bps(const struct negotiated *n)
{
	struct rate_control *r;
	int64_t bps;

	assert_int_equal(rate_control_create(&r, n, 0), 0);
	bps = rate_control_estimate_bps(r);
	rate_control_destroy(r);
	return bps;
}

static void who_tells_nothing_but_loss_is_not_held_back(void **state)
{
	struct rate_control *r = NULL;

	(void)state;
	assert_int_equal(beginning_bps(&tells_all), 1000000);
	assert_int_equal(beginning_bps(&tells_remb), 1000000);
	assert_int_equal(beginning_bps(&tells_loss), 20000000);
	for (int64_t at = 1; at <= 2; at++) {
		mem_fail_at(at);
		assert_int_equal(rate_control_create(&r, &tells_all, 0), -ENOMEM);
		mem_fail_at(0);
		assert_null(r);
	}
}

/* The subscriber's receiver tells everything from now on. */
static struct rate_control *measure(void)
{
	w.negotiated.down.twcc = 3;
	rate_control_destroy(w.down.rate);
	assert_int_equal(rate_control_create(&w.down.rate, &w.negotiated, w.now_us), 0);
	return w.down.rate;
}

static void who_agreed_to_feedback_and_gives_none_is_let_go_after_1500_ms(void **state)
{
	struct rate_control *r = measure();
	int64_t begin_us = w.now_us;

	(void)state;
	rate_control_on_sent(r, 1, 1000, w.now_us);
	for (; w.now_us < begin_us + 1500 * MS; w.now_us += TICK) {
		rate_control_tick(r, &w.down, w.now_us);
		assert_int_equal(rate_control_estimate_bps(r), 1000000);
	}
	rate_control_tick(r, &w.down, w.now_us);
	assert_int_equal(rate_control_estimate_bps(r), 20000000);
	assert_true(r->wide);
	assert_int_equal(r->pacer.rate_bps, 50000000);
}

/* Shown for how many of the ticks of these seconds since the beginning. */
static int ticks_shown(struct rate_control *r, int from_s, int to_s)
{
	int n = 0;

	for (; w.now_us < w.start_us + to_s * S; w.now_us += TICK) {
		if (w.now_us % S == 0)
			picture(0, true);
		rate_control_tick(r, &w.down, w.now_us);
		drain();
		n += w.now_us >= w.start_us + from_s * S && w.slots[1].target == 0;
	}
	return n;
}

static void a_line_that_carries_no_picture_is_tried_3_s_of_10(void **state)
{
	struct rate_control *r = measure();

	(void)state;
	picture(0, true);
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	slot_want(&w.slots[1], (struct slot_wish){ RANK_STAGE, 720 });
	rate_control_limit(r, 1000, 0);
	/* A newcomer that sees nothing leaves. */
	assert_int_equal(ticks_shown(r, 0, 3), 60);
	for (int s = 0; s < 40; s += 10) {
		/* It is shared out each 200 ms. */
		assert_in_range(ticks_shown(r, s ? s + 1 : 4, s + 7), 0, s ? 0 : 4);
		assert_in_range(ticks_shown(r, s + 7, s + 10), 56, 60);
		assert_in_range(ticks_shown(r, s + 10, s + 11), 0, 4);
	}
	/* What the line carries again is shown at once and all the time. */
	rate_control_limit(r, 0, 0);
	r->bwe.delay_bps = 1000000;
	ticks_shown(r, 0, 56);
	assert_int_equal(ticks_shown(r, 56, 86), 30 * 20);
	assert_int_equal(r->dark_us, 0);
}

static void a_trial_that_makes_a_queue_is_over_and_comes_later(void **state)
{
	static const int waits_s[] = { 4, 14, 28, 56, 56 };
	struct rate_control *r = measure();
	int at_s = 3;

	(void)state;
	picture(0, true);
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	slot_want(&w.slots[1], (struct slot_wish){ RANK_STAGE, 720 });
	rate_control_limit(r, 1000, 0);
	ticks_shown(r, 0, at_s);
	for (size_t i = 0; i < ARRAY_LEN(waits_s); i++) {
		assert_in_range(ticks_shown(r, at_s + 1, at_s + waits_s[i]), 0, 4);
		at_s += waits_s[i];
		ticks_shown(r, at_s, at_s + 1);
		assert_int_equal(w.slots[1].target, 0);
		/* And what it takes until that is seen. */
		r->bwe.crowded_us = w.now_us;
		at_s += 1;
		assert_in_range(ticks_shown(r, at_s, at_s + 1), 0, 4);
	}
}

static void sound_alone_is_no_dark_picture(void **state)
{
	struct rate_control *r = measure();

	(void)state;
	receive(0, 0, CODEC_OPUS, "sound", 5);
	slot_bind(&w.slots[0], &w.mic[0], 1, w.now_us);
	rate_control_limit(r, 1000, 0);
	for (int i = 0; i < 300; i++, w.now_us += TICK)
		rate_control_tick(r, &w.down, w.now_us);
	assert_int_equal(r->dark_us, 0);
}

/* Feedback about one packet that was sent a tick ago. Whether it was read. */
static bool answer(struct rate_control *r, uint16_t number)
{
	static struct twcc_feedback fb;

	fb = (struct twcc_feedback){ .base = number, .n = 1, .reference_us = w.now_us / TWCC_REFERENCE_US * TWCC_REFERENCE_US };
	fb.arrival_ticks[0] = (int32_t)((w.now_us - fb.reference_us) / TWCC_TICK_US);
	return rate_control_on_feedback(r, &fb, w.now_us);
}

static void two_hundred_feedbacks_a_second_are_read(void **state)
{
	struct rate_control *r = measure();
	uint16_t number = 65400;

	(void)state;
	for (int second = 0; second < 3; second++) {
		unsigned read = 0;

		for (int i = 0; i < 500; i++, number++, w.now_us += 2 * MS) {
			bool told;

			rate_control_on_sent(r, number, 100, w.now_us);
			told = answer(r, number);
			assert_int_equal(told, sent_history_find(&r->bwe.sent, number)->fate == SENT_ARRIVED);
			read += told;
		}
		assert_int_equal(read, 200);
	}
}

/* Begins a probe, as a tick does; its picture wants more than the estimate. */
static void begin_probe(struct rate_control *r)
{
	picture(0, true);
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	bwe_set_wanted(&r->bwe, 5000000);
	r->stale = false;
	r->allocated_us = w.now_us;
	rate_control_tick(r, &w.down, w.now_us);
	assert_int_not_equal(r->probe.number, 0);
	assert_int_equal(r->probe.rate_bps, 3000000);
	assert_int_equal(departures_due_us(&w.departures), 0);
}

/* Whatever the intervals of departures are, and whether media take a part of it. */
static void a_probe_reaches_its_rate(void **state)
{
	static const int64_t intervals_us[] = { 1 * MS, 5 * MS, 12 * MS };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(intervals_us) * 2; i++) {
		struct rate_control *r = measure();
		int64_t begin_us = w.now_us, sent = 0, all;
		uint16_t number = 0;

		begin_probe(r);
		all = r->probe.bytes;
		/* What is due until the next departure goes now. */
		assert_int_equal(rate_control_padding(r, w.now_us), 3000000 / 8 * DEPARTURE_WAIT_US / S);
		for (; r->probe.number; w.now_us += intervals_us[i / 2]) {
			size_t media = i % 2 ? 200 : 0, padding;

			if (media)
				rate_control_on_sent(r, number++, media, w.now_us);
			padding = rate_control_padding(r, w.now_us);
			if (padding)
				rate_control_on_sent(r, number++, padding, w.now_us);
			sent += (int64_t)(media + padding);
			/* Never ahead of its rate by more than the wait for the next departure, never over what was asked for. */
			assert_true((sent - (int64_t)media) * 8 <= 3000 * (w.now_us - begin_us + DEPARTURE_WAIT_US) / 1000);
			assert_true(sent - (int64_t)media <= all);
		}
		assert_in_range(sent, all - all / 10, all + 200);
		assert_int_equal(rate_control_padding(r, w.now_us), 0);
	}
}

static void a_probe_that_nothing_leaves_for_ends_in_its_time(void **state)
{
	struct rate_control *r = measure();
	int64_t duration_us;

	(void)state;
	begin_probe(r);
	duration_us = r->probe.duration_us;
	assert_true(rate_control_padding(r, w.now_us + duration_us) > 0);
	assert_int_equal(rate_control_padding(r, w.now_us + duration_us + DEPARTURE_WAIT_US), 0);
	assert_int_equal(r->probe.number, 0);
}

/* However little is wanted: nobody would learn that a line that was narrow has become wide. */
static void a_narrow_line_is_looked_at_again(void **state)
{
	struct rate_control *r = measure();

	(void)state;
	picture(0, true);
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	slot_want(&w.slots[1], (struct slot_wish){ RANK_TILE, 90 });
	r->bwe.delay_bps = 200000;
	for (int i = 0; i < 100 && !r->probe.number; i++, w.now_us += TICK)
		rate_control_tick(r, &w.down, w.now_us);
	assert_int_equal(r->probe.rate_bps, 600000);
}

/* More pictures than its bound it gets for none of it. */
static void a_bounded_line_is_measured_as_far_as_is_asked(void **state)
{
	struct rate_control *r = measure();

	(void)state;
	picture(0, true);
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	slot_want(&w.slots[1], (struct slot_wish){ RANK_STAGE, 720 });
	rate_control_limit(r, 1000, 1800000);
	r->bwe.delay_bps = 800000;
	for (int i = 0; i < 200 && !r->probe.number; i++, w.now_us += TICK)
		rate_control_tick(r, &w.down, w.now_us);
	assert_in_range(r->probe.rate_bps, 1200000, 2400000);
	r->bwe.delay_bps = 5000000;
	rate_control_on_remb(r, 1, w.now_us);
	assert_int_equal(rate_control_estimate_bps(r), 1800000);
	assert_int_equal(ticks_shown(r, 4, 7), 0);
	rate_control_limit(r, 1000, 0);
	rate_control_tick(r, &w.down, w.now_us);
	assert_int_equal(rate_control_estimate_bps(r), 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SLOT_WORLD(who_tells_nothing_but_loss_is_not_held_back),
		IN_SLOT_WORLD(who_agreed_to_feedback_and_gives_none_is_let_go_after_1500_ms),
		IN_SLOT_WORLD(a_line_that_carries_no_picture_is_tried_3_s_of_10),
		IN_SLOT_WORLD(a_trial_that_makes_a_queue_is_over_and_comes_later),
		IN_SLOT_WORLD(sound_alone_is_no_dark_picture),
		IN_SLOT_WORLD(two_hundred_feedbacks_a_second_are_read),
		IN_SLOT_WORLD(a_probe_reaches_its_rate),
		IN_SLOT_WORLD(a_probe_that_nothing_leaves_for_ends_in_its_time),
		IN_SLOT_WORLD(a_narrow_line_is_looked_at_again),
		IN_SLOT_WORLD(a_bounded_line_is_measured_as_far_as_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
