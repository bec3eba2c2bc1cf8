/* floor.give, floor.extend, floor.end: who speaks, and for how long. */
#include "classroom/room_floor.h"
#include "signaling/commands.h"

int floor_give_handle(struct call *c)
{
	return call_verdict(c, room_give_floor(c->meeting->room, c->now, c->client->seat, call_string(c, "seat"), message_int(&c->message, "span_s", 0)));
}

int floor_extend_handle(struct call *c)
{
	return call_verdict(c, room_extend_floor(c->meeting->room, c->now, c->client->seat, call_string(c, "seat"), message_int(&c->message, "span_s", 0)));
}

int floor_end_handle(struct call *c)
{
	return call_verdict(c, room_end_floor(c->meeting->room, c->now, c->client->seat, call_string(c, "seat")));
}
