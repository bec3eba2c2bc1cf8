/* Names as pinyin, initials and sort keys; the table of readings against the dictionary that it corrects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/han_reading.h"
#include "attendance/name_key.h"
#include "attendance/name_reading.h"
#include "media/base/mem.h"
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

static void check(enum name_kind kind, const char *name, const char *reading, const char *pinyin, const char *initials)
{
	struct name_key *key = NULL;
	int r = name_key_create(&key, order, kind, name, reading);

	if (r < 0 || strcmp(key->pinyin, pinyin) != 0 || strcmp(key->initials, initials) != 0)
		fail_msg("%s: %d, %s %s instead of %s %s", name, r, key ? key->pinyin : "", key ? key->initials : "", pinyin, initials);
	name_key_destroy(key);
}

static void names_are_read_with_the_readings_of_surnames(void **state)
{
	static const struct { const char *name, *pinyin, *initials; } names[] = {
		{ "张伟", "zhangwei", "zw" },       { "单雄信", "shanxiongxin", "sxx" }, { "仇和", "qiuhe", "qh" },
		{ "区楚良", "ouchuliang", "ocl" },  { "查良镛", "zhaliangyong", "zly" }, { "曾国藩", "zengguofan", "zgf" },
		{ "解晓东", "xiexiaodong", "xxd" }, { "尉迟恭", "yuchigong", "ycg" },    { "万俟卨", "moqixie", "mqx" },
		{ "万里", "wanli", "wl" },          { "尉缭", "weiliao", "wl" },         { "盖叫天", "gejiaotian", "gjt" },
		{ "朴树", "piaoshu", "ps" },        { "繁钦", "poqin", "pq" },           { "种师道", "chongshidao", "csd" },
		{ "乐毅", "yueyi", "yy" },          { "张乐", "zhangle", "zl" },         { "任红昌", "renhongchang", "rhc" },
		{ "缪荃孙", "miaoquansun", "mqs" }, { "翟志刚", "zhaizhigang", "zzg" },  { "覃塘", "qintang", "qt" },
		{ "卜算子", "busuanzi", "bsz" },    { "吕布", "lvbu", "lb" },            { "略", "lve", "l" },
		{ "李长江", "lichangjiang", "lcj" }, { "长孙无忌", "zhangsunwuji", "zswj" }, { "单于", "chanyu", "cy" },
		{ "单小单", "shanxiaodan", "sxd" }, { "欧阳修", "ouyangxiu", "oyx" },    { "䶮", "yan", "y" },
		{ "𠀀", "he", "h" },                { "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		check(NAME_OF_PERSON, names[i].name, NULL, names[i].pinyin, names[i].initials);
}

static void other_scripts_and_separators(void **state)
{
	(void)state;
	check(NAME_OF_PERSON, "阿卜杜拉·买买提", NULL, "abudulamaimaiti", "abdlmmt");
	check(NAME_OF_PERSON, "John  Smith", NULL, "johnsmith", "js");
	check(NAME_OF_PERSON, "José Müller", NULL, "josemvller", "jm");
	check(NAME_OF_PERSON, "ＡＢＣ　张", NULL, "abczhang", "az");
	check(NAME_OF_PERSON, "김철수", NULL, "", "");
	check(NAME_OF_PERSON, "王\u200b五", NULL, "wangwu", "ww");
}

static void organisations_begin_with_no_surname(void **state)
{
	(void)state;
	check(NAME_OF_ORG, "区委办公室", NULL, "quweibangongshi", "qwbgs");
	check(NAME_OF_ORG, "第12支部", NULL, "di12zhibu", "d12zb");
	check(NAME_OF_ORG, "城中区", NULL, "chengzhongqu", "czq");
}

static void a_written_reading_goes_before_all(void **state)
{
	(void)state;
	check(NAME_OF_PERSON, "单雄信", "dan", "danxiongxin", "dxx");
	check(NAME_OF_PERSON, "张乐", "Zhāng Yuè", "zhangyue", "zy");
	check(NAME_OF_PERSON, "吕布", "lyu'bu", "lvbu", "lb");
	check(NAME_OF_PERSON, "吕布", "lǚ bù", "lvbu", "lb");
	check(NAME_OF_PERSON, "万俟卨", "wan si", "wansixie", "wsx");
	check(NAME_OF_PERSON, "张伟", "", "zhangwei", "zw");
}

static void what_is_no_reading_is_refused(void **state)
{
	static const char *const bad[] = { "zhagn", "zhang wei x", "zhangwei", "zhang wei wei", "张", "zh4ng", "a1", "zhuangg", "\xff" };
	struct name_key *key = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int r = name_key_create(&key, order, NAME_OF_PERSON, "张伟", bad[i]);

		if (r != (bad[i][0] == '\xff' ? -EINVAL : -EBADMSG) || key)
			fail_msg("%s: %d", bad[i], r);
	}
	assert_int_equal(name_key_create(&key, order, NAME_OF_PERSON, "John", "zhang"), -EBADMSG);
}

static void bad_names_are_refused_and_long_ones_cut(void **state)
{
	static const char *const bad[] = { "\xff", "\xe5\xbc", "\xed\xa0\x80", "\xc0\x80", "张\x80" };
	struct name_key *key = NULL;
	char text[3 * 5000 + 1] = "";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(name_key_create(&key, order, NAME_OF_PERSON, bad[i], NULL), -EINVAL);
	assert_null(key);
	for (size_t i = 0; i < 5000; i++)
		strcpy(text + 3 * i, "庄");
	assert_int_equal(name_key_create(&key, order, NAME_OF_PERSON, text, NULL), 0);
	assert_int_equal(key->units, NAME_KEY_CHARACTERS);
	assert_int_equal(strlen(key->pinyin), NAME_KEY_CHARACTERS * strlen("zhuang"));
	key = name_key_destroy(key);
	for (size_t i = 0; i < 1000; i++)
		strcpy(text + 3 * i, "\ufdfa");         /* becomes eighteen characters */
	assert_int_equal(name_key_create(&key, order, NAME_OF_PERSON, text, NULL), -EINVAL);
}

