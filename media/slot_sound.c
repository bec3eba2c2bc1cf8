/*
 * Sound to a receiver that loses many packets (sound_care.h). Who takes RED gets the frames before along with each; the others get each
 * packet again, one, two and three packets later; and what a receiver asks for by NACK is repeated, if it is half a second old at the most.
 *
 * There is no RTX for sound in browsers, so repeats have the numbers that they had. What was sealed is kept and leaves again byte
 * for byte: sealed anew with another transport-wide number it would reuse a nonce (media.md, Keys). The estimate is told of it, since the
 * receiver reports that number as late. None of it is done, or kept, where nothing is lost.
 */
#include "media/slot_send.h"

#include <string.h>

#include "media/base/bytes.h"
#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/counter.h"
#include "media/payload.h"
#include "media/rate_control.h"
#include "media/source.h"

#define KEPT 32                         /* packets */
#define KEPT_BYTES 800                  /* of one; what is longer goes once */
#define SOON_MS 20                      /* the same packet is not repeated sooner */
#define TRAILING_US 60000               /* after the last packet before a pause the repeats that it would bring come without it */

struct repeat {
	uint16_t seq;
	uint16_t len;                   /* 0: nothing is here, or it is not sealed yet */
	uint16_t sent_ms;               /* low bits of the time of the last sending */
	uint8_t owed;                   /* how often it is to be sent again, asked or not */
	uint8_t number_at;              /* of its transport-wide number, 0: it has none */
	uint8_t data[KEPT_BYTES];
};

struct kept_sound {
	int64_t newest_us;              /* when the newest left */
	uint16_t newest;
	uint16_t first;                 /* what is older belongs to another source, or to one that may not be heard any more */
	struct repeat packets[KEPT];
};

void slot_keep_sound(struct slot *s, bool keep)
{
	/* Without memory sound goes as it does where nothing is lost. */
	if (keep && !s->kept_sound) {
		s->kept_sound = mem_zalloc(sizeof(*s->kept_sound));
	} else if (!keep && s->kept_sound) {
		/* What waits to be sealed would be copied there. */
		sendqueue_flush(s->down->queue);
		s->kept_sound = mem_free(s->kept_sound);
	}
}

void slot_forget_sound(struct slot *s)
{
	if (s->kept_sound)
		s->kept_sound->first = s->next_seq;
}

static bool takes_red(const struct slot *s)
{
	const struct negotiated *n = s->down->negotiated;

	return n->slots[s->number].codecs & 1u << CODEC_RED && n->pt_of_codec[CODEC_RED];
}

/* The frame that a packet was sent for, without what goes along with it. */
static bool frame_of(const struct kept_packet *p, struct red_block *ret)
{
	const uint8_t *data = p->payload;
	size_t len = p->payload_len;
	uint8_t pt;

	if (p->codec == CODEC_RED && red_primary(p->payload, p->payload_len, &pt, &data, &len) < 0)
		return false;
	*ret = (struct red_block){ .data = data, .len = (uint16_t)len };
	return true;
}

/* That of an earlier packet which left since the switch. */
static bool frame_before(struct slot *s, uint16_t in_seq, uint32_t rtp, struct red_block *ret)
{
	const struct kept_packet *p = ring_find(s->current->ring, in_seq);
	uint32_t out;

	if (!p || seq_newer(s->first_in, in_seq) || !timeline_find(&s->time, p->timestamp, &out) || !frame_of(p, ret))
		return false;
	if (rtp - out == 0 || rtp - out > RED_MAX_OFFSET_RTP || ret->len == 0 || ret->len > RED_MAX_BLOCK_BYTES)
		return false;
	ret->offset_rtp = (uint16_t)(rtp - out);
	return true;
}

