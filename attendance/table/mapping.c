/* See mapping.h. */
#include "attendance/table/mapping.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "media/base/mem.h"

#define HEADER_LEAST 2          /* columns that are known, for a row to be the header */

struct entry {
	char key[FIELD_KEY_BYTES];
	enum field field;               /* FIELDS: leave it out */
};

struct mapping_profile {
	struct entry *entries;          /* owned */
	size_t n;
	bool given[FIELDS];
};

/* ---- profiles ---- */

struct mapping_profile *mapping_profile_destroy(struct mapping_profile *p)
{
	if (!p)
		return NULL;
	mem_free(p->entries);
	return mem_free(p);
}

static int add_entry(struct mapping_profile *p, enum table_kind kind, const char *header, const json_t *value, struct table_problem *err)
{
	struct entry *e = &p->entries[p->n];
	const char *name = json_is_null(value) ? "" : json_string_value(value);

	if (!name || !field_key(e->key, header))
		return table_problem_set(err, TABLE_PROFILE_FORM, 0, 0, header);
	e->field = name[0] ? field_by_name(kind, name) : FIELDS;
	if (name[0] && e->field == FIELDS)
		return table_problem_set(err, TABLE_PROFILE_FIELD, 0, 0, name);
	if (e->field < FIELDS)
		p->given[e->field] = true;
	p->n++;
	return 0;
}

static int read_entries(struct mapping_profile *p, enum table_kind kind, json_t *object, struct table_problem *err)
{
	const char *header;
	json_t *value;
	int r = 0;

	p->entries = mem_calloc(json_object_size(object) + 1, sizeof(*p->entries));
	if (!p->entries)
		return -ENOMEM;
	json_object_foreach(object, header, value) {
		r = add_entry(p, kind, header, value, err);
		if (r < 0)
			break;
	}
	return r;
}

int mapping_profile_read(struct mapping_profile **ret, enum table_kind kind, const char *json, size_t len, struct table_problem *err)
{
	CLEANUP(mapping_profile_destroyp) struct mapping_profile *p = mem_zalloc(sizeof(*p));
	json_error_t e = { .text = "size" };
	json_t *object;
	int r;

	if (!p)
		return -ENOMEM;
	object = len <= MAPPING_PROFILE_BYTES ? json_loadb(json, len, JSON_REJECT_DUPLICATES, &e) : NULL;
	if (!json_is_object(object)) {
		json_decref(object);
		return table_problem_set(err, TABLE_PROFILE_FORM, 0, 0, object ? "" : e.text);
	}
	r = read_entries(p, kind, object, err);
	json_decref(object);
	if (r == 0)
		*ret = STEAL(p);
	return r;
}

/* ---- headers ---- */

static const struct entry *find_entry(const struct mapping_profile *p, const char *header)
{
	char key[FIELD_KEY_BYTES];

	if (!p || !field_key(key, header))
		return NULL;
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->entries[i].key, key) == 0)
			return &p->entries[i];
	return NULL;
}

static enum field field_of(enum table_kind kind, const struct mapping_profile *p, const char *header, unsigned *ret_rank)
{
	const struct entry *e = find_entry(p, header);
	enum field f;

	*ret_rank = 0;
	if (e)
		return e->field;
	f = field_of_header(kind, header, ret_rank);
	return f < FIELDS && p && p->given[f] ? FIELDS : f;
}

/* A range from above that ends in this row or below it; NULL: none holds the cell. */
static const struct table_range *range_from_above(const struct table *t, size_t row, uint32_t column)
{
	uint32_t number = table_row_number(t, row);
	size_t n;
	const struct table_range *merges = table_merges(t, &n);

	for (size_t i = 0; i < n; i++)
		if (merges[i].row < number && merges[i].last_row >= number && merges[i].column <= column && merges[i].last_column >= column)
			return &merges[i];
	return NULL;
}

