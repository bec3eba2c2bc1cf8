/* What /ws takes: every request by its schema, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "signaling/message.h"
#include "tests/unit/leaves_nothing.h"

static enum wire_error parse(const char *text, struct message *ret, struct refusal *why)
{
	if (message_parse(ret, text, strlen(text), why) == 0)
		return WIRE_OK;
	return why->code;
}

static void assert_refused(const char *text, enum wire_error code, const char *field, int64_t id)
{
	struct refusal why;
	struct message m;

	assert_int_equal(parse(text, &m, &why), code);
	assert_string_equal(why.field, field);
	assert_int_equal(m.id, id);
	assert_null(m.body);
}

/* A value that the field takes. */
static json_t *example(const struct wire_field *f)
{
	char text[64] = "";

	switch (f->kind) {
	case WIRE_STRING:
		memset(text, 'a', (size_t)MAX(f->min, 1));
		return json_string(text);
	case WIRE_INT:
		return json_integer(f->min);
	case WIRE_BOOL:
		return json_true();
	case WIRE_ENUM:
		return json_string(f->enumeration->names[f->enumeration->n - 1]);
	case WIRE_OBJECT: {
		json_t *o = json_object();

		for (size_t i = 0; i < f->object->n; i++)
			json_object_set_new(o, f->object->fields[i].name, example(&f->object->fields[i]));
		return o;
	}
	case WIRE_LIST: {
		json_t *a = json_array();

		json_array_append_new(a, example(f->item));
		return a;
	}
	}
	return NULL;
}

static json_t *example_request(const struct wire_request *r)
{
	json_t *o = json_pack("{s:i, s:s}", "id", 7, "type", r->name);

	for (size_t i = 0; i < r->fields->n; i++)
		json_object_set_new(o, r->fields->fields[i].name, example(&r->fields->fields[i]));
	return o;
}

static enum wire_error parse_json(json_t *o, struct refusal *why)
{
	char *text = json_dumps(o, 0);
	struct message m;
	enum wire_error code = parse(text, &m, why);

	message_done(&m);
	mem_free(text);
	return code;
}

static void every_request_of_the_schema_is_taken(void **state)
{
	struct refusal why;

	(void)state;
	for (size_t i = 0; i < WIRE_N_REQUESTS; i++) {
		json_t *o = example_request(&wire_requests[i]);

		assert_int_equal(parse_json(o, &why), WIRE_OK);
		json_decref(o);
	}
}

static void a_missing_field_is_named_but_an_optional_one_may_miss(void **state)
{
	struct refusal why;

	(void)state;
	for (size_t i = 0; i < WIRE_N_REQUESTS; i++) {
		const struct wire_shape *s = wire_requests[i].fields;

		for (size_t j = 0; j < s->n; j++) {
			json_t *o = example_request(&wire_requests[i]);

			json_object_del(o, s->fields[j].name);
			assert_int_equal(parse_json(o, &why), s->fields[j].optional ? WIRE_OK : WIRE_BAD_MESSAGE);
			assert_string_equal(why.field, s->fields[j].optional ? "" : s->fields[j].name);
			json_decref(o);
		}
	}
}

static void a_field_of_another_kind_is_refused(void **state)
{
	struct refusal why;

	(void)state;
	for (size_t i = 0; i < WIRE_N_REQUESTS; i++) {
		const struct wire_shape *s = wire_requests[i].fields;

		for (size_t j = 0; j < s->n; j++) {
			json_t *o = example_request(&wire_requests[i]);

			json_object_set_new(o, s->fields[j].name, json_real(1.5));
			assert_int_equal(parse_json(o, &why), WIRE_BAD_MESSAGE);
			assert_string_equal(why.field, s->fields[j].name);
			json_object_set_new(o, s->fields[j].name, json_null());
			assert_int_equal(parse_json(o, &why), WIRE_BAD_MESSAGE);
			json_decref(o);
		}
	}
}

