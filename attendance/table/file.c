/* See file.h. */
#include "attendance/table/file.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "attendance/table/csv_read.h"
#include "attendance/table/xlsx_read.h"
#include "media/base/mem.h"

static bool begins(const char *bytes, size_t len, const char *with, size_t with_len)
{
	return len >= with_len && memcmp(bytes, with, with_len) == 0;
}

/* A web page or an XML of older programs, under the name of a spreadsheet. */
static bool is_markup(const char *text, size_t len)
{
	size_t at = 0;

	while (at < len && strchr(" \t\r\n", text[at]) && text[at])
		at++;
	return at + 1 < len && text[at] == '<' && strchr("?!hHtT", text[at + 1]) && text[at + 1];
}

/* Pictures, documents and archives: what begins so is no text, whatever the bytes behind it would make. */
static bool is_something_else(const char *bytes, size_t len)
{
	static const char *const marks[] = { "%PDF-", "\x89PNG", "\xff\xd8\xff", "GIF8", "Rar!", "7z\xbc\xaf", "\x1f\x8b", "{\\rtf", "BM6", "\177ELF" };

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (begins(bytes, len, marks[i], strlen(marks[i])))
			return true;
	return false;
}

static int read_text(struct table *t, struct encodings *e, const char *bytes, size_t len, struct table_problem *err)
{
	CLEANUP(mem_freep) char *text = NULL;
	size_t text_len;
	int r = encodings_decode(e, &text, &text_len, bytes, len, err);

	if (r < 0)
		return r;
	return is_markup(text, text_len) ? table_problem_set(err, TABLE_NOT_A_TABLE, 0, 0, NULL) : csv_read(t, text, text_len, err);
}

int file_read(struct table *t, struct encodings *e, const void *bytes, size_t len, const char *sheet, struct table_problem *err)
{
	if (len > TABLE_FILE_MAX)
		return table_problem_set(err, TABLE_FILE_TOO_LARGE, 0, 0, "32 MiB");
	if (begins(bytes, len, "PK\3\4", 4) || begins(bytes, len, "PK\5\6", 4))
		return xlsx_read(t, bytes, len, sheet, err);
	if (begins(bytes, len, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8))
		return table_problem_set(err, TABLE_OLD_OR_LOCKED, 0, 0, NULL);
	if (is_something_else(bytes, len))
		return table_problem_set(err, TABLE_NOT_A_TABLE, 0, 0, NULL);
	return read_text(t, e, bytes, len, err);
}
