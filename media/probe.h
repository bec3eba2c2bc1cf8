/*
 * One probe at a time: packets sent for some tens of milliseconds at a higher rate, and what came of it. The rate at which they
 * arrive is read from a line through (sent, arrived) of them all, which jitter bends less than it does the first and the last.
 * Embedded and pure.
 */
#ifndef HUITANG_MEDIA_PROBE_H
#define HUITANG_MEDIA_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum probe_verdict { PROBE_PENDING, PROBE_PASSED, PROBE_LIMITED, PROBE_FAILED, PROBE_UNHEARD, PROBE_VOID };

struct probe {
	uint8_t number;                 /* of the one that runs or ran last; 0: none yet */
	bool running;
	int64_t rate_bps;               /* asked for */
	int64_t begin_us;
	int64_t end_us;                 /* of sending */
	unsigned sent;                  /* packets */
	/* told by feedback */
	unsigned arrived, lost;
	int64_t bytes;                  /* that arrived */
	int64_t last_bytes;             /* of these, in the last burst: all that left at last_sent_us */
	int64_t last_sent_us;           /* since begin_us, as below */
	int64_t first_sent_us;
	int64_t first_arrival_us;
	double sum_sent, sum_arrival, sum_sent2, sum_both; /* milliseconds since begin_us and first_arrival_us */
};

void probe_init(struct probe *p);

/** Begins the next one; its number is p->number, never 0. */
void probe_begin(struct probe *p, int64_t rate_bps, int64_t duration_us, int64_t now_us);

/** A packet with the number of the running probe left, arrived, or was lost. Others are ignored. */
void probe_sent(struct probe *p, uint8_t number);
void probe_arrived(struct probe *p, uint8_t number, size_t bytes, int64_t sent_us, int64_t arrival_us);
void probe_lost(struct probe *p, uint8_t number);

/** Feedback has told of a packet sent at `sent_us`: behind the end of the probe, all is known. */
static inline bool probe_is_complete(const struct probe *p, int64_t sent_us)
{
	return p->running && sent_us > p->end_us;
}

/**
 * Ends the probe and tells what the line carried. PASSED: all that was sent, *ret_bps. LIMITED: not all, *ret_bps is what it carried:
 * it came more slowly than it was sent, or more was lost than `chance_permille` and a quarter. FAILED: fewer than 5 packets or 15 ms
 * arrived. UNHEARD: it was sent, but hardly anything was told about it: feedback was lost. VOID: hardly anything was sent, or all in one
 * go: nothing was measured. *ret_bps stays in these cases.
 */
enum probe_verdict probe_end(struct probe *p, unsigned chance_permille, int64_t *ret_bps);

#endif
