/* How a slot's packets leave: at the pacer's pace, with numbers of their own though some come late or stay out; repeats; reports. */
#include "tests/unit/media/slot_world.h"

#include <string.h>

#include "media/base/bytes.h"
#include "media/counter.h"
#include "media/rate_control.h"
#include "media/rtcp.h"
#include "media/source.h"

static void pictures_leave_sixteen_packets_at_a_time(void **state)
{
	struct rtp_view pkt;
	size_t n = 0;

	(void)state;
	picture(0, true);
	for (int i = 0; i < 20; i++)
		picture(0, false);
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	slot_bind(&w.slots[0], &w.mic[0], 2, w.now_us);
	receive(0, 0, CODEC_OPUS, "sound", 5);
	run_until(w.now_us);
	assert_int_equal(counters_get(w.counters, COUNT_TX_PACKETS), 16 + 1);
	/* Sound does not wait for pictures that do. */
	w.now_us += 4 * MS;
	w.rtp[0][0] += 960;
	receive(0, 0, CODEC_OPUS, "sound", 5);
	run_until(w.now_us);
	assert_int_equal(counters_get(w.counters, COUNT_TX_PACKETS), 16 + 2);
	w.now_us += 5 * MS;
	run_until(w.now_us);
	assert_int_equal(counters_get(w.counters, COUNT_TX_PACKETS), 32 + 2);
	w.now_us += 5 * MS;
	for (; next_packet(&pkt); n++)
		;
	assert_int_equal(n, 42 + 2);
}

static void a_picture_that_waited_half_a_second_is_given_up(void **state)
{
	struct rtp_view pkt;

	(void)state;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	picture(0, true);
	assert_int_equal(drain(), 2);
	picture(0, false);
	w.now_us += 501 * MS;
	assert_int_equal(drain(), 0);
	picture(0, false);
	assert_int_equal(drain(), 0);
	source_tick(w.camera[0].layers[0], w.now_us + 1000 * MS);
	assert_int_equal(w.keyframes_asked[0], 2);
	picture(0, true);
	assert_true(next_packet(&pkt));
	assert_int_equal(pkt.payload[1], 0);
	assert_int_equal(counters_get(w.counters, COUNT_SLOT_DROPPED_TO_KEYFRAME), 1);
}

static void a_nack_is_answered_by_rtx(void **state)
{
	struct rtp_view pkt, first;
	uint16_t lost[2];
	uint8_t payload[8];

	(void)state;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	picture(0, true);
	assert_true(next_packet(&first));
	memcpy(payload, first.payload, 8);
	while (next_packet(&pkt))
		;
	lost[0] = first.seq;
	lost[1] = (uint16_t)(first.seq + 900);  /* never sent */
	slot_on_nack(&w.slots[1], lost, 2, w.now_us);
	assert_true(next_packet(&pkt));
	assert_int_equal(pkt.ssrc, 201);
	assert_int_equal(pkt.pt, 97);
	assert_int_equal(pkt.timestamp, first.timestamp);
	assert_int_equal(read_u16(pkt.payload), first.seq);
	assert_memory_equal(pkt.payload + 2, payload, 8);
	assert_false(next_packet(&pkt));
	/* Asked again at once: not repeated at once. */
	slot_on_nack(&w.slots[1], lost, 1, w.now_us + 1);
	assert_false(next_packet(&pkt));
	assert_int_equal(counters_get(w.counters, COUNT_RTX_TX), 1);
}

/* A request that was on its way when the repeat left says nothing about it; one that comes later is the second for that packet. */
static void what_is_asked_for_again_goes_twice(void **state)
{
	uint16_t seq;

	(void)state;
	w.down.rate->bwe.rtt_us = 100 * MS;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	picture(0, true);
	for (int i = 0; i < 5; i++)
		picture(0, false);
	assert_int_equal(drain(), 12);
	seq = (uint16_t)(w.slots[1].next_seq - 1);
	slot_on_nack(&w.slots[1], &seq, 1, w.now_us);
	assert_int_equal(drain(), 1);
	w.now_us += 60 * MS;
	slot_on_nack(&w.slots[1], &seq, 1, w.now_us);
	assert_int_equal(drain(), 0);
	w.now_us += 50 * MS;
	slot_on_nack(&w.slots[1], &seq, 1, w.now_us);
	assert_int_equal(drain(), 2);
	/* Whose line loses many gets two at once. */
	w.down.care.level = 2;
	seq--;
	slot_on_nack(&w.slots[1], &seq, 1, w.now_us);
	assert_int_equal(drain(), 2);
	/* With leave for one, one goes. */
	seq--;
	w.slots[1].repeats_left = 1;
	slot_on_nack(&w.slots[1], &seq, 1, w.now_us);
	assert_int_equal(drain(), 1);
}

