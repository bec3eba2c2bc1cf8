/* See source.h. */
#include "media/source.h"

#include <errno.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/counter.h"
#include "media/frame_clock.h"
#include "media/handover.h"
#include "media/payload.h"
#include "media/red.h"
#include "media/slot.h"
#include "media/vp9.h"

#define AUDIO_RING_BYTES (16 * 1024)
#define AUDIO_RING_PACKETS 64
#define KEYFRAME_KEPT_US 1000000
#define RESTART_SPACING_US 250000
#define VOICE_LEVEL 45                  /* -dBov: louder is speech */
#define VOICE_HOLD_US 800000
#define PREFETCH_SLOTS 12
#define RATE_WINDOW_US 500000

/* The lowest of three layers, the middle one, and whatever is the best there is (media.md, Memory). */
static const struct { size_t bytes, packets; } video_rings[MAX_LAYERS] = {
	{ 32 * 1024, 128 }, { 96 * 1024, 256 }, { 256 * 1024, 512 },
};

/* Of two layers the upper one, and of one that one, is the best. A stream of VP9 or AV1 is all that its sender has. */
static int layers_above(const struct source *s, enum codec codec)
{
	return codec == CODEC_VP9 || codec == CODEC_AV1 ? 0 : s->track->n_layers - 1 - s->layer;
}

static int create_ring(struct packet_ring **ret, const struct source *s, enum codec codec)
{
	int size = MAX_LAYERS - 1 - layers_above(s, codec);

	if (codec_is_audio(codec))
		return ring_create(ret, AUDIO_RING_BYTES, AUDIO_RING_PACKETS);
	return ring_create(ret, video_rings[size].bytes, video_rings[size].packets);
}

/* The stream is of another codec than the one before: with it the place changes that it needs. Want of memory leaves what there is. */
static void change_codec(struct source *s, enum codec codec)
{
	struct packet_ring *ring;

	s->keyframe.spacing_us = keyframe_spacing_us((unsigned)layers_above(s, codec));
	if (layers_above(s, codec) == layers_above(s, s->codec) || create_ring(&ring, s, codec) < 0)
		return;
	counters_add(s->track->up->counters, COUNT_RING_BYTES, (int64_t)ring_bytes(ring) - (int64_t)ring_bytes(s->ring));
	ring_destroy(s->ring);
	s->ring = ring;
}

