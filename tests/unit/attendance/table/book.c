/* See book.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "tests/unit/attendance/table/book.h"

#define RELATION(id, type, target) \
	"<Relationship Id=\"" id "\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/" type "\" Target=\"" target "\"/>"
#define RELATIONS(all) "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" all "</Relationships>"

const struct book_part book_frame[] = {
	{ "_rels/.rels", RELATIONS(RELATION("rId1", "officeDocument", "xl/workbook.xml")), 0 },
	{ "xl/workbook.xml", "<workbook " MAIN_SPACE " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">"
	  "<sheets><sheet name=\"甲\" sheetId=\"1\" r:id=\"rId1\"/><sheet name=\"乙\" sheetId=\"2\" r:id=\"rId2\"/></sheets></workbook>", 0 },
	{ "xl/_rels/workbook.xml.rels", RELATIONS(RELATION("rId1", "worksheet", "worksheets/sheet1.xml")
	  RELATION("rId2", "worksheet", "/xl/worksheets/sheet2.xml") RELATION("rId3", "sharedStrings", "sharedStrings.xml")
	  RELATION("rId4", "styles", "./theme/../styles.xml")
	  "<Relationship Id=\"rId9\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\""
	  " Target=\"http://192.0.2.1/sheet\" TargetMode=\"External\"/>"), 0 },
	{ NULL, NULL, 0 },
};

static int has_part(const struct book_part *parts, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(parts[i].name, name) == 0)
			return 1;
	return 0;
}

static void add(zip_t *zip, const struct book_part *p)
{
	zip_source_t *s = zip_source_buffer(zip, p->text, p->len ? p->len : strlen(p->text), 0);

	assert_non_null(s);
	assert_true(zip_file_add(zip, p->name, s, ZIP_FL_ENC_UTF_8) >= 0);
}

void book_make(char **ret, size_t *ret_len, const struct book_part *parts, size_t n, int bare)
{
	zip_source_t *out = zip_source_buffer_create(NULL, 0, 0, NULL);
	zip_t *zip = zip_open_from_source(out, ZIP_CREATE | ZIP_TRUNCATE, NULL);
	zip_stat_t st;

	assert_non_null(zip);
	zip_source_keep(out);
	for (const struct book_part *p = book_frame; !bare && p->name; p++)
		if (!has_part(parts, n, p->name))
			add(zip, p);
	for (size_t i = 0; i < n; i++)
		add(zip, &parts[i]);
	assert_int_equal(zip_close(zip), 0);
	assert_int_equal(zip_source_stat(out, &st), 0);
	*ret = malloc(st.size ? st.size : 1);
	*ret_len = st.size;
	assert_int_equal(zip_source_open(out), 0);
	assert_int_equal(zip_source_read(out, *ret, st.size), (zip_int64_t)st.size);
	zip_source_close(out);
	zip_source_free(out);
}
