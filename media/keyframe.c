/* See keyframe.h. */
#include "media/keyframe.h"

#include "media/base/macros.h"

void keyframe_want(struct keyframe_asker *k)
{
	k->wanted = true;
}

bool keyframe_ask(struct keyframe_asker *k, int64_t now_us, int64_t rtt_us)
{
	int64_t since_us = now_us - k->asked_us;

	if (!k->wanted)
		return false;
	if (k->asked_us != 0) {
		/* A request may be lost: after one and a half round trips (an encoder needs time, too) it counts as such. */
		if (k->in_flight && since_us < MAX(rtt_us * 3 / 2, KEYFRAME_RETRY_US))
			return false;
		if (!k->in_flight && since_us < KEYFRAME_SPACING_US)
			return false;
	}
	k->asked_us = now_us;
	k->in_flight = true;
	return true;
}

void keyframe_came(struct keyframe_asker *k, int64_t now_us)
{
	k->wanted = false;
	k->in_flight = false;
	k->came_us = now_us;
}