/* A hole of the publisher's line: the viewer has asked for it before we had it. */
static void what_comes_late_answers_those_who_asked(void **state)
{
	static const uint8_t payload[8] = { 0x10, 1, 0, 0, 0, 0 };
	struct rtp_view late = { .timestamp = 0, .ssrc = 5, .marker = true, .payload = payload, .payload_len = sizeof(payload) };
	uint16_t asked;

	(void)state;
	w.down.rate->bwe.rtt_us = 100 * MS;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	picture(0, true);
	drain();
	for (int lossy = 0; lossy < 2; lossy++) {
		w.down.care.level = (uint8_t)lossy;
		late.seq = w.seq[0][1]++;
		late.timestamp = w.rtp[0][1] + 3000;
		w.rtp[0][1] += 3000;
		picture(0, false);
		assert_int_equal(drain(), 2);
		asked = (uint16_t)(w.slots[1].next_seq - 3);
		slot_on_nack(&w.slots[1], &asked, 1, w.now_us);
		assert_int_equal(drain(), 0);
		w.now_us += 30 * MS;
		assert_int_equal(track_receive(&w.camera[0], 0, &late, CODEC_VP8, true, w.now_us), 0);
		assert_int_equal(drain(), 1 + lossy);
		/* Asked for before it can have come. */
		w.now_us += 50 * MS;
		slot_on_nack(&w.slots[1], &asked, 1, w.now_us);
		assert_int_equal(drain(), 0);
		w.now_us += 50 * MS;
		slot_on_nack(&w.slots[1], &asked, 1, w.now_us);
		assert_int_equal(drain(), 2);
	}
}

/* A picture of one packet with Chromium's numbers, whose last byte is its own. */
static size_t layered(uint8_t payload[7], bool key, uint8_t tid, uint8_t picture)
{
	const uint8_t p[7] = { 0x90, 0xe0, 0x80, picture, picture, (uint8_t)(tid << 6 | 0x20), (uint8_t)(key ? 0 : 1) };

	memcpy(payload, p, sizeof(p));
	return sizeof(p);
}

static void what_comes_late_gets_its_own_number_though_pictures_are_left_out(void **state)
{
	uint16_t first = 0, late_in = 0;
	uint8_t payload[7];
	struct rtp_view pkt;
	size_t n = 0;

	(void)state;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	for (uint8_t i = 0; i < 20; i++) {
		struct rtp_view in = { .seq = w.seq[0][1]++, .timestamp = w.rtp[0][1] += 3000, .ssrc = 5, .marker = true, .payload = payload };

		in.payload_len = layered(payload, i == 0, i % 2, i);
		w.slots[1].temporal.wanted = 0;
		late_in = i == 10 ? in.seq : late_in;
		if (i != 10)
			assert_int_equal(track_receive(&w.camera[0], 0, &in, CODEC_VP8, false, w.now_us), 0);
		while (next_packet(&pkt)) {
			/* All but the sixth of the base layer, which is on its way; what was left out behind it left holes until it was known. */
			first = n == 0 ? pkt.seq : first;
			assert_int_equal(pkt.payload[3] % 2, 0);
			n++;
		}
	}
	assert_int_equal(n, 9);
	layered(payload, false, 0, 10);
	pkt = (struct rtp_view){ .seq = late_in, .timestamp = w.rtp[0][1] - 9 * 3000, .ssrc = 5, .marker = true, .payload = payload, .payload_len = 7 };
	assert_int_equal(track_receive(&w.camera[0], 0, &pkt, CODEC_VP8, true, w.now_us), 0);
	assert_true(next_packet(&pkt));
	assert_int_equal(pkt.payload[3], 10);
	assert_int_equal(pkt.seq, (uint16_t)(first + 5));
	assert_false(next_packet(&pkt));
}

static void empty_packets_leave_no_hole(void **state)
{
	struct rtp_view pkt;
	uint16_t next = 0;
	size_t n = 0;

	(void)state;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	for (int i = 0; i < 100; i++) {
		w.now_us += 33 * MS;
		picture(0, i == 0);
		if (i % 3 == 0)
			receive(0, 1, CODEC_VP8, NULL, 0);      /* padding alone, as a probe for bandwidth */
		while (next_packet(&pkt)) {
			if (n++ > 0)
				assert_int_equal(pkt.seq, next);
			next = (uint16_t)(pkt.seq + 1);
		}
	}
	assert_int_equal(n, 200);
	/* The same in a kept keyframe. */
	slot_bind(&w.slots[1], NULL, 2, w.now_us);
	picture(0, true);
	receive(0, 1, CODEC_VP8, NULL, 0);
	picture(0, false);
	slot_bind(&w.slots[1], &w.camera[0], 3, w.now_us);
	for (n = 0; next_packet(&pkt); n++)
		assert_int_equal(pkt.seq, next++);
	assert_int_equal(n, 4);
}

