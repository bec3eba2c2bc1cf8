/* How much arrives at the receiver, by its own clock. Embedded and pure. */
#ifndef HUITANG_MEDIA_ACKED_RATE_H
#define HUITANG_MEDIA_ACKED_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACKED_BUCKET_US 20000
#define ACKED_BUCKETS 64

struct acked_rate {
	bool started;
	int64_t first;                  /* numbers of buckets: time / ACKED_BUCKET_US */
	int64_t newest;
	uint32_t bytes[ACKED_BUCKETS];  /* by number modulo ACKED_BUCKETS */
};

void acked_rate_init(struct acked_rate *r);

/** A packet arrived. Older than a second counts for nothing; a clock that leaps by more than an hour begins anew. */
void acked_rate_add(struct acked_rate *r, int64_t arrival_us, size_t bytes);

/** Over the last `window_us` (100,000 to 1,000,000) before the newest arrival; 0 when that is not yet so long ago. */
int64_t acked_rate_bps(const struct acked_rate *r, int64_t window_us);

#endif
