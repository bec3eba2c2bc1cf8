/*
 * Sound over lines that lose many packets: what redundancy of the sender's fills, and what a receiver gets that loses, with real keys. Of a
 * sequence number nothing leaves but what left under it first.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/counter.h"
#include "media/rate_control.h"
#include "media/red.h"
#include "media/slot.h"
#include "media/source.h"

#define MS 1000LL
#define PACKET_MS 20
#define RED_PT 63
#define OPUS_PT 111

static struct world {
	int tx, rx;
	int64_t now_us;
	struct counters *counters;
	struct sendqueue *queue;
	struct srtp *keys, *open_keys;
	struct negotiated negotiated;
	struct downlink down;
	struct slot slot;
	struct uplink up;
	struct source *fresh;
	struct departures departures;
	struct track mic;
	uint16_t seq;
	uint32_t rtp;
	uint8_t said;                           /* payloads count up */
} w;

static void on_event(void *user, const struct media_event *ev)
{
	(void)user;
	(void)ev;
}

static void set_up_slot(void)
{
	struct slot_cfg audio = { true, 100, 0 };

	w.down = (struct downlink){ .queue = w.queue, .departures = &w.departures, .counters = w.counters, .open = true, .to_len = w.down.to_len,
		                    .to = w.down.to, .negotiated = &w.negotiated, .emit = on_event, .n_slots = 1, .slots = &w.slot, .srtp = w.keys };
	assert_int_equal(rate_control_create(&w.down.rate, &w.negotiated, w.now_us), 0);
	slot_init(&w.slot, &w.down, 0, &audio, 0x123456789abcdef0, w.now_us);
	w.up = (struct uplink){ .counters = w.counters, .fresh = &w.fresh, .rtt_us = 50 * MS, .number = 7, .emit = on_event, .repeats_sound = true };
	track_init(&w.mic, &w.up, SOURCE_MIC);
	track_set_gate(&w.mic, true, w.now_us);
	slot_bind(&w.slot, &w.mic, 1, w.now_us);
}

static int setup(void **state)
{
	static const uint8_t keying[28] = { 7 };
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(addr);

	(void)state;
	memset(&w, 0, sizeof(w));
	w.now_us = 1000000 * MS;
	w.seq = 65500;
	w.rtp = 0xfffff000;
	w.rx = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	w.tx = socket(AF_INET, SOCK_DGRAM, 0);
	bind(w.rx, (struct sockaddr *)&addr, len);
	getsockname(w.rx, (struct sockaddr *)&addr, &len);
	counters_create(&w.counters, media_counter_defs, MEDIA_COUNTERS);
	sendqueue_create(&w.queue, w.tx, NULL, w.counters);
	assert_int_equal(srtp_keys_create(&w.keys, SUITE_AEAD_AES_128_GCM, keying), 0);
	assert_int_equal(srtp_keys_create(&w.open_keys, SUITE_AEAD_AES_128_GCM, keying), 0);
	w.negotiated.n_slots = 1;
	w.negotiated.slots[0].codecs = 1 << CODEC_OPUS;
	w.negotiated.pt_of_codec[CODEC_OPUS] = OPUS_PT;
	w.negotiated.down.twcc = 3;
	memcpy(&w.down.to, &addr, len);
	w.down.to_len = len;
	set_up_slot();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	track_done(&w.mic);
	slot_done(&w.slot);
	downlink_done(&w.down);
	rate_control_destroy(w.down.rate);
	sendqueue_destroy(w.queue);
	srtp_keys_destroy(w.keys);
	srtp_keys_destroy(w.open_keys);
	counters_destroy(w.counters);
	close(w.tx);
	close(w.rx);
	return mem_live() == 0 ? 0 : -1;
}

/* The sender. */

#define FRAME_BYTES 40

static void frame(uint8_t *out, uint8_t number)
{
	memset(out, number, FRAME_BYTES);
}

static void hand_in(const struct rtp_view *pkt, enum codec codec)
{
	assert_int_equal(track_receive(&w.mic, 0, pkt, codec, false, w.now_us), 0);
}

