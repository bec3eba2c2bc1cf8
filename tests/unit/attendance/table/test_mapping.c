/* What columns and cells mean: headers as offices write them, profiles, and values in one form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/org_kind.h"
#include "attendance/table/csv_read.h"
#include "attendance/table/mapping.h"
#include "attendance/table/value.h"
#include "tests/unit/leaves_nothing.h"

static struct table *table_of(const char *csv)
{
	struct table_problem err;
	struct table *t = NULL;
	char *copy = strdup(csv);

	assert_int_equal(table_create(&t), 0);
	assert_int_equal(csv_read(t, copy, strlen(copy), &err), 0);
	free(copy);
	return t;
}

/* Maps the table; the problems' codes and places as one text. */
static int map(struct mapping *ret, const struct table *t, enum table_kind kind, const struct mapping_profile *profile, char problems[256])
{
	struct table_problems *list = calloc(1, sizeof(*list));
	int r = mapping_find(ret, t, kind, profile, true, list);
	char place[64];

	problems[0] = 0;
	for (size_t i = 0; i < list->n; i++) {
		table_problem_place(place, sizeof(place), &list->all[i]);
		snprintf(problems + strlen(problems), 256 - strlen(problems), "%s %s %s;", table_fault_code(list->all[i].fault), place, list->all[i].text);
	}
	free(list);
	return r;
}

static struct mapping_profile *profile_of(const char *json)
{
	struct mapping_profile *p = NULL;
	struct table_problem err;

	assert_int_equal(mapping_profile_read(&p, TABLE_PEOPLE, json, strlen(json), &err), 0);
	return p;
}

static void headers_are_found_below_titles(void **state)
{
	struct table *t = table_of("青河镇党员名册,,\n填报单位：青河镇党委,,\n序号, 姓 名＊,所属支部（必填）,公民身份号码,备注\n1,张三,第一党支部,x,y\n");
	struct mapping m;
	char problems[256];

	(void)state;
	assert_int_equal(map(&m, t, TABLE_PEOPLE, NULL, problems), 0);
	assert_int_equal(table_row_number(t, m.header), 3);
	assert_int_equal(m.columns[FIELD_NAME], 2);
	assert_int_equal(m.columns[FIELD_ORG], 3);
	assert_int_equal(m.columns[FIELD_CARD], 4);
	assert_int_equal(m.columns[FIELD_PHONE], 0);
	assert_int_equal(m.n_ignored, 2);
	assert_int_equal(m.ignored[0], 1);
	assert_int_equal(m.ignored[1], 5);
	assert_string_equal(mapping_cell(&m, t, m.header + 1, FIELD_NAME).text, "张三");
	assert_string_equal(mapping_cell(&m, t, m.header + 1, FIELD_PHONE).text, "");
	table_destroy(t);
}

static void missing_and_doubled_headers_are_told(void **state)
{
	struct mapping m;
	char problems[256];
	struct table *t = table_of("姓名,手机,手 机,姓名\n张三,1,2,3\n");

	(void)state;
	assert_int_equal(map(&m, t, TABLE_PEOPLE, NULL, problems), -EBADMSG);
	assert_string_equal(problems, "header_doubled C1 手机;header_doubled D1 姓名;header_missing 1 所在党组织;");
	table_destroy(t);
	t = table_of("组织名称,类别\n甲,党支部\n");
	assert_int_equal(map(&m, t, TABLE_ORGANISATIONS, NULL, problems), -EBADMSG);
	assert_string_equal(problems, "header_missing 1 上级党组织;");
	table_destroy(t);
	t = table_of("张三,第一党支部\n姓名\n");
	assert_int_equal(map(&m, t, TABLE_PEOPLE, NULL, problems), -EBADMSG);
	assert_string_equal(problems, "no_header  ;");
	table_destroy(t);
}

static void of_several_columns_the_surest_is_taken(void **state)
{
	struct table *t = table_of("单位,姓名,电话,手机,所在支部,联系电话\n一中,张三,1,2,第一党支部,3\n");
	struct mapping m;
	char problems[256];

	(void)state;
	assert_int_equal(map(&m, t, TABLE_PEOPLE, NULL, problems), 0);
	assert_int_equal(m.columns[FIELD_ORG], 5);
	assert_int_equal(m.columns[FIELD_PHONE], 4);
	assert_int_equal(m.n_ignored, 3);
	assert_int_equal(m.ignored[0], 1);
	assert_int_equal(m.ignored[1], 3);
	assert_int_equal(m.ignored[2], 6);
	table_destroy(t);
}

