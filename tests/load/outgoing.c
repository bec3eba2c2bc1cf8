/* See outgoing.h. RTP time is the capture time since the beginning; the sender reports say just that. */
#include "tests/load/outgoing.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "media/red.h"
#include "tests/endpoint/bytes.h"
#include "tests/endpoint/loop.h"
#include "tests/load/head.h"

#define VOICE_US 20000
#define VOICE_BODY_BYTES 120
#define REPORT_US 1000000
#define KEY_FACTOR 3            /* a keyframe is so many frames long */
#define SPEAKING 0x80 | 20
#define SILENT 127

static void on_voice(struct timer *t, int64_t now);
static void on_camera(struct timer *t, int64_t now);

int outgoing_init(struct outgoing *o, const struct outgoing_cfg *cfg)
{
	*o = (struct outgoing){ .cfg = *cfg, .voice.fire = on_voice, .camera.fire = on_camera };
	o->spoken = cfg->peer->cfg.up ? calloc(1, sizeof(*o->spoken)) : NULL;
	if (cfg->peer->cfg.up && !o->spoken)
		return -ENOMEM;
	for (unsigned i = 0; i <= cfg->n_layers; i++) {
		struct outgoing_layer *l = &o->layers[i];

		*l = (struct outgoing_layer){
			.codec = i ? cfg->codec : PAYLOAD_OPUS, .number = cfg->number + i, .ssrc = g_random_int() | 1,
			.rtx_ssrc = i ? g_random_int() | 1 : 0, .seq = g_random_int() & 0x7fff, .rtx_seq = g_random_int() & 0x7fff,
			.first_picture = g_random_int() & 0x7fff, .timestamp = g_random_int(), .want_key = true,
		};
		if (!i)
			continue;
		l->cfg = cfg->layers[i - 1];
		l->kept = calloc(SENT_KEPT, sizeof(*l->kept));
		if (!l->kept) {
			outgoing_done(o);
			return -ENOMEM;
		}
	}
	return 0;
}

void outgoing_done(struct outgoing *o)
{
	outgoing_end(o);
	free(o->spoken);
	o->spoken = NULL;
	for (unsigned i = 0; i < OUTGOING; i++) {
		free(o->layers[i].kept);
		o->layers[i].kept = NULL;
	}
}

static void agree(struct outgoing_layer *l, const struct media *m, const char *rid)
{
	struct head_names named = { m->mid, rid, NULL }, repeat = { m->mid, NULL, rid }, bare = { 0 };
	bool voice = l->codec == PAYLOAD_OPUS;

	l->pt = voice ? m->pt.opus : l->codec == PAYLOAD_VP8 ? m->pt.vp8 : m->pt.h264;
	l->rtx_pt = voice ? 0 : l->codec == PAYLOAD_VP8 ? m->pt.vp8_rtx : m->pt.h264_rtx;
	l->red_pt = voice ? m->pt.red : 0;
	head_make(&l->named, l->red_pt ? l->red_pt : l->pt, l->ssrc, &m->ids, &named, voice);
	head_make(&l->bare, l->red_pt ? l->red_pt : l->pt, l->ssrc, &m->ids, &bare, voice);
	head_make(&l->repeat, l->rtx_pt, l->rtx_ssrc, &m->ids, &repeat, false);
}

static bool is_named(const struct media *camera, const char *rid)
{
	for (unsigned i = 0; i < camera->n_rids && rid[0]; i++)
		if (!strcmp(camera->rids[i], rid))
			return true;
	return false;
}

void outgoing_agree(struct outgoing *o, const struct media *voice, const struct media *camera)
{
	if (voice)
		agree(&o->layers[0], voice, NULL);
	for (unsigned i = 1; i <= o->cfg.n_layers && camera; i++) {
		struct outgoing_layer *l = &o->layers[i];

		if (is_named(camera, l->cfg.rid))
			agree(l, camera, l->cfg.rid);
		else if (!camera->n_rids && i == o->cfg.n_layers)
			agree(l, camera, NULL);
	}
}

static uint32_t timestamp_of(const struct outgoing *o, const struct outgoing_layer *l, int64_t us)
{
	return l->timestamp + (uint32_t)((us - o->epoch_us) * (l->codec == PAYLOAD_OPUS ? 48 : 90) / 1000);
}

static void count(struct outgoing *o, size_t len)
{
	struct totals *t = o->cfg.totals;

	t->sent_packets += t->open;
	t->sent_bytes += t->open ? len : 0;
}

/* The descriptor of an upper temporal layer: TID 1 and no reference to be kept (RFC 7741 §4.2). */
static void raise_temporal(uint8_t *payload, uint32_t frame)
{
	payload[0] |= 0x20;
	payload[5] |= 0x40;
	payload[4] = (uint8_t)(frame / 2);
}