struct table_cell mapping_header(const struct table *t, size_t row, uint32_t column)
{
	struct table_cell c = table_cell(t, row, column);
	const struct table_range *range = c.len || c.notes ? NULL : range_from_above(t, row, column);

	for (size_t above = row; range && above-- > 0;)
		if (table_row_number(t, above) == range->row)
			return table_cell(t, above, range->column);
	return c;
}

uint32_t mapping_header_columns(const struct table *t, size_t row)
{
	uint32_t number = table_row_number(t, row), columns = table_row_columns(t, row);
	size_t n;
	const struct table_range *merges = table_merges(t, &n);

	for (size_t i = 0; i < n; i++)
		if (merges[i].row < number && merges[i].last_row >= number)
			columns = MAX(columns, MIN(merges[i].last_column, (uint32_t)TABLE_COLUMNS_MAX));
	return columns;
}

size_t mapping_guess_header(const struct table *t)
{
	size_t best = 0, most = 0;

	for (size_t row = 0; row < MIN(table_rows(t), (size_t)MAPPING_ROWS_LOOKED_AT); row++) {
		size_t n = 0;

		for (uint32_t column = 1; column <= table_row_columns(t, row); column++)
			n += table_cell(t, row, column).len > 0;
		if (n > most) {
			most = n;
			best = row;
		}
	}
	return best;
}

static size_t count_known(const struct table *t, size_t row, enum table_kind kind, const struct mapping_profile *p)
{
	bool seen[FIELDS + 1] = { false };
	unsigned rank;
	size_t n = 0;

	for (uint32_t column = 1; column <= mapping_header_columns(t, row); column++)
		seen[field_of(kind, p, mapping_header(t, row, column).text, &rank)] = true;
	for (size_t f = 0; f < FIELDS; f++)
		n += seen[f];
	return n;
}

/* A row that takes some of its headers from the one before knows as much as that does, and is the lower row of the two. */
static bool is_lower_of(const struct table *t, size_t row, size_t upper)
{
	uint32_t number = table_row_number(t, upper);
	size_t n;
	const struct table_range *merges = table_merges(t, &n);

	if (upper == table_rows(t))
		return false;
	for (size_t i = 0; i < n; i++)
		if (merges[i].row <= number && merges[i].last_row == table_row_number(t, row))
			return true;
	return false;
}

/* The row of the first ones that knows most fields; the number of rows when none is a header. */
static size_t find_header(const struct table *t, enum table_kind kind, const struct mapping_profile *p)
{
	size_t best = table_rows(t), most = HEADER_LEAST - 1;

	for (size_t row = 0; row < MIN(table_rows(t), (size_t)MAPPING_ROWS_LOOKED_AT); row++) {
		size_t n = count_known(t, row, kind, p);

		if (n > most || (n == most && is_lower_of(t, row, best))) {
			most = n;
			best = row;
		}
	}
	return best;
}

static void report(struct table_problems *problems, enum table_fault fault, uint32_t row, uint32_t column, const char *text)
{
	struct table_problem p;

	table_problem_set(&p, fault, row, column, text);
	table_problems_add(problems, &p);
}

/* Of several columns for a field the one with the surest header counts; two that are equally sure are a mistake. */
static void take_columns(struct mapping *m, const struct table *t, const struct mapping_profile *profile, struct table_problems *problems)
{
	uint32_t number = table_row_number(t, m->header);
	unsigned ranks[FIELDS] = { 0 };

	for (uint32_t column = 1; column <= mapping_header_columns(t, m->header); column++) {
		unsigned rank = 0;
		enum field f = field_of(m->kind, profile, mapping_header(t, m->header, column).text, &rank);

		if (f == FIELDS || (m->columns[f] && rank > ranks[f]))
			continue;
		if (m->columns[f] && rank == ranks[f]) {
			report(problems, TABLE_HEADER_DOUBLED, number, column, field_header(m->kind, f));
			continue;
		}
		m->columns[f] = column;
		ranks[f] = rank;
	}
}

