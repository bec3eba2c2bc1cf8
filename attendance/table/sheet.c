/*
 * See sheet.h. Elements nest as sheetData, row, c, and in a cell f (a formula: only that it is there), v (the value) or is with t
 * (a text of its own). What stands elsewhere is not looked at, but mergeCell.
 */
#include "attendance/table/sheet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum cell_type { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_INLINE, CELL_BOOLEAN, CELL_ERROR, CELL_DATE, CELL_TYPES };

struct reading {
	struct table *table;
	const struct sheet_cfg *cfg;
	struct table_problem *err;
	const char *part;
	uint32_t row, column;           /* where we are */
	bool in_data, in_row, in_cell, in_inline, in_phonetic, in_value;
	enum cell_type type;
	size_t style;
	bool has_formula, has_value;
	struct text value;
};

bool sheet_place(uint32_t *ret_row, uint32_t *ret_column, const char *text, size_t len)
{
	uint32_t row = 0, column = 0;
	size_t at = 0;

	for (; at < len && text[at] >= 'A' && text[at] <= 'Z' && column <= SHEET_COLUMNS; at++)
		column = column * 26 + (uint32_t)(text[at] - 'A' + 1);
	for (; at < len && text[at] >= '0' && text[at] <= '9' && row <= SHEET_ROWS; at++)
		row = row * 10 + (uint32_t)(text[at] - '0');
	if (at != len || row > SHEET_ROWS || column > SHEET_COLUMNS || len == 0)
		return false;
	*ret_row = row;
	*ret_column = column;
	return true;
}

static int damaged(struct reading *x)
{
	return table_problem_set(x->err, TABLE_DAMAGED, x->row, x->column, x->part);
}

/* ---- elements ---- */

static int start_row(struct reading *x, const char **attributes)
{
	const char *place = xml_attribute(attributes, "r");
	uint32_t row = x->row + 1, column = 0;

	if (place && (!sheet_place(&row, &column, place, strlen(place)) || column || !row))
		return damaged(x);
	if (row <= x->row || row > SHEET_ROWS)
		return damaged(x);
	x->row = row;
	x->column = 0;
	x->in_row = true;
	return 0;
}

static enum cell_type type_of(const char *text)
{
	static const char *const names[CELL_TYPES] = { "n", "s", "str", "inlineStr", "b", "e", "d" };
	size_t i = 0;

	while (text && i < CELL_TYPES && strcmp(text, names[i]) != 0)
		i++;
	return (enum cell_type)i;
}

static int start_cell(struct reading *x, const char **attributes)
{
	const char *place = xml_attribute(attributes, "r"), *style = xml_attribute(attributes, "s");
	uint32_t row = x->row, column = x->column + 1;

	if (place && (!sheet_place(&row, &column, place, strlen(place)) || row != x->row || column <= x->column))
		return damaged(x);
	if (column > SHEET_COLUMNS)
		return damaged(x);
	x->column = column;
	x->type = type_of(xml_attribute(attributes, "t"));
	if (x->type == CELL_TYPES)
		return damaged(x);
	x->style = style ? strtoul(style, NULL, 10) : 0;
	x->has_formula = x->has_value = false;
	x->value.len = 0;
	x->in_cell = true;
	return 0;
}

static void start_in_cell(struct reading *x, const char *name)
{
	if (strcmp(name, "v") == 0)
		x->in_value = x->has_value = true;
	else if (strcmp(name, "f") == 0)
		x->has_formula = true;
	else if (strcmp(name, "is") == 0)
		x->in_inline = true;
	else if (strcmp(name, "rPh") == 0)
		x->in_phonetic = true;
	else if (strcmp(name, "t") == 0 && x->in_inline && !x->in_phonetic)
		x->in_value = x->has_value = true;
}

static int merge(struct reading *x, const char *place)
{
	const char *colon = place ? strchr(place, ':') : NULL;
	struct table_range range;

	if (!colon || !sheet_place(&range.row, &range.column, place, (size_t)(colon - place)) ||
	    !sheet_place(&range.last_row, &range.last_column, colon + 1, strlen(colon + 1)))
		return damaged(x);
	return table_add_merge(x->table, &range, x->err);
}

