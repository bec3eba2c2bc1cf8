/* See recovery.h. */
#include "signaling/recovery.h"

#include "attendance/journal.h"
#include "media/base/log.h"
#include "signaling/meeting.h"
#include "signaling/server.h"
#include "signaling/tickets.h"

struct replay {
	struct server *server;
	int64_t refused;
};

static int on_row(void *user, const struct journal_row *row)
{
	struct replay *p = user;
	struct meeting *m = *row->event.room ? server_meeting(p->server, row->event.room) : NULL;

	/* What was erased is of long ago, and a room lives without it. */
	if (m && *row->event.payload && room_apply(m->room, &row->event) < 0)
		p->refused++;
	return 0;
}

int recovery_replay(struct server *s)
{
	struct replay p = { .server = s };
	struct meeting *m, *next;
	int r = journal_replay(s->store, on_row, &p);

	if (p.refused)
		log_event(LOG_WARNING, "recovery.rows_not_understood n=%lld", (long long)p.refused);
	HASH_ITER(hh, s->meetings, m, next)
		room_settle(m->room, server_now());
	return r;
}

static void on_opened(struct server *s, const void *data, int64_t sequence, int error)
{
	(void)data;
	(void)sequence;
	(void)error;
	if (--s->opening == 0)
		server_print_ready(s);
}

/* Tokens carry the epoch, which another process reads from the disk: the server is ready once it is there. */
static void open_room(struct server *s, struct meeting *m)
{
	uint64_t ticket = tickets_add(s->tickets, on_opened, NULL, 0);
	bool opened;

	m->ticket = ticket;
	opened = meeting_open(m);
	if (!opened)
		log_event(LOG_WARNING, "room.not_opened room=%s", m->id);
	if (opened && ticket && m->ticket == 0)
		s->opening++;
	else
		tickets_cancel(s->tickets, ticket);
	m->ticket = 0;
}

void recovery_open(struct server *s)
{
	size_t n;
	const struct room_record *const *rooms = directory_rooms(s->directory, &n);

	for (size_t i = 0; i < n; i++) {
		struct meeting *m = rooms[i]->ended_us ? NULL : server_meeting(s, rooms[i]->id);

		if (m)
			open_room(s, m);
	}
}
