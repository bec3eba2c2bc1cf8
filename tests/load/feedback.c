/* RTCP of a receiver: reports each second, NACK for holes, PLI when they stay, transport-wide feedback. */
#include <string.h>

#include "tests/load/incoming.h"

#define REPORT_US 1000000
#define TWCC_US 100000
#define NACK_US 100000          /* between two requests for one packet */
#define NACK_VOICE_US 20000     /* of sound, as libwebrtc: with each packet that comes */
#define NACK_TRIES 8
#define NACK_VOICE_TRIES 20
#define PLI_US 500000

static void send_rtcp(struct incoming *in, size_t len)
{
	peer_send(in->cfg.peer, len, true);
}

static uint8_t *room(struct incoming *in)
{
	return port_room(in->cfg.peer->cfg.port);
}

static struct report_block block_of(struct stream *s, int64_t now)
{
	uint32_t expected = s->number - s->report_number;
	uint32_t lost = expected > s->report_got ? expected - s->report_got : 0;
	struct report_block b = {
		.about = s->ssrc, .fraction = (uint8_t)(expected ? MIN(lost * 256 / expected, 255u) : 0), .lost = s->n_holes,
		.highest = s->number, .jitter = s->jitter16 >> 4, .last_sr = s->last_sr,
		.delay = s->sr_us ? (uint32_t)((now - s->sr_us) * 65536 / 1000000) : 0,
	};

	s->report_number = s->number;
	s->report_got = 0;
	return b;
}

static void send_reports(struct incoming *in, int64_t now)
{
	struct report_block blocks[31];
	unsigned n = 0;
	uint8_t *out;
	size_t len;

	for (unsigned i = 0; i < in->n_streams && n < G_N_ELEMENTS(blocks); i++)
		if (in->streams[i].started && !in->streams[i].rtx && in->streams[i].number != in->streams[i].report_number)
			blocks[n++] = block_of(&in->streams[i], now);
	out = room(in);
	len = control_write_rr(out, in->reporter, blocks, n);
	send_rtcp(in, len + control_write_cname(out + len, in->reporter, "load"));
}

/* Holes that were asked for often enough are given up; what hangs on them needs a keyframe. */
static void send_nacks(struct incoming *in, struct stream *s, int64_t now)
{
	unsigned tries = s->codec == PAYLOAD_OPUS ? NACK_VOICE_TRIES : NACK_TRIES;
	uint16_t seqs[HOLES];
	unsigned n = 0, kept = 0;

	for (unsigned i = 0; i < s->n_holes; i++) {
		struct hole h = s->holes[i];

		if (h.next_us <= now && h.tries >= tries) {
			s->wants_key = true;
			continue;
		}
		if (h.next_us <= now) {
			seqs[n++] = (uint16_t)h.number;
			h.tries++;
			h.next_us = now + (s->codec == PAYLOAD_OPUS ? NACK_VOICE_US : NACK_US);
		}
		s->holes[kept++] = h;
	}
	s->n_holes = (uint8_t)kept;
	if (!n || !(s->codec == PAYLOAD_OPUS ? in->cfg.nack_voice : in->cfg.nack))
		return;
	in->cfg.totals->nacks_sent += in->cfg.totals->open ? n : 0;
	send_rtcp(in, control_write_nack(room(in), in->reporter, s->ssrc, seqs, n));
}

static void send_pli(struct incoming *in, struct stream *s, int64_t now)
{
	bool wanted = s->codec != PAYLOAD_OPUS && (s->wants_key || (s->frames && frames_stuck(s->frames, now)));

	if (!wanted || now - s->pli_us < PLI_US || now - s->first_us < PLI_US)
		return;
	s->wants_key = false;
	s->pli_us = now;
	in->cfg.totals->plis_sent += in->cfg.totals->open;
	send_rtcp(in, control_write_pli(room(in), in->reporter, s->ssrc));
}

static void send_twcc(struct incoming *in)
{
	while (twcc_pending(in->twcc)) {
		size_t len = twcc_write(in->twcc, room(in), 1200, in->reporter, in->n_streams ? in->streams[0].ssrc : 0);

		if (!len)
			return;
		send_rtcp(in, len);
	}
}

void incoming_tick(struct incoming *in, int64_t now_us)
{
	for (unsigned i = 0; i < in->n_streams; i++) {
		if (in->streams[i].n_holes)
			send_nacks(in, &in->streams[i], now_us);
		if (!in->streams[i].rtx && in->streams[i].started)
			send_pli(in, &in->streams[i], now_us);
	}
	if (in->twcc && now_us >= in->feedback_us) {
		in->feedback_us = now_us + TWCC_US;
		send_twcc(in);
	}
	if (now_us >= in->report_us && in->packets) {
		in->report_us = now_us + REPORT_US;
		send_reports(in, now_us);
	}
}
