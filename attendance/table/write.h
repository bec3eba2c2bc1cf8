/*
 * Tables to files, for exports in the form that import reads: CSV (csv_write.h) or an XLSX workbook of one sheet by libxlsxwriter.
 * Every cell is a text, never a formula, a number or a link; columns of a workbook are formatted as text, so that what people
 * type there keeps its digits.
 */
#ifndef HUITANG_ATTENDANCE_TABLE_WRITE_H
#define HUITANG_ATTENDANCE_TABLE_WRITE_H

#include <stddef.h>

#include "media/base/macros.h"

#define TABLE_WRITE_COLUMNS_MAX 256
#define TABLE_WRITE_ROWS_MAX 1048576    /* of a sheet */

enum table_format { TABLE_CSV, TABLE_XLSX };

struct table_writer;

/**
 * Begins a file in memory. `sheet` names a workbook's sheet; characters that may not stand there are replaced.
 *
 * Owns:   *ret is the caller's; end it with table_writer_destroy(), also after table_writer_end().
 * Thread: any but control and media: a workbook is put together in unnamed temporary files.
 * Errors: -ENOMEM.
 */
int table_writer_create(struct table_writer **ret, enum table_format format, const char *sheet);
struct table_writer *table_writer_destroy(struct table_writer *w);

/**
 * Adds a row of `n` texts (NULL is ""). The first row is the header: in a workbook it is bold and stays in sight. UTF-8.
 *
 * Errors: -EINVAL too many columns; -E2BIG too many rows, or a text of more than a workbook's 32,767 characters; -ENOMEM.
 */
int table_writer_row(struct table_writer *w, const char *const *cells, size_t n);

/**
 * Ends the file: *ret_bytes, *ret_len of them, are the caller's (free()). Once.
 *
 * Errors: -ENOMEM; -EIO no room for temporary files.
 */
int table_writer_end(struct table_writer *w, char **ret_bytes, size_t *ret_len);

/** The media type of a format for HTTP, and the ending of its files ("csv", "xlsx"). */
const char *table_media_type(enum table_format format);
const char *table_file_ending(enum table_format format);

#define TABLE_SHEET_NAME_BYTES 125      /* 31 characters and 0 */

/** A name as a sheet may bear it: cut, and without the signs that may not stand there. "" where nothing is left. */
void table_sheet_name(char ret[TABLE_SHEET_NAME_BYTES], const char *name);

DEFINE_CLEANUP(struct table_writer, table_writer_destroy)

#endif
