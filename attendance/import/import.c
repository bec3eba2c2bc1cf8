/* See import.h: the rows one after another. Organisations in rounds, since a parent may stand below its children. */
#include "attendance/import/import.h"

#include <errno.h>
#include <string.h>

#include "attendance/import/state.h"
#include "media/base/mem.h"

bool import_needs_org(const struct directory *d, enum table_kind kind, int64_t org)
{
	const struct org *into = directory_org(d, org), *below = into ? into->child : NULL;

	while (below && below->closed_us)
		below = below->sibling;
	return kind == TABLE_PEOPLE && (!into || below);
}

/* The first data row whose number is not smaller. */
static size_t row_from(const struct import *i, uint32_t number)
{
	size_t low = 0, high = i->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table_row_number(i->table, i->mapping.header + 1 + middle) < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Every row is marked once: of ranges that overlap, as only strange files have them, the one that reaches down farthest counts. */
static int note_merges(struct import *i)
{
	size_t n, first = i->mapping.header + 1;
	const struct table_range *merges = table_merges(i->table, &n);
	uint16_t *best = n > 0 ? mem_calloc(MAX(i->n, (size_t)1), sizeof(*best)) : NULL;

	if (n == 0)
		return 0;
	if (!best)
		return -ENOMEM;
	for (size_t k = 0; k < n; k++) {
		size_t row = mapping_takes(&i->mapping, &merges[k]) ? row_from(i, merges[k].row) : i->n;

		if (row < i->n && (!best[row] || merges[best[row] - 1].last_row < merges[k].last_row))
			best[row] = (uint16_t)(k + 1);
	}
	for (size_t row = 0; row < i->n; row++) {
		size_t before = row > 0 ? best[row - 1] : 0;

		if (before && (!best[row] || merges[best[row] - 1].last_row < merges[before - 1].last_row))
			best[row] = (uint16_t)before;
		if (best[row] && merges[best[row] - 1].last_row < table_row_number(i->table, first + row))
			best[row] = 0;
	}
	i->merged = best;
	return 0;
}

int import_begin(struct import **ret, const struct import_cfg *cfg, enum table_kind kind, const struct table *table, struct table_problems *problems)
{
	CLEANUP(import_endp) struct import *i = mem_zalloc(sizeof(*i));
	int r;

	if (!i)
		return -ENOMEM;
	i->cfg = *cfg;
	i->who = cfg->who ? *cfg->who : (struct principal){ 0 };
	i->kind = kind;
	i->table = table;
	r = mapping_find(&i->mapping, table, kind, cfg->profile, import_needs_org(cfg->directory, kind, cfg->org), problems);
	if (r < 0)
		return r;
	i->cfg.profile = NULL;
	i->person_kind = cfg->person_kind && *cfg->person_kind ? value_person_kind(cfg->person_kind) : NULL;
	i->cfg.person_kind = NULL;
	if (!i->person_kind)
		i->person_kind = import_kind_of_titles(i);
	i->n = table_rows(table) - i->mapping.header - 1;
	i->rows = mem_calloc(MAX(i->n, (size_t)1), sizeof(*i->rows));
	i->changes = changes_new();
	i->loaded = kind != TABLE_PEOPLE;
	if (!i->rows || !i->changes || note_merges(i) < 0 || import_orgs_load(i) < 0)
		return -ENOMEM;
	*ret = STEAL(i);
	return 0;
}

struct import *import_end(struct import *i)
{
	if (!i)
		return NULL;
	import_orgs_done(i);
	import_people_done(i);
	changes_destroy(i->changes);
	mem_free(i->merged);
	mem_free(i->rows);
	return mem_free(i);
}

static int check_merges(const struct import *i, size_t index, struct table_problem *ret)
{
	size_t n;
	const struct table_range *range = i->merged && i->merged[index] ? &table_merges(i->table, &n)[i->merged[index] - 1] : NULL;

	if (!range)
		return 0;
	table_problem_set(ret, TABLE_MERGED, range->row, range->column, NULL);
	ret->last_row = range->last_row;
	ret->last_column = range->last_column;
	return -EBADMSG;
}

static int plan(struct import *i, size_t index)
{
	struct planned *p = &i->rows[index];
	size_t row = i->mapping.header + 1 + index;
	int r = check_merges(i, index, &p->problem);

	if (r == 0)
		r = i->kind == TABLE_PEOPLE ? import_plan_person(i, row, &p->fate, &p->problem) : import_plan_org(i, row, &p->fate, &p->problem);

	if (r == -EAGAIN)
		return 0;
	if (r < 0 && r != -EBADMSG)
		return r;
	if (r == -EBADMSG)
		p->fate = IMPORT_REFUSED;
	p->done = i->any = true;
	i->counts[p->fate]++;
	i->planned++;
	return 0;
}

/* Behind the last row begins the next round; one without progress is followed by the last. */
static void next_round(struct import *i)
{
	i->last = i->last || !i->any;
	i->any = false;
	i->next = 0;
}

int import_step(struct import *i, size_t rows)
{
	int r = 0;

	if (!i->loaded)
		return import_people_load(i, rows);
	for (; r == 0 && rows > 0 && i->planned < i->n; i->next++) {
		if (i->next == i->n)
			next_round(i);
		if (i->rows[i->next].done)
			continue;
		r = plan(i, i->next);
		rows--;
	}
	if (r == 0 && changes_broken(i->changes))
		r = -ENOMEM;
	return r < 0 ? r : i->planned == i->n;
}

size_t import_n(const struct import *i)
{
	return i->n;
}

size_t import_count(const struct import *i, enum import_fate fate)
{
	return i->counts[fate];
}

struct import_row import_row(const struct import *i, size_t index)
{
	size_t row = i->mapping.header + 1 + index;
	const struct planned *p = &i->rows[index];

	if (!p->done)
		return (struct import_row){ .number = table_row_number(i->table, row), .fate = IMPORT_SAME, .name = "" };
	return (struct import_row){
		.number = table_row_number(i->table, row), .fate = p->fate, .name = mapping_cell(&i->mapping, i->table, row, FIELD_NAME).text, .problem = p->problem,
	};
}

const char *import_person_kind(const struct import *i)
{
	return i->person_kind;
}

const struct mapping *import_mapping(const struct import *i)
{
	return &i->mapping;
}

struct changes *import_take_changes(struct import *i)
{
	return STEAL(i->changes);
}

const char *import_fate_name(enum import_fate fate)
{
	static const char *const names[IMPORT_FATES] = { "added", "changed", "same", "refused" };

	return names[fate];
}

/* ---- for the rows ---- */

int import_refuse(const struct import *i, size_t row, enum field f, enum table_fault fault, const char *text, struct table_problem *ret)
{
	return table_problem_set(ret, fault, table_row_number(i->table, row), i->mapping.columns[f], text ? text : field_header(i->kind, f));
}

int import_text(const struct import *i, size_t row, enum field f, char *ret, size_t size, struct table_problem *ret_problem)
{
	struct table_cell cell = mapping_cell(&i->mapping, i->table, row, f);
	int r;

	*ret = 0;
	if (i->mapping.columns[f] && mapping_check(&i->mapping, i->table, row, f, ret_problem) < 0)
		return -EBADMSG;
	r = cell.len && (f == FIELD_NAME || !value_is_nothing(cell.text)) ? value_text(ret, size, cell.text) : -ENODATA;
	if (r == 0 || r == -ENODATA)
		return 0;
	return import_refuse(i, row, f, r == -E2BIG ? TABLE_VALUE_TOO_LONG : TABLE_VALUE_UNKNOWN, NULL, ret_problem);
}

bool import_may(const struct import *i, int64_t org)
{
	int64_t grant;

	return !i->who.account || may(i->cfg.directory, &i->who, ACT_IMPORT_RUN, target_org(org), i->cfg.now_us, &grant) == 0;
}

bool import_sees_people(const struct import *i, int64_t org)
{
	/* One of this file is nobody's yet. */
	return !i->who.account || !directory_org(i->cfg.directory, org) || can_see_people_of(i->cfg.directory, &i->who, org, i->cfg.now_us);
}

void import_add_fact(struct import *i, struct fact fact, int64_t from_us)
{
	fact.id = directory_next_fact_id(i->cfg.directory, fact.type);
	fact.valid_from_us = from_us;
	fact.text = fact.text ? fact.text : "";
	fact.note = fact.note ? fact.note : "";
	changes_fact(i->changes, &fact);
}

void import_end_fact(struct import *i, const struct fact *fact)
{
	changes_fact_ends(i->changes, fact, i->cfg.now_us, directory_next_fact_id(i->cfg.directory, fact->type));
}
