/* A slot's timestamps under bad clocks: never back, never ahead of real time, never far behind, and steady for honest senders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "media/base/macros.h"
#include "media/timeline.h"

#define START_US 1000000000LL
#define FRAME_US 33333

static int32_t behind(const struct timeline *t, int64_t now_us, uint32_t rtp)
{
	return (int32_t)(timeline_rtp(t, now_us) - rtp);
}

/* Honest pictures for a second; the next timestamp of the slot must be near its clock again. */
static void check_recovers(struct timeline *t, int64_t now_us)
{
	int32_t rate = t->audio ? 48000 : 90000;
	uint32_t in = 12345, out = 0;

	timeline_begin(t, in, now_us, now_us, now_us);
	for (int i = 0; i < 100; i++, now_us += 20000, in += (uint32_t)(rate / 50))
		timeline_place(t, in, true, now_us, now_us, &out);
	assert_in_range(behind(t, now_us - 20000, out) + rate / 20, 0, rate / 10);
}

static void hostile_timestamps_stay_within_real_time(void **state)
{
	(void)state;
	srand(3);
	for (int kind = 0; kind < 2; kind++) {
		for (int seed = 0; seed < 40; seed++) {
			struct timeline t;
			int64_t now_us = START_US;
			uint32_t in = (uint32_t)rand(), out, last = 0;
			bool any = false;
			int32_t rate = kind ? 48000 : 90000;

			timeline_init(&t, kind, (uint32_t)rand() * 2u, START_US - 5000000);
			timeline_begin(&t, in, now_us, now_us, now_us);
			for (int i = 0; i < 5000; i++) {
				/* Steps of all sizes, mostly ahead, from one to a thousand a second. */
				in += (uint32_t)(rand() % 7 ? rand() >> rand() % 31 : -(rand() >> rand() % 31));
				now_us += rand() % (seed % 2 ? 1000 : 100000);
				if (!timeline_place(&t, in, true, now_us - rand() % 3000000, now_us, &out))
					continue;
				assert_true(behind(&t, now_us, out) >= -rate / 10);
				assert_true(behind(&t, now_us, out) <= rate * 5);
				if (any)
					assert_true((int32_t)(out - last) >= -5 * rate);
				last = out;
				any = true;
			}
			check_recovers(&t, now_us);
		}
	}
}

static void a_leap_of_the_sender_does_not_leap_out(void **state)
{
	static const int32_t leaps_s[] = { 100, -100, 20000, -20000, 2 };

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(leaps_s); k++) {
		for (int kind = 0; kind < 2; kind++) {
			struct timeline t;
			int64_t now_us = START_US;
			uint32_t in = 77, out, last = 0;
			int32_t rate = kind ? 48000 : 90000;

			timeline_init(&t, kind, 5, START_US);
			timeline_begin(&t, in, now_us, now_us, now_us);
			for (int i = 0; i < 500; i++, now_us += 20000, in += (uint32_t)(rate / 50)) {
				if (i == 250)
					in += (uint32_t)(leaps_s[k] * rate);
				if (!timeline_place(&t, in, true, now_us - 5000, now_us, &out))
					continue;
				if (i > 0)
					assert_in_range(out - last, 1, rate / 10);
				assert_in_range(behind(&t, now_us, out) + rate / 30, 0, rate / 10);
				last = out;
			}
		}
	}
}

static void a_pause_of_any_length_ends_at_the_clock(void **state)
{
	static const int64_t pauses_s[] = { 1, 10, 3600, 6 * 3600, 7 * 3600, 13 * 3600, 25 * 3600 };

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(pauses_s); k++) {
		for (int kind = 0; kind < 2; kind++) {
			struct timeline t;
			int64_t now_us = START_US;
			uint32_t in = 0xfffffff0u, out = 0;
			int32_t rate = kind ? 48000 : 90000;

			timeline_init(&t, kind, 5, START_US);
			timeline_begin(&t, in, now_us, now_us, now_us);
			for (int i = 0; i < 200; i++, now_us += 20000, in += (uint32_t)(rate / 50)) {
				if (i == 100) {
					now_us += pauses_s[k] * 1000000;
					in += (uint32_t)(pauses_s[k] * rate);
				}
				assert_true(timeline_place(&t, in, true, now_us - 5000, now_us, &out));
				assert_in_range(behind(&t, now_us, out) + rate / 50, 0, rate / 20);
			}
		}
	}
}

