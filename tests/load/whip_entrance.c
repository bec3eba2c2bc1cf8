/* See whip_entrance.h. A site either sends or receives here. */
#include "tests/load/whip_entrance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/load/sdp.h"

struct visit {
	struct address address;
	struct request *request;        /* owned; NULL when none is under way */
	char *location;                 /* owned */
};

static const char *token_of(const struct site *s)
{
	return s->sends || !s->load->viewer_token ? s->load->token : s->load->viewer_token;
}

/* A refusal is told by the first line of what the server said. */
static void refuse(struct site *s, const char *method, const struct reply *r)
{
	if (r->status)
		site_fail(s, "%s: HTTP %d %.*s", method, r->status, (int)MIN(strcspn(r->body, "\r\n"), 120u), r->body);
	else
		site_fail(s, "%s: %s", method, r->why);
}

static void on_answer(void *user, const struct reply *r)
{
	struct site *s = user;
	struct visit *v = s->visit;
	g_autofree struct description *d = g_new0(struct description, 1);

	v->request = NULL;
	if (r->status != 201) {
		refuse(s, s->sends ? "WHIP" : "WHEP", r);
		return;
	}
	v->location = g_strdup(r->location);
	if (description_read(d, r->body) < 0 || (s->sends && sdp_take_answer(&s->out, d) < 0))
		site_fail(s, "%s: the answer takes nothing of what was offered", s->sends ? "WHIP" : "WHEP");
	else
		site_connect(s, d, false);
}

static void set_address(struct visit *v, const struct site *s)
{
	const struct options *o = &s->load->options;

	if (o->target == TARGET_URLS) {
		v->address = s->sends ? o->whip : o->whep;
		return;
	}
	v->address = o->server;
	snprintf(v->address.path, sizeof(v->address.path), "/%s/%s", s->sends ? "whip" : "whep", s->load->room);
}

static void enter(struct site *s)
{
	struct visit *v = s->visit = g_new0(struct visit, 1);
	struct ask ask = { .method = "POST", .address = &v->address, .bearer = token_of(s), .type = "application/sdp" };
	g_autofree char *offer = NULL;

	set_address(v, s);
	if (!site_open(s))
		return;
	offer = s->sends ? sdp_offer_sending(s->peer, &s->out) : sdp_offer_receiving(s->peer, s->load->options.codec, s->load->options.red);
	ask.body = offer;
	v->request = request_begin(s->load->hub, &ask, on_answer, s);
}

static void on_left(void *user, const struct reply *r)
{
	struct visit *v = ((struct site *)user)->visit;

	(void)r;
	v->request = NULL;
}

/* Location is an absolute path or a whole URL of the same server. */
static void leave(struct site *s)
{
	struct visit *v = s->visit;
	const char *path;
	struct ask ask;

	if (!v || !v->location)
		return;
	path = strstr(v->location, "://") ? strchr(strstr(v->location, "://") + 3, '/') : v->location;
	ask = (struct ask){ .method = "DELETE", .address = &v->address, .path = path, .bearer = token_of(s), .patience_us = 3000000 };
	if (path && path[0] == '/')
		v->request = request_begin(s->load->hub, &ask, on_left, s);
	g_clear_pointer(&v->location, g_free);
}

static bool is_leaving(const struct site *s)
{
	const struct visit *v = s->visit;

	return v && v->request;
}

static void done(struct site *s)
{
	struct visit *v = s->visit;

	if (!v)
		return;
	request_cancel(v->request);
	g_free(v->location);
	g_free(v);
	s->visit = NULL;
}

const struct entrance whip_entrance = { enter, leave, is_leaving, done };
