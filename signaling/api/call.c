/* See signaling/api.h. */
#include "signaling/api.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/clock.h"
#include "media/base/utf8.h"
#include "signaling/acts.h"
#include "signaling/api_handlers.h"
#include "signaling/audit_note.h"
#include "signaling/reads.h"
#include "signaling/server.h"
#include "signaling/sign_in.h"

#define ETAG_BYTES 48
#define PAGE_DEFAULT 100

/* What an act needs again once it is on disk. */
struct act_under_way {
	uint64_t request;
	const struct api_route *route;
	struct principal who;
	int64_t ids[API_IDS], result;
};

/* ---- replies ---- */

static int status_of(const char *code)
{
	static const struct { const char *code; int status; } statuses[] = {
		{ "bad_message", 400 }, { "not_signed_in", 401 }, { "forbidden", 403 }, { "must_change_password", 403 }, { "not_found", 404 }, { "conflict", 409 }, { "changed", 412 },
		{ "too_large", 413 }, { "not_recorded", 503 }, { "overloaded", 503 }, { "card_key_missing", 503 },
	};

	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		if (strcmp(statuses[i].code, code) == 0)
			return statuses[i].status;
	return strncmp(code, "card.", 5) == 0 ? 400 : 409;
}

void api_refuse(struct api_call *c, const char *code, const char *detail, const char *field)
{
	http_problem_at(c->request, status_of(code), code, detail, field, strcmp(code, "overloaded") == 0 || strcmp(code, "not_recorded") == 0 ? 2000 : 0);
}

void api_not_there(struct api_call *c)
{
	api_refuse(c, "not_found", "There is no such thing, or it is not yours to see.", NULL);
}

static void write_etag(json_t *value, char ret[ETAG_BYTES])
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
	uint8_t digest[crypto_generichash_BYTES_MIN];
	char hex[17] = "";

	if (text) {
		crypto_generichash(digest, sizeof(digest), (const uint8_t *)text, strlen(text), NULL, 0);
		sodium_bin2hex(hex, sizeof(hex), digest, 8);
	}
	free(text);
	snprintf(ret, ETAG_BYTES, "\"%s\"", hex);
}

static void reply(struct api_call *c, int status, json_t *value, const char *etag)
{
	http_add_header(c->request, "etag:", etag);
	if ((c->request->method & (HTTP_GET | HTTP_HEAD)) && http_etag_listed(c->request->if_none_match, etag, true)) {
		json_decref(value);
		http_reply(c->request, 304, NULL, NULL);
		return;
	}
	http_reply_json(c->request, status, value);
}

void api_reply(struct api_call *c, int status, json_t *value)
{
	char etag[ETAG_BYTES];

	if (!value) {
		api_refuse(c, "overloaded", "The server is short of memory.", NULL);
		return;
	}
	write_etag(value, etag);
	reply(c, status, value, etag);
}

void api_reply_version(struct api_call *c, int status, json_t *value, int64_t version)
{
	char etag[ETAG_BYTES], whole[ETAG_BYTES];

	if (!value) {
		api_refuse(c, "overloaded", "The server is short of memory.", NULL);
		return;
	}
	write_etag(value, etag);
	snprintf(whole, sizeof(whole), "\"%.16s.%" PRId64 "\"", etag + 1, version);
	reply(c, status, value, whole);
}

bool api_version_matches(const struct api_call *c, int64_t version)
{
	const char *dot = strrchr(c->request->if_match, '.');
	char end[24];

	snprintf(end, sizeof(end), ".%" PRId64 "\"", version);
	return dot && strcmp(dot, end) == 0;
}

bool api_unchanged(struct api_call *c, json_t *value)
{
	char etag[ETAG_BYTES];

	write_etag(value, etag);
	if (!*c->request->if_match || http_etag_listed(c->request->if_match, etag, false))
		return true;
	api_refuse(c, "changed", "It has been changed since it was read.", NULL);
	return false;
}

/* ---- what comes in ---- */

