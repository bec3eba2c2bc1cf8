/* See slot.h. */
#include "media/slot.h"

#include <string.h>

#include "media/base/bytes.h"
#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/counter.h"
#include "media/payload.h"
#include "media/rtcp.h"
#include "media/rtp.h"
#include "media/source.h"

#define SENT_PACKETS 256                /* what a video source's ring holds of full-sized packets */
#define SWITCH_PATIENCE_US 1000000      /* the old source runs on this long */
#define REPLAY_BATCH 16                 /* packets of a kept keyframe sent at once, each 10 ms */
#define REPORT_INTERVAL_US 1000000
#define RTX_SPACING_MS 15               /* the same packet is not repeated sooner */
#define LATE_SPAN 0x4000                /* packets: what may be told apart as too late for a switch before numbers turn over */
#define RED_UNPACKED_PACKETS 2          /* first packets after a switch go without redundancy: it belongs to the time before */

void slot_init(struct slot *s, struct downlink *down, uint8_t number, const struct slot_cfg *cfg, uint64_t random, int64_t now_us)
{
	*s = (struct slot){ .down = down, .number = number, .audio = cfg->audio, .ssrc = cfg->ssrc, .rtx_ssrc = cfg->rtx_ssrc };
	/* Below 2^15, so that no receiver takes an early loss for a wrap (RFC 3711 §3.3.1). */
	s->next_seq = (uint16_t)(random & 0x7fff);
	s->rtx_seq = (uint16_t)(random >> 16 & 0x7fff);
	timeline_init(&s->time, cfg->audio, (uint32_t)(random >> 32), now_us);
}

static void emit_quiet(struct slot *s, uint32_t binding)
{
	struct media_event ev = { .type = MEDIA_SLOT_QUIET, .path = s->down->path };

	ev.slot.slot = s->number;
	ev.slot.binding = binding;
	s->down->emit(s->down->user, &ev);
}

static void emit_switched(struct slot *s, uint32_t rtp)
{
	struct media_event ev = { .type = MEDIA_SLOT_SWITCHED, .path = s->down->path };

	ev.slot.slot = s->number;
	ev.slot.binding = s->current.binding;
	ev.slot.rtp = rtp;
	s->down->emit(s->down->user, &ev);
	counters_add(s->down->counters, COUNT_SLOT_SWITCHES, 1);
}

/* Takes a feed away; the source keeps us while the other feed still names it. */
static void drop_feed(struct slot *s, struct feed *feed)
{
	struct source *source = feed->source;

	*feed = (struct feed){ 0 };
	if (source && s->current.source != source && s->pending.source != source)
		source_remove_slot(source, s);
}

static void drop_current(struct slot *s)
{
	uint32_t binding = s->current.binding;

	if (!s->current.source)
		return;
	s->replaying = false;
	drop_feed(s, &s->current);
	emit_quiet(s, binding);
}

void slot_done(struct slot *s)
{
	drop_feed(s, &s->current);
	drop_feed(s, &s->pending);
	s->sent = mem_free(s->sent);
}

/* Sending. */

/* What leaves for this receiver: RED whole, its primary block, or the packet as it is. False: nothing it can play. */
static bool choose_payload(struct slot *s, const struct kept_packet *p, uint8_t *ret_pt, const uint8_t **ret_payload, size_t *ret_len)
{
	const struct negotiated *n = s->down->negotiated;
	uint16_t codecs = n->slots[s->number].codecs;
	enum codec codec = (enum codec)p->codec;
	uint8_t ignored;

	*ret_payload = p->payload;
	*ret_len = p->payload_len;
	if (codec == CODEC_RED && (s->since_switch < RED_UNPACKED_PACKETS || !(codecs & 1 << CODEC_RED))) {
		codec = CODEC_OPUS;
		if (red_primary(p->payload, p->payload_len, &ignored, ret_payload, ret_len) < 0)
			return false;
	}
	*ret_pt = n->pt_of_codec[codec];
	return (codecs & 1 << codec) && *ret_pt != 0;
}

/* What stays out takes no number, when it is the next in line; else a hole remains, for what it would close may still come. */
static void leave_out(struct slot *s, const struct kept_packet *p)
{
	if (s->since_switch > 0 && (uint16_t)(p->seq + s->seq_delta) == s->next_seq)
		s->seq_delta--;
}

