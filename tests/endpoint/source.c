/* A marked stream. RTP time is base + (now - epoch) x rate, and the sender reports say just that. */
#include "source.h"

#include <glib.h>
#include <string.h>

#include "bytes.h"
#include "loop.h"
#include "vp9.h"

#define KEPT 512
#define REPORT_US 500000
#define RED_BYTES (PAYLOAD_BYTES + 256)

struct kept {
	bool full, marker;
	uint16_t seq;
	uint32_t timestamp;
	uint16_t len;
	uint8_t payload[PAYLOAD_BYTES];
};

struct source {
	struct source_cfg cfg;
	const struct source_output *output; /* given */
	void *user;
	struct source_stats stats;
	bool paused, want_key;
	uint16_t seq, rtx_seq, picture_id;
	uint32_t base, frame, octets;
	int64_t epoch_us, next_us, report_us;
	struct kept kept[KEPT];
	uint8_t last_block[256];        /* RED: the packet before */
	size_t last_len;
	uint32_t last_block_timestamp;
};

struct source *source_create(const struct source_cfg *cfg, const struct source_output *output, void *user)
{
	struct source *s = g_new0(struct source, 1);

	s->cfg = *cfg;
	s->output = output;
	s->user = user;
	s->seq = (uint16_t)(g_random_int() & 0x7fff);
	s->rtx_seq = (uint16_t)(g_random_int() & 0x7fff);
	s->picture_id = (uint16_t)(g_random_int() & 0x7fff);
	s->base = g_random_int();
	s->want_key = true;
	return s;
}

struct source *source_destroy(struct source *s)
{
	g_free(s);
	return NULL;
}

void source_settle(struct source *s, const char *mid, uint8_t pt, uint8_t rtx_pt, uint8_t red_pt)
{
	g_strlcpy(s->cfg.mid, mid, sizeof(s->cfg.mid));
	s->cfg.pt = pt;
	s->cfg.rtx_pt = rtx_pt;
	s->cfg.red_pt = red_pt;
}

static uint32_t rtp_of(const struct source *s, int64_t us)
{
	int64_t rate = s->cfg.codec == PAYLOAD_OPUS ? 48 : 90;

	return s->base + (uint32_t)((us - s->epoch_us) * rate / 1000);
}

/* RFC 2198: four bytes for the redundant block, one for the primary, then both. */
static size_t write_red(struct source *s, uint8_t *out, const struct kept *k)
{
	uint32_t offset = k->timestamp - s->last_block_timestamp;
	size_t n = 0;

	if (s->last_len && offset < 1 << 14) {
		out[0] = 0x80 | s->cfg.pt;
		put16(out + 1, offset << 2 | (uint32_t)s->last_len >> 8);
		out[3] = (uint8_t)s->last_len;
		n = 4;
	}
	out[n++] = s->cfg.pt;
	if (n > 1) {
		memcpy(out + n, s->last_block, s->last_len);
		n += s->last_len;
	}
	memcpy(out + n, k->payload, k->len);
	n += k->len;
	s->last_len = MIN(k->len, sizeof(s->last_block));
	memcpy(s->last_block, k->payload, s->last_len);
	s->last_block_timestamp = k->timestamp;
	return n;
}

static void send_kept(struct source *s, const struct kept *k)
{
	uint8_t red[RED_BYTES];
	struct packet p = {
		.marker = k->marker, .pt = s->cfg.pt, .seq = k->seq, .timestamp = k->timestamp, .ssrc = s->cfg.ssrc,
		.payload = k->payload, .payload_len = k->len,
		.has_level = s->cfg.codec == PAYLOAD_OPUS, .level = s->cfg.level, .voice = s->cfg.level < 60,
	};

	if (!s->cfg.rid[0] || !s->stats.reports) {
		g_strlcpy(p.mid, s->cfg.mid, sizeof(p.mid));
		g_strlcpy(p.rid, s->cfg.rid, sizeof(p.rid));
	}
	if (s->cfg.red_pt) {
		p.payload_len = write_red(s, red, k);
		p.payload = red;
		p.pt = s->cfg.red_pt;
	}
	s->stats.packets++;
	s->octets += (uint32_t)p.payload_len;
	p.lost = s->cfg.lose_every && s->stats.packets % s->cfg.lose_every == 0;
	s->stats.lost += p.lost;
	s->output->send_rtp(s->user, &p);
}

static void send_packet(struct source *s, const struct mark *m, bool marker)
{
	struct kept *k = &s->kept[s->seq % KEPT];

	k->full = true;
	k->marker = marker;
	k->seq = s->seq++;
	k->timestamp = rtp_of(s, m->captured_us);
	k->len = (uint16_t)payload_write(k->payload, m, s->cfg.numbers, s->picture_id);
	send_kept(s, k);
	s->stats.last_timestamp = k->timestamp;
	s->stats.last_seq = k->seq;
}

