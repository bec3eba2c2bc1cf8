/* seat.coding: how another seat's camera is coded. */
#include "signaling/commands.h"

int seat_coding_handle(struct call *c)
{
	enum picture_coding coding = (enum picture_coding)message_enum(&c->message, "coding", &wire_enum_picture_coding);

	return call_verdict(c, room_set_coding(c->meeting->room, c->now, c->client->seat, call_string(c, "seat"), coding));
}
