/* a=rid (RFC 8851) and a=simulcast (RFC 8853) of room answers and WHIP offers. Private to media/sdp_*. Pure, bounded, no allocation. */
#ifndef HUITANG_MEDIA_SDP_SIMULCAST_H
#define HUITANG_MEDIA_SDP_SIMULCAST_H

#include "media/sdp_field.h"

#define SDP_MAX_RIDS 8          /* of one m-line that are looked at */

struct sdp_rid {
	struct span id;
	enum sdp_direction direction;   /* SDP_SENDONLY for `send`, SDP_RECVONLY for `recv` */
};

/* Streams in the order listed; what may be sent instead of another (`a,b`) and what is paused (`~a`) stands among them. */
struct sdp_rid_list {
	size_t n;
	struct span ids[SDP_MAX_RIDS];
};

/** Reads the value of a=rid; restrictions behind it are left. NULL, or why it was refused; *ret is then untouched. */
const char *sdp_parse_rid(struct sdp_rid *ret, struct span value);

/**
 * Reads what the value of a=simulcast says in the direction `wanted` (SDP_SENDONLY or SDP_RECVONLY); an empty list when nothing.
 * NULL, or why it was refused: malformed, a direction twice, a rid twice, more than SDP_MAX_RIDS; *ret is then untouched.
 */
const char *sdp_parse_simulcast(struct sdp_rid_list *ret, struct span value, enum sdp_direction wanted);

/**
 * Orders the rids of a sender whom we do not know, lowest quality first. Names that people use are known (q h f; l m h; low mid high…);
 * plain numbers count down, as OBS numbers its layers and as RFC 8853 §5.1 has the preferred stream first; others are taken as
 * listed, since browsers list the lowest first.
 */
void sdp_order_rids(struct sdp_rid_list *rids);

#endif
