/* The code on a site's screen: good for its period and the next, for one class and site, and told from codes that were good. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <string.h>

#include "classroom/site_code.h"

#define NOW_US 1764115200000000LL       /* begins a period */

static const uint8_t key[SITE_CODE_KEY_BYTES] = { 1, 2, 3 };

static void a_code_is_good_for_its_period_and_the_next(void **state)
{
	char code[SITE_CODE_BYTES];

	(void)state;
	site_code_write(code, key, 17, 4, NOW_US);
	assert_int_equal(site_code_check(code, key, 17, 4, NOW_US), SITE_CODE_FRESH);
	assert_int_equal(site_code_check(code, key, 17, 4, NOW_US + SITE_CODE_PERIOD_US - 1), SITE_CODE_FRESH);
	assert_int_equal(site_code_check(code, key, 17, 4, NOW_US + SITE_CODE_PERIOD_US), SITE_CODE_PREVIOUS);
	assert_int_equal(site_code_check(code, key, 17, 4, NOW_US + 2 * SITE_CODE_PERIOD_US - 1), SITE_CODE_PREVIOUS);
	assert_int_equal(site_code_check(code, key, 17, 4, NOW_US + 2 * SITE_CODE_PERIOD_US), SITE_CODE_EXPIRED);
	assert_int_equal(site_code_check(code, key, 17, 4, NOW_US + (SITE_CODE_REMEMBERED + 1) * SITE_CODE_PERIOD_US - 1), SITE_CODE_EXPIRED);
	assert_int_equal(site_code_check(code, key, 17, 4, NOW_US + (SITE_CODE_REMEMBERED + 1) * SITE_CODE_PERIOD_US), SITE_CODE_WRONG);
	/* One of the future is none. */
	assert_int_equal(site_code_check(code, key, 17, 4, NOW_US - 1), SITE_CODE_WRONG);
	assert_int_equal(site_code_until_us(NOW_US), NOW_US + SITE_CODE_PERIOD_US);
	assert_int_equal(site_code_until_us(NOW_US - 1), NOW_US);
}

static void a_code_is_good_for_one_class_one_site_and_one_server(void **state)
{
	uint8_t other[SITE_CODE_KEY_BYTES], derived[SITE_CODE_KEY_BYTES];
	char code[SITE_CODE_BYTES];

	(void)state;
	site_code_key(derived, key);
	site_code_key(other, derived);
	assert_memory_not_equal(derived, key, sizeof(key));
	site_code_write(code, derived, 17, 4, NOW_US);
	assert_int_equal(site_code_check(code, derived, 17, 4, NOW_US), SITE_CODE_FRESH);
	assert_int_equal(site_code_check(code, derived, 17, 5, NOW_US), SITE_CODE_WRONG);
	assert_int_equal(site_code_check(code, derived, 18, 4, NOW_US), SITE_CODE_WRONG);
	assert_int_equal(site_code_check(code, key, 17, 4, NOW_US), SITE_CODE_WRONG);
	assert_int_equal(site_code_check(code, other, 17, 4, NOW_US), SITE_CODE_WRONG);
}

static void a_code_may_be_typed(void **state)
{
	char code[SITE_CODE_BYTES], typed[32];

	(void)state;
	site_code_write(code, key, 17, 4, NOW_US);
	memset(typed, 0, sizeof(typed));
	for (unsigned i = 0; i < 10; i++) {
		char *end = typed + strlen(typed);

		end[0] = (char)(code[i] >= 'A' ? code[i] - 'A' + 'a' : code[i]);
		if (i % 3 == 2)
			end[1] = i % 2 ? '-' : ' ';
	}
	assert_int_equal(site_code_check(typed, key, 17, 4, NOW_US), SITE_CODE_FRESH);
	typed[0] = '!';
	assert_int_equal(site_code_check(typed, key, 17, 4, NOW_US), SITE_CODE_WRONG);
}

static void what_is_no_code_is_wrong(void **state)
{
	static const char *const none[] = { "", " ", "0", "AAAAAAAAA", "AAAAAAAAAAA", "----------", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" };
	char blanks[5000];

	(void)state;
	memset(blanks, ' ', sizeof(blanks));
	blanks[sizeof(blanks) - 1] = 0;
	assert_int_equal(site_code_check(NULL, key, 1, 1, NOW_US), SITE_CODE_WRONG);
	assert_int_equal(site_code_check(blanks, key, 1, 1, NOW_US), SITE_CODE_WRONG);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_int_equal(site_code_check(none[i], key, 1, 1, NOW_US), SITE_CODE_WRONG);
}

static void codes_use_every_sign_and_none_that_looks_like_another(void **state)
{
	unsigned seen[256] = { 0 }, signs = 0;
	char code[SITE_CODE_BYTES];

	(void)state;
	for (int64_t i = 0; i < 2000; i++) {
		site_code_write(code, key, 17, 4, NOW_US + i * SITE_CODE_PERIOD_US);
		assert_int_equal(strlen(code), SITE_CODE_BYTES - 1);
		for (unsigned k = 0; code[k]; k++)
			seen[(uint8_t)code[k]]++;
	}
	for (unsigned c = 0; c < 256; c++) {
		signs += seen[c] > 0;
		/* 625 are expected of each; six standard deviations. */
		assert_true(seen[c] == 0 || (seen[c] > 475 && seen[c] < 775));
	}
	assert_int_equal(signs, 32);
	assert_int_equal(seen['0'] + seen['O'] + seen['1'] + seen['I'], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_is_good_for_its_period_and_the_next),
		cmocka_unit_test(a_code_is_good_for_one_class_one_site_and_one_server),
		cmocka_unit_test(a_code_may_be_typed),
		cmocka_unit_test(what_is_no_code_is_wrong),
		cmocka_unit_test(codes_use_every_sign_and_none_that_looks_like_another),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