static void every_field_is_known_by_its_header_and_name(void **state)
{
	unsigned rank;

	(void)state;
	for (int kind = 0; kind < TABLE_KINDS; kind++) {
		for (int f = 0; f < FIELDS; f++) {
			if (!field_is_of((enum table_kind)kind, (enum field)f))
				continue;
			assert_int_equal(field_of_header((enum table_kind)kind, field_header((enum table_kind)kind, (enum field)f), &rank), f);
			assert_int_equal(field_of_header((enum table_kind)kind, field_name((enum field)f), &rank), f);
			assert_int_equal(field_by_name((enum table_kind)kind, field_name((enum field)f)), f);
		}
	}
	assert_int_equal(field_of_header(TABLE_PEOPLE, "Org_Code", &rank), FIELD_ORG_CODE);
	assert_int_equal(field_of_header(TABLE_PEOPLE, "ＮＡＭＥ", &rank), FIELD_NAME);
	assert_int_equal(field_of_header(TABLE_PEOPLE, "出生日期", &rank), FIELDS);
	assert_int_equal(field_of_header(TABLE_PEOPLE, "性别", &rank), FIELDS);
	assert_int_equal(field_of_header(TABLE_PEOPLE, "(姓名)", &rank), FIELDS);
	assert_int_equal(field_by_name(TABLE_ORGANISATIONS, "card"), FIELDS);
}

static void a_profile_goes_before_our_headers(void **state)
{
	struct mapping_profile *p = profile_of("{\"谁\":\"name\", \"单位\":\"org\", \"手机\":null, \"备 注\":\"category\", \"职务\":\"\"}");
	struct table *t = table_of("姓名,谁,单位,手机,备注,职务,账号\na,b,c,d,e,f,g\n");
	struct mapping m;
	char problems[256];

	(void)state;
	assert_int_equal(map(&m, t, TABLE_PEOPLE, p, problems), 0);
	assert_int_equal(m.columns[FIELD_NAME], 2);
	assert_int_equal(m.columns[FIELD_ORG], 3);
	assert_int_equal(m.columns[FIELD_PHONE], 0);
	assert_int_equal(m.columns[FIELD_CATEGORY], 5);
	assert_int_equal(m.columns[FIELD_POST], 0);
	assert_int_equal(m.columns[FIELD_LOGIN], 7);
	assert_int_equal(m.n_ignored, 3);
	table_destroy(t);
	mapping_profile_destroy(p);
}

static void wrong_profiles_are_refused(void **state)
{
	static const struct {
		const char *json, *code;
	} wrong[] = {
		{ "", "profile_form" }, { "[]", "profile_form" }, { "{\"a\":1}", "profile_form" }, { "{\"a\":\"name\",\"a\":\"org\"}", "profile_form" },
		{ "{\"\":\"name\"}", "profile_form" }, { "{\"a\":\"code\"}", "profile_field" }, { "{\"a\":\"nothing\"}", "profile_field" },
	};
	struct mapping_profile *p = NULL;
	struct table_problem err;
	char *large = malloc(MAPPING_PROFILE_BYTES + 1);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		assert_int_equal(mapping_profile_read(&p, TABLE_PEOPLE, wrong[i].json, strlen(wrong[i].json), &err), -EBADMSG);
		assert_string_equal(table_fault_code(err.fault), wrong[i].code);
	}
	memset(large, ' ', MAPPING_PROFILE_BYTES + 1);
	memcpy(large, "{}", 2);
	assert_int_equal(mapping_profile_read(&p, TABLE_PEOPLE, large, MAPPING_PROFILE_BYTES + 1, &err), -EBADMSG);
	assert_null(p);
	free(large);
}

