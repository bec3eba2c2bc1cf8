/* See workbook.h. */
#include "attendance/table/workbook.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "attendance/table/csv_write.h"
#include "attendance/table/memory_file.h"
#include "attendance/table/shared_strings.h"
#include "media/base/mem.h"
#include "media/base/utf8.h"

#define ZONE_S (8 * 3600)               /* Asia/Shanghai */
#define DAY_S 86400
#define EPOCH_DAYS 25569                /* from the spreadsheets' day 0 to 1970 */
#define PAPER_A4 9
#define BAND_BYTES 201                  /* libxlsxwriter takes 255 characters of code */

struct book {
	uint32_t sheets, rows;          /* rows of the sheet under way */
	size_t n_columns;
	bool lookup;
	/* CSV */
	FILE *out;                      /* owned */
	char *bytes;                    /* owned: what `out` has written, once it is closed */
	size_t len;
	/* XLSX */
	lxw_workbook *book;             /* owned: closing frees it */
	lxw_worksheet *sheet;
	lxw_format *header, *formats[BOOK_TYPES][2];    /* plain, strong */
	int fd;                         /* owned: where it goes; -1 none */
};

/* ---- values ---- */

static int64_t days_of(int32_t day)
{
	struct tm tm = { .tm_year = day / 10000 - 1900, .tm_mon = day / 100 % 100 - 1, .tm_mday = day % 100 };

	return timegm(&tm) / DAY_S;
}

/* As a spreadsheet keeps it. */
/* Whole seconds: a sheet shows no more. */
static double moment_of(int64_t wall_us)
{
	int64_t wall_s = wall_us / 1000000 + ZONE_S;

	return (double)wall_s / DAY_S + EPOCH_DAYS;
}

static double value_of(const struct book_cell *c)
{
	switch (c->type) {
	case BOOK_MINUTES:
		return (double)c->number / 60;
	case BOOK_HOURS:
	case BOOK_PERCENT:
		return (double)c->number / 1000;
	case BOOK_DAY:
		return (double)(days_of((int32_t)c->number) + EPOCH_DAYS);
	case BOOK_MONTH:
		return (double)(days_of((int32_t)c->number * 100 + 1) + EPOCH_DAYS);
	case BOOK_TIME:
		return moment_of(c->number);
	default:
		return (double)c->number;
	}
}

/* ---- CSV ---- */

static void write_thousandths(FILE *out, int64_t n)
{
	fprintf(out, "%s%" PRId64 ".%03d", n < 0 ? "-" : "", (n < 0 ? -n : n) / 1000, (int)((n < 0 ? -n : n) % 1000));
}

static void write_time(FILE *out, int64_t wall_us)
{
	time_t local = (time_t)(wall_us / 1000000 + ZONE_S);
	struct tm tm;
	char text[40];

	gmtime_r(&local, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S+08:00", &tm);
	fputs(text, out);
}

static void write_csv_cell(FILE *out, const struct book_cell *c)
{
	if (c->none)
		return;
	switch (c->type) {
	case BOOK_TEXT:
		csv_write_cell(out, c->text ? c->text : "");
		break;
	case BOOK_MINUTES:
		fprintf(out, "%.1f", value_of(c));
		break;
	case BOOK_HOURS:
	case BOOK_PERCENT:
		write_thousandths(out, c->number);
		break;
	case BOOK_DAY:
		fprintf(out, "%04d-%02d-%02d", (int)(c->number / 10000), (int)(c->number / 100 % 100), (int)(c->number % 100));
		break;
	case BOOK_MONTH:
		fprintf(out, "%04d-%02d", (int)(c->number / 100), (int)(c->number % 100));
		break;
	case BOOK_TIME:
		write_time(out, c->number);
		break;
	default:
		fprintf(out, "%" PRId64, c->number);
	}
}

static int row_csv(struct book *b, const struct book_cell *cells, size_t n)
{
	if (b->sheets > 1)
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			fputc(',', b->out);
		write_csv_cell(b->out, &cells[i]);
	}
	fputs(CSV_LINE_END, b->out);
	return ferror(b->out) ? -ENOMEM : 0;
}

static int begin_csv(struct book *b)
{
	b->out = open_memstream(&b->bytes, &b->len);
	if (!b->out)
		return -ENOMEM;
	fputs(CSV_BYTE_ORDER_MARK, b->out);
	return 0;
}

