/* seat.allow: gives back what seat.mute or room.mute_all took. */
#include "signaling/commands.h"

int seat_allow_handle(struct call *c)
{
	return call_verdict(c, room_allow(c->meeting->room, c->now, c->client->seat, call_string(c, "seat"), call_source(c)));
}
