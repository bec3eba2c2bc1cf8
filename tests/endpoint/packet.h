/* RTP packets of the test endpoint, read and written (RFC 3550 §5.1, RFC 8285 one-byte extensions; two-byte ones are read). */
#ifndef ENDPOINT_PACKET_H
#define ENDPOINT_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKET_BYTES 1600       /* room for a packet and what SRTP adds */

/* Extension ids, 0 when not negotiated. */
struct extensions {
	uint8_t mid, rid, rrid, twcc, level;
};

struct packet {
	bool marker, has_twcc, has_level, voice;
	bool lost;                      /* of senders: numbered, but never sent */
	uint8_t pt, level;
	uint8_t n_csrcs;
	uint16_t seq, twcc;
	uint32_t timestamp, ssrc, csrc; /* csrc: the first */
	char mid[17], rid[17], rrid[17]; /* "" absent */
	const uint8_t *payload;         /* given when writing, borrowed when read; without padding */
	size_t payload_len;
};

/** Returns the length, at most PACKET_BYTES less 64 for payloads up to 1,300 bytes. Extensions with id 0 are left out. */
size_t packet_write(uint8_t *out, const struct packet *p, const struct extensions *ids);

/** Errors: -EBADMSG. */
int packet_read(struct packet *ret, const uint8_t *data, size_t len, const struct extensions *ids);

#endif
