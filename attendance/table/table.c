/* See table.h. Cells of all rows lie in one array, their texts in one block: 100,000 rows are few allocations. */
#include "attendance/table/table.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "media/base/mem.h"
#include "media/base/utf8.h"

struct cell {
	uint32_t at;            /* in texts */
	uint16_t len;
	uint8_t column;         /* from 0 */
	uint8_t notes;
};

struct row {
	uint32_t number;
	uint32_t first;         /* in cells */
};

struct table {
	struct cell *cells;     /* owned */
	size_t n_cells, max_cells;
	struct row *rows;       /* owned */
	size_t n_rows, max_rows;
	char *texts;            /* owned: each ended by 0 */
	size_t n_bytes, max_bytes;
	char **sheets;          /* owned, each too */
	size_t n_sheets;
	struct table_range *merges;     /* owned */
	size_t n_merges, max_merges;
};

static_assert(TABLE_COLUMNS_MAX - 1 <= UINT8_MAX && TABLE_CELL_MAX <= UINT16_MAX && CELL_NOTES <= UINT8_MAX, "a cell is eight bytes");

int table_create(struct table **ret)
{
	struct table *t = mem_zalloc(sizeof(*t));

	if (!t)
		return -ENOMEM;
	*ret = t;
	return 0;
}

struct table *table_destroy(struct table *t)
{
	if (!t)
		return NULL;
	for (size_t i = 0; i < t->n_sheets; i++)
		mem_free(t->sheets[i]);
	mem_free(t->sheets);
	mem_free(t->merges);
	mem_free(t->texts);
	mem_free(t->rows);
	mem_free(t->cells);
	return mem_free(t);
}

/* Room for `more` elements behind `n`. */
static int reserve(void **array, size_t *max, size_t n, size_t more, size_t bytes)
{
	size_t wanted = MAX(2 * *max, MAX(n + more, (size_t)256));
	void *bigger;

	if (n + more <= *max)
		return 0;
	bigger = mem_realloc(*array, wanted * bytes);
	if (!bigger)
		return -ENOMEM;
	*array = bigger;
	*max = wanted;
	return 0;
}

static bool has_control(const char *text, size_t len)
{
	uint32_t c = 0;

	for (size_t at = 0, n; at < len; at += n) {
		n = utf8_next(&c, text + at, len - at);
		if (n == 0 || utf8_is_control(c))
			return true;
	}
	return false;
}

static int check_bounds(const struct table *t, bool new_row, size_t len, struct table_problem *err)
{
	if (new_row && t->n_rows == TABLE_ROWS_MAX)
		return table_problem_set(err, TABLE_TOO_MANY_ROWS, 0, 0, "100,000");
	if (t->n_cells == TABLE_CELLS_MAX || t->n_bytes + len + 1 > TABLE_BYTES_MAX)
		return table_problem_set(err, TABLE_TABLE_TOO_LARGE, 0, 0, NULL);
	return 0;
}

static int check_cell(const struct table *t, uint32_t row, uint32_t column, const char *text, size_t len, struct table_problem *err)
{
	const struct row *last = t->n_rows > 0 ? &t->rows[t->n_rows - 1] : NULL;
	bool same = last && last->number == row;

	if (row == 0 || column == 0 || (last && row < last->number) || (same && column <= t->cells[t->n_cells - 1].column + 1U))
		return table_problem_set(err, TABLE_DAMAGED, row, column, "order of cells");
	if (column > TABLE_COLUMNS_MAX)
		return table_problem_set(err, TABLE_TOO_MANY_COLUMNS, row, column, "256");
	if (len > TABLE_CELL_MAX)
		return table_problem_set(err, TABLE_CELL_TOO_LONG, row, column, "32 kB");
	if (has_control(text, len))
		return table_problem_set(err, TABLE_CONTROL_CHARACTER, row, column, NULL);
	return check_bounds(t, !same, len, err);
}

