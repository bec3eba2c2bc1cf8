/* See audit.h. */
#include "attendance/audit.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "attendance/db.h"
#include "attendance/writes.h"

static const char sql[] =
	"SELECT a.sequence, a.wall_us, a.act, a.account, a.person, coalesce(g.role, ''), a.org, a.subject, p.payload FROM audit a"
	" LEFT JOIN journal_payload p ON p.sequence = a.sequence LEFT JOIN right_grant g ON g.id = a.right_grant"
	" WHERE a.sequence < ?1 AND a.wall_us >= ?2 AND (?3 = 0 OR a.wall_us < ?3) AND (?4 = 0 OR a.person = ?4 OR a.subject = ?4) AND (?5 = '' OR a.act = ?5)"
	" AND ((?6 > 0 AND a.account = ?6) OR (?7 > 0 AND a.subject = ?7) OR seen_org(a.org) OR seen_person(a.subject))"
	" ORDER BY a.sequence DESC LIMIT ?8";

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void seen(sqlite3_context *context, int64_t id, const int64_t *ids, size_t n)
{
	sqlite3_result_int(context, n && id > 0 && bsearch(&id, ids, n, sizeof(*ids), compare) != NULL);
}

static void seen_org(sqlite3_context *context, int n, sqlite3_value **values)
{
	const struct audit_query *q = sqlite3_user_data(context);

	(void)n;
	seen(context, sqlite3_value_int64(values[0]), q->ids, q->n_orgs);
}

static void seen_person(sqlite3_context *context, int n, sqlite3_value **values)
{
	const struct audit_query *q = sqlite3_user_data(context);

	(void)n;
	seen(context, sqlite3_value_int64(values[0]), q->ids + q->n_orgs, q->n_people);
}

/* For this question only: the ids are the question's. */
static int set_functions(sqlite3 *db, const struct audit_query *q)
{
	int code = sqlite3_create_function(db, "seen_org", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, (void *)q, q ? seen_org : NULL, NULL, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_create_function(db, "seen_person", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, (void *)q, q ? seen_person : NULL, NULL, NULL);
	return db_errno(code);
}

static json_t *write_row(sqlite3_stmt *st)
{
	json_t *payload = sqlite3_column_type(st, 8) == SQLITE_NULL ? NULL : json_loads(db_text(st, 8), 0, NULL);
	json_t *detail = json_incref(json_object_get(payload, "detail"));

	json_decref(payload);
	return json_pack("{s:I, s:I, s:s, s:I, s:I, s:s, s:I, s:I, s:o}", "sequence", (json_int_t)sqlite3_column_int64(st, 0), "wall_us", (json_int_t)sqlite3_column_int64(st, 1),
	                 "act", db_text(st, 2), "account", (json_int_t)sqlite3_column_int64(st, 3), "person", (json_int_t)sqlite3_column_int64(st, 4), "role", db_text(st, 5),
	                 "org", (json_int_t)sqlite3_column_int64(st, 6), "subject", (json_int_t)sqlite3_column_int64(st, 7), "detail", detail ? detail : json_null());
}

static int read_rows(json_t *list, sqlite3 *db, const struct audit_query *q)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int code, r = db_prepare(db, &st, sql);

	if (r == 0)
		r = db_bind(st, "iiiitiii", q->before, q->from_us, q->to_us, q->person, q->act, q->own_account, q->own_person, (int64_t)q->limit);
	if (r < 0)
		return r;
	while ((code = sqlite3_step(st)) == SQLITE_ROW)
		if (json_array_append_new(list, write_row(st)) < 0)
			return -ENOMEM;
	return db_errno(code);
}

int audit_read(struct store_reader *r, const void *args, size_t len, char **ret_text)
{
	const struct audit_query *q = args;
	sqlite3 *db = store_reader_db(r);
	json_t *list = json_array();
	int e = list ? set_functions(db, q) : -ENOMEM;

	(void)len;
	if (e == 0)
		e = read_rows(list, db, q);
	set_functions(db, NULL);
	*ret_text = e == 0 ? json_dumps(list, JSON_COMPACT) : NULL;
	json_decref(list);
	return e == 0 && !*ret_text ? -ENOMEM : e;
}
