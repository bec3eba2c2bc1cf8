/* See repair_sim.h. Time goes in steps of a millisecond. */
#include "tests/unit/media/repair_sim.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/base/bytes.h"
#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/counter.h"
#include "media/path_private.h"
#include "media/rtcp.h"
#include "media/source.h"
#include "tests/endpoint/vp9.h"
#include "tests/load/frames.h"

#define STEP_US SIM_MS
#define WARMUP_US (5 * SIM_S)
#define JITTER_US (10 * SIM_MS)
#define PACKET_BYTES 1200
#define FRAME_US 33333
#define SOUND_US (20 * SIM_MS)
#define KEY_FACTOR 3
#define TICK_US (50 * SIM_MS)
#define CHECK_US (5 * SIM_S)
#define PT_OPUS 111
#define PT_PICTURE 96
#define PT_RTX 97
#define TWCC_ID 3
#define SSRC_CAMERA 10
#define SSRC_CAMERA_RTX 11
#define SSRC_MIC 12
#define SSRC_SLOT 200
#define SSRC_SLOT_RTX 201
#define WIRE_PACKETS 1024
#define KEPT 1024                       /* packets that the publisher can repeat */
#define HOLES 256
#define VIEWER_TRIES 10                   /* as libwebrtc */
#define NACK_LOOK_US (20 * SIM_MS)
#define PLI_US (3 * SIM_S)
#define FEEDBACK_US (100 * SIM_MS)

struct on_wire {
	int64_t due_us;
	uint16_t len;
	uint8_t data[1600];
};

/* One direction of a line. */
struct wire {
	const struct sim_line *line;
	int64_t last_us;
	size_t first, n;
	struct on_wire packets[WIRE_PACKETS];
};

struct sent {
	bool used;
	uint16_t seq;
	uint32_t rtp;
	int64_t repeated_us;            /* 0: never */
	uint16_t first_picture;
	bool marker;
	struct mark mark;
};

struct publisher {
	uint16_t seq, rtx_seq, mic_seq, first_picture;
	uint32_t frame;
	bool want_key;
	double owed_bytes;
	int64_t frame_us, sound_us;
	struct sent kept[KEPT];
};

struct hole {
	uint16_t seq;
	uint8_t tries;
	int64_t asked_us;
};

struct viewer {
	bool started;
	uint16_t highest;
	size_t n_holes;
	struct hole holes[HOLES];
	int64_t look_us, feedback_us, pli_us;
	struct twcc_receiver twcc;
	struct frames *frames;          /* owned */
};

static struct repair_sim {
	const struct repair_cfg *cfg;
	struct repair_figures *figures;
	bool counts;                    /* the warm-up is over */
	uint32_t random;
	int64_t now_us, tick_us, check_us;
	int tx, rx[2];                  /* 0 the publisher's, 1 the viewer's */
	struct sockaddr_storage address[2];
	struct srtp *open[2];           /* what comes from the server */
	struct counters *counters;
	struct path_site site;
	struct departures departures;
	struct source *fresh;
	struct path *path[2];
	struct wire to_server[2], from_server[2];
	struct publisher publisher;
	struct viewer viewer;
	struct totals totals;
} s;

static uint32_t random_below(uint32_t bound)
{
	s.random = s.random * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(s.random >> 4) * bound >> 28);
}

/* Lines. */

static void wire_put(struct wire *w, const uint8_t *data, size_t len, uint64_t *ret_lost)
{
	struct on_wire *p = &w->packets[(w->first + w->n) % WIRE_PACKETS];

	if (random_below(1000) < w->line->loss_permille) {
		*ret_lost += s.counts;
		return;
	}
	assert(w->n < WIRE_PACKETS && len <= sizeof(p->data));
	p->due_us = w->last_us = MAX(w->last_us, s.now_us + w->line->delay_us + random_below((uint32_t)JITTER_US));
	p->len = (uint16_t)len;
	memcpy(p->data, data, len);
	w->n++;
}

/* What has arrived; valid until the next call. NULL: nothing. */
static struct on_wire *wire_take(struct wire *w)
{
	struct on_wire *p = &w->packets[w->first];

	if (w->n == 0 || p->due_us > s.now_us)
		return NULL;
	w->first = (w->first + 1) % WIRE_PACKETS;
	w->n--;
	return p;
}

static void to_server(int who, const uint8_t *data, size_t len)
{
	uint64_t ignored = 0;

	wire_put(&s.to_server[who], data, len, who == 0 && rtp_is_rtp(data, len) ? &s.figures->lost_up : &ignored);
}

