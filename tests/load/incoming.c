/* See incoming.h. Opening and comparing is in inspect.c, what is sent back in feedback.c. */
#include "tests/load/incoming.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "tests/endpoint/bytes.h"
#include "tests/load/inspect.h"

#define MAX_GAP 3000            /* a leap further than that begins the stream anew */

int incoming_init(struct incoming *in, const struct incoming_cfg *cfg)
{
	*in = (struct incoming){ .cfg = *cfg, .reporter = g_random_int() | 1 };
	in->streams = calloc(INCOMING_STREAMS, sizeof(*in->streams));
	in->twcc = cfg->twcc_id ? calloc(1, sizeof(*in->twcc)) : NULL;
	if (in->streams && (in->twcc || !cfg->twcc_id))
		return 0;
	incoming_done(in);
	return -ENOMEM;
}

void incoming_done(struct incoming *in)
{
	for (unsigned i = 0; i < in->n_streams; i++)
		free(in->streams[i].frames);
	free(in->streams);
	free(in->twcc);
	in->streams = NULL;
	in->twcc = NULL;
	in->n_streams = 0;
}

static uint8_t *place_of(struct incoming *in, uint32_t ssrc)
{
	unsigned i = ssrc * 0x9e3779b1u >> 25;

	while (in->places[i] && in->streams[in->places[i] - 1].ssrc != ssrc)
		i = (i + 1) % INCOMING_PLACES;
	return &in->places[i];
}

static struct stream *add(struct incoming *in, uint32_t ssrc)
{
	uint8_t *place = place_of(in, ssrc);

	if (*place)
		return &in->streams[*place - 1];
	if (in->n_streams == INCOMING_STREAMS)
		return NULL;
	*place = (uint8_t)++in->n_streams;
	in->streams[*place - 1].ssrc = ssrc;
	in->streams[*place - 1].of = INCOMING_STREAMS;
	return &in->streams[*place - 1];
}

void incoming_expect(struct incoming *in, uint32_t ssrc, uint32_t rtx_ssrc, bool audio)
{
	struct stream *s = add(in, ssrc), *rtx = s && rtx_ssrc ? add(in, rtx_ssrc) : NULL;

	if (s)
		s->codec = audio ? PAYLOAD_OPUS : PAYLOAD_VP8;
	if (rtx) {
		rtx->rtx = true;
		rtx->of = (uint32_t)(s - in->streams);
	}
}

/* A stream is what its payload type says; false: that was not negotiated. */
static bool read_type(const struct payload_types *t, uint8_t pt, struct stream *s)
{
	bool rtx = pt == t->vp8_rtx || pt == t->h264_rtx;

	if (!pt || (pt != t->opus && pt != t->red && pt != t->vp8 && pt != t->h264 && !rtx))
		return false;
	s->pt = pt;
	s->rtx = rtx;
	s->red = pt == t->red;
	s->codec = pt == t->opus || s->red ? PAYLOAD_OPUS : pt == t->vp8 || pt == t->vp8_rtx ? PAYLOAD_VP8 : PAYLOAD_H264;
	return true;
}

/* Where an extension's data stand in the one-byte form; NULL when it is not there. */
static const uint8_t *find_extension(const uint8_t *data, size_t len, uint8_t id, size_t want)
{
	size_t at = 12 + 4u * (data[0] & 15), end;

	if (!(data[0] & 0x10) || at + 4 > len || get16(data + at) != 0xbede)
		return NULL;
	end = at + 4 + 4u * get16(data + at + 2);
	at += 4;
	while (at < end && end <= len) {
		size_t n = (data[at] & 15u) + 1;

		if (!data[at]) {
			at++;
			continue;
		}
		if (data[at] >> 4 == id)
			return n == want && at + 1 + n <= end ? data + at + 1 : NULL;
		at += 1 + n;
	}
	return NULL;
}

static void add_holes(struct stream *s, uint32_t from, uint32_t to, int64_t now)
{
	for (uint32_t n = from; n != to; n++) {
		if (s->n_holes == HOLES) {
			memmove(s->holes, s->holes + 1, sizeof(s->holes[0]) * (HOLES - 1));
			s->n_holes--;
			s->wants_key = true;
		}
		s->holes[s->n_holes++] = (struct hole){ .number = n, .next_us = now + 5000 };
	}
}

bool incoming_fill_hole(struct stream *s, uint32_t number)
{
	for (unsigned i = 0; i < s->n_holes; i++)
		if (s->holes[i].number == number) {
			s->n_holes--;
			memmove(s->holes + i, s->holes + i + 1, sizeof(s->holes[0]) * (s->n_holes - i));
			return true;
		}
	return false;
}

static void begin(struct incoming *in, struct stream *s, uint16_t seq, int64_t now)
{
	s->started = true;
	s->first_us = now;
	s->number = s->base = 0x10000u + seq;
	s->got = 1;
	s->report_number = s->number - 1;
	s->report_got = 0;
	s->n_holes = 0;
	if (in->cfg.whole && !s->rtx && s->codec != PAYLOAD_OPUS && !s->frames)
		s->frames = frames_new(in->cfg.totals, in->cfg.temporal);
}

