/* room.allow_unmute: lifts room.mute_all. */
#include "signaling/commands.h"

int room_allow_unmute_handle(struct call *c)
{
	return call_verdict(c, room_unmute_all(c->meeting->room, c->now, c->client->seat));
}