static bool read_field(const struct api_field *f, const json_t *v)
{
	size_t len = json_string_length(v);

	switch (f->type) {
	case FIELD_TEXT_OR_NULL:
		if (json_is_null(v)) {
			*(const char **)f->ret = NULL;
			return true;
		}
		__attribute__((fallthrough));
	case FIELD_TEXT:
		if (!json_is_string(v) || len > f->max || strlen(json_string_value(v)) != len)
			return false;
		*(const char **)f->ret = json_string_value(v);
		return true;
	case FIELD_ID:
		*(int64_t *)f->ret = json_integer_value(v);
		return json_is_integer(v) && json_integer_value(v) > 0;
	case FIELD_TIME_MS:
		if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > INT64_MAX / 1000)
			return false;
		*(int64_t *)f->ret = json_integer_value(v) * 1000;
		return true;
	case FIELD_BOOL:
		*(bool *)f->ret = json_is_true(v);
		return json_is_boolean(v);
	case FIELD_OBJECT:
		*(const json_t **)f->ret = v;
		return json_is_object(v);
	}
	return false;
}

bool api_fields(struct api_call *c, const struct api_field *fields, size_t n)
{
	size_t known = 0;

	for (size_t i = 0; i < n; i++) {
		const json_t *v = json_object_get(c->body, fields[i].name);

		known += v != NULL;
		if (v ? !read_field(&fields[i], v) : fields[i].required) {
			api_refuse(c, "bad_message", v ? "A member of the body has another shape than it should." : "A member of the body is missing.", fields[i].name);
			return false;
		}
	}
	if (json_object_size(c->body) == known)
		return true;
	api_refuse(c, "bad_message", "The body has members that are not known here.", NULL);
	return false;
}

bool api_check_text(struct api_call *c, const char *text, size_t max_characters, const char *code)
{
	size_t left = strlen(text), characters = 0, n = 1;
	bool ok = left > strspn(text, " \t\r\n");
	uint32_t character;

	for (; ok && left > 0; text += n, left -= n) {
		n = utf8_next(&character, text, left);
		ok = n > 0 && !utf8_is_control(character) && ++characters <= max_characters;
	}
	if (!ok)
		api_refuse(c, code, "The text is empty, too long or cannot be shown.", "text");
	return ok;
}

int64_t api_query_int(const struct api_call *c, const char *name, int64_t missing)
{
	char text[24] = "";

	if (!http_has_query(c->request, name) || (http_query(c->request, name, text, sizeof(text)) && !*text))
		return missing;
	if (*text && strspn(text, "0123456789") == strlen(text))
		return strtoll(text, NULL, 10);
	http_problem_at(c->request, 400, "bad_message", "This parameter is a number, 0 or more.", name, 0);
	return missing;
}

int64_t api_query_time(const struct api_call *c, const char *name, int64_t missing_us)
{
	int64_t ms = api_query_int(c, name, -1);

	return ms < 0 ? missing_us : MIN(ms, INT64_MAX / 1000) * 1000;
}

/* ---- pages ---- */

void api_page_begin(struct api_page *p, const struct api_call *c)
{
	*p = (struct api_page){ .request = c->request, .items = json_array(), .after = api_query_int(c, "cursor", 0) };
	p->limit = (size_t)CLAMP(api_query_int(c, "limit", PAGE_DEFAULT), 1, API_PAGE_MAX);
	p->started = p->after == 0;
}

bool api_page_wants(struct api_page *p, int64_t id)
{
	bool was = p->started;

	p->started = p->started || id == p->after;
	if (!was)
		return false;
	p->full = json_array_size(p->items) == p->limit;
	return !p->full;
}

void api_page_add(struct api_page *p, int64_t id, json_t *item)
{
	json_array_append_new(p->items, item);
	p->last = id;
}

json_t *api_page_end(struct api_page *p)
{
	json_t *all = json_pack("{s:o}", "items", p->items);
	char cursor[24];

	/* What the page before ended with is not there any more: to say that nothing follows would be wrong. */
	if (!p->started)
		http_problem_at(p->request, 400, "bad_message", "This list has changed: begin anew.", "cursor", 0);

	if (p->full) {
		snprintf(cursor, sizeof(cursor), "%" PRId64, p->last);
		json_object_set_new(all, "next", json_string(cursor));
	}
	return all;
}