int source_create(struct source **ret, struct track *track, uint8_t layer, enum codec codec)
{
	struct source *s = mem_zalloc(sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->track = track;
	s->layer = layer;
	s->codec = codec;
	keyframe_init(&s->keyframe, keyframe_spacing_us((unsigned)layers_above(s, codec)));
	r = create_ring(&s->ring, s, codec);
	if (r < 0) {
		mem_free(s);
		return r;
	}
	counters_add(track->up->counters, COUNT_RING_BYTES, (int64_t)ring_bytes(s->ring));
	*ret = s;
	return 0;
}

static void leave_fresh(struct source *s)
{
	struct source **at = s->track->up->fresh;

	while (s->is_fresh && *at != s)
		at = &(*at)->next_fresh;
	if (s->is_fresh)
		*at = s->next_fresh;
	s->is_fresh = false;
}

struct source *source_destroy(struct source *s)
{
	if (!s)
		return NULL;
	leave_fresh(s);
	for (size_t i = s->slots.n; i-- > 0;)
		slot_on_source_gone(s->slots.slots[i], s);
	slot_list_done(&s->slots);
	counters_add(s->track->up->counters, COUNT_RING_BYTES, -(int64_t)ring_bytes(s->ring));
	ring_destroy(s->ring);
	return mem_free(s);
}

static void set_speaking(struct source *s, bool speaking)
{
	const struct uplink *up = s->track->up;
	struct media_event ev = { .type = MEDIA_VOICE, .path = up->path };

	if (s->speaking == speaking)
		return;
	s->speaking = speaking;
	ev.voice.kind = s->track->kind;
	ev.voice.speaking = speaking;
	up->emit(up->user, &ev);
}

/* First packet, another SSRC, another codec or a jump: everything that was known of the stream is void. */
static int begin_stream(struct source *s, const struct rtp_view *pkt, enum codec codec, int64_t now_us)
{
	bool first = s->began_us == 0, news = first || s->codec != codec;

	/* Two streams that say that they are one source, or numbers that leap at will, must not become a storm of switches. */
	if (!first && now_us - s->began_us < RESTART_SPACING_US)
		return -EBUSY;
	ring_clear(s->ring);
	if (s->codec != codec)
		change_codec(s, codec);
	s->began_us = now_us;
	s->codec = codec;
	s->layered = (struct layered){ 0 };
	s->ssrc = pkt->ssrc;
	s->has_keyframe = false;
	s->newest_seq = pkt->seq;
	s->rate_since_us = now_us;
	s->open_from = 0;
	reception_init(&s->reception, codec_rate(codec), !codec_is_audio(codec) || s->track->up->repeats_sound);
	source_clock_init(&s->clock, codec_rate(codec));
	for (size_t i = s->slots.n; i-- > 0;)
		slot_on_stream_end(s->slots.slots[i], s, now_us);
	reception_packet(&s->reception, pkt->seq, pkt->timestamp, now_us);
	track_on_stream(s->track, s, news, now_us);
	return 0;
}

static void note_voice(struct source *s, const struct rtp_view *pkt, int64_t now_us)
{
	if (s->track->kind != SOURCE_MIC || (pkt->has_audio_level && pkt->audio_level > VOICE_LEVEL))
		return;
	s->loud_us = now_us;
	if (!s->speaking)
		s->onset_seq = pkt->seq;
	set_speaking(s, true);
}

/* The structure has no sizes of layers that the sender leaves out just now: they are as they were. */
static void note_heights(struct source *s, const struct rtp_view *pkt)
{
	struct vp9_descriptor d;
	struct picture_size size;

	if (vp9_parse(&d, pkt->payload, pkt->payload_len) < 0)
		return;
	for (uint8_t i = 0; i < MAX_LAYERS; i++)
		if (vp9_layer_size(&d, i, pkt->payload, pkt->payload_len, &size))
			s->layered.height_px[i] = MIN(size.width, size.height);
}

static void note_keyframe(struct source *s, const struct rtp_view *pkt, int64_t now_us)
{
	struct picture_size size;

	/* One that is no longer kept may lie so far back that numbers have turned over: it compares with nothing. */
	bool known = s->has_keyframe && ring_find(s->ring, s->keyframe_seq);

	/* SPS, PPS and IDR of one picture may come singly: the first of them begins it. */
	if (known && s->keyframe_rtp == pkt->timestamp && !seq_newer(s->keyframe_seq, pkt->seq))
		return;
	if (known && !seq_newer(pkt->seq, s->keyframe_seq) && s->keyframe_rtp != pkt->timestamp)
		return;
	s->keyframes += !known || s->keyframe_rtp != pkt->timestamp;
	s->has_keyframe = true;
	s->keyframe_seq = pkt->seq;
	s->keyframe_rtp = pkt->timestamp;
	if (payload_picture_size(s->codec, pkt->payload, pkt->payload_len, &size))
		s->height_px = MIN(size.width, size.height);
	if (s->codec == CODEC_VP9)
		note_heights(s, pkt);
	keyframe_came(&s->keyframe, now_us);
}

static int64_t capture_us(const struct source *s, const struct rtp_view *pkt, int64_t now_us)
{
	const struct uplink *up = s->track->up;

	return up->capture_us ? up->capture_us : source_clock_capture_us(&s->clock, &up->clock, pkt->timestamp, now_us);
}

/* Half of the pictures are those without the highest temporal layer. */
static void count_layer(struct source *s, const struct kept_packet *p)
{
	struct layered *l = &s->layered;
	bool half;

	l->seen |= (uint8_t)(1u << p->vp9.sid);
	l->highest_tid = MAX(l->highest_tid, (uint8_t)p->vp9.tid);
	half = p->vp9.tid == 0 || p->vp9.tid < l->highest_tid;
	l->bytes[p->vp9.sid] += p->payload_len;
	l->half_bytes[p->vp9.sid] += half ? p->payload_len : 0;
	s->half_bytes += half ? p->payload_len : 0;
}

static void read_descriptor(struct source *s, struct kept_packet *p)
{
	if (s->codec == CODEC_VP9) {
		if (vp9_parse(&p->vp9, p->payload, p->payload_len) < 0)
			p->vp9 = (struct vp9_descriptor){ 0 };
		count_layer(s, p);
		return;
	}
	if (s->codec == CODEC_VP8 && vp8_parse(&p->vp8, p->payload, p->payload_len) < 0)
		p->vp8 = (struct vp8_descriptor){ 0 };
	s->half_bytes += p->vp8.tid == 0 ? p->payload_len : 0;
}

static void keep(struct source *s, const struct rtp_view *pkt, bool red, int64_t now_us)
{
	struct kept_packet p = {
		.seq = pkt->seq, .marker = pkt->marker, .codec = (uint8_t)(red ? CODEC_RED : s->codec), .timestamp = pkt->timestamp,
		.audio_level = pkt->has_audio_level ? (uint8_t)(pkt->audio_level | (pkt->voice ? 0x80 : 0)) : 127,
		.capture_us = capture_us(s, pkt, now_us), .arrival_us = now_us,
		.payload = pkt->payload, .payload_len = (uint16_t)pkt->payload_len,
	};

	read_descriptor(s, &p);
	ring_put(s->ring, &p);
	if (s->track->readers)
		handover_packet(s, pkt, red ? CODEC_RED : s->codec, &p);
}

/* Reports and feedback count every packet, also of a shut gate. -EALREADY: had it before. */
static int count_arrival(struct source *s, const struct rtp_view *pkt, enum codec codec, int64_t now_us)
{
	s->arrived_us = now_us;
	if (s->began_us == 0 || s->ssrc != pkt->ssrc || s->codec != codec ||
	    !reception_packet(&s->reception, pkt->seq, pkt->timestamp, now_us))
		return begin_stream(s, pkt, codec, now_us);
	s->newest_seq = (uint16_t)s->reception.highest;
	/* What the ring cannot hold beside the newest would take the place of one that waits there. */
	if ((uint16_t)(s->newest_seq - pkt->seq) >= ring_span(s->ring))
		return -EALREADY;
	return ring_find(s->ring, pkt->seq) ? -EALREADY : 0;
}

/* A repeat fills a hole among the kept packets of the stream as it is now; it never leads or restarts it. */
static int count_repeat(struct source *s, const struct rtp_view *pkt, enum codec codec, int64_t now_us)
{
	if (s->began_us == 0 || s->codec != codec || (uint16_t)(s->newest_seq - pkt->seq) >= ring_span(s->ring))
		return -EALREADY;
	reception_repaired(&s->reception, pkt->seq, now_us);
	return ring_find(s->ring, pkt->seq) ? -EALREADY : 0;
}

/* Older than the newest, or it: its number with its turns. */
static uint32_t extended(const struct source *s, uint16_t seq)
{
	return s->reception.highest - (uint16_t)(s->newest_seq - seq);
}

/* What leads is kept; of what is late that only which belongs to what was let in. */
static void take_in(struct source *s, const struct rtp_view *pkt, bool red, int64_t now_us)
{
	if (extended(s, pkt->seq) < s->open_from)
		return;
	keep(s, pkt, red, now_us);
	if (pkt->seq != s->newest_seq)
		for (size_t i = s->slots.n; i-- > 0;)
			slot_on_late(s->slots.slots[i], s, pkt->seq);
}

/* A hole for which a frame's time fits, between its neighbours as far as they are there: a sender's pause may lie between two numbers. */
static bool is_hole(const struct source *s, uint16_t seq, uint32_t rtp)
{
	const struct kept_packet *before = ring_find(s->ring, (uint16_t)(seq - 1)), *behind = ring_find(s->ring, (uint16_t)(seq + 1));

	return (uint16_t)(s->newest_seq - seq) < ring_span(s->ring) && extended(s, seq) >= MAX(s->reception.base, s->open_from) && !ring_find(s->ring, seq) &&
	       (!before || (int32_t)(rtp - before->timestamp) > 0) && (!behind || (int32_t)(behind->timestamp - rtp) > 0);
}

/* The frames that go along with a packet are those of the packets before it: where these are missing, they are had nevertheless. */
static void fill_holes(struct source *s, const struct rtp_view *pkt, int64_t now_us)
{
	struct red_block blocks[RED_MAX_BLOCKS];
	size_t n = red_read(blocks, pkt->payload, pkt->payload_len);
	struct rtp_view frame = *pkt;

	for (size_t back = 1; back < n; back++) {
		const struct red_block *b = &blocks[n - 1 - back];

		frame.seq = (uint16_t)(pkt->seq - back);
		frame.timestamp = pkt->timestamp - b->offset_rtp;
		frame.payload = b->data;
		frame.payload_len = b->len;
		frame.marker = false;
		if (b->len == 0 || !is_hole(s, frame.seq, frame.timestamp))
			continue;
		reception_repaired(&s->reception, frame.seq, 0);
		take_in(s, &frame, false, now_us);
		counters_add(s->track->up->counters, COUNT_RED_FILLED, 1);
	}
}

static void become_fresh(struct source *s)
{
	if (s->is_fresh || s->slots.n == 0)
		return;
	s->is_fresh = true;
	s->next_fresh = *s->track->up->fresh;
	*s->track->up->fresh = s;
}

int source_receive(struct source *s, const struct rtp_view *pkt, enum codec codec, bool repaired, int64_t now_us)
{
	bool red = codec == CODEC_RED;
	int r = repaired ? count_repeat(s, pkt, codec, now_us) : count_arrival(s, pkt, red ? CODEC_OPUS : codec, now_us);

	if (r < 0)
		return r == -EALREADY ? 0 : r;
	s->rate_bytes += (uint32_t)pkt->payload_len;
	if (!repaired && pkt->seq == s->newest_seq)
		source_clock_packet(&s->clock, pkt->timestamp, now_us);
	if (!s->track->gate) {
		counters_add(s->track->up->counters, COUNT_DROP_GATE, 1);
		return 0;
	}
	if (pkt->payload_len > 0)
		note_voice(s, pkt, now_us);
	take_in(s, pkt, red, now_us);
	if (red)
		fill_holes(s, pkt, now_us);
	if (pkt->marker && pkt->seq == s->newest_seq && !repaired && !codec_is_audio(s->codec) && s->track->up->frames)
		frame_clock_picture(s->track->up->frames, s, s->slots.n, pkt->timestamp);
	if (!codec_is_audio(s->codec) && payload_starts_keyframe(codec, pkt->payload, pkt->payload_len))
		note_keyframe(s, pkt, now_us);
	become_fresh(s);
	return 0;
}

void source_forward(struct source *s, int64_t now_us)
{
	s->is_fresh = false;
	for (size_t i = s->slots.n; i-- > 0;) {
		/* Two thousand slots are in no cache. */
		if (i >= 2 * PREFETCH_SLOTS)
			__builtin_prefetch(s->slots.slots[i - 2 * PREFETCH_SLOTS]);
		if (i >= PREFETCH_SLOTS)
			__builtin_prefetch(s->slots.slots[i - PREFETCH_SLOTS]->down);
		slot_on_fresh(s->slots.slots[i], s, now_us);
	}
}

void source_sender_report(struct source *s, uint64_t ntp, uint32_t rtp, int64_t now_us)
{
	struct sender_clock *clock = &s->track->up->clock;

	reception_sender_report(&s->reception, ntp, now_us);
	/* Some senders begin with an NTP time of 0: not a time. */
	if (ntp == 0)
		return;
	if (sender_clock_report(clock, wall_us_from_ntp(ntp), now_us))
		source_clock_report(&s->clock, clock, rtp, wall_us_from_ntp(ntp));
}

void source_on_gate(struct source *s, bool open, int64_t now_us)
{
	if (open) {
		reception_forgive(&s->reception);
		s->open_from = s->reception.highest + 1;
		if (!codec_is_audio(s->codec) && s->slots.n > 0)
			source_want_keyframe(s, now_us);
		return;
	}
	/* What was kept from before is not to be replayed after. */
	s->has_keyframe = false;
	ring_clear(s->ring);
	set_speaking(s, false);
	for (size_t i = s->slots.n; i-- > 0;)
		slot_on_stream_end(s->slots.slots[i], s, now_us);
}

static void ask_keyframe(struct source *s, int64_t now_us)
{
	const struct uplink *up = s->track->up;

	if (s->track->gate && keyframe_ask(&s->keyframe, now_us, up->rtt_us))
		up->ask_keyframe(s);
}

void source_want_keyframe(struct source *s, int64_t now_us)
{
	keyframe_want(&s->keyframe);
	ask_keyframe(s, now_us);
}

static uint32_t bps_of(uint32_t bytes, int64_t span_us, uint32_t before)
{
	uint32_t bps = (uint32_t)MIN((int64_t)bytes * 8 * 1000000 / span_us, (int64_t)UINT32_MAX);

	return before == 0 || bps == 0 ? bps : before / 2 + bps / 2;
}

static void measure_layers(struct layered *l, int64_t span_us)
{
	uint32_t bytes = 0, half = 0;

	for (int i = 0; i < MAX_LAYERS; i++) {
		bytes += l->bytes[i];
		half += l->half_bytes[i];
		l->bps[i] = l->bytes[i] ? bps_of(bytes, span_us, l->bps[i]) : 0;
		l->half_bps[i] = half < bytes && l->bytes[i] ? bps_of(half, span_us, l->half_bps[i]) : 0;
		l->bytes[i] = l->half_bytes[i] = 0;
	}
}

unsigned source_layers(const struct source *s)
{
	return s->layered.seen > 1 ? 32 - (unsigned)__builtin_clz(s->layered.seen) : 1;
}

uint8_t source_top(const struct source *s)
{
	uint8_t top = MAX_LAYERS - 1;

	while (top > 0 && s->layered.bps[top] == 0)
		top--;
	return top;
}

static void measure(struct source *s, int64_t now_us)
{
	int64_t span_us = now_us - s->rate_since_us;
	bool halves = s->half_bytes < s->rate_bytes;

	if (span_us < RATE_WINDOW_US)
		return;
	s->bps = bps_of(s->rate_bytes, span_us, s->bps);
	s->half_bps = halves ? bps_of(s->half_bytes, span_us, s->half_bps) : 0;
	s->rate_bytes = s->half_bytes = 0;
	if (s->codec == CODEC_VP9)
		measure_layers(&s->layered, span_us);
	s->rate_since_us = now_us;
}

/* What will not come any more spoils each picture up to the next keyframe, and receivers wait for three seconds before they say so. */
static void heal(struct source *s, int64_t now_us)
{
	uint16_t lost;

	if (!reception_gave_up(&s->reception, &lost) || codec_is_audio(s->codec) || (s->has_keyframe && seq_newer(s->keyframe_seq, lost)))
		return;
	if (s->slots.n > 0 || s->track->readers)
		source_want_keyframe(s, now_us);
}

void source_tick(struct source *s, int64_t now_us)
{
	heal(s, now_us);
	ask_keyframe(s, now_us);
	measure(s, now_us);
	if (s->speaking && now_us - s->loud_us > VOICE_HOLD_US)
		set_speaking(s, false);
}

bool source_has_fresh_keyframe(const struct source *s, int64_t now_us)
{
	return s->has_keyframe && now_us - s->keyframe.came_us <= KEYFRAME_KEPT_US && ring_find(s->ring, s->keyframe_seq);
}
