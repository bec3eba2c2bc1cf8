/* leave: the seat is given up; the socket may join again. */
#include "signaling/commands.h"

int leave_handle(struct call *c)
{
	struct client *client = c->client;

	room_leave(c->meeting->room, c->now, client->seat, LEAVE_LEFT);
	client->socket = NULL;
	c->socket->client = NULL;
	c->socket->has_claim = false;
	c->client = NULL;
	client_destroy(client);
	meeting_touch(c->meeting);
	return 0;
}
