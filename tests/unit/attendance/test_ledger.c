/* The ledger: what it takes and refuses, sums that are never below zero, appeals, and what is taken away. */
#include "tests/unit/leaves_nothing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/ledger.h"

#define P1 "0000000000000001"

static struct ledger_entry posting(int64_t entry, int64_t class, int64_t milli_hours, int64_t counted_s)
{
	struct ledger_entry e = { .entry = entry, .class = class, .home = 5, .day = 20261126, .milli_hours = milli_hours, .counted_s = counted_s };

	snprintf(e.person, sizeof(e.person), "%s", P1);
	snprintf(e.subject, sizeof(e.subject), "党史");
	snprintf(e.kind, sizeof(e.kind), "lecture");
	return e;
}

static struct ledger_entry reversal(const struct ledger_entry *of, int64_t entry)
{
	struct ledger_entry e = *of;

	e.entry = entry;
	e.reverses = of->entry;
	e.milli_hours = -of->milli_hours;
	e.counted_s = -of->counted_s;
	return e;
}

static struct ledger *ledger_with(const struct ledger_entry *list, size_t n)
{
	struct ledger *l = NULL;

	assert_int_equal(ledger_create(&l), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(ledger_add(l, &list[i]), 0);
	return l;
}

static int count(void *user, const struct ledger_entry *e)
{
	(void)e;
	++*(int *)user;
	return 0;
}

static void postings_add_up_in_their_account(void **state)
{
	struct ledger_entry list[] = { posting(1, 1, 2000, 5400), posting(2, 2, 1000, 2700), posting(3, 3, 500, 1350), posting(4, 4, 7, 20) };
	struct ledger *l;

	(void)state;
	list[2].day = 20270101;
	snprintf(list[3].subject, sizeof(list[3].subject), "other");
	l = ledger_with(list, 4);
	assert_int_equal(ledger_sum(l, &list[0]).milli_hours, 3000);
	assert_int_equal(ledger_sum(l, &list[0]).counted_s, 8100);
	assert_int_equal(ledger_sum(l, &list[2]).milli_hours, 500);
	assert_int_equal(ledger_sum(l, &list[3]).milli_hours, 7);
	assert_int_equal(ledger_find(l, 2)->class, 2);
	assert_null(ledger_find(l, 9));
	ledger_destroy(l);
}

static void a_reversal_takes_back_a_whole_posting_once(void **state)
{
	struct ledger_entry one = posting(1, 1, 2000, 5400), back = reversal(&one, 2), wrong;
	struct ledger *l = ledger_with(&one, 1);

	(void)state;
	wrong = back;
	wrong.milli_hours = -1999;
	assert_int_equal(ledger_add(l, &wrong), -EBADMSG);
	wrong = back;
	wrong.counted_s = 0;
	assert_int_equal(ledger_add(l, &wrong), -EBADMSG);
	wrong = back;
	wrong.class = 2;
	assert_int_equal(ledger_add(l, &wrong), -EBADMSG);
	wrong = back;
	wrong.day = 20250101;
	assert_int_equal(ledger_add(l, &wrong), -EBADMSG);
	wrong = back;
	wrong.reverses = 7;
	assert_int_equal(ledger_add(l, &wrong), -ENOENT);
	assert_int_equal(ledger_add(l, &back), 0);
	assert_int_equal(ledger_sum(l, &one).milli_hours, 0);
	back.entry = 3;
	assert_int_equal(ledger_add(l, &back), -EALREADY);
	wrong = reversal(&back, 4);                     /* of a reversal */
	wrong.reverses = 2;
	wrong.milli_hours = wrong.counted_s = 0;
	assert_int_equal(ledger_add(l, &wrong), -EBADMSG);
	ledger_destroy(l);
}

static void what_can_be_in_no_ledger(void **state)
{
	struct ledger_entry one = posting(1, 1, 2000, 5400), wrong = posting(2, 1, -1, 0);
	struct ledger *l = ledger_with(&one, 1);

	(void)state;
	assert_int_equal(ledger_add(l, &wrong), -EINVAL);
	wrong = posting(2, 1, 0, -1);
	assert_int_equal(ledger_add(l, &wrong), -EINVAL);
	wrong = reversal(&one, 2);
	wrong.milli_hours = 2000;
	assert_int_equal(ledger_add(l, &wrong), -EINVAL);
	assert_int_equal(ledger_add(l, &one), -EEXIST);
	wrong = posting(0, 1, 1, 1);
	assert_int_equal(ledger_add(l, &wrong), -EINVAL);
	wrong = posting(2, 0, 1, 1);
	assert_int_equal(ledger_add(l, &wrong), -EINVAL);
	wrong = posting(2, 1, 1, 1);
	wrong.person[0] = 0;
	assert_int_equal(ledger_add(l, &wrong), -EINVAL);
	wrong = posting(2, 1, 1, 1);
	wrong.day = 0;
	assert_int_equal(ledger_add(l, &wrong), -EINVAL);
	assert_int_equal(ledger_sum(l, &one).milli_hours, 2000);
	ledger_destroy(l);
}

static void an_appeal_reverses_and_posts_again(void **state)
{
	struct ledger_entry one = posting(1, 1, 1000, 2700);
	struct ledger *l = ledger_with(&one, 1);
	int64_t next = 2;
	int made = 0;

	(void)state;
	assert_int_equal(ledger_post_again(l, 1, (struct credit_sum){ 5400, 2000 }, CREDIT_CREDITED, 9, &next, count, &made), 0);
	assert_int_equal(made, 2);
	assert_int_equal(next, 4);
	assert_int_equal(ledger_find(l, 2)->reverses, 1);
	assert_int_equal(ledger_find(l, 2)->appeal, 9);
	assert_int_equal(ledger_find(l, 3)->appeal, 9);
	assert_int_equal(ledger_sum(l, &one).milli_hours, 2000);
	assert_int_equal(ledger_sum(l, &one).counted_s, 5400);
	/* To nothing: only the reversal. And not twice. */
	assert_int_equal(ledger_post_again(l, 3, (struct credit_sum){ 0 }, CREDIT_CHECKS_MISSED, 10, &next, count, &made), 0);
	assert_int_equal(made, 3);
	assert_int_equal(ledger_sum(l, &one).milli_hours, 0);
	assert_int_equal(ledger_post_again(l, 3, (struct credit_sum){ 1, 1 }, CREDIT_CREDITED, 11, &next, count, &made), -EALREADY);
	assert_int_equal(ledger_post_again(l, 8, (struct credit_sum){ 1, 1 }, CREDIT_CREDITED, 11, &next, count, &made), -ENOENT);
	assert_int_equal(ledger_post_again(l, 2, (struct credit_sum){ 1, -1 }, CREDIT_CREDITED, 11, &next, count, &made), -EINVAL);
	assert_int_equal(made, 3);
	assert_int_equal(next, 5);
	ledger_destroy(l);
}

static void what_is_taken_away_comes_from_the_day_first(void **state)
{
	struct ledger_entry list[] = { posting(1, 1, 1000, 2700), posting(2, 2, 500, 1350), posting(3, 3, 800, 2160), posting(4, 4, 900, 2430) };
	struct credit_sum left = { 0 };
	struct ledger *l;
	int64_t next = 5;
	int made = 0;

	(void)state;
	list[2].day = 20261120;                         /* another day of the year */
	list[3].appeal = 3;                             /* decided by somebody */
	l = ledger_with(list, 4);
	assert_int_equal(ledger_take_away(l, P1, 20261126, (struct credit_sum){ 10, 700 }, &next, count, &made, &left), 0);
	assert_int_equal(left.milli_hours, 0);
	assert_int_equal(left.counted_s, 0);
	assert_int_equal(made, 4);
	assert_int_equal(ledger_sum(l, &list[0]).milli_hours, 3200 - 700);
	assert_int_equal(ledger_sum(l, &list[0]).counted_s, 8640 - 10);
	assert_int_equal(ledger_take_away(l, P1, 20261126, (struct credit_sum){ 0, 5000 }, &next, count, &made, &left), 0);
	assert_int_equal(left.milli_hours, 5000 - 1600);
	assert_int_equal(ledger_sum(l, &list[0]).milli_hours, 900);
	assert_int_equal(ledger_take_away(l, "nobody", 20261126, (struct credit_sum){ -5, 7 }, &next, count, &made, &left), 0);
	assert_int_equal(left.milli_hours, 7);
	assert_int_equal(left.counted_s, 0);
	ledger_destroy(l);
}

static void an_entry_is_written_and_read(void **state)
{
	static const char *const wrong[] = {
		"{}", "{\"entry\":1,\"person\":\"a\",\"home\":1,\"year\":2025,\"subject\":\"\",\"kind\":\"k\",\"milli_hours\":1,\"counted_s\":1,\"day\":\"2026-11-26\",\"reason\":\"credited\"}",
		"{\"entry\":1,\"person\":\"a\",\"home\":1,\"year\":2026,\"subject\":\"\",\"kind\":\"k\",\"milli_hours\":1,\"counted_s\":1,\"day\":\"2026-11-26\",\"reason\":\"x\"}",
		"{\"entry\":1,\"person\":\"a\",\"home\":1,\"year\":2026,\"subject\":7,\"kind\":\"k\",\"milli_hours\":1,\"counted_s\":1,\"day\":\"2026-11-26\",\"reason\":\"credited\"}",
		"{\"entry\":1,\"person\":\"a\",\"home\":1,\"year\":2026,\"subject\":\"\",\"kind\":\"k\",\"milli_hours\":1,\"counted_s\":1,\"day\":\"2026-13-01\",\"reason\":\"credited\"}",
		"{\"entry\":1.5,\"person\":\"a\",\"home\":1,\"year\":2026,\"subject\":\"\",\"kind\":\"k\",\"milli_hours\":1,\"counted_s\":1,\"day\":\"2026-11-26\",\"reason\":\"credited\"}",
	};
	struct ledger_entry e = posting(3, 7, -2000, -5400), again;
	json_t *json;

	(void)state;
	e.reverses = 2;
	e.appeal = 4;
	json = ledger_entry_write(&e);
	memset(&again, 0, sizeof(again));
	assert_int_equal(ledger_entry_parse(&again, json, 7), 0);
	assert_memory_equal(&e, &again, sizeof(e));
	json_decref(json);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		json = json_loads(wrong[i], 0, NULL);
		assert_non_null(json);
		assert_int_equal(ledger_entry_parse(&again, json, 7), -EBADMSG);
		json_decref(json);
	}
	assert_int_equal(ledger_entry_parse(&again, NULL, 7), -EBADMSG);
}