static void merges_matter_only_where_something_is_taken(void **state)
{
	static const struct table_range title = { 1, 1, 1, 9 }, branch = { 3, 2, 4, 2 }, remark = { 3, 3, 4, 3 }, headers = { 2, 1, 2, 2 };
	struct table *t = table_of("名册,,\n姓名,支部,备注\n甲,一,\n乙,,\n");
	struct table_problem err;
	struct mapping m;
	char problems[256];

	(void)state;
	assert_int_equal(table_add_merge(t, &title, &err), 0);
	assert_int_equal(table_add_merge(t, &remark, &err), 0);
	assert_int_equal(map(&m, t, TABLE_PEOPLE, NULL, problems), 0);
	assert_int_equal(table_add_merge(t, &branch, &err), 0);
	assert_int_equal(map(&m, t, TABLE_PEOPLE, NULL, problems), 0);
	assert_true(mapping_takes(&m, &branch) && !mapping_takes(&m, &remark));
	assert_int_equal(table_add_merge(t, &headers, &err), 0);
	assert_int_equal(map(&m, t, TABLE_PEOPLE, NULL, problems), -EBADMSG);
	assert_string_equal(problems, "merged A2:B2 ;");
	for (size_t i = 4; i < TABLE_MERGES_MAX; i++)
		assert_int_equal(table_add_merge(t, &remark, &err), 0);
	assert_int_equal(table_add_merge(t, &branch, &err), -EBADMSG);
	table_destroy(t);
}

/* 姓名 and 身份证号 reach over two rows, 党员信息 over three columns. */
static void a_header_may_have_two_rows(void **state)
{
	static const struct table_range merges[] = { { 1, 1, 1, 6 }, { 2, 1, 3, 1 }, { 2, 2, 3, 2 }, { 2, 3, 2, 5 }, { 2, 6, 3, 6 } };
	struct table *t = table_of("花名册\n姓名,身份证号,党员信息,,,备注\n,,所在支部,入党时间,职务,\n甲,,一,2001.05.04,书记,\n");
	struct table_problem err;
	struct mapping m;
	char problems[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(merges); i++)
		assert_int_equal(table_add_merge(t, &merges[i], &err), 0);
	assert_int_equal(map(&m, t, TABLE_PEOPLE, NULL, problems), 0);
	assert_int_equal(table_row_number(t, m.header), 3);
	assert_true(m.columns[FIELD_NAME] == 1 && m.columns[FIELD_CARD] == 2 && m.columns[FIELD_ORG] == 3 && m.columns[FIELD_JOINED] == 4 && m.columns[FIELD_POST] == 5);
	assert_int_equal(m.n_ignored, 1);
	assert_int_equal(m.ignored[0], 6);
	assert_string_equal(mapping_header(t, m.header, 6).text, "备注");
	table_destroy(t);
}

/* As many are known in the upper row as in the lower. */
static void of_two_rows_the_lower_is_the_header(void **state)
{
	static const struct table_range merges[] = { { 1, 1, 2, 1 }, { 1, 2, 2, 2 }, { 1, 3, 1, 4 } };
	struct table *t = table_of("姓名,所在支部,联系方式,\n,,微信,手机\n甲,一,x,13812345678\n");
	struct table_problem err;
	struct mapping m;
	char problems[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(merges); i++)
		assert_int_equal(table_add_merge(t, &merges[i], &err), 0);
	assert_int_equal(map(&m, t, TABLE_PEOPLE, NULL, problems), 0);
	assert_true(table_row_number(t, m.header) == 2 && m.columns[FIELD_PHONE] == 4 && m.columns[FIELD_ORG] == 2);
	table_destroy(t);
}

static void lost_digits_matter_where_digits_do(void **state)
{
	struct table *t = table_of("姓名,支部,身份证号\n甲,4.4E+17,4.40106E+17\n");
	struct table_problem err;
	struct mapping m;
	char problems[256];

	(void)state;
	assert_int_equal(map(&m, t, TABLE_PEOPLE, NULL, problems), 0);
	assert_int_equal(mapping_check(&m, t, 1, FIELD_CARD, &err), -EBADMSG);
	assert_string_equal(table_fault_code(err.fault), "cell_lost_digits");
	assert_int_equal(mapping_check(&m, t, 1, FIELD_ORG, &err), 0);
	assert_int_equal(mapping_check(&m, t, 1, FIELD_PHONE, &err), 0);
	table_destroy(t);
}

