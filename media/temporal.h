/*
 * Which pictures of a VP8 stream with temporal layers go to one receiver, where fewer a second are enough. The base layer always goes;
 * a higher layer comes back at a picture that needs only the base layer (layer sync, RFC 7741 §4.2). What is decided at a picture's
 * first packet holds for all of it. Numbers stay as they are: receivers with TL0PICIDX take a gap in picture ids of the higher layers
 * for what it is, as long as the RTP sequence is whole. Pure.
 */
#ifndef HUITANG_MEDIA_TEMPORAL_H
#define HUITANG_MEDIA_TEMPORAL_H

#include <stdbool.h>
#include <stdint.h>

#define TEMPORAL_ALL 3          /* the highest number of a layer */

struct vp8_descriptor;          /* payload.h */

/* Embedded. Begin with `wanted` and `highest` the same. */
struct temporal {
	uint8_t wanted;         /* highest layer that shall go; written by whoever decides */
	uint8_t highest;        /* that goes now */
};

/** True when the packet with this descriptor goes. `keyframe`: it is of one. In the order of sending; repeats are not asked about. */
bool temporal_admits(struct temporal *t, const struct vp8_descriptor *d, bool keyframe);

#endif
