/* GET /metrics: Prometheus text of the server, the media workers and the store, one after the other. */
#include <stdio.h>
#include <string.h>

#include "media/base/mem.h"
#include "signaling/routes.h"
#include "signaling/server.h"

static struct text *join(const char *a, const char *b, const char *c)
{
	size_t la = strlen(a), lb = strlen(b), lc = strlen(c);
	struct text *t = text_new(NULL, la + lb + lc);

	if (t) {
		memcpy(t->data, a, la);
		memcpy(t->data + la, b, lb);
		memcpy(t->data + la + lb, c, lc);
	}
	return t;
}

void metrics_handle(struct request *q)
{
	CLEANUP(mem_freep) char *own = NULL;
	CLEANUP(mem_freep) char *media = NULL;
	CLEANUP(mem_freep) char *store = NULL;
	struct server *s = q->server;
	struct text *all = NULL;

	if (server_write_counters(s, &own) == 0 && media_write_metrics(s->media, &media) == 0 && store_write_metrics(s->store, &store) == 0)
		all = join(own, media, store);
	if (!all) {
		http_problem(q, 503, "overloaded", "There is no memory for this just now.", 1000);
		return;
	}
	http_add_header(q, "cache-control:", "no-store");
	http_reply(q, 200, "text/plain; version=0.0.4; charset=utf-8", all);
}
