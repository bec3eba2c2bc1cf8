/*
 * Reports to files: figures that a spreadsheet program can add up. An XLSX workbook of several sheets by libxlsxwriter, with numbers and dates as such, a header
 * that stays in sight, widths and a layout for paper; or the first of them as CSV (csv_write.h). Texts are texts, whatever they begin with: nothing is a
 * formula or a link. A sheet's rows go out as they come, so that memory does not grow with them. (write.h writes tables that are to be imported again.)
 */
#ifndef HUITANG_ATTENDANCE_TABLE_WORKBOOK_H
#define HUITANG_ATTENDANCE_TABLE_WORKBOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attendance/table/write.h"

#define BOOK_COLUMNS_MAX 32

struct book;

enum book_type {
	BOOK_TEXT,
	BOOK_COUNT,                     /* whole */
	BOOK_MINUTES,                   /* of seconds: shown with one digit */
	BOOK_HOURS,                     /* of thousandths: shown with two, CSV has all three */
	BOOK_PERCENT,                   /* of thousandths: 985 is 98.5 % */
	BOOK_DAY,                       /* 20261126 */
	BOOK_MONTH,                     /* 202611 */
	BOOK_TIME,                      /* wall, microseconds: shown in Asia/Shanghai */
	BOOK_TYPES
};

struct book_cell {
	enum book_type type;
	const char *text;               /* of a BOOK_TEXT; NULL is "" */
	int64_t number;                 /* of the others */
	bool none;                      /* nothing stands there */
};

struct book_column {
	const char *header;
	uint8_t width;                  /* in characters of ASCII */
};

/* For paper: texts at the top and the bottom of each page; "" none. */
struct book_sheet {
	const char *name;
	const char *top, *bottom;
	const struct book_column *columns;
	size_t n_columns;               /* at most BOOK_COLUMNS_MAX */
	bool lookup;                    /* the header has filters */
};

/** Owns: *ret is the caller's; end it with book_destroy(), also after book_end(). Thread: any but control and media. Errors: -ENOMEM. */
int book_create(struct book **ret, enum table_format format);
struct book *book_destroy(struct book *b);

/** Begins the next sheet with its header. A CSV file takes only the first: rows of others are left out. Errors: -EINVAL, -ENOMEM. */
int book_begin_sheet(struct book *b, const struct book_sheet *sheet);

/** `strong`: a sum. Errors: -EINVAL more cells than columns; -E2BIG too many rows, or a text that is too long; -ENOMEM. */
int book_row(struct book *b, const struct book_cell *cells, size_t n, bool strong);

/** Ends the file: *ret_bytes, *ret_len of them, are the caller's (free()). Once. Errors: -ENOMEM; -EIO no room for temporary files. */
int book_end(struct book *b, char **ret_bytes, size_t *ret_len);

DEFINE_CLEANUP(struct book, book_destroy)

#endif
