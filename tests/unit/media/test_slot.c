/*
 * Sources and slots, without keys: what leaves is read from a UDP socket in the clear. Promises of media.md: numbers without
 * gaps over switches, timestamps that never run backwards or ahead, changes at keyframes, shut gates, RTX, kept keyframes.
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

#include "media/base/bytes.h"
#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/counter.h"
#include "media/rate_control.h"
#include "media/rtcp.h"
#include "media/rtp.h"
#include "media/slot.h"
#include "media/source.h"

#define SENDERS 3
#define MS 1000LL

struct world {
	int tx, rx;
	int64_t now_us, start_us;
	struct counters *counters;
	struct sendqueue *queue;
	struct negotiated negotiated;
	struct downlink down;
	struct slot slots[2];                   /* 0 audio, 1 video */
	struct uplink up[SENDERS];
	struct source *fresh;
	struct departures departures;
	struct track mic[SENDERS];
	struct track camera[SENDERS];
	uint16_t seq[SENDERS][2];
	uint32_t rtp[SENDERS][2];
	int keyframes_asked[SENDERS];
	struct media_event events[64];
	size_t n_events;
};

static struct world w;

static void on_event(void *user, const struct media_event *ev)
{
	(void)user;
	if (w.n_events < ARRAY_LEN(w.events))
		w.events[w.n_events++] = *ev;
}

static void on_ask(struct source *s)
{
	w.keyframes_asked[s->track->up - w.up]++;
}

static void negotiate(void)
{
	struct negotiated *n = &w.negotiated;

	n->n_slots = 2;
	n->slots[0].codecs = 1 << CODEC_OPUS;
	n->slots[1].codecs = 1 << CODEC_VP8 | 1 << CODEC_H264;
	n->pt_of_codec[CODEC_OPUS] = 111;
	n->pt_of_codec[CODEC_VP8] = 96;
	n->pt_of_codec[CODEC_H264] = 102;
	n->rtx_pt_of_codec[CODEC_VP8] = 97;
	n->down.audio_level = 1;
}

static int setup(void **state)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(addr);
	struct slot_cfg audio = { true, 100, 0 }, video = { false, 200, 201 };

	(void)state;
	memset(&w, 0, sizeof(w));
	w.now_us = w.start_us = 1000000 * MS;
	w.rx = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0); /* without UDP_GRO: groups come apart */
	w.tx = socket(AF_INET, SOCK_DGRAM, 0);
	bind(w.rx, (struct sockaddr *)&addr, len);
	getsockname(w.rx, (struct sockaddr *)&addr, &len);
	counters_create(&w.counters, media_counter_defs, MEDIA_COUNTERS);
	sendqueue_create(&w.queue, w.tx, NULL, w.counters);
	negotiate();
	w.down = (struct downlink){ .queue = w.queue, .departures = &w.departures, .counters = w.counters, .open = true, .to_len = len,
		                    .negotiated = &w.negotiated, .cname = "cname", .emit = on_event, .n_slots = 2, .slots = w.slots };
	memcpy(&w.down.to, &addr, len);
	assert_int_equal(rate_control_create(&w.down.rate, &w.negotiated, w.now_us), 0);
	slot_init(&w.slots[0], &w.down, 0, &audio, 0x123456789abcdef0, w.now_us);
	slot_init(&w.slots[1], &w.down, 1, &video, 0xfffffff07fff7ffe, w.now_us);
	for (int i = 0; i < SENDERS; i++) {
		w.up[i] = (struct uplink){ .counters = w.counters, .fresh = &w.fresh, .rtt_us = 50 * MS, .number = 1000 + (uint32_t)i, .ask_keyframe = on_ask,
			                   .emit = on_event };
		track_init(&w.mic[i], &w.up[i], SOURCE_MIC);
		track_init(&w.camera[i], &w.up[i], SOURCE_CAMERA);
		track_set_gate(&w.mic[i], true, w.now_us);
		track_set_gate(&w.camera[i], true, w.now_us);
		w.seq[i][0] = (uint16_t)(40000 * i + 65530);
		w.seq[i][1] = (uint16_t)(30000 * i + 100);
		w.rtp[i][0] = 0xffffff00u + (uint32_t)i * 77777;
		w.rtp[i][1] = 0x7ffffff0u * (uint32_t)i;
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (int i = 0; i < SENDERS; i++) {
		track_done(&w.mic[i]);
		track_done(&w.camera[i]);
	}
	slot_done(&w.slots[0]);
	slot_done(&w.slots[1]);
	rate_control_destroy(w.down.rate);
	sendqueue_destroy(w.queue);
	counters_destroy(w.counters);
	close(w.tx);
	close(w.rx);
	return mem_live() == 0 ? 0 : -1;
}

