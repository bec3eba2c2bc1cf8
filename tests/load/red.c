/* See red.h. */
#include "tests/load/red.h"

#include <string.h>

#include "tests/endpoint/bytes.h"

size_t red_write(uint8_t *out, uint8_t pt, const struct red_block *blocks, unsigned n)
{
	size_t at = 0;

	for (unsigned i = 0; i + 1 < n; i++, at += 4)
		put32(out + at, 0x80000000u | (uint32_t)pt << 24 | (blocks[i].offset & 0x3fff) << 10 | (blocks[i].len & 0x3ff));
	out[at++] = pt;
	for (unsigned i = 0; i < n; i++) {
		memcpy(out + at, blocks[i].data, blocks[i].len);
		at += blocks[i].len;
	}
	return at;
}

unsigned red_read(struct red_block ret[RED_BLOCKS], const uint8_t *data, size_t len)
{
	size_t at = 0, sum = 0;
	unsigned n = 0;

	for (; at < len && data[at] & 0x80; at += 4, n++) {
		if (n + 1 == RED_BLOCKS || at + 4 > len)
			return 0;
		ret[n].offset = get32(data + at) >> 10 & 0x3fff;
		ret[n].len = get32(data + at) & 0x3ff;
		sum += ret[n].len;
	}
	at++;
	if (at + sum > len)
		return 0;
	ret[n] = (struct red_block){ .len = len - at - sum };
	for (unsigned i = 0; i <= n; at += ret[i].len, i++)
		ret[i].data = data + at;
	return n + 1;
}
