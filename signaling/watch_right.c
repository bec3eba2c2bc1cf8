/* See watch_right.h. */
#include "signaling/watch_right.h"

#include "signaling/meeting.h"
#include "signaling/room_right.h"
#include "signaling/server.h"

static bool oversees(enum role role)
{
	return role_leads(role) || role == ROLE_INSPECTOR;
}

static bool may_enter(void *user, int64_t account, const char *room)
{
	struct server *s = user;
	const struct meeting *m = server_find_meeting(s, room);
	const struct seat *own;
	char key[SEAT_KEY_BYTES];
	enum role role;

	if (!room_right(s, room, account, &role) || !oversees(role))
		return false;
	if (!m)
		return true;
	client_write_account_key(key, account);
	own = room_seat_by_key(m->room, key, SEAT_BROWSER);
	return !room_bars(m->room, key) && (!own || oversees(own->role));
}

static bool may_watch(void *user, int64_t account, const char *room, const char *seat, enum seat_source source)
{
	(void)seat;
	(void)source;
	return may_enter(user, account, room);
}

struct wall_rights watch_right(struct server *s)
{
	return (struct wall_rights){ .may_enter = may_enter, .may_watch = may_watch, .user = s };
}
