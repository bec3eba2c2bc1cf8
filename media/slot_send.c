/* How a slot's packets are written: numbers, timestamps, codec, repeats. See slot.h. */
#include "media/slot_send.h"

#include <string.h>

#include "media/base/bytes.h"
#include "media/base/macros.h"
#include "media/counter.h"
#include "media/rate_control.h"
#include "media/rtp.h"
#include "media/source.h"

#define RTX_SOON_MS 15                  /* the same packet is not repeated sooner, nor sooner than a receiver can know that it was lost again, */
#define RTX_LATE_MS 200                 /* or this */
#define RTX_COPIES 2                    /* of what was asked for more than once, or where many get lost */
#define LATE_SPAN 0x4000                /* packets: what may be told apart as too late for a switch before numbers turn over */
#define RED_UNPACKED_PACKETS 2          /* first packets after a switch go without redundancy: it belongs to the time before */
#define PADDING_BYTES 255
#define HOLE_PACKETS 64                 /* that are looked at */
#define SOUND_REPEATS_MOST 32           /* that may be asked for at once */
#define OLDEST_US 500000                /* a picture that waited longer is given up (media.md, Sending) */

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

/* What stays out takes no number. */
static void leave_out(struct slot *s, const struct kept_packet *p)
{
	if (s->since_switch > 0)
		renumber_leave_out(&s->numbers, p->seq);
}

/* What is missing before this packet may be of layers that stay out as well: no receiver is to wait for it. */
static void close_hole(struct slot *s, const struct kept_packet *p)
{
	const struct kept_packet *from = NULL;
	uint16_t seq = p->seq;

	for (int i = 0; i <= HOLE_PACKETS && !from; i++)
		from = ring_find(s->current->ring, --seq);
	if (!from || s->since_switch == 0 || seq_newer(s->first_in, seq))
		return;
	if (spatial_hides(&s->spatial, &s->temporal, &from->vp9, from->timestamp, &p->vp9, p->timestamp))
		while (++seq != p->seq)
			renumber_leave_out(&s->numbers, seq);
}

/* The first packet of a source that leaves is the next in line, whatever a switch left out before it. */
static void begin_source(struct slot *s, const struct kept_packet *p, uint32_t rtp, int64_t now_us)
{
	renumber_begin(&s->numbers, p->seq, s->next_seq);
	s->first_in = p->seq;
	if (p->codec == CODEC_VP8)
		vp8_rewrite_switch(&s->pictures, &p->vp8);
	else if (p->codec == CODEC_VP9)
		vp9_rewrite_switch(&s->pictures, &p->vp9);
	if (!s->told)
		slot_tell_switched(s, rtp);
	s->report_due_us = now_us;
}

static void note_sent(struct slot *s, const struct rtp_header *h, uint16_t in_seq, size_t len, bool newest, bool late)
{
	if (s->sent) {
		s->sent[h->seq & s->sent_mask] = (struct sent_packet){ .out_seq = h->seq, .in_seq = in_seq, .out_rtp = h->timestamp,
			                                               .turn = s->turn & 0x7fff, .marker = h->marker };
		s->repeats_left = MIN((uint16_t)(s->repeats_left + 1), (uint16_t)(s->sent_mask + 1));
	} else if (s->kept_sound) {
		s->repeats_left = MIN((uint16_t)(s->repeats_left + 1), SOUND_REPEATS_MOST);
	}
	if (newest)
		s->next_seq = (uint16_t)(h->seq + 1);
	if (newest && !late) {
		renumber_pass(&s->numbers, in_seq);
		/* The mark of the switch follows at a distance: numbers turn over every few minutes. */
		if ((uint16_t)(in_seq - s->first_in) > LATE_SPAN)
			s->first_in = (uint16_t)(in_seq - LATE_SPAN);
	}
	s->sent_any = true;
	s->since_switch++;
	s->packets++;
	s->octets += (uint32_t)len;
}

