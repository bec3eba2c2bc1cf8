/* The demo county's people: the same each time, as often as in life, and nobody's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/card.h"
#include "attendance/demo_people.h"

#define PEOPLE 11500
#define BRANCHES 300

static struct demo_person people[PEOPLE];

static int make_all(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PEOPLE; i++)
		demo_person(&people[i], i);
	return 0;
}

static void an_index_is_one_person(void **state)
{
	struct demo_person again;

	(void)state;
	for (unsigned i = PEOPLE; i-- > 0;) {
		demo_person(&again, i);
		assert_memory_equal(&again, &people[i], sizeof(again));
	}
}

static unsigned begin_with(const char *surname)
{
	unsigned n = 0;

	for (unsigned i = 0; i < PEOPLE; i++)
		n += strncmp(people[i].name, surname, strlen(surname)) == 0;
	return n;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void names_are_as_frequent_as_in_life(void **state)
{
	static const char *names[PEOPLE];
	unsigned women = 0, short_names = 0, shared = 0;

	(void)state;
	assert_in_range(begin_with("王"), PEOPLE * 7 / 100, PEOPLE * 12 / 100);
	assert_in_range(begin_with("李"), PEOPLE * 7 / 100, PEOPLE * 12 / 100);
	assert_in_range(begin_with("覃"), 5, 60);
	assert_in_range(begin_with("欧阳"), 1, 50);
	for (unsigned i = 0; i < PEOPLE; i++) {
		names[i] = people[i].name;
		women += people[i].woman;
		short_names += strlen(people[i].name) == 6;
		assert_in_range(strlen(people[i].name), 6, 12);
	}
	assert_in_range(women, PEOPLE * 33 / 100, PEOPLE * 39 / 100);
	assert_in_range(short_names, PEOPLE * 8 / 100, PEOPLE * 40 / 100);
	qsort(names, PEOPLE, sizeof(names[0]), compare_names);
	for (unsigned i = 1; i < PEOPLE; i++)
		shared += strcmp(names[i - 1], names[i]) == 0;
	assert_in_range(shared, PEOPLE / 100, PEOPLE / 2);
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void numbers_are_nobodys_and_each_ones_own(void **state)
{
	static char phones[PEOPLE][12], cards[PEOPLE][19];
	struct card card;

	(void)state;
	for (unsigned i = 0; i < PEOPLE; i++) {
		assert_int_equal(card_parse(&card, people[i].card), CARD_RIGHT);
		assert_true(card.resident);
		assert_int_equal(strncmp(people[i].card, "99", 2), 0);
		assert_int_equal((people[i].card[16] - '0') % 2, people[i].woman ? 0 : 1);
		assert_int_equal(strspn(people[i].phone, "0123456789"), 11);
		assert_int_equal(strncmp(people[i].phone, "142", 3), 0);
		strcpy(phones[i], people[i].phone);
		strcpy(cards[i], people[i].card);
	}
	qsort(phones, PEOPLE, sizeof(phones[0]), compare_text);
	qsort(cards, PEOPLE, sizeof(cards[0]), compare_text);
	for (unsigned i = 1; i < PEOPLE; i++) {
		assert_string_not_equal(phones[i - 1], phones[i]);
		assert_string_not_equal(cards[i - 1], cards[i]);
	}
}

static void lives_make_sense(void **state)
{
	unsigned without = 0, young = 0, old = 0;

	(void)state;
	for (unsigned i = 0; i < PEOPLE; i++) {
		const struct demo_person *p = &people[i];
		int born = atoi(p->born), joined = atoi(p->joined);

		assert_in_range(born, 1938, DEMO_PEOPLE_YEAR - 18);
		assert_in_range(joined - born, 18, 45);
		assert_true(joined < DEMO_PEOPLE_YEAR);
		young += DEMO_PEOPLE_YEAR - born < 36;
		old += DEMO_PEOPLE_YEAR - born >= 60;
		without += !p->categories[0];
		assert_true(p->categories[0] || !p->categories[1]);
		if (p->categories[0] && strcmp(p->categories[0], "大学生村官") == 0)
			assert_in_range(DEMO_PEOPLE_YEAR - born, 20, 30);
	}
	assert_in_range(young, PEOPLE / 10, PEOPLE / 2);
	assert_in_range(old, PEOPLE / 5, PEOPLE / 2);
	assert_in_range(without, PEOPLE / 5, PEOPLE * 3 / 4);
}

static void branches_have_members_and_a_committee(void **state)
{
	unsigned sum = 0, small = 0;

	(void)state;
	for (unsigned b = 0; b < BRANCHES; b++) {
		unsigned n = demo_branch_members(b);

		assert_in_range(n, 3, 50);
		assert_string_equal(demo_post(0, n), "书记");
		sum += n;
		small += n < 7;
	}
	assert_in_range(sum / BRANCHES, 27, 33);
	assert_in_range(small, 3, BRANCHES / 8);
	assert_string_equal(demo_post(4, 7), "纪检委员");
	assert_null(demo_post(5, 50));
	assert_null(demo_post(1, 4));
	assert_string_equal(demo_post(1, 5), "副书记");
	assert_null(demo_post(2, 6));
	assert_null(demo_post(0, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_index_is_one_person),
		cmocka_unit_test(names_are_as_frequent_as_in_life),
		cmocka_unit_test(numbers_are_nobodys_and_each_ones_own),
		cmocka_unit_test(lives_make_sense),
		cmocka_unit_test(branches_have_members_and_a_committee),
	};

	return cmocka_run_group_tests(tests, make_all, NULL);
}
