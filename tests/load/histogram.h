/* Counts of durations in buckets that are at most 1.6 % wide, up to a minute; no allocation. Embedded; begin with zeroes. */
#ifndef LOAD_HISTOGRAM_H
#define LOAD_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_BUCKETS 1408

struct histogram {
	uint64_t n;
	int64_t max_us;
	uint32_t counts[HISTOGRAM_BUCKETS];
};

/** Negative durations count as 0, those over a minute as the last bucket; max_us keeps the true maximum. */
void histogram_add(struct histogram *h, int64_t us);

/** The duration that `part` (0 to 1) of all lie at or below; 0 when there are none. */
int64_t histogram_at(const struct histogram *h, double part);

#endif