static void receive(int sender, int video, enum codec codec, const void *payload, size_t len)
{
	struct rtp_view pkt = { .seq = w.seq[sender][video]++, .timestamp = w.rtp[sender][video], .ssrc = 5, .marker = true,
		                .payload = payload, .payload_len = len };

	assert_int_equal(track_receive(video ? &w.camera[sender] : &w.mic[sender], 0, &pkt, codec, false, w.now_us), 0);
}

/* One 30 fps picture of two packets and, every third time, sound; VP8 without picture ids as GStreamer sends it. */
static void picture(int sender, bool key)
{
	uint8_t first[8] = { 0x10, (uint8_t)(key ? 0 : 1), 0, 0, 0, (uint8_t)sender }, second[8] = { 0x00, 9, 9, 9, 9, (uint8_t)sender };

	w.rtp[sender][1] += 3000;
	receive(sender, 1, CODEC_VP8, first, sizeof(first));
	receive(sender, 1, CODEC_VP8, second, sizeof(second));
}

static void report(struct track *t, uint64_t ntp, uint32_t rtp, int64_t now_us)
{
	if (t->layers[0])
		source_sender_report(t->layers[0], ntp, rtp, now_us);
}

/* What a worker does behind a batch, until a time. */
static void run_until(int64_t until_us)
{
	struct source *s = w.fresh;
	struct departure *d;

	for (; s; s = s->next_fresh)
		source_forward(s, w.now_us);
	w.fresh = NULL;
	while ((d = departures_take(&w.departures, until_us)))
		downlink_depart(CONTAINER_OF(d, struct downlink, departure), until_us == INT64_MAX ? MAX(w.now_us, d->due_us) : until_us);
	sendqueue_flush(w.queue);
}

static bool next_packet(struct rtp_view *ret)
{
	static const struct extension_ids ids = { .audio_level = 1 };
	static uint8_t buf[2048];
	ssize_t n;

	run_until(INT64_MAX);
	n = recv(w.rx, buf, sizeof(buf), 0);
	if (n < 0)
		return false;
	assert_int_equal(rtp_parse(ret, buf, (size_t)n, &ids), 0);
	return true;
}

static size_t drain(void)
{
	struct rtp_view pkt;
	size_t n = 0;

	while (next_packet(&pkt))
		n++;
	return n;
}

static uint32_t slot_clock(const struct slot *s, int64_t us)
{
	return timeline_rtp(&s->time, us);
}

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

/* A camera packet with everything of the sender's choosing. */
static void receive_odd(enum codec codec, uint32_t ssrc, uint16_t seq, uint32_t rtp, bool repaired)
{
	static const uint8_t payload[8] = { 0x61, 1, 2, 3 };
	struct rtp_view pkt = { .seq = seq, .timestamp = rtp, .ssrc = ssrc, .payload = payload, .payload_len = sizeof(payload) };

	track_receive(&w.camera[0], 0, &pkt, codec, repaired, w.now_us);
}

static void a_repeat_neither_leads_nor_restarts_a_stream(void **state)
{
	uint16_t newest;

	(void)state;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	picture(0, true);
	assert_int_equal(drain(), 2);
	newest = w.seq[0][1];
	w.n_events = 0;
	receive_odd(CODEC_H264, 5, (uint16_t)(newest - 1), w.rtp[0][1], true);   /* of the codec before a change */
	receive_odd(CODEC_VP8, 5, (uint16_t)(newest + 20000), w.rtp[0][1], true);
	receive_odd(CODEC_VP8, 5, (uint16_t)(newest - 2000), w.rtp[0][1], true);
	assert_int_equal(drain(), 0);
	assert_int_equal(w.n_events, 0);
	assert_int_equal(w.camera[0].layers[0]->newest_seq, (uint16_t)(newest - 1));
	picture(0, false);
	assert_int_equal(drain(), 2);
	assert_int_equal(w.slots[1].next_seq, renumber_next(&w.slots[1].numbers, w.seq[0][1]));
}

