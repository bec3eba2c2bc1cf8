/* signaling/text: what is written is what jansson would write, and any reader reads it back. */
#include <stdlib.h>
#include <string.h>

#include "signaling/text.h"
#include "tests/unit/leaves_nothing.h"

static void assert_reads_as(const struct text *t, json_t *expected)
{
	json_t *read = json_loadb(t->data, t->len, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(read);
	assert_true(json_equal(read, expected));
	json_decref(read);
	json_decref(expected);
}

static void a_value_is_compact_json_however_long(void **state)
{
	static const size_t lengths[] = { 0, 1, 32754, 32755, 32756, 32757, 200000 };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		char *s = calloc(1, lengths[i] + 1), *written;
		json_t *o = json_pack("{s:o}", "a", json_string(memset(s, 'x', lengths[i])));
		struct text *t = text_new_json(json_incref(o));

		written = json_dumps(o, JSON_COMPACT);
		assert_int_equal(t->len, strlen(written));
		assert_string_equal(t->data, written);
		text_unref(t);
		json_decref(o);
		free(written);
		free(s);
	}
}

static void a_long_string_joins_an_object(void **state)
{
	static const char *const strings[] = { "", "plain", "v=0\r\ns=-\r\n", "\r\n", "a\"quoted\" \\ one", "\"", "ends in \\", "/ and 'x'" };

	(void)state;
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		struct text *t = text_new_json_with(json_pack("{s:i, s:[s]}", "reply", 5, "list", "x"), "offer", strings[i]);

		assert_int_equal(strlen(t->data), t->len);
		assert_reads_as(t, json_pack("{s:i, s:[s], s:s}", "reply", 5, "list", "x", "offer", strings[i]));
		text_unref(t);
		t = text_new_json_with(json_object(), "offer", strings[i]);
		assert_reads_as(t, json_pack("{s:s}", "offer", strings[i]));
		text_unref(t);
	}
}

static void without_the_string_it_is_the_object(void **state)
{
	struct text *t = text_new_json_with(json_pack("{s:b}", "a", 1), "offer", NULL);

	(void)state;
	assert_string_equal(t->data, "{\"a\":true}");
	assert_int_equal(t->len, strlen(t->data));
	text_unref(t);
	assert_null(text_new_json_with(NULL, "offer", "x"));
}

static void without_memory_there_is_none(void **state)
{
	(void)state;
	mem_fail_at(1);
	assert_null(text_new_json_with(json_object(), "offer", "x"));
	mem_fail_at(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(a_value_is_compact_json_however_long),
		LEAVES_NOTHING(a_long_string_joins_an_object),
		LEAVES_NOTHING(without_the_string_it_is_the_object),
		LEAVES_NOTHING(without_memory_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
