/*
 * Arrival ─compare payload─► ring by sequence number ─in order─► frames, runs, timestamps.
 * A number that is still missing after GIVE_UP_US is counted as lost and stepped over.
 */
#include "sink.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "loop.h"
#include "vp9.h"

#define RING 4096
#define GIVE_UP_US 1000000
#define NACK_FIRST_US 10000
#define NACK_AGAIN_US 60000
#define NACK_TRIES 8

struct entry {
	bool here, marker, good;
	uint8_t tries;
	uint32_t seq;           /* extended */
	uint32_t timestamp;
	int64_t missing_us;     /* since when it is known to be missing */
	int64_t nack_us;        /* when to ask */
	int64_t arrived_us;
	struct mark mark;
	struct descriptor_seen seen;
};

struct sink {
	struct sink_cfg cfg;
	struct sink_stats stats;
	bool started;
	uint32_t first, highest, next;  /* extended; next to be judged */
	uint32_t arrived;               /* for drop_every */
	bool has_last;                  /* `last` was judged */
	bool hole;                      /* something before the next was lost: order cannot be told */
	struct entry last;
	uint32_t run_frame_packets;
	uint8_t top;                    /* VP9: the highest layer of the last frame */
	bool has_skew;
	int64_t skew_zero_us;
	uint32_t rtp_zero;
	struct sender_info sender;
	int64_t sender_us;              /* arrival of `sender`, 0 none */
	uint32_t reported_expected, reported_lost;
	double jitter;
	int64_t last_transit;
	struct entry ring[RING];
};

struct sink *sink_create(const struct sink_cfg *cfg)
{
	struct sink *s = g_new0(struct sink, 1);

	s->cfg = *cfg;
	return s;
}

struct sink *sink_destroy(struct sink *s)
{
	g_free(s);
	return NULL;
}

static int64_t rate_of(enum payload_codec codec)
{
	return codec == PAYLOAD_OPUS ? 48 : 90; /* ticks a millisecond */
}

/* Judged in order of sequence. */

static void judge_clock(struct sink *s, const struct entry *e)
{
	int64_t rtp_us, skew;

	if (e->arrived_us - e->mark.captured_us > LIVE_US)
		return;
	s->stats.live++;
	if (!s->has_skew) {
		s->has_skew = true;
		s->rtp_zero = e->timestamp;
		s->skew_zero_us = e->mark.captured_us;
	}
	rtp_us = (int64_t)(int32_t)(e->timestamp - s->rtp_zero) * 1000 / rate_of(e->mark.codec);
	skew = rtp_us - (e->mark.captured_us - s->skew_zero_us);
	s->stats.skew_us = skew;
	s->stats.skew_min_us = MIN(s->stats.skew_min_us, skew);
	s->stats.skew_max_us = MAX(s->stats.skew_max_us, skew);
}

static bool counts_pictures(enum payload_codec codec)
{
	return codec == PAYLOAD_VP8 || codec == PAYLOAD_VP9;
}

/* By one or, in VP9, by as many as the sender's own, of which upper temporal layers stay out; its frames leap to a keyframe, its pictures do not. */
static bool goes_on(unsigned step, bool same_frame, unsigned own_step, bool leaps)
{
	return same_frame ? step == 0 : step == 1 || step == own_step || (leaps && step > 0 && step < own_step);
}

/* Picture numbers must go on from frame to frame, over switches too, as long as both sides have them. */
static void judge_numbers(struct sink *s, const struct entry *e, bool same_frame)
{
	const struct descriptor_seen *a = &s->last.seen, *b = &e->seen;
	const struct mark *from = &s->last.mark, *to = &e->mark;
	bool ahead = (int32_t)(to->frame - from->frame) > 0;
	bool layered = to->codec == PAYLOAD_VP9 && from->source == to->source;
	unsigned pictures = layered ? (to->frame - from->frame) & 0x7fff : 1;
	unsigned tl0 = layered ? (uint8_t)(vp9_tl0(to->frame) - vp9_tl0(from->frame)) : 1;

	if (!counts_pictures(to->codec) || !counts_pictures(from->codec))
		return;
	if (a->has_picture_id && b->has_picture_id && !goes_on((unsigned)(b->picture_id - a->picture_id) & 0x7fff, same_frame, pictures, to->key && ahead))
		s->stats.bad_numbers++;
	else if (a->has_tl0 && b->has_tl0 && from->codec == to->codec && !goes_on((uint8_t)(b->tl0 - a->tl0), same_frame, tl0, false))
		s->stats.bad_numbers++;
}

static void begin_run(struct sink *s, const struct entry *e)
{
	s->stats.runs++;
	s->stats.run_timestamp = e->timestamp;
	s->stats.run_key = e->mark.key && !e->mark.packet;
	if (e->mark.codec != PAYLOAD_OPUS && !s->stats.run_key)
		s->stats.bad_starts++;
}

