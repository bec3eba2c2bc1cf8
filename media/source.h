/*
 * One stream that a seat sends, a layer of its track: reception, clock, kept packets, keyframes, voice; and the slots that it feeds.
 * Packets are put into the ring first; once a batch of datagrams is through, the slots are told (source_forward), so that what
 * belongs together leaves together. Media thread only.
 */
#ifndef HUITANG_MEDIA_SOURCE_H
#define HUITANG_MEDIA_SOURCE_H

#include "media/keyframe.h"
#include "media/packet_ring.h"
#include "media/reception.h"
#include "media/slot_list.h"
#include "media/track.h"

/* What is known of the spatial layers of one stream (VP9), the lowest first; each counts with those below it. */
struct layered {
	uint8_t seen;                   /* bits; two and more: it is a stream of several layers */
	uint8_t highest_tid;            /* temporal layer that came */
	uint16_t height_px[MAX_LAYERS];
	uint32_t bps[MAX_LAYERS], half_bps[MAX_LAYERS]; /* as the source's own; 0: it does not flow */
	uint32_t bytes[MAX_LAYERS], half_bytes[MAX_LAYERS]; /* of it alone */
};

struct source {
	struct track *track;            /* given: owns us */
	uint8_t layer;                  /* 0 the lowest */
	enum codec codec;               /* CODEC_OPUS also for RED */
	uint32_t ssrc;                  /* of the stream now received */
	int64_t began_us;               /* when that stream did */
	int64_t arrived_us;             /* its newest packet */
	struct reception reception;
	struct source_clock clock;
	struct packet_ring *ring;       /* owned */
	struct keyframe_asker keyframe;
	uint32_t open_from;             /* extended number; what was sent before the gate opened stays outside, however late it comes */
	bool has_keyframe;
	uint16_t keyframe_seq;          /* first packet of the newest keyframe */
	uint32_t keyframe_rtp;
	uint16_t newest_seq;            /* of the stream, also behind a shut gate */
	uint16_t onset_seq;             /* the packet with which the present speech began */
	bool speaking;
	int64_t loud_us;
	uint32_t keyframes;             /* since it began */
	uint16_t height_px;             /* of its pictures, 0 not known */
	uint32_t bps;                   /* of payload, over the last half second or so */
	uint32_t half_bps;              /* without the pictures of higher temporal layers; 0: there are none */
	uint32_t rate_bytes, half_bytes;
	int64_t rate_since_us;
	bool is_fresh;                  /* in the worker's list */
	struct source *next_fresh;
	struct slot_list slots;         /* each that has us as current or pending */
	struct layered layered;
};

/** Several spatial layers come, or came, in this one stream. */
static inline bool source_is_layered(const struct source *s)
{
	return s->layered.seen > 1;
}

/** How many they are, at least 1. */
unsigned source_layers(const struct source *s);

/** The highest of them that flows now. */
uint8_t source_top(const struct source *s);

/** The first packet of a layer has come. Owns: *ret is the caller's. Errors: -ENOMEM. */
int source_create(struct source **ret, struct track *track, uint8_t layer, enum codec codec);

/** Takes itself out of all slots and of the fresh ones. */
struct source *source_destroy(struct source *s);

/**
 * An authenticated packet of a known codec; `repaired`: it came by RTX. Another SSRC or codec, or numbers more than 3,000 off, begin
 * the stream anew, at most four times a second. Errors: -EBUSY: too soon for that, the packet is dropped. -ENOMEM.
 */
int source_receive(struct source *s, const struct rtp_view *pkt, enum codec codec, bool repaired, int64_t now_us);

/** Tells the slots what has come since the last time. By the worker, for each of its fresh sources. */
void source_forward(struct source *s, int64_t now_us);

void source_sender_report(struct source *s, uint64_t ntp, uint32_t rtp, int64_t now_us);

/** The track's gate has shut or opened. */
void source_on_gate(struct source *s, bool open, int64_t now_us);

/** Somebody needs a keyframe: asks for it as soon as the rules allow (keyframe.h). */
void source_want_keyframe(struct source *s, int64_t now_us);

/** Repeats requests that were held back, ends a voice, measures. Each 50 ms. */
void source_tick(struct source *s, int64_t now_us);

/** True when the newest keyframe and all behind it are kept and at most 1 s old. */
bool source_has_fresh_keyframe(const struct source *s, int64_t now_us);

#endif
