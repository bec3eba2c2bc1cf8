/* What a datagram on the media port is, by its first bytes (RFC 7983, RFC 5761 §4). Pure. */
#ifndef HUITANG_MEDIA_DATAGRAM_H
#define HUITANG_MEDIA_DATAGRAM_H

#include <stddef.h>
#include <stdint.h>

enum datagram_kind {
	DATAGRAM_STUN,
	DATAGRAM_DTLS,
	DATAGRAM_SRTP,
	DATAGRAM_SRTCP,
	DATAGRAM_OVERSIZE,      /* over RTP_MAX_PACKET_BYTES */
	DATAGRAM_UNKNOWN,
};

enum datagram_kind datagram_kind(const uint8_t *data, size_t len);

#endif
