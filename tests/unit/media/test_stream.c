/* The pure parts behind a source: capture clock, keyframe requests, reception and missing numbers, kept packets, VP8 numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/capture_clock.h"
#include "media/keyframe.h"
#include "media/packet_ring.h"
#include "media/payload.h"
#include "media/reception.h"
#include "media/picture_rewrite.h"

#define SECOND 1000000LL

static void reports_put_voice_and_picture_on_one_line(void **state)
{
	struct sender_clock sender = { 0 };
	struct source_clock mic, camera;
	int64_t voice_us, picture_us;

	(void)state;
	source_clock_init(&mic, 48000);
	source_clock_init(&camera, 90000);
	/* The sender's clock is 1,000 s behind ours; the camera's report was delayed by 30 ms more than the microphone's. */
	sender_clock_report(&sender, 5 * SECOND, 1005 * SECOND + 40000);
	source_clock_report(&mic, &sender, 1000, 5 * SECOND);
	sender_clock_report(&sender, 6 * SECOND, 1006 * SECOND + 70000);
	source_clock_report(&camera, &sender, 77000, 6 * SECOND);
	voice_us = source_clock_capture_us(&mic, &sender, 1000 + 2 * 48000, 1008 * SECOND);
	picture_us = source_clock_capture_us(&camera, &sender, 77000 + 90000, 1008 * SECOND);
	assert_int_equal(voice_us, 1007 * SECOND + 40000);
	assert_int_equal(picture_us, voice_us);
}

static void arrival_time_stands_in_before_the_first_report(void **state)
{
	struct sender_clock sender = { 0 };
	struct source_clock c;

	(void)state;
	source_clock_init(&c, 90000);
	source_clock_packet(&c, 0xfffffff0u, 50 * SECOND + 20000);      /* 20 ms late, timestamp about to wrap */
	source_clock_packet(&c, 0xfffffff0u + 9000, 50 * SECOND + 100000);
	assert_int_equal(source_clock_capture_us(&c, &sender, 0xfffffff0u + 18000, 51 * SECOND), 50 * SECOND + 200000);
	/* A jump of the sender's timestamps draws a new line. */
	source_clock_packet(&c, 5, 60 * SECOND);
	assert_int_equal(source_clock_capture_us(&c, &sender, 5, 60 * SECOND), 60 * SECOND);
}

static void garbage_reports_do_not_move_capture_times(void **state)
{
	static const int64_t ntps_us[] = { -2208988800 * SECOND, 2085978495 * SECOND, 0, 1, 5 * SECOND };
	struct sender_clock sender = { 0 };
	struct source_clock c;
	int64_t now = 1000 * SECOND;
	uint32_t rtp = 4000000000u;

	(void)state;
	srand(7);
	source_clock_init(&c, 90000);
	for (int i = 0; i < 20000; i++, now += 20000, rtp += 1800) {
		source_clock_packet(&c, rtp, now);
		if (i % 3 == 0) {
			int64_t ntp_us = ntps_us[rand() % 5] + rand() % 100;

			if (sender_clock_report(&sender, ntp_us, now))
				source_clock_report(&c, &sender, (uint32_t)rand() * 3u, ntp_us);
		}
		assert_in_range(source_clock_capture_us(&c, &sender, rtp, now), now - 3 * SECOND, now);
		assert_in_range(source_clock_capture_us(&c, &sender, (uint32_t)rand() * 3u, now), now - 3 * SECOND, now);
	}
}

