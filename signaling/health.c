/*
 * GET /healthz: the loop turns, and the rooms' openings are on disk, as the ready line says. Whether records are written is said
 * beside it, since media runs on without them.
 */
#include "signaling/routes.h"
#include "signaling/server.h"

void health_handle(struct request *q)
{
	if (q->server->opening) {
		http_problem(q, 503, "overloaded", "The server is starting.", 500);
		return;
	}
	http_reply_json(q, 200, json_pack("{s:s, s:s, s:s}", "status", "ok", "records", server_records(q->server) ? "ok" : "failing",
					  "version", SERVER_VERSION));
}