/* The publisher. */

static void publish(const struct sent *p, bool repeat)
{
	struct rtp_header h = { .marker = p->marker, .pt = repeat ? PT_RTX : PT_PICTURE, .seq = repeat ? s.publisher.rtx_seq++ : p->seq, .timestamp = p->rtp,
		                .ssrc = repeat ? SSRC_CAMERA_RTX : SSRC_CAMERA };
	uint8_t out[1600];
	size_t twcc_at, n = rtp_write_header(out, &h, &twcc_at);

	if (repeat) {
		write_u16(out + n, p->seq);
		n += 2;
	}
	n += payload_write(out + n, &p->mark, VP8_ALL_NUMBERS, p->first_picture);
	to_server(0, out, n);
	s.figures->sent += s.counts && !repeat;
	s.figures->repeated_up += s.counts && repeat;
}

static void publish_sound(void)
{
	struct rtp_header h = { .pt = PT_OPUS, .seq = s.publisher.mic_seq++, .timestamp = (uint32_t)(s.now_us * 48 / 1000), .ssrc = SSRC_MIC };
	uint8_t out[200] = { 0 };
	size_t twcc_at;

	to_server(0, out, rtp_write_header(out, &h, &twcc_at) + 100);
}

static void publish_packet(const struct mark *m, bool marker)
{
	struct publisher *p = &s.publisher;
	struct sent *k = &p->kept[p->seq % KEPT];

	*k = (struct sent){ true, p->seq++, (uint32_t)(s.now_us * 90 / 1000), 0, p->first_picture, marker, *m };
	publish(k, false);
}

static void publish_vp8(struct mark *m)
{
	struct publisher *p = &s.publisher;

	p->owed_bytes += (double)s.cfg->bps / 8 * FRAME_US / 1000000;
	m->count = (uint16_t)MAX(p->owed_bytes / PACKET_BYTES, 1.0);
	p->owed_bytes -= m->count * (double)PACKET_BYTES;
	m->count = (uint16_t)(m->count * (m->key ? KEY_FACTOR : 1));
	m->layer = 3;
	m->body_bytes = PACKET_BYTES - 60;
	for (; m->packet < m->count; m->packet++)
		publish_packet(m, m->packet + 1 == m->count);
}

/* Each layer has twice the bytes of the one below, and packets of its own. */
static void publish_vp9(struct mark *m)
{
	int64_t bytes = s.cfg->bps / 8 * FRAME_US / 1000000 / 7 * (m->key ? KEY_FACTOR : 1);

	for (; m->layer < VP9_LAYERS; m->layer++, bytes *= 2) {
		uint16_t n = (uint16_t)((bytes + PACKET_BYTES - 1) / PACKET_BYTES);

		m->count = (uint16_t)(m->count + n);
		m->body_bytes = (uint16_t)CLAMP(bytes / n - 60, MARK_BYTES, PACKET_BYTES - 60);
		for (m->begins = true; m->packet < m->count; m->packet++, m->begins = false)
			publish_packet(m, m->layer + 1 == VP9_LAYERS && m->packet + 1 == m->count);
	}
}

static void publish_frame(void)
{
	struct publisher *p = &s.publisher;
	struct mark m = { .source = 1, .key = p->want_key, .codec = s.cfg->vp9 ? PAYLOAD_VP9 : PAYLOAD_VP8, .captured_us = s.now_us };

	if (m.key && s.cfg->vp9)
		vp9_begin_pattern(&p->frame, &p->first_picture);
	m.frame = p->frame++;
	s.figures->keyframes += s.counts && m.key;
	p->want_key = false;
	if (s.cfg->vp9)
		publish_vp9(&m);
	else
		publish_vp8(&m);
}

static void publisher_run(void)
{
	struct publisher *p = &s.publisher;

	for (; p->sound_us <= s.now_us; p->sound_us += SOUND_US)
		publish_sound();
	for (; p->frame_us <= s.now_us; p->frame_us += FRAME_US)
		publish_frame();
}

static int64_t publisher_rtt_us(void)
{
	return 2 * s.cfg->publisher.delay_us + JITTER_US;
}

