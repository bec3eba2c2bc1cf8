/* A person's classes of a day and a year: once, earliest first, capped, and the same in whatever order they are posted. */
#include "tests/unit/leaves_nothing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/credit_day.h"
#include "attendance/local_day.h"

#define S 1000000LL
#define SESSIONS 5

/* A session with one span, in seconds. */
struct timed {
	struct credit_session session;
	struct span span;
};

static struct timed at(int64_t class, int64_t from_s, int64_t to_s)
{
	return (struct timed){
		.session = { .class = class, .began_us = from_s * S, .day = 20261126, .hour_s = 2700, .day_hours_milli = 8000 },
		.span = { from_s * S, to_s * S },
	};
}

static void lay_out(struct credit_session *ret, struct timed *from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		ret[i] = from[i].session;
		ret[i].claim = (struct spans){ .list = &from[i].span, .n = from[i].span.to_us > from[i].span.from_us };
	}
}

static const struct credit_session *of_class(const struct credit_session *list, size_t n, int64_t class)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].class == class)
			return &list[i];
	fail();
	return NULL;
}

static struct credit_sum sum_of(struct timed *from, size_t n, struct credit_session *list)
{
	struct credit_sum sum;

	lay_out(list, from, n);
	assert_int_equal(credit_days_count(list, n, &sum), 0);
	return sum;
}

static void a_day_is_floored_once(void **state)
{
	struct timed two[] = { at(1, 0, 1000), at(2, 2000, 3000) };
	struct credit_session list[2];
	struct credit_sum sum = sum_of(two, 2, list);

	(void)state;
	assert_int_equal(sum.counted_s, 2000);
	assert_int_equal(sum.milli_hours, 740);         /* 740.74, and not twice 370 */
	assert_int_equal(list[0].milli_hours, 370);
	assert_int_equal(list[1].milli_hours, 370);
	two[0].span.to_us += 600000;                    /* fractions of a second too: 0.6 and 0.6 */
	two[1].span.to_us += 600000;
	assert_int_equal(sum_of(two, 2, list).counted_s, 2001);
}

static void a_moment_counts_for_the_class_that_began_first(void **state)
{
	struct timed three[] = { at(3, 100, 1000), at(2, 100, 1500), at(1, 1200, 2000) };
	struct credit_session list[3];
	struct credit_sum sum = sum_of(three, 3, list);

	(void)state;
	assert_int_equal(sum.counted_s, 1900);
	assert_int_equal(of_class(list, 3, 2)->counted_s, 1400);
	assert_int_equal(of_class(list, 3, 3)->counted_s, 0);
	assert_int_equal(of_class(list, 3, 1)->counted_s, 500);
	assert_false(of_class(list, 3, 2)->overlapped);
	assert_true(of_class(list, 3, 3)->overlapped);
	assert_true(of_class(list, 3, 1)->overlapped);
}

static void what_a_rule_refuses_claims_nothing(void **state)
{
	struct timed two[] = { at(1, 0, 0), at(2, 0, 2700) };
	struct credit_session list[2];

	(void)state;
	assert_int_equal(sum_of(two, 2, list).milli_hours, 1000);
	assert_false(of_class(list, 2, 2)->overlapped);
}

static void caps_of_day_and_year(void **state)
{
	struct timed days[] = { at(1, 0, 13500), at(2, 20000, 33500), at(3, 100000, 113500), at(4, 200000, 213500) };
	struct credit_session list[4];
	struct credit_sum sum;

	(void)state;
	days[2].session.day = 20261127;
	days[3].session.day = 20270101;
	sum = sum_of(days, 4, list);
	assert_int_equal(sum.milli_hours, 8000 + 5000 + 5000);
	assert_int_equal(sum.counted_s, 4 * 13500);
	assert_int_equal(list[1].milli_hours, 3000);
	assert_true(list[1].capped);
	assert_false(list[2].capped);
	for (int i = 0; i < 4; i++)
		days[i].session.year_hours_milli = 10000;
	sum = sum_of(days, 4, list);
	assert_int_equal(list[2].milli_hours, 2000);
	assert_true(list[2].capped);
	assert_int_equal(list[3].milli_hours, 5000);    /* another year */
	assert_int_equal(sum.milli_hours, 15000);
}

