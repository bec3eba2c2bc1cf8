/* Requests, replies, events. What an event changes is kept in one function each. */
#include "seat.h"

#include <glib.h>
#include <string.h>

static const char *text_of(const json_t *o, const char *key)
{
	const char *t = json_string_value(json_object_get(o, key));

	return t ? t : "";
}

static uint32_t number_of(const json_t *o, const char *key)
{
	return (uint32_t)json_integer_value(json_object_get(o, key));
}

static void keep_rows(struct seat *s, const json_t *rows)
{
	size_t i;
	json_t *row;

	json_array_foreach(rows, i, row)
		json_object_set(s->roster, text_of(row, "id"), row);
}

static void keep_slots(struct seat *s, const json_t *slots)
{
	size_t i;
	json_t *row;

	json_array_foreach(slots, i, row) {
		struct slot_state *t = &s->slots[number_of(row, "slot") % SEAT_SLOTS];

		t->binding = number_of(row, "binding");
		g_strlcpy(t->room, text_of(row, "room"), sizeof(t->room));
		g_strlcpy(t->seat, text_of(row, "seat"), sizeof(t->seat));
		g_strlcpy(t->source, text_of(row, "source"), sizeof(t->source));
	}
}

static void keep_room(struct seat *s, json_t *room)
{
	if (!room)
		return;
	json_decref(s->room);
	s->room = json_incref(room);
}

static void keep_switch(struct seat *s, const json_t *ev)
{
	struct slot_state *t = &s->slots[number_of(ev, "slot") % SEAT_SLOTS];

	t->switched = number_of(ev, "binding");
	t->rtp = number_of(ev, "rtp");
	if (t->switched == t->binding)
		memcpy(t->shown, t->seat, sizeof(t->shown));
}

static void keep_delta(struct seat *s, const json_t *ev)
{
	size_t i;
	json_t *id;

	keep_rows(s, json_object_get(ev, "seats"));
	json_array_foreach(json_object_get(ev, "gone"), i, id)
		json_object_del(s->roster, json_string_value(id));
}

static void on_event(struct seat *s, json_t *ev)
{
	const char *type = text_of(ev, "event");
	uint32_t seq = number_of(ev, "seq");

	if (seq != s->last_seq + 1)
		s->wrong_seqs++;
	s->last_seq = seq;
	json_array_append(s->events, ev);
	if (!strcmp(type, "roster.delta"))
		keep_delta(s, ev);
	else if (!strcmp(type, "slot.bound"))
		keep_slots(s, json_object_get(ev, "slots"));
	else if (!strcmp(type, "slot.switched"))
		keep_switch(s, ev);
	else if (!strcmp(type, "slot.quiet"))
		s->slots[number_of(ev, "slot") % SEAT_SLOTS].quiet = number_of(ev, "binding");
	else if (!strcmp(type, "slot.suspended"))
		s->slots[number_of(ev, "slot") % SEAT_SLOTS].suspended = number_of(ev, "binding");
	else if (!strcmp(type, "room.changed"))
		keep_room(s, json_object_get(ev, "room"));
	else if (!strcmp(type, "snapshot")) {
		json_object_clear(s->roster);
		keep_rows(s, json_object_get(ev, "roster"));
		keep_slots(s, json_object_get(ev, "slots"));
		keep_room(s, json_object_get(ev, "room"));
	}
}

void seat_pump(struct seat *s)
{
	char *text;

	while (s->socket && (text = socket_take(s->socket))) {
		json_t *m = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
		char id[24];

		g_free(text);
		if (json_object_get(m, "reply")) {
			g_snprintf(id, sizeof(id), "%u", number_of(m, "reply"));
			json_object_set(s->replies, id, m);
		} else if (json_object_get(m, "event")) {
			on_event(s, m);
		} else {
			s->wrong_seqs++; /* neither reply nor event */
		}
		json_decref(m);
	}
}

struct asked {
	struct seat *seat;
	char id[24];
	size_t mark;
	const char *type;
	json_t *found;          /* borrowed */
};

