/* media/handshakes: what has begun goes first, newcomers are not kept out, and nobody fills the queue alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "media/base/mem.h"
#include "media/handshakes.h"

#define PATHS 32

struct world {
	int64_t live;
	struct handshakes queue;
};

static struct world w;

static int setup(void **state)
{
	(void)state;
	w.live = mem_live();
	return handshakes_init(&w.queue, PATHS);
}

static int teardown(void **state)
{
	(void)state;
	handshakes_done(&w.queue);
	return mem_live() == w.live ? 0 : -1;
}

static int add(unsigned path, bool begun, uint8_t what)
{
	struct sockaddr_storage from = { .ss_family = AF_INET };
	struct path_id id = { .index = (uint16_t)path, .generation = 1 };

	return handshakes_add(&w.queue, id, begun, &what, 1, &from, sizeof(from));
}

/* The byte that it holds; -1: none waits. */
static int take(void)
{
	const struct handshake_packet *p = handshakes_take(&w.queue);

	return p ? p->data[0] : -1;
}

static void what_comes_is_what_goes(void **state)
{
	uint8_t data[RTP_MAX_PACKET_BYTES + 1];
	struct sockaddr_storage from = { .ss_family = AF_INET6 };
	struct path_id id = { .index = 3, .generation = 7 };
	const struct handshake_packet *p;

	(void)state;
	memset(data, 42, sizeof(data));
	assert_int_equal(handshakes_add(&w.queue, id, true, data, sizeof(data), &from, sizeof(from)), -ENOSPC);
	assert_false(handshakes_wait(&w.queue));
	assert_int_equal(handshakes_add(&w.queue, id, true, data, RTP_MAX_PACKET_BYTES, &from, sizeof(from)), 0);
	assert_true(handshakes_wait(&w.queue));
	p = handshakes_take(&w.queue);
	assert_true(path_id_equal(p->id, id));
	assert_int_equal(p->len, RTP_MAX_PACKET_BYTES);
	assert_memory_equal(p->data, data, RTP_MAX_PACKET_BYTES);
	assert_int_equal(p->from_len, sizeof(from));
	assert_memory_equal(&p->from, &from, sizeof(from));
	assert_null(handshakes_take(&w.queue));
}

static void those_under_way_go_first_each_kind_in_its_order(void **state)
{
	(void)state;
	assert_int_equal(add(1, false, 10), 0);
	assert_int_equal(add(2, false, 11), 0);
	assert_int_equal(add(3, true, 20), 0);
	assert_int_equal(add(4, true, 21), 0);
	assert_int_equal(take(), 20);
	assert_int_equal(take(), 21);
	assert_int_equal(take(), 10);
	assert_int_equal(take(), 11);
	assert_int_equal(take(), -1);
}

static void newcomers_are_not_kept_out(void **state)
{
	unsigned fresh = 0;

	(void)state;
	for (uint8_t i = 0; i < 8; i++)
		assert_int_equal(add(1, false, 0), 0);
	/* One sends on and on, so that one of its packets waits always. */
	for (unsigned i = 0; i < 32; i++) {
		assert_int_equal(add(2, true, 1), 0);
		fresh += take() == 0;
	}
	assert_int_equal(fresh, 8);
}

static void nobody_fills_the_queue_alone(void **state)
{
	(void)state;
	for (unsigned i = 0; i < HANDSHAKES_A_PATH; i++)
		assert_int_equal(add(5, i % 2, 0), 0);
	assert_int_equal(add(5, false, 0), -ENOSPC);
	assert_int_equal(add(6, false, 0), 0);
	assert_int_equal(take(), 0);
	assert_int_equal(add(5, true, 0), 0);
}

static void it_is_bounded_and_every_place_is_used_again(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 3; round++) {
		unsigned n = 0;

		for (unsigned i = 0; i < HANDSHAKES_WAITING; i++)
			assert_int_equal(add(i % PATHS, i % 3 == 0, (uint8_t)i), 0);
		assert_int_equal(add(0, true, 0), -ENOSPC);
		while (take() >= 0)
			n++;
		assert_int_equal(n, HANDSHAKES_WAITING);
	}
}

static void without_memory_nothing_is_kept(void **state)
{
	struct handshakes h;
	int64_t live = mem_live();

	(void)state;
	for (uint64_t nth = 1; nth <= 2; nth++) {
		mem_fail_at(nth);
		assert_int_equal(handshakes_init(&h, PATHS), -ENOMEM);
		mem_fail_at(0);
		handshakes_done(&h);
		assert_int_equal(mem_live(), live);
	}
}

#define QUEUE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		QUEUE_TEST(what_comes_is_what_goes),
		QUEUE_TEST(those_under_way_go_first_each_kind_in_its_order),
		QUEUE_TEST(newcomers_are_not_kept_out),
		QUEUE_TEST(nobody_fills_the_queue_alone),
		QUEUE_TEST(it_is_bounded_and_every_place_is_used_again),
		cmocka_unit_test(without_memory_nothing_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
