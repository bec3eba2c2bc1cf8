/* See frame_clock.h. */
#include "media/frame_clock.h"

#include <stdlib.h>

#include "media/base/macros.h"

#define RTP_TICKS_PER_MS 90
#define PERIOD_MOST_US 200000           /* 5 pictures a second; fewer are not waited for */
#define OUT_OF_STEP_US 15000
#define DEVIATION_MOST_US 2500          /* beyond that waiting for them is no gain */
#define REGULAR 10                      /* pictures until it is trusted */
#define SHARE 8                         /* a picture's part in what is steady */
#define MARGIN_US 300
#define SILENT_US 500000                /* then another may be followed, however few watch it */

static void begin(struct frame_clock *c, const void *source, uint32_t rtp)
{
	c->source = source;
	c->rtp = rtp;
	c->regular = 0;
	c->deviation_us = 0;
	c->newest_us = c->steady_us = c->arrival_us;
}

static void step(struct frame_clock *c, uint32_t rtp, int64_t period_us)
{
	int64_t error_us = c->arrival_us - (c->steady_us + period_us);

	c->rtp = rtp;
	c->period_us = period_us;
	c->newest_us = c->arrival_us;
	c->steady_us += period_us + error_us / SHARE;
	c->deviation_us += (llabs(error_us) - c->deviation_us) / SHARE;
	c->regular++;
}

void frame_clock_picture(struct frame_clock *c, const void *source, size_t watchers, uint32_t rtp)
{
	int64_t period_us = (int64_t)(int32_t)(rtp - c->rtp) * 1000 / RTP_TICKS_PER_MS;

	if (source != c->source && watchers <= c->watchers && c->arrival_us - c->newest_us < SILENT_US)
		return;
	c->watchers = watchers;
	if (source != c->source || period_us <= 0 || period_us > PERIOD_MOST_US || llabs(c->arrival_us - c->steady_us - period_us) > OUT_OF_STEP_US)
		begin(c, source, rtp);
	else
		step(c, rtp, period_us);
}

int64_t frame_clock_next_us(const struct frame_clock *c, int64_t now_us)
{
	int64_t next_us = c->steady_us + c->period_us + 2 * c->deviation_us + MARGIN_US;

	if (c->regular < REGULAR || c->deviation_us > DEVIATION_MOST_US || now_us - c->newest_us > 2 * c->period_us)
		return 0;
	return next_us > now_us ? next_us : next_us + (now_us - next_us) / c->period_us * c->period_us + c->period_us;
}