static bool has_reply(void *user)
{
	struct asked *a = user;

	seat_pump(a->seat);
	a->found = json_object_get(a->seat->replies, a->id);
	return a->found || !a->seat->socket || socket_closed(a->seat->socket, NULL);
}

static void send_request(struct seat *s, const char *type, json_t *fields)
{
	char *text;

	json_object_set_new(fields, "id", json_integer(++s->next_id));
	json_object_set_new(fields, "type", json_string(type));
	text = json_dumps(fields, JSON_COMPACT);
	socket_send(s->socket, SOCKET_TEXT, text, strlen(text));
	free(text);
}

json_t *seat_reply(struct seat *s, uint32_t id, int timeout_ms)
{
	struct asked a = { .seat = s };

	g_snprintf(a.id, sizeof(a.id), "%u", id);
	wait_until(timeout_ms, has_reply, &a);
	if (!a.found)
		seat_pump(s);
	a.found = json_incref(json_object_get(s->replies, a.id));
	json_object_del(s->replies, a.id);
	return a.found;
}

static json_t *ask(struct seat *s, const char *type, json_t *fields)
{
	if (!s->socket)
		return NULL;
	send_request(s, type, fields);
	return seat_reply(s, s->next_id, 5000);
}

static json_t *pack(const char *format, va_list args)
{
	json_t *fields = json_vpack_ex(NULL, 0, format, args);

	if (!fields)
		g_error("json_pack: %s", format);
	return fields;
}

json_t *seat_ask(struct seat *s, const char *type, const char *format, ...)
{
	va_list args;
	json_t *fields, *reply;

	va_start(args, format);
	fields = pack(format, args);
	va_end(args);
	reply = ask(s, type, fields);
	json_decref(fields);
	return reply;
}

uint32_t seat_begin(struct seat *s, const char *type, const char *format, ...)
{
	va_list args;
	json_t *fields;

	if (!s->socket)
		return 0;
	va_start(args, format);
	fields = pack(format, args);
	va_end(args);
	send_request(s, type, fields);
	json_decref(fields);
	return s->next_id;
}

const char *seat_error(const json_t *reply)
{
	if (!reply)
		return "timeout";
	return text_of(json_object_get(reply, "error"), "code");
}

const char *seat_do(struct seat *s, const char *type, const char *format, ...)
{
	static __thread char code[64];
	va_list args;
	json_t *fields, *reply;

	va_start(args, format);
	fields = pack(format, args);
	va_end(args);
	reply = ask(s, type, fields);
	g_strlcpy(code, seat_error(reply), sizeof(code));
	json_decref(fields);
	json_decref(reply);
	return code;
}

static void keep_hello(struct seat *s, json_t *reply)
{
	json_decref(s->hello);
	s->hello = reply;
	g_strlcpy(s->epoch, text_of(reply, "epoch"), sizeof(s->epoch));
	if (json_object_get(reply, "resume"))
		g_strlcpy(s->resume, text_of(reply, "resume"), sizeof(s->resume));
}

static void connect_socket(struct seat *s)
{
	s->socket = socket_open(s->cfg.loop, s->cfg.host, s->cfg.port, "/ws", s->cfg.origin, s->cfg.cookie, &s->status);
}

struct seat *seat_open(const struct seat_cfg *cfg)
{
	struct seat *s = g_new0(struct seat, 1);

	s->cfg = *cfg;
	s->events = json_array();
	s->roster = json_object();
	s->replies = json_object();
	connect_socket(s);
	if (!s->socket)
		return s;
	keep_hello(s, seat_ask(s, "hello", "{s:i, s:s, s:s*, s:s*}", "version", 1, "lang", "en", "token", cfg->token, "companion", cfg->companion));
	return s;
}

struct seat *seat_free(struct seat *s)
{
	if (!s)
		return NULL;
	socket_close(s->socket);
	endpoint_destroy(s->endpoint);
	json_decref(s->hello);
	json_decref(s->joined);
	json_decref(s->events);
	json_decref(s->roster);
	json_decref(s->replies);
	json_decref(s->room);
	g_free(s);
	return NULL;
}

