/*
 * Keeps the picture numbers of VP8 and VP9 continuous in one slot while its source changes (RFC 7741 §4.2, RFC 9628 §4.2; media.md,
 * Switching). The first source passes unchanged; after a switch picture ids are 15-bit. Sources without picture ids always pass
 * unchanged. Pure.
 */
#ifndef HUITANG_MEDIA_PICTURE_REWRITE_H
#define HUITANG_MEDIA_PICTURE_REWRITE_H

#include "media/payload.h"

struct picture_rewrite {
	bool rewriting;         /* a switch has happened */
	bool has_last;
	uint16_t last_picture_id;       /* newest sent */
	uint8_t last_tl0picidx;
	uint8_t last_keyidx;            /* VP8 */
	uint16_t picture_id_delta;      /* of the present source */
	uint8_t tl0picidx_delta;
	uint8_t keyidx_delta;
};

/** The slot changes over to a source whose first packet has this descriptor. */
void vp8_rewrite_switch(struct picture_rewrite *r, const struct vp8_descriptor *d);

/**
 * Copies a payload, whose descriptor was read before, with its numbers rewritten; at most one byte longer. `newest`: it is not a
 * repeat, so the numbers count as sent. With `d->len` 0 (it could not be read) it is copied as it is. Returns the length; `out`
 * has room for len + 1.
 */
size_t vp8_rewrite_write(struct picture_rewrite *r, uint8_t *out, const struct vp8_descriptor *d, const uint8_t *payload, size_t len,
                         bool newest);

/** The same for VP9. */
void vp9_rewrite_switch(struct picture_rewrite *r, const struct vp9_descriptor *d);
size_t vp9_rewrite_write(struct picture_rewrite *r, uint8_t *out, const struct vp9_descriptor *d, const uint8_t *payload, size_t len,
                         bool newest);

#endif