/* The sender's wall clock is set while it speaks: voice and picture stay on one line, and near the truth. */
static void a_sender_may_set_its_clock(void **state)
{
	static const int64_t steps_us[] = { 10 * SECOND, -10 * SECOND, 3600 * SECOND, -86400 * SECOND };

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(steps_us); k++) {
		struct sender_clock sender = { 0 };
		struct source_clock mic, camera;
		int64_t ntp_minus_now = 77 * SECOND;

		source_clock_init(&mic, 48000);
		source_clock_init(&camera, 90000);
		for (int i = 0; i < 4000; i++) {
			int64_t now = 500 * SECOND + i * 20000, voice_us, picture_us;

			if (i == 2000)
				ntp_minus_now += steps_us[k];
			source_clock_packet(&mic, (uint32_t)i * 960, now);
			source_clock_packet(&camera, (uint32_t)i * 1800, now);
			if (i % 100 == 0) {
				if (sender_clock_report(&sender, now + ntp_minus_now, now + 15000))
					source_clock_report(&mic, &sender, (uint32_t)i * 960, now + ntp_minus_now);
			}
			if (i % 100 == 30) {
				if (sender_clock_report(&sender, now + ntp_minus_now, now + 25000))
					source_clock_report(&camera, &sender, (uint32_t)i * 1800, now + ntp_minus_now);
			}
			voice_us = source_clock_capture_us(&mic, &sender, (uint32_t)i * 960, now);
			picture_us = source_clock_capture_us(&camera, &sender, (uint32_t)i * 1800, now);
			assert_in_range(voice_us, now - 30000, now);
			assert_in_range(picture_us - voice_us + 20000, 0, 40000);
		}
	}
}

static void a_clock_that_stood_still_begins_a_new_line(void **state)
{
	struct sender_clock sender = { 0 };
	struct source_clock c;
	int64_t now = 100 * SECOND;
	uint32_t rtp = 5000;

	(void)state;
	source_clock_init(&c, 48000);
	sender_clock_report(&sender, now, now);
	source_clock_report(&c, &sender, rtp, now);
	for (int i = 0; i < 50; i++, now += 20000, rtp += 960)
		source_clock_packet(&c, rtp, now);
	/* Discontinuous transmission: a packet each 400 ms, and the report still counts. */
	for (int i = 0; i < 5; i++, now += 400000, rtp += 400 * 48)
		source_clock_packet(&c, rtp, now);
	assert_true(c.has_report);
	assert_int_equal(source_clock_capture_us(&c, &sender, rtp, now), now);
	/* The microphone had no track for 2.8 s: its clock goes on where it stood. */
	now += 2800000;
	for (int i = 0; i < 50; i++, now += 20000, rtp += 960)
		source_clock_packet(&c, rtp, now);
	assert_int_equal(source_clock_capture_us(&c, &sender, rtp, now), now);
	sender_clock_report(&sender, now, now);
	source_clock_report(&c, &sender, rtp, now);
	assert_int_equal(source_clock_capture_us(&c, &sender, rtp + 960, now + 20000), now + 20000);
}

/* A line that stood still for seconds brings old reports, perhaps several at once: that is no other clock. */
static void reports_that_come_late_set_no_clock(void **state)
{
	struct sender_clock sender = { 0 };
	struct source_clock c;

	(void)state;
	source_clock_init(&c, 48000);
	source_clock_packet(&c, 0, 10 * SECOND);
	for (int i = 0; i < 60; i++) {
		int64_t sent = (10 + i) * SECOND, late = i % 20 == 17 ? 2500000 : i % 20 == 18 ? 2100000 : 10000;

		if (sender_clock_report(&sender, sent + 99 * SECOND, sent + late))
			source_clock_report(&c, &sender, (uint32_t)i * 48000, sent + 99 * SECOND);
		assert_int_equal(source_clock_capture_us(&c, &sender, (uint32_t)i * 48000, sent + late), sent + 10000);
	}
	assert_int_equal(sender.steps, 0);
}

static void keyframes_are_asked_once_then_spaced(void **state)
{
	struct keyframe_asker k;
	int64_t now = 10 * SECOND;
	int asked = 0;

	(void)state;
	keyframe_init(&k, keyframe_spacing_us(0));
	assert_false(keyframe_ask(&k, now, 100000));
	keyframe_want(&k);
	assert_true(keyframe_ask(&k, now, 100000));
	/* A hundred viewers ask within the round trip. */
	for (int i = 0; i < 100; i++) {
		keyframe_want(&k);
		assert_false(keyframe_ask(&k, now + i * 1000, 100000));
	}
	assert_true(keyframe_ask(&k, now + 210000, 100000));    /* the request was lost */
	keyframe_came(&k, now + 250000);
	assert_false(keyframe_ask(&k, now + 2 * SECOND, 100000));
	for (int i = 0; i < 100; i++) {
		keyframe_want(&k);
		asked += keyframe_ask(&k, now + 300000 + i * 10000, 100000);
		if (k.in_flight)
			keyframe_came(&k, now + 300000 + i * 10000);
	}
	assert_int_equal(asked, 1);
}

