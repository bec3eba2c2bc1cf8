/*
 * When is a probe worth sending, and how fast? At first three times the start, then twice the estimate as long as probes pass. After
 * the first that did not, the line is known roughly and others may share it: from then on 1.5 times the estimate. After one that did
 * not pass the next comes 5 s later, then 7.5 s, then each 10 s; but 1 s later if it gained something all the same, if the one before
 * it had passed (jitter may have spoiled it), or once if it measured nothing. One whose feedback was lost, so it seems, is repeated at once, up to four times. 2 s after a drop the rate before it is tried once: lines often come back. Embedded and pure.
 */
#ifndef HUITANG_MEDIA_PROBE_PLAN_H
#define HUITANG_MEDIA_PROBE_PLAN_H

#include "media/probe.h"

struct probe_plan {
	bool begun;
	bool limited;                   /* one did not pass */
	bool empty;                     /* the last one measured nothing */
	uint8_t unheard;                /* so many in a row of which hardly anything was told */
	bool passed;                    /* the last one did */
	bool dark;                      /* not one picture fits into the estimate; written by whoever shares it out */
	int64_t next_us;
	int64_t interval_us;
	int64_t start_us;               /* of the plan */
	int64_t begun_us;               /* the last one */
	int64_t before_drop_bps;        /* worth a try once the queue is gone; 0: nothing */
	int64_t dropped_us;
};

void probe_plan_init(struct probe_plan *p, int64_t now_us);

/** Rate of the probe to begin now, 0: none. `goal_bps`: nothing above it is of use; not above the estimate: no probe. */
int64_t probe_plan_next(struct probe_plan *p, int64_t estimate_bps, int64_t goal_bps, int64_t now_us);

/** How long a probe of this rate takes: 50 to 120 ms, more where jitter bends the line that is drawn through its packets. */
int64_t probe_plan_duration_us(int64_t rate_bps, int64_t jitter_us);

/** `gained`: the estimate rose by it. */
void probe_plan_on_verdict(struct probe_plan *p, enum probe_verdict verdict, bool gained, int64_t rtt_us, int64_t now_us);

/** The line seems to have become wider. */
void probe_plan_hurry(struct probe_plan *p, int64_t now_us);

void probe_plan_on_drop(struct probe_plan *p, int64_t before_bps, int64_t now_us);

#endif
