/*
 * Sets of times: spans that are kept in order, apart from each other and not empty, and what is computed with them. Pure.
 * A set is filled with spans_add() in any order; spans_settle() makes it one. The rest takes and gives settled sets.
 */
#ifndef HUITANG_ATTENDANCE_SPANS_H
#define HUITANG_ATTENDANCE_SPANS_H

#include <stddef.h>
#include <stdint.h>

#include "media/base/macros.h"

/* Wall time, microseconds. Half-open. */
struct span {
	int64_t from_us, to_us;
};

struct spans {
	struct span *list;              /* owned, n */
	size_t n, max;
};

/** Adds a span; one that is empty or reversed is none. Errors: -ENOMEM. */
int spans_add(struct spans *s, struct span span);
int spans_add_all(struct spans *s, const struct span *list, size_t n);

/** In order, what overlaps or touches made one. */
void spans_settle(struct spans *s);

/** Adds to `ret`, which must be empty or lie before, what both have, or what only the first has. Errors: -ENOMEM. */
int spans_intersect(struct spans *ret, const struct spans *a, const struct spans *b);
int spans_subtract(struct spans *ret, const struct spans *a, const struct spans *b);

/** The sum, microseconds. */
int64_t spans_us(const struct spans *s);

/** What both have, microseconds. */
int64_t spans_common_us(const struct spans *a, const struct spans *b);

/** Frees the list, and leaves an empty set. For CLEANUP as it is. */
void spans_done(struct spans *s);

#endif
