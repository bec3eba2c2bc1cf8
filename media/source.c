/* See source.h. */
#include "media/source.h"

#include <errno.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/counter.h"
#include "media/payload.h"
#include "media/slot.h"

#define VIDEO_RING_BYTES (256 * 1024)
#define AUDIO_RING_BYTES (16 * 1024)
#define KEYFRAME_KEPT_US 1000000
#define RESTART_SPACING_US 250000
#define VOICE_LEVEL 45                  /* -dBov: louder is speech */
#define VOICE_HOLD_US 800000

void source_init(struct source *s, struct uplink *up, enum source_kind kind)
{
	*s = (struct source){ .up = up, .kind = kind };
	keyframe_init(&s->keyframe, keyframe_spacing_us(0));
}

void source_done(struct source *s)
{
	while (s->n_slots > 0)
		slot_on_source_gone(s->slots[s->n_slots - 1], s);
	s->slots = mem_free(s->slots);
	s->slots_room = 0;
	s->ring = ring_destroy(s->ring);
}

int source_add_slot(struct source *s, struct slot *slot)
{
	for (size_t i = 0; i < s->n_slots; i++)
		if (s->slots[i] == slot)
			return 0;
	if (s->n_slots == s->slots_room) {
		size_t room = MAX(8, s->slots_room * 2);
		struct slot **bigger = mem_realloc(s->slots, room * sizeof(*bigger));

		if (!bigger)
			return -ENOMEM;
		s->slots = bigger;
		s->slots_room = room;
	}
	s->slots[s->n_slots++] = slot;
	return 0;
}

void source_remove_slot(struct source *s, struct slot *slot)
{
	for (size_t i = 0; i < s->n_slots; i++) {
		if (s->slots[i] == slot) {
			s->slots[i] = s->slots[--s->n_slots];
			return;
		}
	}
}

static void emit_started(struct source *s)
{
	struct media_event ev = { .type = MEDIA_SOURCE_STARTED, .path = s->up->path };

	ev.started.kind = s->kind;
	ev.started.codec = s->codec;
	s->up->emit(s->up->user, &ev);
}

static void set_speaking(struct source *s, bool speaking)
{
	struct media_event ev = { .type = MEDIA_VOICE, .path = s->up->path };

	if (s->speaking == speaking)
		return;
	s->speaking = speaking;
	ev.voice.kind = s->kind;
	ev.voice.speaking = speaking;
	s->up->emit(s->up->user, &ev);
}

/* First packet, another SSRC, another codec or a jump: everything that was known of the stream is void. */
static int begin_stream(struct source *s, const struct rtp_view *pkt, enum codec codec, int64_t now_us)
{
	bool news = !s->started || s->codec != codec;
	int r;

	/* Two streams that say that they are one source, or numbers that leap at will, must not become a storm of switches. */
	if (s->started && now_us - s->began_us < RESTART_SPACING_US)
		return -EBUSY;
	if (!s->ring) {
		r = ring_create(&s->ring, codec_is_audio(codec) ? AUDIO_RING_BYTES : VIDEO_RING_BYTES);
		if (r < 0)
			return r;
	}
	ring_clear(s->ring);
	s->started = true;
	s->began_us = now_us;
	s->codec = codec;
	s->ssrc = pkt->ssrc;
	s->has_keyframe = false;
	s->newest_seq = pkt->seq;
	reception_init(&s->reception, codec_rate(codec), !codec_is_audio(codec));
	source_clock_init(&s->clock, codec_rate(codec));
	if (news)
		emit_started(s);
	for (size_t i = s->n_slots; i-- > 0;)
		slot_on_gate_shut(s->slots[i], s, now_us);
	reception_packet(&s->reception, pkt->seq, pkt->timestamp, now_us);
	return 0;
}

static void note_voice(struct source *s, const struct rtp_view *pkt, int64_t now_us)
{
	if (s->kind != SOURCE_MIC || (pkt->has_audio_level && pkt->audio_level > VOICE_LEVEL))
		return;
	s->loud_us = now_us;
	set_speaking(s, true);
}

static void note_keyframe(struct source *s, const struct rtp_view *pkt, int64_t now_us)
{
	/* One that is no longer kept may lie so far back that numbers have turned over: it compares with nothing. */
	struct kept_packet first;
	bool known = s->has_keyframe && ring_get(s->ring, s->keyframe_seq, &first);

	/* SPS, PPS and IDR of one picture may come singly: the first of them begins it. */
	if (known && s->keyframe_rtp == pkt->timestamp && !seq_newer(s->keyframe_seq, pkt->seq))
		return;
	if (known && !seq_newer(pkt->seq, s->keyframe_seq) && s->keyframe_rtp != pkt->timestamp)
		return;
	s->has_keyframe = true;
	s->keyframe_seq = pkt->seq;
	s->keyframe_rtp = pkt->timestamp;
	keyframe_came(&s->keyframe, now_us);
}

