/*
 * Counters for /metrics. Each thread owns one `struct counters` per set of definitions and is its only writer;
 * any thread may read. A set is a table of names, so that a counter is one row and one enum value.
 */
#ifndef HUITANG_BASE_COUNTERS_H
#define HUITANG_BASE_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct counter_def {
	const char *name;   /* Prometheus name without prefix, may carry labels: `stun_dropped_total{reason="integrity"}` */
	const char *help;   /* one sentence */
	bool gauge;         /* may fall; else a counter */
};

struct counters;

/** Owns: *ret is the caller's. `defs` must outlive it. Errors: -ENOMEM. */
int counters_create(struct counters **ret, const struct counter_def *defs, size_t n);
struct counters *counters_destroy(struct counters *c);

/** Owning thread only; `index` below n. */
void counters_add(struct counters *c, size_t index, int64_t delta);
void counters_set(struct counters *c, size_t index, int64_t value);

/** Any thread. */
int64_t counters_get(const struct counters *c, size_t index);

/**
 * Writes the sums of `n_sets` counters that share one table as Prometheus text (version 0.0.4).
 *
 * Owns:   *ret is the caller's, mem_free().
 * Errors: -ENOMEM.
 */
int counters_write(char **ret, struct counters *const *sets, size_t n_sets);

#endif
