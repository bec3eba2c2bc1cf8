/* What is typed finds whom it should; against a plain search by trial for random names and words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/name_query.h"
#include "tests/unit/leaves_nothing.h"

static struct name_order *order;

static int open_order(void **state)
{
	(void)state;
	return name_order_open(&order);
}

static int close_order(void **state)
{
	(void)state;
	order = name_order_close(order);
	return 0;
}

static bool matches(const char *text, const char *name)
{
	struct name_query query;
	struct name_key *key = NULL;
	bool found;

	assert_int_equal(name_query_parse(&query, text), 0);
	assert_int_equal(name_key_create(&key, order, NAME_OF_PERSON, name, NULL), 0);
	found = name_query_matches(&query, key);
	name_key_destroy(key);
	return found;
}

static void check(const char *name, const char *const *texts, bool expected)
{
	for (; *texts; texts++)
		if (matches(*texts, name) != expected)
			fail_msg("'%s' %s %s", *texts, expected ? "does not find" : "finds", name);
}

#define FINDS(name, ...) check(name, (const char *const[]){ __VA_ARGS__, NULL }, true)
#define MISSES(name, ...) check(name, (const char *const[]){ __VA_ARGS__, NULL }, false)

static void characters_pinyin_initials_and_mixtures(void **state)
{
	(void)state;
	FINDS("张伟", "张", "伟", "张伟", "zhangwei", "ZhangWei", "zhang wei", "zw", "zhw", "zhangw", "zhan", "z", "w", "we", "张w", "张wei", "z伟", "zhang伟",
	      "wei", "wei zhang", "w z", "zhāng wěi", "ｚｗ", "zhang'wei", "", "  ");
	MISSES("张伟", "zhangwen", "weizhang", "wz", "hang", "ei", "张张", "wei wei", "zhang zhang", "zhang wei x", "zwx", "章伟", "zhengwei", "zhangzhang");
	FINDS("张大伟", "zdw", "dw", "zhang wei", "wei zhang", "张 伟", "dawei");
	MISSES("张大伟", "zw", "张伟", "zhangwei");
	FINDS("欧阳修", "oyx", "ouyang", "ouyangx", "o y x", "x ou", "欧 x");
	MISSES("欧阳修", "欧x", "ox", "y o x");
}

static void a_surname_is_found_by_either_reading(void **state)
{
	(void)state;
	FINDS("单雄信", "shan", "dan", "sxx", "dxx", "danxiongxin", "shan雄");
	FINDS("尉迟恭", "yuchi", "weichi", "ycg");
	FINDS("张乐", "zhangle", "zhangyue", "zy");
	FINDS("覃勇", "qin", "tan");
	FINDS("李长江", "lichangjiang", "lizhangjiang");
}

static void two_dots_can_be_typed_in_any_way(void **state)
{
	(void)state;
	FINDS("吕布", "lvbu", "lubu", "lyubu", "lübu", "lǚ bù", "lb", "lu", "ly");
	FINDS("鹿鸣", "lu");
	MISSES("鹿鸣", "lv", "lyu", "lü");
	FINDS("虐", "nve", "nue");
}

static void other_scripts(void **state)
{
	(void)state;
	FINDS("John Smith", "john", "smith", "smith john", "j s", "johnsmith", "JOHN");
	FINDS("阿卜杜拉·买买提", "阿卜杜拉买买提", "阿卜杜拉·买买提", "mmt", "买买提 阿卜");
	FINDS("José", "jose", "josé");
	FINDS("김철수", "김", "철수");
	MISSES("김철수", "수철");
	FINDS("第12支部", "12", "d12", "di12zb", "支部 12");
}

static void what_is_too_long_or_no_text_is_refused(void **state)
{
	struct name_query query = { .words = 77 };
	char text[1000];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[NAME_QUERY_CHARACTERS + 1] = 0;
	assert_int_equal(name_query_parse(&query, text), -E2BIG);
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = 0;
	assert_int_equal(name_query_parse(&query, text), -E2BIG);
	assert_int_equal(name_query_parse(&query, "a b c d e f g h i"), -E2BIG);
	assert_int_equal(name_query_parse(&query, "\xff"), -EINVAL);
	assert_int_equal(name_query_parse(&query, "\xe5\xbc"), -EINVAL);
	assert_int_equal(query.words, 77);
	text[NAME_QUERY_CHARACTERS] = 0;
	assert_int_equal(name_query_parse(&query, text), 0);
	assert_int_equal(query.words, 1);
	assert_int_equal(name_query_parse(&query, "a b c d e f g h"), 0);
	assert_int_equal(query.words, 8);
}

/* ---- the oracle: tries everything ---- */

