/* See keyframe.h. */
#include "media/keyframe.h"

#include "media/base/macros.h"

#define MAX_TRIES 4             /* the wait has reached the spacing by then */

void keyframe_want(struct keyframe_asker *k)
{
	k->wanted = true;
}

/* A request may be lost: after one and a half round trips (an encoder needs time, too) it counts as such. */
static int64_t patience_us(const struct keyframe_asker *k, int64_t rtt_us)
{
	return MIN(MAX(rtt_us * 3 / 2, KEYFRAME_RETRY_US) << (k->tries - 1), KEYFRAME_SPACING_US);
}

bool keyframe_ask(struct keyframe_asker *k, int64_t now_us, int64_t rtt_us)
{
	int64_t since_us = now_us - k->asked_us;

	if (!k->wanted)
		return false;
	if (k->asked_us != 0 && since_us < (k->in_flight ? patience_us(k, rtt_us) : KEYFRAME_SPACING_US))
		return false;
	k->tries = MIN((uint8_t)(k->tries + 1), MAX_TRIES);
	k->asked_us = now_us;
	k->in_flight = true;
	return true;
}

void keyframe_came(struct keyframe_asker *k, int64_t now_us)
{
	k->wanted = false;
	k->in_flight = false;
	k->tries = 0;
	k->came_us = now_us;
}
