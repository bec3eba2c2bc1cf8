/*
 * VP9 as the endpoint sends it: one stream of spatial layers, as Chromium's L3T3_KEY. Layers above the lowest need those below only in
 * keyframes; of four pictures one is of the lowest temporal layer, one of the middle, two of the highest (payload descriptor: RFC 9628 §4.2).
 */
#ifndef ENDPOINT_VP9_H
#define ENDPOINT_VP9_H

#include "payload.h"

#define VP9_LAYERS 3
#define VP9_PATTERN 4                   /* pictures; keyframes begin one */

/** The temporal layer of a picture, and how many pictures before it the one lies that it needs. */
uint8_t vp9_tid(uint32_t frame);
unsigned vp9_needs(uint32_t frame);

/** A keyframe begins a pattern: the next frame's number leaps to one, while its picture id, frame + *first_picture_id, goes on. */
void vp9_begin_pattern(uint32_t *frame, uint16_t *first_picture_id);

/** TL0PICIDX of a sender that begins with 0. */
uint8_t vp9_tl0(uint32_t frame);

/** Writes the descriptor of a packet; keyframes say the sizes of all layers. Returns its length. */
size_t vp9_write_descriptor(uint8_t *out, const struct mark *m, uint16_t picture_id);

/** Writes the numbers that a server may rewrite as they were seen, so that all else can be compared. */
void vp9_renumber(uint8_t *descriptor, const struct descriptor_seen *seen);

/** Errors: -EBADMSG, also for descriptors of another kind than the above. */
int vp9_read_descriptor(struct descriptor_seen *ret, const uint8_t *d, size_t len);

#endif
