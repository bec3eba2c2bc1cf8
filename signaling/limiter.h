/* How often somebody may do something: a bucket that fills with time. */
#ifndef HUITANG_SIGNALING_LIMITER_H
#define HUITANG_SIGNALING_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

/* Embedded; zeroed is a full bucket. */
struct bucket {
	int64_t spent_us;       /* when what was spent will have been earned back */
};

/**
 * Spends one of `burst`, which come back one each `every_us`.
 *
 * Returns 0, or the microseconds until one is there; then nothing was spent.
 */
int64_t bucket_spend(struct bucket *b, int64_t now_us, int64_t every_us, unsigned burst);

struct limiter;

/** One bucket for each address, at most `max_addresses`; beyond it the whole world shares one. Owns: *ret is the caller's. Errors: -ENOMEM. */
int limiter_create(struct limiter **ret, int64_t every_us, unsigned burst, unsigned max_addresses);
struct limiter *limiter_destroy(struct limiter *l);

/** As bucket_spend(), by address text. */
int64_t limiter_spend(struct limiter *l, const char *address, int64_t now_us);

/** Spends one even where none is there: what comes after waits the longer. */
void limiter_charge(struct limiter *l, const char *address, int64_t now_us);

/** What limiter_spend() spent is there again. */
void limiter_return(struct limiter *l, const char *address);

/** What limiter_spend() would return; spends nothing. */
int64_t limiter_wait(struct limiter *l, const char *address, int64_t now_us);

#endif
