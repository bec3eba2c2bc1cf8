/* Workbooks: what their cells say, and what is refused before it can do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/table/file.h"
#include "attendance/table/number.h"
#include "tests/unit/attendance/table/book.h"
#include "tests/unit/leaves_nothing.h"

#define STYLES \
	"<styleSheet " MAIN_SPACE "><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@\"/></numFmts>" \
	"<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>" \
	"<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"31\"/><xf numFmtId=\"49\"/><xf numFmtId=\"21\"/></cellXfs></styleSheet>"
#define STRINGS \
	"<sst " MAIN_SPACE "><si><t>姓名</t></si><si><r><rPr><b/></rPr><t>张</t></r><r><t xml:space=\"preserve\"> 三</t></r><rPh sb=\"0\" eb=\"1\"><t>zhang</t></rPh></si>" \
	"<si><t>&lt;b&gt;王&lt;/b&gt; &amp; =1+1 _x000A_ _x005F_x0041_</t></si><si/></sst>"

static int read_bytes(struct table **ret, const char *bytes, size_t len, const char *sheet, struct table_problem *err)
{
	CLEANUP(encodings_closep) struct encodings *e = NULL;
	CLEANUP(table_destroyp) struct table *t = NULL;
	int r;

	assert_int_equal(encodings_open(&e), 0);
	assert_int_equal(table_create(&t), 0);
	r = file_read(t, e, bytes, len, sheet, err);
	if (r == 0)
		*ret = STEAL(t);
	return r;
}

static int read_parts(struct table **ret, const struct book_part *parts, size_t n, struct table_problem *err)
{
	char *bytes;
	size_t len;
	int r;

	book_make(&bytes, &len, parts, n, 0);
	r = read_bytes(ret, bytes, len, NULL, err);
	free(bytes);
	return r;
}

static struct table *read_sheet(const char *sheet)
{
	const struct book_part parts[] = { { "xl/worksheets/sheet1.xml", sheet, 0 }, { "xl/sharedStrings.xml", STRINGS, 0 }, { "xl/styles.xml", STYLES, 0 } };
	struct table_problem err = { 0 };
	struct table *t = NULL;

	if (read_parts(&t, parts, ARRAY_LEN(parts), &err) < 0)
		fail_msg("%s at %u, %u: %s", table_fault_code(err.fault), err.row, err.column, err.text);
	return t;
}

static void expect_fault(const struct book_part *parts, size_t n, enum table_fault fault)
{
	struct table_problem err = { 0 };
	struct table *t = NULL;

	assert_int_equal(read_parts(&t, parts, n, &err), -EBADMSG);
	assert_string_equal(table_fault_code(err.fault), table_fault_code(fault));
}

static void expect_sheet_fault(const char *sheet, enum table_fault fault)
{
	const struct book_part parts[] = { { "xl/worksheets/sheet1.xml", sheet, 0 }, { "xl/sharedStrings.xml", STRINGS, 0 }, { "xl/styles.xml", STYLES, 0 } };

	expect_fault(parts, ARRAY_LEN(parts), fault);
}

static void expect_bytes_fault(const char *bytes, size_t len, enum table_fault fault)
{
	struct table_problem err = { 0 };
	struct table *t = NULL;

	assert_int_equal(read_bytes(&t, bytes, len, NULL, &err), -EBADMSG);
	assert_string_equal(table_fault_code(err.fault), table_fault_code(fault));
}

static void expect_cell(const struct table *t, size_t row, uint32_t column, const char *text)
{
	assert_string_equal(table_cell(t, row, column).text, text);
}

static void expect_note(const struct table *t, size_t row, uint32_t column, const char *code)
{
	struct table_problem err;

	assert_int_equal(table_cell_check(t, row, column, &err), -EBADMSG);
	assert_string_equal(table_fault_code(err.fault), code);
}

static void texts_of_all_kinds(void **state)
{
	struct table *t = read_sheet(SHEET(
		"<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"C1\" t=\"s\"><v>2</v></c><c r=\"D1\" t=\"s\"><v>3</v></c></row>"
		"<row r=\"7\" spans=\"1:3\"><c r=\"A7\" t=\"s\"><v>1</v></c><c r=\"B7\" t=\"inlineStr\"><is><t>李</t><rPh><t>li</t></rPh><r><t>四</t></r></is></c>"
		"<c r=\"C7\" t=\"b\"><v>1</v></c><c r=\"D7\" t=\"str\"><f>A1</f><v>x&amp;y</v></c><c r=\"E7\" t=\"s\" s=\"4\"><v>0</v></c></row>"
		"<row><c><v>5</v></c><c><v>6</v></c></row>"));

	(void)state;
	assert_int_equal(table_rows(t), 3);
	expect_cell(t, 0, 1, "姓名");
	expect_cell(t, 0, 3, "<b>王</b> & =1+1 \n _x0041_");
	expect_cell(t, 0, 4, "");
	assert_int_equal(table_row_number(t, 1), 7);
	expect_cell(t, 1, 1, "张 三");
	expect_cell(t, 1, 2, "李四");
	expect_cell(t, 1, 3, "TRUE");
	expect_cell(t, 1, 4, "x&y");
	expect_cell(t, 1, 5, "姓名");
	/* Without places they follow one another. */
	assert_int_equal(table_row_number(t, 2), 8);
	expect_cell(t, 2, 2, "6");
	table_destroy(t);
}

