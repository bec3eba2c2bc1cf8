/* coding.set: how the own camera is coded. */
#include "signaling/commands.h"

int coding_set_handle(struct call *c)
{
	enum picture_coding coding = (enum picture_coding)message_enum(&c->message, "coding", &wire_enum_picture_coding);

	return call_verdict(c, room_set_coding(c->meeting->room, c->now, c->client->seat, c->client->seat, coding));
}
