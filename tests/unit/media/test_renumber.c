/* media/renumber: numbers in a slot have no holes for what is left out, and what comes late finds its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "media/base/macros.h"
#include "media/renumber.h"

static void numbers_close_up_over_the_turn(void **state)
{
	struct renumber r;
	uint16_t in = 65000, out = 30000, of[65536], found;

	(void)state;
	renumber_begin(&r, in, out);
	for (uint32_t i = 0; i < 200000; i++, in++) {
		if (i % 10 == 4 || i % 10 == 5) {
			renumber_leave_out(&r, in);
			continue;
		}
		assert_int_equal(renumber_next(&r, in), out);
		renumber_pass(&r, in);
		of[in] = out++;
		/* Eleven steps of ten packets are remembered, and more. */
		if (i >= 110 && (i - 110) % 10 != 4 && (i - 110) % 10 != 5) {
			assert_true(renumber_find(&r, (uint16_t)(in - 110), &found));
			assert_int_equal(found, of[(uint16_t)(in - 110)]);
		}
	}
}

static void what_is_too_old_has_no_number(void **state)
{
	struct renumber r;
	uint16_t found = 7;

	(void)state;
	renumber_begin(&r, 1000, 5);
	assert_false(renumber_find(&r, 999, &found));
	assert_true(renumber_find(&r, 1000, &found));
	assert_int_equal(found, 5);
	for (uint16_t in = 1001; in < 1200; in += 2)
		renumber_leave_out(&r, in);
	assert_false(renumber_find(&r, 1002, &found));
	assert_int_equal(found, 5);
	assert_true(renumber_find(&r, 1199, &found));
}

/* Behind a hole others stay out; what comes late has the number kept for it, and what stayed out has none. */
static void what_stayed_out_is_told_from_what_is_missing(void **state)
{
	static const bool out[] = { false, true, true, false, false, true, false, true, true, true, false, false };
	struct renumber r;
	uint16_t found = 0;

	(void)state;
	renumber_begin(&r, 65530, 100);
	for (uint16_t i = 1; i < ARRAY_LEN(out); i++)
		if (out[i])
			renumber_leave_out(&r, (uint16_t)(65530 + i));
	for (uint16_t i = 0, next = 100; i < ARRAY_LEN(out); i++) {
		assert_int_equal(renumber_find_kept(&r, (uint16_t)(65530 + i), &found), !out[i]);
		if (!out[i])
			assert_int_equal(found, next++);
	}
	assert_false(renumber_find_kept(&r, 65529, &found));
}

static void a_stream_without_gaps_goes_on_for_days(void **state)
{
	struct renumber r;
	uint16_t found;

	(void)state;
	renumber_begin(&r, 10, 20);
	for (uint32_t i = 10; i < 1000000; i++) {
		renumber_pass(&r, (uint16_t)i);
		if (i < 300)
			continue;
		assert_true(renumber_find(&r, (uint16_t)(i - 256), &found));
		assert_int_equal(found, (uint16_t)(i - 256 + 10));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_close_up_over_the_turn),
		cmocka_unit_test(what_is_too_old_has_no_number),
		cmocka_unit_test(what_stayed_out_is_told_from_what_is_missing),
		cmocka_unit_test(a_stream_without_gaps_goes_on_for_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