/* Ten seconds in which these layers (bits) of the first camera come; returns the mask that its sender is told last, 0: nothing. */
static uint8_t told_layers(unsigned layers)
{
	static const uint8_t payload[] = { 0x10, 0x00, 0, 0, 0, 0 };
	uint8_t mask = 0;

	for (int i = 0; i < 200; i++, w.now_us += 50 * MS) {
		struct rtp_view pkt = { .seq = w.seq[0][1]++, .timestamp = w.rtp[0][1] += 4500, .marker = true, .payload = payload,
			                .payload_len = sizeof(payload) };

		w.n_events = 0;
		for (uint8_t k = 0; k < 3; k++) {
			pkt.ssrc = 50 + k;
			if (layers & 1u << k)
				track_receive(&w.camera[0], k, &pkt, CODEC_VP8, false, w.now_us);
		}
		drain();
		track_tick(&w.camera[0], w.now_us);
		for (size_t k = 0; k < w.n_events; k++)
			mask = w.events[k].type == MEDIA_LAYERS ? w.events[k].layers.mask : mask;
	}
	return mask;
}

static void a_layer_is_left_out_only_when_it_has_been_there(void **state)
{
	(void)state;
	track_set_layers(&w.camera[0], 3);
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	slot_set_target(&w.slots[1], 0, w.now_us);
	/* A browser sends its upper layers when it has found out that its line carries them. */
	assert_int_equal(told_layers(1), 0);
	assert_int_equal(told_layers(1 | 2), 1 | 4);
	assert_int_equal(told_layers(1 | 2 | 4), 1);
	slot_set_target(&w.slots[1], 2, w.now_us);
	assert_int_equal(told_layers(1) & 4, 4);
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

static void a_stream_restarts_four_times_a_second_at_most(void **state)
{
	size_t restarts = 0;

	(void)state;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	picture(0, true);
	drain();
	w.n_events = 0;
	/* Two streams say that they are this camera, a codec changes to and fro, numbers leap: a thousand times a second. */
	for (int i = 0; i < 3000; i++) {
		w.now_us += 9 * MS / 8;
		receive_odd(i % 2 ? CODEC_VP8 : CODEC_H264, 5 + (uint32_t)i % 2, (uint16_t)(i * 7000), (uint32_t)i * 90, false);
	}
	for (size_t i = 0; i < w.n_events; i++)
		restarts += w.events[i].type == MEDIA_SOURCE_STARTED;
	assert_in_range(w.n_events, 1, 3 * 14);
	assert_in_range(restarts, 1, 14);
	/* Left alone, the true one is back at once. */
	w.now_us += 300 * MS;
	picture(0, true);
	assert_int_equal(drain(), 2);
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

/* Simulcast. */

/* One picture of a layer, in one packet; `tid` 1 may be left out. The sixth byte behind the descriptor says which layer it is of. */
static void layer_picture(int layer, bool key, uint8_t tid)
{
	static uint16_t picture_id[MAX_LAYERS];
	uint8_t payload[32] = { 0x90, 0xe0, 0, 0, 7, (uint8_t)(tid << 6 | (tid ? 0x20 : 0)), (uint8_t)(key ? 0 : 1), 0, 0, (uint8_t)layer };
	struct rtp_view pkt = { .ssrc = 50 + (uint32_t)layer, .marker = true, .payload = payload, .payload_len = sizeof(payload) };
	uint16_t id = picture_id[layer]++;

	write_u16(payload + 2, 0x8000 | (id & 0x7fff));
	pkt.seq = id;
	pkt.timestamp = (uint32_t)(w.now_us / 1000 * 90);
	assert_int_equal(track_receive(&w.camera[0], (uint8_t)layer, &pkt, CODEC_VP8, false, w.now_us), 0);
}

/* A frame time of all layers; returns the layer that the slot sent, -1 for none. Numbers have no gap. */
static int frame_of_layers(unsigned keys, unsigned layers, uint8_t tid)
{
	static uint16_t next;
	struct rtp_view pkt;
	int shown = -1;

	w.now_us += 33333;
	for (int i = 0; i < MAX_LAYERS; i++)
		if (layers & 1u << i)
			layer_picture(i, keys & 1u << i, tid);
	while (next_packet(&pkt)) {
		if (w.slots[1].packets > 1)
			assert_int_equal(pkt.seq, next);
		next = (uint16_t)(pkt.seq + 1);
		shown = pkt.payload[9];
	}
	return shown;
}

static void begin_layers(void)
{
	track_set_layers(&w.camera[0], MAX_LAYERS);
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	assert_int_equal(frame_of_layers(7, 7, 0), 0);
}

static size_t events_of(enum media_event_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < w.n_events; i++)
		n += w.events[i].type == type;
	return n;
}

static void a_layer_changes_at_its_keyframe_without_a_gap(void **state)
{
	(void)state;
	begin_layers();
	for (int i = 0; i < 40; i++)
		frame_of_layers(0, 7, 0);
	slot_set_target(&w.slots[1], 2, w.now_us);
	/* The lower one runs on until the upper one can begin. */
	for (int i = 0; i < 40; i++)
		assert_int_equal(frame_of_layers(0, 7, 0), 0);
	assert_int_equal(frame_of_layers(4, 7, 0), 2);
	assert_int_equal(frame_of_layers(0, 7, 0), 2);
	slot_set_target(&w.slots[1], 1, w.now_us);
	assert_int_equal(frame_of_layers(0, 7, 0), 2);
	assert_int_equal(frame_of_layers(2, 7, 0), 1);
	/* It is one picture all the time: told once. */
	assert_int_equal(events_of(MEDIA_SLOT_SWITCHED), 1);
	assert_int_equal(events_of(MEDIA_SLOT_QUIET), 0);
}

static void a_layer_that_stops_is_left_for_a_lower_one(void **state)
{
	int shown = 2;

	(void)state;
	begin_layers();
	slot_set_target(&w.slots[1], 2, w.now_us);
	while (frame_of_layers(4, 7, 0) != 2)
		;
	/* Its sender is short of line: within half a second the slot shows what there is. */
	for (int i = 0; i < 15 && shown != 1; i++) {
		slot_tick(&w.slots[1], w.now_us);
		shown = frame_of_layers(3, 3, 0);
	}
	assert_int_equal(shown, 1);
	while (shown != 2) {
		shown = frame_of_layers(4, 7, 0);
		slot_tick(&w.slots[1], w.now_us);
	}
	assert_int_equal(events_of(MEDIA_SLOT_SWITCHED), 1);
}

static void a_suspended_slot_sends_nothing_and_says_so(void **state)
{
	(void)state;
	begin_layers();
	slot_set_target(&w.slots[1], SLOT_SUSPENDED, w.now_us);
	assert_int_equal(w.events[w.n_events - 1].type, MEDIA_SLOT_SUSPENDED);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(frame_of_layers(7, 7, 0), -1);
		slot_tick(&w.slots[1], w.now_us);
	}
	slot_set_target(&w.slots[1], 0, w.now_us);
	assert_int_equal(frame_of_layers(0, 7, 0), 0);
	assert_int_equal(w.events[w.n_events - 1].type, MEDIA_SLOT_SWITCHED);
	assert_int_equal(w.events[w.n_events - 1].slot.binding, 1);
}

