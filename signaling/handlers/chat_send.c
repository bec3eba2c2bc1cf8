/* chat.send: to all in the room. */
#include "signaling/commands.h"

int chat_send_handle(struct call *c)
{
	uint64_t id = 0;
	int r = call_verdict(c, room_chat(c->meeting->room, c->now, c->client->seat, call_string(c, "text"), &id));

	if (r == 0)
		json_object_set_new(c->reply, "id", json_integer((json_int_t)id));
	return r;
}