static void on_server_nack(void *user, uint32_t ssrc, const uint16_t *seqs, size_t n)
{
	(void)user;
	for (size_t i = 0; i < n && ssrc == SSRC_CAMERA; i++) {
		struct sent *p = &s.publisher.kept[seqs[i] % KEPT];

		s.figures->nacked_up += s.counts;
		if (!p->used || p->seq != seqs[i] || (p->repeated_us && s.now_us - p->repeated_us < publisher_rtt_us()))
			continue;
		p->repeated_us = s.now_us;
		publish(p, true);
	}
}

static void on_server_pli(void *user, uint32_t ssrc)
{
	(void)user;
	s.publisher.want_key |= ssrc == SSRC_CAMERA;
}

/* The viewer. */

static void ask(const uint16_t *seqs, size_t n)
{
	uint8_t out[1200];

	if (n == 0)
		return;
	s.figures->nacked_down += s.counts ? n : 0;
	to_server(1, out, rtcp_write_nack(out, sizeof(out), 300, SSRC_SLOT, seqs, n));
}

static void ask_for_holes(bool new_ones)
{
	struct viewer *v = &s.viewer;
	int64_t rtt_us = 2 * s.cfg->viewer.delay_us + JITTER_US;
	uint16_t seqs[HOLES];
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < v->n_holes; i++) {
		struct hole h = v->holes[i];

		if (h.tries == 0 || (!new_ones && s.now_us - h.asked_us >= rtt_us)) {
			if (h.tries == VIEWER_TRIES)
				continue;
			h.tries++;
			h.asked_us = s.now_us;
			seqs[n++] = h.seq;
		}
		v->holes[kept++] = h;
	}
	v->n_holes = kept;
	ask(seqs, n);
}

/* False: it was there already. */
static bool fill_hole(uint16_t seq)
{
	struct viewer *v = &s.viewer;

	for (size_t i = 0; i < v->n_holes; i++) {
		if (v->holes[i].seq != seq)
			continue;
		memmove(&v->holes[i], &v->holes[i + 1], (v->n_holes - i - 1) * sizeof(v->holes[0]));
		v->n_holes--;
		return true;
	}
	return false;
}

static void show(const uint8_t *payload, size_t len, bool marker)
{
	struct descriptor_seen seen;
	struct mark mark;
	int r = payload_check(&mark, &seen, s.cfg->vp9 ? PAYLOAD_VP9 : PAYLOAD_VP8, payload, len);

	assert(r == 0);
	(void)r;
	s.figures->whole += s.counts && marker && (!s.cfg->vp9 || mark.layer + 1 == VP9_LAYERS);
	if (s.cfg->vp9 && !marker)
		mark.count = 0;
	frames_take(s.viewer.frames, &mark, s.now_us);
}

/* False: it was there already. A repeat may be ahead of what came by itself. */
static bool take_packet(const struct rtp_view *pkt, uint16_t seq, const uint8_t *payload, size_t len)
{
	struct viewer *v = &s.viewer;
	int16_t ahead = (int16_t)(seq - v->highest);

	if (!v->started || ahead > 0) {
		for (uint16_t hole = (uint16_t)(v->highest + 1); v->started && hole != seq && v->n_holes < HOLES; hole++)
			v->holes[v->n_holes++] = (struct hole){ .seq = hole };
		v->started = true;
		v->highest = seq;
		ask_for_holes(true);
	} else if (!fill_hole(seq)) {
		return false;
	}
	if (len > 0)
		show(payload, len, pkt->marker);
	return true;
}

static void on_viewer_rtp(const uint8_t *data, size_t len)
{
	static const struct extension_ids ids = { .twcc = TWCC_ID };
	struct rtp_view pkt;
	int r = rtp_parse(&pkt, data, len, &ids);

	assert(r == 0);
	(void)r;
	if (pkt.has_twcc)
		twcc_on_packet(&s.viewer.twcc, pkt.twcc_seq, s.now_us);
	if (pkt.ssrc == SSRC_SLOT)
		take_packet(&pkt, pkt.seq, pkt.payload, pkt.payload_len);
	if (pkt.ssrc != SSRC_SLOT_RTX || pkt.payload_len < 2)
		return;
	s.figures->repeated_down += s.counts;
	s.figures->useless_down += !take_packet(&pkt, read_u16(pkt.payload), pkt.payload + 2, pkt.payload_len - 2) && s.counts;
}

