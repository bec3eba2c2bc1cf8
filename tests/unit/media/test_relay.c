/* media/relay: records arrive whole and in order, none comes twice, overflow is told and loses only what it says, sleepers are woken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "media/relay.h"
#include "tests/unit/leaves_nothing.h"

#define RING 8192
#define MANY 200000

static bool put(struct relay *r, uint32_t number, size_t len, bool urgent)
{
	uint8_t *at = relay_begin(r, len, urgent);

	if (!at)
		return false;
	assert_int_equal((uintptr_t)at % 16, 0);
	memset(at, (int)(number & 0xff), len);
	memcpy(at, &number, sizeof(number));
	relay_end(r);
	return true;
}

/* The number of the next record, whose content is checked; -1 for none. */
static int64_t take(struct relay *r)
{
	uint32_t number;
	size_t len;
	const uint8_t *at = relay_next(r, &len);

	if (!at)
		return -1;
	memcpy(&number, at, sizeof(number));
	for (size_t i = sizeof(number); i < len; i++)
		assert_int_equal(at[i], number & 0xff);
	relay_done(r);
	return number;
}

static void records_come_whole_and_in_order(void **state)
{
	struct relay *r;
	uint32_t next = 0;

	(void)state;
	assert_int_equal(relay_create(&r, 5000), -EINVAL);
	assert_int_equal(relay_create(&r, RING), 0);
	assert_true(relay_is_empty(r));
	for (uint32_t number = 0; number < 5000; number++) {
		assert_true(put(r, number, 4 + number * 37 % 1500, false));
		if (number % 3 != 2)
			continue;
		/* Nothing is seen before it is published. */
		assert_int_equal(take(r), -1);
		assert_true(relay_publish(r));
		assert_false(relay_publish(r));
		assert_false(relay_is_empty(r));
		while (next <= number)
			assert_int_equal(take(r), next++);
		assert_int_equal(take(r), -1);
	}
	relay_destroy(r);
}

static void a_full_ring_refuses_and_keeps_an_eighth_for_the_urgent(void **state)
{
	uint32_t number = 0, n;
	struct relay *r;

	(void)state;
	assert_int_equal(relay_create(&r, RING), 0);
	assert_null(relay_begin(r, RING / 2, true));
	while (put(r, number, 112, false))
		number++;
	assert_int_equal(number, RING / 8 * 7 / 128);
	assert_false(put(r, number, 112, false));
	while (put(r, number, 112, true))
		number++;
	assert_int_equal(number, RING / 128);
	assert_true(relay_publish(r));
	assert_int_equal(take(r), 0);
	assert_false(put(r, number, 112, false));
	assert_true(put(r, number, 112, true));
	relay_publish(r);
	for (n = 1; n <= number; n++)
		assert_int_equal(take(r), n);
	assert_int_equal(take(r), -1);
	relay_destroy(r);
}

struct pair {
	struct relay *relay;
	struct bell *bell;
	_Atomic uint32_t refused;
	_Atomic bool finished;
};

static void *write_many(void *arg)
{
	struct pair *p = arg;

	for (uint32_t number = 0; number < MANY; number++) {
		while (!put(p->relay, number, 4 + number * 61 % 1400, number % 7 == 0)) {
			atomic_fetch_add(&p->refused, 1);
			relay_publish(p->relay);
			bell_ring(p->bell);
			sched_yield();
		}
		if (number % 11 == 0 && relay_publish(p->relay))
			bell_ring(p->bell);
	}
	relay_publish(p->relay);
	atomic_store(&p->finished, true);
	bell_ring(p->bell);
	return NULL;
}

/* The reader sleeps as soon as it finds nothing: a wake-up that is lost would let the poll time out. */
static void two_threads(void **state)
{
	struct pair p = { 0 };
	pthread_t writer;
	uint32_t next = 0;

	(void)state;
	assert_int_equal(relay_create(&p.relay, RING), 0);
	assert_int_equal(bell_create(&p.bell), 0);
	assert_int_equal(pthread_create(&writer, NULL, write_many, &p), 0);
	while (next < MANY) {
		int64_t number = take(p.relay);

		if (number >= 0) {
			assert_int_equal(number, next++);
			continue;
		}
		bell_before_sleep(p.bell);
		if (relay_is_empty(p.relay)) {
			struct pollfd fd = { .fd = bell_fd(p.bell), .events = POLLIN };

			assert_int_equal(poll(&fd, 1, 60000), 1);
		}
		bell_after_sleep(p.bell, true);
	}
	pthread_join(writer, NULL);
	assert_true(atomic_load(&p.finished));
	assert_int_equal(take(p.relay), -1);
	relay_destroy(p.relay);
	bell_destroy(p.bell);
}

static bool is_readable(const struct bell *b)
{
	struct pollfd fd = { .fd = bell_fd(b), .events = POLLIN };

	return poll(&fd, 1, 0) == 1;
}

static void a_bell_rings_for_sleepers_only_and_once(void **state)
{
	struct bell *b;

	(void)state;
	assert_int_equal(bell_create(&b), 0);
	bell_ring(b);
	assert_false(is_readable(b));
	for (int i = 0; i < 3; i++) {
		bell_before_sleep(b);
		assert_false(is_readable(b));
		bell_ring(b);
		bell_ring(b);
		assert_true(is_readable(b));
		bell_after_sleep(b, true);
		assert_false(is_readable(b));
		/* Awake again: not worth a call. */
		bell_ring(b);
		assert_false(is_readable(b));
	}
	bell_destroy(b);
}

/* Something else woke the reader, and the bell rang before it was told so: it wakes once for nothing, and is none the worse for it. */
static void a_bell_that_rang_unseen_wakes_the_next_sleep(void **state)
{
	struct bell *b;

	(void)state;
	assert_int_equal(bell_create(&b), 0);
	bell_before_sleep(b);
	bell_ring(b);
	bell_after_sleep(b, false);
	bell_before_sleep(b);
	assert_true(is_readable(b));
	bell_after_sleep(b, true);
	assert_false(is_readable(b));
	bell_before_sleep(b);
	bell_ring(b);
	assert_true(is_readable(b));
	bell_after_sleep(b, true);
	/* The descriptor of a reader that is told wrongly does not hold it up. */
	bell_after_sleep(b, true);
	bell_destroy(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(records_come_whole_and_in_order),
		LEAVES_NOTHING(a_full_ring_refuses_and_keeps_an_eighth_for_the_urgent),
		LEAVES_NOTHING(two_threads),
		LEAVES_NOTHING(a_bell_rings_for_sleepers_only_and_once),
		LEAVES_NOTHING(a_bell_that_rang_unseen_wakes_the_next_sleep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
