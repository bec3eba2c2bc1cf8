/* media/departures: who leaves when, in which order, and that taking out amid a queue costs no place for good. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "media/departures.h"

#define MANY (DEPARTURES_MOST / 2)

static struct departures d;
static struct departure ones[MANY];

static int begin(void **state)
{
	(void)state;
	memset(&d, 0, sizeof(d));
	memset(ones, 0, sizeof(ones));
	return 0;
}

static void the_soon_leave_first_and_the_later_in_time(void **state)
{
	(void)state;
	d.crowd = true;
	departures_with_company(&d, &ones[0], 1000);
	departures_later(&d, &ones[1], 2000);
	departures_soon(&d, &ones[2]);
	assert_int_equal(departures_due_us(&d), 0);
	assert_ptr_equal(departures_take(&d, 2000), &ones[2]);
	assert_int_equal(departures_due_us(&d), 1000 + DEPARTURE_WAIT_US);
	assert_null(departures_take(&d, 1000 + DEPARTURE_WAIT_US - 1));
	assert_ptr_equal(departures_take(&d, 1000 + DEPARTURE_WAIT_US), &ones[0]);
	assert_null(departures_take(&d, 1000 + DEPARTURE_WAIT_US));
	/* It need not wait any more; and to wait is no news for one that leaves at once. */
	departures_soon(&d, &ones[1]);
	departures_later(&d, &ones[1], 3000);
	assert_ptr_equal(departures_take(&d, 0), &ones[1]);
	assert_int_equal(departures_due_us(&d), INT64_MAX);
	d.crowd = false;
	departures_with_company(&d, &ones[0], 9000);
	assert_ptr_equal(departures_take(&d, 9000), &ones[0]);
}

static void who_is_taken_out_does_not_leave(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		departures_soon(&d, &ones[i]);
	departures_remove(&d, &ones[0]);
	departures_remove(&d, &ones[2]);
	departures_remove(&d, &ones[2]);
	assert_ptr_equal(departures_take(&d, 0), &ones[1]);
	assert_ptr_equal(departures_take(&d, 0), &ones[3]);
	assert_null(departures_take(&d, 0));
}

static void what_comes_is_told_ahead(void **state)
{
	(void)state;
	departures_later(&d, &ones[0], 0);
	departures_later(&d, &ones[1], 10);
	departures_soon(&d, &ones[2]);
	assert_ptr_equal(departures_peek(&d, 0, DEPARTURE_WAIT_US), &ones[2]);
	assert_ptr_equal(departures_peek(&d, 1, DEPARTURE_WAIT_US), &ones[0]);
	assert_null(departures_peek(&d, 2, DEPARTURE_WAIT_US));
	assert_ptr_equal(departures_peek(&d, 2, DEPARTURE_WAIT_US + 10), &ones[1]);
	assert_null(departures_peek(&d, 3, INT64_MAX));
}

/* One waits in front while all others come and go again and again; their order stays. */
static void places_amid_a_queue_are_used_again(void **state)
{
	(void)state;
	departures_later(&d, &ones[0], 0);
	for (int round = 0; round < 10; round++) {
		for (int i = 1; i < MANY; i++)
			departures_later(&d, &ones[i], round);
		for (int i = 1; i < MANY - 2; i++)
			departures_remove(&d, &ones[i]);
		departures_remove(&d, &ones[MANY - 1]);
	}
	assert_ptr_equal(departures_take(&d, INT64_MAX), &ones[0]);
	assert_ptr_equal(departures_take(&d, INT64_MAX), &ones[MANY - 2]);
	for (int i = 1; i < MANY; i++)
		departures_later(&d, &ones[i], 100);
	for (int i = 1; i < MANY; i++)
		assert_ptr_equal(departures_take(&d, INT64_MAX), &ones[i]);
	assert_null(departures_take(&d, INT64_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_soon_leave_first_and_the_later_in_time, begin),
		cmocka_unit_test_setup(who_is_taken_out_does_not_leave, begin),
		cmocka_unit_test_setup(what_comes_is_told_ahead, begin),
		cmocka_unit_test_setup(places_amid_a_queue_are_used_again, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
