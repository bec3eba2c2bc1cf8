/*
 * Who may watch across rooms, as the rights stand in the directory: who leads or inspects a room. What the room has decided of
 * the account's own seat since goes before: a co-host who was made participant, and who was removed, sees no more than others.
 */
#ifndef HUITANG_SIGNALING_WATCH_RIGHT_H
#define HUITANG_SIGNALING_WATCH_RIGHT_H

#include "signaling/wall.h"

/** For server.wall_rights; `s` outlives it. */
struct wall_rights watch_right(struct server *s);

#endif
