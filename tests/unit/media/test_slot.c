/*
 * What a slot shows and when it changes over: at keyframes, with numbers without gaps and timestamps that never run backwards or
 * ahead; behind shut gates nothing; kept keyframes for newcomers (media.md).
 */
#include "tests/unit/media/slot_world.h"

#include "media/base/mem.h"
#include "media/counter.h"
#include "media/source.h"

static void a_slot_begins_at_a_keyframe_and_asks_for_it(void **state)
{
	struct rtp_view pkt;

	(void)state;
	picture(0, false);
	slot_bind(&w.slots[1], &w.camera[0], 7, w.now_us);
	assert_int_equal(w.keyframes_asked[0], 1);
	picture(0, false);
	assert_false(next_packet(&pkt));
	picture(0, true);
	assert_true(next_packet(&pkt));
	assert_int_equal(pkt.ssrc, 200);
	assert_int_equal(pkt.pt, 96);
	assert_true(pkt.seq < 0x8000);
	assert_int_equal(pkt.payload[0], 0x10);
	assert_int_equal(pkt.payload[1], 0);
	assert_int_equal(w.events[w.n_events - 1].type, MEDIA_SLOT_SWITCHED);
	assert_int_equal(w.events[w.n_events - 1].slot.binding, 7);
	assert_int_equal(w.events[w.n_events - 1].slot.rtp, pkt.timestamp);
}

static void twenty_switches_leave_no_gap_and_keep_time(void **state)
{
	uint16_t expected = 0;
	uint32_t last_rtp = 0;
	bool any = false;
	int shown = -1;

	(void)state;
	for (int frame = 0; frame < 600; frame++) {
		int want = frame / 30 % SENDERS;
		struct rtp_view pkt;

		w.now_us = w.start_us + frame * 33333;
		if (frame % 30 == 0)
			slot_bind(&w.slots[1], &w.camera[want], (uint32_t)frame, w.now_us);
		for (int i = 0; i < SENDERS; i++)
			picture(i, frame % 30 == 5 || frame == 0);
		while (next_packet(&pkt)) {
			if (any) {
				assert_int_equal(pkt.seq, expected);
				assert_true((int32_t)(pkt.timestamp - last_rtp) >= 0);
			}
			/* Never ahead of real time by more than a frame, never far behind. */
			assert_in_range(slot_clock(&w.slots[1], w.now_us) - pkt.timestamp + 3000, 0, 3000 + 9000);
			/* A source begins with its keyframe. */
			if (pkt.payload[5] != shown)
				assert_int_equal(pkt.payload[1], 0);
			shown = pkt.payload[5];
			expected = (uint16_t)(pkt.seq + 1);
			last_rtp = pkt.timestamp;
			any = true;
		}
		if (frame % 30 > 5)
			assert_int_equal(shown, want);
	}
}

static void a_shut_gate_lets_nothing_through(void **state)
{
	struct rtp_view pkt;

	(void)state;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	slot_bind(&w.slots[0], &w.mic[0], 2, w.now_us);
	picture(0, true);
	receive(0, 0, CODEC_OPUS, "sound", 5);
	while (next_packet(&pkt))
		;
	track_set_gate(&w.camera[0], false, w.now_us);
	track_set_gate(&w.mic[0], false, w.now_us);
	for (int i = 0; i < 100; i++) {
		w.now_us += 20 * MS;
		picture(0, i % 10 == 0);
		w.rtp[0][0] += 960;
		receive(0, 0, CODEC_OPUS, "secret", 6);
	}
	assert_false(next_packet(&pkt));
	assert_int_equal(counters_get(w.counters, COUNT_DROP_GATE), 300);
	assert_int_equal(w.events[w.n_events - 1].type, MEDIA_SLOT_QUIET);
	/* Opened again: a keyframe first, and numbers go on. */
	track_set_gate(&w.camera[0], true, w.now_us);
	picture(0, false);
	assert_false(next_packet(&pkt));
	picture(0, true);
	assert_true(next_packet(&pkt));
	assert_int_equal(pkt.payload[1], 0);
}

