/* What one path looked like in the last second: plain values, told each second as MEDIA_STATS. */
#ifndef HUITANG_MEDIA_STATS_H
#define HUITANG_MEDIA_STATS_H

#include "media/negotiated.h"

#define STATS_NO_LAYER 0xff

/* One thing that the peer sends. Fractions count in 1/256 of the packets. */
struct source_stats {
	bool sending;                   /* packets came in this second */
	uint8_t n_layers;               /* that came in this second */
	uint8_t fraction_lost;          /* of its lowest layer, before repair */
	uint32_t bps[MAX_LAYERS];       /* lowest layer first */
	uint32_t jitter_us;
	uint32_t keyframes;             /* since the path opened */
};

/* One slot towards the peer. */
struct slot_stats {
	uint8_t layer;                  /* STATS_NO_LAYER: nothing flows */
	bool suspended;                 /* for want of line */
	uint8_t fraction_lost;          /* as the peer reported, 0 unknown */
	uint32_t bps;
	uint32_t jitter_us;             /* as the peer reported */
	uint32_t repeats;               /* RTX packets in this second */
	uint32_t keyframe_requests;     /* of the peer, in this second: it could not go on */
};

struct path_stats {
	uint32_t rtt_us;                /* 0 unknown */
	uint32_t estimate_bps;          /* of the line towards the peer, 0 unknown */
	uint32_t wanted_bps;            /* 0: all that is watched goes as wanted; else what that would take, and the line holds some back */
	uint32_t sent_bps;
	uint32_t received_bps;
	uint8_t down_lost;              /* 1/256 of what we sent, from transport-wide feedback or receiver reports */
	uint8_t up_lost;                /* 1/256 of what the peer sent, before repair */
	struct source_stats sources[SOURCE_KINDS];
	uint8_t n_slots;
	struct slot_stats slots[MAX_SLOTS];
};

#endif
