/* See vp8_rewrite.h. */
#include "media/vp8_rewrite.h"

#include <string.h>

#include "media/base/bytes.h"
#include "media/payload.h"

#define PICTURE_ID_MASK 0x7fff
#define KEYIDX_MASK 0x1f

void vp8_rewrite_switch(struct vp8_rewrite *r, const struct vp8_descriptor *d)
{
	if (d->len == 0 || !r->has_last)
		return;
	r->rewriting = true;
	r->picture_id_delta = (uint16_t)(r->last_picture_id + 1 - d->picture_id) & PICTURE_ID_MASK;
	r->tl0picidx_delta = (uint8_t)(r->last_tl0picidx + 1 - d->tl0picidx);
	r->keyidx_delta = (uint8_t)(r->last_keyidx + 1 - d->keyidx) & KEYIDX_MASK;
}

static void note_newest(struct vp8_rewrite *r, uint16_t picture_id, uint8_t tl0picidx, uint8_t keyidx)
{
	if (r->has_last && ((picture_id - r->last_picture_id) & PICTURE_ID_MASK) > PICTURE_ID_MASK / 2)
		return;
	r->has_last = true;
	r->last_picture_id = picture_id;
	r->last_tl0picidx = tl0picidx;
	r->last_keyidx = keyidx;
}

/* Seven bits stand for the picture nearest to the newest. */
static uint16_t whole_picture_id(const struct vp8_rewrite *r, const struct vp8_descriptor *d)
{
	uint16_t newest = (uint16_t)(r->last_picture_id - r->picture_id_delta);

	if (d->wide_picture_id || !r->has_last)
		return d->picture_id;
	return (uint16_t)(newest + (int8_t)((uint8_t)(d->picture_id - newest) << 1) / 2);
}

size_t vp8_rewrite_write(struct vp8_rewrite *r, uint8_t *out, const struct vp8_descriptor *d, const uint8_t *payload, size_t len,
                         bool newest)
{
	uint16_t picture_id;
	uint8_t tl0picidx, keyidx;
	size_t grown = 0;

	if (d->len == 0 || d->picture_id_at == 0) {
		memcpy(out, payload, len);
		return len;
	}
	picture_id = (uint16_t)(whole_picture_id(r, d) + r->picture_id_delta) & PICTURE_ID_MASK;
	tl0picidx = (uint8_t)(d->tl0picidx + r->tl0picidx_delta);
	keyidx = (uint8_t)(d->keyidx + r->keyidx_delta) & KEYIDX_MASK;
	if (newest)
		note_newest(r, picture_id, tl0picidx, keyidx);
	if (!r->rewriting) {
		memcpy(out, payload, len);
		return len;
	}
	memcpy(out, payload, d->picture_id_at);
	grown = d->wide_picture_id ? 0 : 1;
	write_u16(out + d->picture_id_at, 0x8000 | picture_id);
	memcpy(out + d->picture_id_at + 2, payload + d->picture_id_at + 2 - grown, len - (d->picture_id_at + 2 - grown));
	if (d->tl0picidx_at)
		out[d->tl0picidx_at + grown] = tl0picidx;
	if (d->tid_keyidx_at)
		out[d->tid_keyidx_at + grown] = (uint8_t)((out[d->tid_keyidx_at + grown] & ~KEYIDX_MASK) | keyidx);
	return len + grown;
}
