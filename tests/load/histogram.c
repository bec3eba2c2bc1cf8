/* Up to 128 µs a bucket for each; above, 64 for each doubling. */
#include "tests/load/histogram.h"

#include <math.h>

#define EXACT 128
#define STEPS 64

static unsigned bucket_of(uint64_t us)
{
	unsigned log, i;

	if (us < EXACT)
		return (unsigned)us;
	log = 63 - (unsigned)__builtin_clzll(us);
	i = EXACT + (log - 7) * STEPS + ((unsigned)(us >> (log - 6)) & (STEPS - 1));
	return i < HISTOGRAM_BUCKETS ? i : HISTOGRAM_BUCKETS - 1;
}

static int64_t top_of(unsigned bucket)
{
	unsigned log, step;

	if (bucket < EXACT)
		return bucket;
	log = (bucket - EXACT) / STEPS + 7;
	step = (bucket - EXACT) % STEPS;
	return ((int64_t)(STEPS + step + 1) << (log - 6)) - 1;
}

void histogram_add(struct histogram *h, int64_t us)
{
	h->n++;
	if (us > h->max_us)
		h->max_us = us;
	h->counts[bucket_of(us > 0 ? (uint64_t)us : 0)]++;
}

int64_t histogram_at(const struct histogram *h, double part)
{
	uint64_t want = (uint64_t)ceil(part * (double)h->n), seen = 0;

	for (unsigned i = 0; i < HISTOGRAM_BUCKETS && h->n; i++) {
		seen += h->counts[i];
		if (seen >= want && seen)
			return top_of(i) < h->max_us ? top_of(i) : h->max_us;
	}
	return h->max_us;
}
