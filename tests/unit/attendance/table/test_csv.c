/* CSV as offices save it: every encoding, separator and line end; what is wrong names its place; what is written can be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/table/csv_read.h"
#include "attendance/table/csv_write.h"
#include "attendance/table/encoding.h"
#include "tests/unit/leaves_nothing.h"

/* Decodes and reads; -EBADMSG with *err. */
static int read_bytes(struct table **ret, const char *bytes, size_t len, struct table_problem *err)
{
	CLEANUP(encodings_closep) struct encodings *e = NULL;
	CLEANUP(table_destroyp) struct table *t = NULL;
	CLEANUP(mem_freep) char *text = NULL;
	size_t text_len;
	int r;

	assert_int_equal(encodings_open(&e), 0);
	assert_int_equal(table_create(&t), 0);
	r = encodings_decode(e, &text, &text_len, bytes, len, err);
	if (r == 0)
		r = csv_read(t, text, text_len, err);
	if (r == 0)
		*ret = STEAL(t);
	return r;
}

static struct table *read_text(const char *text)
{
	struct table_problem err = { 0 };
	struct table *t = NULL;

	if (read_bytes(&t, text, strlen(text), &err) < 0)
		fail_msg("%s at row %u, column %u", table_fault_code(err.fault), err.row, err.column);
	return t;
}

static void expect_cell(const struct table *t, size_t row, uint32_t column, const char *text)
{
	assert_string_equal(table_cell(t, row, column).text, text);
	assert_int_equal(table_cell(t, row, column).len, strlen(text));
}

static void expect_problem(const char *bytes, size_t len, enum table_fault fault, uint32_t row, uint32_t column)
{
	struct table_problem err = { 0 };
	struct table *t = NULL;

	assert_int_equal(read_bytes(&t, bytes, len, &err), -EBADMSG);
	assert_null(t);
	assert_string_equal(table_fault_code(err.fault), table_fault_code(fault));
	assert_int_equal(err.row, row);
	assert_int_equal(err.column, column);
}

static void quotes_separators_and_line_ends(void **state)
{
	static const char *const texts[] = {
		"姓名,备注\r\n张三,\"a,\"\"b\"\"\nc\"\r\n\r\n李四,\r\n",
		"姓名;备注\n张三;\"a,\"\"b\"\"\nc\"\n\n李四",
		"姓名\t备注\r张三\t\"a,\"\"b\"\"\nc\"\r\r李四\t\t\r",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct table *t = read_text(texts[i]);

		assert_int_equal(table_rows(t), 3);
		expect_cell(t, 0, 2, "备注");
		expect_cell(t, 1, 1, "张三");
		expect_cell(t, 1, 2, "a,\"b\"\nc");
		expect_cell(t, 1, 3, "");
		expect_cell(t, 2, 1, "李四");
		assert_int_equal(table_row_columns(t, 2), 1);
		/* The record of two lines is one row, the empty line another, as a spreadsheet program counts them. */
		assert_int_equal(table_row_number(t, 1), 2);
		assert_int_equal(table_row_number(t, 2), 4);
		table_destroy(t);
	}
}

/* Commas in the texts of a table whose fields semicolons part, and the other way round. */
static void what_parts_most_lines_alike_is_the_separator(void **state)
{
	static const char *const texts[] = { "名册\n姓名;备注\n甲;一,二,三,四\n乙;五,六\n", "姓名|备注\n甲|一,二,三\n乙|三\n", "姓名,备注\n甲,一;二;三\n乙,四;五\n丙,六\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct table *t = read_text(texts[i]);

		expect_cell(t, i == 0, 1, "姓名");
		expect_cell(t, i == 0, 2, "备注");
		expect_cell(t, 2 + (i == 0), 1, "乙");
		table_destroy(t);
	}
}

static void a_field_with_gaps_is_found_by_its_column(void **state)
{
	struct table *t = read_text(",,c,,e\n");

	(void)state;
	expect_cell(t, 0, 1, "");
	expect_cell(t, 0, 3, "c");
	expect_cell(t, 0, 4, "");
	expect_cell(t, 0, 5, "e");
	expect_cell(t, 0, 6, "");
	expect_cell(t, 0, 0, "");
	expect_cell(t, 1, 1, "");
	table_destroy(t);
}

static size_t encode(char *ret, size_t size, const char *encoding, const char *mark, size_t mark_len, const char *text)
{
	iconv_t c = iconv_open(encoding, "UTF-8");
	size_t in_left = strlen(text), left = size - mark_len;
	char *in = (char *)text, *out = ret + mark_len;

	memcpy(ret, mark, mark_len);
	assert_int_equal(iconv(c, &in, &in_left, &out, &left), 0);
	iconv_close(c);
	return size - left;
}

