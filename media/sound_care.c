/* See sound_care.h. */
#include "media/sound_care.h"

#include "media/base/macros.h"

#define MEMORY_US 500000
#define FEW 3.0f                        /* lost packets that are no more than an accident */
#define KEPT_US 8000000                 /* a receiver without pictures reports each 5 s */

/* Share of packets lost from which on a level is needed. What is left after one, two and three further chances is 0.6 % at the most, up to 37 %. */
static const float shares[SOUND_CARE_MOST] = { 0.02f, 0.08f, 0.22f };

void sound_care_count(struct sound_care *c, unsigned arrived, unsigned lost)
{
	c->arrived += (float)arrived;
	c->lost += (float)lost;
}

void sound_care_report(struct sound_care *c, uint32_t packets, uint8_t fraction_lost, unsigned times)
{
	float share = 0, all_lost = 0;
	unsigned lost;

	/* The line loses the root of it: to the nearest hundredth. */
	while (all_lost * 256 < (float)fraction_lost && share < 1) {
		share += 0.01f;
		all_lost = share;
		for (unsigned i = 1; i < times; i++)
			all_lost *= share;
	}
	lost = (unsigned)((float)packets * MIN(share, 1.0f));
	sound_care_count(c, packets - lost, lost);
}

void sound_care_asked(struct sound_care *c, int64_t now_us)
{
	c->level = MAX(c->level, (uint8_t)1);
	c->level_us = now_us;
}

static uint8_t needed(const struct sound_care *c)
{
	uint8_t level = 0;

	while (level < SOUND_CARE_MOST && c->lost >= FEW && c->lost >= shares[level] * (c->arrived + c->lost))
		level++;
	return level;
}

void sound_care_bound(struct sound_care *c, uint8_t most)
{
	c->level = MIN(c->level, most);
}

void sound_care_tick(struct sound_care *c, int64_t now_us)
{
	float left = 1.0f - (float)CLAMP(now_us - c->counted_us, 0, MEMORY_US) / MEMORY_US;
	uint8_t level = needed(c);

	if (level >= c->level) {
		c->level = level;
		c->level_us = now_us;
	} else if (now_us - c->level_us > KEPT_US) {
		c->level--;
		c->level_us = now_us;
	}
	c->arrived *= left;
	c->lost *= left;
	c->counted_us = now_us;
}