static void over_midnight_a_moment_counts_once(void **state)
{
	struct timed two[] = { at(1, 0, 5400), at(2, 2700, 8100) };
	struct credit_session list[2];
	struct credit_sum sum;

	(void)state;
	two[1].session.day = 20270101;
	sum = sum_of(two, 2, list);
	assert_int_equal(sum.milli_hours, 3000);
	assert_int_equal(of_class(list, 2, 2)->milli_hours, 1000);
}

static void hours_of_different_length(void **state)
{
	struct timed two[] = { at(1, 0, 3600), at(2, 5000, 8600) };
	struct credit_session list[2];
	struct credit_sum sum;

	(void)state;
	two[1].session.hour_s = 3600;
	assert_int_equal(sum_of(two, 2, list).milli_hours, 1333 + 1000);
	/* The earlier takes moments of one that makes more of them: the difference is below zero, and said. */
	two[0] = at(1, 0, 3600);
	two[0].session.hour_s = 28800;
	two[1] = at(2, 10, 3600);
	lay_out(list, two, 2);
	assert_int_equal(credit_days_difference(list, 2, 1, &sum), 0);
	assert_int_equal(sum.counted_s, 10);
	assert_int_equal(sum.milli_hours, 125 - 1329);
}

static void a_class_that_is_not_there(void **state)
{
	struct timed one[] = { at(1, 0, 10) };
	struct credit_session list[1];
	struct credit_sum sum = { 0 };

	(void)state;
	lay_out(list, one, 1);
	assert_int_equal(credit_days_difference(list, 1, 2, &sum), -ENOENT);
	assert_int_equal(credit_days_count(list, 0, &sum), 0);
	assert_int_equal(sum.counted_s, 0);
}

/* ---- any order ---- */

/* Posts the classes in that order, each as the difference that it makes when the ones before are there. */
static struct credit_sum post_in_order(struct timed *all, const int order[SESSIONS], bool never_below)
{
	struct credit_sum posted = { 0 };

	for (size_t n = 1; n <= SESSIONS; n++) {
		struct credit_session list[SESSIONS];
		struct timed some[SESSIONS];
		struct credit_sum more;

		for (size_t i = 0; i < n; i++)
			some[i] = all[order[i]];
		lay_out(list, some, n);
		assert_int_equal(credit_days_difference(list, n, some[n - 1].session.class, &more), 0);
		assert_true(!never_below || (more.milli_hours >= 0 && more.counted_s >= 0));
		posted.counted_s += more.counted_s;
		posted.milli_hours += more.milli_hours;
	}
	return posted;
}

static void swap(int *a, int *b)
{
	int old = *a;

	*a = *b;
	*b = old;
}

static bool next_order(int order[SESSIONS])
{
	int i = SESSIONS - 2, j = SESSIONS - 1, left = SESSIONS - 1;

	while (i >= 0 && order[i] > order[i + 1])
		i--;
	if (i < 0)
		return false;
	while (order[j] < order[i])
		j--;
	swap(&order[i], &order[j]);
	for (i++; i < left; i++, left--)
		swap(&order[i], &order[left]);
	return true;
}

static void draw(struct timed all[SESSIONS], bool one_rule)
{
	static const int32_t hours[] = { 600, 2700, 3600, 7001 }, caps[] = { 0, 500, 1500, 3001 };

	for (int i = 0; i < SESSIONS; i++) {
		int64_t from_s = rand() % 5000;

		all[i] = at(i + 1, from_s, from_s + rand() % 4000);
		all[i].span.from_us += rand() % 1000000;
		all[i].span.to_us += rand() % 1000000;
		all[i].session.began_us -= rand() % 600 * S;
		all[i].session.year_hours_milli = 2500;
		all[i].session.day_hours_milli = 2000;
		if (one_rule)
			continue;
		all[i].session.hour_s = hours[rand() % 4];
		all[i].session.day_hours_milli = caps[rand() % 4];
		all[i].session.year_hours_milli = caps[rand() % 4];
		all[i].session.day += rand() % 2;
	}
}

