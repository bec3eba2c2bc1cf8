/*
 * Who may watch across rooms, as the rights stand now. One of two is enough:
 *
 *   by the room    who leads or inspects it; what the room has decided of the account's own seat since goes before: a co-host who was made
 *                  participant, and who was removed, sees no more than others
 *   by the tree    a grant that allows `watch` at the organisation whose seat it is (look_place()), whatever room the seat is in: a district watches
 *                  its sites in a city's class, and no others. Of a person's own seat the person must be in sight as well
 */
#ifndef HUITANG_SIGNALING_WATCH_RIGHT_H
#define HUITANG_SIGNALING_WATCH_RIGHT_H

#include "attendance/authority.h"
#include "signaling/wall.h"

/** For server.wall_rights; `s` outlives it. */
struct wall_rights watch_right(struct server *s);

/** By the tree alone. The seat may be gone, or none: then it is nobody's but the room's. */
bool watch_right_over(const struct server *s, const struct principal *who, const char *room, const char *seat);

#endif
