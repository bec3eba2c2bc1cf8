/* A report as a file, opened again by the reader of imports: what stands in it, of which type, and that no text is run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/period_file.h"
#include "attendance/table/workbook.h"
#include "attendance/table/file.h"
#include "media/base/mem.h"

#define FIGURES_OF(arrived) \
	"\"held\":1,\"invited\":2,\"accepted\":1,\"attended\":1,\"expected\":3,\"arrived\":" #arrived ",\"on_leave\":0,\"absent\":1,\"guests\":0,\"present_s\":5430," \
	"\"unproved_s\":0,\"met\":2,\"sent\":3,\"milli_hours\":2011,\"rate_permille\":667"
#define HEAD \
	"\"view\":\"0123456789abcdef\",\"report\":1,\"org\":4,\"org_name\":\"南岭市 & 某县\",\"from\":\"2026-11-01\",\"to\":\"2026-11-30\",\"alone\":false,\"as_of_ms\":1796000000000," \
	"\"known\":{\"sequence\":77,\"hash\":\"aa\",\"time_ms\":1796000000000},\"rules\":[0,3],\"hash\":\"beef\",\"months\":[{\"month\":\"2026-11\"," FIGURES_OF(2) "}],\"total\":{" FIGURES_OF(2) "}"

static const char orgs[] =
	"{" HEAD ",\"level\":\"children\",\"items\":[{\"org\":5,\"name\":\"=SUM(A1:A9)\",\"kind\":\"branch\",\"own\":false," FIGURES_OF(2) "},"
	"{\"org\":4,\"name\":\"某县\",\"kind\":\"county\",\"own\":true," FIGURES_OF(2) "}],\"others\":{\"count\":1," FIGURES_OF(2) "}}";
static const char persons[] =
	"{" HEAD ",\"level\":\"persons\",\"items\":[{\"person\":9,\"name\":\"@安娜_x000D_\",\"org\":5,\"org_name\":\"+支部\"," FIGURES_OF(2) "}]}";

static char *write_file(const char *page, enum table_format format, enum period_language language, size_t *ret_len)
{
	char *bytes = NULL;

	assert_int_equal(period_file_write(page, format, language, &bytes, ret_len), 0);
	return bytes;
}

static struct table *read_file(const char *bytes, size_t len, const char *sheet)
{
	CLEANUP(encodings_closep) struct encodings *e = NULL;
	struct table_problem problem;
	struct table *t = NULL;

	assert_int_equal(encodings_open(&e), 0);
	assert_int_equal(table_create(&t), 0);
	assert_int_equal(file_read(t, e, bytes, len, sheet, &problem), 0);
	return t;
}

static struct table *open_sheet(const char *page, const char *sheet)
{
	size_t len;
	char *bytes = write_file(page, TABLE_XLSX, PERIOD_ZH, &len);
	struct table *t = read_file(bytes, len, sheet);

	free(bytes);
	return t;
}

static void assert_cell(const struct table *t, size_t row, uint32_t column, const char *text)
{
	assert_string_equal(table_cell(t, row, column).text, text);
}

static void a_workbook_has_its_rows(void **state)
{
	int64_t live = mem_live();
	struct table *t = open_sheet(orgs, "统计");
	size_t n = 0;

	(void)state;
	table_sheets(t, &n);
	assert_int_equal(n, 3);
	assert_int_equal(table_rows(t), 5);
	assert_cell(t, 0, 1, "组织");
	assert_cell(t, 0, 11, "到课率");
	assert_cell(t, 1, 1, "=SUM(A1:A9)");            /* a text, whatever it begins with: a formula would have no value here */
	assert_int_equal(table_cell(t, 1, 1).notes, 0);
	assert_cell(t, 1, 2, "党支部");
	assert_cell(t, 1, 7, "3");
	assert_cell(t, 1, 11, "0.667");
	assert_cell(t, 1, 13, "90.5");
	assert_cell(t, 1, 17, "2.011");
	assert_cell(t, 2, 1, "某县（本级）");
	assert_cell(t, 4, 1, "合计");
	table_destroy(t);
	assert_int_equal(mem_live(), live);
}