/* ---- acts ---- */

bool api_may(struct api_call *c, enum act_kind act, struct target target, int64_t *ret_grant)
{
	int r = may(c->directory, &c->who, act, target, c->now_us, ret_grant);

	if (r == -ENOENT)
		api_not_there(c);
	else if (r < 0)
		api_refuse(c, "forbidden", "Your grants do not allow this here.", NULL);
	return r == 0;
}

bool api_act(struct api_call *c, enum act_kind act, int64_t grant, int64_t org, int64_t subject, json_t *detail)
{
	struct act a = act_by(c->directory, directory_account(c->directory, c->who.account), act_kind_name(act));
	char *text = detail ? json_dumps(detail, JSON_COMPACT) : NULL;

	a.grant = grant;
	a.org = org;
	a.subject = subject;
	a.detail = text;
	c->changes = text ? changes_new_act(&a) : NULL;
	if (!c->changes)
		api_refuse(c, "overloaded", "The server is short of memory.", NULL);
	free(text);
	json_decref(detail);
	return c->changes != NULL;
}

void api_looked(struct api_call *c, enum act_kind act, struct target target, const char *seen, int64_t class)
{
	const struct person *p = target.kind == TARGET_PERSON ? directory_person(c->directory, target.id) : NULL;
	struct audit_note note;

	if (p && p->id == c->who.person)
		return;
	memset(&note, 0, sizeof(note));
	note.account = c->who.account;
	note.org = p ? p->last_org : target.id;
	note.subject = p ? p->id : 0;
	note.class = class;
	snprintf(note.act, sizeof(note.act), "%s", act_kind_name(act));
	snprintf(note.seen, sizeof(note.seen), "%s", seen);
	audit_note(c->server, &note);
}

void api_event(struct api_call *c, enum event_kind kind, const char *room, const char *actor, json_t *payload)
{
	char *text = payload ? json_dumps(payload, JSON_COMPACT) : NULL;

	changes_event(c->changes, kind, room, actor, text);
	free(text);
	json_decref(payload);
}

void api_add_fact(struct api_call *c, struct fact fact)
{
	fact.id = directory_next_fact_id(c->directory, fact.type);
	fact.valid_from_us = fact.valid_from_us ? fact.valid_from_us : c->now_us;
	fact.text = fact.text ? fact.text : "";
	fact.note = fact.note ? fact.note : "";
	changes_fact(c->changes, &fact);
}

void api_end_fact(struct api_call *c, const struct fact *fact)
{
	api_end_fact_at(c, fact, c->now_us);
}

void api_end_fact_at(struct api_call *c, const struct fact *fact, int64_t at_us)
{
	changes_fact_ends(c->changes, fact, at_us ? at_us : c->now_us, directory_next_fact_id(c->directory, fact->type));
}

bool api_check_since(struct api_call *c, int64_t at_us, const struct fact *fact)
{
	if (at_us > c->now_us)
		api_refuse(c, "bad_message", "This day is to come.", "from_ms");
	else if (at_us && fact && at_us <= fact->valid_from_us)
		api_refuse(c, "too_early", "On that day what it follows had not begun.", "from_ms");
	return !c->request->replied;
}

static struct api_call make_call(struct request *q, int64_t account)
{
	return (struct api_call){
		.server = q->server, .directory = q->server->directory, .request = q, .who = principal_of(q->server->directory, account), .now_us = clock_wall_us(),
	};
}

static void on_done(struct server *s, const void *data, int64_t sequence, int error)
{
	const struct act_under_way *a = data;
	struct request *q = server_find_request(s, a->request);
	struct api_call c;

	(void)sequence;
	if (!q)
		return;
	c = make_call(q, a->who.account);
	c.who = a->who;
	c.result = a->result;
	memcpy(c.ids, a->ids, sizeof(c.ids));
	if (error == -EINVAL)
		api_refuse(&c, "conflict", "The records do not allow it as they stand.", NULL);
	else if (error)
		api_refuse(&c, "not_recorded", "The server cannot write its records just now.", NULL);
	else
		a->route->done(&c);
}