static void every_encoding_gives_the_same_names(void **state)
{
	static const struct {
		const char *encoding, *mark;
		size_t mark_len;
	} ways[] = {
		{ "UTF-8", "", 0 }, { "UTF-8", "\xef\xbb\xbf", 3 }, { "GB18030", "", 0 },
		{ "UTF-16LE", "\xff\xfe", 2 }, { "UTF-16BE", "\xfe\xff", 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct table_problem err = { 0 };
		struct table *t = NULL;
		char bytes[256];
		size_t len = encode(bytes, sizeof(bytes), ways[i].encoding, ways[i].mark, ways[i].mark_len, "姓名,所在支部\n王䶮𠮷,青河镇党支部\n");

		assert_int_equal(read_bytes(&t, bytes, len, &err), 0);
		expect_cell(t, 0, 1, "姓名");
		expect_cell(t, 1, 1, "王䶮𠮷");        /* the second of four bytes in GB18030, the third a surrogate pair */
		expect_cell(t, 1, 2, "青河镇党支部");
		table_destroy(t);
	}
}

static void wrong_bytes_name_their_row(void **state)
{
	static const char damaged[] = "姓名,所在支部\n张三,青河镇\xff党支部\n", marked[] = "\xef\xbb\xbf" "a\nb\n\xc0\xc0\n",
	                  neither[] = "\xd0\xd5\xc3\xfb\n\xff\xff\n", half[] = "\xff\xfe" "a\0b";

	(void)state;
	/* UTF-8 with a wrong byte is not read as GB18030, which would make other names of it. */
	expect_problem(damaged, sizeof(damaged) - 1, TABLE_ENCODING, 2, 0);
	expect_problem(marked, sizeof(marked) - 1, TABLE_ENCODING, 3, 0);
	expect_problem(neither, sizeof(neither) - 1, TABLE_ENCODING, 2, 0);
	expect_problem(half, sizeof(half) - 1, TABLE_ENCODING, 1, 0);
}

static void wrong_quotes_and_characters_name_their_cell(void **state)
{
	static const char control[] = "a,b\nc,d\x01\n", zero[] = "a\0b\n";

	(void)state;
	expect_problem("a,\"b\"c\n", 7, TABLE_QUOTE, 1, 2);
	expect_problem("a,b\nc,\"d\n", 9, TABLE_QUOTE_OPEN, 2, 2);
	expect_problem("\"", 1, TABLE_QUOTE_OPEN, 1, 1);
	expect_problem(control, sizeof(control) - 1, TABLE_CONTROL_CHARACTER, 2, 2);
	expect_problem(zero, sizeof(zero) - 1, TABLE_CONTROL_CHARACTER, 1, 1);
	expect_problem("", 0, TABLE_EMPTY, 0, 0);
	expect_problem("\r\n,,\r\n", 6, TABLE_EMPTY, 0, 0);
}

static void bounds_have_their_error(void **state)
{
	size_t len = TABLE_ROWS_MAX * 2 + 2;
	char *bytes = malloc(len + TABLE_CELL_MAX);
	struct table_problem err = { 0 };
	struct table *t = NULL;

	(void)state;
	for (size_t i = 0; i < len; i += 2)
		memcpy(bytes + i, "a\n", 2);
	assert_int_equal(read_bytes(&t, bytes, len - 2, &err), 0);
	assert_int_equal(table_rows(t), TABLE_ROWS_MAX);
	table_destroy(t);
	expect_problem(bytes, len, TABLE_TOO_MANY_ROWS, 0, 0);
	memset(bytes, ',', 300);
	bytes[256] = 'x';
	expect_problem(bytes, 300, TABLE_TOO_MANY_COLUMNS, 1, 257);
	bytes[256] = ',';
	bytes[255] = 'x';
	assert_int_equal(read_bytes(&t, bytes, 300, &err), 0);
	expect_cell(t, 0, 256, "x");
	table_destroy(t);
	memset(bytes, 'x', TABLE_CELL_MAX + 1);
	expect_problem(bytes, TABLE_CELL_MAX + 1, TABLE_CELL_TOO_LONG, 1, 1);
	free(bytes);
}

static void a_shortened_number_is_noted(void **state)
{
	struct table *t = read_text("4.40106E+17,440106199001011234,1.5,E+17\n");
	struct table_problem err;

	(void)state;
	assert_int_equal(table_cell_check(t, 0, 1, &err), -EBADMSG);
	assert_string_equal(table_fault_code(err.fault), "cell_lost_digits");
	for (uint32_t column = 2; column < 5; column++)
		assert_int_equal(table_cell_check(t, 0, column, &err), 0);
	table_destroy(t);
}

static void habits_of_other_programs(void **state)
{
	struct table *t = read_text("sep=|\r\na,b|=\"00123\"|\"=\"\"1\"\"\"|=\"1\"&\"2\"|'=\"3\"\n");

	(void)state;
	assert_int_equal(table_row_number(t, 0), 2);
	expect_cell(t, 0, 1, "a,b");
	expect_cell(t, 0, 2, "00123");
	expect_cell(t, 0, 3, "1");
	expect_cell(t, 0, 4, "=\"1\"&\"2\"");
	expect_cell(t, 0, 5, "=\"3\"");
	table_destroy(t);
	t = read_text("sep=x,1\n");
	expect_cell(t, 0, 1, "sep=x");
	table_destroy(t);
}

static void what_is_written_is_safe_and_read_back(void **state)
{
	static const char *const cells[] = {
		"=1+1", "+86 138", "-1", "@x", "'=1+1", "''=1", "'x", "a\"b,c\n", "<b>张三</b>", "", "'",
	};
	struct table *t;
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
		csv_write_cell(out, cells[i]);
		fputs(i + 1 < ARRAY_LEN(cells) ? "," : CSV_LINE_END, out);
	}
	fclose(out);
	assert_non_null(strstr(text, "\"'=1+1\",\"'+86 138\",\"'-1\",\"'@x\",\"''=1+1\",\"'''=1\",\"'x\","));
	t = read_text(text);
	for (size_t i = 0; i < ARRAY_LEN(cells); i++)
		expect_cell(t, 0, (uint32_t)i + 1, cells[i]);
	table_destroy(t);
	free(text);
}

