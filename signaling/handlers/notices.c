/* notices.open, notices.close: notices to the organisations for which the account acts. */
#include "signaling/commands.h"

#include "signaling/notices.h"

int notices_open_handle(struct call *c)
{
	int r;

	if (!c->socket->account)
		return refuse(&c->why, WIRE_NOT_SIGNED_IN, "");
	r = notice_watch_open(c->socket);
	if (r == 0)
		notice_watch_describe(c->socket, c->reply);
	return r;
}

int notices_close_handle(struct call *c)
{
	notice_watch_close(c->socket->notices);
	return 0;
}
