/* See vp9.h. */
#include "media/vp9.h"

#include <errno.h>
#include <string.h>

#include "media/base/bytes.h"

#define MAX_REFERENCES 3
#define MAX_PIXELS 0x4000       /* to a side */

enum flag { HAS_PICTURE_ID = 0x80, INTER_PICTURE = 0x40, HAS_LAYERS = 0x20, FLEXIBLE = 0x10, BEGINS = 0x08, ENDS = 0x04, HAS_STRUCTURE = 0x02 };

/* The part of the descriptor that is read next. */
struct cursor {
	const uint8_t *payload;
	size_t len, at;
};

static bool take(struct cursor *c, size_t n)
{
	if (n > c->len - c->at)
		return false;
	c->at += n;
	return true;
}

static bool read_picture_id(struct vp9_descriptor *ret, struct cursor *c)
{
	const uint8_t *p = c->payload + c->at;

	ret->picture_id_at = (uint8_t)c->at;
	if (!take(c, 1))
		return false;
	ret->wide_picture_id = p[0] & 0x80;
	if (ret->wide_picture_id && !take(c, 1))
		return false;
	ret->picture_id = ret->wide_picture_id ? read_u16(p) & 0x7fff : p[0];
	return true;
}

static bool read_layers(struct vp9_descriptor *ret, struct cursor *c, bool flexible)
{
	const uint8_t *p = c->payload + c->at;
	uint8_t sid;

	if (!take(c, flexible ? 1 : 2))
		return false;
	sid = p[0] >> 1 & 7;
	if (sid >= MAX_LAYERS)
		return false;
	ret->tid = p[0] >> 5 & 7;
	ret->switching_up = p[0] & 0x10;
	ret->sid = sid & 3;
	ret->inter_layer = p[0] & 1;
	if (!flexible) {
		ret->tl0picidx_at = (uint8_t)(c->at - 1);
		ret->tl0picidx = p[1];
	}
	return true;
}

/* P_DIFF, the last of them without its N bit. */
static bool skip_references(struct cursor *c)
{
	for (int i = 0; i < MAX_REFERENCES; i++) {
		if (!take(c, 1))
			return false;
		if (!(c->payload[c->at - 1] & 1))
			return true;
	}
	return false;
}

/* Pictures of the group: each with up to three references. */
static bool skip_group(struct cursor *c)
{
	size_t n;

	if (!take(c, 1))
		return false;
	n = c->payload[c->at - 1];
	while (n-- > 0)
		if (!take(c, 1) || !take(c, c->payload[c->at - 1] >> 2 & 3))
			return false;
	return true;
}

static bool read_structure(struct vp9_descriptor *ret, struct cursor *c)
{
	uint8_t head, n;

	if (!take(c, 1))
		return false;
	head = c->payload[c->at - 1];
	n = (uint8_t)((head >> 5) + 1);
	if (n > MAX_LAYERS)
		return false;
	ret->n_spatial = n & 3;
	if (head & 0x10) {
		ret->sizes_at = (uint8_t)c->at;
		if (!take(c, 4u * ret->n_spatial))
			return false;
	}
	return !(head & 0x08) || skip_group(c);
}

int vp9_parse(struct vp9_descriptor *ret, const uint8_t *payload, size_t len)
{
	struct cursor c = { payload, len, 1 };
	uint8_t flags;
	bool ok = true;

	if (len < 1)
		return -EBADMSG;
	flags = payload[0];
	*ret = (struct vp9_descriptor){ .begins = flags & BEGINS, .ends = flags & ENDS, .inter_picture = flags & INTER_PICTURE };
	if (flags & HAS_PICTURE_ID)
		ok = read_picture_id(ret, &c);
	if (ok && flags & HAS_LAYERS)
		ok = read_layers(ret, &c, flags & FLEXIBLE);
	if (ok && (flags & (FLEXIBLE | INTER_PICTURE)) == (FLEXIBLE | INTER_PICTURE))
		ok = skip_references(&c);
	if (ok && flags & HAS_STRUCTURE)
		ok = read_structure(ret, &c);
	if (!ok)
		return -EBADMSG;
	ret->len = (uint16_t)c.at;
	return 0;
}

static bool take_size(struct picture_size *ret, uint32_t width, uint32_t height)
{
	if (!width || !height || width > MAX_PIXELS || height > MAX_PIXELS)
		return false;
	*ret = (struct picture_size){ (uint16_t)width, (uint16_t)height };
	return true;
}

/*
 * The uncompressed header of a shown keyframe of profile 0: marker, profile and type in the first byte, the sync code, 3 bits of colour
 * space and 1 of its range, then 16 bits each of width and height less one (VP9 bitstream specification §6.2).
 */
static bool size_in_header(const uint8_t *at, size_t len, struct picture_size *ret)
{
	static const uint8_t sync_code[] = { 0x49, 0x83, 0x42 };

	if (len < 9 || (at[0] & 0xfc) != 0x80 || memcmp(at + 1, sync_code, sizeof(sync_code)) != 0)
		return false;
	return take_size(ret, ((at[4] & 0x0fu) << 12 | (uint32_t)at[5] << 4 | at[6] >> 4) + 1,
	                 ((at[6] & 0x0fu) << 12 | (uint32_t)at[7] << 4 | at[8] >> 4) + 1);
}

bool vp9_layer_size(const struct vp9_descriptor *d, uint8_t sid, const uint8_t *payload, size_t len, struct picture_size *ret)
{
	if (d->sizes_at && sid < d->n_spatial)
		return take_size(ret, read_u16(payload + d->sizes_at + 4u * sid), read_u16(payload + d->sizes_at + 4u * sid + 2));
	return sid == 0 && !d->sizes_at && d->begins && vp9_is_key(d) && size_in_header(payload + d->len, len - d->len, ret);
}
