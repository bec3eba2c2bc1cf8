/*
 * See janus_entrance.h. Each request has its step as transaction, and the reply to it leads to the next:
 *
 * SESSION ─► HANDLE ─► publisher: ROOM ─► JOIN ─► PUBLISH (our offer, its answer)
 *                 └─► subscriber: SUBSCRIBE (its offer) ─► START (our answer)
 */
#include "tests/load/janus_entrance.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "tests/endpoint/loop.h"
#include "tests/load/sdp.h"
#include "tests/load/websocket.h"

#define PLUGIN "janus.plugin.videoroom"
#define FIRST_FEED 1000
#define ROOM_EXISTS 427
#define KEEPALIVE_US 25000000   /* sessions end after 60 s of silence */

enum step { STEP_SESSION = 1, STEP_HANDLE, STEP_ROOM, STEP_JOIN, STEP_PUBLISH, STEP_SUBSCRIBE, STEP_START, STEP_DONE, STEP_LEAVE };

struct visit {
	struct websocket socket;
	struct site *site;
	struct timer keepalive;
	json_int_t session, handle;
	bool ended, leaving;
};

/* Sends {janus: what, transaction: step, session and handle once known} and `more`, which it consumes. */
static void say(struct visit *v, enum step step, const char *what, json_t *more)
{
	char transaction[8], *text;

	snprintf(transaction, sizeof(transaction), "%d", (int)step);
	json_object_set_new(more, "janus", json_string(what));
	json_object_set_new(more, "transaction", json_string(transaction));
	if (v->session)
		json_object_set_new(more, "session_id", json_integer(v->session));
	if (v->handle)
		json_object_set_new(more, "handle_id", json_integer(v->handle));
	text = json_dumps(more, JSON_COMPACT);
	if (text && !v->ended)
		websocket_send(&v->socket, text, strlen(text));
	free(text);
	json_decref(more);
}

/* A message to the plugin, with an SDP or without (NULL). */
static void tell(struct visit *v, enum step step, json_t *body, const char *type, const char *sdp)
{
	json_t *m = json_pack("{s:o}", "body", body);

	if (sdp)
		json_object_set_new(m, "jsep", json_pack("{s:s, s:s}", "type", type, "sdp", sdp));
	say(v, step, "message", m);
}

static json_int_t room_of(const struct visit *v)
{
	return strtoll(v->site->load->room, NULL, 10);
}

static void make_room(struct visit *v)
{
	const struct options *o = &v->site->load->options;

	tell(v, STEP_ROOM,
	     json_pack("{s:s, s:I, s:i, s:i, s:s, s:b, s:b, s:s}", "request", "create", "room", room_of(v), "publishers",
	               (int)o->publishers, "bitrate", 50000000, "videocodec", o->codec == PAYLOAD_H264 ? "h264" : "vp8", "audiolevel_ext", 1,
	               "transport_wide_cc_ext", 1, "audiocodec", "opus"), NULL, NULL);
}

static void join(struct visit *v)
{
	tell(v, STEP_JOIN,
	     json_pack("{s:s, s:s, s:I, s:i}", "request", "join", "ptype", "publisher", "room", room_of(v), "id",
	               FIRST_FEED + (int)v->site->number), NULL, NULL);
}

static void publish(struct visit *v)
{
	g_autofree char *offer = NULL;

	if (!site_open(v->site))
		return;
	offer = sdp_offer_sending(v->site->peer, &v->site->out);
	tell(v, STEP_PUBLISH, json_pack("{s:s}", "request", "publish"), "offer", offer);
}

static void subscribe(struct visit *v)
{
	int feed = FIRST_FEED + (int)(v->site->number % v->site->load->options.publishers);

	tell(v, STEP_SUBSCRIBE,
	     json_pack("{s:s, s:s, s:I, s:[{s:i}]}", "request", "join", "ptype", "subscriber", "room", room_of(v), "streams", "feed", feed),
	     NULL, NULL);
}

static const char *sdp_of(const json_t *m)
{
	return json_string_value(json_object_get(json_object_get(m, "jsep"), "sdp"));
}

static void take_answer(struct visit *v, const json_t *m)
{
	struct site *s = v->site;
	const char *sdp = sdp_of(m);
	g_autofree struct description *d = g_new0(struct description, 1);

	if (!sdp || description_read(d, sdp) < 0 || sdp_take_answer(&s->out, d) < 0)
		site_fail(s, "Janus: the answer takes nothing of what was offered");
	else
		site_connect(s, d, false);
}

static void answer_offer(struct visit *v, const json_t *m)
{
	struct site *s = v->site;
	const char *sdp = sdp_of(m);
	g_autofree struct description *d = g_new0(struct description, 1);
	g_autofree char *answer = NULL;

	if (!sdp || description_read(d, sdp) < 0) {
		site_fail(s, "Janus: no offer, or one that makes no sense");
		return;
	}
	if (!site_open(s))
		return;
	answer = sdp_answer(s->peer, d, NULL, NULL, NULL, s->load->options.codec, false);
	tell(v, STEP_START, json_pack("{s:s}", "request", "start"), "answer", answer);
	site_connect(s, d, !d->lite);
}

