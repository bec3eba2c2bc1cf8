/* See seat_right.h. */
#include "signaling/seat_right.h"

#include "media/base/hash.h"
#include "media/base/log.h"
#include "signaling/client.h"
#include "signaling/meeting.h"
#include "signaling/room_right.h"
#include "signaling/server.h"

static bool oversees(enum role role)
{
	return role_leads(role) || role == ROLE_INSPECTOR;
}

/* Whether the right is as much as it was when the seat was taken. */
static bool holds(const struct client *c, const struct seat *seat)
{
	enum role role;

	if (!room_right(c->server, c->meeting->id, c->dialog.account, &role))
		return false;
	return role == seat->granted || !oversees(seat->granted);
}

static void show_out(struct client *c)
{
	struct meeting *m = c->meeting;

	log_event(LOG_INFO, "seat.right_lost room=%s account=%lld", m->id, (long long)c->dialog.account);
	room_leave(m->room, server_now(), c->seat, LEAVE_REMOVED);
	client_end(c, LEAVE_REMOVED);
	meeting_touch(m);
}

static void check_meeting(struct meeting *m)
{
	struct client *c, *next;

	HASH_ITER(hh_seat, m->clients, c, next) {
		const struct seat *seat = c->by_right && !c->ended ? room_seat(m->room, c->seat) : NULL;

		if (seat && seat_present(seat) && !holds(c, seat))
			show_out(c);
	}
}

void seat_rights_check(struct server *s)
{
	struct meeting *m, *next;

	HASH_ITER(hh, s->meetings, m, next)
		check_meeting(m);
}
