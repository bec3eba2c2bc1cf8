/* wall.close: the wall is given up; the socket may open another, or join a room. */
#include "signaling/commands.h"

int wall_close_handle(struct call *c)
{
	struct wall *w = c->wall;

	dialog_detach(c->dialog);
	call_set_dialog(c, NULL);
	wall_destroy(w);
	return 0;
}