static json_t *read_body(struct api_call *c)
{
	struct request *q = c->request;
	json_t *body = json_loadb(q->body_len ? q->body : "{}", q->body_len ? q->body_len : 2, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(body))
		return body;
	json_decref(body);
	api_refuse(c, "bad_message", "The body is not a JSON object.", NULL);
	return NULL;
}

/* Who asks is looked up when the turn comes: the session may have ended meanwhile. */
static bool prepare(struct api_call *c, struct request *q, const struct api_route **ret)
{
	int64_t account = sign_in_account(q->server, q), ids[API_IDS] = { 0 };
	unsigned methods;

	*c = make_call(q, account);
	*ret = api_route_find(q->method == HTTP_HEAD ? HTTP_GET : q->method, q->path + strlen(API_ROOT), ids, &methods);
	memcpy(c->ids, ids, sizeof(ids));
	if (!*ret && methods)
		http_refuse_method(q, methods);
	else if (!*ret)
		api_not_there(c);
	else if (!c->who.account)
		api_refuse(c, "not_signed_in", "Sign in first.", NULL);
	else if (directory_account(c->directory, c->who.account)->must_change)
		api_refuse(c, "must_change_password", "Choose a password of your own first.", NULL);
	return !q->replied;
}

bool api_admit(struct api_call *c, struct request *q)
{
	const struct api_route *route;

	return prepare(c, q, &route);
}

/* ---- reads of the database ---- */

typedef void (*found_fn)(struct api_call *c, const json_t *rows);

static void on_read(struct request *q, const char *text, int error)
{
	found_fn found = (found_fn)q->on_rows;
	const struct api_route *route;
	struct api_call c;
	json_t *rows = text ? json_loads(text, 0, NULL) : NULL;

	q->on_read = NULL;
	if (prepare(&c, q, &route)) {
		if (error || !rows)
			api_refuse(&c, "overloaded", "The records could not be read just now.", NULL);
		else
			found(&c, rows);
	}
	json_decref(rows);
}

void api_read(struct api_call *c, store_read_fn fn, const void *args, size_t len, void (*found)(struct api_call *c, const json_t *rows))
{
	c->request->on_read = on_read;
	c->request->on_rows = (void (*)(void))found;
	if (store_read(c->server->store, fn, args, len, c->request->serial) < 0)
		api_refuse(c, "overloaded", "Many others read the records; try again in a moment.", NULL);
}

/* ---- acts that are asked for again ---- */

/* An export is an act as well, and one more each time: what it tells is asked for in the query, and is on record whenever it was told. */
static bool is_keyed(const struct request *q)
{
	return *q->idempotency_key && q->method != HTTP_GET && q->method != HTTP_HEAD;
}

static bool check_key(struct api_call *c, const char *key)
{
	size_t len = strlen(key);

	if (len < REQUEST_KEY_BYTES && strspn(key, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:") == len)
		return true;
	api_refuse(c, "bad_message", "An idempotency key has at most 64 letters, digits, hyphens, dots, colons and underscores.", "Idempotency-Key");
	return false;
}

/* Keyed, so that a digest in memory tells nothing of a card number either. */
static void digest_request(const struct request *q, uint8_t ret[REQUEST_DIGEST_BYTES])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, q->server->resume_key, sizeof(q->server->resume_key), REQUEST_DIGEST_BYTES);
	crypto_generichash_update(&state, (const uint8_t *)q->path, strlen(q->path) + 1);
	crypto_generichash_update(&state, (const uint8_t *)&q->method, sizeof(q->method));
	if (q->body_len)
		crypto_generichash_update(&state, (const uint8_t *)q->body, q->body_len);
	crypto_generichash_final(&state, ret, REQUEST_DIGEST_BYTES);
}

void api_tell(struct api_call *c)
{
	api_reply(c, 201, json_incref(c->request->told));
}

