/* VP9 in RTP: the payload descriptor (RFC 9628 §4.2), and the sizes that it or a keyframe's header states. Pure. */
#ifndef HUITANG_MEDIA_VP9_H
#define HUITANG_MEDIA_VP9_H

#include "media/payload.h"

/** Errors: -EBADMSG when it is longer than the payload, or names more than MAX_LAYERS spatial layers; *ret then undefined. */
int vp9_parse(struct vp9_descriptor *ret, const uint8_t *payload, size_t len);

/** True for packets of a picture that needs none before it, in its lowest spatial layer. */
static inline bool vp9_is_key(const struct vp9_descriptor *d)
{
	return !d->inter_picture && d->sid == 0;
}

/**
 * The size of a spatial layer as the scalability structure in this packet has it; without a structure that of an only layer, from the
 * frame header of a keyframe (profile 0). `d` was read from `payload`. False: it is not stated here.
 */
bool vp9_layer_size(const struct vp9_descriptor *d, uint8_t sid, const uint8_t *payload, size_t len, struct picture_size *ret);

#endif
