/* signaling/long_string: the same JSON comes out by either way, and what is not simple is left to the library. */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "media/base/macros.h"
#include "signaling/long_string.h"
#include "tests/unit/leaves_nothing.h"

static void assert_cut(const char *text, const char *left, const char *value)
{
	struct long_string s;

	assert_int_equal(long_string_cut(&s, text, strlen(text), "sdp"), 0);
	assert_int_equal(s.text_len, strlen(left));
	assert_memory_equal(s.text, left, s.text_len);
	assert_int_equal(s.value_len, strlen(value));
	assert_string_equal(s.value, value);
	long_string_done(&s);
}

static void a_simple_string_is_taken_out(void **state)
{
	(void)state;
	assert_cut("{\"sdp\":\"v=0\\r\\ns=-\",\"id\":1}", "{\"sdp\":\"\",\"id\":1}", "v=0\r\ns=-");
	assert_cut("{\"id\":1,\"sdp\" \n:\t\"x\"}", "{\"id\":1,\"sdp\" \n:\t\"\"}", "x");
	assert_cut("{\"sdp\":\"\"}", "{\"sdp\":\"\"}", "");
	assert_cut("{\"sdp\":\"\\\"\\\\\\/\\t\"}", "{\"sdp\":\"\"}", "\"\\/\t");
	assert_cut("{\"a\":[\"sdp\"],\"b\":{\"sdp\":\"no\"},\"c\":\"\\\"sdp\\\":\",\"d\":\"sdp\",\"sdp\":\"yes\"}",
	           "{\"a\":[\"sdp\"],\"b\":{\"sdp\":\"no\"},\"c\":\"\\\"sdp\\\":\",\"d\":\"sdp\",\"sdp\":\"\"}", "yes");
	/* What is wrong stays wrong: a second of that name, and what is no JSON behind it. */
	assert_cut("{\"sdp\":\"a\",\"sdp\":\"b\"}", "{\"sdp\":\"\",\"sdp\":\"b\"}", "a");
	assert_cut("{\"sdp\":\"a\"]", "{\"sdp\":\"\"]", "a");
}

static void what_is_not_simple_is_left(void **state)
{
	static const char *const texts[] = {
		"", "{", "\"", "{}", "[\"sdp\"]", "{\"sdp\"", "{\"sdp\":", "{\"sdp\":1}", "{\"sdp\":\"", "{\"sdp\":\"a", "{\"sdp\":\"a\\", "{\"sdp\":\"a\\\"",
		"{\"sdp\":\"\\u0041\"}", "{\"sdp\":\"\\b\"}", "{\"sdp\":\"\\x\"}", "{\"sdp\":\"a\nb\"}", "{\"sdp\":\"\xc3\xa4\"}", "{\"sdp\":\"\x7f\"}",
		"{\"SDP\":\"a\"}", "{\"sdpx\":\"a\"}", "{\"\\u0073dp\":\"a\"}", "{\"a\":{\"sdp\":\"a\"}}", "\"sdp\":\"a\"", "{\"sdp\",\"a\"}",
	};
	struct long_string s;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_int_equal(long_string_cut(&s, texts[i], strlen(texts[i]), "sdp"), -ENOENT);
	assert_int_equal(long_string_cut(&s, "{\"sdp\":\"a\\u0000\"}", 17, "sdp"), -ENOENT);
	assert_int_equal(long_string_cut(&s, "{\"sdp\":\"a\0\"}", 12, "sdp"), -ENOENT);
}

static void without_memory_nothing_is_kept(void **state)
{
	static const char text[] = "{\"sdp\":\"a\"}";
	struct long_string s;

	(void)state;
	for (uint64_t nth = 1; nth <= 2; nth++) {
		mem_fail_at(nth);
		assert_int_equal(long_string_cut(&s, text, strlen(text), "sdp"), -ENOMEM);
		mem_fail_at(0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(a_simple_string_is_taken_out),
		LEAVES_NOTHING(what_is_not_simple_is_left),
		LEAVES_NOTHING(without_memory_nothing_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
