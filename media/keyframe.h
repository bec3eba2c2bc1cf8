/*
 * When a keyframe is asked of a source: the first request at once, one in flight, then spaced (media.md, Switching). A request that
 * brings nothing is repeated after one and a half round trips, then ever later up to the spacing: some senders give keyframes in their
 * own time only. Pure.
 */
#ifndef HUITANG_MEDIA_KEYFRAME_H
#define HUITANG_MEDIA_KEYFRAME_H

#include <stdbool.h>
#include <stdint.h>

#define KEYFRAME_RETRY_US 200000        /* shortest wait for an asked keyframe before asking again */

struct keyframe_asker {
	int64_t spacing_us;     /* between requests that were answered */
	bool wanted;            /* somebody waits */
	bool in_flight;         /* asked, not yet come */
	uint8_t tries;          /* asked in vain since the last came */
	int64_t asked_us;       /* 0: never */
	int64_t came_us;        /* start of the newest keyframe, 0: none */
};

/**
 * How far apart keyframes of a simulcast layer are asked for, by how many layers lie above it: 1 s for the top one (or an only one),
 * 500 ms below it, 300 ms for the third: the smaller the picture, the cheaper its keyframes and the more slots change to it.
 */
int64_t keyframe_spacing_us(unsigned layers_above);

void keyframe_init(struct keyframe_asker *k, int64_t spacing_us);

/** Somebody needs a keyframe. */
void keyframe_want(struct keyframe_asker *k);

/** True when a request must leave now; counts it as sent. `rtt_us`: round trip to the source. */
bool keyframe_ask(struct keyframe_asker *k, int64_t now_us, int64_t rtt_us);

/** A keyframe began to arrive. */
void keyframe_came(struct keyframe_asker *k, int64_t now_us);

#endif