int table_put(struct table *t, uint32_t row, uint32_t column, const char *text, size_t len, unsigned notes, struct table_problem *err)
{
	struct cell *cell;
	int r;

	if (len == 0 && notes == 0)
		return 0;
	r = check_cell(t, row, column, text, len, err);
	if (r < 0)
		return r;
	if (reserve((void **)&t->cells, &t->max_cells, t->n_cells, 1, sizeof(*t->cells)) < 0 ||
	    reserve((void **)&t->rows, &t->max_rows, t->n_rows, 1, sizeof(*t->rows)) < 0 ||
	    reserve((void **)&t->texts, &t->max_bytes, t->n_bytes, len + 1, 1) < 0)
		return -ENOMEM;
	if (t->n_rows == 0 || t->rows[t->n_rows - 1].number != row)
		t->rows[t->n_rows++] = (struct row){ row, (uint32_t)t->n_cells };
	cell = &t->cells[t->n_cells++];
	*cell = (struct cell){ (uint32_t)t->n_bytes, (uint16_t)len, (uint8_t)(column - 1), (uint8_t)(notes & CELL_NOTES) };
	memcpy(t->texts + t->n_bytes, text, len);
	t->texts[t->n_bytes + len] = 0;
	t->n_bytes += len + 1;
	return 0;
}

int table_add_sheet(struct table *t, const char *name)
{
	char **bigger, *copy;

	if (t->n_sheets == TABLE_SHEETS_MAX)
		return 0;
	bigger = mem_realloc(t->sheets, (t->n_sheets + 1) * sizeof(*bigger));
	if (!bigger)
		return -ENOMEM;
	t->sheets = bigger;
	copy = mem_zalloc(SHEET_NAME_BYTES);
	if (!copy)
		return -ENOMEM;
	utf8_copy(copy, SHEET_NAME_BYTES, name);
	t->sheets[t->n_sheets++] = copy;
	return 0;
}

int table_add_merge(struct table *t, const struct table_range *range, struct table_problem *err)
{
	if (t->n_merges == TABLE_MERGES_MAX) {
		table_problem_set(err, TABLE_MERGED, range->row, range->column, NULL);
		err->last_row = range->last_row;
		err->last_column = range->last_column;
		return -EBADMSG;
	}
	if (reserve((void **)&t->merges, &t->max_merges, t->n_merges, 1, sizeof(*t->merges)) < 0)
		return -ENOMEM;
	t->merges[t->n_merges++] = *range;
	return 0;
}

size_t table_bytes(const struct table *t)
{
	return t->max_bytes + t->max_cells * sizeof(*t->cells) + t->max_rows * sizeof(*t->rows) + t->max_merges * sizeof(*t->merges);
}

size_t table_rows(const struct table *t)
{
	return t->n_rows;
}

uint32_t table_row_number(const struct table *t, size_t row)
{
	return row < t->n_rows ? t->rows[row].number : 0;
}

static size_t cells_end(const struct table *t, size_t row)
{
	return row + 1 < t->n_rows ? t->rows[row + 1].first : t->n_cells;
}

uint32_t table_row_columns(const struct table *t, size_t row)
{
	return row < t->n_rows ? t->cells[cells_end(t, row) - 1].column + 1U : 0;
}

/* Columns ascend and begin at 0, so that cell i of a row stands at column i or further right: search from there leftwards. */
static const struct cell *find_cell(const struct table *t, size_t row, uint32_t column)
{
	size_t first, at;

	if (row >= t->n_rows || column == 0)
		return NULL;
	first = t->rows[row].first;
	at = MIN(first + column - 1, cells_end(t, row) - 1);
	while (at > first && t->cells[at].column + 1U > column)
		at--;
	return t->cells[at].column + 1U == column ? &t->cells[at] : NULL;
}

struct table_cell table_cell(const struct table *t, size_t row, uint32_t column)
{
	const struct cell *c = find_cell(t, row, column);

	return c ? (struct table_cell){ t->texts + c->at, c->len, c->notes } : (struct table_cell){ "", 0, 0 };
}

const char *const *table_sheets(const struct table *t, size_t *ret_n)
{
	*ret_n = t->n_sheets;
	return (const char *const *)t->sheets;
}

const struct table_range *table_merges(const struct table *t, size_t *ret_n)
{
	*ret_n = t->n_merges;
	return t->merges;
}

int table_cell_check(const struct table *t, size_t row, uint32_t column, struct table_problem *ret)
{
	struct table_cell c = table_cell(t, row, column);
	uint32_t number = table_row_number(t, row);

	if (c.notes & CELL_NOTE_ERROR)
		return table_problem_set(ret, TABLE_CELL_ERROR, number, column, c.text);
	if (c.notes & CELL_NOTE_NO_VALUE)
		return table_problem_set(ret, TABLE_CELL_NO_VALUE, number, column, NULL);
	return c.notes & CELL_NOTE_LOST_DIGITS ? table_problem_set(ret, TABLE_CELL_LOST_DIGITS, number, column, NULL) : 0;
}
