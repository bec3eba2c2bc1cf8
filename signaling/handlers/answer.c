/* answer: the browser's side of the one negotiation, or of an ICE restart. */
#include "signaling/commands.h"

#include <errno.h>

int answer_handle(struct call *c)
{
	const char *sdp = call_string(c, "sdp");
	bool first = call_transport(c)->state == TRANSPORT_OFFERED;
	struct sdp_error err = { 0 };
	int r = transport_on_answer(call_transport(c), c->server, sdp, strlen(sdp), &err);

	if (r == -EBADMSG) {
		server_add(c->server, COUNT_BAD_SDP, 1);
		return refuse(&c->why, WIRE_BAD_SDP, err.reason ? err.reason : "");
	}
	if (r == 0 && first && c->wall)
		wall_update(c->wall, NULL);
	if (r == 0 && first && c->client) {
		coding_update(c->meeting, clock_boot_us());
		client_bind_all(c->client);
		meeting_touch(c->meeting);
	}
	return r;
}
