/* What a client that lost its socket may count on: every event once, in order, or the knowledge that some are gone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/base/mem.h"
#include "signaling/event_ring.h"
#include "tests/unit/leaves_nothing.h"

static void push_numbered(struct event_ring *r, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		char body[16];
		struct text *t;

		snprintf(body, sizeof(body), "%u", r->last + 1);
		t = text_new(body, strlen(body));
		assert_int_equal(event_ring_push(r, t), atoi(body));
		text_unref(t);
	}
}

static void events_come_back_by_their_numbers(void **state)
{
	struct event_ring r;

	(void)state;
	event_ring_init(&r);
	push_numbered(&r, 40);
	for (uint32_t seq = 1; seq <= 40; seq++)
		assert_int_equal(atoi(event_ring_get(&r, seq)->data), seq);
	assert_null(event_ring_get(&r, 0));
	assert_null(event_ring_get(&r, 41));
	event_ring_done(&r);
}

static void a_ring_covers_what_follows_a_number_it_gave(void **state)
{
	struct event_ring r;

	(void)state;
	event_ring_init(&r);
	assert_true(event_ring_covers(&r, 0));
	assert_false(event_ring_covers(&r, 1));
	push_numbered(&r, 3);
	assert_true(event_ring_covers(&r, 0));
	assert_true(event_ring_covers(&r, 3));
	assert_false(event_ring_covers(&r, 4));
	assert_false(event_ring_covers(&r, UINT32_MAX));
	event_ring_done(&r);
}

static void a_thousand_are_kept_and_no_more(void **state)
{
	struct event_ring r;

	(void)state;
	event_ring_init(&r);
	push_numbered(&r, EVENT_RING_MAX + 5);
	assert_false(event_ring_covers(&r, 4));
	assert_true(event_ring_covers(&r, 5));
	assert_null(event_ring_get(&r, 5));
	assert_int_equal(atoi(event_ring_get(&r, 6)->data), 6);
	assert_int_equal(atoi(event_ring_get(&r, EVENT_RING_MAX + 5)->data), EVENT_RING_MAX + 5);
	event_ring_done(&r);
}

static void without_memory_the_gap_is_known(void **state)
{
	struct text *t = text_new("x", 1);
	struct event_ring r;

	(void)state;
	event_ring_init(&r);
	mem_fail_at(1);
	assert_int_equal(event_ring_push(&r, t), 1);
	mem_fail_at(0);
	assert_false(event_ring_covers(&r, 0));
	assert_true(event_ring_covers(&r, 1));
	for (int i = 0; i < 16; i++)
		event_ring_push(&r, t);
	mem_fail_at(1);
	assert_int_equal(event_ring_push(&r, t), 18);
	mem_fail_at(0);
	assert_false(event_ring_covers(&r, 1));
	assert_true(event_ring_covers(&r, 17));
	event_ring_done(&r);
	assert_int_equal(t->refs, 1);
	text_unref(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(events_come_back_by_their_numbers),
		LEAVES_NOTHING(a_ring_covers_what_follows_a_number_it_gave),
		LEAVES_NOTHING(a_thousand_are_kept_and_no_more),
		LEAVES_NOTHING(without_memory_the_gap_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
