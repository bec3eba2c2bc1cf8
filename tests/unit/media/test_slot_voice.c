/* Voices in a slot: pace, drift, the first syllable, RED for who did not negotiate it. */
#include "tests/unit/media/slot_world.h"

#include "media/base/macros.h"
#include "media/rtcp.h"

static void red_is_unpacked_for_who_did_not_negotiate_it(void **state)
{
	/* One redundant block of 2 bytes, then the primary (RFC 2198). */
	static const uint8_t red[] = { 0x80 | 111, 0x03, 0xc0, 0x02, 111, 'o', 'l', 'n', 'e', 'w' };
	struct rtp_view pkt;

	(void)state;
	slot_bind(&w.slots[0], &w.mic[0], 1, w.now_us);
	receive(0, 0, CODEC_RED, red, sizeof(red));
	assert_true(next_packet(&pkt));
	assert_int_equal(pkt.pt, 111);
	assert_int_equal(pkt.payload_len, 3);
	assert_memory_equal(pkt.payload, "new", 3);
	assert_true(pkt.has_audio_level);
}

static void a_voice_keeps_pace_over_switches(void **state)
{
	uint32_t last = 0;
	uint16_t seq = 0;
	bool any = false;
	struct rtp_view pkt;

	(void)state;
	for (int i = 0; i < 500; i++) {
		w.now_us = w.start_us + i * 20 * MS;
		if (i % 50 == 0)
			slot_bind(&w.slots[0], &w.mic[i / 50 % SENDERS], (uint32_t)i, w.now_us);
		for (int k = 0; k < SENDERS; k++) {
			w.rtp[k][0] += 960;
			receive(k, 0, CODEC_OPUS, "opus", 4);
		}
		while (next_packet(&pkt)) {
			if (any) {
				assert_int_equal(pkt.seq, (uint16_t)(seq + 1));
				assert_int_equal(pkt.timestamp - last, 960);
			}
			any = true;
			seq = pkt.seq;
			last = pkt.timestamp;
		}
	}
	assert_true(any);
}

static void drifting_sound_is_put_right_by_whole_packets(void **state)
{
	uint32_t last = 0;
	uint16_t seq = 0;
	int left_out = 0;
	struct rtp_view pkt;

	(void)state;
	/* A sound card that runs 0.2 % slow or fast for a minute, its sender reports telling so. */
	for (int i = 0; i < 3000; i++) {
		w.now_us = w.start_us + i * 20 * MS;
		if (i == 0)
			slot_bind(&w.slots[0], &w.mic[0], 1, w.now_us);
		if (i % 50 == 0)
			report(&w.mic[0], ntp_from_wall_us(w.now_us), w.rtp[0][0] + 960 - (uint32_t)(i * 2), w.now_us);
		w.rtp[0][0] += 960;
		receive(0, 0, CODEC_OPUS, "opus", 4);
		if (!next_packet(&pkt)) {
			left_out++;
			continue;
		}
		if (last) {
			assert_int_equal(pkt.seq, (uint16_t)(seq + 1));
			assert_true(pkt.timestamp - last == 960 || pkt.timestamp - last == 1920);
		}
		seq = pkt.seq;
		last = pkt.timestamp;
		assert_true((int32_t)(slot_clock(&w.slots[0], w.now_us) - pkt.timestamp) < 48 * 60);
	}
	assert_in_range(left_out, 0, 8);
}

static void an_unmuted_voice_is_heard_at_once_after_any_time(void **state)
{
	(void)state;
	slot_bind(&w.slots[0], &w.mic[0], 1, w.now_us);
	for (int i = 0; i < 40000; i++) {
		if (i == 10 || i == 39000)
			track_set_gate(&w.mic[0], i != 10, w.now_us);
		w.now_us += 20 * MS;
		w.rtp[0][0] += 960;
		receive(0, 0, CODEC_OPUS, "opus", 4);
		assert_int_equal(drain(), i < 10 || i >= 39000);
	}
}

