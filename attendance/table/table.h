/*
 * A table of texts, as somebody's spreadsheet held it: read from CSV or XLSX, asked by place. It knows nothing of what the columns
 * mean. Rows and cells without contents are not kept; each row remembers its number in the file, so that messages name
 * the row that people see. Built once, then only read.
 */
#ifndef HUITANG_ATTENDANCE_TABLE_TABLE_H
#define HUITANG_ATTENDANCE_TABLE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "attendance/table/problem.h"

#define TABLE_ROWS_MAX 100001           /* with contents; a header and 100,000 */
#define TABLE_COLUMNS_MAX 256
#define TABLE_CELL_MAX 32768            /* bytes */
#define TABLE_CELLS_MAX 4000000
#define TABLE_BYTES_MAX (64U << 20)     /* of all texts */
#define TABLE_SHEETS_MAX 64
#define TABLE_MERGES_MAX 4096
#define SHEET_NAME_BYTES 128            /* 31 characters and 0 */

struct table;

/* Of a cell, bits: why its text is not to be trusted. */
#define CELL_NOTE_ERROR 1U              /* the sheet shows an error there: text is "#N/A" and the like */
#define CELL_NOTE_NO_VALUE 2U           /* a formula without a kept result: text is "" */
#define CELL_NOTE_LOST_DIGITS 4U        /* a number of more than 15 digits that was kept as a number */
#define CELL_NOTES 7U

struct table_cell {
	const char *text;               /* borrowed from the table: UTF-8, ended by 0, "" for an empty cell */
	size_t len;                     /* bytes */
	unsigned notes;                 /* CELL_NOTE_… */
};

struct table_range {
	uint32_t row, column, last_row, last_column;    /* from 1, as in table_problem */
};

/** Owns: *ret is the caller's; end it with table_destroy(). Errors: -ENOMEM. */
int table_create(struct table **ret);
struct table *table_destroy(struct table *t);

/**
 * Adds a cell. Rows come in ascending order, and within a row columns; both from 1. Without text and notes nothing is added.
 * The text is copied; it must be UTF-8 without 0 (what holds another control character is refused).
 *
 * Errors: -EBADMSG with *err (a bound, a control character, a cell out of order); -ENOMEM.
 */
int table_put(struct table *t, uint32_t row, uint32_t column, const char *text, size_t len, unsigned notes, struct table_problem *err);

/** Adds the name of a sheet of the workbook (in its order); beyond TABLE_SHEETS_MAX it is left out. Errors: -ENOMEM. */
int table_add_sheet(struct table *t, const char *name);

/** Notes a merged range. Errors: -EBADMSG with *err: one too many; -ENOMEM. */
int table_add_merge(struct table *t, const struct table_range *range, struct table_problem *err);

/** What it holds of memory. */
size_t table_bytes(const struct table *t);

/** Rows with contents. Indexes below are [0, table_rows()). */
size_t table_rows(const struct table *t);

/** The row's number in the file, from 1. */
uint32_t table_row_number(const struct table *t, size_t row);

/** The last column with contents in the row, from 1; 0 past the end. */
uint32_t table_row_columns(const struct table *t, size_t row);

/** The cell at a column from 1; empty when there is none. The text lives until the next table_put(). */
struct table_cell table_cell(const struct table *t, size_t row, uint32_t column);

/** Sheets of the workbook, in order; *ret_n of them. None for CSV. */
const char *const *table_sheets(const struct table *t, size_t *ret_n);

/** Merged ranges; *ret_n of them. */
const struct table_range *table_merges(const struct table *t, size_t *ret_n);

/** The problem that a cell's notes tell, for whoever needs that cell's value. 0, or -EBADMSG with *ret. */
int table_cell_check(const struct table *t, size_t row, uint32_t column, struct table_problem *ret);

DEFINE_CLEANUP(struct table, table_destroy)

#endif