static int end_csv(struct book *b, char **ret_bytes, size_t *ret_len)
{
	bool failed = fclose(b->out) != 0;

	b->out = NULL;
	if (failed || !b->bytes)
		return -ENOMEM;
	*ret_bytes = STEAL(b->bytes);
	*ret_len = b->len;
	return 0;
}

/* ---- XLSX ---- */

static int make_format(struct book *b, enum book_type type, bool strong)
{
	static const char *const shown[BOOK_TYPES] = {
		[BOOK_TEXT] = "@", [BOOK_COUNT] = "#,##0", [BOOK_MINUTES] = "#,##0.0", [BOOK_HOURS] = "#,##0.00", [BOOK_PERCENT] = "0.0%", [BOOK_DAY] = "yyyy-mm-dd",
		[BOOK_MONTH] = "yyyy-mm", [BOOK_TIME] = "yyyy-mm-dd hh:mm:ss",
	};
	lxw_format *f = workbook_add_format(b->book);

	if (!f)
		return -ENOMEM;
	format_set_num_format(f, shown[type]);
	format_set_border(f, LXW_BORDER_HAIR);
	if (strong) {
		format_set_bold(f);
		format_set_top(f, LXW_BORDER_THIN);
	}
	b->formats[type][strong] = f;
	return 0;
}

static int begin_xlsx(struct book *b)
{
	lxw_workbook_options options = { .constant_memory = LXW_TRUE };
	char path[MEMORY_FILE_PATH_BYTES];
	int r = 0;

	b->fd = memory_file_create(path);
	if (b->fd < 0)
		return b->fd;
	b->book = workbook_new_opt(path, &options);
	if (!b->book)
		return -ENOMEM;
	b->header = workbook_add_format(b->book);
	if (!b->header)
		return -ENOMEM;
	format_set_bold(b->header);
	format_set_text_wrap(b->header);
	format_set_align(b->header, LXW_ALIGN_VERTICAL_CENTER);
	format_set_border(b->header, LXW_BORDER_THIN);
	format_set_bg_color(b->header, 0xE9EBED);
	for (enum book_type t = 0; t < BOOK_TYPES && r == 0; t++) {
		r = make_format(b, t, false);
		if (r == 0)
			r = make_format(b, t, true);
	}
	return r;
}

/* What stands in a page's margin: & begins a code there. */
static void write_band(char ret[2 * BAND_BYTES + 8], const char *lead, const char *text)
{
	char cut[BAND_BYTES];
	size_t at = strlen(lead);

	utf8_copy(cut, sizeof(cut), text);
	memcpy(ret, lead, at);
	for (const char *c = cut; *c; c++) {
		ret[at++] = *c;
		if (*c == '&')
			ret[at++] = '&';
	}
	ret[at] = 0;
}

static void lay_out(struct book *b, const struct book_sheet *s)
{
	char band[2 * BAND_BYTES + 8], pages[2 * BAND_BYTES + 32];

	worksheet_set_landscape(b->sheet);
	worksheet_set_paper(b->sheet, PAPER_A4);
	worksheet_fit_to_pages(b->sheet, 1, 0);
	worksheet_repeat_rows(b->sheet, 0, 0);
	write_band(band, "&C", s->top);
	worksheet_set_header(b->sheet, band);
	write_band(band, "&L", s->bottom);
	snprintf(pages, sizeof(pages), "%s&R&P / &N", band);
	worksheet_set_footer(b->sheet, pages);
}

static int put_text(struct book *b, uint16_t column, const char *text, lxw_format *format)
{
	CLEANUP(mem_freep) char *escaped = strings_escape(text ? text : "");
	lxw_error e;

	if (!escaped)
		return -ENOMEM;
	e = *escaped ? worksheet_write_string(b->sheet, b->rows, column, escaped, format) : worksheet_write_blank(b->sheet, b->rows, column, format);
	if (e == LXW_NO_ERROR)
		return 0;
	return e == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED ? -E2BIG : -ENOMEM;
}

