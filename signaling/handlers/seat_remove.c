/* seat.remove: ends a seat and bars it until the room ends. */
#include "signaling/commands.h"

int seat_remove_handle(struct call *c)
{
	return call_verdict(c, room_remove(c->meeting->room, c->now, c->client->seat, call_string(c, "seat")));
}
