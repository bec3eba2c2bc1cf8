/* See recovery.h. */
#include "signaling/recovery.h"

#include "attendance/journal.h"
#include "media/base/log.h"
#include "signaling/meeting.h"
#include "signaling/server.h"

struct replay {
	struct server *server;
	int64_t refused;
};

static int on_row(void *user, const struct journal_row *row)
{
	struct replay *p = user;
	struct meeting *m = *row->event.room ? server_meeting(p->server, row->event.room) : NULL;

	if (m && room_apply(m->room, &row->event) < 0)
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

void recovery_open(struct server *s)
{
	size_t n;
	const struct room_record *const *rooms = directory_rooms(s->directory, &n);

	for (size_t i = 0; i < n; i++) {
		struct meeting *m = rooms[i]->ended_us ? NULL : server_meeting(s, rooms[i]->id);

		if (m && !meeting_open(m))
			log_event(LOG_WARNING, "room.not_opened room=%s", rooms[i]->id);
	}
}
