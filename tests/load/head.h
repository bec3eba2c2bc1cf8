/* RTP headers of a layer, made once and patched for each packet (RFC 3550 §5.1, RFC 8285 one-byte extensions). */
#ifndef LOAD_HEAD_H
#define LOAD_HEAD_H

#include "tests/load/outgoing.h"

struct head_names {
	const char *mid, *rid, *rrid;   /* NULL or "" left out */
};

void head_make(struct head *ret, uint8_t pt, uint32_t ssrc, const struct extensions *ids, const struct head_names *names, bool level);

/** Writes the header; returns its length. `level` as RFC 6464 has it. */
size_t head_write(uint8_t *out, const struct head *h, bool marker, uint16_t seq, uint32_t timestamp, uint16_t twcc, uint8_t level);

#endif