static size_t write_payload(struct slot *s, uint8_t *out, const struct kept_packet *p, const uint8_t *payload, size_t len, bool newest)
{
	if (p->codec == CODEC_VP8)
		return vp8_rewrite_write(&s->pictures, out, &p->vp8, payload, len, newest);
	if (p->codec == CODEC_VP9)
		return vp9_rewrite_write(&s->pictures, out, &p->vp9, payload, len, newest);
	memcpy(out, payload, len);
	return len;
}

/* False: it stays out. */
static bool place(struct slot *s, const struct kept_packet *p, bool newest, int64_t now_us, struct rtp_header *h, const uint8_t **payload,
                  size_t *len)
{
	if (p->payload_len == 0)
		return false;
	if (!choose_payload(s, p, &h->pt, payload, len)) {
		counters_add(s->down->counters, COUNT_SLOT_UNPLAYABLE, 1);
		return false;
	}
	return timeline_place(&s->time, p->timestamp, newest, p->capture_us, now_us, &h->timestamp);
}

/* How it is written, from its first byte on. Returns its length. */
static size_t write_packet(struct slot *s, uint8_t *out, struct rtp_header *h, const struct kept_packet *p, const uint8_t *payload, size_t *len,
                           bool newest, size_t *ret_twcc_at)
{
	const struct negotiated *n = s->down->negotiated;
	struct red_block blocks[SLOT_RED_BLOCKS];
	size_t header, n_blocks = s->kept_sound && newest ? slot_redundancy(s, p, h->timestamp, blocks) : 0;

	if (n_blocks > 0)
		h->pt = n->pt_of_codec[CODEC_RED];
	header = rtp_write_header(out, h, ret_twcc_at);
	*len = n_blocks > 0 ? red_write(out + header, SENDQUEUE_PACKET_BYTES / 2, n->pt_of_codec[CODEC_OPUS], blocks, n_blocks) :
			      write_payload(s, out + header, p, payload, *len, newest);
	return header + *len;
}

/* Of a picture whose higher layers stay out another packet is the last. */
static bool has_marker(const struct slot *s, const struct kept_packet *p, bool first)
{
	return p->marker || (s->audio && first) || (p->codec == CODEC_VP9 && spatial_ends_picture(&s->spatial, &p->vp9));
}

/* True when it left. */
static bool send_packet(struct slot *s, const struct kept_packet *p, bool late, int64_t now_us)
{
	struct downlink *d = s->down;
	struct rtp_header h = { .ssrc = s->ssrc, .csrc = s->current->track->up->number, .twcc_id = d->negotiated->down.twcc };
	bool first = s->since_switch == 0, newest;
	const uint8_t *payload;
	size_t len, packet, twcc_at;

	h.seq = renumber_next(&s->numbers, p->seq);
	if (late && !renumber_find_kept(&s->numbers, p->seq, &h.seq))
		return false;
	newest = first || (int16_t)(h.seq - s->next_seq) >= 0;
	if (!place(s, p, newest, now_us, &h, &payload, &len)) {
		if (!late)
			leave_out(s, p);
		return false;
	}
	if (first) {
		begin_source(s, p, h.timestamp, now_us);
		h.seq = renumber_next(&s->numbers, p->seq);
	}
	h.marker = has_marker(s, p, first);
	if (s->audio && d->negotiated->down.audio_level) {
		h.audio_level_id = d->negotiated->down.audio_level;
		h.audio_level = p->audio_level;
	}
	packet = write_packet(s, sendqueue_begin(d->queue), &h, p, payload, &len, newest, &twcc_at);
	downlink_add(d, packet, twcc_at, !s->audio);
	if (s->kept_sound)
		slot_note_sound(s, h.seq, twcc_at, now_us);
	note_sent(s, &h, p->seq, len, newest, late);
	return true;
}

/* Numbers that the ring cannot hold any more are not looked for one by one. */
static void skip_overwritten(struct slot *s)
{
	size_t span = ring_span(s->current->ring);

	if ((uint16_t)(s->current->newest_seq - s->next_in) >= span)
		s->next_in = (uint16_t)(s->current->newest_seq - span + 1);
}

