/* stage.set, spotlight.set: whom all see. */
#include "classroom/room_floor.h"
#include "signaling/commands.h"

int stage_set_handle(struct call *c)
{
	return call_verdict(c, room_stage(c->meeting->room, c->now, c->client->seat, call_string(c, "seat"), message_bool(&c->message, "on")));
}

int spotlight_set_handle(struct call *c)
{
	return call_verdict(c, room_spotlight(c->meeting->room, c->now, c->client->seat, call_string(c, "seat"), message_bool(&c->message, "on")));
}
