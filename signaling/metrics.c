/* GET /metrics: Prometheus text of the server, all lines, the media workers and the store, one after the other. */
#include <stdio.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "signaling/routes.h"
#include "signaling/server.h"

static struct text *join(char *const *parts, size_t n)
{
	size_t len = 0, at = 0;
	struct text *t;

	for (size_t i = 0; i < n; i++)
		len += strlen(parts[i]);
	t = text_new(NULL, len);
	for (size_t i = 0; t && i < n; i++) {
		memcpy(t->data + at, parts[i], strlen(parts[i]));
		at += strlen(parts[i]);
	}
	return t;
}

void metrics_handle(struct request *q)
{
	char *parts[4] = { NULL };
	struct server *s = q->server;
	struct text *all = NULL;

	if (server_write_counters(s, &parts[0]) == 0 && counters_write(&parts[1], &s->line_counters, 1) == 0 &&
	    media_write_metrics(s->media, &parts[2]) == 0 && store_write_metrics(s->store, &parts[3]) == 0)
		all = join(parts, ARRAY_LEN(parts));
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		mem_free(parts[i]);
	if (!all) {
		http_problem(q, 503, "overloaded", "There is no memory for this just now.", 1000);
		return;
	}
	http_add_header(q, "cache-control:", "no-store");
	http_reply(q, 200, "text/plain; version=0.0.4; charset=utf-8", all);
}