/* The first packet of a source that leaves is the next in line, whatever a switch left out before it. */
static void begin_source(struct slot *s, const struct kept_packet *p, uint32_t rtp, int64_t now_us)
{
	s->seq_delta = (uint16_t)(s->next_seq - p->seq);
	s->first_in = p->seq;
	if (p->codec == CODEC_VP8)
		vp8_rewrite_switch(&s->vp8, p->payload, p->payload_len);
	emit_switched(s, rtp);
	s->report_due_us = now_us;
}

static void note_sent(struct slot *s, const struct rtp_header *h, uint16_t in_seq, size_t len, bool newest)
{
	if (s->sent) {
		s->sent[h->seq % SENT_PACKETS] = (struct sent_packet){ .out_seq = h->seq, .in_seq = in_seq, .out_rtp = h->timestamp,
			                                               .turn = s->turn };
		s->repeats_left = MIN(s->repeats_left + 1, SENT_PACKETS);
	}
	if (newest) {
		s->next_seq = (uint16_t)(h->seq + 1);
		/* The mark of the switch follows at a distance: numbers turn over every few minutes. */
		if ((uint16_t)(in_seq - s->first_in) > LATE_SPAN)
			s->first_in = (uint16_t)(in_seq - LATE_SPAN);
	}
	s->sent_any = true;
	s->since_switch++;
	s->packets++;
	s->octets += (uint32_t)len;
}

static size_t write_media(struct slot *s, uint8_t *out, const struct rtp_header *h, const struct kept_packet *p,
                          const uint8_t *payload, size_t len, bool newest, size_t *ret_header)
{
	size_t n = rtp_write_header(out, h);

	*ret_header = n;
	if (p->codec == CODEC_VP8)
		return n + vp8_rewrite_write(&s->vp8, out + n, payload, len, newest);
	memcpy(out + n, payload, len);
	return n + len;
}

static void send_packet(struct slot *s, const struct kept_packet *p, int64_t now_us)
{
	struct downlink *d = s->down;
	struct rtp_header h = { .ssrc = s->ssrc, .csrc = s->current.source->up->number };
	bool first = s->since_switch == 0;
	bool newest = first || (int16_t)(p->seq + s->seq_delta - s->next_seq) >= 0;
	const uint8_t *payload;
	size_t len, header;

	if (!d->open)
		return;
	if (p->payload_len > 0 && !choose_payload(s, p, &h.pt, &payload, &len)) {
		counters_add(d->counters, COUNT_SLOT_UNPLAYABLE, 1);
		leave_out(s, p);
		return;
	}
	if (p->payload_len == 0 || !timeline_place(&s->time, p->timestamp, newest, p->capture_us, now_us, &h.timestamp)) {
		leave_out(s, p);
		return;
	}
	if (first)
		begin_source(s, p, h.timestamp, now_us);
	h.seq = (uint16_t)(p->seq + s->seq_delta);
	h.marker = p->marker || (s->audio && first);
	if (s->audio && d->negotiated->down.audio_level) {
		h.audio_level_id = d->negotiated->down.audio_level;
		h.audio_level = p->audio_level;
	}
	len = write_media(s, sendqueue_begin(d->queue), &h, p, payload, len, newest, &header);
	sendqueue_commit(d->queue, len, d->srtp, false, &d->to, d->to_len);
	note_sent(s, &h, p->seq, len - header, newest);
}

/* Switching. */

/* False: there is none to be had now. Sound takes one packet on a switch, whatever the pictures do. */
static bool take_replay_turn(struct slot *s)
{
	if (s->audio)
		return true;
	if (s->down->replay_left == 0)
		return false;
	s->down->replay_left--;
	return true;
}

static void replay(struct slot *s, int64_t now_us)
{
	const struct source *source = s->current.source;
	struct kept_packet p;

	for (int n = 0; n < REPLAY_BATCH; n++, s->replay_next++) {
		if (seq_newer(s->replay_next, source->newest_seq)) {
			s->replaying = false;
			return;
		}
		if (!ring_get(source->ring, s->replay_next, &p))
			continue;
		if (!take_replay_turn(s))
			return;
		send_packet(s, &p, now_us);
	}
}