static void who_gives_no_keyframe_is_asked_ever_less(void **state)
{
	struct keyframe_asker k;
	int asked = 0;

	(void)state;
	keyframe_init(&k, keyframe_spacing_us(0));
	for (int64_t now = SECOND; now < 61 * SECOND; now += 10000) {
		keyframe_want(&k);
		asked += keyframe_ask(&k, now, 50000);
	}
	assert_in_range(asked, 60, 64);
	/* When it gives one after all, the next lost request is noticed as soon as the first. */
	keyframe_came(&k, 61 * SECOND);
	keyframe_want(&k);
	assert_true(keyframe_ask(&k, 63 * SECOND, 50000));
	assert_true(keyframe_ask(&k, 63 * SECOND + 200000, 50000));
}

/* How often a layer is asked when somebody always waits and each request is answered after `rtt_us`. */
static int asked_in_ten_seconds(unsigned layers_above, int64_t rtt_us)
{
	struct keyframe_asker k;
	int asked = 0;

	keyframe_init(&k, keyframe_spacing_us(layers_above));
	for (int64_t now = SECOND; now < 11 * SECOND; now += 10000) {
		keyframe_want(&k);
		asked += keyframe_ask(&k, now, rtt_us);
		if (k.in_flight && now - k.asked_us >= rtt_us)
			keyframe_came(&k, now);
	}
	return asked;
}

static void small_layers_may_be_asked_more_often(void **state)
{
	(void)state;
	assert_in_range(asked_in_ten_seconds(0, 50000), 10, 11);
	assert_in_range(asked_in_ten_seconds(1, 50000), 20, 21);
	assert_in_range(asked_in_ten_seconds(2, 50000), 33, 35);
	assert_int_equal(keyframe_spacing_us(9), keyframe_spacing_us(2));
	/* Never a second one before the first could have been answered, however short the spacing. */
	assert_in_range(asked_in_ten_seconds(2, 900000), 10, 12);
}

static void holes_of_any_size_are_cheap_and_bounded(void **state)
{
	static struct reception r;
	uint16_t seqs[MAX_MISSING];
	uint16_t seq = 0;

	(void)state;
	reception_init(&r, 90000, true);
	reception_packet(&r, seq, 0, SECOND);
	for (int i = 0; i < 1000; i++) {
		seq = (uint16_t)(seq + 1 + i % 129);
		assert_true(reception_packet(&r, seq, 0, SECOND));
		assert_in_range(r.n_missing, 0, MAX_MISSING);
		for (size_t k = 1; k < r.n_missing; k++)
			assert_true((int16_t)(r.missing[k].seq - r.missing[k - 1].seq) > 0);
		if (i % 129 > 0)
			assert_int_equal(r.missing[r.n_missing - 1].seq, (uint16_t)(seq - 1));
	}
	assert_in_range(reception_nacks(&r, seqs, MAX_MISSING, 2 * SECOND, 0), 1, MAX_MISSING);
}