static void bounds_hold_at_their_edges(void **state)
{
	char text[4200], body[2100];

	struct refusal why;
	struct message m;

	(void)state;
	memset(body, 'x', sizeof(body));
	body[2000] = 0;
	snprintf(text, sizeof(text), "{\"id\":1,\"type\":\"chat.send\",\"text\":\"%s\"}", body);
	assert_int_equal(parse(text, &m, &why), WIRE_OK);
	assert_int_equal(strlen(message_string(&m, "text")), 2000);
	message_done(&m);
	body[2000] = 'x';
	body[2001] = 0;
	snprintf(text, sizeof(text), "{\"id\":1,\"type\":\"chat.send\",\"text\":\"%s\"}", body);
	assert_refused(text, WIRE_BAD_MESSAGE, "text", 1);
	assert_refused("{\"id\":1,\"type\":\"chat.send\",\"text\":\"\"}", WIRE_BAD_MESSAGE, "text", 1);
	assert_refused("{\"id\":2,\"type\":\"hello\",\"version\":2,\"lang\":\"zh\"}", WIRE_BAD_MESSAGE, "version", 2);
	assert_refused("{\"id\":2,\"type\":\"hello\",\"version\":1,\"lang\":\"zh\",\"last_seq\":-1}", WIRE_BAD_MESSAGE, "last_seq", 2);
}

static void what_is_no_request_is_refused(void **state)
{
	(void)state;
	assert_refused("", WIRE_BAD_MESSAGE, "", 0);
	assert_refused("{", WIRE_BAD_MESSAGE, "", 0);
	assert_refused("[]", WIRE_BAD_MESSAGE, "", 0);
	assert_refused("null", WIRE_BAD_MESSAGE, "", 0);
	assert_refused("{}", WIRE_BAD_MESSAGE, "id", 0);
	assert_refused("{\"id\":0,\"type\":\"leave\"}", WIRE_BAD_MESSAGE, "id", 0);
	assert_refused("{\"id\":1.0,\"type\":\"leave\"}", WIRE_BAD_MESSAGE, "id", 0);
	assert_refused("{\"id\":9007199254740992,\"type\":\"leave\"}", WIRE_BAD_MESSAGE, "id", 0);
	assert_refused("{\"id\":3}", WIRE_BAD_MESSAGE, "type", 3);
	assert_refused("{\"id\":3,\"type\":\"leav\"}", WIRE_BAD_MESSAGE, "type", 3);
	assert_refused("{\"id\":3,\"type\":\"leave\",\"extra\":1}", WIRE_BAD_MESSAGE, "extra", 3);
	assert_refused("{\"id\":3,\"id\":4,\"type\":\"leave\"}", WIRE_BAD_MESSAGE, "", 0);
	assert_refused("{\"id\":3,\"type\":\"chat.send\",\"text\":\"\xff\"}", WIRE_BAD_MESSAGE, "", 0);
	assert_refused("{\"id\":3,\"type\":\"chat.send\",\"text\":\"a\\u0000b\"}", WIRE_BAD_MESSAGE, "", 0);
}

static void a_depth_bomb_is_refused_before_it_is_parsed(void **state)
{
	char *text = malloc(60001);

	(void)state;
	memset(text, '[', 60000);
	text[60000] = 0;
	assert_refused(text, WIRE_BAD_MESSAGE, "", 0);
	free(text);
	assert_refused("{\"id\":3,\"type\":\"chat.send\",\"text\":[[[[[[[[[[]]]]]]]]]]}", WIRE_BAD_MESSAGE, "", 0);
}

static void brackets_in_a_string_are_not_depth(void **state)
{
	struct refusal why;
	struct message m;

	(void)state;
	assert_int_equal(parse("{\"id\":3,\"type\":\"chat.send\",\"text\":\"[[[[[[[[[[\\\"[[[[[[[\"}", &m, &why), WIRE_OK);
	message_done(&m);
}

static char *sized(const char *head, size_t len)
{
	char *text = malloc(len + 1);

	memset(text, ' ', len);
	memcpy(text, head, strlen(head));
	text[len] = 0;
	return text;
}

static void only_an_answer_may_be_longer_than_64_kib(void **state)
{
	char *text = sized("{\"id\":3,\"type\":\"leave\"}", MESSAGE_MAX_BYTES + 1);
	struct refusal why;
	struct message m;

	(void)state;
	assert_refused(text, WIRE_TOO_LARGE, "", 3);
	free(text);
	text = sized("{\"id\":3,\"type\":\"answer\",\"sdp\":\"v=0\"}", MESSAGE_MAX_ANSWER_BYTES);
	assert_int_equal(parse(text, &m, &why), WIRE_OK);
	message_done(&m);
	free(text);
	text = sized("{\"id\":3,\"type\":\"answer\",\"sdp\":\"v=0\"}", MESSAGE_MAX_ANSWER_BYTES + 1);
	assert_refused(text, WIRE_TOO_LARGE, "", 0);
	free(text);
}