static void viewer_run(void)
{
	struct viewer *v = &s.viewer;
	uint8_t out[1200];

	if (s.now_us >= v->look_us) {
		v->look_us = s.now_us + NACK_LOOK_US;
		ask_for_holes(false);
	}
	if (s.now_us >= v->feedback_us) {
		v->feedback_us = s.now_us + FEEDBACK_US;
		while (twcc_pending(&v->twcc))
			to_server(1, out, twcc_write(&v->twcc, out, sizeof(out), 300, SSRC_SLOT));
	}
	if (frames_stuck(v->frames, s.now_us) && s.now_us - v->pli_us >= PLI_US) {
		v->pli_us = s.now_us;
		to_server(1, out, rtcp_write_pli(out, sizeof(out), 300, SSRC_SLOT));
	}
}

/* The server. */

static void on_event(void *user, const struct media_event *ev)
{
	(void)user;
	(void)ev;
}

/* What a worker does behind a batch. */
static void server_turn(void)
{
	struct departure *d;

	while (s.fresh) {
		struct source *one = s.fresh;

		s.fresh = one->next_fresh;
		source_forward(one, s.now_us);
	}
	while ((d = departures_take(&s.departures, s.now_us)))
		path_depart(path_of_departure(d), s.now_us);
	sendqueue_flush(s.site.queue);
}

static void put_on_wire(int who)
{
	uint8_t data[2048];
	ssize_t n;

	while ((n = recv(s.rx[who], data, sizeof(data), MSG_DONTWAIT)) > 0) {
		struct srtp_job job = { .srtp = s.open[who], .in = data, .in_len = (size_t)n, .out = data, .out_size = sizeof(data),
			                .rtcp = !rtp_is_rtp(data, (size_t)n) };
		uint64_t ignored = 0;

		open_batch(&job, 1);
		assert(job.result == SRTP_OK);
		wire_put(&s.from_server[who], data, job.out_len, who == 1 && !job.rtcp ? &s.figures->lost_down : &ignored);
	}
}

static void server_run(void)
{
	struct on_wire *p;

	for (int who = 0; who < 2; who++)
		while ((p = wire_take(&s.to_server[who]))) {
			if (rtp_is_rtp(p->data, p->len))
				path_on_rtp(s.path[who], p->data, p->len, s.now_us);
			else
				path_on_rtcp(s.path[who], p->data, p->len, s.now_us);
			server_turn();
		}
	for (int who = 0; who < 2 && s.now_us >= s.check_us; who++)
		path_on_check(s.path[who], s.path[who]->credentials[0].pwd, true, &s.address[who], sizeof(struct sockaddr_in), s.now_us);
	s.check_us += s.now_us >= s.check_us ? CHECK_US : 0;
	for (int who = 0; who < 2 && s.now_us >= s.tick_us; who++)
		path_tick(s.path[who], s.now_us);
	s.tick_us += s.now_us >= s.tick_us ? TICK_US : 0;
	server_turn();
	put_on_wire(0);
	put_on_wire(1);
}

static void arrive(void)
{
	static const struct rtcp_handlers handlers = { .on_nack = on_server_nack, .on_keyframe_request = on_server_pli };
	struct on_wire *p;

	while ((p = wire_take(&s.from_server[0])))
		if (!rtp_is_rtp(p->data, p->len))
			rtcp_parse(p->data, p->len, &handlers, NULL);
	while ((p = wire_take(&s.from_server[1])))
		if (rtp_is_rtp(p->data, p->len))
			on_viewer_rtp(p->data, p->len);
}