static void a_slot_suspended_before_its_first_picture_says_so(void **state)
{
	(void)state;
	begin_layers();
	slot_bind(&w.slots[1], &w.camera[1], 8, w.now_us);
	slot_set_target(&w.slots[1], SLOT_SUSPENDED, w.now_us);
	assert_int_equal(w.events[w.n_events - 1].type, MEDIA_SLOT_SUSPENDED);
	assert_int_equal(w.events[w.n_events - 1].slot.binding, 8);
}

static void half_the_pictures_leave_no_hole(void **state)
{
	int sent = 0;

	(void)state;
	begin_layers();
	w.slots[1].temporal.wanted = 0;
	for (int i = 0; i < 60; i++)
		sent += frame_of_layers(0, 7, (uint8_t)(i % 2)) == 0;
	assert_int_equal(sent, 30);
	w.slots[1].temporal.wanted = TEMPORAL_ALL;
	for (int i = 0; i < 60; i++)
		sent += frame_of_layers(0, 7, (uint8_t)(i % 2)) == 0;
	assert_int_equal(sent, 90);
}

static void layers_that_nobody_wants_are_told(void **state)
{
	(void)state;
	begin_layers();
	for (int i = 0; i < 100; i++) {
		w.now_us += 50 * MS;
		track_tick(&w.camera[0], w.now_us);
	}
	assert_int_equal(events_of(MEDIA_LAYERS), 0);
	w.now_us += 50 * MS;
	track_tick(&w.camera[0], w.now_us);
	assert_int_equal(w.events[w.n_events - 1].type, MEDIA_LAYERS);
	assert_int_equal(w.events[w.n_events - 1].layers.mask, 1);
	/* Wanted again: at once. */
	slot_set_target(&w.slots[1], 2, w.now_us);
	track_tick(&w.camera[0], w.now_us);
	assert_int_equal(w.events[w.n_events - 1].layers.mask, 1 | 4);
}

