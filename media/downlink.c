/* See downlink.h. */
#include "media/downlink.h"

#include <string.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/counter.h"
#include "media/loss_trace.h"
#include "media/rate_control.h"
#include "media/slot.h"

#define PADDING_NARROW 8                /* encoders cut a frame into parts that differ by a byte or two */
#define PREFETCH_SLOTS 6
#define PADDING_WIDE 200                /* where the line has room for more than is shown: thumbnails of a turn share a message */

void downlink_ready(struct downlink *d, uint8_t slot, bool soon, int64_t now_us)
{
	d->ready |= 1u << slot;
	if (soon)
		departures_soon(d->departures, &d->departure);
	else
		departures_with_company(d->departures, &d->departure, now_us);
}

void downlink_late(struct downlink *d, uint8_t slot, uint16_t seq, uint16_t turn)
{
	if (d->n_late == DOWNLINK_LATE) {
		counters_add(d->counters, COUNT_SLOT_LATE_DROPPED, 1);
		return;
	}
	d->late[d->n_late++] = (struct late_packet){ slot, seq, turn };
	departures_soon(d->departures, &d->departure);
}

static void on_numbered(void *user, uint16_t number, const uint8_t *packet, size_t bytes)
{
	struct downlink *d = user;

	rate_control_on_sent(d->rate, number, bytes, d->group_us);
	if (d->trace)
		loss_trace_add(d->trace, number, packet, bytes);
}

void downlink_begin_group(struct downlink *d, int64_t now_us)
{
	struct group_cfg cfg = {
		.srtp = d->srtp, .to = &d->to, .to_len = d->to_len, .next_number = &d->next_number, .on_numbered = on_numbered, .user = d,
		.padding = d->rate->wide ? PADDING_WIDE : PADDING_NARROW,
	};

	d->group_us = now_us;
	d->group_bytes = 0;
	sendqueue_begin_group(d->queue, &cfg);
}

void downlink_end_group(struct downlink *d)
{
	sendqueue_end_group(d->queue);
}

void downlink_add(struct downlink *d, size_t len, size_t number_at, bool picture)
{
	sendqueue_add(d->queue, len, number_at);
	d->group_bytes += len;
	d->sent_bytes += len;
	if (picture)
		pacer_spent(&d->rate->pacer, len);
	else
		pacer_spent_urgent(&d->rate->pacer, len);
}

bool downlink_may_add_picture(struct downlink *d)
{
	return sendqueue_group_room(d->queue) > 0 && pacer_budget(&d->rate->pacer, d->group_us) > 0 &&
	       !first_view_waits(&d->rate->first_view, &d->rate->bwe);
}

static void pump_late(struct downlink *d, int64_t now_us)
{
	unsigned n = 0;

	for (; n < d->n_late && sendqueue_group_room(d->queue) > 0; n++) {
		struct slot *s = &d->slots[d->late[n].slot];

		if (s->turn == d->late[n].turn)
			slot_send_late(s, d->late[n].seq, now_us);
	}
	d->n_late = (uint8_t)(d->n_late - n);
	memmove(d->late, d->late + n, d->n_late * sizeof(d->late[0]));
}

/* One slot's turn; its bit goes when its ring has no more for it. */
static void pump(struct downlink *d, unsigned slot, int64_t now_us)
{
	if (slot_pump(&d->slots[slot], now_us))
		d->ready &= ~(1u << slot);
}

static void pump_pictures(struct downlink *d, int64_t now_us)
{
	uint32_t pictures = d->ready & ~d->sounds;

	/* Each slot is first in turn. */
	for (unsigned i = 0; pictures && i < d->n_slots && downlink_may_add_picture(d); i++) {
		unsigned slot = (d->first_slot + i) % d->n_slots;

		if (pictures & 1u << slot)
			pump(d, slot, now_us);
	}
	d->first_slot = (uint8_t)((d->first_slot + 1) % MAX(d->n_slots, 1));
}

/* A probe is media first, repeats then, and padding where there is nothing to repeat. */
static void pump_padding(struct downlink *d)
{
	size_t bytes = rate_control_padding(d->rate, d->group_us);

	for (int round = 0; round < 2; round++)
		for (unsigned i = 0; i < d->n_slots && bytes > d->group_bytes; i++)
			if (slot_pad(&d->slots[i], bytes, round == 0, d->group_us))
				return;
}

static void prefetch(const void *p, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += CACHE_LINE)
		__builtin_prefetch((const char *)p + i);
}

static void prefetch_parts(const struct downlink *d)
{
	unsigned n = 0;

	for (uint32_t ready = d->ready; ready && n < PREFETCH_SLOTS; ready &= ready - 1, n++)
		prefetch(&d->slots[__builtin_ctz(ready)], offsetof(struct slot, time.frames));
	prefetch(d->rate, offsetof(struct rate_control, bwe.arrived_bytes));
	prefetch(d->srtp, CACHE_LINE);
	prefetch(d->negotiated, CACHE_LINE);
}

/* Tables of which a departure writes a line each. */
static void prefetch_tables(const struct downlink *d)
{
	const struct sent_history *sent = &d->rate->bwe.sent;
	unsigned n = 0;

	for (uint32_t ready = d->ready; ready && n < PREFETCH_SLOTS; ready &= ready - 1, n++) {
		const struct slot *s = &d->slots[__builtin_ctz(ready)];

		prefetch(&d->negotiated->slots[s->number], 1);
		prefetch(&s->time.frames[s->time.n_frames % TIMELINE_FRAMES], 1);
		if (s->sent)
			prefetch(&s->sent[s->next_seq & s->sent_mask], 1);
	}
	if (sent->ring)
		prefetch(&sent->ring[d->next_number & sent->mask], 1);
}