/* What has been done is told again as it is now. A code that was told once is kept nowhere. True when there is nothing more to do. */
static bool answer_again(struct api_call *c, const struct api_route *route)
{
	const struct request_done *done = directory_request(c->directory, c->who.account, c->request->idempotency_key);
	uint8_t digest[REQUEST_DIGEST_BYTES];

	if (!done)
		return false;
	digest_request(c->request, digest);
	if (done->compared && memcmp(digest, done->digest, sizeof(digest)) != 0) {
		api_refuse(c, "key_reused", "This key was given to another request.", "Idempotency-Key");
	} else if (route->done == api_tell) {
		api_refuse(c, "key_reused", "This has been done; what it told was told once and is kept nowhere.", "Idempotency-Key");
	} else {
		c->result = done->result;
		route->done(c);
	}
	return true;
}

static void remember_request(struct api_call *c)
{
	struct request_done done = { .result = c->result, .wall_us = c->now_us, .compared = true };

	digest_request(c->request, done.digest);
	changes_request(c->changes, c->who.account, c->request->idempotency_key, &done);
}

/* ---- the way of an act ---- */

/* The act has said what it changes, or was refused. */
static void finish_act(struct api_call *c, const struct api_route *route)
{
	struct request *q = c->request;
	struct act_under_way a = { .request = q->serial, .route = route, .who = c->who, .result = c->result };

	if (is_keyed(q) && c->changes)
		remember_request(c);
	memcpy(a.ids, c->ids, sizeof(a.ids));
	if (q->replied || !c->changes) {
		changes_destroy(c->changes);
		acts_pass(c->server);
	} else if (acts_post(c->server, c->changes, on_done, &a, sizeof(a)) < 0) {
		api_refuse(c, "overloaded", "Too much waits to be written; try again in a moment.", NULL);
		acts_pass(c->server);
	}
}

struct act_reading {
	uint64_t request;
	found_fn found;
};

static void on_act_read(struct server *s, const void *data, const char *text, int error)
{
	const struct act_reading *a = data;
	struct request *q = server_find_request(s, a->request);
	json_t *rows = text ? json_loads(text, 0, NULL) : NULL, *body = NULL;
	const struct api_route *route;
	struct api_call c = { 0 };

	if (!q || !prepare(&c, q, &route)) {
		json_decref(rows);
		acts_pass(s);
		return;
	}
	if (error || !rows)
		api_refuse(&c, "overloaded", "The records could not be read just now.", NULL);
	else
		c.body = body = read_body(&c);
	if (body)
		a->found(&c, rows);
	finish_act(&c, route);
	json_decref(body);
	json_decref(rows);
}

void api_act_read(struct api_call *c, store_read_fn fn, const void *args, size_t len, void (*found)(struct api_call *c, const json_t *rows))
{
	struct act_reading a = { .request = c->request->serial, .found = found };

	c->reading = reads_begin(c->server, fn, args, len, on_act_read, &a, sizeof(a)) == 0;
	if (!c->reading)
		api_refuse(c, "overloaded", "Many others read the records; try again in a moment.", NULL);
}

static void begin_act(struct server *s, const void *data)
{
	const uint64_t *serial = data;
	struct request *q = server_find_request(s, *serial);
	const struct api_route *route;
	struct api_call c = { 0 };
	json_t *body;

	if (!q || !prepare(&c, q, &route)) {
		acts_pass(s);
		return;
	}
	if (route->done && is_keyed(q) && (!check_key(&c, q->idempotency_key) || answer_again(&c, route))) {
		acts_pass(s);
		return;
	}
	c.body = body = read_body(&c);
	if (body)
		route->handle(&c);
	if (!c.reading)
		finish_act(&c, route);
	json_decref(body);
}

void api_handle(struct request *q)
{
	const struct api_route *route;
	struct api_call c;

	if (!prepare(&c, q, &route))
		return;
	if (!route->done && route->in_turn && server_records(q->server) && acts_enqueue(q->server, begin_act, &q->serial, sizeof(q->serial)) == 0)
		return;
	if (!route->done)
		route->handle(&c);
	else if (!server_records(q->server))
		api_refuse(&c, "not_recorded", "The server cannot write its records just now.", NULL);
	else if (acts_enqueue(q->server, begin_act, &q->serial, sizeof(q->serial)) < 0)
		api_refuse(&c, "overloaded", "Many acts wait already; try again in a moment.", NULL);
}