static void a_newcomer_gets_the_kept_keyframe(void **state)
{
	struct rtp_view pkt;
	int n = 0, asked;

	(void)state;
	picture(0, true);
	for (int i = 0; i < 20; i++) {
		w.now_us += 33 * MS;
		picture(0, false);
	}
	asked = w.keyframes_asked[0];
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	assert_int_equal(w.keyframes_asked[0], asked);
	/* 42 packets, 16 at a time; live ones wait their turn. */
	while (next_packet(&pkt)) {
		if (n++ == 0)
			assert_int_equal(pkt.payload[1], 0);
		assert_in_range(slot_clock(&w.slots[1], w.now_us) - pkt.timestamp + 90 * 20, 0, 90 * 140);
	}
	assert_int_equal(n, 42);
	w.now_us += 33 * MS;
	picture(0, false);
	assert_true(next_packet(&pkt));
	assert_in_range(slot_clock(&w.slots[1], w.now_us) - pkt.timestamp + 90 * 20, 0, 90 * 51);
	assert_int_equal(counters_get(w.counters, COUNT_KEYFRAMES_REPLAYED), 1);
}

static void the_old_source_runs_on_for_a_second_at_most(void **state)
{
	struct rtp_view pkt;
	int forwarded = 0;

	(void)state;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	picture(0, true);
	forwarded = (int)drain();
	slot_bind(&w.slots[1], &w.camera[1], 2, w.now_us);
	for (int i = 0; i < 60; i++) {
		w.now_us += 33333;
		picture(0, false);
		slot_tick(&w.slots[1], w.now_us);
		while (next_packet(&pkt))
			forwarded++;
	}
	assert_in_range(forwarded, 2 + 2 * 29, 2 + 2 * 31);
	assert_int_equal(w.events[w.n_events - 1].type, MEDIA_SLOT_QUIET);
	assert_int_equal(w.events[w.n_events - 1].slot.binding, 1);
}

static void a_source_that_ends_leaves_its_slots(void **state)
{
	struct rtp_view pkt;

	(void)state;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	picture(0, true);
	slot_bind(&w.slots[1], &w.camera[1], 2, w.now_us);
	track_done(&w.camera[1]);
	track_done(&w.camera[0]);
	assert_null(w.slots[1].current);
	assert_null(w.slots[1].pending);
	while (next_packet(&pkt))
		;
	slot_bind(&w.slots[1], &w.camera[2], 3, w.now_us);
	picture(2, true);
	assert_true(next_packet(&pkt));
}

/* What was to be replaced does not stay under the name of one who has left. */
static void a_track_that_ends_before_its_picture_takes_the_old_one_along(void **state)
{
	(void)state;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	picture(0, true);
	assert_int_equal(drain(), 2);
	slot_bind(&w.slots[1], &w.camera[1], 2, w.now_us);
	picture(0, false);
	assert_int_equal(drain(), 2);
	track_done(&w.camera[1]);
	assert_int_equal(w.events[w.n_events - 1].type, MEDIA_SLOT_QUIET);
	assert_int_equal(w.events[w.n_events - 1].slot.binding, 1);
	picture(0, true);
	assert_int_equal(drain(), 0);
	assert_int_equal(w.camera[0].layers[0]->slots.n, 0);
}

/* A track that the slot has left is none of its business any more, even while its picture still stands. */
static void a_track_that_was_left_ends_only_its_own_picture(void **state)
{
	(void)state;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	picture(0, true);
	assert_int_equal(drain(), 2);
	slot_bind(&w.slots[1], &w.camera[1], 2, w.now_us);
	picture(1, false);
	track_done(&w.camera[0]);
	assert_int_equal(w.events[w.n_events - 1].type, MEDIA_SLOT_QUIET);
	picture(1, true);
	assert_int_equal(drain(), 2);
	assert_int_equal(w.events[w.n_events - 1].type, MEDIA_SLOT_SWITCHED);
	assert_int_equal(w.events[w.n_events - 1].slot.binding, 2);
}

