/* See request.h. Bodies have a Content-Length, come in chunks, or end with the connection. */
#include "tests/load/request.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/endpoint/loop.h"

#define PATIENCE_US 15000000

struct request {
	struct wire wire;
	struct timer patience;
	void (*on_reply)(void *user, const struct reply *r);
	void *user;
	const char *why;
};

int address_read(struct address *ret, const char *url)
{
	struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *found = NULL;
	char name[128], port[6] = "80";
	const char *at = url + 7, *slash;
	char *colon;

	if (strncmp(url, "http://", 7) || strlen(url) >= sizeof(ret->path))
		return -EINVAL;
	slash = strchr(at, '/');
	if (!slash)
		slash = at + strlen(at);
	if ((size_t)(slash - at) >= sizeof(name) || slash == at)
		return -EINVAL;
	g_strlcpy(name, at, (gsize)(slash - at) + 1);
	strcpy(ret->host, name);
	colon = strchr(name, ':');
	if (colon) {
		*colon = 0;
		g_strlcpy(port, colon + 1, sizeof(port));
	}
	if (getaddrinfo(name, port, &hints, &found))
		return -ENOENT;
	memcpy(&ret->to, found->ai_addr, sizeof(ret->to));
	freeaddrinfo(found);
	g_strlcpy(ret->path, *slash ? slash : "/", sizeof(ret->path));
	return 0;
}

void request_cancel(struct request *r)
{
	if (!r)
		return;
	hub_cancel(&r->patience);
	wire_close(&r->wire);
	free(r);
}

static char *header_of(const char *head, const char *name)
{
	size_t n = strlen(name);

	for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n"))
		if (!strncasecmp(line + 2, name, n) && line[2 + n] == ':') {
			const char *v = line + 3 + n, *end = strstr(v, "\r\n");

			return g_strstrip(g_strndup(v, end ? (gsize)(end - v) : strlen(v)));
		}
	return NULL;
}

/* Puts the pieces of a chunked body together in place. Returns its length, negative: not all is there yet. */
static ssize_t join_chunks(char *body, size_t len)
{
	size_t from = 0, to = 0;

	for (;;) {
		char *end = memmem(body + from, len - from, "\r\n", 2);
		size_t n = end ? strtoul(body + from, NULL, 16) : 0, data = end ? (size_t)(end - body) + 2 : 0;

		if (!end || n > len || data + n + 2 > len)
			return -1;
		if (!n)
			return (ssize_t)to;
		memmove(body + to, body + data, n);
		to += n;
		from = data + n + 2;
	}
}

/* The whole body's length, negative while more must come. */
static ssize_t body_length(const char *head, char *body, size_t len, bool closed)
{
	g_autofree char *length = header_of(head, "Content-Length"), *coding = header_of(head, "Transfer-Encoding");
	size_t n;

	if (coding && !strcasecmp(coding, "chunked"))
		return join_chunks(body, len);
	if (!length)
		return closed || !strncmp(head + 9, "204", 3) ? (ssize_t)len : -1;
	n = strtoul(length, NULL, 10);
	return n <= len ? (ssize_t)n : -1;
}

/* Reads the reply out of `text`, a copy of what came, that is cut into pieces; false while more must come. */
static bool read_reply(struct reply *ret, char *text, size_t len, bool closed)
{
	char *end = strstr(text, "\r\n\r\n");
	ssize_t n;

	if (!end || strncmp(text, "HTTP/1.", 7))
		return false;
	end[2] = 0;
	n = body_length(text, end + 4, len - (size_t)(end + 4 - text), closed);
	if (n < 0)
		return false;
	end[4 + n] = 0;
	*ret = (struct reply){ .status = atoi(text + 9), .why = "", .body = end + 4, .body_len = (size_t)n };
	return true;
}

/* A reply is handed on by the timer: nobody may free the wire while it reads. */
static void on_bytes(struct wire *w)
{
	struct request *r = OWNER_OF(w, struct request, wire);
	g_autofree char *text = g_strndup((const char *)w->in->data, w->in->len);
	struct reply reply;

	if (read_reply(&reply, text, w->in->len, false))
		hub_set(w->hub, &r->patience, 0);
}

static void on_closed(struct wire *w, const char *why)
{
	struct request *r = OWNER_OF(w, struct request, wire);

	r->why = why;
	hub_set(w->hub, &r->patience, 0);
}

static void on_due(struct timer *t, int64_t now)
{
	struct request *r = OWNER_OF(t, struct request, patience);
	size_t len = r->wire.in ? r->wire.in->len : 0;
	g_autofree char *text = g_strndup(len ? (const char *)r->wire.in->data : "", len), *location = NULL;
	struct reply reply = { .why = r->why ? r->why : "no reply in time", .body = "" };

	(void)now;
	if (read_reply(&reply, text, len, r->wire.closed))
		reply.location = location = header_of(text, "Location");
	r->on_reply(r->user, &reply);
	request_cancel(r);
}

struct request *request_begin(struct hub *hub, const struct ask *ask, void (*on_reply)(void *user, const struct reply *r), void *user)
{
	struct request *r = g_new0(struct request, 1);
	g_autoptr(GString) head = g_string_new(NULL);
	size_t len = ask->body ? strlen(ask->body) : 0;
	int e;

	*r = (struct request){ .wire.on_bytes = on_bytes, .wire.on_closed = on_closed, .patience.fire = on_due, .on_reply = on_reply, .user = user };
	hub_set(hub, &r->patience, now_us() + (ask->patience_us ? ask->patience_us : PATIENCE_US));
	e = wire_open(&r->wire, hub, &ask->address->to);
	if (e < 0) {
		r->why = strerror(-e);
		hub_set(hub, &r->patience, 0);
		return r;
	}
	g_string_append_printf(head, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", ask->method,
	                       ask->path ? ask->path : ask->address->path, ask->address->host);
	if (ask->bearer)
		g_string_append_printf(head, "Authorization: Bearer %s\r\n", ask->bearer);
	if (ask->type)
		g_string_append_printf(head, "Content-Type: %s\r\n", ask->type);
	if (ask->body || !strcmp(ask->method, "POST"))
		g_string_append_printf(head, "Content-Length: %zu\r\n", len);
	g_string_append(head, "\r\n");
	wire_write(&r->wire, head->str, head->len);
	if (len)
		wire_write(&r->wire, ask->body, len);
	return r;
}