static size_t write_payload(const struct outgoing *o, const struct outgoing_layer *l, uint8_t *out, const struct mark *m)
{
	size_t n = payload_write(out, m, VP8_ALL_NUMBERS, l->first_picture);

	if (l->codec == PAYLOAD_VP8 && o->cfg.temporal) {
		out[4] = (uint8_t)(m->frame / 2); /* TL0PICIDX counts the base layer alone */
		if (m->frame % 2)
			raise_temporal(out, m->frame);
	}
	return n;
}

/* Body bytes that make the packet as long as the layer's packets shall be. */
static uint16_t body_bytes(const struct outgoing *o, const struct outgoing_layer *l, struct mark m, size_t packet_bytes)
{
	uint8_t scratch[PAYLOAD_BYTES];
	const struct head *h = l->known ? &l->bare : &l->named;
	size_t around;

	m.body_bytes = MARK_BYTES;
	around = h->len + write_payload(o, l, scratch, &m) - MARK_BYTES;
	return (uint16_t)CLAMP((int)packet_bytes - (int)around, MARK_BYTES, 1200);
}

static struct red_block block_of(const struct outgoing *o, const struct outgoing_layer *l, const struct sent *s, uint32_t offset, uint8_t *room)
{
	size_t len = write_payload(o, l, room, &s->mark);

	return (struct red_block){ .offset_rtp = (uint16_t)offset, .len = (uint16_t)len, .data = room };
}

/* The voices before, as long as they are known, and this one. */
static size_t write_red(struct outgoing *o, const struct outgoing_layer *l, uint8_t *out, const struct sent *s)
{
	uint8_t payloads[RED_MAX_BLOCKS][PAYLOAD_BYTES];
	struct red_block blocks[RED_MAX_BLOCKS];
	unsigned n = 0;

	for (unsigned i = o->cfg.red; i > 0; i--) {
		const struct sent *b = &o->before[i - 1];

		if (b->full) {
			blocks[n] = block_of(o, l, b, s->timestamp - b->timestamp, payloads[n]);
			n++;
		}
	}
	blocks[n] = block_of(o, l, s, 0, payloads[n]);
	o->before[1] = o->before[0];
	o->before[0] = *s;
	return red_write(out, PORT_BYTES / 2, l->pt, blocks, n + 1);
}

static void send_packet(struct outgoing *o, struct outgoing_layer *l, const struct sent *s, uint8_t level)
{
	uint8_t *out = port_room(o->cfg.peer->cfg.port);
	size_t n = head_write(out, l->known ? &l->bare : &l->named, s->marker, s->seq, s->timestamp, o->twcc++, level);
	size_t payload = l->red_pt ? write_red(o, l, out + n, s) : write_payload(o, l, out + n, &s->mark);

	if (l->kept)
		l->kept[s->seq % SENT_KEPT] = *s;
	l->packets++;
	l->octets += (uint32_t)payload;
	count(o, n + payload);
	if (l == &o->layers[0] && o->spoken)
		spoken_send(o->spoken, o->cfg.peer, s->seq, n + payload);
	else
		peer_send(o->cfg.peer, n + payload, false);
}

uint8_t outgoing_shown_layer(unsigned height)
{
	return height < 270 ? 1 : height < 540 ? 2 : 3;
}

static void send_frame(struct outgoing *o, struct outgoing_layer *l, int64_t now)
{
	struct mark m = {
		.source = l->number, .frame = l->frame, .key = l->want_key && (!o->cfg.temporal || l->frame % 2 == 0), .codec = l->codec,
		.layer = outgoing_shown_layer(l->cfg.height), .captured_us = now_us(),
	};
	double per_frame = (double)l->cfg.bps / 8 / o->cfg.fps;
	unsigned bytes = (unsigned)MIN(per_frame, (double)o->cfg.packet_bytes), n;

	l->owed += m.key ? 0 : per_frame;
	n = m.key ? (unsigned)(KEY_FACTOR * per_frame / bytes) : (unsigned)(l->owed / bytes);
	n = MAX(n, 1u);
	l->owed = m.key ? l->owed : MAX(l->owed - (double)n * bytes, 0);
	m.count = (uint16_t)n;
	for (unsigned i = 0; i < n; i++) {
		struct sent s = { .timestamp = timestamp_of(o, l, now), .seq = l->seq++, .marker = i + 1 == n, .full = true };

		m.packet = (uint16_t)i;
		m.body_bytes = body_bytes(o, l, m, bytes);
		s.mark = m;
		send_packet(o, l, &s, 0);
	}
	if (m.key)
		l->want_key = false;
	l->frame++;
}

