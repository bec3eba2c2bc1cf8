/* Bounded reading of requests: size, depth, JSON, then the shape by the generated tables. */
#include "signaling/message.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/macros.h"
#include "signaling/long_string.h"

#define LONG_FIELD "sdp"
#define LONG_BYTES 4096                 /* shorter texts are not worth it */

int refuse(struct refusal *why, enum wire_error code, const char *field)
{
	why->code = code;
	why->retry_ms = 0;
	snprintf(why->field, sizeof(why->field), "%s", field);
	return -EBADMSG;
}

int refuse_for_now(struct refusal *why, const char *field, int64_t wait_us)
{
	refuse(why, WIRE_RATE_LIMITED, field);
	why->retry_ms = (unsigned)((wait_us + 999) / 1000);
	return -EBADMSG;
}

int wire_enum_index(const struct wire_enum *enumeration, const char *name)
{
	for (size_t i = 0; i < enumeration->n; i++)
		if (strcmp(enumeration->names[i], name) == 0)
			return (int)i;
	return -1;
}

static bool within(const struct wire_field *f, int64_t value)
{
	return value >= f->min && value <= f->max;
}

static bool check_value(const struct wire_field *f, const json_t *v);

static bool check_list(const struct wire_field *f, const json_t *v)
{
	size_t n = json_array_size(v);

	if (!json_is_array(v) || !within(f, (int64_t)n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!check_value(f->item, json_array_get(v, i)))
			return false;
	return true;
}

static bool check_value(const struct wire_field *f, const json_t *v)
{
	struct refusal inner;

	switch (f->kind) {
	case WIRE_STRING:
		return json_is_string(v) && within(f, (int64_t)json_string_length(v));
	case WIRE_INT:
		return json_is_integer(v) && within(f, json_integer_value(v));
	case WIRE_BOOL:
		return json_is_boolean(v);
	case WIRE_ENUM:
		return json_is_string(v) && wire_enum_index(f->enumeration, json_string_value(v)) >= 0;
	case WIRE_OBJECT:
		return json_is_object(v) && message_check(f->object, v, &inner) == 0;
	case WIRE_LIST:
		return check_list(f, v);
	}
	return false;
}

int message_check(const struct wire_shape *shape, const json_t *object, struct refusal *why)
{
	size_t known = 0;
	const char *key;
	json_t *value;

	for (size_t i = 0; i < shape->n; i++) {
		const struct wire_field *f = &shape->fields[i];
		const json_t *v = json_object_get(object, f->name);

		known += v != NULL;
		if (v ? !check_value(f, v) : !f->optional)
			return refuse(why, WIRE_BAD_MESSAGE, f->name);
	}
	if (known == json_object_size(object))
		return 0;
	json_object_foreach((json_t *)object, key, value) {
		bool found = false;

		for (size_t i = 0; i < shape->n && !found; i++)
			found = strcmp(shape->fields[i].name, key) == 0;
		if (!found)
			return refuse(why, WIRE_BAD_MESSAGE, key);
	}
	return 0;
}

/* jansson recurses up to 2,048 levels; ours need 4. Counting brackets outside strings costs nothing. */
static bool too_deep(const char *text, size_t len)
{
	bool in_string = false;
	int depth = 0;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{' || c == '[') {
			if (++depth > MESSAGE_MAX_DEPTH)
				return true;
		} else if (c == '}' || c == ']') {
			depth--;
		}
	}
	return false;
}

static int compare_request(const void *name, const void *row)
{
	return strcmp(name, ((const struct wire_request *)row)->name);
}

/* Takes `id` and `type` out of the body, so that what is left are the fields. */
static int read_head(struct message *m, size_t len, struct refusal *why)
{
	const json_t *id = json_object_get(m->body, "id");
	const char *type = json_string_value(json_object_get(m->body, "type"));

	if (!json_is_integer(id) || json_integer_value(id) < 1 || json_integer_value(id) > MESSAGE_MAX_ID)
		return refuse(why, WIRE_BAD_MESSAGE, "id");
	m->id = json_integer_value(id);
	if (!type)
		return refuse(why, WIRE_BAD_MESSAGE, "type");
	m->request = bsearch(type, wire_requests, WIRE_N_REQUESTS, sizeof(wire_requests[0]), compare_request);
	if (!m->request)
		return refuse(why, WIRE_BAD_MESSAGE, "type");
	if (len > MESSAGE_MAX_BYTES && strcmp(m->request->name, "answer") != 0)
		return refuse(why, WIRE_TOO_LARGE, "");
	json_object_del(m->body, "id");
	json_object_del(m->body, "type");
	return 0;
}

static int no_memory(struct refusal *why)
{
	refuse(why, WIRE_INTERNAL, "");
	return -ENOMEM;
}

static int load(json_t **ret, const char *text, size_t len, struct refusal *why)
{
	json_error_t error;

	if (too_deep(text, len))
		return refuse(why, WIRE_BAD_MESSAGE, "");
	*ret = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	return !*ret && json_error_code(&error) == json_error_out_of_memory ? no_memory(why) : 0;
}

/* An answer's SDP goes past the library, which would look at each of its characters several times. */
static int load_long(json_t **ret, const char *text, size_t len, struct refusal *why)
{
	struct long_string sdp;
	int r = len < LONG_BYTES ? -ENOENT : long_string_cut(&sdp, text, len, LONG_FIELD);

	if (r == -ENOENT)
		return load(ret, text, len, why);
	if (r < 0)
		return no_memory(why);
	r = load(ret, sdp.text, sdp.text_len, why);
	if (r == 0 && json_is_object(*ret) && json_object_set_new(*ret, LONG_FIELD, json_stringn_nocheck(sdp.value, sdp.value_len)) < 0)
		r = no_memory(why);
	long_string_done(&sdp);
	return r;
}

int message_parse(struct message *ret, const char *text, size_t len, struct refusal *why)
{
	struct message m = { 0 };
	int r;

	*ret = m;
	*why = (struct refusal){ 0 };
	if (len > MESSAGE_MAX_ANSWER_BYTES)
		return refuse(why, WIRE_TOO_LARGE, "");
	r = load_long(&m.body, text, len, why);
	if (r < 0) {
		json_decref(m.body);
		return r;
	}
	if (!json_is_object(m.body)) {
		json_decref(m.body);
		return refuse(why, WIRE_BAD_MESSAGE, "");
	}
	r = read_head(&m, len, why);
	if (r == 0)
		r = message_check(m.request->fields, m.body, why);
	ret->id = m.id;
	if (r < 0)
		json_decref(m.body);
	else
		*ret = m;
	return r;
}

void message_done(struct message *m)
{
	json_decref(m->body);
	m->body = NULL;
}

const char *message_string(const struct message *m, const char *field)
{
	return json_string_value(json_object_get(m->body, field));
}

int64_t message_int(const struct message *m, const char *field, int64_t absent)
{
	const json_t *v = json_object_get(m->body, field);

	return v ? json_integer_value(v) : absent;
}

bool message_bool(const struct message *m, const char *field)
{
	return json_is_true(json_object_get(m->body, field));
}

int message_enum(const struct message *m, const char *field, const struct wire_enum *enumeration)
{
	const char *name = message_string(m, field);

	return name ? wire_enum_index(enumeration, name) : -1;
}