void seat_recode(struct seat *s, enum payload_codec codec)
{
	unsigned first = s->mic != NULL;

	loop_lock(s->cfg.loop);
	endpoint_recode(s->endpoint, endpoint_source(s->endpoint, first), codec);
	for (unsigned i = 1; i < 3; i++)
		source_pause(endpoint_source(s->endpoint, first + i), codec == PAYLOAD_VP9);
	loop_unlock(s->cfg.loop);
}

/* A quarter, a half and the whole: one, two and four packets a frame. */
static void add_layers(struct seat *s, const struct source_cfg *camera)
{
	for (unsigned i = 0; i < 3; i++) {
		struct source_cfg layer = *camera;

		layer.number = camera->number + i;
		layer.rid[0] = "qhf"[i];
		layer.layer = (uint8_t)(i + 1);
		layer.packets = 1u << i;
		s->camera = endpoint_add_source(s->endpoint, &layer);
	}
}

static void add_sources(struct seat *s)
{
	struct source_cfg mic = {
		.codec = PAYLOAD_OPUS, .number = s->cfg.number, .frame_us = 20000, .body_bytes = 80, .level = 127, .mid = "0",
		.red_pt = s->cfg.red,
	};
	struct source_cfg camera = {
		.codec = s->cfg.codec == PAYLOAD_H264 ? PAYLOAD_H264 : PAYLOAD_VP8, .number = s->cfg.number + 1, .mid = "1",
		.frame_us = s->cfg.frame_us ? s->cfg.frame_us : 66666, .packets = 2, .body_bytes = 900, .numbers = VP8_ALL_NUMBERS,
	};

	if (s->cfg.mic)
		s->mic = endpoint_add_source(s->endpoint, &mic);
	if (s->cfg.camera && s->cfg.simulcast)
		add_layers(s, &camera);
	else if (s->cfg.camera)
		s->camera = endpoint_add_source(s->endpoint, &camera);
}

static const char *answer_offer(struct seat *s, const char *offer, bool restart)
{
	g_autofree char *answer = NULL;

	loop_lock(s->cfg.loop);
	answer = restart ? endpoint_restart(s->endpoint, offer) : endpoint_answer(s->endpoint, offer);
	loop_unlock(s->cfg.loop);
	if (!answer)
		return "offer not understood";
	return seat_do(s, "answer", "{s:s}", "sdp", answer);
}

static void keep_join(struct seat *s, json_t *reply)
{
	json_decref(s->joined);
	s->joined = reply;
	g_strlcpy(s->id, text_of(reply, "seat"), sizeof(s->id));
	g_strlcpy(s->role, text_of(reply, "role"), sizeof(s->role));
	g_strlcpy(s->resume, text_of(reply, "resume"), sizeof(s->resume));
	json_object_clear(s->roster);
	keep_rows(s, json_object_get(reply, "roster"));
	keep_slots(s, json_object_get(reply, "slots"));
	keep_room(s, json_object_get(reply, "room"));
}

static const char *begin_media(struct seat *s, const char *offer)
{
	if (s->cfg.no_media)
		return "";
	s->endpoint = endpoint_destroy(s->endpoint);
	s->endpoint = endpoint_create(s->cfg.loop, &s->cfg.endpoint);
	loop_lock(s->cfg.loop);
	add_sources(s);
	loop_unlock(s->cfg.loop);
	return answer_offer(s, offer, false);
}

const char *seat_join(struct seat *s)
{
	const struct seat_cfg *c = &s->cfg;
	json_t *reply = seat_ask(s, "join", "{s:s, s:s, s:s, s:b, s:b, s:s*}", "room", c->room, "name", c->name ? c->name : "?", "profile",
	                         c->profile ? c->profile : "desktop", "mic", c->mic, "camera", c->camera, "line", c->line);

	if (seat_error(reply)[0]) {
		json_decref(s->joined);
		s->joined = reply;
		return seat_error(reply);
	}
	keep_join(s, reply);
	return begin_media(s, text_of(reply, "offer"));
}