/* Higher spatial layers than are wanted; pictures of higher temporal layers, where fewer a second are enough. */
static bool is_left_out(struct slot *s, const struct kept_packet *p)
{
	bool goes;

	if (p->codec == CODEC_VP8)
		return !temporal_admits(&s->temporal, &p->vp8, p->timestamp == s->current->keyframe_rtp);
	if (p->codec != CODEC_VP9)
		return false;
	goes = spatial_admits(&s->spatial, &s->temporal, &p->vp9, p->timestamp);
	if (!ring_find(s->current->ring, (uint16_t)(p->seq - 1)))
		close_hole(s, p);
	return !goes;
}

static bool is_left_out_late(struct slot *s, const struct kept_packet *p)
{
	if (p->codec == CODEC_VP9)
		return !spatial_admits_late(&s->spatial, &s->temporal, &p->vp9, p->timestamp);
	return p->codec == CODEC_VP8 && p->vp8.tid > s->temporal.highest;
}

static bool has_room(const struct slot *s)
{
	return s->audio ? sendqueue_group_room(s->down->queue) > 0 : downlink_may_add_picture(s->down);
}

bool slot_pump(struct slot *s, int64_t now_us)
{
	const struct kept_packet *p;

	if (!s->current)
		return true;
	if (!seq_newer(s->next_in, s->current->newest_seq))
		skip_overwritten(s);
	for (; !seq_newer(s->next_in, s->current->newest_seq); s->next_in++) {
		p = ring_find(s->current->ring, s->next_in);
		if (!p)
			continue;
		if (!has_room(s))
			return false;
		if (!s->audio && now_us - MAX(p->arrival_us, s->turn_us) > OLDEST_US) {
			slot_drop_to_keyframe(s, now_us);
			return true;
		}
		if (is_left_out(s, p))
			leave_out(s, p);
		else
			send_packet(s, p, false, now_us);
	}
	return true;
}

/* Repair. */

static void send_rtx(struct slot *s, const struct sent_packet *sent, const struct kept_packet *p)
{
	struct downlink *d = s->down;
	struct rtp_header h = { .marker = sent->marker, .ssrc = s->rtx_ssrc, .seq = s->rtx_seq, .timestamp = sent->out_rtp,
		                .pt = d->negotiated->rtx_pt_of_codec[p->codec], .twcc_id = d->negotiated->down.twcc };
	uint8_t *out = sendqueue_begin(d->queue);
	size_t n, twcc_at;

	n = rtp_write_header(out, &h, &twcc_at);
	write_u16(out + n, sent->out_seq);
	n += 2;
	n += write_payload(s, out + n, p, p->payload, p->payload_len, false);
	s->rtx_seq++;
	s->repeats++;
	downlink_add(d, n, twcc_at, false);
	counters_add(d->counters, COUNT_RTX_TX, 1);
}

/* What was sent under this number and can still be had; NULL: nothing. */
static const struct kept_packet *find_sent(const struct slot *s, uint16_t out_seq, struct sent_packet **ret)
{
	struct sent_packet *sent = &s->sent[out_seq & s->sent_mask];

	*ret = sent;
	return sent->turn == s->turn && sent->out_seq == out_seq ? ring_find(s->current->ring, sent->in_seq) : NULL;
}

static bool may_repeat(const struct slot *s)
{
	return s->sent && s->current && s->down->negotiated->rtx_pt_of_codec[s->current->codec] != 0;
}

/* Repeats are better ballast: they may make a loss good. */
static void pad_by_repeats(struct slot *s, size_t bytes)
{
	struct downlink *d = s->down;
	uint16_t seq = s->next_seq;

	for (unsigned i = 0; i <= s->sent_mask && d->group_bytes < bytes && sendqueue_group_room(d->queue) > 0; i++) {
		struct sent_packet *sent;
		const struct kept_packet *p = find_sent(s, --seq, &sent);

		if (p)
			send_rtx(s, sent, p);
	}
}

