/* UTF-8 as it comes in: what is a character, what fits, what can be a name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/utf8.h"

static void every_character_is_read_as_it_was_written(void **state)
{
	char bytes[4];

	(void)state;
	for (uint32_t c = 0; c <= 0x110000; c++) {
		bool is = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
		size_t n = utf8_put(bytes, c);
		uint32_t again = 0;

		assert_int_equal(n > 0, is);
		if (!is)
			continue;
		assert_int_equal(utf8_next(&again, bytes, n), n);
		assert_int_equal(again, c);
		assert_int_equal(n > 1 ? utf8_next(&again, bytes, n - 1) : 0, 0);
	}
}

static void what_is_no_utf8_does_not_fit(void **state)
{
	static const char *const wrong[] = { "\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xe4\xbc", "\xe4\xbc" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		assert_false(utf8_fits(wrong[i], 100));
		assert_false(utf8_is_name(wrong[i]));
	}
	assert_true(utf8_fits("会堂", 7));
	assert_false(utf8_fits("会堂", 6));
	assert_false(utf8_fits(NULL, 6));
	assert_true(utf8_fits("", 1));
	assert_int_equal(utf8_valid_bytes("会\xff", 4), 3);
}

static void a_name_is_seen_and_turns_nothing_round(void **state)
{
	static const char *const names[] = { "张三", "O'Brien", "<b>张</b>", "👩‍👩‍👧", "=1+1", "　张" };
	static const char *const none[] = { "", " ", "　", "\u00a0", "\u200d", "a\nb", "a\tb", "a\x7f", "a\xc2\x85", "a\u200b", "a\u202e", "a\u2028", "a\u2066", "\ufeffa" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_true(utf8_is_name(names[i]));
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_false(utf8_is_name(none[i]));
}

static void copies_are_cut_at_a_character(void **state)
{
	char text[6];

	(void)state;
	utf8_copy(text, sizeof(text), "会堂会");
	assert_string_equal(text, "会");
	utf8_copy(text, 1, "会");
	assert_string_equal(text, "");
	utf8_copy(text, sizeof(text), "abcde");
	assert_string_equal(text, "abcde");
	assert_int_equal(utf8_narrow(0xff21), 'A');
	assert_int_equal(utf8_narrow(0x3000), ' ');
	assert_int_equal(utf8_narrow(0x4f1a), 0x4f1a);
	assert_true(utf8_is_control(0));
	assert_false(utf8_is_control('\t'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_character_is_read_as_it_was_written),
		cmocka_unit_test(what_is_no_utf8_does_not_fit),
		cmocka_unit_test(a_name_is_seen_and_turns_nothing_round),
		cmocka_unit_test(copies_are_cut_at_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
