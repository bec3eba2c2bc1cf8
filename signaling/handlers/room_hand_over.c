/* room.hand_over: another seat becomes host. */
#include "signaling/commands.h"

int room_hand_over_handle(struct call *c)
{
	return call_verdict(c, room_hand_over(c->meeting->room, c->now, c->client->seat, call_string(c, "seat")));
}
