/* See delay_trend.h. */
#include "media/delay_trend.h"

#include <math.h>

#include "media/base/macros.h"

#define GROUP_US 10000
#define LEAP_US INT64_C(10000000)       /* between neighbouring packets, in delay: another clock */
#define PAUSE_MS 1000.0f                /* groups further apart say nothing about each other */
#define EPOCH_MS 1000000.0f             /* floats count tenths of milliseconds up to here */
#define NEWEST_POINTS 3
#define MIN_POINTS 10                   /* also those that tell the length of the queue */
#define SCALE_MS 240.0f
#define THRESHOLD_MS 12.5f
#define THRESHOLD_MIN_MS 10.0f          /* slower growth is left to the length of the queue */
#define THRESHOLD_MAX_MS 100.0f
#define THRESHOLD_FAR_MS 15.0f          /* a trend so far beyond is no noise to adapt to */
#define K_UP 0.0087f
#define K_DOWN 0.039f
#define OVER_MS 10.0f
#define QUEUE_MS 10.0f                  /* less is no queue */
#define BASE_MS 10000.0f
#define JITTER_SHARE 0.03f

void delay_trend_init(struct delay_trend *t)
{
	*t = (struct delay_trend){ .threshold_ms = THRESHOLD_MS };
}

static void begin_group(struct delay_trend *t, int64_t sent_us, int64_t arrival_us)
{
	t->group_sent_us = sent_us;
	t->group_delay_us = arrival_us - sent_us;
	t->group_arrival_us = arrival_us;
}

static void restart(struct delay_trend *t, int64_t sent_us, int64_t arrival_us)
{
	float threshold_ms = t->threshold_ms, jitter_ms = t->jitter_ms;

	delay_trend_init(t);
	t->threshold_ms = threshold_ms;
	t->jitter_ms = jitter_ms;
	t->started = true;
	t->epoch_us = arrival_us;
	t->epoch_delay_us = arrival_us - sent_us;
	t->base_ms[0] = t->base_ms[1] = INFINITY;
	begin_group(t, sent_us, arrival_us);
}

/* Least squares: milliseconds of delay per millisecond. */
static float slope(const struct delay_trend *t)
{
	float mean_x = 0, mean_y = 0, xx = 0, xy = 0;

	for (uint8_t i = 0; i < t->n; i++) {
		mean_x += t->arrival_ms[i];
		mean_y += t->delay_ms[i];
	}
	mean_x /= t->n;
	mean_y /= t->n;
	for (uint8_t i = 0; i < t->n; i++) {
		float x = t->arrival_ms[i] - mean_x;

		xx += x * x;
		xy += x * (t->delay_ms[i] - mean_y);
	}
	return xx > 0 ? xy / xx : 0;
}

/* Follows the trend slowly, up slower than down, so that lines with much jitter, or with TCP beside us, are not taken for full. */
static void adapt_threshold(struct delay_trend *t, float elapsed_ms)
{
	float size_ms = fabsf(t->trend_ms);
	float k = size_ms < t->threshold_ms ? K_DOWN : K_UP;

	if (size_ms > t->threshold_ms + THRESHOLD_FAR_MS)
		return;
	t->threshold_ms += k * (size_ms - t->threshold_ms) * MIN(elapsed_ms, 100.0f);
	t->threshold_ms = CLAMP(t->threshold_ms, THRESHOLD_MIN_MS, THRESHOLD_MAX_MS);
}

static float base_ms(const struct delay_trend *t)
{
	return MIN(t->base_ms[0], t->base_ms[1]);
}

static void detect(struct delay_trend *t, float delay_ms, float elapsed_ms)
{
	float before_ms = t->trend_ms;

	t->trend_ms = t->n < MIN_POINTS ? 0 : slope(t) * SCALE_MS;
	if (t->trend_ms > t->threshold_ms && delay_ms - base_ms(t) > QUEUE_MS) {
		t->over_ms += elapsed_ms;
		if (t->over_ms > OVER_MS && t->trend_ms >= before_ms)
			t->state = DELAY_OVERUSE;
	} else {
		t->over_ms = 0;
		t->state = t->trend_ms < -t->threshold_ms ? DELAY_UNDERUSE : DELAY_NORMAL;
	}
	adapt_threshold(t, elapsed_ms);
}

static void note_base(struct delay_trend *t, float arrival_ms, float delay_ms)
{
	if (arrival_ms - t->base_since_ms >= BASE_MS) {
		t->base_ms[1] = t->base_ms[0];
		t->base_ms[0] = delay_ms;
		t->base_since_ms = arrival_ms;
	}
	t->base_ms[0] = MIN(t->base_ms[0], delay_ms);
}

static void end_group(struct delay_trend *t)
{
	float arrival_ms = (float)(t->group_arrival_us - t->epoch_us) / 1000.0f;
	float delay_ms = (float)(t->group_delay_us - t->epoch_delay_us) / 1000.0f;
	float elapsed_ms = arrival_ms - t->last_ms;

	if (elapsed_ms > PAUSE_MS)
		t->n = t->next = 0;
	t->arrival_ms[t->next] = arrival_ms;
	t->delay_ms[t->next] = delay_ms;
	t->next = (uint8_t)((t->next + 1) % DELAY_TREND_POINTS);
	t->n = MIN((uint8_t)(t->n + 1), DELAY_TREND_POINTS);
	t->last_ms = arrival_ms;
	t->jitter_ms += (fabsf(delay_ms - t->last_delay_ms) - t->jitter_ms) * JITTER_SHARE;
	t->last_delay_ms = delay_ms;
	note_base(t, arrival_ms, delay_ms);
	detect(t, delay_ms, MAX(elapsed_ms, 0.0f));
}

void delay_trend_packet(struct delay_trend *t, int64_t sent_us, int64_t arrival_us)
{
	int64_t delay_us = arrival_us - sent_us;

	if (!t->started || delay_us > t->group_delay_us + LEAP_US || delay_us < t->group_delay_us - LEAP_US ||
	    arrival_us - t->epoch_us > (int64_t)EPOCH_MS * 1000) {
		restart(t, sent_us, arrival_us);
		return;
	}
	if (sent_us - t->group_sent_us >= GROUP_US) {
		end_group(t);
		begin_group(t, sent_us, arrival_us);
	} else if (delay_us < t->group_delay_us) {
		t->group_delay_us = delay_us;
		t->group_arrival_us = arrival_us;
	}
}

/* The least delay of the last `groups` over the base; 0 while there are fewer. */
static int64_t least_queue_us(const struct delay_trend *t, unsigned groups)
{
	float least_ms = INFINITY;

	for (unsigned i = 1; i <= groups && i <= t->n; i++)
		least_ms = MIN(least_ms, t->delay_ms[(t->next + DELAY_TREND_POINTS - i) % DELAY_TREND_POINTS]);
	return t->n < groups ? 0 : (int64_t)((least_ms - base_ms(t)) * 1000.0f);
}

int64_t delay_trend_queue_us(const struct delay_trend *t)
{
	return least_queue_us(t, MIN_POINTS);
}

int64_t delay_trend_newest_us(const struct delay_trend *t)
{
	return least_queue_us(t, NEWEST_POINTS);
}

int64_t delay_trend_jitter_us(const struct delay_trend *t)
{
	return (int64_t)(t->jitter_ms * 1000.0f);
}
