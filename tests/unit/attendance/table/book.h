/* Workbooks made by hand for tests, part by part, so that they can be wrong in every way. After <cmocka.h>. */
#ifndef HUITANG_TEST_TABLE_BOOK_H
#define HUITANG_TEST_TABLE_BOOK_H

#include <stddef.h>

#define MAIN_SPACE "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define SHEET(rows) "<?xml version=\"1.0\" encoding=\"UTF-8\"?><worksheet " MAIN_SPACE "><sheetData>" rows "</sheetData></worksheet>"

struct book_part {
	const char *name;
	const char *text;
	size_t len;                     /* 0: strlen(text) */
};

/* The parts that every small workbook has: package, workbook (one sheet "甲", a second "乙"), relations. NULL-named part ends. */
extern const struct book_part book_frame[];

/** A zip of the parts, those of book_frame first unless `bare`. The caller free()s *ret. */
void book_make(char **ret, size_t *ret_len, const struct book_part *parts, size_t n, int bare);

#endif