static uint8_t some_rtx_pt(const struct slot *s)
{
	const struct negotiated *n = s->down->negotiated;

	for (int codec = 0; codec < CODECS; codec++)
		if (n->slots[s->number].codecs & 1u << codec && n->rtx_pt_of_codec[codec])
			return n->rtx_pt_of_codec[codec];
	return 0;
}

/* A suspended picture has nothing to repeat, and comes back only by a probe: packets of padding alone, of 255 bytes at the most. */
static void pad_by_nothing(struct slot *s, size_t bytes, int64_t now_us)
{
	struct downlink *d = s->down;
	struct rtp_header h = { .pt = some_rtx_pt(s), .ssrc = s->rtx_ssrc, .timestamp = timeline_rtp(&s->time, now_us),
		                .twcc_id = d->negotiated->down.twcc };

	while (h.pt != 0 && d->group_bytes < bytes && sendqueue_group_room(d->queue) > 0) {
		uint8_t *out = sendqueue_begin(d->queue);
		size_t twcc_at, n;

		h.seq = s->rtx_seq++;
		n = rtp_write_header(out, &h, &twcc_at);
		memset(out + n, 0, PADDING_BYTES);
		out[n + PADDING_BYTES - 1] = PADDING_BYTES;
		out[0] |= 0x20;
		downlink_add(d, n + PADDING_BYTES, twcc_at, false);
	}
}

bool slot_pad(struct slot *s, size_t bytes, bool repeats, int64_t now_us)
{
	if (s->audio || !s->rtx_ssrc)
		return false;
	if (!repeats)
		pad_by_nothing(s, bytes, now_us);
	else if (may_repeat(s))
		pad_by_repeats(s, bytes);
	return s->down->group_bytes >= bytes;
}

/* A request that left the receiver before the last repeat could be there does not tell that it was lost. */
static uint16_t rtx_spacing_ms(const struct slot *s)
{
	return (uint16_t)CLAMP(s->down->rate->bwe.rtt_us * 3 / 4 / 1000, RTX_SOON_MS, RTX_LATE_MS);
}

static bool loses_many(const struct slot *s)
{
	return s->down->care.level >= LOSSY_LEVEL;
}

static uint16_t stamp_ms(int64_t now_us)
{
	return (uint16_t)CLAMP((uint16_t)(now_us / 1000), 1, SENT_IS_THERE - 1);
}

/* As often as there is leave for it. False: there is none. */
static bool send_copies(struct slot *s, struct sent_packet *sent, const struct kept_packet *p, unsigned copies, int64_t now_us)
{
	bool sends = s->repeats_left > 0;

	for (; copies > 0 && s->repeats_left > 0 && sendqueue_group_room(s->down->queue) > 0; copies--) {
		s->repeats_left--;
		send_rtx(s, sent, p);
	}
	if (sends)
		sent->resent_ms = stamp_ms(now_us);
	return sends;
}

/* Another round trip is what a lost repeat costs, and the one after it perhaps the picture: a second copy costs little. */
static bool repeat(struct slot *s, uint16_t out_seq, int64_t now_us)
{
	uint16_t now_ms = (uint16_t)(now_us / 1000);
	struct sent_packet *sent;
	const struct kept_packet *p = find_sent(s, out_seq, &sent);

	if (!p)
		return false;
	if (sent->resent_ms == SENT_IS_THERE)
		return true;
	if (sent->resent_ms && (uint16_t)(now_ms - sent->resent_ms) < rtx_spacing_ms(s))
		return true;
	return send_copies(s, sent, p, sent->resent_ms || loses_many(s) ? RTX_COPIES : 1, now_us);
}

