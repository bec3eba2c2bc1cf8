/* See slot_world.h. */
#include "tests/unit/media/slot_world.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/counter.h"
#include "media/rate_control.h"
#include "media/source.h"

struct slot_world w;

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
	n->slots[1].codecs = 1 << CODEC_VP8 | 1 << CODEC_H264 | 1 << CODEC_VP9;
	n->pt_of_codec[CODEC_OPUS] = 111;
	n->pt_of_codec[CODEC_VP8] = 96;
	n->pt_of_codec[CODEC_H264] = 102;
	n->pt_of_codec[CODEC_VP9] = 98;
	n->rtx_pt_of_codec[CODEC_VP8] = 97;
	n->rtx_pt_of_codec[CODEC_VP9] = 99;
	n->down.audio_level = 1;
}

int slot_world_setup(void **state)
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

int slot_world_teardown(void **state)
{
	(void)state;
	for (int i = 0; i < SENDERS; i++) {
		track_done(&w.mic[i]);
		track_done(&w.camera[i]);
	}
	slot_done(&w.slots[0]);
	slot_done(&w.slots[1]);
	downlink_done(&w.down);
	rate_control_destroy(w.down.rate);
	sendqueue_destroy(w.queue);
	counters_destroy(w.counters);
	close(w.tx);
	close(w.rx);
	return mem_live() == 0 ? 0 : -1;
}

void receive(int sender, int video, enum codec codec, const void *payload, size_t len)
{
	struct rtp_view pkt = { .seq = w.seq[sender][video]++, .timestamp = w.rtp[sender][video], .ssrc = 5, .marker = true,
		                .payload = payload, .payload_len = len };

	assert_int_equal(track_receive(video ? &w.camera[sender] : &w.mic[sender], 0, &pkt, codec, false, w.now_us), 0);
}

void picture(int sender, bool key)
{
	uint8_t first[8] = { 0x10, (uint8_t)(key ? 0 : 1), 0, 0, 0, (uint8_t)sender }, second[8] = { 0x00, 9, 9, 9, 9, (uint8_t)sender };

	w.rtp[sender][1] += 3000;
	receive(sender, 1, CODEC_VP8, first, sizeof(first));
	receive(sender, 1, CODEC_VP8, second, sizeof(second));
}

void report(struct track *t, uint64_t ntp, uint32_t rtp, int64_t now_us)
{
	if (t->layers[0])
		source_sender_report(t->layers[0], ntp, rtp, now_us);
}

void run_until(int64_t until_us)
{
	struct source *s = w.fresh;
	struct departure *d;

	for (; s; s = s->next_fresh)
		source_forward(s, w.now_us);
	w.fresh = NULL;
	for (;;) {
		int64_t due_us = departures_due_us(&w.departures);

		d = departures_take(&w.departures, until_us);
		if (!d)
			break;
		downlink_depart(CONTAINER_OF(d, struct downlink, departure), until_us == INT64_MAX ? MAX(w.now_us, due_us) : until_us);
	}
	sendqueue_flush(w.queue);
}

bool next_packet(struct rtp_view *ret)
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

size_t drain(void)
{
	struct rtp_view pkt;
	size_t n = 0;

	while (next_packet(&pkt))
		n++;
	return n;
}

uint32_t slot_clock(const struct slot *s, int64_t us)
{
	return timeline_rtp(&s->time, us);
}