static void reception_counts_what_is_missing_and_asks_for_it(void **state)
{
	struct reception r;
	struct rtcp_report_block rb;
	uint16_t seqs[16];

	(void)state;
	reception_init(&r, 90000, true);
	for (uint32_t i = 0; i < 100; i++)
		if (i != 10 && i != 11 && i != 40)
			assert_true(reception_packet(&r, (uint16_t)(65500 + i), i * 3000, SECOND + i * 33333));
	assert_int_equal(reception_nacks(&r, seqs, 16, 10 * SECOND, 50000), 3);
	assert_int_equal(seqs[0], (uint16_t)65510);
	assert_int_equal(seqs[2], (uint16_t)(65540));
	assert_int_equal(reception_nacks(&r, seqs, 16, 10 * SECOND + 15000, 50000), 0);
	reception_repaired(&r, (uint16_t)65510, 10 * SECOND + 50000);
	assert_int_equal(reception_nacks(&r, seqs, 16, 10 * SECOND + 60000, 50000), 2);
	for (int i = 0; i < NACK_TRIES - 2; i++)
		reception_nacks(&r, seqs, 16, (20 + i) * SECOND, 50000);
	assert_int_equal(reception_nacks(&r, seqs, 16, 40 * SECOND, 50000), 0); /* given up */
	assert_true(reception_gave_up(&r, seqs));
	assert_int_equal(seqs[0], (uint16_t)65540);
	assert_false(reception_gave_up(&r, seqs));
	reception_report(&r, &rb, 1, 2, 10 * SECOND);
	assert_int_equal(rb.lost, 3);
	assert_int_equal(rb.fraction_lost, 3 * 256 / 100);
	assert_int_equal(rb.highest_seq, 65500 + 99);
	reception_report(&r, &rb, 1, 2, 11 * SECOND);
	assert_int_equal(rb.fraction_lost, 0);
	assert_false(reception_packet(&r, (uint16_t)(65599 + 5000), 0, 12 * SECOND));
}

static void sound_is_asked_for_at_once_and_often(void **state)
{
	int64_t asked_us[16] = { 0 }, now_us = SECOND;
	struct reception r;
	uint16_t seq;
	int n = 0;

	(void)state;
	reception_init(&r, 48000, true);
	reception_packet(&r, 1, 960, now_us);
	reception_packet(&r, 3, 2880, now_us + 40000);
	for (now_us += 40000; now_us < 4 * SECOND; now_us += 1000)
		if (now_us >= r.nacks_due_us && reception_nacks(&r, &seq, 1, now_us, 200000) == 1)
			asked_us[n++] = now_us;
	assert_int_equal(n, NACK_TRIES);
	assert_int_equal(asked_us[0], SECOND + 40000);
	for (int i = 1; i < n; i++)
		assert_int_equal(asked_us[i] - asked_us[i - 1], 5000 * MAX(i, 4));
}

/* When each of the requests for one packet leaves, from its hole on, until it is given up; returns how many. */
static int ask_until_given_up(struct reception *r, int64_t hole_us, int64_t rtt_us, int64_t ret_us[NACK_TRIES])
{
	uint16_t seq;
	int n = 0;

	for (int64_t now_us = hole_us; now_us < hole_us + 4 * SECOND; now_us += 1000) {
		if (now_us < r->nacks_due_us || reception_nacks(r, &seq, 1, now_us, rtt_us) == 0)
			continue;
		assert_true(n < NACK_TRIES);
		ret_us[n++] = now_us - hole_us;
	}
	return n;
}

/* How long repeats take is what spaces requests, where it is known; and each is said twice, since it may be lost itself. */
static void requests_keep_the_pace_of_repeats(void **state)
{
	static const int64_t first_us[] = { 0, 20000, 100000, 120000, 200000, 220000 }, then_us[] = { 0, 20000, 65000, 85000, 130000, 150000 };
	int64_t asked_us[NACK_TRIES];
	struct reception r;
	uint16_t seq;

	(void)state;
	reception_init(&r, 90000, true);
	reception_packet(&r, 1, 0, SECOND);
	reception_packet(&r, 3, 6000, SECOND);
	assert_in_range(ask_until_given_up(&r, SECOND, 100000, asked_us), 10, NACK_TRIES);
	assert_memory_equal(asked_us, first_us, sizeof(first_us));
	reception_packet(&r, 5, 12000, 6 * SECOND);
	assert_int_equal(reception_nacks(&r, &seq, 1, 6 * SECOND, 100000), 1);
	reception_repaired(&r, 4, 6 * SECOND + 60000);
	reception_packet(&r, 7, 18000, 7 * SECOND);
	assert_in_range(ask_until_given_up(&r, 7 * SECOND, 100000, asked_us), 10, NACK_TRIES);
	assert_memory_equal(asked_us, then_us, sizeof(then_us));
	/* The later the further apart, and not for ever. */
	assert_true(asked_us[9] - asked_us[8] > 65000);
	reception_packet(&r, 9, 24000, 12 * SECOND);
	reception_forgive(&r);
	assert_int_equal(reception_nacks(&r, &seq, 1, 13 * SECOND, 100000), 0);
}

