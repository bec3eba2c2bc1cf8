/* How many sites and persons of a class are there, district by district: what the host sees in the lobby and after. Thread: control. */
#ifndef HUITANG_SIGNALING_SITTING_DISTRICTS_H
#define HUITANG_SIGNALING_SITTING_DISTRICTS_H

#include "signaling/meeting.h"
#include "signaling/sitting.h"

#define SITTING_DISTRICTS_MAX 200       /* schema.json, class.districts; sites of further ones are left out */

/** class.districts to who leads, if anybody does. `m` is its room. */
void sitting_tell_districts(const struct sitting *t, struct meeting *m);

#endif