static bool is_taken(const struct mapping *m, uint32_t column)
{
	for (size_t f = 0; f < FIELDS; f++)
		if (m->columns[f] == column)
			return true;
	return false;
}

static void list_ignored(struct mapping *m, const struct table *t)
{
	for (uint32_t column = 1; column <= mapping_header_columns(t, m->header); column++)
		if (mapping_header(t, m->header, column).len > 0 && !is_taken(m, column))
			m->ignored[m->n_ignored++] = column;
}

static void check_required(const struct mapping *m, const struct table *t, bool needs_org, struct table_problems *problems)
{
	uint32_t number = table_row_number(t, m->header);

	for (size_t f = 0; f < FIELDS; f++)
		if (field_is_required(m->kind, (enum field)f) && !m->columns[f])
			report(problems, TABLE_HEADER_MISSING, number, 0, field_header(m->kind, (enum field)f));
	if (m->kind == TABLE_PEOPLE && needs_org && !m->columns[FIELD_ORG] && !m->columns[FIELD_ORG_CODE])
		report(problems, TABLE_HEADER_MISSING, number, 0, field_header(m->kind, FIELD_ORG));
}

/* ---- merged cells ---- */

bool mapping_takes(const struct mapping *m, const struct table_range *range)
{
	for (size_t f = 0; f < FIELDS; f++)
		if (m->columns[f] >= range->column && m->columns[f] <= range->last_column && m->columns[f])
			return true;
	return false;
}

/* Which of the columns below would a header over several of them mean? Those of the rows are told row by row, by whoever reads them. */
static void check_merges(const struct mapping *m, const struct table *t, struct table_problems *problems)
{
	uint32_t number = table_row_number(t, m->header);
	size_t n;
	const struct table_range *merges = table_merges(t, &n);

	for (size_t i = 0; i < n; i++) {
		struct table_problem p;

		if (merges[i].row > number || merges[i].last_row < number || merges[i].column == merges[i].last_column || !mapping_takes(m, &merges[i]))
			continue;
		table_problem_set(&p, TABLE_MERGED, merges[i].row, merges[i].column, NULL);
		p.last_row = merges[i].last_row;
		p.last_column = merges[i].last_column;
		table_problems_add(problems, &p);
	}
}

int mapping_find(struct mapping *ret, const struct table *t, enum table_kind kind, const struct mapping_profile *profile, bool needs_org,
                 struct table_problems *problems)
{
	size_t before = problems->total, header = find_header(t, kind, profile);

	if (header == table_rows(t)) {
		report(problems, TABLE_NO_HEADER, 0, 0, NULL);
		return -EBADMSG;
	}
	*ret = (struct mapping){ .kind = kind, .header = header };
	take_columns(ret, t, profile, problems);
	list_ignored(ret, t);
	check_required(ret, t, needs_org, problems);
	check_merges(ret, t, problems);
	return problems->total > before ? -EBADMSG : 0;
}

/* ---- cells ---- */

struct table_cell mapping_cell(const struct mapping *m, const struct table *t, size_t row, enum field f)
{
	return table_cell(t, row, m->columns[f]);
}

static bool needs_all_digits(enum field f)
{
	return f == FIELD_CARD || f == FIELD_PHONE || f == FIELD_CODE || f == FIELD_ORG_CODE || f == FIELD_PARENT;
}

int mapping_check(const struct mapping *m, const struct table *t, size_t row, enum field f, struct table_problem *ret)
{
	struct table_cell c = mapping_cell(m, t, row, f);
	unsigned wrong = c.notes & (needs_all_digits(f) ? CELL_NOTES : CELL_NOTE_ERROR | CELL_NOTE_NO_VALUE);

	return wrong ? table_cell_check(t, row, m->columns[f], ret) : 0;
}