static int on_start(void *user, const char *name, const char **attributes)
{
	struct reading *x = user;

	if (x->in_cell)
		start_in_cell(x, name);
	else if (x->in_row && strcmp(name, "c") == 0)
		return start_cell(x, attributes);
	else if (x->in_data && !x->in_row && strcmp(name, "row") == 0)
		return start_row(x, attributes);
	else if (strcmp(name, "sheetData") == 0)
		x->in_data = true;
	else if (!x->in_data && strcmp(name, "mergeCell") == 0)
		return merge(x, xml_attribute(attributes, "ref"));
	return 0;
}

/* One byte more than a cell may hold, so that table_put() says that it is too long. */
static int on_text(void *user, const char *text, size_t len)
{
	struct reading *x = user;
	size_t room = TABLE_CELL_MAX + 1 - x->value.len;

	return x->in_value ? text_append(&x->value, text, MIN(len, room), TABLE_CELL_MAX + 1) : 0;
}

/* ---- values ---- */

static int put(struct reading *x, const char *text, size_t len, unsigned notes)
{
	return table_put(x->table, x->row, x->column, text, len, notes, x->err);
}

static int put_number(struct reading *x)
{
	char text[NUMBER_TEXT_BYTES];
	unsigned notes;

	if (number_write(text, &notes, x->value.bytes, styles_kind(x->cfg->styles, x->style), x->cfg->from_1904) < 0)
		return damaged(x);
	return put(x, text, strlen(text), notes);
}

static int put_shared(struct reading *x)
{
	char *end;
	unsigned long n = strtoul(x->value.bytes, &end, 10);
	size_t len = 0;
	const char *text = *end || end == x->value.bytes ? NULL : strings_at(x->cfg->strings, n, &len);

	return text ? put(x, text, len, 0) : damaged(x);
}

/* An ISO date; midnight is not said. */
static int put_date(struct reading *x)
{
	const char *clock = strchr(x->value.bytes, 'T');
	bool midnight = clock && strspn(clock, "T0:.Z") == strlen(clock);

	return put(x, x->value.bytes, midnight ? (size_t)(clock - x->value.bytes) : x->value.len, 0);
}

static int put_value(struct reading *x)
{
	switch (x->type) {
	case CELL_SHARED: return put_shared(x);
	case CELL_NUMBER: return put_number(x);
	case CELL_BOOLEAN: return strcmp(x->value.bytes, "1") == 0 ? put(x, "TRUE", 4, 0) : put(x, "FALSE", 5, 0);
	case CELL_ERROR: return put(x, x->value.bytes, x->value.len, CELL_NOTE_ERROR);
	case CELL_DATE: return put_date(x);
	default: return put(x, x->value.bytes, strings_unescape(x->value.bytes, x->value.len), 0);
	}
}

/* A formula that yields an empty text has a value, too. */
static int end_cell(struct reading *x)
{
	bool is_text = x->type == CELL_TEXT || x->type == CELL_INLINE;

	x->in_cell = x->in_inline = x->in_phonetic = x->in_value = false;
	if (x->has_value && x->value.len > 0)
		return put_value(x);
	return x->has_formula && !(x->has_value && is_text) ? put(x, "", 0, CELL_NOTE_NO_VALUE) : 0;
}

static int on_end(void *user, const char *name)
{
	struct reading *x = user;

	x->in_value = false;
	if (x->in_cell && strcmp(name, "rPh") == 0)
		x->in_phonetic = false;
	else if (x->in_cell && strcmp(name, "is") == 0)
		x->in_inline = false;
	else if (x->in_cell && strcmp(name, "c") == 0)
		return end_cell(x);
	else if (!x->in_cell && strcmp(name, "row") == 0)
		x->in_row = false;
	else if (strcmp(name, "sheetData") == 0)
		x->in_data = false;
	return 0;
}

int sheet_read(struct table *t, const struct xml_source *source, const struct sheet_cfg *cfg, struct table_problem *err)
{
	static const struct xml_events events = { on_start, on_end, on_text };
	struct reading x = { .table = t, .cfg = cfg, .err = err, .part = source->name };
	int r = xml_read(source, &events, &x, err);

	text_done(&x.value);
	return r;
}