static void a_new_voice_begins_with_the_marker(void **state)
{
	struct rtp_view pkt = { 0 };

	(void)state;
	for (int i = 0; i < 10; i++) {
		struct rtp_view in = { .seq = (uint16_t)i, .ssrc = 5, .payload = (const uint8_t *)"opus", .payload_len = 4 };

		w.now_us += 20 * MS;
		if (i % 5 == 0)
			slot_bind(&w.slots[0], &w.mic[i / 5], (uint32_t)i, w.now_us);
		in.timestamp = (uint32_t)i * 960;
		assert_int_equal(track_receive(&w.mic[i / 5], 0, &in, CODEC_OPUS, false, w.now_us), 0);
		assert_true(next_packet(&pkt));
		assert_int_equal(pkt.marker, i % 5 == 0);
	}
}

static void a_voice_begins_with_its_newest_packet(void **state)
{
	static const struct rtp_view late = { .seq = 5, .timestamp = 4800, .ssrc = 5, .payload = (const uint8_t *)"late", .payload_len = 4 };
	struct rtp_view in = { .ssrc = 5, .payload = (const uint8_t *)"opus", .payload_len = 4 }, pkt = { 0 };

	(void)state;
	for (int i = 0; i < 30; i++) {
		in.seq = (uint16_t)i;
		in.timestamp = (uint32_t)i * 960;
		w.now_us += 20 * MS;
		if (i != 5)
			track_receive(&w.mic[0], 0, &in, CODEC_OPUS, false, w.now_us);
	}
	slot_bind(&w.slots[0], &w.mic[0], 1, w.now_us);
	track_receive(&w.mic[0], 0, &late, CODEC_OPUS, false, w.now_us);
	assert_true(next_packet(&pkt));
	assert_memory_equal(pkt.payload, "opus", 4);
	assert_false(next_packet(&pkt));
	in.seq = 30;
	in.timestamp = 30 * 960;
	track_receive(&w.mic[0], 0, &in, CODEC_OPUS, false, w.now_us);
	assert_true(next_packet(&pkt));
	assert_memory_equal(pkt.payload, "opus", 4);
	assert_false(next_packet(&pkt));
}

/* The next frame of sound leaves: how much at once, and how much with those 5 ms later. */
static void count_leaving(uint64_t *ret_now, uint64_t *ret_later)
{
	uint64_t before = sendqueue_committed(w.queue);

	w.now_us += 20 * MS;
	w.rtp[0][0] += 960;
	receive(0, 0, CODEC_OPUS, "opus", 4);
	run_until(w.now_us);
	*ret_now = sendqueue_committed(w.queue) - before;
	run_until(w.now_us + DEPARTURE_WAIT_US);
	*ret_later = sendqueue_committed(w.queue) - before;
}

/* In a crowd sound waits for company, but not where so many hear it that sending takes as long. */
static void sound_to_many_waits_for_nobody(void **state)
{
	static const struct slot_cfg audio = { .audio = true, .ssrc = 300 };
	static struct slot others[499];
	uint64_t now, later;

	(void)state;
	w.departures.crowd = true;
	slot_bind(&w.slots[0], &w.mic[0], 1, w.now_us);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		slot_init(&others[i], &w.down, 0, &audio, i, w.now_us);
	for (size_t i = 0; i + 1 < ARRAY_LEN(others); i++)
		slot_bind(&others[i], &w.mic[0], 1, w.now_us);
	count_leaving(&now, &later);    /* all begin */
	count_leaving(&now, &later);
	assert_true(now == 0 && later == 1);
	slot_bind(&others[498], &w.mic[0], 1, w.now_us);
	count_leaving(&now, &later);
	count_leaving(&now, &later);
	assert_true(now == 1 && later == 1);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		slot_done(&others[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SLOT_WORLD(red_is_unpacked_for_who_did_not_negotiate_it),
		IN_SLOT_WORLD(a_voice_keeps_pace_over_switches),
		IN_SLOT_WORLD(drifting_sound_is_put_right_by_whole_packets),
		IN_SLOT_WORLD(an_unmuted_voice_is_heard_at_once_after_any_time),
		IN_SLOT_WORLD(a_new_voice_begins_with_the_marker),
		IN_SLOT_WORLD(a_voice_begins_with_its_newest_packet),
		IN_SLOT_WORLD(sound_to_many_waits_for_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