static int put_cell(struct book *b, uint16_t column, const struct book_cell *c, bool strong)
{
	lxw_format *format = b->formats[c->type][strong];

	if (c->none)
		return worksheet_write_blank(b->sheet, b->rows, column, format) == LXW_NO_ERROR ? 0 : -ENOMEM;
	if (c->type == BOOK_TEXT)
		return put_text(b, column, c->text, format);
	return worksheet_write_number(b->sheet, b->rows, column, value_of(c), format) == LXW_NO_ERROR ? 0 : -ENOMEM;
}

static int row_xlsx(struct book *b, const struct book_cell *cells, size_t n, bool strong)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = put_cell(b, (uint16_t)i, &cells[i], strong);
	return r;
}

static void end_sheet(struct book *b)
{
	if (b->sheet && b->lookup && b->rows > 1)
		worksheet_autofilter(b->sheet, 0, 0, b->rows - 1, (lxw_col_t)(b->n_columns - 1));
}

static int begin_xlsx_sheet(struct book *b, const struct book_sheet *s)
{
	char name[TABLE_SHEET_NAME_BYTES];
	int r = 0;

	end_sheet(b);
	table_sheet_name(name, s->name);
	b->sheet = workbook_add_worksheet(b->book, name[0] ? name : NULL);
	if (!b->sheet)
		return -ENOMEM;
	lay_out(b, s);
	worksheet_freeze_panes(b->sheet, 1, 1);
	for (size_t i = 0; i < s->n_columns; i++)
		worksheet_set_column(b->sheet, (lxw_col_t)i, (lxw_col_t)i, s->columns[i].width, NULL);
	for (size_t i = 0; i < s->n_columns && r == 0; i++)
		r = put_text(b, (uint16_t)i, s->columns[i].header, b->header);
	return r;
}

static lxw_error close_xlsx(struct book *b)
{
	lxw_error e = b->book ? workbook_close(b->book) : LXW_NO_ERROR;

	b->book = NULL;
	b->sheet = NULL;
	return e;
}

static int end_xlsx(struct book *b, char **ret_bytes, size_t *ret_len)
{
	lxw_error e;

	end_sheet(b);
	e = close_xlsx(b);
	if (e != LXW_NO_ERROR)
		return e == LXW_ERROR_MEMORY_MALLOC_FAILED ? -ENOMEM : -EIO;
	return memory_file_read(b->fd, ret_bytes, ret_len);
}

/* ---- either ---- */

int book_create(struct book **ret, enum table_format format)
{
	CLEANUP(book_destroyp) struct book *b = mem_zalloc(sizeof(*b));
	int r;

	if (!b)
		return -ENOMEM;
	b->fd = -1;
	r = format == TABLE_XLSX ? begin_xlsx(b) : begin_csv(b);
	if (r == 0)
		*ret = STEAL(b);
	return r;
}

struct book *book_destroy(struct book *b)
{
	if (!b)
		return NULL;
	if (b->out)
		fclose(b->out);
	free(b->bytes);
	close_xlsx(b);
	if (b->fd >= 0)
		close(b->fd);
	return mem_free(b);
}

static int header_csv(struct book *b, const struct book_sheet *s)
{
	struct book_cell cells[BOOK_COLUMNS_MAX];

	for (size_t i = 0; i < s->n_columns; i++)
		cells[i] = (struct book_cell){ .type = BOOK_TEXT, .text = s->columns[i].header };
	return row_csv(b, cells, s->n_columns);
}

int book_begin_sheet(struct book *b, const struct book_sheet *s)
{
	int r;

	if (s->n_columns == 0 || s->n_columns > BOOK_COLUMNS_MAX)
		return -EINVAL;
	b->sheets++;
	b->rows = 0;
	r = b->book ? begin_xlsx_sheet(b, s) : header_csv(b, s);
	b->n_columns = s->n_columns;
	b->lookup = s->lookup;
	b->rows = 1;
	return r;
}

int book_row(struct book *b, const struct book_cell *cells, size_t n, bool strong)
{
	int r;

	if (n > b->n_columns)
		return -EINVAL;
	if (b->rows == TABLE_WRITE_ROWS_MAX)
		return -E2BIG;
	r = b->book ? row_xlsx(b, cells, n, strong) : row_csv(b, cells, n);
	b->rows += r == 0;
	return r;
}

int book_end(struct book *b, char **ret_bytes, size_t *ret_len)
{
	return b->book ? end_xlsx(b, ret_bytes, ret_len) : end_csv(b, ret_bytes, ret_len);
}