static void numbers_and_dates(void **state)
{
	struct table *t = read_sheet(SHEET(
		"<row r=\"1\"><c r=\"A1\"><v>12</v></c><c r=\"B1\"><v>1.5</v></c><c r=\"C1\"><v>4.40106199001011E+17</v></c>"
		"<c r=\"D1\"><v>13812345678</v></c><c r=\"E1\"><v>0.1</v></c><c r=\"F1\"><v>-3.0</v></c></row>"
		"<row r=\"2\"><c r=\"A2\" s=\"1\"><v>43647</v></c><c r=\"B2\" s=\"2\"><v>43647</v></c><c r=\"C2\" s=\"3\"><v>1</v></c>"
		"<c r=\"D2\" s=\"1\"><v>43647.75</v></c><c r=\"E2\" t=\"d\"><v>2019-07-01T00:00:00</v></c><c r=\"F2\" s=\"5\"><v>0.5</v></c>"
		"<c r=\"G2\" s=\"4\"><v>43647</v></c><c r=\"H2\" s=\"1\"><v>60</v></c><c r=\"I2\" s=\"1\"><v>61</v></c><c r=\"J2\" s=\"1\"><v>-5</v></c>"
		"<c r=\"K2\" s=\"99\"><v>43647</v></c></row>"));

	(void)state;
	expect_cell(t, 0, 1, "12");
	expect_cell(t, 0, 2, "1.5");
	expect_note(t, 0, 3, "cell_lost_digits");
	expect_cell(t, 0, 4, "13812345678");
	expect_cell(t, 0, 5, "0.1");
	expect_cell(t, 0, 6, "-3");
	expect_cell(t, 1, 1, "2019-07-01");
	expect_cell(t, 1, 2, "2019-07-01");
	expect_cell(t, 1, 3, "1900-01-01");
	expect_cell(t, 1, 4, "2019-07-01T18:00:00");
	expect_cell(t, 1, 5, "2019-07-01");
	expect_cell(t, 1, 6, "12:00:00");
	expect_cell(t, 1, 7, "43647");
	expect_note(t, 1, 8, "cell_error");     /* the 29 February 1900 that never was */
	expect_cell(t, 1, 9, "1900-03-01");
	expect_note(t, 1, 10, "cell_error");
	expect_cell(t, 1, 11, "43647");
	table_destroy(t);
}