static void the_order_of_posting_does_not_matter(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 100; seed++) {
		int order[SESSIONS] = { 0, 1, 2, 3, 4 }, orders = 0;
		bool one_rule = seed % 2;
		struct timed all[SESSIONS];
		struct credit_session list[SESSIONS];
		struct credit_sum sum;

		srand(seed);
		draw(all, one_rule);
		sum = sum_of(all, SESSIONS, list);
		do {
			struct credit_sum posted = post_in_order(all, order, one_rule);

			assert_int_equal(posted.counted_s, sum.counted_s);
			assert_int_equal(posted.milli_hours, sum.milli_hours);
			orders++;
		} while (next_order(order));
		assert_int_equal(orders, 120);
	}
}

/* ---- days ---- */

static void a_day_is_that_of_the_zone(void **state)
{
	int32_t day = 0;

	(void)state;
	assert_int_equal(local_day("Asia/Shanghai", 1798732799 * S, &day), 0);         /* 2026-12-31 15:59:59 UTC */
	assert_int_equal(day, 20261231);
	assert_int_equal(local_day("Asia/Shanghai", 1798732800 * S, &day), 0);
	assert_int_equal(day, 20270101);
	assert_int_equal(local_day("UTC", 1798732800 * S, &day), 0);
	assert_int_equal(day, 20261231);
	assert_int_equal(local_day("Asia/Urumqi", 1798732800 * S, &day), 0);
	assert_int_equal(day, 20261231);
	assert_int_equal(local_day("Asia/Nowhere", 0, &day), -EINVAL);
	assert_int_equal(local_day("", 0, &day), -EINVAL);
	assert_int_equal(local_day("Asia/Shanghai/Asia/Shanghai/Asia/Shanghai/Asia/Shanghai/Asia/Shanghai", 0, &day), -EINVAL);
}

static void a_day_is_written_and_read(void **state)
{
	static const char *const wrong[] = { "", "2026-11-2", "2026-11-266", "2026/11/26", "2026-00-26", "2026-13-01", "2026-11-00", "2026-11-32", "0000-01-01", " 026-11-26" };
	char text[DAY_BYTES];
	int32_t day = 0;

	(void)state;
	day_write(text, 20261126);
	assert_string_equal(text, "2026-11-26");
	assert_int_equal(day_parse(&day, text), 0);
	assert_int_equal(day, 20261126);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(day_parse(&day, wrong[i]), -EINVAL);
}

static void without_memory_it_says_so(void **state)
{
	struct timed two[] = { at(1, 0, 100), at(2, 50, 200) };
	int r = -ENOMEM;

	(void)state;
	for (uint64_t n = 1; r == -ENOMEM; n++) {
		struct credit_session list[2];
		struct credit_sum sum;

		lay_out(list, two, 2);
		mem_fail_at(n);
		r = credit_days_difference(list, 2, 2, &sum);
		mem_fail_at(0);
		assert_true(n < 100);
	}
	assert_int_equal(r, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(a_day_is_floored_once),
		LEAVES_NOTHING(a_moment_counts_for_the_class_that_began_first),
		LEAVES_NOTHING(what_a_rule_refuses_claims_nothing),
		LEAVES_NOTHING(caps_of_day_and_year),
		LEAVES_NOTHING(over_midnight_a_moment_counts_once),
		LEAVES_NOTHING(hours_of_different_length),
		LEAVES_NOTHING(a_class_that_is_not_there),
		LEAVES_NOTHING(the_order_of_posting_does_not_matter),
		LEAVES_NOTHING(a_day_is_that_of_the_zone),
		LEAVES_NOTHING(a_day_is_written_and_read),
		LEAVES_NOTHING(without_memory_it_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
