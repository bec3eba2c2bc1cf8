/* What slot.c and slot_send.c know of each other. Private to them. */
#ifndef HUITANG_MEDIA_SLOT_SEND_H
#define HUITANG_MEDIA_SLOT_SEND_H

#include "media/red.h"
#include "media/slot.h"

#define SLOT_RED_BLOCKS (SOUND_CARE_MOST + 1)

/** The first packet of what is bound leaves with this timestamp. */
void slot_tell_switched(struct slot *s, uint32_t rtp);

/** What waits is too old: nothing leaves until the next keyframe. */
void slot_drop_to_keyframe(struct slot *s, int64_t now_us);

/* slot_sound.c; where the slot has kept_sound. */

/** What leaves with this packet of the current source, which has the timestamp `rtp`, as RED: the primary last. 0: nothing but the packet. */
size_t slot_redundancy(struct slot *s, const struct kept_packet *p, uint32_t rtp, struct red_block ret[SLOT_RED_BLOCKS]);

/** The packet that was just added to the group may be sent again. `number_at`: as sendqueue_add() got it. */
void slot_note_sound(struct slot *s, uint16_t seq, size_t number_at, int64_t now_us);

/** None of what was sent so far is sent again. */
void slot_forget_sound(struct slot *s);

void slot_repeat_sound(struct slot *s, const uint16_t *seqs, size_t n, int64_t now_us);

#endif
