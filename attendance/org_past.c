/* See org_past.h. */
#include "attendance/org_past.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/db.h"
#include "attendance/directory.h"
#include "media/base/mem.h"

/* What held of an organisation for a time. */
struct held {
	int64_t org, from_us, to_us;    /* to_us 0: open */
	int64_t parent;                 /* of an edge */
	char *name, *kind;              /* owned: of a name */
};

struct held_list {
	struct held *list;              /* owned, n, in order of organisation and time */
	size_t n, max;
};

struct org_past {
	struct held_list edges, names;
};

/* A row counts that was known, unless what took its place was known as well. Facts without an act were there before acts were. */
#define KNOWN(table) " FROM " table " f LEFT JOIN " table " s ON s.id = f.superseded_by" \
	" WHERE coalesce(f.act, 0) <= ?1 AND (s.id IS NULL OR coalesce(s.act, 0) > ?1) ORDER BY f.org, f.valid_from, f.id"

static int need_room(struct held_list *l)
{
	size_t max = l->max ? 2 * l->max : 256;
	struct held *list;

	if (l->n < l->max)
		return 0;
	list = mem_realloc(l->list, max * sizeof(*list));
	if (!list)
		return -ENOMEM;
	l->list = list;
	l->max = max;
	return 0;
}

static int add(struct held_list *l, sqlite3_stmt *st, bool names)
{
	struct held *h;
	int r = need_room(l);

	if (r < 0)
		return r;
	h = &l->list[l->n++];
	*h = (struct held){ .org = sqlite3_column_int64(st, 0), .from_us = sqlite3_column_int64(st, 1), .to_us = sqlite3_column_int64(st, 2) };
	if (!names) {
		h->parent = sqlite3_column_int64(st, 3);
		return 0;
	}
	h->name = mem_strdup(db_text(st, 3));
	h->kind = mem_strdup(db_text(st, 4));
	return h->name && h->kind ? 0 : -ENOMEM;
}

static int read_list(struct held_list *l, sqlite3 *db, const char *sql, int64_t known, bool names)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, sql), code = SQLITE_DONE;

	if (r == 0)
		r = db_bind(st, "i", known);
	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW)
		r = add(l, st, names);
	return r < 0 ? r : db_errno(code);
}

int org_past_read(struct org_past **ret, sqlite3 *db, int64_t known)
{
	CLEANUP(org_past_destroyp) struct org_past *p = mem_zalloc(sizeof(*p));
	int r = p ? 0 : -ENOMEM;

	if (r == 0)
		r = read_list(&p->edges, db, "SELECT f.org, f.valid_from, f.valid_to, f.parent" KNOWN("org_edge"), known, false);
	if (r == 0)
		r = read_list(&p->names, db, "SELECT f.org, f.valid_from, f.valid_to, f.name, f.kind" KNOWN("org_name"), known, true);
	if (r < 0)
		return r;
	*ret = STEAL(p);
	return 0;
}

static void drop(struct held_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		mem_free(l->list[i].name);
		mem_free(l->list[i].kind);
	}
	mem_free(l->list);
}

struct org_past *org_past_destroy(struct org_past *p)
{
	if (!p)
		return NULL;
	drop(&p->edges);
	drop(&p->names);
	return mem_free(p);
}

/* The first of an organisation. */
static size_t find_first(const struct held_list *l, int64_t org)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (l->list[mid].org < org)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static const struct held *find(const struct held_list *l, int64_t org, int64_t at_us)
{
	const struct held *best = NULL;

	for (size_t i = find_first(l, org); i < l->n && l->list[i].org == org; i++) {
		const struct held *h = &l->list[i];

		if (h->from_us > at_us)
			return best ? best : h;
		if (h->to_us == 0 || at_us < h->to_us)
			return h;
		if (!best || h->to_us >= best->to_us)
			best = h;
	}
	return best;
}

int64_t org_past_parent(const struct org_past *p, int64_t org, int64_t at_us)
{
	const struct held *h = find(&p->edges, org, at_us);

	return h ? h->parent : 0;
}

const char *org_past_name(const struct org_past *p, int64_t org, int64_t at_us, const char **ret_kind)
{
	const struct held *h = find(&p->names, org, at_us);

	if (ret_kind)
		*ret_kind = h ? h->kind : "";
	return h ? h->name : "";
}

int64_t org_past_branch(const struct org_past *p, int64_t org, int64_t above, int64_t at_us)
{
	int64_t below = org;

	for (int depth = 0; org && depth <= ORG_DEPTH_MAX; depth++) {
		if (org == above)
			return below;
		below = org;
		org = org_past_parent(p, org, at_us);
	}
	return 0;
}
