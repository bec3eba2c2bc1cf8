/*
 * What the SSRCs are that a peer sends: whose layer, or the repeats of it (RFC 8843 §9.2, RFC 8852, RFC 4588). Browsers name MID and RID
 * only until they hear that we know the SSRC, so what was learned is kept. A peer may restart a stream under another SSRC; older ones
 * than the last two of a layer are forgotten, so that a thousand of them cost what two do. Pure.
 */
#ifndef HUITANG_MEDIA_STREAMS_H
#define HUITANG_MEDIA_STREAMS_H

#include "media/rtp.h"

#define STREAMS_PER_LAYER 2
#define STREAMS_MAX (STREAMS_PER_LAYER * (2 + 2 * 2 * MAX_LAYERS)) /* two voices; camera and screen with their repeats */

struct stream {
	uint32_t ssrc;
	enum source_kind kind;
	uint8_t layer;                  /* 0 the lowest, and the only one without simulcast */
	bool rtx;
};

/* Embedded; begin with zeroes. */
struct streams {
	uint8_t n;
	struct stream list[STREAMS_MAX]; /* the oldest first */
};

/** What is known of this SSRC, NULL nothing. Valid until the next streams_learn(). */
const struct stream *streams_find(const struct streams *s, uint32_t ssrc);

/**
 * Finds out what an SSRC is that streams_find() does not know, from a packet of it, and keeps that. The source: by a=ssrc, else the MID
 * extension, else, when only one of its medium may be meant, the payload type; who is described by an SSRC takes no strangers.
 * Its layer: by the RID extension, for repeats (`rtx`) by RRID or the description's FID pairs.
 *
 * Returns NULL when the packet does not tell.
 */
const struct stream *streams_learn(struct streams *s, const struct negotiated *n, const struct rtp_view *pkt, enum codec codec, bool rtx);

#endif
