/* What /metrics tells of all lines together: the labels are bounded, no seat is named. */
#ifndef HUITANG_SIGNALING_LINE_COUNTERS_H
#define HUITANG_SIGNALING_LINE_COUNTERS_H

#include "media/base/counters.h"
#include "signaling/quality.h"

/** Owns: *ret is the caller's, counters_destroy(). Errors: -ENOMEM. */
int line_counters_create(struct counters **ret);

/** One look at one line. */
void line_counters_feed(struct counters *c, const struct path_stats *s);

/** One report of one page. */
void line_counters_report(struct counters *c, const struct quality_report *r);

#endif