static void what_may_merely_be_late_is_waited_for_where_packets_overtake_each_other(void **state)
{
	struct reception r;
	uint16_t seq;

	(void)state;
	reception_init(&r, 90000, true);
	reception_packet(&r, 1, 0, SECOND);
	reception_packet(&r, 3, 6000, SECOND);
	assert_int_equal(reception_nacks(&r, &seq, 1, SECOND, 100000), 1);
	reception_packet(&r, 2, 3000, SECOND + 2000);
	reception_packet(&r, 5, 12000, 2 * SECOND);
	assert_int_equal(reception_nacks(&r, &seq, 1, 2 * SECOND + 5000, 100000), 0);
	assert_int_equal(reception_nacks(&r, &seq, 1, 2 * SECOND + 10000, 100000), 1);
	reception_repaired(&r, 4, 2 * SECOND + 110000);
	reception_packet(&r, 7, 18000, 30 * SECOND);
	assert_int_equal(reception_nacks(&r, &seq, 1, 30 * SECOND, 100000), 1);
}

static struct kept_packet packet(uint16_t seq, const uint8_t *payload, size_t len)
{
	return (struct kept_packet){ .seq = seq, .codec = CODEC_VP8, .timestamp = seq * 3000u, .payload = payload,
		                      .payload_len = (uint16_t)len };
}

static void ring_keeps_the_newest_bytes(void **state)
{
	int64_t before = mem_live();
	struct packet_ring *r = NULL;
	uint8_t payload[1000];
	const struct kept_packet *kept;
	struct kept_packet p;

	(void)state;
	assert_int_equal(ring_create(&r, 100, 1024), -EINVAL);
	assert_int_equal(ring_create(&r, 10000, 1000), -EINVAL);
	assert_int_equal(ring_create(&r, 10000, 1024), 0);
	for (uint32_t i = 0; i < 70000; i++) {
		memset(payload, (int)i, sizeof(payload));
		p = packet((uint16_t)i, payload, sizeof(payload));
		ring_put(r, &p);
		if (i < 9)
			continue;
		kept = ring_find(r, (uint16_t)(i - 8));
		assert_non_null(kept);
		assert_int_equal(kept->payload[0], (uint8_t)(i - 8));
		assert_int_equal(kept->payload[999], (uint8_t)(i - 8));
		assert_null(ring_find(r, (uint16_t)(i - 10)));
		assert_null(ring_find(r, (uint16_t)(i + 1)));
	}
	ring_clear(r);
	assert_null(ring_find(r, (uint16_t)69999));
	r = ring_destroy(r);
	assert_int_equal(mem_live(), before);
}

static void ring_reports_no_memory(void **state)
{
	int64_t before = mem_live();
	struct packet_ring *r = NULL;

	(void)state;
	for (uint64_t nth = 1;; nth++) {
		mem_fail_at(nth);
		int result = ring_create(&r, 8192, 64);
		mem_fail_at(0);
		if (result == 0)
			break;
		assert_int_equal(result, -ENOMEM);
		assert_int_equal(mem_live(), before);
	}
	ring_destroy(r);
}

/* A VP8 packet with a 7 or 15 bit picture id, TL0PICIDX and KEYIDX. */
static size_t vp8_packet(uint8_t *out, bool wide, uint16_t picture_id, uint8_t tl0, uint8_t key)
{
	size_t n = 0;

	out[n++] = 0x90;
	out[n++] = 0xf0;                /* I, L, T, K */
	if (wide)
		out[n++] = (uint8_t)(0x80 | picture_id >> 8);
	out[n++] = (uint8_t)(wide ? picture_id : picture_id & 0x7f);
	out[n++] = tl0;
	out[n++] = (uint8_t)(0x20 | (key & 0x1f));
	memcpy(out + n, "frame", 5);
	return n + 5;
}

static struct vp8_descriptor descriptor(const uint8_t *in, size_t len)
{
	struct vp8_descriptor d = { 0 };

