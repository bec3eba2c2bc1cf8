/* Redundant audio (RFC 2198): the voices before go along with each voice, so that a hole hides nothing. */
#ifndef LOAD_RED_H
#define LOAD_RED_H

#include <stddef.h>
#include <stdint.h>

#define RED_BLOCKS 3            /* two before, and the voice itself */

struct red_block {
	uint32_t offset;        /* RTP time before the packet's own; 0 of the last one */
	const uint8_t *data;    /* borrowed */
	size_t len;             /* below 1,024 but of the last one */
};

/** Writes blocks, the last one is the voice itself. Returns the length. */
size_t red_write(uint8_t *out, uint8_t pt, const struct red_block *blocks, unsigned n);

/** Reads them; returns how many, at most RED_BLOCKS, 0 when it is malformed. */
unsigned red_read(struct red_block ret[RED_BLOCKS], const uint8_t *data, size_t len);

#endif
