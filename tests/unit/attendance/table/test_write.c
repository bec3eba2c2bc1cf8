/* Exports: what is written is read again as it was, no spreadsheet program runs any of it, and a second round changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/table/archive.h"
#include "attendance/table/file.h"
#include "attendance/table/mapping.h"
#include "attendance/table/write.h"
#include "tests/unit/leaves_nothing.h"

#define COLUMNS 8

static const char *const rows[][COLUMNS] = {
	{ "姓名", "所在党组织", "公民身份号码", "备注", "a", "b", "c", "d" },
	{ "张三", "南岭市委/青河镇党委/第一党支部", "11010519491231002X", "=HYPERLINK(\"http://x\")", "+1", "-1", "@x", "'=1" },
	{ "<b>李\"四\"</b> & 王", "a,b;c", "440106199001011234", "", NULL, "two\nlines", "\ttab", "00123" },
	{ "𠮷", "_x0041_", "1e5", "2019-07-01", "TRUE", "'", "#N/A", "http://x/" },
};

static void write_all(char **ret, size_t *ret_len, enum table_format format)
{
	CLEANUP(table_writer_destroyp) struct table_writer *w = NULL;

	assert_int_equal(table_writer_create(&w, format, "党员/名册?"), 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(table_writer_row(w, rows[i], COLUMNS), 0);
	assert_int_equal(table_writer_end(w, ret, ret_len), 0);
}

static struct table *read_all(const char *bytes, size_t len)
{
	CLEANUP(encodings_closep) struct encodings *e = NULL;
	struct table_problem err = { 0 };
	struct table *t = NULL;

	assert_int_equal(encodings_open(&e), 0);
	assert_int_equal(table_create(&t), 0);
	if (file_read(t, e, bytes, len, NULL, &err) < 0)
		fail_msg("%s %u %u %s", table_fault_code(err.fault), err.row, err.column, err.text);
	return t;
}

static void what_is_written_is_read_again(void **state)
{
	static const enum table_format formats[] = { TABLE_CSV, TABLE_XLSX };

	(void)state;
	for (size_t f = 0; f < ARRAY_LEN(formats); f++) {
		struct table *t;
		char *bytes;
		size_t len;

		write_all(&bytes, &len, formats[f]);
		t = read_all(bytes, len);
		assert_int_equal(table_rows(t), ARRAY_LEN(rows));
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			for (uint32_t c = 0; c < COLUMNS; c++) {
				assert_string_equal(table_cell(t, i, c + 1).text, rows[i][c] ? rows[i][c] : "");
				assert_int_equal(table_cell(t, i, c + 1).notes, 0);
			}
		}
		table_destroy(t);
		free(bytes);
	}
}

/* The whole text of a part of a workbook; free() it. */
static char *part_of(const char *bytes, size_t len, const char *name)
{
	CLEANUP(archive_closep) struct archive *a = NULL;
	CLEANUP(archive_part_closep) struct archive_part *p = NULL;
	struct table_problem err;
	char *text = calloc(1, 65536);

	assert_int_equal(archive_open(&a, bytes, len, &err), 0);
	assert_int_equal(archive_part_open(&p, a, name, &err), 0);
	assert_true(archive_part_read(p, text, 65535, &err) > 0);
	return text;
}

static void a_workbook_has_texts_only(void **state)
{
	char *bytes, *sheet, *book;
	size_t len;

	(void)state;
	write_all(&bytes, &len, TABLE_XLSX);
	sheet = part_of(bytes, len, "xl/worksheets/sheet1.xml");
	book = part_of(bytes, len, "xl/workbook.xml");
	assert_null(strstr(sheet, "<f>"));
	assert_null(strstr(sheet, "hyperlink"));
	for (const char *at = sheet; (at = strstr(at, "<v>")); at++)
		assert_true(at - sheet > 8 && memcmp(at - 6, "t=\"s\">", 6) == 0);
	assert_non_null(strstr(book, "党员_名册_"));
	free(book);
	free(sheet);
	free(bytes);
}

static void our_headers_are_ours_again(void **state)
{
	CLEANUP(table_writer_destroyp) struct table_writer *w = NULL;
	CLEANUP(table_destroyp) struct table *t = NULL;
	const char *cells[FIELDS];
	struct table_problems *problems = calloc(1, sizeof(*problems));
	struct mapping m;
	char *bytes;
	size_t len, n = 0;

	(void)state;
	for (int f = 0; f < FIELDS; f++)
		if (field_is_of(TABLE_PEOPLE, (enum field)f))
			cells[n++] = field_header(TABLE_PEOPLE, (enum field)f);
	assert_int_equal(table_writer_create(&w, TABLE_XLSX, ""), 0);
	assert_int_equal(table_writer_row(w, cells, n), 0);
	assert_int_equal(table_writer_end(w, &bytes, &len), 0);
	t = read_all(bytes, len);
	assert_int_equal(mapping_find(&m, t, TABLE_PEOPLE, NULL, true, problems), 0);
	assert_int_equal(m.n_ignored, 0);
	for (int f = 0; f < FIELDS; f++)
		assert_int_equal(m.columns[f] > 0, field_is_of(TABLE_PEOPLE, (enum field)f));
	free(problems);
	free(bytes);
}

static void bounds_are_told(void **state)
{
	CLEANUP(table_writer_destroyp) struct table_writer *w = NULL;
	const char *cells[TABLE_WRITE_COLUMNS_MAX + 1] = { NULL };
	char *large = malloc(40000);

	(void)state;
	assert_int_equal(table_writer_create(&w, TABLE_XLSX, "x"), 0);
	assert_int_equal(table_writer_row(w, cells, ARRAY_LEN(cells)), -EINVAL);
	memset(large, 'x', 39999);
	large[39999] = 0;
	cells[0] = large;
	assert_int_equal(table_writer_row(w, cells, 1), -E2BIG);
	free(large);
	/* Not ended: destroying is enough. */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(what_is_written_is_read_again),
		LEAVES_NOTHING(a_workbook_has_texts_only),
		LEAVES_NOTHING(our_headers_are_ours_again),
		LEAVES_NOTHING(bounds_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
