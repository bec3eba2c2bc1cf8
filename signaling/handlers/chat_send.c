/* chat.send: to all in the room, or to who leads it. */
#include "signaling/commands.h"

int chat_send_handle(struct call *c)
{
	bool to_host = message_enum(&c->message, "to", &wire_enum_chat_to) == WIRE_CHAT_TO_HOST;
	uint64_t id = 0;
	int r = call_verdict(c, room_chat(c->meeting->room, c->now, c->client->seat, call_string(c, "text"), to_host, &id));

	if (r == 0)
		json_object_set_new(c->reply, "id", json_integer((json_int_t)id));
	return r;
}
