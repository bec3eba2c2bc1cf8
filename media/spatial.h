/*
 * Which layers of a VP9 stream go to one receiver (RFC 9628): all spatial layers up to the wanted one, since in most modes each needs
 * those below it, and of them the pictures of temporal layers up to the wanted one. What is decided as a picture begins holds for all
 * of it. Down at the next picture. Up only where the stream allows: a spatial layer in a picture where it needs none before, in most
 * modes a keyframe; temporal layers behind a switching-up point. Pure.
 */
#ifndef HUITANG_MEDIA_SPATIAL_H
#define HUITANG_MEDIA_SPATIAL_H

#include <stdbool.h>
#include <stdint.h>

struct temporal;                /* temporal.h */
struct vp9_descriptor;          /* payload.h */

/* Embedded; spatial_begin() before use. */
struct spatial {
	uint8_t wanted;         /* highest layer that shall go; written by whoever decides */
	uint8_t aim;            /* that, as the picture began */
	uint8_t highest;        /* that goes now */
	uint8_t before;         /* that went of the picture before */
	bool begun;
	bool key;               /* the picture needs none before it */
	uint32_t picture_rtp;
};

/** Another source, or the same anew: it begins with a keyframe. */
void spatial_begin(struct spatial *s);

/** True when the packet goes. In the order of sending; repeats are not asked about. */
bool spatial_admits(struct spatial *s, struct temporal *t, const struct vp9_descriptor *d, uint32_t rtp);

/** The same of a packet that comes later than some behind it. */
bool spatial_admits_late(struct spatial *s, struct temporal *t, const struct vp9_descriptor *d, uint32_t rtp);

/** True when the packet is the last that goes of its picture, though the sender has more of it. */
bool spatial_ends_picture(const struct spatial *s, const struct vp9_descriptor *d);

/** True when what is missing between two packets, which both were asked about, would have stayed out like the first or as it ends its picture. */
bool spatial_hides(const struct spatial *s, const struct temporal *t, const struct vp9_descriptor *from, uint32_t from_rtp,
                   const struct vp9_descriptor *to, uint32_t to_rtp);

#endif
