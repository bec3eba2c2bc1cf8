/* See cast.h. */
#include "cast.h"

#include "player.h"
#include "stage.h"

bool cast_enter(struct cast *c)
{
	c->server = server_stage();
	if (!c->server)
		return false;
	c->loop = stage_loop();
	c->host = attendee(c->server, c->loop, "host", "chair", 100);
	c->ann = attendee(c->server, c->loop, "participant", "ann", 200);
	c->bob = attendee(c->server, c->loop, "participant", "bob", 300);
	return c->host->id[0] && c->ann->id[0] && c->bob->id[0];
}