/* The same source begins anew: sound after a pause, a picture with a keyframe, be it a kept one that came before. */
static bool resumes(const struct mark *a, const struct mark *b)
{
	if (b->codec == PAYLOAD_OPUS)
		return b->frame > a->frame + 1;
	return b->key && !b->packet && !(a->packet + 1 == a->count && b->frame == a->frame + 1);
}

/* A layer above those of the picture before can be shown from a keyframe on only. */
static bool may_follow(const struct sink *s, const struct mark *a, const struct mark *b)
{
	return b->codec != PAYLOAD_VP9 || b->layer == a->layer || b->key || b->layer <= s->top;
}

/* What it needs is there: the picture before, or in VP9 that of a lower temporal layer. */
static bool builds_on(const struct mark *m, uint32_t last)
{
	return m->frame - last - 1 < (m->codec == PAYLOAD_VP9 ? vp9_needs(m->frame) : 1);
}

/* e follows last in the same run. */
static void judge_order(struct sink *s, const struct entry *e)
{
	const struct mark *a = &s->last.mark, *b = &e->mark;
	bool frame_over = a->packet + 1 == a->count;
	bool same_frame = a->frame == b->frame;

	if (same_frame ? b->packet != a->packet + 1 || !may_follow(s, a, b) : !frame_over || b->packet || !builds_on(b, a->frame))
		s->stats.broken_frames++;
}

static void judge_timestamp(struct sink *s, const struct entry *e, bool same_frame)
{
	int32_t step = (int32_t)(e->timestamp - s->last.timestamp);

	if (same_frame ? step != 0 : step <= 0)
		s->stats.bad_timestamps++;
}

/* At the end of a frame: of VP9 that is the end of one of its layers, behind which none comes. */
static void judge_marker(struct sink *s, const struct entry *e, bool same_frame, bool new_run)
{
	bool layer_over = e->mark.packet + 1 == e->mark.count;

	if (e->mark.codec != PAYLOAD_VP9)
		s->stats.bad_markers += e->marker != layer_over;
	else if ((e->marker && !layer_over) || (!new_run && !s->hole && s->last.marker == same_frame))
		s->stats.bad_markers++;
}

static void note_frame(struct sink *s, const struct entry *e)
{
	s->stats.frames++;
	s->stats.keyframes += e->mark.key;
	s->stats.last_layer = s->top = e->mark.layer;
}

static void judge(struct sink *s, const struct entry *e)
{
	bool new_run = !s->has_last || s->last.mark.source != e->mark.source || s->last.mark.codec != e->mark.codec;
	bool same_frame = !new_run && s->last.mark.frame == e->mark.frame;

	if (!new_run && resumes(&s->last.mark, &e->mark)) {
		s->stats.resumes++;
		new_run = true;
		same_frame = false;     /* perhaps the very keyframe that was shown last: to a decoder it is a new picture */
	}
	if (new_run)
		begin_run(s, e);
	else if (!s->hole)
		judge_order(s, e);
	if (s->has_last && !s->hole) {
		judge_timestamp(s, e, same_frame);
		judge_numbers(s, e, same_frame);
	}
	judge_clock(s, e);
	if (e->mark.key && !e->mark.packet)
		s->stats.key_timestamp = e->timestamp;
	if (e->mark.codec != PAYLOAD_OPUS)
		judge_marker(s, e, same_frame, new_run);
	s->run_frame_packets = same_frame ? s->run_frame_packets + 1 : 1;
	if (s->run_frame_packets == e->mark.count && (e->mark.codec != PAYLOAD_VP9 || e->marker))
		note_frame(s, e);
	s->stats.last_frame = e->mark.frame;
	s->last = *e;
	s->has_last = true;
	s->hole = false;
}

static void judge_ready(struct sink *s, int64_t now)
{
	while ((int32_t)(s->highest - s->next) >= 0) {
		struct entry *e = &s->ring[s->next % RING];

		if (!e->here) {
			if (now - e->missing_us < GIVE_UP_US)
				return;
			s->stats.lost++;
			s->hole = true;
		} else if (e->good) {
			judge(s, e);
		}
		s->next++;
	}
}

/* Arrival. */

static uint32_t extend(const struct sink *s, uint16_t seq)
{
	return s->highest + (uint32_t)(int32_t)(int16_t)(seq - (uint16_t)s->highest);
}

static void start(struct sink *s, uint16_t seq)
{
	s->started = true;
	s->first = s->next = s->highest = 0x10000u + seq;
	s->highest--;
}

