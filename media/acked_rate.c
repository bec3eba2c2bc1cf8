/* See acked_rate.h. The newest bucket is not full yet, and is left out. */
#include "media/acked_rate.h"

#include <string.h>

#include "media/base/macros.h"

#define LEAP (INT64_C(3600000000) / ACKED_BUCKET_US)

void acked_rate_init(struct acked_rate *r)
{
	memset(r, 0, sizeof(*r));
}

static uint32_t *bucket(struct acked_rate *r, int64_t number)
{
	return &r->bytes[(uint64_t)number % ACKED_BUCKETS];
}

void acked_rate_add(struct acked_rate *r, int64_t arrival_us, size_t bytes)
{
	int64_t number = arrival_us / ACKED_BUCKET_US;

	if (!r->started || number > r->newest + LEAP || number < r->newest - LEAP) {
		acked_rate_init(r);
		r->started = true;
		r->first = r->newest = number;
	}
	if (number - r->newest >= ACKED_BUCKETS)
		memset(r->bytes, 0, sizeof(r->bytes));
	else
		for (int64_t i = r->newest + 1; i <= number; i++)
			*bucket(r, i) = 0;
	r->newest = MAX(r->newest, number);
	if (r->newest - number < ACKED_BUCKETS)
		*bucket(r, number) += (uint32_t)bytes;
}

int64_t acked_rate_bps(const struct acked_rate *r, int64_t window_us)
{
	int64_t n = CLAMP(window_us / ACKED_BUCKET_US, 1, ACKED_BUCKETS - 1);
	int64_t bytes = 0;

	if (!r->started || r->newest - r->first < n)
		return 0;
	for (int64_t i = r->newest - n; i < r->newest; i++)
		bytes += r->bytes[(uint64_t)i % ACKED_BUCKETS];
	return bytes * 8 * 1000000 / (n * ACKED_BUCKET_US);
}