static void send_reports(struct outgoing *o, int64_t now)
{
	for (unsigned i = 0; i < OUTGOING; i++) {
		struct outgoing_layer *l = &o->layers[i];
		struct sender_info s = { l->ssrc, ntp_of_us(now), timestamp_of(o, l, now), l->packets, l->octets };
		uint8_t *out;
		size_t n;

		if (!l->pt || !l->packets)
			continue;
		out = port_room(o->cfg.peer->cfg.port);
		n = control_write_sr(out, &s);
		peer_send(o->cfg.peer, n + control_write_cname(out + n, l->ssrc, "load"), true);
	}
}

/* Timers go on from when they were due, so that the rates are exact, unless the tool fell behind for long. */
static void again(struct outgoing *o, struct timer *t, int64_t every_us, int64_t now)
{
	int64_t due = t->due_us + every_us;

	hub_set(o->cfg.peer->cfg.hub, t, now - due > 10 * every_us ? now + every_us : due);
}

static void on_voice(struct timer *t, int64_t now)
{
	struct outgoing *o = OWNER_OF(t, struct outgoing, voice);
	struct outgoing_layer *l = &o->layers[0];
	struct sent s = {
		.timestamp = timestamp_of(o, l, now), .seq = l->seq++, .full = true,
		.mark = { .source = l->number, .frame = l->frame++, .count = 1, .codec = PAYLOAD_OPUS, .body_bytes = VOICE_BODY_BYTES,
		          .captured_us = now_us() },
	};

	again(o, t, VOICE_US, now);
	send_packet(o, l, &s, o->speaks ? SPEAKING : SILENT);
}

static void on_camera(struct timer *t, int64_t now)
{
	struct outgoing *o = OWNER_OF(t, struct outgoing, camera);

	again(o, t, 1000000 / o->cfg.fps, now);
	for (unsigned i = 1; i <= o->cfg.n_layers; i++)
		if (o->layers[i].pt && !o->layers[i].off)
			send_frame(o, &o->layers[i], now);
	if (now < o->report_us)
		return;
	o->report_us = now + REPORT_US;
	send_reports(o, now);
}

void outgoing_begin(struct outgoing *o, int64_t now_us)
{
	struct hub *h = o->cfg.peer->cfg.hub;

	if (o->running)
		return;
	o->running = true;
	o->epoch_us = now_us;
	if (o->layers[0].pt)
		hub_set(h, &o->voice, now_us + g_random_int_range(0, VOICE_US));
	if (o->cfg.n_layers && (o->layers[1].pt || o->layers[o->cfg.n_layers].pt))
		hub_set(h, &o->camera, now_us + g_random_int_range(0, 1000000 / (int)o->cfg.fps));
}

void outgoing_end(struct outgoing *o)
{
	hub_cancel(&o->voice);
	hub_cancel(&o->camera);
	o->running = false;
}

void outgoing_want(struct outgoing *o, unsigned layers)
{
	for (unsigned i = 1; i <= o->cfg.n_layers; i++) {
		bool off = !(layers >> (i - 1) & 1);

		o->layers[i].want_key |= o->layers[i].off && !off;
		o->layers[i].off = off;
	}
}

static struct outgoing_layer *layer_of(struct outgoing *o, uint32_t ssrc)
{
	for (unsigned i = 0; i < OUTGOING && ssrc; i++)
		if (o->layers[i].ssrc == ssrc)
			return &o->layers[i];
	return NULL;
}

static void repeat(struct outgoing *o, struct outgoing_layer *l, const struct sent *s)
{
	uint8_t *out = port_room(o->cfg.peer->cfg.port);
	size_t n = head_write(out, &l->repeat, s->marker, l->rtx_seq++, s->timestamp, o->twcc++, 0);

	put16(out + n, s->seq);
	n += 2;
	n += write_payload(o, l, out + n, &s->mark);
	count(o, n);
	peer_send(o->cfg.peer, n, false);
}

void outgoing_on_nack(struct outgoing *o, uint32_t ssrc, const uint16_t *seqs, size_t n)
{
	struct outgoing_layer *l = layer_of(o, ssrc);

	o->cfg.totals->nacks_received += o->cfg.totals->open ? n : 0;
	for (size_t i = 0; i < n && l == &o->layers[0] && o->spoken; i++)
		spoken_repeat(o->spoken, o->cfg.peer, seqs[i]);
	for (size_t i = 0; i < n && l && l->kept && l->rtx_pt; i++) {
		const struct sent *s = &l->kept[seqs[i] % SENT_KEPT];

		if (s->full && s->seq == seqs[i])
			repeat(o, l, s);
	}
}

void outgoing_on_pli(struct outgoing *o, uint32_t ssrc)
{
	struct outgoing_layer *l = layer_of(o, ssrc);

	if (!l || !l->kept)
		return;
	o->cfg.totals->plis_received += o->cfg.totals->open;
	l->want_key = true;
}

void outgoing_on_report(struct outgoing *o, uint32_t ssrc)
{
	struct outgoing_layer *l = layer_of(o, ssrc);

	if (l)
		l->known = true;
}
