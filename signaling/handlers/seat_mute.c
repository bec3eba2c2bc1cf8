/* seat.mute: another seat's source off, with or without the right to switch it on again. */
#include "signaling/commands.h"

int seat_mute_handle(struct call *c)
{
	return call_verdict(c, room_mute(c->meeting->room, c->now, c->client->seat, call_string(c, "seat"), call_source(c),
					 message_bool(&c->message, "self_unmute")));
}
