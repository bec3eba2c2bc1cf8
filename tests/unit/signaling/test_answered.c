/* Replies that wait for the disk go out, however many wait; of those that went out the last are kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/answered.h"
#include "tests/unit/leaves_nothing.h"

static void keep(struct answered *a, int64_t id, bool held)
{
	char body[24];
	struct text *t;

	snprintf(body, sizeof(body), "%lld", (long long)id);
	t = text_new(body, strlen(body));
	answered_keep(a, id, t, held);
	text_unref(t);
}

static void the_last_are_kept(void **state)
{
	struct answered a = { 0 };
	struct text *reply = NULL;

	(void)state;
	for (int64_t id = 1; id <= ANSWERED_MAX + 10; id++)
		keep(&a, id, false);
	assert_int_equal(answered_find(&a, 10, &reply), ANSWERED_NEW);
	assert_int_equal(answered_find(&a, 11, &reply), ANSWERED_READY);
	assert_string_equal(reply->data, "11");
	assert_int_equal(answered_find(&a, ANSWERED_MAX + 10, &reply), ANSWERED_READY);
	answered_done(&a);
}

/* Two wait while all places are taken by others, again and again. */
static void what_waits_is_not_displaced(void **state)
{
	struct answered a = { 0 };
	struct text *reply = NULL;

	(void)state;
	keep(&a, 1, true);
	keep(&a, 2, false);
	keep(&a, 3, true);
	for (int64_t id = 4; id <= 3 * ANSWERED_MAX; id++)
		keep(&a, id, false);
	assert_int_equal(answered_find(&a, 1, &reply), ANSWERED_WAITING);
	assert_int_equal(answered_find(&a, 2, &reply), ANSWERED_NEW);
	assert_string_equal(answered_release(&a, 1, NULL)->data, "1");
	assert_string_equal(answered_release(&a, 3, text_new("no", 2))->data, "no");
	assert_null(answered_release(&a, 3, NULL));
	answered_done(&a);
}

/* As many as may come at once: all wait, each is released; before that there is no place for one more. */
static void all_may_wait(void **state)
{
	struct answered a = { 0 };

	(void)state;
	for (int64_t id = 1; id <= ANSWERED_MAX; id++) {
		assert_false(answered_is_full(&a));
		keep(&a, id, true);
	}
	assert_true(answered_is_full(&a));
	keep(&a, 1000, false);
	for (int64_t id = 1; id <= ANSWERED_MAX; id++) {
		assert_non_null(answered_release(&a, id, NULL));
		assert_false(answered_is_full(&a));
	}
	answered_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(the_last_are_kept),
		LEAVES_NOTHING(what_waits_is_not_displaced),
		LEAVES_NOTHING(all_may_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
