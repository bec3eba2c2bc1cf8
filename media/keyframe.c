/* See keyframe.h. */
#include "media/keyframe.h"

#include "media/base/macros.h"

#define MAX_TRIES 4             /* the wait has reached the spacing by then */

int64_t keyframe_spacing_us(unsigned layers_above)
{
	static const int64_t spacing_us[] = { 1000000, 500000, 300000 };

	return spacing_us[MIN(layers_above, ARRAY_LEN(spacing_us) - 1)];
}

void keyframe_init(struct keyframe_asker *k, int64_t spacing_us)
{
	*k = (struct keyframe_asker){ .spacing_us = spacing_us };
}

void keyframe_want(struct keyframe_asker *k)
{
	k->wanted = true;
}

/* A request may be lost: after one and a half round trips (an encoder needs time, too) it counts as such. */
static int64_t patience_us(const struct keyframe_asker *k, int64_t rtt_us)
{
	int64_t there_and_back_us = rtt_us * 3 / 2;
	int64_t later_us = MAX(there_and_back_us, KEYFRAME_RETRY_US) << (k->tries - 1);

	return MAX(there_and_back_us, MIN(later_us, k->spacing_us));
}

bool keyframe_ask(struct keyframe_asker *k, int64_t now_us, int64_t rtt_us)
{
	int64_t since_us = now_us - k->asked_us;

	if (!k->wanted)
		return false;
	if (k->asked_us != 0 && since_us < (k->in_flight ? patience_us(k, rtt_us) : k->spacing_us))
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
