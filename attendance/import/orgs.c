/* Rows of organisations. */
#include <errno.h>
#include <string.h>

#include "attendance/import/state.h"

struct org_row {
	char name[ORG_NAME_BYTES], parent[1024], code[VALUE_CODE_BYTES], phone[VALUE_PHONE_BYTES];
	const char *kind;               /* NULL: the cell is empty */
};

static int read_row(const struct import *i, size_t row, struct org_row *ret, struct table_problem *problem)
{
	char kind[128] = "", phone[256] = "";
	int r = import_text(i, row, FIELD_NAME, ret->name, sizeof(ret->name), problem);

	if (r == 0 && !*ret->name)
		r = import_refuse(i, row, FIELD_NAME, TABLE_VALUE_EMPTY, NULL, problem);
	if (r == 0)
		r = import_text(i, row, FIELD_PARENT, ret->parent, sizeof(ret->parent), problem);
	if (r == 0)
		r = import_text(i, row, FIELD_CODE, ret->code, ORG_CODE_BYTES, problem);
	if (r == 0)
		r = import_text(i, row, FIELD_KIND, kind, sizeof(kind), problem);
	if (r == 0)
		r = import_text(i, row, FIELD_PHONE, phone, sizeof(phone), problem);
	if (r < 0)
		return r;
	if (*phone && value_phone(ret->phone, phone) < 0)
		return import_refuse(i, row, FIELD_PHONE, TABLE_VALUE_NUMBER, NULL, problem);
	if (*ret->code && value_code(ret->code, ret->code) < 0)
		return import_refuse(i, row, FIELD_CODE, TABLE_VALUE_UNKNOWN, NULL, problem);
	ret->kind = *kind ? value_organisation_kind(kind) : NULL;
	return *kind && !ret->kind ? import_refuse(i, row, FIELD_KIND, TABLE_VALUE_UNKNOWN, NULL, problem) : 0;
}

/* Without a parent it hangs below the organisation that is imported into. */
static int find_parent(const struct import *i, size_t row, const struct org_row *r, struct named_org **ret, struct table_problem *problem)
{
	int e = 0;

	if (!*r->parent) {
		*ret = i->cfg.org ? import_org_by_id(i, i->cfg.org) : NULL;
		if (!*ret && !i->who.account)
			return 0;
		return *ret ? 0 : import_refuse(i, row, FIELD_PARENT, TABLE_VALUE_EMPTY, NULL, problem);
	}
	e = import_org_find(i, r->parent, NULL, ret);
	if (e == -EEXIST)
		return import_refuse(i, row, FIELD_PARENT, TABLE_ORG_AMBIGUOUS, NULL, problem);
	if (*ret)
		return 0;
	return i->last ? import_refuse(i, row, FIELD_PARENT, TABLE_ORG_UNKNOWN, NULL, problem) : -EAGAIN;
}

/* Along the parents as they will be: how many steps up; -1: it does not stand there. */
static int steps_up(const struct import *i, const struct named_org *o, const struct named_org *above)
{
	for (int steps = 0; o && steps <= ORG_DEPTH_MAX; o = import_org_by_id(i, o->parent), steps++)
		if (o == above)
			return steps;
	return -1;
}

/* Of what hangs below an organisation, above which there may be some that are not imported into. */
static uint32_t depth_below(const struct import *i, const struct named_org *o)
{
	const struct org *above = NULL;
	uint32_t depth = 0;

	for (; o && depth <= ORG_DEPTH_MAX; o = import_org_by_id(i, o->parent), depth++)
		above = directory_org(i->cfg.directory, o->parent);
	return depth + (above ? above->depth + 1 : 0);
}

/* How many levels hang below it. */
static uint32_t height(const struct import *i, const struct named_org *o)
{
	const struct org *now = directory_org(i->cfg.directory, o->id);
	struct named_org *other, *next;
	int most = 0;

	if (!o->above && (!now || !now->child))
		return 0;
	HASH_ITER(by_id, i->ids, other, next)
		most = MAX(most, steps_up(i, other, o));
	return (uint32_t)most;
}

static bool is_too_deep(const struct import *i, const struct named_org *parent, const struct named_org *o)
{
	if (o && o->parent == (parent ? parent->id : 0))
		return false;
	return depth_below(i, parent) + (o ? height(i, o) : 0) >= ORG_DEPTH_MAX;
}

/* Names say what they are: 某某镇委员会, 某某村党支部. */
static const char *kind_of_name(const char *name)
{
	const char *kind = value_organisation_kind(name);

	return kind ? kind : "branch";
}