static struct name_key *key_of(enum name_kind kind, const char *name, const char *reading)
{
	struct name_key *key = NULL;

	assert_int_equal(name_key_create(&key, order, kind, name, reading), 0);
	return key;
}

static void check_order(enum name_kind kind, const char *const *names, const char *const *readings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++) {
			struct name_key *a = key_of(kind, names[i], readings ? readings[i] : NULL);
			struct name_key *b = key_of(kind, names[k], readings ? readings[k] : NULL);
			int c = name_key_compare(a, b);

			if ((c > 0) - (c < 0) != (i > k) - (i < k))
				fail_msg("%s and %s: %d", names[i], names[k], c);
			name_key_destroy(a);
			name_key_destroy(b);
		}
}

static void lists_are_sorted_as_they_are_read(void **state)
{
	static const char *const persons[] = {
		"卜小明", "陈伟", "陈一", "盖叫天", "李长江", "李刚", "欧阳修", "区楚良", "仇和", "任仁", "单雄信", "王伟", "王五", "曾国藩", "查良镛",
		"张伟", "张伟杰", "Smith",
	};
	static const char *const orgs[] = { "第2支部", "第10支部", "区委", "重庆路" };
	static const char *const twice[] = { "单雄信", "李四", "单雄信" }, *const readings[] = { "dan", NULL, NULL };

	(void)state;
	check_order(NAME_OF_PERSON, persons, NULL, 10);
	check_order(NAME_OF_PERSON, persons + 10, NULL, ARRAY_LEN(persons) - 10);
	check_order(NAME_OF_ORG, orgs, NULL, 3);
	check_order(NAME_OF_PERSON, twice, readings, ARRAY_LEN(twice));
}

/* A rule that says what the dictionary says already, or whose stand-in is read otherwise, is a slip. */
static void the_table_of_readings_holds(void **state)
{
	size_t n, syllables;
	const struct name_reading *rows = name_readings(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const char *text = rows[i].text, *as = rows[i].as, *pinyin = rows[i].pinyin;
		uint32_t first = name_reading_character(text, &text);

		if (rows[i].place == NAME_READING_ALSO && strcmp(han_reading(first), pinyin) == 0 && !name_reading_next(NAME_READING_FIRST, first, NULL))
			fail_msg("%s is read %s anyway", rows[i].text, pinyin);
		text = rows[i].text;
		for (syllables = 0; *text; syllables++) {
			char one[8] = "";
			uint32_t proxy = name_reading_character(as, &as);

			name_reading_character(text, &text);
			assert_in_range(strcspn(pinyin, " "), 1, sizeof(one) - 1);
			memcpy(one, pinyin, strcspn(pinyin, " "));
			pinyin += strlen(one) + (pinyin[strlen(one)] == ' ');
			if (strcmp(han_reading(proxy), one) != 0)
				fail_msg("%s: %s stands for %s and is read %s", rows[i].text, rows[i].as, one, han_reading(proxy));
			if (rows[i].place == NAME_READING_SURNAME && syllables == 0 && name_reading_surname(&proxy, 1))
				fail_msg("%s: the stand-in is a surname", rows[i].text);
		}
		assert_true(*pinyin == 0 && *as == 0);
		assert_in_range(syllables, 1, rows[i].place == NAME_READING_SURNAME ? 2 : 1);
	}
}

static void the_dictionary_knows_what_is_no_character(void **state)
{
	(void)state;
	assert_string_equal(han_reading(0), "");
	assert_string_equal(han_reading('a'), "");
	assert_string_equal(han_reading(0x33ff), "");
	assert_string_equal(han_reading(0xa000), "");
	assert_string_equal(han_reading(0x10ffff), "");
	assert_string_equal(han_reading(0xffffffff), "");
	assert_string_equal(han_reading(0x3007), "ling");
	assert_int_equal(han_character_read(""), 0);
	assert_int_equal(han_character_read("zhagn"), 0);
	assert_string_equal(han_reading(han_character_read("zhang")), "zhang");
}

static void no_memory_is_told(void **state)
{
	struct name_key *key = NULL;

	(void)state;
	mem_fail_at(1);
	assert_int_equal(name_key_create(&key, order, NAME_OF_PERSON, "张伟", "zhang wei"), -ENOMEM);
	mem_fail_at(0);
	assert_null(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(names_are_read_with_the_readings_of_surnames),
		LEAVES_NOTHING(other_scripts_and_separators),
		LEAVES_NOTHING(organisations_begin_with_no_surname),
		LEAVES_NOTHING(a_written_reading_goes_before_all),
		LEAVES_NOTHING(what_is_no_reading_is_refused),
		LEAVES_NOTHING(bad_names_are_refused_and_long_ones_cut),
		LEAVES_NOTHING(lists_are_sorted_as_they_are_read),
		LEAVES_NOTHING(the_table_of_readings_holds),
		LEAVES_NOTHING(the_dictionary_knows_what_is_no_character),
		LEAVES_NOTHING(no_memory_is_told),
	};

	return cmocka_run_group_tests(tests, open_order, close_order);
}