static void fields_are_read_by_name(void **state)
{
	struct refusal why;
	struct message m;

	(void)state;
	assert_int_equal(parse("{\"id\":3,\"type\":\"seat.mute\",\"seat\":\"ab\",\"source\":\"screen\",\"self_unmute\":true}", &m, &why), WIRE_OK);
	assert_string_equal(message_string(&m, "seat"), "ab");
	assert_int_equal(message_enum(&m, "source", &wire_enum_source), WIRE_SOURCE_SCREEN);
	assert_true(message_bool(&m, "self_unmute"));
	assert_null(message_string(&m, "token"));
	assert_int_equal(message_int(&m, "last_seq", 9), 9);
	message_done(&m);
}

static void running_out_of_memory_is_told_and_leaks_nothing(void **state)
{
	const char *text = "{\"id\":3,\"type\":\"watch\",\"items\":[{\"seat\":\"a\",\"source\":\"camera\"}]}";
	struct refusal why;
	struct message m;
	int r = -1;

	(void)state;
	for (uint64_t n = 1; r < 0; n++) {
		mem_fail_at(n);
		r = message_parse(&m, text, strlen(text), &why);
		mem_fail_at(0);
		if (r < 0)
			assert_int_not_equal(why.code, WIRE_OK);
		assert_true(n < 1000);
	}
	message_done(&m);
}

/* Whether its SDP is simple or not, an answer is the same. */
static void a_long_answer_is_read_like_a_short_one(void **state)
{
	static const char *const tails[] = { "\\r\\n", "\\u000d\\u000a" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
		char text[6000], sdp[5003];
		struct refusal why;
		struct message m;

		memset(sdp, 'a', 5000);
		strcpy(sdp + 5000, "\r\n");
		snprintf(text, sizeof(text), "{\"id\":3,\"sdp\":\"%.5000s%s\",\"type\":\"answer\"}", sdp, tails[i]);
		assert_int_equal(parse(text, &m, &why), WIRE_OK);
		assert_int_equal(m.id, 3);
		assert_string_equal(m.request->name, "answer");
		assert_string_equal(message_string(&m, "sdp"), sdp);
		message_done(&m);
		memcpy(strstr(text, "\"id\":3"), "\"sd\":3", 6);
		assert_refused(text, WIRE_BAD_MESSAGE, "id", 0);
		memcpy(strstr(text, "answer"), "answe\"", 6);
		assert_refused(text, WIRE_BAD_MESSAGE, "", 0);
	}
}

static void a_long_answer_without_memory_leaks_nothing(void **state)
{
	char text[6000];
	struct refusal why;
	struct message m;
	int r = -1;

	(void)state;
	snprintf(text, sizeof(text), "{\"id\":3,\"type\":\"answer\",\"sdp\":\"%05000d\"}", 0);
	for (uint64_t n = 1; r < 0; n++) {
		mem_fail_at(n);
		r = message_parse(&m, text, strlen(text), &why);
		mem_fail_at(0);
		assert_true((r == 0) == (why.code == WIRE_OK));
		assert_true(n < 1000);
	}
	message_done(&m);
}

static void *count_alloc(size_t bytes)
{
	return mem_zalloc(bytes);
}

static void count_free(void *ptr)
{
	mem_free(ptr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(every_request_of_the_schema_is_taken),
		LEAVES_NOTHING(a_missing_field_is_named_but_an_optional_one_may_miss),
		LEAVES_NOTHING(a_field_of_another_kind_is_refused),
		LEAVES_NOTHING(bounds_hold_at_their_edges),
		LEAVES_NOTHING(what_is_no_request_is_refused),
		LEAVES_NOTHING(a_depth_bomb_is_refused_before_it_is_parsed),
		LEAVES_NOTHING(brackets_in_a_string_are_not_depth),
		LEAVES_NOTHING(only_an_answer_may_be_longer_than_64_kib),
		LEAVES_NOTHING(fields_are_read_by_name),
		LEAVES_NOTHING(running_out_of_memory_is_told_and_leaks_nothing),
		LEAVES_NOTHING(a_long_answer_is_read_like_a_short_one),
		LEAVES_NOTHING(a_long_answer_without_memory_leaks_nothing),
	};

	json_object_seed(1);
	json_set_alloc_funcs(count_alloc, count_free);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