static void a_problem_is_a_sentence_in_both_languages(void **state)
{
	struct table_problem p = { .fault = TABLE_MERGED, .row = 2, .column = 28, .last_row = 4, .last_column = 28 };
	char sentence[PROBLEM_SENTENCE_BYTES];

	(void)state;
	table_problem_say(sentence, &p, TABLE_ENGLISH);
	assert_string_equal(sentence, "merged cells AB2:AB4: which row they mean is not clear; unmerge them");
	table_problem_set(&p, TABLE_HEADER_MISSING, 3, 0, "姓名");
	table_problem_say(sentence, &p, TABLE_CHINESE);
	assert_string_equal(sentence, "第 3 行：缺少“姓名”列");
	for (int fault = 1; fault < TABLE_FAULT_COUNT; fault++) {
		table_problem_set(&p, (enum table_fault)fault, 1, 1, "x");
		for (int language = 0; language < 2; language++) {
			table_problem_say(sentence, &p, (enum table_language)language);
			assert_true(sentence[0] && !strchr(sentence, '{'));
		}
		assert_true(table_fault_code((enum table_fault)fault)[0]);
	}
}

static void every_failed_allocation_is_told(void **state)
{
	static const char text[] = "姓名,备注\n张三,\"x\"\n";
	struct table_problem err;
	struct table *t = NULL;
	int r = -ENOMEM;

	(void)state;
	for (uint64_t n = 1; r == -ENOMEM; n++) {
		CLEANUP(table_destroyp) struct table *made = NULL;
		char copy[sizeof(text)];

		memcpy(copy, text, sizeof(text));
		mem_fail_at(n);
		r = table_create(&made);
		if (r == 0)
			r = csv_read(made, copy, sizeof(text) - 1, &err);
		mem_fail_at(0);
		if (r == 0)
			t = STEAL(made);
	}
	assert_int_equal(r, 0);
	table_destroy(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(quotes_separators_and_line_ends),
		LEAVES_NOTHING(what_parts_most_lines_alike_is_the_separator),
		LEAVES_NOTHING(a_field_with_gaps_is_found_by_its_column),
		LEAVES_NOTHING(every_encoding_gives_the_same_names),
		LEAVES_NOTHING(wrong_bytes_name_their_row),
		LEAVES_NOTHING(wrong_quotes_and_characters_name_their_cell),
		LEAVES_NOTHING(bounds_have_their_error),
		LEAVES_NOTHING(a_shortened_number_is_noted),
		LEAVES_NOTHING(habits_of_other_programs),
		LEAVES_NOTHING(what_is_written_is_safe_and_read_back),
		LEAVES_NOTHING(a_problem_is_a_sentence_in_both_languages),
		LEAVES_NOTHING(every_failed_allocation_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