static void names_lose_what_cannot_be_seen(void **state)
{
	char text[16] = "old";

	(void)state;
	assert_int_equal(value_text(text, sizeof(text), "\xe3\x80\x80 张\xe2\x80\x8b\n 三 \xe2\x80\xae"), 0);
	assert_string_equal(text, "张 三");
	assert_int_equal(value_text(text, sizeof(text), " \xe3\x80\x80"), -ENODATA);
	assert_int_equal(value_text(text, sizeof(text), "0123456789abcdef"), -E2BIG);
	assert_int_equal(value_text(text, sizeof(text), "\xff"), -EINVAL);
	assert_string_equal(text, "张 三");
	assert_int_equal(value_text(text, sizeof(text), "（机关）"), 0);
	assert_string_equal(text, "（机关）");
}

static void names_of_people_have_one_form(void **state)
{
	static const struct {
		const char *from, *to;
	} names[] = {
		{ "张　三", "张三" }, { " 张 三\n", "张三" }, { "李\xc2\xa0 四", "李四" }, { "买买提·吐尔逊", "买买提·吐尔逊" }, { "买买提•吐尔逊", "买买提·吐尔逊" },
		{ "买买提．吐尔逊", "买买提·吐尔逊" }, { "买买提 . 吐尔逊", "买买提·吐尔逊" }, { "买买提・・吐尔逊", "买买提·吐尔逊" }, { "Anna  Lee", "Anna Lee" },
		{ "J. Smith", "J. Smith" }, { "张三.", "张三." }, { "·张三", "·张三" }, { "㐂\xf0\xa0\x80\x80 三", "㐂\xf0\xa0\x80\x80三" }, { "张三 A", "张三 A" },
	};
	char name[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_int_equal(value_person_name(name, sizeof(name), names[i].from), 0);
		assert_string_equal(name, names[i].to);
	}
	assert_int_equal(value_person_name(name, sizeof(name), " 　"), -ENODATA);
	assert_int_equal(value_person_name(name, 4, "张三"), -E2BIG);
	assert_int_equal(value_person_name(name, sizeof(name), "\xff"), -EINVAL);
}

static void phones_and_codes(void **state)
{
	char value[VALUE_CODE_BYTES];

	(void)state;
	assert_int_equal(value_phone(value, "+86 138-1234-5678"), 0);
	assert_string_equal(value, "+8613812345678");
	assert_int_equal(value_phone(value, "(0771)1234567"), 0);
	assert_int_equal(value_phone(value, "13812345678.0"), 0);
	assert_string_equal(value, "13812345678");
	assert_int_equal(value_phone(value, "138/139"), -EINVAL);
	assert_int_equal(value_phone(value, "+"), -EINVAL);
	assert_int_equal(value_code(value, " Ａ０１ 2 "), 0);
	assert_string_equal(value, "A012");
}

static void dates_in_every_form(void **state)
{
	static const char *const days[] = { "2019-07-01", "2019/7/1", "2019.7.1", "2019年7月1日", "20190701", "2019-07-01T08:00:00", "2019/7/1 0:00", "2019-7-1",
	                                    "２０１９．０７．０１", "2019 年 7 月 1 日", " 2019-07-01 08:00:00 ", "2019年7月1日 8:00", "2019 . 07 . 01" };
	static const char *const months[] = { "2019-07", "2019/7", "2019.07", "2019.7", "2019年7月", "201907" };
	static const char *const wrong[] = { "2019", "2019.1", "2019-02-29", "2019-13-01", "19-7-1", "7/1/2019", "2019-07-01x", "2019-7-", "2019年", "43647",
	                                     "2019-07-32", "1899-01-01", "20190732", "2019070", "x", "2019-123-1", "99999999999-1-1" };
	char value[VALUE_DATE_BYTES];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(days); i++) {
		assert_int_equal(value_date(value, days[i]), 0);
		assert_string_equal(value, "2019-07-01");
	}
	for (size_t i = 0; i < ARRAY_LEN(months); i++) {
		assert_int_equal(value_date(value, months[i]), 0);
		assert_string_equal(value, "2019-07");
	}
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		if (value_date(value, wrong[i]) != -EINVAL)
			fail_msg("%s", wrong[i]);
	assert_int_equal(value_date(value, " "), -ENODATA);
	assert_int_equal(value_date(value, "2020.02.29"), 0);
}

