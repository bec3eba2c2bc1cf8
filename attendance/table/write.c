/* See write.h. libxlsxwriter writes to a path: that of a file in memory. */
#include "attendance/table/write.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "attendance/table/csv_write.h"
#include "attendance/table/memory_file.h"
#include "attendance/table/shared_strings.h"
#include "media/base/mem.h"
#include "media/base/utf8.h"

#define SHEET_CHARACTERS 31
#define WIDTH 18                        /* of columns, in characters */

struct table_writer {
	uint32_t rows;
	/* CSV */
	FILE *out;                      /* owned */
	char *bytes;                    /* owned: what `out` has written, once it is closed */
	size_t len;
	/* XLSX */
	lxw_workbook *book;             /* owned: closing frees it */
	lxw_worksheet *sheet;
	lxw_format *text, *header;
	int fd;                         /* owned: where it goes; -1 none */
};

/* ---- CSV ---- */

static int begin_csv(struct table_writer *w)
{
	w->out = open_memstream(&w->bytes, &w->len);
	if (!w->out)
		return -ENOMEM;
	fputs(CSV_BYTE_ORDER_MARK, w->out);
	return 0;
}

static int row_csv(struct table_writer *w, const char *const *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			fputc(',', w->out);
		csv_write_cell(w->out, cells[i] ? cells[i] : "");
	}
	fputs(CSV_LINE_END, w->out);
	return ferror(w->out) ? -ENOMEM : 0;
}

static FILE *close_csv(struct table_writer *w)
{
	if (w->out)
		fclose(w->out);
	return NULL;
}

static int end_csv(struct table_writer *w, char **ret_bytes, size_t *ret_len)
{
	bool failed = fflush(w->out) != 0 || ferror(w->out);

	w->out = close_csv(w);
	if (failed || !w->bytes)
		return -ENOMEM;
	*ret_bytes = STEAL(w->bytes);
	*ret_len = w->len;
	return 0;
}

/* ---- XLSX ---- */

void table_sheet_name(char ret[TABLE_SHEET_NAME_BYTES], const char *name)
{
	size_t len = strlen(name), at = 0, out = 0, step;
	uint32_t c = 0;

	for (int n = 0; at < len && n < SHEET_CHARACTERS; n++, at += step) {
		step = utf8_next(&c, name + at, len - at);
		if (step == 0)
			break;
		out += utf8_put(ret + out, utf8_is_control(c) || (c < 0x80 && strchr("[]:*?/\\'\t\r\n", (int)c)) ? '_' : c);
	}
	ret[out] = 0;
}

static int begin_xlsx(struct table_writer *w, const char *sheet)
{
	char path[MEMORY_FILE_PATH_BYTES], name[TABLE_SHEET_NAME_BYTES];

	w->fd = memory_file_create(path);
	if (w->fd < 0)
		return w->fd;
	table_sheet_name(name, sheet);
	w->book = workbook_new(path);
	if (!w->book)
		return -ENOMEM;
	w->sheet = workbook_add_worksheet(w->book, name[0] ? name : NULL);
	w->text = workbook_add_format(w->book);
	w->header = workbook_add_format(w->book);
	if (!w->sheet || !w->text || !w->header)
		return -ENOMEM;
	format_set_num_format(w->text, "@");
	format_set_num_format(w->header, "@");
	format_set_bold(w->header);
	worksheet_freeze_panes(w->sheet, 1, 0);
	return 0;
}

static int cell_xlsx(struct table_writer *w, size_t column, const char *text)
{
	CLEANUP(mem_freep) char *escaped = strings_escape(text);
	lxw_error e;

	if (!escaped)
		return -ENOMEM;
	e = worksheet_write_string(w->sheet, w->rows, (lxw_col_t)column, escaped, w->rows ? w->text : w->header);
	if (e == LXW_NO_ERROR)
		return 0;
	return e == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED ? -E2BIG : -ENOMEM;
}

static int row_xlsx(struct table_writer *w, const char *const *cells, size_t n)
{
	int r = 0;

	if (w->rows == 0 && n > 0)
		worksheet_set_column(w->sheet, 0, (lxw_col_t)(n - 1), WIDTH, w->text);
	for (size_t i = 0; i < n && r == 0; i++)
		if (cells[i] && cells[i][0])
			r = cell_xlsx(w, i, cells[i]);
	return r;
}

static lxw_error close_xlsx(struct table_writer *w)
{
	lxw_error e = w->book ? workbook_close(w->book) : LXW_NO_ERROR;

	w->book = NULL;
	return e;
}

static int end_xlsx(struct table_writer *w, char **ret_bytes, size_t *ret_len)
{
	lxw_error e = close_xlsx(w);

	if (e != LXW_NO_ERROR)
		return e == LXW_ERROR_MEMORY_MALLOC_FAILED ? -ENOMEM : -EIO;
	return memory_file_read(w->fd, ret_bytes, ret_len);
}

/* ---- either ---- */

int table_writer_create(struct table_writer **ret, enum table_format format, const char *sheet)
{
	CLEANUP(table_writer_destroyp) struct table_writer *w = mem_zalloc(sizeof(*w));
	int r;

	if (!w)
		return -ENOMEM;
	w->fd = -1;
	r = format == TABLE_XLSX ? begin_xlsx(w, sheet) : begin_csv(w);
	if (r == 0)
		*ret = STEAL(w);
	return r;
}

struct table_writer *table_writer_destroy(struct table_writer *w)
{
	if (!w)
		return NULL;
	close_csv(w);
	close_xlsx(w);
	free(w->bytes);
	if (w->fd >= 0)
		close(w->fd);
	return mem_free(w);
}

int table_writer_row(struct table_writer *w, const char *const *cells, size_t n)
{
	int r;

	if (n > TABLE_WRITE_COLUMNS_MAX)
		return -EINVAL;
	if (w->rows == TABLE_WRITE_ROWS_MAX)
		return -E2BIG;
	r = w->book ? row_xlsx(w, cells, n) : row_csv(w, cells, n);
	if (r == 0)
		w->rows++;
	return r;
}

int table_writer_end(struct table_writer *w, char **ret_bytes, size_t *ret_len)
{
	return w->book ? end_xlsx(w, ret_bytes, ret_len) : end_csv(w, ret_bytes, ret_len);
}

const char *table_media_type(enum table_format format)
{
	return format == TABLE_XLSX ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv; charset=utf-8";
}

const char *table_file_ending(enum table_format format)
{
	return format == TABLE_XLSX ? "xlsx" : "csv";
}
