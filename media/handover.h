/*
 * What a worker hands over to others that show its tracks: each kept packet once a reader, and in the same order what becomes of the
 * gate and the layers. mirror.h is the other side. Thread: the track's worker.
 *
 *   reader's mirror ── order: subscribe, with a serial number ──► track
 *                   ◄── state (that serial), kept packets, packets … state … packets ──
 *                   ── orders: keyframe, wanted layers (at first all), unsubscribe ──►
 *                   ◄── order: gone ── when the path closes
 *
 * A packet that finds its relay full is lost for that reader, like on any line. State that finds no room even in the relay's reserve
 * is sent again at the next tick, and until then no packets.
 */
#ifndef HUITANG_MEDIA_HANDOVER_H
#define HUITANG_MEDIA_HANDOVER_H

#include "media/base/counters.h"
#include "media/exchange.h"
#include "media/media.h"
#include "media/packet_ring.h"
#include "media/rtp.h"

struct source;
struct track;

enum handover_type { HANDOVER_STATE, HANDOVER_PACKET };

/* A record of a relay. A packet's payload stands behind it. */
struct handover_record {
	struct path_id path;            /* whose track */
	uint8_t kind;                   /* enum source_kind */
	uint8_t type;                   /* enum handover_type */
	union {
		struct {
			uint32_t serial;        /* which subscription it answers; 0: that one that is known */
			uint32_t number;        /* CSRC */
			uint8_t n_layers;
			bool gate;
		} state;
		struct {
			uint8_t layer;
			uint8_t codec;          /* enum codec, as it came */
			uint8_t audio_level;    /* with the V bit as its top bit; 127 also for none */
			bool has_audio_level;
			bool marker;
			uint16_t seq;
			uint16_t payload_len;
			uint32_t timestamp;
			uint32_t ssrc;
			int64_t capture_us;
			int64_t arrival_us;
		} packet;
	};
};

/* What the tracks of a worker hand over with. */
struct handover {
	struct exchange *exchange;      /* given */
	struct counters *counters;      /* given */
	uint16_t worker;                /* ours */
};

/** Another worker shows the track from now on. The newest keyframe and what follows it go ahead. */
void handover_subscribe(struct track *t, uint16_t reader, uint32_t serial, int64_t now_us);
void handover_unsubscribe(struct track *t, uint16_t reader);

/** Which layers a reader's slots want, as MEDIA_LAYERS tells it; all are handed over nevertheless. */
void handover_want(struct track *t, uint16_t reader, uint8_t mask);

/** A packet was kept. */
void handover_packet(const struct source *s, const struct rtp_view *pkt, enum codec codec, const struct kept_packet *kept);

/** The gate or the number of layers has changed. */
void handover_state(struct track *t);

/** Sends again what had no room. Each 50 ms. */
void handover_tick(struct track *t);

/** The track ends. */
void handover_gone(struct track *t);

#endif
