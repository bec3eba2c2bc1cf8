/* Who takes turns at the password threads, and whose turn is given away. A hash that is none takes no time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "media/base/mem.h"
#include "signaling/guess.h"
#include "signaling/password_check.h"
#include "tests/unit/leaves_nothing.h"

#define NO_HASH "none"
#define WAIT_MS 120000

static void on_wake(void *user)
{
	(void)user;
}

static int add(struct password_check *c, uint64_t request, const char *source, bool slow)
{
	return password_check_add(c, &(struct password_ask){ .request = request, .source = source, .hash = slow ? NULL : NO_HASH, .password = "x" });
}

/* The verdict that comes next; 0: none came in time. */
static uint64_t next(struct password_check *c, bool *ret_busy)
{
	struct timespec pause = { .tv_nsec = 1000000 };
	struct password_verdict v;

	for (unsigned i = 0; i < WAIT_MS; i++) {
		if (password_check_take(c, &v)) {
			assert_false(v.right);
			*ret_busy = v.busy;
			return v.request;
		}
		nanosleep(&pause, NULL);
	}
	return 0;
}

/* Both threads are held by real work while the others line up behind them. */
static struct password_check *begin(void)
{
	struct password_check *c;

	assert_int_equal(password_check_create(&c, on_wake, NULL), 0);
	for (uint64_t i = 1; i <= 4; i++)
		assert_int_equal(add(c, i, "first", true), 0);
	return c;
}

static void one_who_asks_for_many_keeps_nobody_waiting(void **state)
{
	struct password_check *c = begin();
	unsigned before = 0;
	bool busy;

	(void)state;
	for (uint64_t i = 0; i < 200; i++)
		assert_int_equal(add(c, 1000 + i, "flood", false), 0);
	assert_int_equal(add(c, 2000, "somebody", false), 0);
	for (uint64_t got; (got = next(c, &busy)) != 2000;) {
		assert_int_not_equal(got, 0);
		before += got >= 1000;
	}
	assert_true(before < 100);
	password_check_destroy(c);
}

static void a_full_queue_gives_the_last_turn_to_another(void **state)
{
	struct password_check *c = begin();
	uint64_t i = 1000, got;
	bool busy;

	(void)state;
	while (add(c, i, "flood", false) == 0)
		i++;
	assert_true(i > 1000 + PASSWORD_QUEUE_MAX - 5);
	assert_int_equal(add(c, 2000, "somebody", false), 0);
	while ((got = next(c, &busy)) && !busy)
		;
	assert_int_equal(got, i - 1);
	password_check_destroy(c);
}

static void what_nobody_waits_for_is_not_looked_at(void **state)
{
	struct password_check *c = begin();
	uint64_t got;
	bool busy;

	(void)state;
	assert_int_equal(add(c, 10, "a", false), 0);
	assert_int_equal(add(c, 11, "b", false), 0);
	password_check_drop(c, 10);
	password_check_drop(c, 99);
	for (unsigned n = 0; n < 5; n++) {
		got = next(c, &busy);
		assert_int_not_equal(got, 0);
		assert_int_not_equal(got, 10);
	}
	password_check_destroy(c);
}

static void a_network_is_an_address_or_its_64(void **state)
{
	static const char *const pairs[][2] = {
		{ "203.0.113.7", "203.0.113.7" }, { "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64" }, { "2001:db8:1:2::9", "2001:db8:1:2::/64" }, { "::1", "::/64" }, { "unknown", "unknown" },
	};
	char text[GUESS_WHO_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		guess_network(text, pairs[i][0]);
		assert_string_equal(text, pairs[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(one_who_asks_for_many_keeps_nobody_waiting),
		LEAVES_NOTHING(a_full_queue_gives_the_last_turn_to_another),
		LEAVES_NOTHING(what_nobody_waits_for_is_not_looked_at),
		LEAVES_NOTHING(a_network_is_an_address_or_its_64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
