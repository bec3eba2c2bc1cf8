/* See capture_clock.h. */
#include "media/capture_clock.h"

#include "media/base/macros.h"

#define STEP_US 2000000
#define LATE_REPORTS 3
#define OLDEST_US 3000000       /* no line is so long that it would be older */
#define PAUSE_US 300000         /* longer than a common stall of a line; a DTX packet comes each 400 ms with its timestamp */
#define EARLY_US 1000000        /* the offset is the least of few samples: a little ahead of time is no lie */

bool sender_clock_report(struct sender_clock *c, int64_t ntp_us, int64_t now_us)
{
	int64_t off_us = c->n > 0 ? now_us - ntp_us - c->offset_us : 0;

	/* A queue makes reports late, never early. */
	c->late = off_us > STEP_US ? c->late + 1 : 0;
	if (c->late > 0 && c->late < LATE_REPORTS)
		return false;
	if (c->late > 0 || off_us < -STEP_US) {
		c->n = c->next = c->late = 0;
		c->steps++;
	}
	c->samples_us[c->next] = now_us - ntp_us;
	c->next = (uint8_t)((c->next + 1) % CLOCK_SAMPLES);
	c->n = MIN((uint8_t)(c->n + 1), CLOCK_SAMPLES);
	c->offset_us = c->samples_us[0];
	for (uint8_t i = 1; i < c->n; i++)
		c->offset_us = MIN(c->offset_us, c->samples_us[i]);
	return true;
}

void source_clock_init(struct source_clock *c, uint32_t rate_hz)
{
	*c = (struct source_clock){ .rate_hz = rate_hz };
}

void source_clock_report(struct source_clock *c, const struct sender_clock *sender, uint32_t rtp, int64_t ntp_us)
{
	c->has_report = true;
	c->report_steps = sender->steps;
	c->report_rtp = rtp;
	c->report_ntp_us = ntp_us;
}

static int64_t span_us(const struct source_clock *c, uint32_t from_rtp, uint32_t to_rtp)
{
	return (int64_t)(int32_t)(to_rtp - from_rtp) * 1000000 / c->rate_hz;
}

/* Nothing came for a while, and the timestamps have not gone on meanwhile as they do in DTX. */
static bool stood_still(const struct source_clock *c, uint32_t rtp, int64_t now_us)
{
	int64_t pause_us = now_us - c->newest_us;

	return c->has_arrival && pause_us > PAUSE_US && pause_us - span_us(c, c->newest_rtp, rtp) > PAUSE_US / 2;
}

void source_clock_packet(struct source_clock *c, uint32_t rtp, int64_t now_us)
{
	bool paused = stood_still(c, rtp, now_us);
	int64_t expected_us = c->arrival_us + span_us(c, c->arrival_rtp, rtp);

	/* Earlier than the line: the line was late. A second or more late: the sender's timestamps jumped. */
	if (paused)
		c->has_report = false;
	if (!c->has_arrival || (int32_t)(rtp - c->newest_rtp) > 0) {
		c->newest_rtp = rtp;
		c->newest_us = now_us;
	}
	if (!c->has_arrival || paused || now_us < expected_us || now_us > expected_us + 1000000) {
		c->has_arrival = true;
		c->arrival_us = now_us;
		c->arrival_rtp = rtp;
	} else if ((int32_t)(rtp - c->arrival_rtp) > 0) {
		/* Same line, nearer anchor: differences stay far from the 32-bit wrap. */
		c->arrival_us = expected_us;
		c->arrival_rtp = rtp;
	}
}

int64_t source_clock_capture_us(const struct source_clock *c, const struct sender_clock *sender, uint32_t rtp, int64_t now_us)
{
	int64_t at_us = c->arrival_us + span_us(c, c->arrival_rtp, rtp);

	if (c->has_report && c->report_steps == sender->steps) {
		int64_t reported_us = c->report_ntp_us + sender->offset_us + span_us(c, c->report_rtp, rtp);

		if (reported_us >= now_us - OLDEST_US && reported_us <= now_us + EARLY_US)
			at_us = reported_us;
	}
	return CLAMP(at_us, now_us - OLDEST_US, now_us);
}
