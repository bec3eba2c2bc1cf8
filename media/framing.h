/* Packets on a stream: each behind two bytes of length (RFC 4571 §2). Pure. */
#ifndef HUITANG_MEDIA_FRAMING_H
#define HUITANG_MEDIA_FRAMING_H

#include <stddef.h>
#include <stdint.h>

#include "media/rtp.h"

#define FRAMING_HEAD_BYTES 2
#define FRAMING_MAX_BYTES (FRAMING_HEAD_BYTES + RTP_MAX_PACKET_BYTES)

/**
 * The next whole packet of `data`, from *at on, which moves behind it. Empty ones are left out.
 *
 * Returns 1 with *ret and *ret_len (1 to RTP_MAX_PACKET_BYTES), within `data`; 0 when what is left is no whole packet.
 * Errors: -EMSGSIZE it claims to be longer: nothing after it makes sense.
 */
int framing_next(uint8_t *data, size_t len, size_t *at, uint8_t **ret, size_t *ret_len);

#endif
