/* GET /healthz: the loop turns. Whether records are written is said beside it, since media runs on without them. */
#include "signaling/routes.h"
#include "signaling/server.h"

void health_handle(struct request *q)
{
	http_reply_json(q, 200, json_pack("{s:s, s:s, s:s}", "status", "ok", "records", server_records(q->server) ? "ok" : "failing",
					  "version", SERVER_VERSION));
}
