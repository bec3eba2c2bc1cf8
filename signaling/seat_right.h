/*
 * Seats as the rights stand now. Who took a seat by a right (room_right.h) and has none any more, or leads or inspects no longer, is shown out at once, and may
 * come back as what that one is now. Guests and tokens have their own ends: the room's, and an expert's link (expert.h).
 */
#ifndef HUITANG_SIGNALING_SEAT_RIGHT_H
#define HUITANG_SIGNALING_SEAT_RIGHT_H

struct server;

/** Asks again for every seat. Not inside an act of a room. */
void seat_rights_check(struct server *s);

#endif
