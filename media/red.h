/*
 * Redundant audio (RFC 2198): a packet carries frames from before, too, so that one that is lost hides nothing. Read where a sender's packets
 * have holes, written for receivers that lose many. payload.h finds the primary block alone. Pure.
 */
#ifndef HUITANG_MEDIA_RED_H
#define HUITANG_MEDIA_RED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RED_MAX_BLOCKS 5                /* Chromium's senders write two, at most nine when told to */
#define RED_MAX_OFFSET_RTP 0x3fff
#define RED_MAX_BLOCK_BYTES 0x3ff       /* of a redundant one */

struct red_block {
	uint16_t offset_rtp;            /* RTP time before the packet's own, 0 of the primary */
	uint16_t len;
	const uint8_t *data;            /* borrowed */
};

/**
 * The blocks of a payload, the primary last; of more than RED_MAX_BLOCKS the newest. Lengths lie within the payload, a redundant block may
 * be empty. Returns how many; 0: malformed, and *ret is then undefined.
 */
size_t red_read(struct red_block ret[RED_MAX_BLOCKS], const uint8_t *payload, size_t len);

/** Writes `n` blocks of payload type `pt`, at least one, the primary last. Returns the length; 0: `size` is too small, or an offset or length too large. */
size_t red_write(uint8_t *out, size_t size, uint8_t pt, const struct red_block *blocks, size_t n);

#endif
