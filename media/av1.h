/* AV1 in RTP (RTP Payload Format For AV1, v1.0): the aggregation header, OBU elements, and the size that a sequence header states. Pure. */
#ifndef HUITANG_MEDIA_AV1_H
#define HUITANG_MEDIA_AV1_H

#include "media/payload.h"

/** True when the elements fill the packet exactly, and there is one. Any bytes are safe. */
bool av1_is_valid(const uint8_t *payload, size_t len);

/** The N bit: a coded video sequence begins with this packet, so that nothing before it is needed. `payload` is valid. */
static inline bool av1_starts_sequence(const uint8_t *payload)
{
	return (payload[0] & 0x88) == 0x08;
}

/** The size in the sequence header of such a packet. Any bytes are safe. False: there is none whole; *ret is then untouched. */
bool av1_picture_size(const uint8_t *payload, size_t len, struct picture_size *ret);

/** The temporal layer that the first OBU of this packet names, 0 for none. False: the packet goes on with one of the packet before. */
bool av1_temporal_layer(const uint8_t *payload, size_t len, uint8_t *ret);

#endif