static void begin_time(struct slot *s, uint16_t first_seq, uint32_t first_rtp, int64_t now_us)
{
	const struct source *source = s->current.source;
	struct kept_packet first, newest;
	int64_t first_us = now_us;

	if (ring_get(source->ring, first_seq, &first))
		first_us = first.capture_us;
	if (!ring_get(source->ring, source->newest_seq, &newest))
		newest.capture_us = first_us;
	timeline_begin(&s->time, first_rtp, first_us, newest.capture_us, now_us);
}

/* The pending feed becomes the current one, from packet `first_seq` of its ring on. */
static void switch_over(struct slot *s, uint16_t first_seq, uint32_t first_rtp, int64_t now_us)
{
	struct feed old = s->current;

	s->current = s->pending;
	s->pending = (struct feed){ 0 };
	if (old.source && old.source != s->current.source)
		source_remove_slot(old.source, s);
	s->since_switch = 0;
	if (++s->turn == 0)
		s->turn = 1;
	begin_time(s, first_seq, first_rtp, now_us);
	s->replaying = true;
	s->replay_next = first_seq;
	replay(s, now_us);
}

void slot_bind(struct slot *s, struct source *source, uint32_t binding, int64_t now_us)
{
	drop_feed(s, &s->pending);
	if (!source) {
		drop_current(s);
		return;
	}
	if (s->current.source == source && s->since_switch > 0) {
		s->current.binding = binding;
		emit_switched(s, timeline_newest(&s->time));
		return;
	}
	if (source_add_slot(source, s) < 0) {
		drop_current(s);
		return;
	}
	s->pending = (struct feed){ source, binding };
	s->pending_since_us = now_us;
	if (!s->audio && s->rtx_ssrc && !s->sent)
		s->sent = mem_calloc(SENT_PACKETS, sizeof(*s->sent));
	if (s->audio)
		return;
	if (s->down->open && source->gate && source_has_fresh_keyframe(source, now_us)) {
		counters_add(s->down->counters, COUNT_KEYFRAMES_REPLAYED, 1);
		switch_over(s, source->keyframe_seq, source->keyframe_rtp, now_us);
	} else {
		source_want_keyframe(source, now_us);
	}
}

void slot_want(struct slot *s, struct slot_wish wish, int64_t now_us)
{
	(void)now_us;
	s->wish = wish;
}

void slot_on_open(struct slot *s, int64_t now_us)
{
	struct feed waiting;

	/* What ran before the path closed begins anew, as after a switch: nothing has reached the receiver since. */
	if (s->pending.source)
		drop_current(s);
	else
		s->pending = s->current;
	s->current = (struct feed){ 0 };
	s->replaying = false;
	waiting = s->pending;
	if (waiting.source)
		slot_bind(s, waiting.source, waiting.binding, now_us);
}

void slot_on_packet(struct slot *s, struct source *source, const struct kept_packet *p, int64_t now_us)
{
	if (s->pending.source == source && s->down->open) {
		/* Not with a late packet: what was spoken before, or of a keyframe of long ago. */
		if (s->audio && p->seq == source->newest_seq)
			switch_over(s, p->seq, p->timestamp, now_us);
		else if (!s->audio && source->keyframe_rtp == p->timestamp && source_has_fresh_keyframe(source, now_us))
			switch_over(s, source->keyframe_seq, source->keyframe_rtp, now_us);
		if (s->pending.source != source)
			return;
	}
	if (s->current.source != source)
		return;
	if (s->replaying) {
		/* Live packets wait in the ring for their turn; what came too late for the replay goes now. */
		if (seq_newer(s->replay_next, p->seq) && !seq_newer(s->first_in, p->seq) && s->since_switch > 0)
			send_packet(s, p, now_us);
		return;
	}
	if (s->since_switch > 0 && seq_newer(s->first_in, p->seq))
		return;
	send_packet(s, p, now_us);
}