size_t slot_redundancy(struct slot *s, const struct kept_packet *p, uint32_t rtp, struct red_block ret[SLOT_RED_BLOCKS])
{
	struct red_block primary;
	size_t n = 0, sum;

	if (!takes_red(s) || s->since_switch == 0 || !frame_of(p, &primary))
		return 0;
	sum = RTP_MAX_WRITTEN_HEADER + SRTP_MAX_OVERHEAD + primary.len;
	for (unsigned back = s->down->care.level; back > 0; back--) {
		if (!frame_before(s, (uint16_t)(p->seq - back), rtp, &ret[n]))
			continue;
		sum += 4u + ret[n].len;
		if (sum < KEPT_BYTES)
			n++;
	}
	ret[n] = primary;
	return n > 0 ? n + 1 : 0;
}

void slot_note_sound(struct slot *s, uint16_t seq, size_t number_at, int64_t now_us)
{
	struct kept_sound *kept = s->kept_sound;
	struct repeat *r = &kept->packets[seq % KEPT];

	*r = (struct repeat){ .seq = seq, .sent_ms = (uint16_t)(now_us / 1000), .owed = takes_red(s) ? 0 : s->down->care.level,
		              .number_at = (uint8_t)number_at };
	sendqueue_keep(s->down->queue, r->data, sizeof(r->data), &r->len);
	if (kept->newest_us == 0 || (uint16_t)(seq - kept->first) > KEPT)
		kept->first = kept->newest_us == 0 ? seq : (uint16_t)(seq - KEPT);
	kept->newest = seq;
	kept->newest_us = now_us;
}

/* NULL: it is not kept. */
static struct repeat *find(const struct slot *s, uint16_t seq)
{
	struct kept_sound *kept = s->kept_sound;
	struct repeat *r = &kept->packets[seq % KEPT];

	return r->len > 0 && r->seq == seq && !seq_newer(kept->first, seq) ? r : NULL;
}

/* Alone: it is sealed already, and no group takes it. */
static void send_again(struct slot *s, struct repeat *r, bool asked, int64_t now_us)
{
	struct downlink *d = s->down;

	memcpy(sendqueue_begin(d->queue), r->data, r->len);
	sendqueue_commit(d->queue, r->len, NULL, false, &d->to, d->to_len);
	r->sent_ms = (uint16_t)(now_us / 1000);
	d->sent_bytes += r->len;
	if (r->number_at)
		bwe_on_repeated(&d->rate->bwe, read_u16(r->data + r->number_at), asked, now_us);
	pacer_spent_urgent(&d->rate->pacer, r->len);
	s->repeats++;
	counters_add(d->counters, COUNT_SOUND_REPEATED, 1);
}

void slot_send_owed(struct slot *s, bool trailing, int64_t now_us)
{
	const struct kept_sound *kept = s->kept_sound;

	if (!kept || (trailing && now_us - kept->newest_us < TRAILING_US))
		return;
	for (unsigned back = trailing ? 0 : 1; back <= SOUND_CARE_MOST + 1; back++) {
		struct repeat *r = find(s, (uint16_t)(kept->newest - back));

		if (!r || r->owed == 0)
			continue;
		r->owed--;
		send_again(s, r, false, now_us);
	}
}

/* About a round trip: a receiver asks again with each packet that comes. */
static uint16_t spacing_ms(const struct slot *s)
{
	return (uint16_t)CLAMP(s->down->rate->bwe.rtt_us * 3 / 4 / 1000, SOON_MS, 200);
}

void slot_repeat_sound(struct slot *s, const uint16_t *seqs, size_t n, int64_t now_us)
{
	uint16_t now_ms = (uint16_t)(now_us / 1000);

	sound_care_asked(&s->down->care, now_us);
	for (size_t i = 0; i < n && s->kept_sound; i++) {
		struct repeat *r = find(s, seqs[i]);

		if (!r)
			counters_add(s->down->counters, COUNT_RTX_MISSED, 1);
		if (!r || s->repeats_left == 0 || (uint16_t)(now_ms - r->sent_ms) < spacing_ms(s))
			continue;
		s->repeats_left--;
		send_again(s, r, true, now_us);
	}
}
