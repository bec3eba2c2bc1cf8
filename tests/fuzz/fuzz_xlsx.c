/*
 * Workbooks. A fuzzer does not get past a zip's checksums, so the input is the parts' XML: sheet, strings, styles, workbook and
 * relations, parted by a byte 0xff, put into a stored zip here; a part that is not given is a sound one. What begins as a zip is taken as it is.
 */
#include <errno.h>
#include <string.h>
#include <zip.h>

#include "attendance/table/xlsx_read.h"
#include "tests/fuzz/must.h"

#define PARTS 5
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\""
#define SPACE "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""

static const struct {
	const char *name, *sound;
} parts[PARTS] = {
	{ "s.xml", "<worksheet " SPACE "/>" },
	{ "t.xml", "<sst " SPACE "><si><t>x</t></si></sst>" },
	{ "y.xml", "<styleSheet " SPACE "/>" },
	{ "w.xml", "<workbook " SPACE " xmlns:r=\"" OFFICE "\"><sheets><sheet name=\"x\" r:id=\"a\"/></sheets></workbook>" },
	{ "_rels/w.xml.rels", "<Relationships " PACKAGE "><Relationship Id=\"a\" Type=\"" OFFICE "/worksheet\" Target=\"s.xml\"/>"
	  "<Relationship Id=\"b\" Type=\"" OFFICE "/sharedStrings\" Target=\"t.xml\"/><Relationship Id=\"c\" Type=\"" OFFICE "/styles\" Target=\"y.xml\"/></Relationships>" },
};
static const char package[] = "<Relationships " PACKAGE "><Relationship Id=\"a\" Type=\"" OFFICE "/officeDocument\" Target=\"w.xml\"/></Relationships>";

static void add(zip_t *zip, const char *name, const void *bytes, size_t len)
{
	zip_source_t *s = zip_source_buffer(zip, bytes, len, 0);
	zip_int64_t i = zip_file_add(zip, name, s, ZIP_FL_ENC_UTF_8);

	MUST(i >= 0 && zip_set_file_compression(zip, (zip_uint64_t)i, ZIP_CM_STORE, 0) == 0);
}

static void add_parts(zip_t *zip, const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size;

	add(zip, "_rels/.rels", package, sizeof(package) - 1);
	for (size_t i = 0; i < PARTS; i++) {
		const uint8_t *stop = data ? memchr(data, 0xff, (size_t)(end - data)) : NULL;
		size_t len = data ? (size_t)((stop ? stop : end) - data) : 0;

		if (len > 0)
			add(zip, parts[i].name, data, len);
		else
			add(zip, parts[i].name, parts[i].sound, strlen(parts[i].sound));
		data = stop ? stop + 1 : NULL;
	}
}

static void read_it(const void *bytes, size_t len)
{
	struct table_problem err = { 0 };
	struct table *t = NULL;
	int r;

	MUST(table_create(&t) == 0);
	r = xlsx_read(t, bytes, len, NULL, &err);
	MUST(r == 0 ? table_rows(t) > 0 : r == -EBADMSG && table_fault_code(err.fault)[0]);
	table_destroy(t);
}

static void read_made(const uint8_t *data, size_t size)
{
	zip_source_t *out = zip_source_buffer_create(NULL, 0, 0, NULL);
	zip_t *zip = zip_open_from_source(out, ZIP_CREATE | ZIP_TRUNCATE, NULL);
	zip_stat_t st;
	uint8_t *bytes;

	zip_source_keep(out);
	add_parts(zip, data, size);
	MUST(zip_close(zip) == 0 && zip_source_stat(out, &st) == 0);
	bytes = malloc(st.size);
	MUST(zip_source_open(out) == 0 && zip_source_read(out, bytes, st.size) == (zip_int64_t)st.size);
	zip_source_close(out);
	zip_source_free(out);
	read_it(bytes, st.size);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size >= 2 && memcmp(data, "PK", 2) == 0)
		read_it(data, size);
	else
		read_made(data, size);
	return 0;
}
