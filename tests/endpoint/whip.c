/* POST, 201, Location; DELETE. */
#include "whip.h"

#include <glib.h>
#include <string.h>

static char *absolute(const char *url, const char *location)
{
	const char *path = strchr(url + strlen("https://"), '/');
	g_autofree char *origin = g_strndup(url, path ? (gsize)(path - url) : strlen(url));

	return location[0] == '/' ? g_strconcat(origin, location, NULL) : g_strdup(location);
}

struct whip *whip_open(struct endpoint *e, const char *url, const char *token)
{
	struct whip *w = g_new0(struct whip, 1);
	g_autofree char *offer = NULL, *location = NULL;
	struct http_reply *r;

	w->endpoint = e;
	loop_lock(endpoint_loop(e));
	offer = endpoint_offer(e);
	loop_unlock(endpoint_loop(e));
	r = http_ask(&(struct http_ask){ .method = "POST", .url = url, .bearer = token, .type = "application/sdp", .body = offer });
	w->status = r->status;
	location = http_reply_header(r, "Location");
	w->etag = http_reply_header(r, "ETag");
	w->link = http_reply_header(r, "Link");
	w->answer = g_strdup(r->body);
	if (r->status == 201 && location) {
		w->location = absolute(url, location);
		loop_lock(endpoint_loop(e));
		if (endpoint_read_answer(e, w->answer) < 0)
			w->status = -1;
		loop_unlock(endpoint_loop(e));
	}
	http_reply_free(r);
	return w;
}

long whip_delete(struct whip *w, const char *token)
{
	struct http_reply *r;
	long status;

	if (!w->location)
		return 0;
	r = http_ask(&(struct http_ask){ .method = "DELETE", .url = w->location, .bearer = token });
	status = r->status;
	http_reply_free(r);
	return status;
}

struct whip *whip_free(struct whip *w)
{
	if (!w)
		return NULL;
	endpoint_destroy(w->endpoint);
	g_free(w->location);
	g_free(w->etag);
	g_free(w->link);
	g_free(w->answer);
	g_free(w);
	return NULL;
}