static void the_estimate_chooses_layers(void **state)
{
	(void)state;
	begin_layers();
	slot_want(&w.slots[1], (struct slot_wish){ RANK_STAGE, 720 });
	for (int i = 0; i < 200; i++) {
		frame_of_layers(i % 20 == 0 ? 7 : 0, 7, 0);
		rate_control_tick(w.down.rate, &w.down, w.now_us);
	}
	assert_int_equal(w.slots[1].target, 2);
	/* A receiver that tells nothing but loss is taken at its word. */
	for (int i = 0; i < 100; i++) {
		rate_control_limit(w.down.rate, 1000);
		frame_of_layers(i % 20 == 0 ? 7 : 0, 7, 0);
		rate_control_tick(w.down.rate, &w.down, w.now_us);
	}
	assert_int_equal(w.slots[1].target, SLOT_SUSPENDED);
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

#define SLOT_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SLOT_TEST(a_slot_begins_at_a_keyframe_and_asks_for_it),
		SLOT_TEST(twenty_switches_leave_no_gap_and_keep_time),
		SLOT_TEST(a_shut_gate_lets_nothing_through),
		SLOT_TEST(a_newcomer_gets_the_kept_keyframe),
		SLOT_TEST(pictures_leave_sixteen_packets_at_a_time),
		SLOT_TEST(a_picture_that_waited_half_a_second_is_given_up),
		SLOT_TEST(a_nack_is_answered_by_rtx),
		SLOT_TEST(the_old_source_runs_on_for_a_second_at_most),
		SLOT_TEST(red_is_unpacked_for_who_did_not_negotiate_it),
		SLOT_TEST(a_source_that_ends_leaves_its_slots),
		SLOT_TEST(a_voice_keeps_pace_over_switches),
		SLOT_TEST(a_slot_goes_on_for_hours),
		SLOT_TEST(a_path_that_comes_back_goes_on_without_a_gap),
		SLOT_TEST(a_keyframe_counts_after_minutes_without_one),
		SLOT_TEST(a_repeat_neither_leads_nor_restarts_a_stream),
		SLOT_TEST(what_comes_late_gets_its_own_number_though_pictures_are_left_out),
		SLOT_TEST(a_layer_is_left_out_only_when_it_has_been_there),
		SLOT_TEST(an_unmuted_voice_is_heard_at_once_after_any_time),
		SLOT_TEST(a_stream_restarts_four_times_a_second_at_most),
		SLOT_TEST(empty_packets_leave_no_hole),
		SLOT_TEST(a_storm_of_nacks_repeats_no_more_than_was_sent),
		SLOT_TEST(a_repeat_is_of_what_was_sent),
		SLOT_TEST(a_new_voice_begins_with_the_marker),
		SLOT_TEST(a_voice_begins_with_its_newest_packet),
		SLOT_TEST(a_hostile_publisher_leaves_no_trace_in_a_slot),
		SLOT_TEST(reports_tell_the_slots_clock),
		SLOT_TEST(without_memory_a_slot_shows_nothing),
		SLOT_TEST(drifting_sound_is_put_right_by_whole_packets),
		SLOT_TEST(a_layer_changes_at_its_keyframe_without_a_gap),
		SLOT_TEST(a_layer_that_stops_is_left_for_a_lower_one),
		SLOT_TEST(a_suspended_slot_sends_nothing_and_says_so),
		SLOT_TEST(a_slot_suspended_before_its_first_picture_says_so),
		SLOT_TEST(half_the_pictures_leave_no_hole),
		SLOT_TEST(layers_that_nobody_wants_are_told),
		SLOT_TEST(the_estimate_chooses_layers),
		SLOT_TEST(who_was_left_does_not_come_back_under_a_new_name),
		SLOT_TEST(who_waits_for_a_keyframe_has_it_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
