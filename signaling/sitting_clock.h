/* What a class does by itself at its times. Thread: control. */
#ifndef HUITANG_SIGNALING_SITTING_CLOCK_H
#define HUITANG_SIGNALING_SITTING_CLOCK_H

#include "signaling/sitting.h"

#define ROSTER_FREEZES_US (10 * 60 * 1000000LL)         /* so long before the start */

/** Each second. */
void sittings_on_second(struct server *s, struct instant now);

/**
 * Freezes the roster as version 1, if it is not yet: all members of each invited site by their main membership today.
 *
 * Errors: of sitting_write(); what was written by then does not hold, and is written again later.
 */
int sitting_freeze(struct sitting *t, struct instant now);

#endif
