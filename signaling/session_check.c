/* See session_check.h. A look costs one binary search for each dialog and socket. */
#include "signaling/session_check.h"

#include "media/base/clock.h"
#include "media/base/log.h"
#include "signaling/client.h"
#include "signaling/meeting.h"
#include "signaling/server.h"
#include "signaling/socket.h"
#include "signaling/wall.h"

static bool holds(const struct server *s, int64_t account, const uint8_t session[SESSION_HASH_BYTES])
{
	return !account || session_holder(s->directory, session, clock_wall_us()) == account;
}

static void end_client(struct client *c)
{
	struct meeting *m = c->meeting;

	room_leave(m->room, server_now(), c->seat, LEAVE_SIGNED_OUT);
	client_end(c, LEAVE_SIGNED_OUT);
	meeting_touch(m);
}

static void end_wall(struct wall *w)
{
	dialog_dismiss(&w->dialog, LEAVE_SIGNED_OUT);
	wall_destroy(w);
}

static void end_dialog(struct dialog *d)
{
	log_event(LOG_INFO, "session.over account=%lld wall=%d", (long long)d->account, d->wall != NULL);
	if (d->wall)
		end_wall(d->wall);
	else if (!d->client->ended)     /* an ended one waits only for its last words */
		end_client(d->client);
}

void sessions_check(struct server *s)
{
	struct dialog *d, *next;
	struct socket *k, *next_socket;

	HASH_ITER(hh, s->dialogs, d, next)
		if (!holds(s, d->account, d->session))
			end_dialog(d);
	HASH_ITER(hh, s->sockets, k, next_socket)
		if (!k->closing && !holds(s, k->account, k->session))
			socket_close(k);
}