static int add(struct import *i, size_t row, const struct org_row *r, int64_t parent)
{
	int64_t id = directory_next_org_id(i->cfg.directory);
	struct named_org *o;

	changes_org(i->changes, id, r->code);
	import_add_fact(i, (struct fact){ .type = FACT_PARENT, .org = id, .other = parent }, i->cfg.now_us);
	import_add_fact(i, (struct fact){ .type = FACT_NAME, .org = id, .text = r->name, .note = r->kind ? r->kind : kind_of_name(r->name) }, i->cfg.now_us);
	if (*r->phone)
		import_add_fact(i, (struct fact){ .type = FACT_ORG_PHONE, .org = id, .text = r->phone }, i->cfg.now_us);
	if (import_org_add(i, id, parent, r->name, r->code, true, &o) < 0)
		return -ENOMEM;
	o->row = table_row_number(i->table, row);
	return 0;
}

/* Whether there is anything to change; -ENOMEM. */
static int change(struct import *i, struct named_org *o, const struct org_row *r, int64_t parent)
{
	const struct org *now = directory_org(i->cfg.directory, o->id);
	const char *kind = r->kind ? r->kind : now->kind;
	bool renamed = strcmp(now->name, r->name) != 0 || strcmp(now->kind, kind) != 0, moved = now->parent != parent;
	bool called = *r->phone && strcmp(now->phone, r->phone) != 0;

	if (renamed) {
		import_end_fact(i, directory_org_fact(i->cfg.directory, o->id, FACT_NAME, NULL));
		import_add_fact(i, (struct fact){ .type = FACT_NAME, .org = o->id, .text = r->name, .note = kind }, i->cfg.now_us);
		if (import_org_rename(i, o, r->name) < 0)
			return -ENOMEM;
	}
	if (moved) {
		import_end_fact(i, directory_org_fact(i->cfg.directory, o->id, FACT_PARENT, NULL));
		import_add_fact(i, (struct fact){ .type = FACT_PARENT, .org = o->id, .other = parent }, i->cfg.now_us);
		o->parent = parent;
	}
	if (called) {
		if (*now->phone)
			import_end_fact(i, directory_org_fact(i->cfg.directory, o->id, FACT_ORG_PHONE, NULL));
		import_add_fact(i, (struct fact){ .type = FACT_ORG_PHONE, .org = o->id, .text = r->phone }, i->cfg.now_us);
	}
	return renamed || moved || called;
}

/* The row of the organisation that is imported into: it has no parent there, and stays where it is. */
static struct named_org *find_top(const struct import *i, const struct org_row *r)
{
	struct named_org *top = i->cfg.org ? import_org_by_id(i, i->cfg.org) : NULL;
	bool same = top && !*r->parent && strcmp(r->name, top->name) == 0 && (!*r->code || import_org_by_code(i, r->code) == top);

	return same ? top : NULL;
}

static int plan_top(struct import *i, size_t row, struct named_org *top, const struct org_row *r, enum import_fate *ret, struct table_problem *problem)
{
	int e;

	if (top->row)
		return import_refuse(i, row, FIELD_NAME, TABLE_ROW_DOUBLED, NULL, problem);
	top->row = table_row_number(i->table, row);
	e = change(i, top, r, directory_org(i->cfg.directory, top->id)->parent);
	*ret = e > 0 ? IMPORT_CHANGED : IMPORT_SAME;
	return MIN(e, 0);
}

int import_plan_org(struct import *i, size_t row, enum import_fate *ret, struct table_problem *problem)
{
	struct named_org *parent = NULL, *o, *other;
	struct org_row r = { 0 };
	int e = read_row(i, row, &r, problem);

	if (e == 0 && find_top(i, &r))
		return plan_top(i, row, find_top(i, &r), &r, ret, problem);
	if (e == 0)
		e = find_parent(i, row, &r, &parent, problem);
	if (e < 0)
		return e;
	other = import_org_child(i, parent ? parent->id : 0, r.name);
	o = *r.code ? import_org_by_code(i, r.code) : other;
	if (o && o->row)
		return import_refuse(i, row, FIELD_NAME, TABLE_ROW_DOUBLED, NULL, problem);
	if (other && other != o)
		return import_refuse(i, row, FIELD_NAME, TABLE_NAME_TAKEN, NULL, problem);
	if (*r.code && !o && directory_org_code(i->cfg.directory, r.code))
		return import_refuse(i, row, FIELD_CODE, TABLE_CODE_TAKEN, NULL, problem);
	if (o && steps_up(i, parent, o) >= 0)
		return import_refuse(i, row, FIELD_PARENT, TABLE_IN_CIRCLE, NULL, problem);
	if (is_too_deep(i, parent, o))
		return import_refuse(i, row, FIELD_PARENT, TABLE_TOO_DEEP, NULL, problem);
	if (parent)
		parent->above = true;
	if (!o) {
		*ret = IMPORT_ADDED;
		return add(i, row, &r, parent ? parent->id : 0);
	}
	o->row = table_row_number(i->table, row);
	e = change(i, o, &r, parent ? parent->id : 0);
	*ret = e > 0 ? IMPORT_CHANGED : IMPORT_SAME;
	return MIN(e, 0);
}
