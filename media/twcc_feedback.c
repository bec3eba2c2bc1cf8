/* See twcc_feedback.h. Symbols are read into the arrival array first, then the deltas replace them: both passes are bounded by n. */
#include "media/twcc_feedback.h"

#include <errno.h>
#include <stdbool.h>

#include "media/base/bytes.h"

#define HEADER_BYTES 16                 /* SSRCs, base, count, reference time, feedback count */

enum symbol { SYMBOL_LOST, SYMBOL_SMALL, SYMBOL_LARGE, SYMBOL_RESERVED };

/* The symbols of one chunk; returns how many belong to the feedback, or -EBADMSG. */
static int read_chunk(uint16_t chunk, int32_t *symbols, size_t room)
{
	bool run = !(chunk & 0x8000);
	bool wide = chunk & 0x4000;
	size_t n = run ? chunk & 0x1fff : wide ? 7 : 14;

	if (n == 0)
		return -EBADMSG;
	if (n > room)
		n = room;
	for (size_t i = 0; i < n; i++) {
		symbols[i] = run ? chunk >> 13 & 3 : wide ? chunk >> (12 - 2 * i) & 3 : chunk >> (13 - i) & 1;
		if (symbols[i] == SYMBOL_RESERVED)
			return -EBADMSG;
	}
	return (int)n;
}

/* Returns the bytes taken, or -EBADMSG. */
static int read_chunks(struct twcc_feedback *f, const uint8_t *p, size_t len)
{
	size_t at = 0;

	for (size_t n = 0; n < f->n; at += 2) {
		int read;

		if (len - at < 2)
			return -EBADMSG;
		read = read_chunk(read_u16(p + at), f->arrival_ticks + n, f->n - n);
		if (read < 0)
			return read;
		n += (size_t)read;
	}
	return (int)at;
}

/* 2,048 deltas of 16 bits cannot leave 32. */
static int read_deltas(struct twcc_feedback *f, const uint8_t *p, size_t len)
{
	int32_t ticks = 0;

	for (size_t i = 0; i < f->n; i++) {
		size_t size = (size_t)f->arrival_ticks[i];

		if (len < size)
			return -EBADMSG;
		if (size == SYMBOL_LOST) {
			f->arrival_ticks[i] = TWCC_LOST;
			continue;
		}
		ticks += size == SYMBOL_SMALL ? p[0] : (int16_t)read_u16(p);
		f->arrival_ticks[i] = ticks;
		p += size;
		len -= size;
	}
	return 0;
}

int twcc_feedback_parse(struct twcc_feedback *ret, const uint8_t *body, size_t len)
{
	int taken;

	if (len < HEADER_BYTES)
		return -EBADMSG;
	ret->base = read_u16(body + 8);
	ret->n = read_u16(body + 10);
	ret->reference_us = read_u24(body + 12) * TWCC_REFERENCE_US;
	ret->count = body[15];
	if (ret->n == 0 || ret->n > TWCC_FEEDBACK_PACKETS)
		return -EBADMSG;
	taken = read_chunks(ret, body + HEADER_BYTES, len - HEADER_BYTES);
	if (taken < 0)
		return taken;
	return read_deltas(ret, body + HEADER_BYTES + taken, len - HEADER_BYTES - (size_t)taken);
}
