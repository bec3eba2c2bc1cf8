/* source.set: the own microphone, camera or screen. */
#include "signaling/commands.h"

int source_set_handle(struct call *c)
{
	return call_verdict(c, room_source_set(c->meeting->room, c->now, c->client->seat, call_source(c), message_bool(&c->message, "on")));
}
