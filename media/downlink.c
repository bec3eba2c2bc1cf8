/* See downlink.h. */
#include "media/downlink.h"

#include "media/base/macros.h"
#include "media/counter.h"
#include "media/slot.h"

#define FLUSH_PACKETS 16                /* of pictures at one moment (media.md, Sending) */
#define PADDING_NARROW 8                /* encoders cut a frame into parts that differ by a byte or two */

void downlink_ready(struct downlink *d, uint8_t slot, bool soon, int64_t now_us)
{
	d->ready |= 1u << slot;
	if (soon)
		departures_soon(d->departures, &d->departure);
	else
		departures_later(d->departures, &d->departure, now_us);
}

void downlink_late(struct downlink *d, uint8_t slot, uint16_t seq)
{
	if (d->n_late == DOWNLINK_LATE)
		return;
	d->late[d->n_late++] = (struct late_packet){ slot, seq };
	departures_soon(d->departures, &d->departure);
}

static void on_numbered(void *user, uint16_t number, size_t bytes)
{
	struct downlink *d = user;

	(void)number;
	d->sent_bytes += bytes;
}

void downlink_begin_group(struct downlink *d, int64_t now_us)
{
	struct group_cfg cfg = { .srtp = d->srtp, .to = &d->to, .to_len = d->to_len, .padding = PADDING_NARROW, .next_number = &d->next_number,
		                 .on_numbered = on_numbered, .user = d };

	(void)now_us;
	sendqueue_begin_group(d->queue, &cfg);
}

void downlink_end_group(struct downlink *d)
{
	sendqueue_end_group(d->queue);
}

/* One slot's turn; its bit goes when its ring has no more for it. */
static void pump(struct downlink *d, unsigned slot, size_t *room, int64_t now_us)
{
	if (slot_pump(&d->slots[slot], room, now_us))
		d->ready &= ~(1u << slot);
}

static void pump_pictures(struct downlink *d, int64_t now_us)
{
	size_t room = MIN(sendqueue_group_room(d->queue), (size_t)FLUSH_PACKETS);
	uint32_t pictures = d->ready & ~d->sounds;

	if (now_us < d->pictures_us)
		return;
	/* Each slot is first in turn. */
	for (unsigned i = 0; pictures && room > 0 && i < d->n_slots; i++) {
		unsigned slot = (d->first_slot + i) % d->n_slots;

		if (pictures & 1u << slot)
			pump(d, slot, &room, now_us);
	}
	d->first_slot = (uint8_t)((d->first_slot + 1) % MAX(d->n_slots, 1));
	if (room == 0)
		d->pictures_us = now_us + DEPARTURE_WAIT_US;
}

void downlink_depart(struct downlink *d, int64_t now_us)
{
	size_t room;

	if (!d->open) {
		downlink_reset(d);
		return;
	}
	downlink_begin_group(d, now_us);
	for (unsigned i = 0; i < d->n_late; i++)
		slot_send_late(&d->slots[d->late[i].slot], d->late[i].seq, now_us);
	d->n_late = 0;
	room = sendqueue_group_room(d->queue);
	for (uint32_t sounds = d->ready & d->sounds; sounds; sounds &= sounds - 1)
		pump(d, (unsigned)__builtin_ctz(sounds), &room, now_us);
	pump_pictures(d, now_us);
	downlink_end_group(d);
	if (d->ready)
		departures_later(d->departures, &d->departure, now_us);
}

void downlink_reset(struct downlink *d)
{
	d->ready = 0;
	d->n_late = 0;
	departures_remove(d->departures, &d->departure);
}
