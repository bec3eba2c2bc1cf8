/* Sites that take a seat of a room by our WebSocket (docs/protocol.md). */
#ifndef LOAD_ROOM_ENTRANCE_H
#define LOAD_ROOM_ENTRANCE_H

#include "tests/load/site.h"

#define ROOM_WATCHED 25         /* one large, 24 thumbnails */

extern const struct entrance room_entrance;

/** Asks for one other site's camera at 720p and 24 as thumbnails, of those that are there now. Nothing for other entrances. */
void room_watch(struct site *s);

#endif