static void make_path(int who, const struct path_cfg *cfg, const struct negotiated *n)
{
	static const uint8_t keying[2][32] = { { 1 }, { 2 } };
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(in);
	int r, room = 1 << 20;

	s.rx[who] = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(s.rx[who], SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	bind(s.rx[who], (struct sockaddr *)&in, len);
	getsockname(s.rx[who], (struct sockaddr *)&in, &len);
	memcpy(&s.address[who], &in, len);
	r = path_create(&s.path[who], &s.site, (struct path_id){ 0, (uint32_t)who, 1 }, cfg, s.now_us);
	assert(r == 0);
	r = path_negotiated(s.path[who], n, s.now_us);
	assert(r == 0);
	srtp_keys_create(&s.path[who]->in, SUITE_AEAD_AES_128_GCM, keying[who]);
	srtp_keys_create(&s.path[who]->down.srtp, SUITE_AEAD_AES_128_GCM, keying[who]);
	srtp_keys_create(&s.open[who], SUITE_AEAD_AES_128_GCM, keying[who]);
	(void)r;
}

static void make_publisher(void)
{
	struct path_cfg cfg = { .source_number = 7, .cname = "publisher", .local = { "publisher", "password-of-24-chars----" } };
	struct negotiated n = { .nack_up = true };

	n.codec_of_pt[PT_OPUS] = CODEC_OPUS;
	n.codec_of_pt[PT_PICTURE] = s.cfg->vp9 ? CODEC_VP9 : CODEC_VP8;
	n.rtx_of_pt[PT_RTX] = PT_PICTURE;
	n.sources[SOURCE_MIC] = (struct negotiated_source){ true, "0", SSRC_MIC, 0, 0, { "" } };
	n.sources[SOURCE_CAMERA] = (struct negotiated_source){ true, "1", SSRC_CAMERA, SSRC_CAMERA_RTX, 0, { "" } };
	make_path(0, &cfg, &n);
	track_set_gate(path_track(s.path[0], SOURCE_MIC), true, s.now_us);
	track_set_gate(path_track(s.path[0], SOURCE_CAMERA), true, s.now_us);
	s.publisher = (struct publisher){ .seq = 65000, .rtx_seq = 1, .mic_seq = 1, .first_picture = 77, .want_key = true, .frame_us = s.now_us, .sound_us = s.now_us };
}

static void make_viewer(void)
{
	enum codec codec = s.cfg->vp9 ? CODEC_VP9 : CODEC_VP8;
	struct path_cfg cfg = { .source_number = 8, .cname = "viewer", .n_slots = 1, .local = { "viewerxx", "password-of-24-chars----" },
		                .slots = { { false, SSRC_SLOT, SSRC_SLOT_RTX } } };
	struct negotiated n = { .n_slots = 1, .down = { .twcc = TWCC_ID }, .slots = { { true, "0", (uint16_t)(1 << codec) } } };

	n.pt_of_codec[codec] = PT_PICTURE;
	n.rtx_pt_of_codec[codec] = PT_RTX;
	make_path(1, &cfg, &n);
	slot_bind(path_slot(s.path[1], 0), path_track(s.path[0], SOURCE_CAMERA), 1, s.now_us);
	s.viewer = (struct viewer){ .frames = frames_new(&s.totals, false) };
	twcc_init(&s.viewer.twcc);
}

static void begin(const struct repair_cfg *cfg)
{
	memset(&s, 0, sizeof(s));
	s.cfg = cfg;
	s.random = cfg->seed * 7919 + 1;
	s.now_us = s.tick_us = s.check_us = 1000 * SIM_S;
	s.to_server[0].line = s.from_server[0].line = &cfg->publisher;
	s.to_server[1].line = s.from_server[1].line = &cfg->viewer;
	s.tx = socket(AF_INET, SOCK_DGRAM, 0);
	counters_create(&s.counters, media_counter_defs, MEDIA_COUNTERS);
	s.site = (struct path_site){ .counters = s.counters, .departures = &s.departures, .fresh = &s.fresh, .emit = on_event };
	gate_create(&s.site.gate);
	sendqueue_create(&s.site.queue, s.tx, NULL, s.counters);
	make_publisher();
	make_viewer();
}

static void end(void)
{
	frames_end(s.viewer.frames, s.now_us);
	s.figures->frames = s.totals.whole_frames;
	s.figures->freezes = s.totals.freezes;
	s.figures->longest_us = s.totals.longest_freeze_us;
	free(s.viewer.frames);
	path_destroy(s.path[1]);
	path_destroy(s.path[0]);
	sendqueue_destroy(s.site.queue);
	gate_destroy(s.site.gate);
	counters_destroy(s.counters);
	for (int who = 0; who < 2; who++) {
		srtp_keys_destroy(s.open[who]);
		close(s.rx[who]);
	}
	close(s.tx);
}

void repair_sim_run(struct repair_figures *ret, const struct repair_cfg *cfg, int seconds)
{
	int64_t open_us, end_us;

	*ret = (struct repair_figures){ 0 };
	s.figures = ret;
	begin(cfg);
	s.figures = ret;
	open_us = s.now_us + (cfg->from_start ? 0 : WARMUP_US);
	end_us = open_us + seconds * SIM_S;
	for (; s.now_us < end_us; s.now_us += STEP_US) {
		if (!s.counts && s.now_us >= open_us) {
			s.counts = s.totals.open = true;
			frames_restart(s.viewer.frames, s.now_us);
		}
		arrive();
		publisher_run();
		viewer_run();
		server_run();
	}
	end();
}
