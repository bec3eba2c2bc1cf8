/* See vp9.h. */
#include "vp9.h"

#include <errno.h>
#include <string.h>

#include "bytes.h"

enum { HAS_PICTURE_ID = 0x80, INTER_PICTURE = 0x40, HAS_LAYERS = 0x20, BEGINS = 0x08, ENDS = 0x04, HAS_STRUCTURE = 0x02, FLEXIBLE = 0x10 };

static const uint8_t structure[] = { /* three layers with their sizes, no groups */
	(VP9_LAYERS - 1) << 5 | 0x10, 0x01, 0x40, 0x00, 0xb4, 0x02, 0x80, 0x01, 0x68, 0x05, 0x00, 0x02, 0xd0,
};

uint8_t vp9_tid(uint32_t frame)
{
	static const uint8_t tids[VP9_PATTERN] = { 0, 2, 1, 2 };

	return tids[frame % VP9_PATTERN];
}

unsigned vp9_needs(uint32_t frame)
{
	static const uint8_t back[VP9_PATTERN] = { 4, 1, 2, 1 };

	return back[frame % VP9_PATTERN];
}

void vp9_begin_pattern(uint32_t *frame, uint16_t *first_picture_id)
{
	uint32_t ahead = (VP9_PATTERN - *frame % VP9_PATTERN) % VP9_PATTERN;

	*frame += ahead;
	*first_picture_id = (uint16_t)(*first_picture_id - ahead);
}

uint8_t vp9_tl0(uint32_t frame)
{
	return (uint8_t)(frame / VP9_PATTERN);
}

size_t vp9_write_descriptor(uint8_t *out, const struct mark *m, uint16_t picture_id)
{
	bool sizes = m->key && !m->packet;
	size_t n = 5;

	out[0] = (uint8_t)(HAS_PICTURE_ID | HAS_LAYERS | (m->key ? 0 : INTER_PICTURE) | (m->begins ? BEGINS : 0) |
	                   (m->packet + 1 == m->count ? ENDS : 0) | (sizes ? HAS_STRUCTURE : 0));
	put16(out + 1, 0x8000u | picture_id);
	out[3] = (uint8_t)(vp9_tid(m->frame) << 5 | 0x10 | m->layer << 1 | (m->key && m->layer));
	out[4] = vp9_tl0(m->frame);
	if (sizes) {
		memcpy(out + n, structure, sizeof(structure));
		n += sizeof(structure);
	}
	return n;
}

void vp9_renumber(uint8_t *descriptor, const struct descriptor_seen *seen)
{
	put16(descriptor + 1, 0x8000u | seen->picture_id);
	descriptor[4] = seen->tl0;
}

int vp9_read_descriptor(struct descriptor_seen *ret, const uint8_t *d, size_t len)
{
	size_t n = 5;

	if (len < n || (d[0] & (HAS_PICTURE_ID | HAS_LAYERS | FLEXIBLE)) != (HAS_PICTURE_ID | HAS_LAYERS) || !(d[1] & 0x80))
		return -EBADMSG;
	n += d[0] & HAS_STRUCTURE ? sizeof(structure) : 0;
	*ret = (struct descriptor_seen){ .len = (uint8_t)n, .start = d[0] & BEGINS, .has_picture_id = true, .picture_id = get16(d + 1) & 0x7fff,
		                         .has_tl0 = true, .tl0 = d[4] };
	return n < len ? 0 : -EBADMSG;
}
