/* What a room calls back, and the gathering of what its clients are told. Inside signaling/meeting*.c. */
#ifndef HUITANG_SIGNALING_MEETING_EVENTS_H
#define HUITANG_SIGNALING_MEETING_EVENTS_H

#include "signaling/meeting.h"

#define MEETING_FLUSH_S 0.1

extern const struct room_events meeting_room_events;

/** Sends what was gathered. */
void meeting_on_flush(struct ev_loop *loop, struct ev_timer *w, int revents);

/** The timer follows room_due_us(). */
void meeting_set_clock(struct meeting *m);

void meeting_forget_changes(struct meeting *m);

#endif
