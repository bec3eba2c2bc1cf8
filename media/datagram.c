/* See datagram.h. */
#include "media/datagram.h"

#include "media/rtp.h"

enum datagram_kind datagram_kind(const uint8_t *data, size_t len)
{
	if (len > RTP_MAX_PACKET_BYTES)
		return DATAGRAM_OVERSIZE;
	if (len < 2)
		return DATAGRAM_UNKNOWN;
	if (data[0] <= 3)
		return DATAGRAM_STUN;
	if (data[0] >= 20 && data[0] <= 63)
		return DATAGRAM_DTLS;
	if (data[0] >= 128 && data[0] <= 191)
		return rtp_is_rtp(data, len) ? DATAGRAM_SRTP : DATAGRAM_SRTCP;
	return DATAGRAM_UNKNOWN;
}
