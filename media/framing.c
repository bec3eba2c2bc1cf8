/* See framing.h. */
#include "media/framing.h"

#include <errno.h>

#include "media/base/bytes.h"

int framing_next(uint8_t *data, size_t len, size_t *at, uint8_t **ret, size_t *ret_len)
{
	while (len - *at >= FRAMING_HEAD_BYTES) {
		size_t n = read_u16(data + *at);

		if (n > RTP_MAX_PACKET_BYTES)
			return -EMSGSIZE;
		if (len - *at < FRAMING_HEAD_BYTES + n)
			return 0;
		*ret = data + *at + FRAMING_HEAD_BYTES;
		*ret_len = n;
		*at += FRAMING_HEAD_BYTES + n;
		if (n > 0)
			return 1;
	}
	return 0;
}