static void days_are_days(void **state)
{
	struct table *t = open_sheet(orgs, "按月");

	(void)state;
	assert_int_equal(table_rows(t), 3);
	assert_cell(t, 1, 1, "2026-11-01");
	assert_cell(t, 2, 1, "合计");
	table_destroy(t);
	t = open_sheet(orgs, "说明");
	assert_cell(t, 1, 2, "南岭市 & 某县");
	assert_cell(t, 2, 2, "2026-11-01");
	assert_cell(t, 3, 2, "2026-11-30");
	assert_cell(t, 4, 1, "名称截至");
	assert_memory_equal(table_cell(t, 4, 2).text, "2026-11-30T0", 12);      /* in Shanghai */
	assert_cell(t, 8, 2, "默认 3");
	assert_cell(t, 10, 2, "beef");
	table_destroy(t);
}

static void persons_have_their_own_columns(void **state)
{
	struct table *t = open_sheet(persons, NULL);

	(void)state;
	assert_cell(t, 0, 1, "姓名");
	assert_cell(t, 1, 1, "@安娜_x000D_");
	assert_cell(t, 1, 2, "+支部");
	assert_cell(t, 1, 3, "3");
	assert_cell(t, 1, 12, "2.011");
	table_destroy(t);
}

static void csv_says_what_it_is_of(void **state)
{
	size_t len;
	char *bytes = write_file(orgs, TABLE_CSV, PERIOD_EN, &len);

	(void)state;
	assert_memory_equal(bytes, "\xef\xbb\xbf\"Organisation\",\"Kind\",\"Classes held\"", 39);
	assert_non_null(strstr(bytes, "\r\n\"'=SUM(A1:A9)\",\"branch\",1,2,1,1,3,2,0,1,0.667,0,90.5,0.0,2,3,2.011,2026-11-01,2026-11-30,"));
	assert_non_null(strstr(bytes, ",77,2026-11-30T"));
	assert_non_null(strstr(bytes, "+08:00,\"default 3\",1,\"beef\"\r\n"));
	assert_non_null(strstr(bytes, "\"Total\""));
	assert_null(strstr(bytes, "By month"));
	free(bytes);
}

static void what_is_no_report_is_refused(void **state)
{
	static const char *const bad[] = { "", "[]", "{}", "{\"from\":\"2026-11-01\",\"to\":\"x\"}" };
	char *bytes = NULL;
	size_t len;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(period_file_write(bad[i], TABLE_XLSX, PERIOD_ZH, &bytes, &len), -EBADMSG);
		assert_int_equal(period_file_write(bad[i], TABLE_CSV, PERIOD_ZH, &bytes, &len), -EBADMSG);
	}
}

/* Whatever allocation fails: an error, and nothing is left behind. */
static void no_memory(void **state)
{
	int64_t live = mem_live();
	int r = -ENOMEM;

	(void)state;
	for (uint64_t nth = 1; r == -ENOMEM && nth < 1000; nth++) {
		char *bytes = NULL;
		size_t len;

		mem_fail_at(nth);
		r = period_file_write(persons, TABLE_XLSX, PERIOD_ZH, &bytes, &len);
		mem_fail_at(0);
		free(bytes);
		assert_int_equal(mem_live(), live);
	}
	assert_int_equal(r, 0);
}

/* More rows than memory should hold: they are in the file as they came. */
static void many_rows(void **state)
{
	static const struct book_column columns[] = { { "n", 8 }, { "text", 20 } };
	const struct book_sheet sheet = { .name = "many", .top = "", .bottom = "", .columns = columns, .n_columns = 2, .lookup = true };
	struct table *t;
	struct book *b = NULL;
	char *bytes = NULL;
	size_t len;

	(void)state;
	assert_int_equal(book_create(&b, TABLE_XLSX), 0);
	assert_int_equal(book_begin_sheet(b, &sheet), 0);
	for (int64_t i = 0; i < 20000; i++)
		assert_int_equal(book_row(b, (struct book_cell[]){ { .type = BOOK_COUNT, .number = i }, { .type = BOOK_TEXT, .text = "行" } }, 2, false), 0);
	assert_int_equal(book_row(b, (struct book_cell[]){ { 0 }, { 0 }, { 0 } }, 3, false), -EINVAL);
	assert_int_equal(book_end(b, &bytes, &len), 0);
	book_destroy(b);
	t = read_file(bytes, len, NULL);
	assert_int_equal(table_rows(t), 20001);
	assert_cell(t, 20000, 1, "19999");
	table_destroy(t);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_workbook_has_its_rows),
		cmocka_unit_test(days_are_days),
		cmocka_unit_test(persons_have_their_own_columns),
		cmocka_unit_test(csv_says_what_it_is_of),
		cmocka_unit_test(what_is_no_report_is_refused),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(many_rows),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
