/* room.mute_all: every microphone off but those of hosts and co-hosts. */
#include "signaling/commands.h"

int room_mute_all_handle(struct call *c)
{
	size_t muted = 0;
	int r = call_verdict(c, room_mute_all(c->meeting->room, c->now, c->client->seat, message_bool(&c->message, "self_unmute"), &muted));

	if (r == 0)
		json_object_set_new(c->reply, "muted", json_integer((json_int_t)muted));
	return r;
}