void downlink_prefetch(const struct downlink *d, unsigned step)
{
	if (step == 0)
		prefetch(d, offsetof(struct downlink, to) + sizeof(struct sockaddr_in6));
	else if (step == 1)
		prefetch_parts(d);
	else
		prefetch_tables(d);
}

static void send_owed(struct downlink *d, uint32_t sounds, bool trailing, int64_t now_us)
{
	for (; sounds; sounds &= sounds - 1)
		slot_send_owed(&d->slots[__builtin_ctz(sounds)], trailing, now_us);
}

void downlink_depart(struct downlink *d, int64_t now_us)
{
	uint32_t sounds = d->ready & d->sounds;

	if (!d->open) {
		downlink_reset(d);
		return;
	}
	downlink_begin_group(d, now_us);
	pump_late(d, now_us);
	for (uint32_t left = sounds; left; left &= left - 1)
		pump(d, (unsigned)__builtin_ctz(left), now_us);
	pump_pictures(d, now_us);
	pump_padding(d);
	downlink_end_group(d);
	if (sounds && d->cares)
		send_owed(d, sounds, false, now_us);
	if (d->n_late > 0)
		departures_soon(d->departures, &d->departure);
	else if (d->ready || d->rate->probe.number)
		departures_later(d->departures, &d->departure, now_us);
}

/* What a probe repeated was there already; of two copies the other may still arrive. */
static bool may_be_there(const struct downlink *d, const struct traced_packet *p)
{
	const struct sent_history *h = &d->rate->bwe.sent;
	const struct sent_record *own = sent_history_find(h, p->number);

	if (!own || own->probe)
		return true;
	for (int step = -1; step <= 1; step += 2) {
		uint16_t number = (uint16_t)(p->number + step);
		const struct sent_record *r = sent_history_find(h, number);

		if (r && r->fate != SENT_LOST && loss_trace_is_copy(d->trace, p, number))
			return true;
	}
	return false;
}

static void on_told(struct downlink *d, const struct traced_packet *p, bool lost, int64_t now_us)
{
	for (unsigned i = 0; i < d->n_slots; i++) {
		struct slot *s = &d->slots[i];
		bool repeat = s->rtx_ssrc == p->ssrc;

		if (s->audio || (!repeat && s->ssrc != p->ssrc))
			continue;
		if (!lost)
			slot_on_arrived(s, repeat ? p->first : p->seq);
		else if (!repeat)
			slot_on_lost(s, p->seq, now_us);
		else if (!may_be_there(d, p))
			slot_on_repeat_lost(s, p->first, now_us);
	}
}

static void read_feedback(struct downlink *d, const struct twcc_feedback *fb, bool lost, int64_t now_us)
{
	for (uint16_t i = 0; i < fb->n && sendqueue_group_room(d->queue) > 0; i++) {
		const struct traced_packet *p;

		if ((fb->arrival_ticks[i] == TWCC_LOST) == lost && (p = loss_trace_take(d->trace, (uint16_t)(fb->base + i))))
			on_told(d, p, lost, now_us);
	}
}

void downlink_on_feedback(struct downlink *d, const struct twcc_feedback *fb, int64_t now_us)
{
	if (!d->trace || !d->open)
		return;
	downlink_begin_group(d, now_us);
	read_feedback(d, fb, false, now_us);
	read_feedback(d, fb, true, now_us);
	downlink_end_group(d);
}

/* Without memory a NACK tells what was lost, as it does where little is. */
static void trace_losses(struct downlink *d)
{
	bool pictures = d->n_slots > __builtin_popcount(d->sounds);

	if (d->care.level >= LOSSY_LEVEL && pictures && d->negotiated->down.twcc && !d->trace)
		d->trace = mem_zalloc(sizeof(*d->trace));
	else if (d->care.level == 0 && d->trace)
		d->trace = mem_free(d->trace);
}

void downlink_tick(struct downlink *d, int64_t now_us)
{
	const struct bwe *b = &d->rate->bwe;

	if (!bwe_is_crowded(b, now_us))
		sound_care_count(&d->care, b->told_arrived - d->told_arrived, b->told_lost - d->told_lost);
	d->told_arrived = b->told_arrived;
	d->told_lost = b->told_lost;
	sound_care_tick(&d->care, now_us);
	sound_care_bound(&d->care, d->rate->care_most);
	trace_losses(d);
	if (d->care.level == 0 && !d->cares)
		return;
	d->cares = d->care.level > 0;
	for (uint32_t left = d->sounds; left; left &= left - 1) {
		struct slot *s = &d->slots[__builtin_ctz(left)];

		slot_keep_sound(s, d->cares && (s->track || s->current));
	}
	if (d->open)
		send_owed(d, d->sounds, true, now_us);
}

void downlink_done(struct downlink *d)
{
	downlink_reset(d);
	d->trace = mem_free(d->trace);
}

void downlink_reset(struct downlink *d)
{
	d->ready = 0;
	d->n_late = 0;
	departures_remove(d->departures, &d->departure);
}