static void note_missing(struct sink *s, uint32_t seq, int64_t now)
{
	for (uint32_t q = s->highest + 1; (int32_t)(seq - q) > 0; q++)
		s->ring[q % RING] = (struct entry){ .seq = q, .missing_us = now, .nack_us = now + NACK_FIRST_US };
}

static enum payload_codec codec_of(const struct sink *s, uint8_t pt, bool *known)
{
	*known = pt != 0;
	if (pt == s->cfg.pt.vp8)
		return PAYLOAD_VP8;
	if (pt == s->cfg.pt.h264)
		return PAYLOAD_H264;
	if (pt == s->cfg.pt.vp9)
		return PAYLOAD_VP9;
	*known = pt && (pt == s->cfg.pt.opus || pt == s->cfg.pt.red);
	return PAYLOAD_OPUS;
}

/* RFC 2198: headers of four bytes for redundant blocks, one byte for the primary, which is the last block. */
static void unwrap_red(const uint8_t **payload, size_t *len)
{
	size_t at = 0, blocks = 0;

	while (at + 4 < *len && (*payload)[at] & 0x80) {
		blocks += get16(*payload + at + 2) & 0x3ff;
		at += 4;
	}
	at = MIN(at + 1 + blocks, *len);
	*payload += at;
	*len -= at;
}

static void compare(struct sink *s, struct entry *e, const struct packet *p, uint8_t pt, int64_t now)
{
	const uint8_t *payload = p->payload;
	size_t len = p->payload_len;
	bool known;
	enum payload_codec codec = codec_of(s, pt, &known);

	if (!known) {
		s->stats.wrong_types++;
		return;
	}
	if (len == 0 && codec == PAYLOAD_VP9) {
		s->stats.paddings++;
		return;
	}
	if (s->cfg.pt.red && pt == s->cfg.pt.red)
		unwrap_red(&payload, &len);
	if (payload_check(&e->mark, &e->seen, codec, payload, len) < 0) {
		s->stats.wrong_payloads++;
		return;
	}
	e->good = true;
	s->stats.payloads++;
	s->stats.last_source = e->mark.source;
	s->stats.last_codec = codec;
	s->stats.latency_sum_us += now - e->mark.captured_us;
	s->stats.latency_max_us = MAX(s->stats.latency_max_us, now - e->mark.captured_us);
}

static void take(struct sink *s, uint32_t seq, const struct packet *p, uint8_t pt, int64_t now)
{
	struct entry *e = &s->ring[seq % RING];

	if ((int32_t)(seq - s->highest) > 0) {
		note_missing(s, seq, now);
		s->highest = seq;
	}
	*e = (struct entry){ .here = true, .seq = seq, .marker = p->marker, .timestamp = p->timestamp, .arrived_us = now };
	s->stats.packets++;
	if (!s->stats.first_us)
		s->stats.first_us = now;
	s->stats.last_us = now;
	if (p->n_csrcs)
		s->stats.last_csrc = p->csrc;
	if (p->has_level)
		s->stats.last_level = p->level;
	compare(s, e, p, pt, now);
	judge_ready(s, now);
}

static bool is_here(const struct sink *s, uint32_t seq)
{
	const struct entry *e = &s->ring[seq % RING];

	return (int32_t)(seq - s->highest) <= 0 && e->here && e->seq == seq;
}

static uint8_t repeated_type(const struct payload_types_of_sink *t, uint8_t pt)
{
	return pt == t->vp8_rtx ? t->vp8 : pt == t->vp9_rtx ? t->vp9 : t->h264;
}

static void take_rtx(struct sink *s, const struct packet *p, int64_t now)
{
	struct packet inner = *p;
	uint32_t seq;

	if (p->payload_len == 0)
		return; /* padding alone, of a probe */
	s->stats.rtx++;
	if (!s->started || p->payload_len < 2) {
		s->stats.wrong_rtx++;
		return;
	}
	seq = extend(s, get16(p->payload));
	if ((int32_t)(seq - s->first) < -RING || ABS((int32_t)(s->highest - seq)) >= RING) {
		s->stats.wrong_rtx++;
		return;
	}
	/* The first packets may have been lost on purpose, and a probe repeats what it likes, also the newest, which was lost. */
	if ((int32_t)(seq - s->first) < 0 || (int32_t)(seq - s->highest) > 0) {
		s->stats.rtx_useless++;
		return;
	}
	if (is_here(s, seq) || (int32_t)(seq - s->next) < 0) {
		s->stats.rtx_useless++;
		return;
	}
	inner.payload += 2;
	inner.payload_len -= 2;
	take(s, seq, &inner, repeated_type(&s->cfg.pt, p->pt), now);
}

