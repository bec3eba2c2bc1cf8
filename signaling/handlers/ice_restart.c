/* ice.restart: a new offer with new credentials, nothing else changed. */
#include "signaling/commands.h"

#include <errno.h>

#include "signaling/ice_servers.h"

int ice_restart_handle(struct call *c)
{
	int r = transport_restart(call_transport(c), c->server);

	if (r == -ESTALE)
		return refuse(&c->why, WIRE_NOT_JOINED, "media");
	if (r == 0)
		r = transport_write_offer(call_transport(c), &c->offer);
	if (r < 0)
		return r;
	ice_servers_add(c->server, c->client ? c->client->seat : c->wall->name, c->reply);
	return 0;
}
