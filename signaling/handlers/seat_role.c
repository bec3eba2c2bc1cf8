/* seat.role: another role for a seat. */
#include "signaling/commands.h"

int seat_role_handle(struct call *c)
{
	enum role role = (enum role)message_enum(&c->message, "role", &wire_enum_role);

	return call_verdict(c, room_set_role(c->meeting->room, c->now, c->client->seat, call_string(c, "seat"), role));
}
