/* seat.line: another seat's line profile. */
#include "signaling/commands.h"

int seat_line_handle(struct call *c)
{
	enum line_profile line = (enum line_profile)message_enum(&c->message, "line", &wire_enum_line_profile);

	return call_verdict(c, room_set_line(c->meeting->room, c->now, c->client->seat, call_string(c, "seat"), line));
}