/* Says the next frame, with so many before it along; `lost`: on the way to us. */
static void say(unsigned redundant, bool lost)
{
	uint8_t frames[3][FRAME_BYTES], payload[256];
	struct rtp_view pkt = { .seq = w.seq++, .timestamp = w.rtp, .ssrc = 5, .payload = payload, .has_audio_level = true, .audio_level = 20 };
	struct red_block blocks[3];

	w.now_us += PACKET_MS * MS;
	for (unsigned i = 0; i <= redundant; i++) {
		unsigned back = redundant - i;

		frame(frames[i], (uint8_t)(w.said - back));
		blocks[i] = (struct red_block){ .offset_rtp = (uint16_t)(back * 960), .len = FRAME_BYTES, .data = frames[i] };
	}
	w.said++;
	w.rtp += 960;
	memcpy(payload, frames[0], FRAME_BYTES);
	pkt.payload_len = redundant ? red_write(payload, sizeof(payload), OPUS_PT, blocks, redundant + 1) : FRAME_BYTES;
	if (!lost)
		hand_in(&pkt, redundant ? CODEC_RED : CODEC_OPUS);
}

static void depart(void)
{
	struct departure *d;

	for (struct source *s = w.fresh; s; s = s->next_fresh)
		source_forward(s, w.now_us);
	w.fresh = NULL;
	while ((d = departures_take(&w.departures, INT64_MAX)))
		downlink_depart(CONTAINER_OF(d, struct downlink, departure), w.now_us);
	sendqueue_flush(w.queue);
}

static void next(unsigned redundant)
{
	say(redundant, false);
	depart();
}

/* The receiver. */

struct arrival {
	size_t len;
	uint8_t sealed[1024];
	bool again;                             /* had it before: its seal is not new */
	struct rtp_view pkt;                    /* opened, unless again */
	uint8_t opened[1024];
};

static bool arrive(struct arrival *ret)
{
	static const struct extension_ids ids = { .twcc = 3 };
	ssize_t n = recv(w.rx, ret->sealed, sizeof(ret->sealed), 0);
	struct srtp_job job = { .srtp = w.open_keys, .in = ret->opened, .out = ret->opened, .out_size = sizeof(ret->opened) };

	if (n < 0)
		return false;
	ret->len = job.in_len = (size_t)n;
	memcpy(ret->opened, ret->sealed, ret->len);
	open_batch(&job, 1);
	ret->again = job.result == SRTP_REPLAYED;
	assert_true(ret->again || job.result == SRTP_OK);
	/* The header is in the clear. */
	assert_int_equal(rtp_parse(&ret->pkt, ret->again ? ret->sealed : ret->opened, ret->again ? ret->len : job.out_len, &ids), 0);
	return true;
}

static unsigned drain(void)
{
	static struct arrival a;
	unsigned n = 0;

	while (arrive(&a))
		n++;
	return n;
}

/* The line of the receiver loses this much from now on, and we know. */
static void line_loses(unsigned percent)
{
	sound_care_count(&w.down.care, 100 - percent, percent);
	downlink_tick(&w.down, w.now_us);
}

static void take_red(void)
{
	w.negotiated.slots[0].codecs |= 1 << CODEC_RED;
	w.negotiated.pt_of_codec[CODEC_RED] = RED_PT;
}

static void what_a_sender_sends_along_fills_its_holes(void **state)
{
	static struct arrival a;
	uint16_t seq;

	(void)state;
	next(2);
	assert_true(arrive(&a));
	seq = a.pkt.seq;
	for (uint8_t i = 1; i < 90; i += 3) {
		say(2, true);
		say(2, true);
		next(2);
		for (uint8_t k = 0; k < 3; k++) {
			assert_true(arrive(&a));
			assert_int_equal(a.pkt.seq, ++seq);
			assert_int_equal(a.pkt.pt, OPUS_PT);
			assert_int_equal(a.pkt.payload_len, FRAME_BYTES);
			assert_int_equal(a.pkt.payload[0], i + k);
		}
		assert_false(arrive(&a));
	}
	assert_int_equal(counters_get(w.counters, COUNT_RED_FILLED), 60);
}

/* Twenty milliseconds from before somebody was let speak are twenty too many. */
static void nothing_from_behind_a_shut_gate_is_filled_in(void **state)
{
	static struct arrival a;
	struct rtp_view late = { .ssrc = 5, .payload = (const uint8_t *)"secret", .payload_len = 6 };

	(void)state;
	next(0);
	track_set_gate(&w.mic, false, w.now_us);
	say(0, true);
	late.seq = (uint16_t)(w.seq - 1);
	late.timestamp = w.rtp - 960;
	next(0);
	next(0);
	drain();
	track_set_gate(&w.mic, true, w.now_us);
	next(2);
	hand_in(&late, CODEC_OPUS);
	depart();
	assert_true(arrive(&a));
	assert_int_equal(a.pkt.payload[0], 4);
	assert_false(arrive(&a));
	assert_int_equal(counters_get(w.counters, COUNT_RED_FILLED), 0);
}

