/* media/sent_history: packets of transport-wide numbers, found again when word of them comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "media/base/macros.h"
#include "media/sent_history.h"
#include "tests/unit/leaves_nothing.h"

static void history_knows_the_newest(void **state)
{
	struct sent_history h;
	uint16_t seq = 65000;

	(void)state;
	assert_int_equal(sent_history_init(&h, 63), -EINVAL);
	assert_int_equal(sent_history_init(&h, 96), -EINVAL);
	assert_int_equal(sent_history_init(&h, 16384), -EINVAL);
	assert_int_equal(sent_history_init(&h, 64), 0);
	assert_null(sent_history_find(&h, 0));
	for (int i = 0; i < 1000; i++, seq++) {
		sent_history_add(&h, seq, (size_t)i * 100, INT64_C(0x1fffff000) + i, (uint8_t)i);
		for (int back = 0; back <= MIN(i, 63); back++) {
			struct sent_record *r = sent_history_find(&h, (uint16_t)(seq - back));

			assert_non_null(r);
			assert_int_equal(r->bytes, MIN((i - back) * 100, 65535));
			assert_int_equal(r->probe, (uint8_t)(i - back));
			assert_int_equal(sent_record_us(r, INT64_C(0x200000000) + i), INT64_C(0x1fffff000) + i - back);
		}
		assert_null(sent_history_find(&h, (uint16_t)(seq - 64)));
		assert_null(sent_history_find(&h, (uint16_t)(seq + 1)));
	}
	sent_history_done(&h);
}

static void history_leaves_gaps_open(void **state)
{
	struct sent_history h;

	(void)state;
	assert_int_equal(sent_history_init(&h, 64), 0);
	for (uint16_t seq = 0; seq < 64; seq++)
		sent_history_add(&h, seq, 1, 1, 0);
	sent_history_add(&h, 70, 1, 1, 0);
	assert_null(sent_history_find(&h, 69));
	assert_null(sent_history_find(&h, 64));
	assert_non_null(sent_history_find(&h, 63));
	assert_null(sent_history_find(&h, 6));
	assert_non_null(sent_history_find(&h, 7));
	sent_history_add(&h, 40000, 1, 1, 0);
	for (uint16_t back = 1; back < 64; back++)
		assert_null(sent_history_find(&h, (uint16_t)(40000 - back)));
	sent_history_done(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(history_knows_the_newest),
		LEAVES_NOTHING(history_leaves_gaps_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
