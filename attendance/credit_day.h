/*
 * What somebody's classes of some days come to (docs/class.md, Credit). A moment that two classes claim counts for the one that began
 * first, then the lower number; a day's sum is floored once and capped, a year's capped; so the sum does not depend on the order in which
 * results arrive, and what a class is given is the difference that it makes. Pure.
 */
#ifndef HUITANG_ATTENDANCE_CREDIT_DAY_H
#define HUITANG_ATTENDANCE_CREDIT_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attendance/spans.h"

/* One class of one person. */
struct credit_session {
	int64_t class;                  /* its number: each at most once in a list */
	int64_t began_us;               /* wall: where W begins */
	int32_t day;                    /* 20261126: of the class's start, in its zone (local_day.h) */
	struct spans claim;             /* borrowed, settled: what the rule counts; empty where it refuses */
	int32_t hour_s;                 /* of the rule: over 0 */
	int32_t day_hours_milli, year_hours_milli;      /* caps, 0 none */

	/* What credit_days_count() finds: the class's part of the sum. */
	int64_t counted_s, milli_hours;
	bool overlapped, capped;        /* a part of the claim counts for another class; a cap took something */
};

struct credit_sum {
	int64_t counted_s, milli_hours;
};

/**
 * Counts `n` sessions of one person: all of the year, and those of other years that overlap them. Puts them in order of day, begin, class.
 * Where classes of one day have hours of different length, each length is floored by itself; where caps differ, a class is added up to
 * its own.
 *
 * Errors: -ENOMEM.
 */
int credit_days_count(struct credit_session *list, size_t n, struct credit_sum *ret);

/**
 * What one class adds to what the others come to; the list is counted and ordered as by credit_days_count(). Below zero only where it
 * takes moments from a class that makes more of them (shorter hours, a day that is not yet full): then entries of that one are to be
 * reversed and posted again (ledger.h).
 *
 * Errors: -ENOENT the class is not in the list; -ENOMEM.
 */
int credit_days_difference(struct credit_session *list, size_t n, int64_t class, struct credit_sum *ret);

#endif
