/* See retention_history.h. */
#include "attendance/retention_history.h"

#include <errno.h>
#include <jansson.h>

#include "attendance/db.h"
#include "attendance/writes.h"

static int read_counts(json_t *list, sqlite3 *db, int64_t run)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int code, r = db_prepare(db, &st, "SELECT org, policy, removed FROM retention_count WHERE run = ? ORDER BY org, policy");

	if (r == 0)
		r = db_bind(st, "i", run);
	if (r < 0)
		return r;
	while ((code = sqlite3_step(st)) == SQLITE_ROW)
		if (json_array_append_new(list, json_pack("{s:I, s:s, s:I}", "org", (json_int_t)sqlite3_column_int64(st, 0), "policy", db_text(st, 1), "n",
		                                          (json_int_t)sqlite3_column_int64(st, 2))) < 0)
			return -ENOMEM;
	return db_errno(code);
}

static int read_runs(json_t *list, sqlite3 *db)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int code = SQLITE_DONE, r = db_prepare(db, &st, "SELECT id, started_us, coalesce(finished_us, 0) FROM retention_run ORDER BY id DESC LIMIT ?");

	if (r == 0)
		r = db_bind(st, "i", (int64_t)RETENTION_RUNS_MAX);
	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW) {
		json_t *counts = json_array();

		r = read_counts(counts, db, sqlite3_column_int64(st, 0));
		if (json_array_append_new(list, json_pack("{s:I, s:I, s:o}", "started_us", (json_int_t)sqlite3_column_int64(st, 1), "finished_us",
		                                          (json_int_t)sqlite3_column_int64(st, 2), "removed", counts)) < 0)
			r = -ENOMEM;
	}
	return r < 0 ? r : db_errno(code);
}

int retention_history_read(struct store_reader *r, const void *args, size_t len, char **ret_text)
{
	json_t *list = json_array();
	int e = list ? read_runs(list, store_reader_db(r)) : -ENOMEM;

	(void)args;
	(void)len;
	*ret_text = e == 0 ? json_dumps(list, JSON_COMPACT) : NULL;
	json_decref(list);
	return e == 0 && !*ret_text ? -ENOMEM : e;
}
