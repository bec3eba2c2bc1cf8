/* See history.h. */
#include "attendance/history.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#include "attendance/db.h"
#include "attendance/writes.h"

#define SQL_BYTES 512

static const char *column(const char *name)
{
	return name ? name : "NULL";
}

static json_t *write_row(enum fact_type type, sqlite3_stmt *st)
{
	return json_pack("{s:i, s:I, s:I, s:I, s:I, s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:b}", "type", (int)type, "id", (json_int_t)sqlite3_column_int64(st, 0),
	                 "org", (json_int_t)sqlite3_column_int64(st, 1), "person", (json_int_t)sqlite3_column_int64(st, 2), "other", (json_int_t)sqlite3_column_int64(st, 3),
	                 "text", db_text(st, 4), "note", db_text(st, 5), "flag", sqlite3_column_int(st, 6) != 0, "from_us", (json_int_t)sqlite3_column_int64(st, 7),
	                 "to_us", (json_int_t)sqlite3_column_int64(st, 8), "recorded_us", (json_int_t)sqlite3_column_int64(st, 9),
	                 "act", (json_int_t)sqlite3_column_int64(st, 10), "superseded", sqlite3_column_type(st, 11) != SQLITE_NULL);
}

static int read_type(json_t *list, sqlite3 *db, enum fact_type type, const char *by, int64_t id, bool all)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	const struct fact_table *t = fact_table(type);
	char sql[SQL_BYTES];
	int code, r;

	snprintf(sql, sizeof(sql),
	         "SELECT id, %s, %s, %s, %s, %s, %s, valid_from, valid_to, recorded_at, act, superseded_by FROM %s WHERE %s = ? AND (? OR superseded_by IS NULL)"
	         " ORDER BY valid_from DESC, id DESC LIMIT %d",
	         column(t->org), column(t->person), column(t->other), column(t->text), column(t->note), column(t->flag), t->table, by, HISTORY_ROWS_MAX);
	r = db_prepare(db, &st, sql);
	if (r == 0)
		r = db_bind(st, "ii", id, (int64_t)all);
	if (r < 0)
		return r;
	while ((code = sqlite3_step(st)) == SQLITE_ROW)
		if (json_array_append_new(list, write_row(type, st)) < 0)
			return -ENOMEM;
	return db_errno(code);
}

int history_read(struct store_reader *r, const void *args, size_t len, char **ret_text)
{
	static const enum fact_type of_org[] = { FACT_PARENT, FACT_NAME, FACT_ORG_PHONE, FACT_POLICY };
	static const enum fact_type of_person[] = { FACT_KIND, FACT_MEMBERSHIP, FACT_POST, FACT_CATEGORY, FACT_GRANT };
	const struct history_query *q = args;
	const enum fact_type *types = q->person ? of_person : of_org;
	size_t n = q->person ? ARRAY_LEN(of_person) : ARRAY_LEN(of_org);
	json_t *list = json_array();
	int e = list && len == sizeof(*q) ? 0 : -ENOMEM;

	for (size_t i = 0; e == 0 && i < n; i++) {
		const struct fact_table *t = fact_table(types[i]);

		e = read_type(list, store_reader_db(r), types[i], q->person ? t->person : t->org, q->person ? q->person : q->org, q->all);
	}
	*ret_text = e == 0 ? json_dumps(list, JSON_COMPACT) : NULL;
	json_decref(list);
	return e == 0 && !*ret_text ? -ENOMEM : e;
}
