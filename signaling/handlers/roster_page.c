/* roster.page: the page after a cursor. */
#include "signaling/commands.h"

int roster_page_handle(struct call *c)
{
	const char *next;

	json_object_set_new(c->reply, "roster", wire_roster(c->meeting->room, call_string(c, "after"), &next));
	if (next)
		json_object_set_new(c->reply, "next", json_string(next));
	return 0;
}