static void what_does_not_fit_in_time_fills_nothing(void **state)
{
	static struct arrival a;

	(void)state;
	next(0);
	drain();
	/* A pause of the sender lies where a number is missing: the frame before is the one that came. */
	w.seq++;
	next(1);
	assert_true(arrive(&a));
	assert_int_equal(a.pkt.payload[0], 1);
	assert_false(arrive(&a));
	assert_int_equal(counters_get(w.counters, COUNT_RED_FILLED), 0);
}

static void where_nothing_is_lost_nothing_is_added(void **state)
{
	static struct arrival a;

	(void)state;
	take_red();
	line_loses(0);
	for (uint8_t i = 0; i < 100; i++) {
		next(0);
		assert_true(arrive(&a));
		assert_int_equal(a.pkt.pt, OPUS_PT);
		assert_true(a.pkt.has_twcc);
		assert_false(arrive(&a));
		downlink_tick(&w.down, w.now_us);
	}
	assert_null(w.slot.kept_sound);
}

static void who_loses_gets_the_frames_before_by_red(void **state)
{
	static const struct { unsigned percent; size_t blocks; } cases[] = { { 5, 2 }, { 12, 3 }, { 30, 4 } };
	static struct arrival a;

	(void)state;
	take_red();
	next(0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		line_loses(cases[i].percent);
		for (int k = 0; k < 5; k++)
			next(2);
		drain();
		for (int k = 0; k < 10; k++) {
			struct red_block blocks[RED_MAX_BLOCKS];
			size_t n;

			next(2);
			assert_true(arrive(&a));
			assert_int_equal(a.pkt.pt, RED_PT);
			n = red_read(blocks, a.pkt.payload, a.pkt.payload_len);
			assert_int_equal(n, cases[i].blocks);
			for (size_t b = 0; b < n; b++) {
				assert_int_equal(blocks[b].offset_rtp, (n - 1 - b) * 960);
				assert_int_equal(blocks[b].len, FRAME_BYTES);
				assert_int_equal(blocks[b].data[0], (uint8_t)(w.said - n + b));
			}
			assert_false(arrive(&a));
		}
		w.down.care = (struct sound_care){ 0 };
	}
}

static void who_has_no_red_gets_each_packet_again(void **state)
{
	static struct arrival a, before[64];
	unsigned times[64] = { 0 };
	uint16_t first;

	(void)state;
	line_loses(30);
	next(0);
	assert_true(arrive(&a));
	first = (uint16_t)(a.pkt.seq + 1);
	for (int i = 0; i < 60; i++) {
		next(0);
		while (arrive(&a)) {
			unsigned at = (uint16_t)(a.pkt.seq - first);

			if (at >= 64)
				continue;
			assert_int_equal(a.again, times[at]++ > 0);
			if (a.again)
				assert_int_equal(a.len, before[at].len), assert_memory_equal(a.sealed, before[at].sealed, a.len);
			else
				before[at] = a;
		}
	}
	for (unsigned i = 0; i < 50; i++)
		assert_int_equal(times[i], 4);
	/* The last before a pause come again without one that follows. */
	for (int i = 0; i < 4; i++) {
		w.now_us += 100 * MS;
		downlink_tick(&w.down, w.now_us);
		sendqueue_flush(w.queue);
	}
	while (arrive(&a))
		times[(uint16_t)(a.pkt.seq - first)]++;
	for (unsigned i = 50; i < 60; i++)
		assert_int_equal(times[i], 4);
}

static void what_is_asked_for_leaves_again_as_it_was(void **state)
{
	static struct arrival a, before;
	uint16_t seq, unknown;

	(void)state;
	take_red();
	line_loses(30);
	for (int i = 0; i < 5; i++)
		next(0);
	drain();
	next(0);
	assert_true(arrive(&before));
	seq = before.pkt.seq;
	for (int i = 0; i < 3; i++)
		next(0);
	drain();
	slot_on_nack(&w.slot, &seq, 1, w.now_us);
	slot_on_nack(&w.slot, &seq, 1, w.now_us + 5 * MS);
	sendqueue_flush(w.queue);
	assert_true(arrive(&a));
	assert_int_equal(a.len, before.len);
	assert_memory_equal(a.sealed, before.sealed, a.len);
	assert_false(arrive(&a));
	unknown = (uint16_t)(seq - 1000);
	slot_on_nack(&w.slot, &unknown, 1, w.now_us);
	/* Muted: nothing that was said before is heard once more. */
	track_set_gate(&w.mic, false, w.now_us);
	slot_on_nack(&w.slot, &seq, 1, w.now_us + 500 * MS);
	sendqueue_flush(w.queue);
	assert_false(arrive(&a));
}

