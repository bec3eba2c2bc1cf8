/* room.end: over for all. */
#include "signaling/commands.h"

int room_end_handle(struct call *c)
{
	int r = call_verdict(c, room_end(c->meeting->room, c->now, c->client->seat));

	if (r == 0)
		directory_room_ended(c->server->directory, c->meeting->id, c->now.wall_us);
	return r;
}
