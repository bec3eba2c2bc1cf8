/* media/queue_blame: whose is a queue, ours or a download's? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "media/base/macros.h"
#include "media/queue_blame.h"
#include "tests/unit/leaves_nothing.h"

#define MS INT64_C(1000)
#define S INT64_C(1000000)

static bool accepts(struct queue_blame *q, int64_t queue_us, int64_t arrives_bps, int64_t now_us)
{
	return queue_blame_accept(q, queue_us, arrives_bps, arrives_bps, now_us);
}

static void a_queue_that_yielding_does_not_shorten_is_foreign(void **state)
{
	struct queue_blame q;
	int64_t now_us = 100 * S, patience_us = 10 * S;

	(void)state;
	queue_blame_init(&q);
	for (int i = 0; i < 5; i++, patience_us = MIN(2 * patience_us, 60 * S)) {
		assert_int_equal(queue_blame_ours_us(&q, 200 * MS, 40 * MS, now_us), 200 * MS);
		assert_true(accepts(&q, 200 * MS, 1000000, now_us));
		assert_true(accepts(&q, 190 * MS, 900000, now_us += S));
		assert_false(accepts(&q, 210 * MS, 800000, now_us += S));
		assert_int_equal(queue_blame_ours_us(&q, 300 * MS, 40 * MS, now_us + patience_us - 1), 0);
		now_us += patience_us;
	}
	/* It ended, and the next one is ours again until it is proven not to be. */
	assert_int_equal(queue_blame_ours_us(&q, 39 * MS, 40 * MS, now_us), 39 * MS);
	assert_true(accepts(&q, 200 * MS, 1000000, now_us));
	assert_true(accepts(&q, 200 * MS, 900000, now_us += S));
	assert_false(accepts(&q, 200 * MS, 800000, now_us += S));
	assert_int_equal(queue_blame_ours_us(&q, 200 * MS, 40 * MS, now_us + 10 * S), 200 * MS);
}

static void a_queue_that_gets_shorter_is_ours(void **state)
{
	struct queue_blame q;
	int64_t now_us = 100 * S, bps = 5000000;

	(void)state;
	queue_blame_init(&q);
	for (int64_t queue_us = 300 * MS; queue_us > 50 * MS; queue_us = queue_us * 8 / 10, now_us += S)
		assert_true(accepts(&q, queue_us, bps = bps * 8 / 10, now_us));
	for (int i = 0; i < 10; i++, now_us += 4 * S)
		assert_true(accepts(&q, 100 * MS, bps = bps * 8 / 10, now_us));
}

/* A keyframe or a probe fills it again and again: what arrives is what the line carries, as long as it stands. */
static void a_queue_through_which_as_much_arrives_is_ours(void **state)
{
	static const int64_t arrive_bps[] = { 300000, 310000, 290000, 305000, 296000 };
	struct queue_blame q;
	int64_t now_us = 100 * S;

	(void)state;
	queue_blame_init(&q);
	for (size_t i = 0; i < 40; i++, now_us += S)
		assert_true(accepts(&q, 200 * MS, arrive_bps[i % ARRAY_LEN(arrive_bps)] * (i % 2 ? 100 : 99) / 100, now_us));
}

/* At first the longer look sees what came before the fall, too. */
static void a_line_that_fell_is_no_download(void **state)
{
	struct queue_blame q;

	(void)state;
	queue_blame_init(&q);
	assert_true(queue_blame_accept(&q, 65 * MS, 2300000, 2400000, 100 * S));
	assert_true(queue_blame_accept(&q, 176 * MS, 649000, 738000, 101 * S));
	assert_true(queue_blame_accept(&q, 203 * MS, 598000, 625000, 102 * S));
	assert_true(queue_blame_accept(&q, 190 * MS, 590000, 610000, 103 * S));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(a_queue_that_yielding_does_not_shorten_is_foreign),
		LEAVES_NOTHING(a_queue_that_gets_shorter_is_ours),
		LEAVES_NOTHING(a_queue_through_which_as_much_arrives_is_ours),
		LEAVES_NOTHING(a_line_that_fell_is_no_download),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