static void days_counted_from_1904(void **state)
{
	const struct book_part parts[] = {
		{ "xl/workbook.xml", "<workbook " MAIN_SPACE " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">"
		  "<workbookPr date1904=\"1\"/><sheets><sheet name=\"x\" state=\"hidden\" r:id=\"rId2\"/><sheet name=\"甲\" r:id=\"rId1\"/></sheets></workbook>", 0 },
		{ "xl/worksheets/sheet1.xml", SHEET("<row><c s=\"1\"><v>42185</v></c><c s=\"1\"><v>0</v></c></row>"), 0 },
		{ "xl/styles.xml", STYLES, 0 }, { "xl/sharedStrings.xml", STRINGS, 0 },
	};
	struct table_problem err = { 0 };
	struct table *t = NULL;
	size_t n;

	(void)state;
	assert_int_equal(read_parts(&t, parts, ARRAY_LEN(parts), &err), 0);
	expect_cell(t, 0, 1, "2019-07-01");
	expect_cell(t, 0, 2, "1904-01-01");
	/* The hidden sheet is named, not read. */
	assert_string_equal(table_sheets(t, &n)[0], "x");
	assert_int_equal(n, 2);
	table_destroy(t);
}

static void format_codes(void **state)
{
	static const struct {
		const char *code;
		enum number_kind kind;
	} codes[] = {
		{ "General", NUMBER_PLAIN }, { "0.00E+00", NUMBER_PLAIN }, { "@", NUMBER_PLAIN }, { "#,##0\"d\"", NUMBER_PLAIN }, { "[Red]0", NUMBER_PLAIN },
		{ "yyyy/m/d", NUMBER_DATE }, { "[$-804]yyyy\"年\"m\"月\"", NUMBER_DATE }, { "m\\月d", NUMBER_DATE }, { "[DBNum1]yyyy", NUMBER_DATE },
		{ "e/m", NUMBER_DATE }, { "h:mm", NUMBER_TIME }, { "[h]:mm:ss", NUMBER_TIME }, { "上午/下午h\"时\"mm\"分\"", NUMBER_TIME },
		{ "0;yyyy", NUMBER_PLAIN }, { "\"open", NUMBER_PLAIN }, { "[", NUMBER_PLAIN }, { "\\", NUMBER_PLAIN }, { "", NUMBER_PLAIN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (number_kind_of_code(codes[i].code) != codes[i].kind)
			fail_msg("%s", codes[i].code);
}

static void formulas_give_their_kept_value_or_none(void **state)
{
	struct table *t = read_sheet(SHEET(
		"<row r=\"1\"><c r=\"A1\"><f>1+1</f><v>2</v></c><c r=\"B1\"><f>1+1</f></c><c r=\"C1\"><f>X</f><v></v></c>"
		"<c r=\"D1\" t=\"str\"><f>\"\"</f><v></v></c><c r=\"E1\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c><c r=\"F1\"/></row>"));

	(void)state;
	expect_cell(t, 0, 1, "2");
	expect_note(t, 0, 2, "cell_no_value");
	expect_note(t, 0, 3, "cell_no_value");
	expect_cell(t, 0, 4, "");
	assert_int_equal(table_cell(t, 0, 4).notes, 0);
	expect_note(t, 0, 5, "cell_error");
	table_destroy(t);
}

static void merges_are_told(void **state)
{
	struct table *t = read_sheet("<x:worksheet xmlns:x=\"http://purl.oclc.org/ooxml/spreadsheetml/main\"><x:sheetData>"
		"<x:row r=\"2\"><x:c r=\"B2\" t=\"inlineStr\"><x:is><x:t>甲</x:t></x:is></x:c></x:row></x:sheetData>"
		"<x:mergeCells count=\"1\"><x:mergeCell ref=\"B2:C5\"/></x:mergeCells></x:worksheet>");
	const struct table_range *merges;
	size_t n;

	(void)state;
	merges = table_merges(t, &n);
	assert_int_equal(n, 1);
	assert_int_equal(merges[0].row, 2);
	assert_int_equal(merges[0].column, 2);
	assert_int_equal(merges[0].last_row, 5);
	assert_int_equal(merges[0].last_column, 3);
	expect_cell(t, 0, 2, "甲");
	table_destroy(t);
}

static void foreign_elements_are_left_out(void **state)
{
	struct table *t = read_sheet("<worksheet " MAIN_SPACE " xmlns:z=\"urn:z\"><sheetData><row r=\"1\"><z:row><c><v>9</v></c></z:row>"
		"<c r=\"A1\"><v>1</v><z:v>7</z:v></c></row></sheetData><extLst><ext><c r=\"A2\"><v>3</v></c></ext></extLst></worksheet>");

	(void)state;
	assert_int_equal(table_rows(t), 1);
	expect_cell(t, 0, 1, "1");
	table_destroy(t);
}

static void a_sheet_by_name(void **state)
{
	const struct book_part parts[] = { { "xl/worksheets/sheet2.xml", SHEET("<row><c><v>2</v></c></row>"), 0 },
	                                   { "XL\\Styles.xml", STYLES, 0 }, { "xl/sharedStrings.xml", STRINGS, 0 } };
	struct table_problem err = { 0 };
	struct table *t = NULL;
	char *bytes;
	size_t len, n;

	(void)state;
	book_make(&bytes, &len, parts, ARRAY_LEN(parts), 0);
	assert_int_equal(read_bytes(&t, bytes, len, "乙", &err), 0);
	expect_cell(t, 0, 1, "2");
	assert_string_equal(table_sheets(t, &n)[1], "乙");
	table_destroy(t);
	assert_int_equal(read_bytes(&t, bytes, len, "丙", &err), -EBADMSG);
	assert_string_equal(table_fault_code(err.fault), "no_sheet");
	assert_string_equal(err.text, "丙");
	free(bytes);
}

static void damage_is_refused(void **state)
{
	static const char *const sheets[] = {
		"<worksheet", "", SHEET("<row r=\"2\"/><row r=\"1\"/>"), SHEET("<row r=\"x\"/>"), SHEET("<row r=\"1\"><c r=\"A2\"/></row>"),
		SHEET("<row r=\"1\"><c r=\"B1\"/><c r=\"A1\"/></row>"), SHEET("<row><c t=\"s\"><v>99</v></c></row>"),
		SHEET("<row><c t=\"s\"><v>-1</v></c></row>"), SHEET("<row><c t=\"q\"><v>1</v></c></row>"), SHEET("<row><c><v>abc</v></c></row>"),
		SHEET("<row><c><v>1e999</v></c></row>"), SHEET("<row r=\"1048577\"/>"), SHEET("<row><c r=\"XFE1\"/></row>"), SHEET("<row>"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sheets); i++)
		expect_sheet_fault(sheets[i], TABLE_DAMAGED);
	expect_sheet_fault(SHEET("<row r=\"1\"><c r=\"A1\"/></row>"), TABLE_EMPTY);
	expect_sheet_fault(SHEET("<row><c r=\"IW1\"><v>1</v></c></row>"), TABLE_TOO_MANY_COLUMNS);
	expect_sheet_fault(SHEET("<row><c t=\"str\"><v>a_x0007_b</v></c></row>"), TABLE_CONTROL_CHARACTER);
}

static void other_documents_are_told_apart(void **state)
{
	static const char html[] = "\n <html><table>", old[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", xml[] = "\xef\xbb\xbf<?xml version=\"1.0\"?>";
	const struct book_part odf = { "mimetype", "application/vnd.oasis.opendocument.spreadsheet", 0 };
	char *bytes;
	size_t len;

	(void)state;
	expect_bytes_fault(html, sizeof(html) - 1, TABLE_NOT_A_TABLE);
	expect_bytes_fault(xml, sizeof(xml) - 1, TABLE_NOT_A_TABLE);
	expect_bytes_fault("%PDF-1.7\na,b\n", 13, TABLE_NOT_A_TABLE);
	expect_bytes_fault("Rar!\x1a\7", 6, TABLE_NOT_A_TABLE);
	expect_bytes_fault(old, sizeof(old) - 1, TABLE_OLD_OR_LOCKED);
	expect_bytes_fault("PK\3\4 and no more", 16, TABLE_DAMAGED);
	book_make(&bytes, &len, &odf, 1, 1);
	expect_bytes_fault(bytes, len, TABLE_NOT_A_TABLE);
	free(bytes);
}

static void every_cut_of_a_workbook_is_refused(void **state)
{
	const struct book_part parts[] = { { "xl/worksheets/sheet1.xml", SHEET("<row><c><v>2</v></c></row>"), 0 },
	                                   { "xl/styles.xml", STYLES, 0 }, { "xl/sharedStrings.xml", STRINGS, 0 } };
	char *bytes;
	size_t len;

	(void)state;
	book_make(&bytes, &len, parts, ARRAY_LEN(parts), 0);
	for (size_t cut = 4; cut < len; cut += 7) {
		struct table_problem err = { 0 };
		struct table *t = NULL;

		assert_int_equal(read_bytes(&t, bytes, cut, NULL, &err), -EBADMSG);
	}
	free(bytes);
}

static void document_types_are_refused(void **state)
{
	static const char laughs[] = "<!DOCTYPE worksheet [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>" SHEET("<row><c t=\"str\"><v>&b;</v></c></row>"),
	                  outside[] = "<!DOCTYPE sst SYSTEM \"file:///etc/passwd\"><sst " MAIN_SPACE "/>";
	const struct book_part in_sheet[] = { { "xl/worksheets/sheet1.xml", laughs, 0 } };
	const struct book_part in_strings[] = { { "xl/worksheets/sheet1.xml", SHEET("<row><c><v>2</v></c></row>"), 0 }, { "xl/styles.xml", STYLES, 0 },
	                                        { "xl/sharedStrings.xml", outside, 0 } };
	struct book_part whole[] = { in_sheet[0], { "xl/styles.xml", STYLES, 0 }, { "xl/sharedStrings.xml", STRINGS, 0 } };
	static const char plain[] = "<!DOCTYPE w [<!ENTITY a \"a\">]><worksheet " MAIN_SPACE "/>";

	(void)state;
	whole[0].text = plain;
	expect_fault(whole, ARRAY_LEN(whole), TABLE_DOCTYPE);
	expect_fault(in_strings, ARRAY_LEN(in_strings), TABLE_DOCTYPE);
	/* And an XML declaration behind a document type is no XML at all. */
	whole[0] = in_sheet[0];
	expect_fault(whole, ARRAY_LEN(whole), TABLE_DOCTYPE);
}

static void bombs_are_refused(void **state)
{
	size_t len = 64 << 20, deep = 10000;
	char *bomb = malloc(len), *nested = malloc(deep * 3 + 200);
	struct book_part parts[] = { { "xl/worksheets/sheet1.xml", bomb, len }, { "xl/styles.xml", STYLES, 0 }, { "xl/sharedStrings.xml", STRINGS, 0 } };
	int n;

	(void)state;
	/* One megabyte of spaces costs a kilobyte. */
	memset(bomb, ' ', len);
	n = snprintf(bomb, len, "<worksheet %s><sheetData><row><c><v>1</v></c></row></sheetData>", MAIN_SPACE);
	bomb[n] = ' ';
	memcpy(bomb + len - 12, "</worksheet>", 12);
	expect_fault(parts, ARRAY_LEN(parts), TABLE_BOMB);
	n = snprintf(nested, 200, "<worksheet %s>", MAIN_SPACE);
	for (size_t i = 0; i < deep; i++)
		memcpy(nested + n + 3 * i, "<a>", 3);
	parts[0] = (struct book_part){ "xl/worksheets/sheet1.xml", nested, (size_t)n + 3 * deep };
	expect_fault(parts, ARRAY_LEN(parts), TABLE_DAMAGED);
	free(nested);
	free(bomb);
}

static void too_many_entries_or_two_of_a_name(void **state)
{
	size_t n = 4200;
	struct book_part *parts = calloc(n, sizeof(*parts));
	char (*names)[16] = calloc(n, sizeof(*names));
	const struct book_part twice[] = { { "xl/worksheets/sheet1.xml", SHEET("<row><c><v>2</v></c></row>"), 0 },
	                                   { "xl/worksheets/SHEET1.xml", SHEET("<row><c><v>3</v></c></row>"), 0 },
	                                   { "xl/styles.xml", STYLES, 0 }, { "xl/sharedStrings.xml", STRINGS, 0 } };

	(void)state;
	for (size_t i = 0; i < n; i++) {
		snprintf(names[i], sizeof(names[i]), "a%zu", i);
		parts[i] = (struct book_part){ names[i], "x", 0 };
	}
	expect_fault(parts, n, TABLE_BOMB);
	expect_fault(twice, ARRAY_LEN(twice), TABLE_DAMAGED);
	free(names);
	free(parts);
}

/* `n` rows of one cell. The caller free()s it. */
static char *long_sheet(size_t n)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	fprintf(out, "<worksheet %s><sheetData>", MAIN_SPACE);
	for (size_t i = 1; i <= n; i++)
		fprintf(out, "<row r=\"%zu\"><c r=\"A%zu\"><v>%zu</v></c></row>", i, i, i * 7919);
	fputs("</sheetData></worksheet>", out);
	fclose(out);
	return text;
}

static void rows_have_a_bound(void **state)
{
	char *at_bound = long_sheet(TABLE_ROWS_MAX), *over = long_sheet(TABLE_ROWS_MAX + 1);
	struct table *t = read_sheet(at_bound);

	(void)state;
	assert_int_equal(table_rows(t), TABLE_ROWS_MAX);
	table_destroy(t);
	expect_sheet_fault(over, TABLE_TOO_MANY_ROWS);
	free(over);
	free(at_bound);
}

static void every_failed_allocation_is_told(void **state)
{
	const struct book_part parts[] = { { "xl/worksheets/sheet1.xml", SHEET("<row><c t=\"s\"><v>1</v></c><c t=\"inlineStr\"><is><t>x</t></is></c></row>"), 0 },
	                                   { "xl/styles.xml", STYLES, 0 }, { "xl/sharedStrings.xml", STRINGS, 0 } };
	CLEANUP(encodings_closep) struct encodings *e = NULL;
	struct table_problem err;
	char *bytes;
	size_t len;
	int r = -ENOMEM;

	(void)state;
	assert_int_equal(encodings_open(&e), 0);
	book_make(&bytes, &len, parts, ARRAY_LEN(parts), 0);
	for (uint64_t n = 1; r == -ENOMEM; n++) {
		CLEANUP(table_destroyp) struct table *t = NULL;

		mem_fail_at(n);
		r = table_create(&t);
		if (r == 0)
			r = file_read(t, e, bytes, len, "甲", &err);
		mem_fail_at(0);
	}
	assert_int_equal(r, 0);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(texts_of_all_kinds),
		LEAVES_NOTHING(numbers_and_dates),
		LEAVES_NOTHING(days_counted_from_1904),
		LEAVES_NOTHING(format_codes),
		LEAVES_NOTHING(formulas_give_their_kept_value_or_none),
		LEAVES_NOTHING(merges_are_told),
		LEAVES_NOTHING(foreign_elements_are_left_out),
		LEAVES_NOTHING(a_sheet_by_name),
		LEAVES_NOTHING(damage_is_refused),
		LEAVES_NOTHING(other_documents_are_told_apart),
		LEAVES_NOTHING(every_cut_of_a_workbook_is_refused),
		LEAVES_NOTHING(document_types_are_refused),
		LEAVES_NOTHING(bombs_are_refused),
		LEAVES_NOTHING(too_many_entries_or_two_of_a_name),
		LEAVES_NOTHING(rows_have_a_bound),
		LEAVES_NOTHING(every_failed_allocation_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