/* It has been asked for already, in vain: what a receiver asks before it comes needs no other answer, but where many get lost it goes twice. */
static void follow_late(struct slot *s, const struct kept_packet *p, int64_t now_us)
{
	struct sent_packet *sent;
	uint16_t out_seq;

	if (!may_repeat(s) || !renumber_find(&s->numbers, p->seq, &out_seq) || !find_sent(s, out_seq, &sent))
		return;
	sent->resent_ms = stamp_ms(now_us);
	if (s->down->care.level > 0)
		send_copies(s, sent, p, RTX_COPIES - 1, now_us);
}

/*
 * A number was kept for a packet that was missing, which then turned out to be of a layer that stays out: its receiver would ask for it in
 * vain, and wait. A packet of padding alone takes its place (RFC 3550 §5.1).
 */
static void fill(struct slot *s, const struct kept_packet *p)
{
	struct downlink *d = s->down;
	struct rtp_header h = { .pt = d->negotiated->pt_of_codec[p->codec], .ssrc = s->ssrc, .timestamp = timeline_newest(&s->time),
		                .csrc = s->current->track->up->number, .twcc_id = d->negotiated->down.twcc };
	uint8_t *out;
	size_t n, twcc_at;

	if (h.pt == 0 || !renumber_find_kept(&s->numbers, p->seq, &h.seq))
		return;
	out = sendqueue_begin(d->queue);
	n = rtp_write_header(out, &h, &twcc_at);
	out[0] |= 0x20;
	out[n++] = 1;
	downlink_add(d, n, twcc_at, true);
	if ((int16_t)(h.seq - s->next_seq) >= 0)
		s->next_seq = (uint16_t)(h.seq + 1);
	s->packets++;
}

void slot_send_late(struct slot *s, uint16_t seq, int64_t now_us)
{
	const struct kept_packet *p = s->current ? ring_find(s->current->ring, seq) : NULL;

	/* Meanwhile the slot may have changed over. */
	if (!p || s->since_switch == 0 || !seq_newer(s->next_in, seq) || seq_newer(s->first_in, seq))
		return;
	if (is_left_out_late(s, p)) {
		fill(s, p);
		return;
	}
	if (send_packet(s, p, true, now_us)) {
		counters_add(s->down->counters, COUNT_SLOT_LATE_TX, 1);
		follow_late(s, p, now_us);
	} else if (!s->audio && !seq_newer(s->current->keyframe_seq, seq)) {
		source_want_keyframe(s->current, now_us);       /* too old for the slot's clock: without it the pictures behind it are nothing */
	}
}

void slot_on_arrived(struct slot *s, uint16_t seq)
{
	struct sent_packet *sent;

	if (may_repeat(s) && find_sent(s, seq, &sent))
		sent->resent_ms = SENT_IS_THERE;
}

static bool may_answer(const struct slot *s)
{
	return s->down->open && may_repeat(s);
}

void slot_on_lost(struct slot *s, uint16_t seq, int64_t now_us)
{
	struct sent_packet *sent;

	if (may_answer(s) && find_sent(s, seq, &sent) && sent->resent_ms == 0)
		repeat(s, seq, now_us);
}

void slot_on_repeat_lost(struct slot *s, uint16_t seq, int64_t now_us)
{
	if (may_answer(s))
		repeat(s, seq, now_us);
}

void slot_on_nack(struct slot *s, const uint16_t *seqs, size_t n, int64_t now_us)
{
	if (!s->down->open || !s->current)
		return;
	if (s->audio) {
		slot_repeat_sound(s, seqs, n, now_us);
		return;
	}
	if (!may_repeat(s)) {
		source_want_keyframe(s->current, now_us);
		return;
	}
	/* What we never had ourselves is not made good by a keyframe for all: a receiver that cannot go on sends a PLI. */
	downlink_begin_group(s->down, now_us);
	for (size_t i = 0; i < n; i++) {
		if (!repeat(s, seqs[i], now_us))
			counters_add(s->down->counters, COUNT_RTX_MISSED, 1);
		if (sendqueue_group_room(s->down->queue) == 0) {
			downlink_end_group(s->down);
			downlink_begin_group(s->down, now_us);
		}
	}
	downlink_end_group(s->down);
}