/* False: a duplicate. */
static bool count_late(struct incoming *in, struct stream *s, uint32_t number)
{
	if (!incoming_fill_hole(s, number)) {
		in->cfg.totals->duplicates += in->cfg.totals->open;
		return false;
	}
	in->cfg.totals->reordered += in->cfg.totals->open;
	s->got += (int32_t)(number - s->base) >= 0;
	s->report_got++;
	return true;
}

static bool count_sequence(struct incoming *in, struct stream *s, uint16_t seq, int64_t now)
{
	int step = (int16_t)(seq - (uint16_t)s->number);

	if (step == 1) {
		s->number++;
		s->got++;
		s->report_got++;
		return true;
	}
	if (!s->started || step > MAX_GAP || step < -MAX_GAP) {
		begin(in, s, seq, now);
		return true;
	}
	if (step <= 0)
		return count_late(in, s, s->number + (uint32_t)step);
	if (!s->rtx)
		add_holes(s, s->number + 1, s->number + (uint32_t)step, now);
	s->number += (uint32_t)step;
	s->got++;
	s->report_got++;
	return true;
}

static void count_jitter(struct stream *s, const uint8_t *data, int64_t now)
{
	uint32_t rate = s->codec == PAYLOAD_OPUS ? 48 : 90;
	uint32_t transit = (uint32_t)(now * rate / 1000) - get32(data + 4);
	int32_t d = (int32_t)(transit - s->transit);

	s->transit = transit;
	d = d < 0 ? -d : d;
	s->jitter16 += (uint32_t)d - ((s->jitter16 + 8) >> 4);
}

static void count_packet(struct incoming *in, const struct stream *s, size_t len, int64_t now)
{
	struct totals *t = in->cfg.totals;

	in->packets++;
	if (!in->first_us)
		in->first_us = now;
	if (!in->first_video_us && s->codec != PAYLOAD_OPUS && !s->rtx)
		in->first_video_us = now;
	if (!t->open)
		return;
	t->packets++;
	t->bytes += len;
	t->rtx += s->rtx;
	t->audio += s->codec == PAYLOAD_OPUS;
	t->video += s->codec != PAYLOAD_OPUS && !s->rtx;
}

void incoming_on_rtp(struct incoming *in, uint8_t *data, size_t len, int64_t now_us)
{
	struct stream *s = add(in, get32(data + 8));
	uint8_t pt = data[1] & 0x7f;
	const uint8_t *number = in->twcc ? find_extension(data, len, in->cfg.twcc_id, 2) : NULL;

	if (number)
		twcc_on_packet(in->twcc, get16(number), now_us);
	if (!s || (pt != s->pt && !read_type(&in->cfg.pt, pt, s))) {
		in->cfg.totals->strays += in->cfg.totals->open;
		return;
	}
	count_packet(in, s, len, now_us);
	if (!count_sequence(in, s, get16(data + 2), now_us))
		return;
	if (!s->rtx)
		count_jitter(s, data, now_us);
	/* Each endpoint at packets of its own, so that they do not all open at one moment. */
	if (in->cfg.whole || s->rtx || (in->packets + in->reporter) % in->cfg.check_every == 0)
		inspect(in, s, data, len, now_us);
}

void incoming_on_sender(struct incoming *in, const struct sender_info *i, int64_t now_us)
{
	uint8_t *place = place_of(in, i->ssrc);

	if (!*place)
		return;
	in->streams[*place - 1].last_sr = (uint32_t)(i->ntp >> 16);
	in->streams[*place - 1].sr_us = now_us;
}

void incoming_restart(struct incoming *in, int64_t now_us)
{
	for (unsigned i = 0; i < in->n_streams; i++) {
		struct stream *s = &in->streams[i];

		s->base = s->number + 1;
		s->got = 0;
		if (s->frames)
			frames_restart(s->frames, now_us);
	}
	in->packets = 0;
}

unsigned incoming_pictures(const struct incoming *in)
{
	unsigned n = 0;

	for (unsigned i = 0; i < in->n_streams; i++)
		n += in->streams[i].codec != PAYLOAD_OPUS && !in->streams[i].rtx && in->streams[i].got;
	return n;
}

unsigned incoming_voices(const struct incoming *in)
{
	unsigned n = 0;

	for (unsigned i = 0; i < in->n_streams; i++)
		n += in->streams[i].codec == PAYLOAD_OPUS && !in->streams[i].rtx && in->streams[i].got;
	return n;
}

int64_t incoming_end(struct incoming *in, int64_t now_us)
{
	int64_t frozen_us = 0;

	for (unsigned i = 0; i < in->n_streams; i++) {
		struct frames *f = in->streams[i].frames;

		if (!f)
			continue;
		frames_end(f, now_us);
		frozen_us += frames_frozen_us(f);
	}
	return frozen_us;
}

void incoming_count(const struct incoming *in, struct incoming_loss *sum)
{
	for (unsigned i = 0; i < in->n_streams; i++) {
		const struct stream *s = &in->streams[i];
		int32_t span = (int32_t)(s->number - s->base) + 1;

		if (!s->started || s->rtx || span <= 0)
			continue;
		sum->numbered += (uint32_t)span;
		sum->missing += (uint32_t)span > s->got ? (uint32_t)span - s->got : 0;
	}
}
