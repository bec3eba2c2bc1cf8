/*
 * The first pictures of a line that nobody has measured yet. The estimate begins low and needs half a second of probes for a page of
 * 25; whoever opens a wall does not wait that long for two thirds of it. So the lowest layers are let through ahead of the estimate, as
 * a download begins (slow start, RFC 5681 §3.1, RFC 6928): so many bytes at first, then twice what is known to have arrived; and ten
 * pictures, the rest once there is news. It ends as soon as anything tells that the line carries less, when a quarter of a second brings no
 * feedback at all, or after 1.5 s: by then probes have told.
 * Embedded and pure.
 */
#ifndef HUITANG_MEDIA_FIRST_VIEW_H
#define HUITANG_MEDIA_FIRST_VIEW_H

#include "media/bwe.h"

#define FIRST_VIEW_WINDOW 30000         /* bytes on their way at first */

struct first_view {
	int64_t begin_us;               /* of the first picture that may leave; 0: none yet */
	int64_t bps;                    /* up to which all lowest layers are shown whatever the estimate; 0: it alone counts */
	int64_t sent_bytes, arrived_bytes; /* of bwe.h, at its begin */
};

/** A picture may leave now. Only the first call does something. */
void first_view_begin(struct first_view *v, const struct bwe *b, int64_t now_us);

/** After feedback, and each 100 ms at least. True when `bps` has changed: the slots are to be shared out anew. */
bool first_view_update(struct first_view *v, const struct bwe *b, int64_t now_us);

/** The estimate by which to pace: meanwhile not less than what lets 25 keyframes of thumbnails leave in 0.2 s. */
int64_t first_view_pace_bps(const struct first_view *v, const struct bwe *b);

/** Pictures wait for news of what was sent. */
static inline bool first_view_waits(const struct first_view *v, const struct bwe *b)
{
	return v->bps > 0 && b->sent_bytes - v->sent_bytes >= FIRST_VIEW_WINDOW + 2 * (b->arrived_bytes - v->arrived_bytes);
}

#endif
