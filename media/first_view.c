/* See first_view.h. */
#include "media/first_view.h"

#include "media/base/macros.h"

#define LENGTH_US INT64_C(1500000)
#define BLIND_BPS INT64_C(1500000)      /* while nothing has been heard */
#define LOWEST_BPS INT64_C(5000000)     /* once NEWS_BYTES have arrived without a queue */
#define DEAF_US INT64_C(250000)         /* no feedback at all: pictures may not wait for it */
#define NEWS_BYTES 30000
#define PACE_BPS INT64_C(1600000)       /* times 2.5 (pacer.h) */

void first_view_begin(struct first_view *v, const struct bwe *b, int64_t now_us)
{
	if (v->begin_us)
		return;
	*v = (struct first_view){ .begin_us = now_us, .sent_bytes = b->sent_bytes, .arrived_bytes = b->arrived_bytes };
	v->bps = MIN(BLIND_BPS, b->ceiling_bps);
}

bool first_view_update(struct first_view *v, const struct bwe *b, int64_t now_us)
{
	int64_t before_bps = v->bps;

	if (v->bps == 0)
		return false;
	if (now_us - v->begin_us >= (b->feedback_us ? LENGTH_US : DEAF_US) || bwe_has_met_limit(b))
		v->bps = 0;
	else if (b->arrived_bytes - v->arrived_bytes >= NEWS_BYTES)
		v->bps = MIN(LOWEST_BPS, b->ceiling_bps);
	return v->bps != before_bps;
}

int64_t first_view_pace_bps(const struct first_view *v, const struct bwe *b)
{
	int64_t bps = bwe_estimate_bps(b);

	return v->bps > 0 ? MAX(bps, MIN(PACE_BPS, b->ceiling_bps)) : bps;
}
