/* See handover.h. */
#include "media/handover.h"

#include <string.h>

#include "media/base/log.h"
#include "media/counter.h"
#include "media/source.h"
#include "media/track.h"
#include "media/worker.h"

#define SOUNDS_AHEAD 4                  /* packets of a voice that a new reader gets from before */

static uint64_t bit_of(uint16_t reader)
{
	return UINT64_C(1) << reader;
}

static struct relay *relay_to(const struct track *t, uint16_t reader)
{
	const struct handover *h = t->up->handover;

	return exchange_relay(h->exchange, h->worker, reader);
}

static void put_state(struct track *t, uint16_t reader, uint32_t serial)
{
	struct relay *relay = relay_to(t, reader);
	struct handover_record *rec = relay_begin(relay, sizeof(*rec), true);

	/* A reader that has no mirror yet, or an old one, does not heed state without its serial; this is an overload that ends by itself. */
	if (!rec) {
		t->unsaid |= bit_of(reader);
		return;
	}
	*rec = (struct handover_record){ .path = t->up->path, .kind = (uint8_t)t->kind, .type = HANDOVER_STATE };
	rec->state.serial = serial;
	rec->state.number = t->up->number;
	rec->state.n_layers = t->n_layers;
	rec->state.gate = t->gate;
	relay_end(relay);
	t->unsaid &= ~bit_of(reader);
}

static void put_packet(const struct source *s, uint16_t reader, const struct handover_record *head, const uint8_t *payload)
{
	struct relay *relay = relay_to(s->track, reader);
	uint8_t *at = relay_begin(relay, sizeof(*head) + head->packet.payload_len, false);

	if (!at) {
		counters_add(s->track->up->counters, COUNT_RELAY_FULL, 1);
		return;
	}
	memcpy(at, head, sizeof(*head));
	memcpy(at + sizeof(*head), payload, head->packet.payload_len);
	relay_end(relay);
	counters_add(s->track->up->counters, COUNT_RELAYED, 1);
}

static struct handover_record packet_head(const struct source *s, enum codec codec, const struct kept_packet *p)
{
	struct handover_record rec = { .path = s->track->up->path, .kind = (uint8_t)s->track->kind, .type = HANDOVER_PACKET };

	rec.packet.layer = s->layer;
	rec.packet.codec = (uint8_t)codec;
	rec.packet.audio_level = p->audio_level;
	rec.packet.has_audio_level = true;
	rec.packet.marker = p->marker;
	rec.packet.seq = p->seq;
	rec.packet.payload_len = p->payload_len;
	rec.packet.timestamp = p->timestamp;
	rec.packet.ssrc = s->ssrc;
	rec.packet.capture_us = p->capture_us;
	rec.packet.arrival_us = p->arrival_us;
	return rec;
}

void handover_packet(const struct source *s, const struct rtp_view *pkt, enum codec codec, const struct kept_packet *kept)
{
	uint64_t readers = s->track->readers & ~s->track->unsaid;
	struct handover_record rec = packet_head(s, codec, kept);

	rec.packet.has_audio_level = pkt->has_audio_level;
	for (; readers; readers &= readers - 1)
		put_packet(s, (uint16_t)__builtin_ctzll(readers), &rec, kept->payload);
}

/* From the newest keyframe on, or the last sounds. */
static void put_kept(const struct source *s, uint16_t reader, int64_t now_us)
{
	uint16_t seq = (uint16_t)(s->newest_seq - SOUNDS_AHEAD + 1);

	if (!codec_is_audio(s->codec)) {
		if (!source_has_fresh_keyframe(s, now_us))
			return;
		seq = s->keyframe_seq;
	}
	for (uint16_t end = (uint16_t)(s->newest_seq + 1); seq != end; seq++) {
		const struct kept_packet *p = ring_find(s->ring, seq);

		if (p) {
			struct handover_record rec = packet_head(s, (enum codec)p->codec, p);

			put_packet(s, reader, &rec, p->payload);
		}
	}
}

void handover_subscribe(struct track *t, uint16_t reader, uint32_t serial, int64_t now_us)
{
	t->readers |= bit_of(reader);
	handover_want(t, reader, UINT8_MAX);
	put_state(t, reader, serial);
	for (int i = 0; i < t->n_layers && !(t->unsaid & bit_of(reader)); i++)
		if (t->layers[i])
			put_kept(t->layers[i], reader, now_us);
}

void handover_unsubscribe(struct track *t, uint16_t reader)
{
	handover_want(t, reader, 0);
	t->readers &= ~bit_of(reader);
	t->unsaid &= ~bit_of(reader);
}

void handover_want(struct track *t, uint16_t reader, uint8_t mask)
{
	for (int i = 0; i < MAX_LAYERS && (t->readers & bit_of(reader)); i++) {
		t->readers_want[i] &= ~bit_of(reader);
		if (mask & 1u << i)
			t->readers_want[i] |= bit_of(reader);
	}
}

void handover_state(struct track *t)
{
	for (uint64_t readers = t->readers; readers; readers &= readers - 1)
		put_state(t, (uint16_t)__builtin_ctzll(readers), 0);
}

void handover_tick(struct track *t)
{
	for (uint64_t readers = t->unsaid; readers; readers &= readers - 1)
		put_state(t, (uint16_t)__builtin_ctzll(readers), 0);
}

void handover_gone(struct track *t)
{
	const struct handover *h = t->up->handover;
	struct order_track o = { .id = t->up->path, .kind = t->kind };

	for (uint64_t readers = t->readers; readers; readers &= readers - 1) {
		uint16_t reader = (uint16_t)__builtin_ctzll(readers);

		if (mailbox_post(exchange_orders(h->exchange, reader), ORDER_GONE, &o, sizeof(o)) < 0)
			log_event(LOG_ERROR, "worker.no_memory worker=%u", h->worker);
	}
	t->readers = t->unsaid = 0;
}
