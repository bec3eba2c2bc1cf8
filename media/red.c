/* See red.h. */
#include "media/red.h"

#include <string.h>

#include "media/base/bytes.h"

#define HEADER_BYTES 4                  /* of a redundant block: F, payload type, 14 bits of offset, 10 of length */

/* Length of the headers, that of the primary with them, and of the redundant blocks; false: they do not fit. */
static bool measure(const uint8_t *payload, size_t len, size_t *ret_n, size_t *ret_headers)
{
	size_t at = 0, n = 0, sum = 0;

	for (; at < len && payload[at] & 0x80; at += HEADER_BYTES, n++) {
		if (len - at < HEADER_BYTES)
			return false;
		sum += read_u16(payload + at + 2) & RED_MAX_BLOCK_BYTES;
	}
	*ret_n = n;
	*ret_headers = at + 1;
	return at + 1 + sum < len;
}

size_t red_read(struct red_block ret[RED_MAX_BLOCKS], const uint8_t *payload, size_t len)
{
	size_t redundant, at, kept = 0;

	if (!measure(payload, len, &redundant, &at))
		return 0;
	for (size_t i = 0; i < redundant; i++) {
		uint32_t head = read_u32(payload + i * HEADER_BYTES);
		struct red_block b = { .offset_rtp = head >> 10 & RED_MAX_OFFSET_RTP, .len = head & RED_MAX_BLOCK_BYTES, .data = payload + at };

		at += b.len;
		if (redundant - i < RED_MAX_BLOCKS)
			ret[kept++] = b;
	}
	ret[kept++] = (struct red_block){ .len = (uint16_t)(len - at), .data = payload + at };
	return kept;
}

static bool fits(const struct red_block *blocks, size_t n, size_t size)
{
	size_t need = 1;

	for (size_t i = 0; i < n; i++) {
		need += blocks[i].len + (i + 1 < n ? HEADER_BYTES : 0);
		if (i + 1 < n && (blocks[i].offset_rtp > RED_MAX_OFFSET_RTP || blocks[i].len > RED_MAX_BLOCK_BYTES))
			return false;
	}
	return need <= size;
}

size_t red_write(uint8_t *out, size_t size, uint8_t pt, const struct red_block *blocks, size_t n)
{
	size_t at = 0;

	if (!fits(blocks, n, size))
		return 0;
	for (size_t i = 0; i + 1 < n; i++, at += HEADER_BYTES)
		write_u32(out + at, 0x80000000u | (uint32_t)pt << 24 | (uint32_t)blocks[i].offset_rtp << 10 | blocks[i].len);
	out[at++] = pt;
	for (size_t i = 0; i < n; at += blocks[i].len, i++)
		memcpy(out + at, blocks[i].data, blocks[i].len);
	return at;
}
