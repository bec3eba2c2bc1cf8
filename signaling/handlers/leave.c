/* leave: the seat is given up; the socket may join again. */
#include "signaling/commands.h"

int leave_handle(struct call *c)
{
	struct client *client = c->client;
	struct meeting *m = c->meeting;

	room_leave(c->meeting->room, c->now, client->seat, LEAVE_LEFT);
	dialog_detach(c->dialog);
	c->socket->has_claim = false;
	call_set_dialog(c, NULL);
	client_destroy(client);
	meeting_touch(m);
	return 0;
}
