/* See watch_right.h. */
#include "signaling/watch_right.h"

#include <string.h>

#include "attendance/authority.h"
#include "media/base/clock.h"
#include "signaling/look_tell.h"
#include "signaling/meeting.h"
#include "signaling/room_right.h"
#include "signaling/server.h"

/* ---- by a role in the room ---- */

static bool oversees(enum role role)
{
	return role_leads(role) || role == ROLE_INSPECTOR;
}

static bool oversees_room(const struct server *s, int64_t account, const char *room)
{
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

/* ---- by a grant above the seat ---- */

static bool may_watch_at(const struct server *s, const struct principal *who, int64_t org, int64_t person)
{
	int64_t now_us = clock_wall_us(), grant;

	if (may(s->directory, who, ACT_WATCH, target_org(org), now_us, &grant) < 0)
		return false;
	return !person || can_see(s->directory, who, target_person(person), now_us);
}

bool watch_right_over(const struct server *s, const struct principal *who, const char *room, const char *seat)
{
	int64_t org, person;

	look_place(s, room, seat, &org, &person);
	return may_watch_at(s, who, org, person);
}

static bool over_any_seat(const struct server *s, const struct principal *who, const struct meeting *m)
{
	const struct seat *seat;
	char after[SEAT_ID_BYTES] = "";

	while (room_roster(m->room, after, &seat, 1) == 1) {
		if (watch_right_over(s, who, m->id, seat->id))
			return true;
		memcpy(after, seat->id, sizeof(after));
	}
	return false;
}

/* ---- for walls ---- */

static bool may_open(void *user, int64_t account)
{
	const struct server *s = user;
	struct principal who = principal_of(s->directory, account);
	const struct room_record *const *rooms;
	size_t n;

	if (may_anywhere(s->directory, &who, ACT_WATCH, clock_wall_us()))
		return true;
	rooms = directory_rooms(s->directory, &n);
	for (size_t i = 0; i < n; i++)
		if (oversees_room(s, account, rooms[i]->id))
			return true;
	return false;
}

static bool may_enter(void *user, int64_t account, const char *room)
{
	const struct server *s = user;
	const struct meeting *m = server_find_meeting(s, room);
	struct principal who = principal_of(s->directory, account);

	return oversees_room(s, account, room) || (m && over_any_seat(s, &who, m));
}

static bool may_watch(void *user, int64_t account, const char *room, const char *seat, enum seat_source source)
{
	const struct server *s = user;
	struct principal who = principal_of(s->directory, account);

	(void)source;
	return oversees_room(s, account, room) || watch_right_over(s, &who, room, seat);
}

struct wall_rights watch_right(struct server *s)
{
	return (struct wall_rights){ .may_open = may_open, .may_enter = may_enter, .may_watch = may_watch, .user = s };
}