static void a_storm_of_nacks_repeats_no_more_than_was_sent(void **state)
{
	uint16_t lost[100];
	size_t repeated;

	(void)state;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	picture(0, true);
	for (int i = 0; i < 50; i++)
		picture(0, false);
	assert_int_equal(drain(), 102);
	for (int i = 0; i < 100; i++)
		lost[i] = (uint16_t)(w.slots[1].next_seq - 100 + i);
	for (int i = 0; i < 1000; i++) {
		w.now_us += MS;
		slot_on_nack(&w.slots[1], lost, 100, w.now_us);
	}
	repeated = drain();
	assert_in_range(repeated, 100, 102);
	assert_int_equal(counters_get(w.counters, COUNT_RTX_TX), repeated);
}

static void a_repeat_is_of_what_was_sent(void **state)
{
	struct rtp_view pkt;
	uint16_t seq, in;

	(void)state;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	picture(0, true);
	drain();
	seq = (uint16_t)(w.slots[1].next_seq - 1);
	/* Bound again by another number: what was sent is still known. */
	slot_bind(&w.slots[1], &w.camera[0], 2, w.now_us);
	slot_on_nack(&w.slots[1], &seq, 1, w.now_us);
	assert_true(next_packet(&pkt));
	assert_int_equal(read_u16(pkt.payload), seq);
	/* The stream begins anew and its numbers meet the old ones by chance: that is another packet. */
	in = (uint16_t)(w.seq[0][1] - 1);
	w.now_us += 1000 * MS;
	w.seq[0][1] = (uint16_t)(in + 10000);
	picture(0, true);
	w.now_us += 1000 * MS;
	w.seq[0][1] = (uint16_t)(in - 1);
	picture(0, true);
	drain();
	slot_on_nack(&w.slots[1], &seq, 1, w.now_us);
	assert_false(next_packet(&pkt));
}

static void reports_tell_the_slots_clock(void **state)
{
	static const uint8_t sr = 200;
	uint8_t out[200];
	size_t len;

	(void)state;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	assert_int_equal(slot_write_report(&w.slots[1], out, sizeof(out), w.now_us), 0);
	picture(0, true);
	drain();
	w.now_us += 10 * MS;
	/* At once behind a switch, then each second. */
	len = slot_write_report(&w.slots[1], out, sizeof(out), w.now_us);
	assert_int_equal(len % 4, 0);
	assert_in_range(len, 28 + 12, sizeof(out));
	assert_int_equal(out[1], sr);
	assert_int_equal(read_u32(out + 4), 200);
	assert_int_equal(read_u64(out + 8), ntp_from_wall_us(w.now_us));
	assert_int_equal(read_u32(out + 16), slot_clock(&w.slots[1], w.now_us));
	assert_int_equal(read_u32(out + 20), 2);
	assert_int_equal(read_u32(out + 24), 16);
	assert_int_equal(slot_write_report(&w.slots[1], out, sizeof(out), w.now_us + 900 * MS), 0);
	assert_int_not_equal(slot_write_report(&w.slots[1], out, sizeof(out), w.now_us + 1000 * MS), 0);
	slot_bind(&w.slots[1], &w.camera[1], 2, w.now_us);
	picture(1, true);
	drain();
	assert_int_not_equal(slot_write_report(&w.slots[1], out, sizeof(out), w.now_us + 1010 * MS), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SLOT_WORLD(pictures_leave_sixteen_packets_at_a_time),
		IN_SLOT_WORLD(a_picture_that_waited_half_a_second_is_given_up),
		IN_SLOT_WORLD(a_nack_is_answered_by_rtx),
		IN_SLOT_WORLD(what_is_asked_for_again_goes_twice),
		IN_SLOT_WORLD(what_comes_late_answers_those_who_asked),
		IN_SLOT_WORLD(what_comes_late_gets_its_own_number_though_pictures_are_left_out),
		IN_SLOT_WORLD(empty_packets_leave_no_hole),
		IN_SLOT_WORLD(a_storm_of_nacks_repeats_no_more_than_was_sent),
		IN_SLOT_WORLD(a_repeat_is_of_what_was_sent),
		IN_SLOT_WORLD(reports_tell_the_slots_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