	(void)vp8_parse(&d, in, len);
	return d;
}

static void switch_to(struct picture_rewrite *r, const uint8_t *in, size_t len)
{
	struct vp8_descriptor d = descriptor(in, len);

	vp8_rewrite_switch(r, &d);
}

static size_t rewrite(struct picture_rewrite *r, uint8_t *out, const uint8_t *in, size_t len, bool newest)
{
	struct vp8_descriptor d = descriptor(in, len);

	return vp8_rewrite_write(r, out, &d, in, len, newest);
}

static void vp8_numbers_go_on_over_a_switch(void **state)
{
	struct picture_rewrite r = { 0 };
	struct vp8_descriptor d;
	uint8_t in[32], out[33];
	size_t len;

	(void)state;
	len = vp8_packet(in, true, 0x7fff, 255, 31);
	switch_to(&r, in, len);
	assert_int_equal(rewrite(&r, out, in, len, true), len);
	assert_memory_equal(in, out, len);      /* the first source passes unchanged */

	len = vp8_packet(in, false, 100, 7, 3);
	switch_to(&r, in, len);
	assert_int_equal(rewrite(&r, out, in, len, true), len + 1);
	assert_int_equal(vp8_parse(&d, out, len + 1), 0);
	assert_true(d.wide_picture_id);
	assert_int_equal(d.picture_id, 0);
	assert_int_equal(d.tl0picidx, 0);
	assert_int_equal(d.keyidx, 0);
	assert_memory_equal(out + d.len, "frame", 5);

	len = vp8_packet(in, true, 2000, 9, 4);
	switch_to(&r, in, len);
	len = vp8_packet(in, true, 2001, 9, 4);
	assert_int_equal(rewrite(&r, out, in, len, true), len);
	assert_int_equal(vp8_parse(&d, out, len), 0);
	assert_int_equal(d.picture_id, 2);

	/* Seven bits of a source turn over; those that we send count on. */
	len = vp8_packet(in, false, 120, 9, 4);
	switch_to(&r, in, len);
	for (uint16_t i = 0; i < 500; i++) {
		len = vp8_packet(in, false, (uint16_t)(120 + i), 9, 4);
		assert_int_equal(rewrite(&r, out, in, len, true), len + 1);
		assert_int_equal(vp8_parse(&d, out, len + 1), 0);
		assert_int_equal(d.picture_id, 3 + i);
	}
	len = vp8_packet(in, false, (uint16_t)(120 + 490), 9, 4);
	rewrite(&r, out, in, len, false);     /* a late one */
	vp8_parse(&d, out, len + 1);
	assert_int_equal(d.picture_id, 493);

	/* Not a descriptor at all: copied. */
	assert_int_equal(rewrite(&r, out, (const uint8_t *)"\x80", 1, true), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_put_voice_and_picture_on_one_line),
		cmocka_unit_test(arrival_time_stands_in_before_the_first_report),
		cmocka_unit_test(garbage_reports_do_not_move_capture_times),
		cmocka_unit_test(a_sender_may_set_its_clock),
		cmocka_unit_test(a_clock_that_stood_still_begins_a_new_line),
		cmocka_unit_test(reports_that_come_late_set_no_clock),
		cmocka_unit_test(keyframes_are_asked_once_then_spaced),
		cmocka_unit_test(who_gives_no_keyframe_is_asked_ever_less),
		cmocka_unit_test(small_layers_may_be_asked_more_often),
		cmocka_unit_test(holes_of_any_size_are_cheap_and_bounded),
		cmocka_unit_test(reception_counts_what_is_missing_and_asks_for_it),
		cmocka_unit_test(sound_is_asked_for_at_once_and_often),
		cmocka_unit_test(requests_keep_the_pace_of_repeats),
		cmocka_unit_test(what_may_merely_be_late_is_waited_for_where_packets_overtake_each_other),
		cmocka_unit_test(ring_keeps_the_newest_bytes),
		cmocka_unit_test(ring_reports_no_memory),
		cmocka_unit_test(vp8_numbers_go_on_over_a_switch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
