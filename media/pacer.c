/* See pacer.h. A token bucket of 40 ms. It is counted in bit/s x us, millionths of a bit: no rate and no interval loses a remainder. */
#include "media/pacer.h"

#include "media/base/macros.h"

#define MIN_ESTIMATE_BPS 32000
#define MAX_ESTIMATE_BPS INT64_C(10000000000)
#define BYTE INT64_C(8000000)           /* in millionths of a bit */
#define MIN_DEPTH (1500 * BYTE)         /* so that one packet always fits */

static int64_t depth(const struct pacer *p)
{
	return MAX(p->rate_bps * PACER_FLUSH_US, MIN_DEPTH);
}

static void fill(struct pacer *p, int64_t now_us)
{
	int64_t elapsed_us = CLAMP(now_us - p->filled_us, 0, 1000000);

	p->filled_us = MAX(p->filled_us, now_us);
	p->budget = MIN(p->budget + p->rate_bps * elapsed_us, depth(p));
}

void pacer_init(struct pacer *p, int64_t estimate_bps, int64_t now_us)
{
	*p = (struct pacer){ .filled_us = now_us, .tick_us = now_us };
	pacer_set_estimate(p, estimate_bps, now_us);
	p->budget = depth(p);
}

void pacer_set_estimate(struct pacer *p, int64_t estimate_bps, int64_t now_us)
{
	fill(p, now_us);
	p->rate_bps = CLAMP(estimate_bps, MIN_ESTIMATE_BPS, MAX_ESTIMATE_BPS) * 5 / 2;
}

size_t pacer_budget(struct pacer *p, int64_t now_us)
{
	fill(p, now_us);
	if (now_us - p->tick_us >= PACER_TICK_US) {
		p->tick_us = now_us;
		p->packets = 0;
	}
	if (p->packets >= PACER_FLUSH_PACKETS || p->budget < BYTE)
		return 0;
	return (size_t)(p->budget / BYTE);
}

/* Debt has a bound: a burst of repeats holds pictures up for 40 ms at the most. */
void pacer_spent_urgent(struct pacer *p, size_t bytes)
{
	p->budget = MAX(p->budget - (int64_t)bytes * BYTE, -depth(p));
}

void pacer_spent(struct pacer *p, size_t bytes)
{
	p->packets++;
	pacer_spent_urgent(p, bytes);
}

int64_t pacer_next_us(const struct pacer *p, int64_t now_us)
{
	int64_t next_us = now_us;

	if (p->budget < BYTE)
		next_us = MAX(next_us, p->filled_us + (BYTE - p->budget + p->rate_bps - 1) / p->rate_bps);
	if (p->packets >= PACER_FLUSH_PACKETS || next_us > now_us)
		next_us = MAX(next_us, p->tick_us + PACER_TICK_US);
	return next_us;
}

int64_t pacer_queue_us(const struct pacer *p, size_t queued_bytes)
{
	return MAX((int64_t)queued_bytes * BYTE - p->budget, 0) / p->rate_bps;
}
