/*
 * See room_entrance.h. CONNECT ─► hello ─► join ─► answer ─► watch; events are told by their names, and those that are not known mean nothing.
 */
#include "tests/load/room_entrance.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "signaling/long_string.h"
#include "signaling/text.h"
#include "tests/load/sdp.h"
#include "tests/load/websocket.h"

#define VOICE_MID "0"
#define CAMERA_MID "1"
#define LARGE 720
#define THUMBNAIL 180

enum asked { ASKED_HELLO = 1, ASKED_JOIN, ASKED_ANSWER, ASKED_WATCH, ASKED_WATCH_PLAIN, ASKED_LEAVE };

struct visit {
	struct websocket socket;
	struct site *site;
	bool ended;                     /* the socket is over */
	bool leaving;
	char seat[33];
};

/* `sdp` NULL: none. Its way past the JSON library is the server's own: the tool may not be what joins wait for. */
static void ask_with(struct visit *v, enum asked id, const char *type, json_t *fields, const char *sdp)
{
	struct text *text;

	json_object_set_new(fields, "id", json_integer(id));
	json_object_set_new(fields, "type", json_string(type));
	text = text_new_json_with(fields, "sdp", sdp);
	if (text && !v->ended)
		websocket_send(&v->socket, text->data, text->len);
	text_unref(text);
}

static void ask(struct visit *v, enum asked id, const char *type, json_t *fields)
{
	ask_with(v, id, type, fields, NULL);
}

static void on_open(struct websocket *w)
{
	struct visit *v = OWNER_OF(w, struct visit, socket);
	const struct load *l = v->site->load;
	const char *token = v->site->sends || !l->viewer_token ? l->token : l->viewer_token;

	ask(v, ASKED_HELLO, "hello", json_pack("{s:i, s:s, s:s}", "version", 1, "lang", "en", "token", token));
}

static void ask_join(struct visit *v)
{
	char name[32];

	snprintf(name, sizeof(name), "load %u", v->site->number);
	ask(v, ASKED_JOIN, "join",
	    json_pack("{s:s, s:s, s:s, s:b, s:b}", "room", v->site->load->room, "name", name, "profile", "desktop", "mic",
	              (int)v->site->sends, "camera", (int)v->site->sends));
}

static bool only_watches(const struct site *s)
{
	return s->late && s->load->options.late_watch;
}

/* Those behind us in the row of sites, so that each is watched large by one other; who comes late and only watches has no large one. */
static void ask_watch(struct visit *v, bool heights)
{
	const struct load *l = v->site->load;
	unsigned most = only_watches(v->site) ? l->options.late_watch : ROOM_WATCHED;
	json_t *items = json_array();

	for (unsigned i = 1; i < l->n_sites && json_array_size(items) < most; i++) {
		const struct site *other = l->sites[(v->site->number + i) % l->n_sites];
		const struct visit *o = other->visit;
		json_t *item;

		if (!other->sends || other->entrance != &room_entrance || !o || !o->seat[0])
			continue;
		item = json_pack("{s:s, s:s}", "seat", o->seat, "source", "camera");
		if (heights)
			json_object_set_new(item, "height", json_integer(json_array_size(items) || only_watches(v->site) ? THUMBNAIL : LARGE));
		json_array_append_new(items, item);
	}
	ask(v, heights ? ASKED_WATCH : ASKED_WATCH_PLAIN, "watch", json_pack("{s:o}", "items", items));
}

static void answer_offer(struct visit *v, const json_t *reply, const char *offer)
{
	struct site *s = v->site;
	g_autofree struct description *d = g_new0(struct description, 1);
	g_autofree char *answer = NULL;

	snprintf(v->seat, sizeof(v->seat), "%s", json_string_value(json_object_get(reply, "seat")));
	if (!offer || description_read(d, offer) < 0) {
		site_fail(s, "join: the offer makes no sense");
		return;
	}
	if (!site_open(s))
		return;
	answer = sdp_answer(s->peer, d, s->sends ? &s->out : NULL, VOICE_MID, CAMERA_MID, s->load->options.codec,
	                    s->load->options.red);
	/* First, so that nothing begins of what is not watched. */
	if (only_watches(s))
		ask_watch(v, true);
	ask_with(v, ASKED_ANSWER, "answer", json_object(), answer);
	site_connect(s, d, false);
}

void room_watch(struct site *s)
{
	struct visit *v = s->visit;

	if (s->entrance == &room_entrance && s->receives && s->state == SITE_UP && v && !v->ended)
		ask_watch(v, true);
}

