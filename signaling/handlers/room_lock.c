/* room.lock: nobody new may join. */
#include "signaling/commands.h"

int room_lock_handle(struct call *c)
{
	return call_verdict(c, room_lock(c->meeting->room, c->now, c->client->seat, message_bool(&c->message, "locked")));
}
