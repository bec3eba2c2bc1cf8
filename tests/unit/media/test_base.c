/* media/base: memory that can be counted and made to fail, mailboxes between threads, counters as Prometheus text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <string.h>

#include "media/base/counters.h"
#include "media/base/macros.h"
#include "media/base/mailbox.h"
#include "media/base/mem.h"

static void mem_counts_and_fails(void **state)
{
	int64_t before = mem_live();
	char *s = mem_strdup("会堂");

	(void)state;
	assert_non_null(s);
	assert_int_equal(mem_live(), before + 1);
	mem_fail_at(2);
	s = mem_free(s);
	s = mem_zalloc(8);
	assert_non_null(s);
	assert_null(mem_zalloc(8));
	s = mem_free(s);
	assert_int_equal(mem_live(), before);
}

#define POSTERS 4
#define POSTS 20000

static void *post_many(void *arg)
{
	struct mailbox *m = arg;

	for (uint32_t i = 0; i < POSTS; i++)
		mailbox_post(m, 7, &i, sizeof(i));
	return NULL;
}

static void mailbox_loses_nothing_between_threads(void **state)
{
	int64_t before = mem_live();
	struct mailbox *m = NULL;
	pthread_t threads[POSTERS];
	uint64_t sum = 0;
	size_t n = 0;

	(void)state;
	assert_int_equal(mailbox_create(&m, NULL, NULL), 0);
	for (int i = 0; i < POSTERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, post_many, m), 0);
	while (n < POSTERS * POSTS) {
		struct letter *l = mailbox_take(m);

		if (!l)
			continue;
		assert_int_equal(l->type, 7);
		sum += *(uint32_t *)l->data;
		letter_free(l);
		n++;
	}
	for (int i = 0; i < POSTERS; i++)
		pthread_join(threads[i], NULL);
	assert_true(sum == (uint64_t)POSTERS * POSTS * (POSTS - 1) / 2);
	assert_null(mailbox_take(m));
	mailbox_post(m, 1, "left", 4);
	m = mailbox_destroy(m);
	assert_int_equal(mem_live(), before);
}

static void counters_sum_over_threads(void **state)
{
	static const struct counter_def defs[] = {
		{ "dropped_total{reason=\"a\"}", "Dropped.", false },
		{ "dropped_total{reason=\"b\"}", "Dropped.", false },
		{ "paths", "Paths.", true },
	};
	int64_t before = mem_live();
	struct counters *sets[2] = { NULL, NULL };
	char *text = NULL;

	(void)state;
	assert_int_equal(counters_create(&sets[0], defs, ARRAY_LEN(defs)), 0);
	assert_int_equal(counters_create(&sets[1], defs, ARRAY_LEN(defs)), 0);
	counters_add(sets[0], 0, 2);
	counters_add(sets[1], 0, 3);
	counters_set(sets[1], 2, 9);
	assert_int_equal(counters_write(&text, sets, 2), 0);
	assert_string_equal(text, "# HELP huitang_dropped_total Dropped.\n# TYPE huitang_dropped_total counter\n"
	                          "huitang_dropped_total{reason=\"a\"} 5\nhuitang_dropped_total{reason=\"b\"} 0\n"
	                          "# HELP huitang_paths Paths.\n# TYPE huitang_paths gauge\nhuitang_paths 9\n");
	mem_free(text);
	counters_destroy(sets[0]);
	counters_destroy(sets[1]);
	assert_int_equal(mem_live(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mem_counts_and_fails),
		cmocka_unit_test(mailbox_loses_nothing_between_threads),
		cmocka_unit_test(counters_sum_over_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