static void refuse(struct visit *v, const char *what, const json_t *error)
{
	const char *code = json_string_value(json_object_get(error, "code")), *field = json_string_value(json_object_get(error, "field"));

	site_fail(v->site, "%s: %s%s%s", what, code ? code : "refused", field ? " " : "", field ? field : "");
}

static void on_reply(struct visit *v, int id, const json_t *reply, const char *offer)
{
	static const char *const what[] = {
		[ASKED_HELLO] = "hello", [ASKED_JOIN] = "join", [ASKED_ANSWER] = "answer", [ASKED_WATCH_PLAIN] = "watch",
	};
	const json_t *error = json_object_get(reply, "error");

	if (id == ASKED_WATCH && error) /* a server that knows no heights */
		ask_watch(v, false);
	else if (id > 0 && id < (int)G_N_ELEMENTS(what) && error && what[id])
		refuse(v, what[id], error);
	else if (id == ASKED_HELLO)
		ask_join(v);
	else if (id == ASKED_JOIN)
		answer_offer(v, reply, offer);
	else if (id == ASKED_LEAVE)
		websocket_close(&v->socket);
}

static void take_layers(struct visit *v, const json_t *event)
{
	const char *source = json_string_value(json_object_get(event, "source"));
	json_t *layer;
	size_t i;
	unsigned mask = 0;

	json_array_foreach(json_object_get(event, "layers"), i, layer)
		mask |= 1u << (json_integer_value(layer) & 3);
	if (v->site->has_out && source && !strcmp(source, "camera"))
		outgoing_want(&v->site->out, mask);
}

static void on_event(struct visit *v, const char *text)
{
	bool layers = v->site->load->options.obey && strstr(text, "\"source.layers\"");
	json_t *event;

	if (!layers && !strstr(text, "\"ended\"") && !strstr(text, "\"media.down\""))
		return;
	event = json_loads(text, 0, NULL);
	if (event && layers)
		take_layers(v, event);
	else if (event && !strcmp(json_string_value(json_object_get(event, "event")) ?: "", "ended"))
		site_fail(v->site, "the server ended the seat: %s", json_string_value(json_object_get(event, "reason")) ?: "?");
	else if (event && !strcmp(json_string_value(json_object_get(event, "event")) ?: "", "media.down"))
		site_fail(v->site, "the server lost the media");
	json_decref(event);
}

/* Events are many, and most mean nothing here: they are told apart without reading them whole. */
static void on_text(struct websocket *w, char *text, size_t len)
{
	struct visit *v = OWNER_OF(w, struct visit, socket);
	struct long_string offer = { 0 };
	json_t *m;

	if (memmem(text, MIN(len, 64u), "\"event\"", 7)) {
		on_event(v, text);
		return;
	}
	if (long_string_cut(&offer, text, len, "offer") == 0)
		m = json_loadb(offer.text, offer.text_len, 0, NULL);
	else
		m = json_loadb(text, len, 0, NULL);
	if (json_is_integer(json_object_get(m, "reply")) && v->site->state != SITE_FAILED)
		on_reply(v, (int)json_integer_value(json_object_get(m, "reply")), m, offer.value ?: json_string_value(json_object_get(m, "offer")));
	json_decref(m);
	long_string_done(&offer);
}

static void on_end(struct websocket *w, const char *why)
{
	struct visit *v = OWNER_OF(w, struct visit, socket);

	v->ended = true;
	site_fail(v->site, "WebSocket: %s", why);
}

static void enter(struct site *s)
{
	struct visit *v = g_new0(struct visit, 1);
	int r;

	s->visit = v;
	v->site = s;
	v->socket.on_open = on_open;
	v->socket.on_text = on_text;
	v->socket.on_end = on_end;
	r = websocket_open(&v->socket, s->load->hub, &s->load->options.server, "/ws", NULL);
	if (r < 0) {
		v->ended = true;
		site_fail(s, "WebSocket: %s", strerror(-r));
	}
}

static void leave(struct site *s)
{
	struct visit *v = s->visit;

	if (!v || v->ended || !v->socket.open)
		return;
	v->leaving = true;
	ask(v, ASKED_LEAVE, "leave", json_object());
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
	websocket_free(&v->socket);
	g_free(v);
	s->visit = NULL;
}

const struct entrance room_entrance = { enter, leave, is_leaving, done };
