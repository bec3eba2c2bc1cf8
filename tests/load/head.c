/* See head.h. */
#include "tests/load/head.h"

#include <string.h>

#include "tests/endpoint/bytes.h"

static void add(struct head *h, uint8_t id, const void *data, size_t len)
{
	if (!id || !len || h->len + 1 + len > HEAD_BYTES - 4)
		return;
	h->bytes[h->len++] = (uint8_t)(id << 4 | (len - 1));
	memcpy(h->bytes + h->len, data, len);
	h->len = (uint8_t)(h->len + len);
}

static void add_text(struct head *h, uint8_t id, const char *text)
{
	if (text && strlen(text) <= 16)
		add(h, id, text, strlen(text));
}

void head_make(struct head *ret, uint8_t pt, uint32_t ssrc, const struct extensions *ids, const struct head_names *names, bool level)
{
	struct head h = { .len = 16 };

	h.bytes[0] = 0x80;
	h.bytes[1] = pt;
	put32(h.bytes + 8, ssrc);
	if (level)
		add(&h, ids->level, "", 1);
	h.level_at = h.len > 16 ? (uint8_t)(h.len - 1) : 0;
	if (ids->twcc)
		h.twcc_at = (uint8_t)(h.len + 1);
	add(&h, ids->twcc, "\0", 2);
	add_text(&h, ids->mid, names->mid);
	add_text(&h, ids->rid, names->rid);
	add_text(&h, ids->rrid, names->rrid);
	while (h.len % 4)
		h.bytes[h.len++] = 0;
	if (h.len == 16) {
		h.len = 12;
	} else {
		h.bytes[0] |= 0x10;
		put16(h.bytes + 12, 0xbede);
		put16(h.bytes + 14, (h.len - 16u) / 4);
	}
	*ret = h;
}

size_t head_write(uint8_t *out, const struct head *h, bool marker, uint16_t seq, uint32_t timestamp, uint16_t twcc, uint8_t level)
{
	memcpy(out, h->bytes, h->len);
	out[1] |= marker ? 0x80 : 0;
	put16(out + 2, seq);
	put32(out + 4, timestamp);
	if (h->twcc_at)
		put16(out + h->twcc_at, twcc);
	if (h->level_at)
		out[h->level_at] = level;
	return h->len;
}