static void a_slot_goes_on_for_hours(void **state)
{
	struct rtp_view pkt;
	int pictures = 0, sounds = 0;

	(void)state;
	slot_bind(&w.slots[0], &w.mic[0], 1, w.now_us);
	slot_bind(&w.slots[1], &w.camera[0], 2, w.now_us);
	for (int i = 0; i < 140000; i++) {
		w.now_us += 20 * MS;
		w.rtp[0][0] += 960;
		receive(0, 0, CODEC_OPUS, "opus", 4);
		if (i % 2)
			picture(0, i == 1);
		while (next_packet(&pkt)) {
			pictures += pkt.ssrc == 200;
			sounds += pkt.ssrc == 100;
		}
	}
	assert_int_equal(sounds, 140000);
	assert_int_equal(pictures, 140000);
}

static void a_path_that_comes_back_goes_on_without_a_gap(void **state)
{
	struct rtp_view pkt;
	uint16_t next[2] = { 0 };
	int asked, n = 0;

	(void)state;
	slot_bind(&w.slots[0], &w.mic[0], 1, w.now_us);
	slot_bind(&w.slots[1], &w.camera[0], 2, w.now_us);
	for (int i = 0; i < 60000; i++) {
		w.down.open = i < 100 || i >= 50000;
		asked = w.keyframes_asked[0];
		if (i == 50000) {
			slot_on_open(&w.slots[0], w.now_us);
			slot_on_open(&w.slots[1], w.now_us);
			assert_int_equal(w.keyframes_asked[0], asked + 1);
		}
		w.now_us += 20 * MS;
		w.rtp[0][0] += 960;
		receive(0, 0, CODEC_OPUS, "opus", 4);
		picture(0, i == 0 || i == 50010);
		while (next_packet(&pkt)) {
			int video = pkt.ssrc == 200;

			if (i >= 50000 && i < 50010)
				assert_false(video);
			if (i > 0)
				assert_int_equal(pkt.seq, next[video]);
			next[video] = (uint16_t)(pkt.seq + 1);
			n++;
		}
	}
	assert_int_equal(n, 100 * 3 + 10000 + 2 * (10000 - 10));
	assert_int_equal(counters_get(w.counters, COUNT_SEAL_REFUSED), 0);
}

static void a_keyframe_counts_after_minutes_without_one(void **state)
{
	struct rtp_view pkt;

	(void)state;
	picture(0, true);
	for (int i = 0; i < 20000; i++) {
		w.now_us += 33 * MS;
		picture(0, false);
	}
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	assert_int_equal(w.keyframes_asked[0], 1);
	picture(0, true);
	assert_true(next_packet(&pkt));
}

static void a_hostile_publisher_leaves_no_trace_in_a_slot(void **state)
{
	struct rtp_view pkt;
	uint32_t last[2] = { 0 };
	bool any[2] = { false };

	(void)state;
	for (int i = 0; i < 3000; i++) {
		int who = i < 1500 ? 0 : 1;

		w.now_us += 20 * MS;
		if (i % 1500 == 0) {
			slot_bind(&w.slots[0], &w.mic[who], (uint32_t)i, w.now_us);
			slot_bind(&w.slots[1], &w.camera[who], (uint32_t)i, w.now_us);
		}
		if (who == 0 && i % 3 == 0) {
			uint64_t ntp = (uint64_t)i * 0x9e3779b97f4a7c15u;

			report(&w.mic[0], ntp, (uint32_t)i * 0x9e3779b1u, w.now_us);
			report(&w.camera[0], ~ntp, (uint32_t)i * 0x7f4a7c15u, w.now_us);
			w.rtp[0][0] += (uint32_t)(i % 7) * 48000 * 30;
			w.rtp[0][1] += (uint32_t)(i % 11) * 90000 * 30;
		}
		w.rtp[who][0] += 960;
		receive(who, 0, CODEC_OPUS, "opus", 4);
		picture(who, i % 1500 == 0);
		slot_tick(&w.slots[1], w.now_us);
		while (next_packet(&pkt)) {
			int video = pkt.ssrc == 200;
			int32_t behind = (int32_t)(slot_clock(&w.slots[video], w.now_us) - pkt.timestamp);

			if (any[video])
				assert_true((int32_t)(pkt.timestamp - last[video]) >= 0);
			assert_true(behind >= -9600);
			/* The honest one is where it belongs within a second. */
			if (i > 1550)
				assert_in_range(behind + 2000, 0, 9000);
			last[video] = pkt.timestamp;
			any[video] = true;
		}
	}
	assert_true(any[0] && any[1]);
}

