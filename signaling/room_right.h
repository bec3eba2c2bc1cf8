/*
 * Who is what in which room: the one place that is asked before anybody joins, lists or oversees one.
 *
 *   class-17     the class says (sitting.h)
 *   org-5        the standing room of an organisation: who may plan there leads it, its site and members take part, and so do those below it
 *   others       rights in the directory (room_right)
 */
#ifndef HUITANG_SIGNALING_ROOM_RIGHT_H
#define HUITANG_SIGNALING_ROOM_RIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "classroom/event.h"
#include "classroom/role.h"

struct server;

/** The role of an account. False: none; *ret is untouched then. */
bool room_right(const struct server *s, const char *room, int64_t account, enum role *ret);

/* What a room is called and whose it is. */
struct room_place {
	const char *title;              /* borrowed from directory or class */
	int64_t org;                    /* 0: nobody's */
	bool lobby;                     /* opens as one: a class's */
};

/** False: there is no such room. */
bool room_place(const struct server *s, const char *room, struct room_place *ret);

/** The standing room of an organisation. */
void room_right_write(char ret[ROOM_ID_BYTES], int64_t org);

/** The organisation of a standing room, 0 of another, or when it is closed or unknown. */
int64_t room_right_org(const struct server *s, const char *room);

#endif