struct trial {
	const struct name_query *query;
	const struct name_key *key;
	size_t first;
};

static bool try_word(const struct trial *t, size_t i, size_t at, size_t unit);

/* Word i from its character `at` on, with the unit taking a piece that is as long as `piece` and must be the word's. */
static bool try_piece(const struct trial *t, size_t i, size_t at, size_t unit, const char *piece, size_t len)
{
	size_t w = (t->first + i) % t->query->words, n = t->query->word[w].n;
	const uint32_t *word = t->query->character + t->query->word[w].at;

	if (at + len > n)
		return false;
	for (size_t k = 0; k < len; k++)
		if (word[at + k] != (uint32_t)(uint8_t)piece[k])
			return false;
	return try_word(t, i, at + len, unit + 1);
}

static bool try_reading(const struct trial *t, size_t i, size_t at, size_t unit, const char *reading)
{
	size_t w = (t->first + i) % t->query->words, n = t->query->word[w].n;

	for (size_t len = 1; len <= strlen(reading); len++) {
		bool initial = len == 1 || (len == 2 && reading[1] == 'h');

		if ((initial || len == strlen(reading) || at + len == n) && try_piece(t, i, at, unit, reading, len))
			return true;
	}
	return false;
}

static bool try_places(const struct trial *t, size_t i, size_t unit)
{
	if (i == t->query->words)
		return true;
	for (; unit < t->key->units; unit++)
		if (try_word(t, i, 0, unit))
			return true;
	return false;
}

static bool try_word(const struct trial *t, size_t i, size_t at, size_t unit)
{
	size_t w = (t->first + i) % t->query->words;
	const struct name_unit *u = &t->key->unit[unit];

	if (at == t->query->word[w].n)
		return try_places(t, i + 1, unit);
	if (unit >= t->key->units)
		return false;
	if (u->character == t->query->character[t->query->word[w].at + at] && try_word(t, i, at + 1, unit + 1))
		return true;
	for (unsigned r = 0; r < u->readings; r++)
		if (try_reading(t, i, at, unit, u->reading[r]))
			return true;
	return false;
}

static bool found_by_trial(const struct name_query *query, const struct name_key *key)
{
	struct trial t = { query, key, 0 };

	for (; t.first < query->words; t.first++)
		if (try_places(&t, 0, 0))
			return true;
	return query->words == 0;
}

static void write_random(char *ret, const char *const *pieces, int kinds, int n)
{
	*ret = 0;
	while (n-- > 0)
		strcat(ret, pieces[rand() % kinds]);
}

/* Few syllables that contain each other, so that many splits are possible. */
static void the_oracle_agrees(void **state)
{
	static const char *const characters[] = { "安", "案", "张", "刚", "昂", "哈", "赵", "吕", "乐", "单", "啊", "·", "a", "n", "g" };
	static const char *const letters[] = { "a", "n", "g", "z", "h", "zh", "ang", "an", "l", "v", "u", "y", "e", " ", " ", "安", "张", "d", "s" };
	int found = 0;

	(void)state;
	srand(7);
	for (int i = 0; i < 60000; i++) {
		char name[64], text[64];
		struct name_query query;
		struct name_key *key = NULL;

		write_random(name, characters, (int)ARRAY_LEN(characters), 1 + rand() % 5);
		write_random(text, letters, (int)ARRAY_LEN(letters), 1 + rand() % 5);
		assert_int_equal(name_key_create(&key, order, rand() % 2, name, NULL), 0);
		assert_int_equal(name_query_parse(&query, text), 0);
		if (name_query_matches(&query, key) != found_by_trial(&query, key))
			fail_msg("'%s' in %s: not as by trial", text, name);
		found += name_query_matches(&query, key);
		name_key_destroy(key);
	}
	assert_in_range(found, 3000, 57000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(characters_pinyin_initials_and_mixtures),
		LEAVES_NOTHING(a_surname_is_found_by_either_reading),
		LEAVES_NOTHING(two_dots_can_be_typed_in_any_way),
		LEAVES_NOTHING(other_scripts),
		LEAVES_NOTHING(what_is_too_long_or_no_text_is_refused),
		LEAVES_NOTHING(the_oracle_agrees),
	};

	return cmocka_run_group_tests(tests, open_order, close_order);
}
