/* hand.raise, hand.lower: the queue of who wants to speak. */
#include "classroom/room_floor.h"
#include "signaling/commands.h"

int hand_raise_handle(struct call *c)
{
	return call_verdict(c, room_raise_hand(c->meeting->room, c->now, c->client->seat, call_string(c, "speaker")));
}

int hand_lower_handle(struct call *c)
{
	const char *seat = call_string(c, "seat");

	return call_verdict(c, room_lower_hand(c->meeting->room, c->now, c->client->seat, seat && *seat ? seat : c->client->seat));
}