const char *seat_open_wall(struct seat *s)
{
	json_t *reply = seat_ask(s, "wall.open", "{s:s}", "profile", s->cfg.profile ? s->cfg.profile : "desktop");

	json_decref(s->joined);
	s->joined = reply;
	if (seat_error(reply)[0])
		return seat_error(reply);
	g_strlcpy(s->resume, text_of(reply, "resume"), sizeof(s->resume));
	return begin_media(s, text_of(reply, "offer"));
}

const char *seat_restart(struct seat *s)
{
	static __thread char code[64];
	json_t *reply = seat_ask(s, "ice.restart", "{}");

	g_strlcpy(code, seat_error(reply)[0] ? seat_error(reply) : answer_offer(s, text_of(reply, "offer"), true), sizeof(code));
	json_decref(reply);
	return code;
}

struct seat *seat_enter(const struct seat_cfg *cfg)
{
	struct seat *s = seat_open(cfg);

	if (s->socket)
		seat_join(s);
	return s;
}

void seat_cut(struct seat *s)
{
	if (!s->socket)
		return;
	seat_pump(s);
	socket_kill(s->socket);
	s->socket = socket_close(s->socket);
}

const char *seat_resume(struct seat *s)
{
	json_t *reply;

	seat_cut(s);
	connect_socket(s);
	if (!s->socket)
		return "refused";
	reply = s->cfg.token ? seat_ask(s, "hello", "{s:i, s:s, s:s, s:s, s:i}", "version", 1, "lang", "en", "token", s->cfg.token,
	                                "resume", s->resume, "last_seq", (int)s->last_seq)
	                     : seat_ask(s, "hello", "{s:i, s:s, s:s, s:i}", "version", 1, "lang", "en", "resume", s->resume,
	                                "last_seq", (int)s->last_seq);
	keep_hello(s, reply);
	if (seat_error(reply)[0])
		return seat_error(reply);
	return json_is_true(json_object_get(reply, "resumed")) ? "" : "not resumed";
}

size_t seat_mark(struct seat *s)
{
	seat_pump(s);
	return json_array_size(s->events);
}

static bool has_event(void *user)
{
	struct asked *a = user;

	seat_pump(a->seat);
	for (; a->mark < json_array_size(a->seat->events); a->mark++) {
		a->found = json_array_get(a->seat->events, a->mark);
		if (!strcmp(text_of(a->found, "event"), a->type))
			return true;
	}
	a->found = NULL;
	return false;
}

json_t *seat_event(struct seat *s, size_t mark, const char *type, int timeout_ms)
{
	struct asked a = { .seat = s, .mark = mark, .type = type };

	wait_until(timeout_ms, has_event, &a);
	return a.found;
}

bool seat_no_event(struct seat *s, size_t mark, const char *type, int ms)
{
	return stays_false(ms, has_event, &(struct asked){ .seat = s, .mark = mark, .type = type });
}

void seat_stay(struct seat *s, int ms)
{
	seat_no_event(s, seat_mark(s), "", ms);
}

const char *seat_row(struct seat *s, const char *id, const char *field)
{
	seat_pump(s);
	return text_of(json_object_get(s->roster, id), field);
}

bool seat_row_has(struct seat *s, const char *id, const char *list, const char *word)
{
	size_t i;
	json_t *w;

	seat_pump(s);
	json_array_foreach(json_object_get(json_object_get(s->roster, id), list), i, w)
		if (!strcmp(json_string_value(w), word))
			return true;
	return false;
}

int seat_slot_of(struct seat *s, const char *id, const char *source)
{
	seat_pump(s);
	for (int i = 0; i < SEAT_SLOTS; i++)
		if (!strcmp(s->slots[i].seat, id) && !strcmp(s->slots[i].source, source))
			return i;
	return -1;
}

struct sink *seat_sink(struct seat *s, int slot)
{
	char mid[8];

	g_snprintf(mid, sizeof(mid), "s%d", slot);
	return s->endpoint && slot >= 0 ? endpoint_sink_of_mid(s->endpoint, mid) : NULL;
}
