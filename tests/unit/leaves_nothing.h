/* A test that ends with the live objects that it began with: `LEAVES_NOTHING(name)` in the table of tests. After <cmocka.h>. */
#ifndef HUITANG_TEST_LEAVES_NOTHING_H
#define HUITANG_TEST_LEAVES_NOTHING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "media/base/mem.h"

static int64_t live_at_start;

static inline int remember_live(void **state)
{
	(void)state;
	live_at_start = mem_live();
	return 0;
}

static inline int check_live(void **state)
{
	(void)state;
	assert_int_equal(mem_live(), live_at_start);
	return 0;
}

#define LEAVES_NOTHING(test) cmocka_unit_test_setup_teardown(test, remember_live, check_live)

#endif
