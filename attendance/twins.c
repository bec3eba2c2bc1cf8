/* See twins.h. */
#include "attendance/twins.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/db.h"
#include "media/base/mem.h"

struct twins {
	struct twin *list;              /* owned, in order of `from` */
	size_t n, max;
};

static int add(struct twins *t, const char *from, const char *into)
{
	if (t->n == t->max) {
		size_t max = t->max ? 2 * t->max : 16;
		struct twin *list = mem_realloc(t->list, max * sizeof(*list));

		if (!list)
			return -ENOMEM;
		t->list = list;
		t->max = max;
	}
	snprintf(t->list[t->n].from, SEAT_ID_BYTES, "%s", from);
	snprintf(t->list[t->n++].into, SEAT_ID_BYTES, "%s", into);
	return 0;
}

static int order(const void *a, const void *b)
{
	return strcmp(((const struct twin *)a)->from, ((const struct twin *)b)->from);
}

static const struct twin *find(const struct twins *t, const char *from)
{
	struct twin key;

	snprintf(key.from, sizeof(key.from), "%s", from);
	return t->n ? bsearch(&key, t->list, t->n, sizeof(key), order) : NULL;
}

/* Who was merged into somebody who was merged. A circle, which no act makes, ends where it began. */
static void follow(struct twins *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct twin *next = find(t, t->list[i].into);

		for (size_t steps = 0; next && steps < t->n; steps++, next = find(t, t->list[i].into))
			memcpy(t->list[i].into, next->into, SEAT_ID_BYTES);
	}
}

int twins_read(struct twins **ret, sqlite3 *db, int64_t before)
{
	static const char sql[] = "SELECT f.pseudonym, i.pseudonym FROM person f JOIN person i ON i.id = f.merged_into WHERE coalesce(f.merged_act, 0) < ?";
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	CLEANUP(twins_destroyp) struct twins *t = mem_zalloc(sizeof(*t));
	int r = t ? db_prepare(db, &st, sql) : -ENOMEM, code = SQLITE_DONE;

	if (r == 0)
		r = db_bind(st, "i", before);
	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW)
		r = add(t, db_text(st, 0), db_text(st, 1));
	if (r == 0)
		r = db_errno(code);
	if (r < 0)
		return r;
	if (t->n > 0)
		qsort(t->list, t->n, sizeof(*t->list), order);
	follow(t);
	*ret = STEAL(t);
	return 0;
}

struct twins *twins_destroy(struct twins *t)
{
	if (!t)
		return NULL;
	mem_free(t->list);
	return mem_free(t);
}

const char *twins_same(void *user, const char *id)
{
	const struct twin *t = find(user, id);

	return t ? t->into : id;
}

const char *twins_next(const struct twins *t, const char *id, size_t *i)
{
	while (*i < t->n) {
		const struct twin *one = &t->list[(*i)++];

		if (strcmp(one->into, id) == 0 && strcmp(one->from, id) != 0)
			return one->from;
	}
	return NULL;
}