static void keep(struct source *s, struct kept_packet *ret, const struct rtp_view *pkt, bool red, int64_t now_us)
{
	*ret = (struct kept_packet){
		.seq = pkt->seq, .marker = pkt->marker, .codec = (uint8_t)(red ? CODEC_RED : s->codec), .timestamp = pkt->timestamp,
		.audio_level = pkt->has_audio_level ? (uint8_t)(pkt->audio_level | (pkt->voice ? 0x80 : 0)) : 127,
		.capture_us = source_clock_capture_us(&s->clock, &s->up->clock, pkt->timestamp, now_us),
		.payload = pkt->payload, .payload_len = pkt->payload_len,
	};
	ring_put(s->ring, ret);
}

/* Reports and feedback count every packet, also of a shut gate. -EALREADY: had it before. */
static int count_arrival(struct source *s, const struct rtp_view *pkt, enum codec codec, int64_t now_us)
{
	struct kept_packet before;

	if (!s->started || s->ssrc != pkt->ssrc || s->codec != codec || !reception_packet(&s->reception, pkt->seq, pkt->timestamp, now_us))
		return begin_stream(s, pkt, codec, now_us);
	s->newest_seq = (uint16_t)s->reception.highest;
	return ring_get(s->ring, pkt->seq, &before) ? -EALREADY : 0;
}

/* A repeat fills a hole among the kept packets of the stream as it is now; it never leads or restarts it. */
static int count_repeat(struct source *s, const struct rtp_view *pkt, enum codec codec)
{
	struct kept_packet before;

	if (!s->started || s->codec != codec || (uint16_t)(s->newest_seq - pkt->seq) >= RING_INDEX)
		return -EALREADY;
	reception_repaired(&s->reception, pkt->seq);
	return ring_get(s->ring, pkt->seq, &before) ? -EALREADY : 0;
}

int source_receive(struct source *s, const struct rtp_view *pkt, enum codec codec, bool repaired, int64_t now_us)
{
	bool red = codec == CODEC_RED;
	struct kept_packet kept;
	int r = repaired ? count_repeat(s, pkt, codec) : count_arrival(s, pkt, red ? CODEC_OPUS : codec, now_us);

	if (r < 0)
		return r == -EALREADY ? 0 : r;
	if (!repaired)
		source_clock_packet(&s->clock, pkt->timestamp, now_us);
	if (!s->gate) {
		counters_add(s->up->counters, COUNT_DROP_GATE, 1);
		return 0;
	}
	if (pkt->payload_len > 0)
		note_voice(s, pkt, now_us);
	keep(s, &kept, pkt, red, now_us);
	if (!source_is_audio(s->kind) && payload_starts_keyframe(codec, pkt->payload, pkt->payload_len))
		note_keyframe(s, pkt, now_us);
	for (size_t i = s->n_slots; i-- > 0;)
		slot_on_packet(s->slots[i], s, &kept, now_us);
	return 0;
}

void source_sender_report(struct source *s, uint64_t ntp, uint32_t rtp, int64_t now_us)
{
	if (!s->started)
		return;
	reception_sender_report(&s->reception, ntp, now_us);
	/* Some senders begin with an NTP time of 0: not a time. */
	if (ntp == 0)
		return;
	if (sender_clock_report(&s->up->clock, wall_us_from_ntp(ntp), now_us))
		source_clock_report(&s->clock, &s->up->clock, rtp, wall_us_from_ntp(ntp));
}

void source_set_gate(struct source *s, bool open, int64_t now_us)
{
	if (s->gate == open)
		return;
	s->gate = open;
	if (open) {
		if (!source_is_audio(s->kind) && s->n_slots > 0)
			source_want_keyframe(s, now_us);
		return;
	}
	/* What was kept from before is not to be replayed after. */
	s->has_keyframe = false;
	if (s->ring)
		ring_clear(s->ring);
	set_speaking(s, false);
	for (size_t i = s->n_slots; i-- > 0;)
		slot_on_gate_shut(s->slots[i], s, now_us);
}

void source_want_keyframe(struct source *s, int64_t now_us)
{
	keyframe_want(&s->keyframe);
	if (s->gate && s->started && keyframe_ask(&s->keyframe, now_us, s->up->rtt_us))
		s->up->ask_keyframe(s);
}

void source_tick(struct source *s, int64_t now_us)
{
	if (s->gate && s->started && keyframe_ask(&s->keyframe, now_us, s->up->rtt_us))
		s->up->ask_keyframe(s);
	if (s->speaking && now_us - s->loud_us > VOICE_HOLD_US)
		set_speaking(s, false);
}

bool source_has_fresh_keyframe(const struct source *s, int64_t now_us)
{
	struct kept_packet first;

	return s->has_keyframe && now_us - s->keyframe.came_us <= KEYFRAME_KEPT_US && ring_get(s->ring, s->keyframe_seq, &first);
}
