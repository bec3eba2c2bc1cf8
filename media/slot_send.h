/* What slot.c and slot_send.c know of each other. Private to them. */
#ifndef HUITANG_MEDIA_SLOT_SEND_H
#define HUITANG_MEDIA_SLOT_SEND_H

#include "media/slot.h"

/** The first packet of what is bound leaves with this timestamp. */
void slot_tell_switched(struct slot *s, uint32_t rtp);

/** What waits is too old: nothing leaves until the next keyframe. */
void slot_drop_to_keyframe(struct slot *s, int64_t now_us);

#endif