static void kinds_have_words(void **state)
{
	(void)state;
	assert_string_equal(value_person_kind(" 村干部 "), "staff");
	assert_string_equal(value_person_kind("talent"), "talent");
	assert_null(value_person_kind("党支部"));
	assert_null(value_person_kind(""));
	assert_string_equal(value_person_kind("预备党员"), "member");
	assert_string_equal(value_person_kind("农村实用人才"), "talent");
	assert_string_equal(value_person_kind("外请专家"), "guest");
	assert_string_equal(value_person_kind("专家"), "talent");
	assert_string_equal(value_person_kind("党员（流动）"), "member");
	assert_string_equal(value_person_kind("非党员"), "staff");
	assert_string_equal(value_person_kind("非中共党员"), "staff");
	assert_string_equal(value_person_kind("专职网格员"), "staff");
	assert_string_equal(value_person_kind("入党积极分子"), "staff");
	assert_string_equal(value_person_kind("村（社区）干部"), "staff");
	assert_string_equal(value_organisation_kind("自治县"), "county");
	assert_string_equal(value_organisation_kind("党总支（支部）"), "general_branch");
	assert_string_equal(value_organisation_kind("中共清河县委员会"), "committee");
	assert_string_equal(value_organisation_kind("党总支"), "general_branch");
	assert_string_equal(value_organisation_kind("总支部"), "general_branch");
	assert_string_equal(value_organisation_kind("流动党员党支部"), "branch");
	assert_string_equal(value_organisation_kind("支部委员会"), "branch");
	assert_string_equal(value_organisation_kind("基层党委"), "committee");
	assert_string_equal(value_organisation_kind(value_organisation_word("committee")), "committee");
	assert_string_equal(value_person_kind(value_person_word("guest")), "guest");
	assert_string_equal(value_person_word("x"), "");
	assert_string_equal(value_organisation_kind("非公企业联合党支部"), "joint");
	assert_string_equal(value_organisation_kind("网格党支部"), "network");
	for (size_t i = 0; i < ARRAY_LEN(org_kinds); i++)
		assert_string_equal(value_organisation_kind(value_organisation_word(org_kinds[i])), org_kinds[i]);
}

static void paths_are_parted_by_one_sign(void **state)
{
	char path[64] = "old";

	(void)state;
	assert_int_equal(value_path(path, sizeof(path), " 南岭市委 ／青河镇党委>> 第一 党支部/"), 0);
	assert_string_equal(path, "南岭市委/青河镇党委/第一 党支部");
	assert_int_equal(value_path(path, sizeof(path), "甲"), 0);
	assert_string_equal(path, "甲");
	assert_int_equal(value_path(path, sizeof(path), " // "), -ENODATA);
	assert_int_equal(value_path(path, 8, "甲/乙/丙"), -E2BIG);
	assert_string_equal(path, "甲");
}

static void several_in_a_cell(void **state)
{
	const char *at = " 书记、 、支委；a/b，c|\nd", *long_one = "abcdefgh,x";
	static const char *const expected[] = { "书记", "支委", "a/b", "c", "d" };
	char value[32], small[4];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		assert_int_equal(value_next(&at, value, sizeof(value)), 1);
		assert_string_equal(value, expected[i]);
	}
	assert_int_equal(value_next(&at, value, sizeof(value)), 0);
	assert_int_equal(value_next(&long_one, small, sizeof(small)), -E2BIG);
	assert_int_equal(value_next(&long_one, small, sizeof(small)), 1);
	assert_string_equal(small, "x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(headers_are_found_below_titles),
		LEAVES_NOTHING(missing_and_doubled_headers_are_told),
		LEAVES_NOTHING(of_several_columns_the_surest_is_taken),
		LEAVES_NOTHING(every_field_is_known_by_its_header_and_name),
		LEAVES_NOTHING(a_profile_goes_before_our_headers),
		LEAVES_NOTHING(wrong_profiles_are_refused),
		LEAVES_NOTHING(merges_matter_only_where_something_is_taken),
		LEAVES_NOTHING(a_header_may_have_two_rows),
		LEAVES_NOTHING(of_two_rows_the_lower_is_the_header),
		LEAVES_NOTHING(lost_digits_matter_where_digits_do),
		LEAVES_NOTHING(names_lose_what_cannot_be_seen),
		LEAVES_NOTHING(names_of_people_have_one_form),
		LEAVES_NOTHING(phones_and_codes),
		LEAVES_NOTHING(dates_in_every_form),
		LEAVES_NOTHING(kinds_have_words),
		LEAVES_NOTHING(paths_are_parted_by_one_sign),
		LEAVES_NOTHING(several_in_a_cell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