static void a_source_after_hours_of_nothing_begins_at_the_clock(void **state)
{
	(void)state;
	for (int hours = 1; hours < 30; hours++) {
		for (int kind = 0; kind < 2; kind++) {
			int64_t now_us = START_US + hours * 3600000000LL;
			struct timeline t;
			uint32_t out;

			timeline_init(&t, kind, 5, START_US);
			timeline_begin(&t, 0, START_US, START_US, START_US);
			assert_true(timeline_place(&t, 0, true, START_US, START_US, &out));
			timeline_begin(&t, 9, now_us, now_us, now_us);
			assert_true(timeline_place(&t, 9, true, now_us, now_us, &out));
			assert_int_equal(behind(&t, now_us, out), 0);
		}
	}
}

/* Opus allows 120 ms a packet: that is no silence, and its timestamps stay as even as they came. */
static void long_audio_frames_are_no_silence(void **state)
{
	struct timeline t;
	uint32_t out, last = 0;

	(void)state;
	timeline_init(&t, true, 5, START_US);
	timeline_begin(&t, 0, START_US, START_US, START_US);
	for (int i = 0; i < 300; i++) {
		int64_t now_us = START_US + i * 60000 + rand() % 8000;

		assert_true(timeline_place(&t, (uint32_t)i * 2880, true, now_us - rand() % 4000, now_us, &out));
		if (i > 0)
			assert_int_equal(out - last, 2880);
		last = out;
	}
}

static void late_packets_get_the_time_of_their_frame(void **state)
{
	struct timeline t;
	uint32_t out[4];

	(void)state;
	timeline_init(&t, false, 5, START_US);
	timeline_begin(&t, 3000, START_US, START_US, START_US);
	for (uint32_t i = 0; i < 4; i++)
		assert_true(timeline_place(&t, 3000 + i * 3000, true, START_US + i * FRAME_US, START_US + i * FRAME_US, &out[i]));
	for (uint32_t i = 0; i < 4; i++) {
		uint32_t late;

		assert_true(timeline_place(&t, 3000 + i * 3000, false, START_US, START_US + 4 * FRAME_US, &late));
		assert_in_range(late - out[i] + 2, 0, 4);
	}
	/* An unknown frame between: as far from its neighbours as it was. */
	assert_true(timeline_place(&t, 3000 + 4500, false, START_US, START_US + 4 * FRAME_US, &out[0]));
	assert_in_range(out[2] - out[0], 1490, 1510);
}

static void a_repaired_packet_has_the_timestamp_of_its_frame(void **state)
{
	uint32_t in = 500, out[60];
	struct timeline t;

	(void)state;
	timeline_init(&t, false, 7, START_US);
	timeline_begin(&t, in, START_US, START_US, START_US);
	/* The clock is corrected all the while: each frame is off by a little more. */
	for (int i = 0; i < 60; i++)
		assert_true(timeline_place(&t, in + (uint32_t)i * 3000, true, START_US + i * (FRAME_US - 500), START_US + i * FRAME_US, &out[i]));
	for (int i = 60 - TIMELINE_FRAMES; i < 60; i++) {
		uint32_t late;

		assert_true(timeline_place(&t, in + (uint32_t)i * 3000, false, START_US + i * (FRAME_US - 500), START_US + 60 * FRAME_US, &late));
		assert_int_equal(late, out[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_timestamps_stay_within_real_time),
		cmocka_unit_test(a_repaired_packet_has_the_timestamp_of_its_frame),
		cmocka_unit_test(a_leap_of_the_sender_does_not_leap_out),
		cmocka_unit_test(a_pause_of_any_length_ends_at_the_clock),
		cmocka_unit_test(a_source_after_hours_of_nothing_begins_at_the_clock),
		cmocka_unit_test(long_audio_frames_are_no_silence),
		cmocka_unit_test(late_packets_get_the_time_of_their_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