void slot_on_gate_shut(struct slot *s, struct source *source, int64_t now_us)
{
	uint32_t binding = s->current.binding;

	if (s->current.source != source)
		return;
	s->replaying = false;
	if (s->pending.source) {
		drop_feed(s, &s->current);
	} else {
		s->pending = s->current;
		s->current = (struct feed){ 0 };
		s->pending_since_us = now_us;
	}
	emit_quiet(s, binding);
}

void slot_on_source_gone(struct slot *s, struct source *source)
{
	if (s->pending.source == source)
		drop_feed(s, &s->pending);
	if (s->current.source == source)
		drop_current(s);
}

void slot_tick(struct slot *s, int64_t now_us)
{
	if (s->replaying)
		replay(s, now_us);
	if (s->pending.source && s->current.source && now_us - s->pending_since_us > SWITCH_PATIENCE_US)
		drop_current(s);
}

/* Repair. */

static void send_rtx(struct slot *s, const struct sent_packet *sent, const struct kept_packet *p)
{
	struct downlink *d = s->down;
	struct rtp_header h = { .marker = p->marker, .ssrc = s->rtx_ssrc, .seq = s->rtx_seq, .timestamp = sent->out_rtp };
	uint8_t *out = sendqueue_begin(d->queue);
	size_t n;

	h.pt = d->negotiated->rtx_pt_of_codec[p->codec];
	n = rtp_write_header(out, &h);
	write_u16(out + n, sent->out_seq);
	n += 2;
	if (p->codec == CODEC_VP8) {
		n += vp8_rewrite_write(&s->vp8, out + n, p->payload, p->payload_len, false);
	} else {
		memcpy(out + n, p->payload, p->payload_len);
		n += p->payload_len;
	}
	s->rtx_seq++;
	sendqueue_commit(d->queue, n, d->srtp, false, &d->to, d->to_len);
	counters_add(d->counters, COUNT_RTX_TX, 1);
}

static bool repeat(struct slot *s, uint16_t out_seq, int64_t now_us)
{
	struct sent_packet *sent = &s->sent[out_seq % SENT_PACKETS];
	uint16_t now_ms = (uint16_t)(now_us / 1000);
	struct kept_packet p;

	if (sent->turn != s->turn || sent->out_seq != out_seq || !ring_get(s->current.source->ring, sent->in_seq, &p))
		return false;
	if (sent->resent_ms && (uint16_t)(now_ms - sent->resent_ms) < RTX_SPACING_MS)
		return true;
	if (s->repeats_left == 0)
		return false;
	s->repeats_left--;
	sent->resent_ms = now_ms ? now_ms : 1;
	send_rtx(s, sent, &p);
	return true;
}

void slot_on_nack(struct slot *s, const uint16_t *seqs, size_t n, int64_t now_us)
{
	struct source *source = s->current.source;

	if (!s->down->open || !source || s->audio)
		return;
	if (!s->sent || s->down->negotiated->rtx_pt_of_codec[source->codec] == 0) {
		source_want_keyframe(source, now_us);
		return;
	}
	/* What we never had ourselves is not made good by a keyframe for all: a receiver that cannot go on sends a PLI. */
	for (size_t i = 0; i < n; i++)
		if (!repeat(s, seqs[i], now_us))
			counters_add(s->down->counters, COUNT_RTX_MISSED, 1);
}

void slot_on_keyframe_request(struct slot *s, int64_t now_us)
{
	if (s->audio || !s->current.source)
		return;
	source_want_keyframe(s->current.source, now_us);
}

size_t slot_write_report(struct slot *s, uint8_t *out, size_t size, int64_t now_us)
{
	struct rtcp_sender_report sr = { .ssrc = s->ssrc, .rtp = timeline_rtp(&s->time, now_us), .packets = s->packets, .octets = s->octets };
	size_t n, m;

	if (!s->sent_any || now_us < s->report_due_us)
		return 0;
	sr.ntp = ntp_from_wall_us(now_us + s->down->wall_minus_boot_us);
	n = rtcp_write_sr(out, size, &sr, NULL, 0);
	m = n > 0 ? rtcp_write_sdes(out + n, size - n, s->ssrc, s->down->cname) : 0;
	if (m == 0)
		return 0;
	s->report_due_us = now_us + REPORT_INTERVAL_US;
	return n + m;
}