static json_int_t id_of(const json_t *m)
{
	return json_integer_value(json_object_get(json_object_get(m, "data"), "id"));
}

static void on_step(struct visit *v, enum step step, const json_t *m)
{
	switch (step) {
	case STEP_SESSION:
		v->session = id_of(m);
		say(v, STEP_HANDLE, "attach", json_pack("{s:s}", "plugin", PLUGIN));
		break;
	case STEP_HANDLE:
		v->handle = id_of(m);
		if (v->site->sends)
			make_room(v);
		else
			subscribe(v);
		break;
	case STEP_ROOM:
		join(v);
		break;
	case STEP_JOIN:
		publish(v);
		break;
	case STEP_PUBLISH:
		take_answer(v, m);
		break;
	case STEP_SUBSCRIBE:
		answer_offer(v, m);
		break;
	case STEP_LEAVE:
		websocket_close(&v->socket);
		break;
	default:
		break;
	}
}

/* What went wrong, of Janus itself or of the plugin; NULL: nothing. *ret_code is the plugin's. */
static const char *error_of(const json_t *m, int *ret_code)
{
	const json_t *e = json_object_get(m, "error"), *data = json_object_get(json_object_get(m, "plugindata"), "data");

	*ret_code = (int)json_integer_value(json_object_get(data, "error_code"));
	if (e)
		return json_string_value(json_object_get(e, "reason"));
	return json_string_value(json_object_get(data, "error"));
}

/* Events of Janus about a handle have no transaction. */
static void on_event(struct visit *v, const char *what, const json_t *m)
{
	if (!strcmp(what, "hangup"))
		site_fail(v->site, "Janus hung up: %s", json_string_value(json_object_get(m, "reason")) ?: "?");
	else if (!strcmp(what, "timeout"))
		site_fail(v->site, "Janus ended the session");
}

static void on_text(struct websocket *w, char *text, size_t len)
{
	struct visit *v = OWNER_OF(w, struct visit, socket);
	json_t *m = json_loadb(text, len, 0, NULL);
	const char *what = json_string_value(json_object_get(m, "janus")) ?: "";
	const char *transaction = json_string_value(json_object_get(m, "transaction")), *error;
	int step = transaction ? atoi(transaction) : 0, code;

	error = error_of(m, &code);
	if (v->site->state == SITE_FAILED)
		;
	else if (error && step && !(step == STEP_ROOM && code == ROOM_EXISTS))
		site_fail(v->site, "Janus: %s", error);
	else if (!step)
		on_event(v, what, m);
	else if (strcmp(what, "ack") != 0)
		on_step(v, (enum step)step, m);
	json_decref(m);
}

static void on_keepalive(struct timer *t, int64_t now)
{
	struct visit *v = OWNER_OF(t, struct visit, keepalive);

	if (v->ended)
		return;
	if (v->session)
		say(v, STEP_DONE, "keepalive", json_object());
	hub_set(v->site->load->hub, t, now + KEEPALIVE_US);
}

static void on_open(struct websocket *w)
{
	struct visit *v = OWNER_OF(w, struct visit, socket);

	say(v, STEP_SESSION, "create", json_object());
	hub_set(v->site->load->hub, &v->keepalive, now_us() + KEEPALIVE_US);
}

static void on_end(struct websocket *w, const char *why)
{
	struct visit *v = OWNER_OF(w, struct visit, socket);

	v->ended = true;
	site_fail(v->site, "Janus: WebSocket: %s", why);
}

static void enter(struct site *s)
{
	struct visit *v = g_new0(struct visit, 1);
	int r;

	*v = (struct visit){ .site = s, .keepalive.fire = on_keepalive, .socket = { .on_open = on_open, .on_text = on_text, .on_end = on_end } };
	s->visit = v;
	r = websocket_open(&v->socket, s->load->hub, &s->load->options.server, s->load->options.server.path, "janus-protocol");
	if (r < 0) {
		v->ended = true;
		site_fail(s, "WebSocket: %s", strerror(-r));
	}
}

static void leave(struct site *s)
{
	struct visit *v = s->visit;

	if (!v || v->ended || !v->session)
		return;
	v->leaving = true;
	v->handle = 0;
	say(v, STEP_LEAVE, "destroy", json_object());
}

static bool is_leaving(const struct site *s)
{
	const struct visit *v = s->visit;

	return v && v->leaving && !v->ended;
}

static void done(struct site *s)
{
	struct visit *v = s->visit;

	if (!v)
		return;
	hub_cancel(&v->keepalive);
	websocket_free(&v->socket);
	g_free(v);
	s->visit = NULL;
}

const struct entrance janus_entrance = { enter, leave, is_leaving, done };