static void without_memory_a_slot_shows_nothing(void **state)
{
	(void)state;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	picture(0, true);
	drain();
	mem_fail_at(1);
	slot_bind(&w.slots[1], &w.camera[1], 2, w.now_us);
	mem_fail_at(0);
	assert_int_equal(w.events[w.n_events - 1].type, MEDIA_SLOT_QUIET);
	picture(0, false);
	picture(1, true);
	assert_int_equal(drain(), 0);
	slot_bind(&w.slots[1], &w.camera[1], 3, w.now_us);
	assert_true(drain() > 0);
}

static void who_was_left_does_not_come_back_under_a_new_name(void **state)
{
	struct rtp_view pkt;

	(void)state;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	picture(0, true);
	assert_int_equal(drain(), 2);
	/* The new one has not begun; meanwhile the old one stops and begins again. */
	slot_bind(&w.slots[1], &w.camera[1], 2, w.now_us);
	track_set_gate(&w.camera[0], false, w.now_us);
	track_set_gate(&w.camera[0], true, w.now_us);
	w.now_us += 33 * MS;
	picture(0, true);
	assert_false(next_packet(&pkt));
	picture(1, true);
	assert_true(next_packet(&pkt));
	assert_int_equal(pkt.payload[5], 1);
	assert_int_equal(w.events[w.n_events - 1].slot.binding, 2);
}

static void who_waits_for_a_keyframe_has_it_asked_for(void **state)
{
	int asked;

	(void)state;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	picture(0, true);
	drain();
	/* The stream leaps and goes on without a keyframe. */
	w.now_us += 2000 * MS;
	w.seq[0][1] = (uint16_t)(w.seq[0][1] + 10000);
	picture(0, false);
	assert_int_equal(drain(), 0);
	asked = w.keyframes_asked[0];
	slot_tick(&w.slots[1], w.now_us);
	track_tick(&w.camera[0], w.now_us);
	assert_int_equal(w.keyframes_asked[0], asked + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SLOT_WORLD(a_slot_begins_at_a_keyframe_and_asks_for_it),
		IN_SLOT_WORLD(twenty_switches_leave_no_gap_and_keep_time),
		IN_SLOT_WORLD(a_shut_gate_lets_nothing_through),
		IN_SLOT_WORLD(a_newcomer_gets_the_kept_keyframe),
		IN_SLOT_WORLD(the_old_source_runs_on_for_a_second_at_most),
		IN_SLOT_WORLD(a_source_that_ends_leaves_its_slots),
		IN_SLOT_WORLD(a_track_that_ends_before_its_picture_takes_the_old_one_along),
		IN_SLOT_WORLD(a_track_that_was_left_ends_only_its_own_picture),
		IN_SLOT_WORLD(a_slot_goes_on_for_hours),
		IN_SLOT_WORLD(a_path_that_comes_back_goes_on_without_a_gap),
		IN_SLOT_WORLD(a_keyframe_counts_after_minutes_without_one),
		IN_SLOT_WORLD(a_hostile_publisher_leaves_no_trace_in_a_slot),
		IN_SLOT_WORLD(without_memory_a_slot_shows_nothing),
		IN_SLOT_WORLD(who_was_left_does_not_come_back_under_a_new_name),
		IN_SLOT_WORLD(who_waits_for_a_keyframe_has_it_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
