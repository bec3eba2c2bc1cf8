/* See picture_rewrite.h. */
#include "media/picture_rewrite.h"

#include <string.h>

#include "media/base/bytes.h"
#include "media/payload.h"

#define PICTURE_ID_MASK 0x7fff
#define KEYIDX_MASK 0x1f

/* What both descriptors have. */
struct numbers {
	uint16_t picture_id;
	bool wide;
	uint8_t picture_id_at, tl0picidx_at;
	uint8_t tl0picidx, keyidx;
};

static struct numbers vp8_numbers(const struct vp8_descriptor *d)
{
	return (struct numbers){ d->picture_id, d->wide_picture_id, d->picture_id_at, d->tl0picidx_at, d->tl0picidx, d->keyidx };
}

static struct numbers vp9_numbers(const struct vp9_descriptor *d)
{
	return (struct numbers){ d->picture_id, d->wide_picture_id, d->picture_id_at, d->tl0picidx_at, d->tl0picidx, 0 };
}

static void begin(struct picture_rewrite *r, const struct numbers *n)
{
	if (!r->has_last)
		return;
	r->rewriting = true;
	r->picture_id_delta = (uint16_t)(r->last_picture_id + 1 - n->picture_id) & PICTURE_ID_MASK;
	r->tl0picidx_delta = (uint8_t)(r->last_tl0picidx + 1 - n->tl0picidx);
	r->keyidx_delta = (uint8_t)(r->last_keyidx + 1 - n->keyidx) & KEYIDX_MASK;
}

void vp8_rewrite_switch(struct picture_rewrite *r, const struct vp8_descriptor *d)
{
	struct numbers n = vp8_numbers(d);

	if (d->len > 0)
		begin(r, &n);
}

void vp9_rewrite_switch(struct picture_rewrite *r, const struct vp9_descriptor *d)
{
	struct numbers n = vp9_numbers(d);

	begin(r, &n);
}

static void note_newest(struct picture_rewrite *r, const struct numbers *n)
{
	if (r->has_last && ((n->picture_id - r->last_picture_id) & PICTURE_ID_MASK) > PICTURE_ID_MASK / 2)
		return;
	r->has_last = true;
	r->last_picture_id = n->picture_id;
	r->last_tl0picidx = n->tl0picidx;
	r->last_keyidx = n->keyidx;
}

/* Seven bits stand for the picture nearest to the newest. */
static uint16_t whole_picture_id(const struct picture_rewrite *r, const struct numbers *n)
{
	uint16_t newest = (uint16_t)(r->last_picture_id - r->picture_id_delta);

	if (n->wide || !r->has_last)
		return n->picture_id;
	return (uint16_t)(newest + (int8_t)((uint8_t)(n->picture_id - newest) << 1) / 2);
}

/* The numbers as they leave. */
static struct numbers renumbered(struct picture_rewrite *r, const struct numbers *in, bool newest)
{
	struct numbers n = *in;

	n.picture_id = (uint16_t)(whole_picture_id(r, in) + r->picture_id_delta) & PICTURE_ID_MASK;
	n.tl0picidx = (uint8_t)(in->tl0picidx + r->tl0picidx_delta);
	n.keyidx = (uint8_t)(in->keyidx + r->keyidx_delta) & KEYIDX_MASK;
	if (newest)
		note_newest(r, &n);
	return n;
}

/* Copies with the picture id in 15 bits. Returns by how much it grew. */
static size_t write_wide(uint8_t *out, const struct numbers *n, const uint8_t *payload, size_t len)
{
	size_t grown = n->wide ? 0 : 1, behind = n->picture_id_at + 2 - grown;

	memcpy(out, payload, n->picture_id_at);
	write_u16(out + n->picture_id_at, 0x8000 | n->picture_id);
	memcpy(out + n->picture_id_at + 2, payload + behind, len - behind);
	if (n->tl0picidx_at)
		out[n->tl0picidx_at + grown] = n->tl0picidx;
	return grown;
}

size_t vp8_rewrite_write(struct picture_rewrite *r, uint8_t *out, const struct vp8_descriptor *d, const uint8_t *payload, size_t len,
                         bool newest)
{
	struct numbers n = vp8_numbers(d);
	size_t grown;

	if (d->len > 0 && d->picture_id_at)
		n = renumbered(r, &n, newest);
	if (!r->rewriting || d->len == 0 || !d->picture_id_at) {
		memcpy(out, payload, len);
		return len;
	}
	grown = write_wide(out, &n, payload, len);
	if (d->tid_keyidx_at)
		out[d->tid_keyidx_at + grown] = (uint8_t)((out[d->tid_keyidx_at + grown] & ~KEYIDX_MASK) | n.keyidx);
	return len + grown;
}

size_t vp9_rewrite_write(struct picture_rewrite *r, uint8_t *out, const struct vp9_descriptor *d, const uint8_t *payload, size_t len,
                         bool newest)
{
	struct numbers n = vp9_numbers(d);

	if (d->picture_id_at)
		n = renumbered(r, &n, newest);
	if (!r->rewriting || !d->picture_id_at) {
		memcpy(out, payload, len);
		return len;
	}
	return len + write_wide(out, &n, payload, len);
}