static void no_draw_of_entries_takes_a_sum_below_zero(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 200; seed++) {
		struct ledger *l = ledger_with(NULL, 0);
		int64_t next = 1000;
		int made = 0;

		srand(seed);
		for (int i = 0; i < 100; i++) {
			struct ledger_entry e = posting(rand() % 60, 1 + rand() % 3, rand() % 7 - 3, rand() % 7 - 3);
			struct credit_sum left;

			e.reverses = rand() % 3 ? 0 : rand() % 60;
			e.day -= rand() % 2;
			ledger_add(l, &e);
			ledger_post_again(l, rand() % 60, (struct credit_sum){ rand() % 5 - 1, rand() % 5 - 1 }, CREDIT_CREDITED, rand() % 2, &next, count, &made);
			if (rand() % 4 == 0)
				ledger_take_away(l, P1, e.day, (struct credit_sum){ rand() % 5, rand() % 5 }, &next, count, &made, &left);
			assert_true(ledger_sum(l, &e).milli_hours >= 0);
			assert_true(ledger_sum(l, &e).counted_s >= 0);
		}
		ledger_destroy(l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(postings_add_up_in_their_account),
		LEAVES_NOTHING(a_reversal_takes_back_a_whole_posting_once),
		LEAVES_NOTHING(what_can_be_in_no_ledger),
		LEAVES_NOTHING(an_appeal_reverses_and_posts_again),
		LEAVES_NOTHING(what_is_taken_away_comes_from_the_day_first),
		LEAVES_NOTHING(an_entry_is_written_and_read),
		LEAVES_NOTHING(no_draw_of_entries_takes_a_sum_below_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
