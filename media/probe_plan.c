/* See probe_plan.h. */
#include "media/probe_plan.h"

#include "media/base/macros.h"

#define INTERVAL_MIN_US INT64_C(5000000)
#define INTERVAL_MAX_US INT64_C(10000000)
#define AFTER_DROP_US INT64_C(2000000)
#define HUNGRY_US INT64_C(1500000)
#define NEWCOMER_US INT64_C(10000000)
#define SETTLE_US INT64_C(200000)
#define AGAIN_US INT64_C(1000000)       /* jitter may have limited the last one, not the line */
#define DURATION_MIN_US INT64_C(50000)
#define DURATION_MAX_US INT64_C(120000)
#define JITTERS 8
#define UNHEARD_MOST 4
#define PROBE_BITS (6 * 1200 * 8)

void probe_plan_init(struct probe_plan *p, int64_t now_us)
{
	*p = (struct probe_plan){ .start_us = now_us, .next_us = now_us, .interval_us = INTERVAL_MIN_US };
}

/* A newcomer that lacks half of its pictures, or has none at all, does not wait out the interval when the bustle of many joins spoiled the first probes. */
static bool is_hungry(const struct probe_plan *p, int64_t estimate_bps, int64_t goal_bps, int64_t now_us)
{
	return now_us - p->start_us < NEWCOMER_US && p->before_drop_bps == 0 && (p->dark || goal_bps >= 2 * estimate_bps) && now_us - p->begun_us >= HUNGRY_US;
}

int64_t probe_plan_next(struct probe_plan *p, int64_t estimate_bps, int64_t goal_bps, int64_t now_us)
{
	/* A little above the goal, since a probe proves no more than its rate. */
	int64_t most_bps = goal_bps + goal_bps / 10;
	int64_t rate_bps = p->limited ? estimate_bps * 3 / 2 : estimate_bps * (p->begun ? 2 : 3);

	if (goal_bps <= estimate_bps)
		return 0;
	if (p->before_drop_bps && now_us - p->dropped_us >= AFTER_DROP_US) {
		rate_bps = MIN(p->before_drop_bps, 2 * estimate_bps);
		p->before_drop_bps = 0;
		if (rate_bps <= estimate_bps)
			return 0;
	} else if (now_us < p->next_us && !is_hungry(p, estimate_bps, goal_bps, now_us)) {
		return 0;
	}
	p->begun = true;
	p->begun_us = now_us;
	p->next_us = now_us + p->interval_us;
	return MIN(rate_bps, most_bps);
}

int64_t probe_plan_duration_us(int64_t rate_bps, int64_t jitter_us)
{
	int64_t duration_us = MAX(PROBE_BITS * INT64_C(1000000) / MAX(rate_bps, 1), JITTERS * jitter_us);

	return CLAMP(duration_us, DURATION_MIN_US, DURATION_MAX_US);
}

void probe_plan_on_verdict(struct probe_plan *p, enum probe_verdict verdict, bool gained, int64_t rtt_us, int64_t now_us)
{
	if (verdict == PROBE_PASSED && gained) {
		p->empty = false;
		p->unheard = 0;
		p->passed = true;
		p->interval_us = INTERVAL_MIN_US;
		p->next_us = now_us + rtt_us + SETTLE_US;
		return;
	}
	/* Feedback gets lost by chance like anything else; a line on which all of it does asks for no probe. */
	if (verdict == PROBE_UNHEARD && p->unheard < UNHEARD_MOST) {
		p->unheard++;
		p->next_us = now_us + rtt_us + SETTLE_US;
		return;
	}
	/* Twice in a row is no accident: there may be nothing to send. */
	if ((verdict == PROBE_VOID || verdict == PROBE_PASSED) && !p->empty) {
		p->empty = true;
		p->next_us = now_us + AGAIN_US;
		return;
	}
	gained = gained || p->passed;
	p->empty = p->passed = false;
	p->unheard = 0;
	p->limited = true;
	p->interval_us = gained ? INTERVAL_MIN_US : MIN(p->interval_us * 3 / 2, INTERVAL_MAX_US);
	p->next_us = now_us + (gained ? AGAIN_US : p->interval_us);
}

void probe_plan_hurry(struct probe_plan *p, int64_t now_us)
{
	p->next_us = now_us;
	p->interval_us = INTERVAL_MIN_US;
}

void probe_plan_on_drop(struct probe_plan *p, int64_t before_bps, int64_t now_us)
{
	if (p->before_drop_bps == 0)
		p->before_drop_bps = before_bps;
	p->dropped_us = now_us;
	p->next_us = MAX(p->next_us, now_us + INTERVAL_MIN_US);
}