/* RFC 3550 §A.8 */
static void count_jitter(struct sink *s, const struct packet *p, int64_t now)
{
	int64_t rate = p->pt == s->cfg.pt.opus || p->pt == s->cfg.pt.red ? 48 : 90;
	int64_t transit = now * rate / 1000 - p->timestamp;
	int64_t d = (int32_t)(transit - s->last_transit);

	if (s->last_transit)
		s->jitter += ((double)(d < 0 ? -d : d) - s->jitter) / 16;
	s->last_transit = transit;
}

void sink_on_packet(struct sink *s, const struct packet *p, int64_t now)
{
	uint32_t seq;

	if (s->cfg.rtx_ssrc && p->ssrc == s->cfg.rtx_ssrc) {
		take_rtx(s, p, now);
		return;
	}
	if (s->cfg.drop_every && ++s->arrived % s->cfg.drop_every == 0) {
		s->stats.dropped++;
		return;
	}
	if (!s->started)
		start(s, p->seq);
	seq = extend(s, p->seq);
	count_jitter(s, p, now);
	if (is_here(s, seq) || (int32_t)(seq - s->next) < 0)
		s->stats.duplicates++;
	else
		take(s, seq, p, p->pt, now);
}

void sink_on_sender(struct sink *s, const struct sender_info *i, int64_t now)
{
	s->stats.reports++;
	s->sender = *i;
	s->sender_us = now;
	if (s->has_last) {
		int64_t ticks = (int32_t)(s->last.timestamp - i->rtp);

		s->stats.report_error_us = us_of_ntp(i->ntp) + ticks * 1000 / rate_of(s->last.mark.codec) - s->last.mark.captured_us;
	}
}

void sink_on_cname(struct sink *s, const char *cname)
{
	g_strlcpy(s->stats.cname, cname, sizeof(s->stats.cname));
}

size_t sink_tick(struct sink *s, int64_t now, uint8_t *out)
{
	uint16_t seqs[64];
	size_t n = 0;

	if (!s->started)
		return 0;
	judge_ready(s, now);
	if (!s->cfg.rtx_ssrc)
		return 0;
	for (uint32_t q = s->next; (int32_t)(s->highest - q) >= 0 && n < G_N_ELEMENTS(seqs); q++) {
		struct entry *e = &s->ring[q % RING];

		if (e->here || e->tries == NACK_TRIES || now < e->nack_us)
			continue;
		e->tries++;
		e->nack_us = now + NACK_AGAIN_US;
		seqs[n++] = (uint16_t)q;
	}
	s->stats.nacked += (uint32_t)n;
	return n ? control_write_nack(out, s->cfg.reporter, s->cfg.ssrc, seqs, n) : 0;
}

bool sink_report(struct sink *s, int64_t now, struct report_block *ret)
{
	uint32_t expected = s->highest - s->first + 1, lost, interval;

	if (!s->started)
		return false;
	lost = expected > s->stats.packets ? expected - s->stats.packets : 0;
	interval = expected - s->reported_expected;
	*ret = (struct report_block){
		.about = s->cfg.ssrc, .lost = lost, .highest = s->highest, .jitter = (uint32_t)s->jitter,
		.fraction = interval && lost > s->reported_lost ? (uint8_t)MIN(255u, (lost - s->reported_lost) * 256 / interval) : 0,
		.last_sr = s->sender_us ? (uint32_t)(s->sender.ntp >> 16) : 0,
		.delay = s->sender_us ? (uint32_t)((now - s->sender_us) * 65536 / 1000000) : 0,
	};
	s->reported_expected = expected;
	s->reported_lost = lost;
	return true;
}

const struct sink_cfg *sink_cfg(const struct sink *s)
{
	return &s->cfg;
}

const struct sink_stats *sink_stats(const struct sink *s)
{
	return &s->stats;
}

void sink_reset_stats(struct sink *s)
{
	struct sink_stats old = s->stats;

	s->stats = (struct sink_stats){ .last_source = old.last_source, .last_frame = old.last_frame, .last_codec = old.last_codec };
	s->has_skew = false;
}

bool sink_is_clean(const struct sink *s, char *why)
{
	const struct sink_stats *t = &s->stats;
	const struct { const char *what; uint32_t n; } wrong[] = {
		{ "wrong payloads", t->wrong_payloads }, { "wrong payload types", t->wrong_types }, { "duplicates", t->duplicates },
		{ "wrong RTX", t->wrong_rtx }, { "lost", t->lost }, { "runs without keyframe", t->bad_starts },
		{ "broken frames", t->broken_frames }, { "bad timestamps", t->bad_timestamps }, { "bad markers", t->bad_markers },
		{ "bad picture numbers", t->bad_numbers },
	};
	int n = 0;

	why[0] = 0;
	for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++)
		if (wrong[i].n && n < 150)
			n += snprintf(why + n, 200 - (size_t)n, "%s%u %s", n ? ", " : "", wrong[i].n, wrong[i].what);
	return !n;
}
