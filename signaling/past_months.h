/* What happened when: the demo county's months, up to a moment. */
#ifndef HUITANG_SIGNALING_PAST_MONTHS_H
#define HUITANG_SIGNALING_PAST_MONTHS_H

#include "signaling/past_world.h"

#define MONTHS_DAYS 120         /* so long before it begins */

/** Lives through them: until_us is today. Errors: of world.h; the log says at what. */
int months_live(struct world *w, int64_t until_us);

#endif