/* Layer by layer: what goes of it to a viewer ends with one of them. */
static void send_layers(struct source *s, struct mark *m)
{
	for (m->layer = 0, m->packet = 0, m->count = 0; m->layer < VP9_LAYERS; m->layer++) {
		m->count = (uint16_t)(m->count + ((s->cfg.packets * (m->key ? 2 : 1)) << m->layer));
		for (m->begins = true; m->packet < m->count; m->packet++, m->begins = false)
			send_packet(s, m, m->layer + 1 == VP9_LAYERS && m->packet + 1 == m->count);
	}
}

static void send_packets(struct source *s, struct mark *m)
{
	m->count = (uint16_t)(m->codec == PAYLOAD_OPUS ? 1 : m->key ? s->cfg.packets * 2 : s->cfg.packets);
	for (m->packet = 0; m->packet < m->count; m->packet++)
		send_packet(s, m, m->codec == PAYLOAD_OPUS ? !s->frame : m->packet + 1 == m->count);
}

static void send_frame(struct source *s, int64_t captured)
{
	bool video = s->cfg.codec != PAYLOAD_OPUS;
	bool key = video && (s->want_key || (s->cfg.key_every && s->frame % s->cfg.key_every == 0));
	struct mark m = { .source = s->cfg.number, .key = key, .codec = s->cfg.codec, .layer = s->cfg.layer,
		          .body_bytes = (uint16_t)s->cfg.body_bytes, .captured_us = captured };

	if (key && s->cfg.codec == PAYLOAD_VP9)
		vp9_begin_pattern(&s->frame, &s->picture_id);
	m.frame = s->frame;
	if (s->cfg.codec == PAYLOAD_VP9)
		send_layers(s, &m);
	else
		send_packets(s, &m);
	if (key) {
		s->want_key = false;
		s->stats.keyframes++;
	}
	s->stats.last_frame = s->frame++;
	s->stats.frames++;
}

static void send_report(struct source *s, int64_t now)
{
	struct sender_info info = { s->cfg.ssrc, ntp_of_us(now), rtp_of(s, now), s->stats.packets, s->octets };
	uint8_t out[CONTROL_BYTES];
	size_t n = control_write_sr(out, &info);

	n += control_write_cname(out + n, s->cfg.ssrc, "endpoint");
	s->output->send_rtcp(s->user, out, n);
}

void source_tick(struct source *s, int64_t now)
{
	if (!s->epoch_us) {
		s->epoch_us = now;
		s->next_us = now;
		s->report_us = now + 20000;
	}
	if (now - s->next_us > 500000)
		s->next_us = now; /* this machine stood still: no burst */
	for (; s->next_us <= now; s->next_us += s->cfg.frame_us)
		if (!s->paused)
			send_frame(s, s->next_us);
	if (now >= s->report_us && s->stats.packets) {
		s->report_us = now + REPORT_US;
		send_report(s, now);
	}
}

void source_pause(struct source *s, bool paused)
{
	if (s->paused && !paused)
		s->want_key = true;
	s->paused = paused;
}

void source_recode(struct source *s, enum payload_codec codec)
{
	s->cfg.codec = codec;
	s->want_key = true;
}

void source_lose(struct source *s, unsigned every)
{
	s->cfg.lose_every = every;
}

void source_set_level(struct source *s, uint8_t level)
{
	s->cfg.level = level;
}

void source_on_pli(struct source *s)
{
	s->stats.plis++;
	s->want_key = true;
}

void source_on_nack(struct source *s, const uint16_t *seqs, size_t n)
{
	uint8_t out[PAYLOAD_BYTES + 2];

	for (size_t i = 0; i < n; i++) {
		const struct kept *k = &s->kept[seqs[i] % KEPT];
		struct packet p = {
			.marker = k->marker, .pt = s->cfg.rtx_pt, .seq = s->rtx_seq, .timestamp = k->timestamp,
			.ssrc = s->cfg.rtx_ssrc, .payload = out, .payload_len = k->len + 2u,
		};

		s->stats.nacks++;
		if (!k->full || k->seq != seqs[i] || !s->cfg.rtx_pt)
			continue;
		g_strlcpy(p.mid, s->cfg.mid, sizeof(p.mid));
		g_strlcpy(p.rrid, s->cfg.rid, sizeof(p.rrid));
		put16(out, seqs[i]);
		memcpy(out + 2, k->payload, k->len);
		s->rtx_seq++;
		s->stats.resent++;
		s->output->send_rtp(s->user, &p);
	}
}

void source_on_block(struct source *s, const struct report_block *b)
{
	s->stats.reports++;
	s->stats.last_report = *b;
}

const struct source_cfg *source_cfg(const struct source *s)
{
	return &s->cfg;
}

const struct source_stats *source_stats(const struct source *s)
{
	return &s->stats;
}