static void a_storm_of_nacks_repeats_no_more_than_was_sent(void **state)
{
	uint16_t seqs[200];
	unsigned sent = 0, again;

	(void)state;
	take_red();
	line_loses(30);
	for (int i = 0; i < 100; i++)
		next(0);
	sent = drain();
	for (uint16_t i = 0; i < 200; i++)
		seqs[i] = (uint16_t)(w.slot.next_seq - i);
	for (int i = 0; i < 100; i++) {
		slot_on_nack(&w.slot, seqs, 200, w.now_us += 300 * MS);
		sendqueue_flush(w.queue);
	}
	again = drain();
	assert_int_equal(sent, 100);
	assert_in_range(again, 1, 100);
}

static void who_asks_for_sound_is_cared_for(void **state)
{
	static struct arrival a;
	uint16_t seq;

	(void)state;
	next(0);
	assert_true(arrive(&a));
	seq = a.pkt.seq;
	slot_on_nack(&w.slot, &seq, 1, w.now_us);
	downlink_tick(&w.down, w.now_us);
	assert_non_null(w.slot.kept_sound);
	/* And no longer, once the line is good for a while. */
	for (int i = 0; i < 200; i++) {
		sound_care_count(&w.down.care, 15, 0);
		w.now_us += 100 * MS;
		downlink_tick(&w.down, w.now_us);
	}
	assert_null(w.slot.kept_sound);
}

/* More of it would make that worse. */
static void what_our_own_crowding_loses_is_no_reason_for_more(void **state)
{
	struct bwe *b = &w.down.rate->bwe;

	(void)state;
	b->crowded_us = w.now_us;
	b->told_arrived += 70;
	b->told_lost += 30;
	downlink_tick(&w.down, w.now_us);
	assert_int_equal(w.down.care.level, 0);
	w.now_us += 1000 * MS;
	downlink_tick(&w.down, w.now_us);
	assert_int_equal(w.down.care.level, 0);
	b->told_arrived += 70;
	b->told_lost += 30;
	downlink_tick(&w.down, w.now_us);
	assert_int_equal(w.down.care.level, 3);
}

static void care_of_sound_stays_within_the_line(void **state)
{
	(void)state;
	take_red();
	next(0);
	drain();
	w.mic.layers[0]->bps = 32000;
	line_loses(30);
	assert_int_equal(w.down.care.level, 3);
	rate_control_limit(w.down.rate, 80000, 0);
	rate_control_tick(w.down.rate, &w.down, w.now_us);
	line_loses(30);
	assert_int_equal(w.down.care.level, 0);
	rate_control_limit(w.down.rate, 0, 0);
	w.down.rate->bwe.delay_bps = 1000000;
	rate_control_tick(w.down.rate, &w.down, w.now_us);
	line_loses(30);
	assert_int_equal(w.down.care.level, 3);
}

static void without_memory_sound_goes_as_ever(void **state)
{
	static struct arrival a;

	(void)state;
	next(0);
	drain();
	mem_fail_at(1);
	line_loses(30);
	mem_fail_at(0);
	next(0);
	assert_true(arrive(&a));
	assert_true(a.pkt.has_twcc);
	assert_false(arrive(&a));
}

#define SOUND_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		SOUND_TEST(what_a_sender_sends_along_fills_its_holes),
		SOUND_TEST(nothing_from_behind_a_shut_gate_is_filled_in),
		SOUND_TEST(what_does_not_fit_in_time_fills_nothing),
		SOUND_TEST(where_nothing_is_lost_nothing_is_added),
		SOUND_TEST(who_loses_gets_the_frames_before_by_red),
		SOUND_TEST(who_has_no_red_gets_each_packet_again),
		SOUND_TEST(what_is_asked_for_leaves_again_as_it_was),
		SOUND_TEST(a_storm_of_nacks_repeats_no_more_than_was_sent),
		SOUND_TEST(who_asks_for_sound_is_cared_for),
		SOUND_TEST(what_our_own_crowding_loses_is_no_reason_for_more),
		SOUND_TEST(care_of_sound_stays_within_the_line),
		SOUND_TEST(without_memory_sound_goes_as_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
