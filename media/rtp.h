/* RTP headers: read with bounds, written anew (RFC 3550 §5.1, one-byte and two-byte extensions of RFC 8285). */
#ifndef HUITANG_MEDIA_RTP_H
#define HUITANG_MEDIA_RTP_H

#include "media/negotiated.h"

#define RTP_HEADER_BYTES 12
#define RTP_MAX_PACKET_BYTES 1500

/* A parsed packet. Pointers are borrowed from the packet. */
struct rtp_view {
	const uint8_t *data;
	size_t len;
	bool marker;
	uint8_t pt;
	uint16_t seq;
	uint32_t timestamp;
	uint32_t ssrc;
	const uint8_t *payload; /* behind header, CSRCs and extensions; padding is not counted */
	size_t payload_len;
	uint16_t header_len;
	/* Header extensions by `struct extension_ids`; absent ones have NULL or has_ = false. */
	const uint8_t *mid;
	const uint8_t *rid;
	const uint8_t *rrid;
	uint8_t mid_len, rid_len, rrid_len;
	bool has_twcc, has_audio_level;
	uint16_t twcc_seq;
	bool voice;             /* V bit of RFC 6464 */
	uint8_t audio_level;    /* -dBov, 0 loudest, 127 silence */
};

/** True for RTP, false for RTCP, by RFC 5761 §4; `len` at least 2. */
bool rtp_is_rtp(const uint8_t *data, size_t len);

/** Errors: -EBADMSG (version, truncated header, extension or padding), -EMSGSIZE over 1,500 bytes. *ret then undefined. */
int rtp_parse(struct rtp_view *ret, const uint8_t *data, size_t len, const struct extension_ids *ids);

struct rtp_header {
	bool marker;
	uint8_t pt;
	uint16_t seq;
	uint32_t timestamp;
	uint32_t ssrc;
	uint32_t csrc;          /* 0: none */
	uint8_t audio_level_id; /* 0: no such extension */
	uint8_t audio_level;    /* with the V bit as its top bit */
	uint8_t twcc_id;        /* 0: no such extension; else room for the number, which is given when the packet leaves */
};

#define RTP_MAX_WRITTEN_HEADER 28

/**
 * Writes a header; returns its length, at most RTP_MAX_WRITTEN_HEADER. *ret_twcc_at is where the transport-wide number goes, 0
 * without one.
 */
size_t rtp_write_header(uint8_t *out, const struct rtp_header *h, size_t *ret_twcc_at);

/** a is newer than b, modulo 2^16 (RFC 1982). */
static inline bool seq_newer(uint16_t a, uint16_t b)
{
	return (int16_t)(a - b) > 0;
}

#endif
