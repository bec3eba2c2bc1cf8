/* See credit_card.h. */
#include "attendance/credit_card.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/credit_index.h"
#include "attendance/db.h"
#include "attendance/row_json.h"
#include "attendance/twins.h"
#include "attendance/writes.h"

/* The pseudonyms of a person as a JSON array, for json_each(). Owns: the caller's, free(). */
static char *pseudonyms(const struct twins *t, const char *person)
{
	json_t *list = json_pack("[s]", person);
	const char *twin;
	char *text;
	size_t i = 0;

	while ((twin = twins_next(t, person, &i)))
		if (json_array_append_new(list, json_string(twin)) < 0)
			break;
	text = twin ? NULL : json_dumps(list, JSON_COMPACT);
	json_decref(list);
	return text;
}

static int read_list(json_t *all, const char *name, sqlite3 *db, const char *sql, const char *persons, int32_t year)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	json_t *list = json_array();
	int r = db_prepare(db, &st, sql), code = SQLITE_DONE;
	char text[8];

	snprintf(text, sizeof(text), "%04d", (int)(year % 10000));
	json_object_set_new(all, name, list);
	if (r == 0)
		r = db_bind(st, "ttii", persons, text, (int64_t)year, (int64_t)CREDIT_CARD_ROWS_MAX);
	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW)
		if (json_array_append_new(list, row_json(st)) < 0)
			r = -ENOMEM;
	return r < 0 ? r : db_errno(code);
}

static int read_all(json_t *all, sqlite3 *db, const char *persons, int32_t year)
{
	/* Each takes ?1 to ?4, so that one binding does for all. */
	static const char sums[] =
		"SELECT year, subject, kind, sum(milli_hours) AS milli_hours, sum(counted_s) AS counted_s FROM credit_entry"
		" WHERE person IN (SELECT value FROM json_each(?1)) AND ?2 = ?2 AND ?3 = ?3 GROUP BY year, subject, kind ORDER BY year DESC, subject, kind LIMIT ?4";
	static const char entries[] =
		"SELECT e.*, c.title, j.wall_us AS posted_us FROM credit_entry e JOIN journal j USING (sequence) LEFT JOIN class c ON c.room = 'class-' || e.class"
		" WHERE e.person IN (SELECT value FROM json_each(?1)) AND ?2 = ?2 AND e.year = ?3 ORDER BY e.entry DESC LIMIT ?4";
	static const char appeals[] =
		"SELECT a.appeal, a.class, a.person, jw.wall_us AS written_us, json_extract(pw.payload, '$.text') AS text, jw.actor <> a.person AS by_other, jd.wall_us AS decided_us,"
		" a.granted, json_extract(pd.payload, '$.text') AS decision, json_extract(pd.payload, '$.milli_hours') AS milli_hours FROM appeal a"
		" JOIN journal jw ON jw.sequence = a.written LEFT JOIN journal_payload pw ON pw.sequence = a.written"
		" LEFT JOIN journal jd ON jd.sequence = a.decided LEFT JOIN journal_payload pd ON pd.sequence = a.decided"
		" WHERE a.person IN (SELECT value FROM json_each(?1)) AND ?3 = ?3"
		" AND EXISTS (SELECT 1 FROM class_result r WHERE r.person = a.person AND r.class = a.class AND substr(r.day, 1, 4) = ?2) ORDER BY a.appeal DESC LIMIT ?4";
	/* Of several results of one class the last holds. */
	static const char results[] =
		"SELECT r.class, c.title, c.kind AS class_kind, r.person, r.home, r.site, r.present_s, r.unproved_s, r.gap_s, r.met, r.sent, r.counted_s, r.milli_hours, r.reason,"
		" r.rule_version, r.began_us, r.day, r.window_s, r.sequence FROM class_result r LEFT JOIN class c ON c.room = 'class-' || r.class"
		" WHERE r.person IN (SELECT value FROM json_each(?1)) AND substr(r.day, 1, 4) = ?2 AND ?3 = ?3"
		" AND r.sequence = (SELECT max(sequence) FROM class_result WHERE person = r.person AND class = r.class) ORDER BY r.sequence DESC LIMIT ?4";
	int r = read_list(all, "sums", db, sums, persons, year);

	if (r == 0)
		r = read_list(all, "entries", db, entries, persons, year);
	if (r == 0)
		r = read_list(all, "appeals", db, appeals, persons, year);
	return r < 0 ? r : read_list(all, "results", db, results, persons, year);
}

/* The greatest of the rules that held then. */
static int add_target(json_t *all, sqlite3 *db, const struct credit_card_query *q)
{
	static const char sql[] = "SELECT json_extract(rule, '$.year_target_milli') FROM credit_rule WHERE org = ?1 AND superseded_by IS NULL AND valid_from <= ?2"
	                          " AND (valid_to IS NULL OR valid_to > ?2)";
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, sql);
	int64_t target = 0;

	for (size_t i = 0; r == 0 && i < q->n && i < ORG_DEPTH_MAX; i++) {
		r = db_bind(st, "ii", q->orgs[i], q->target_us);
		if (r == 0 && sqlite3_step(st) == SQLITE_ROW)
			target = MAX(target, sqlite3_column_int64(st, 0));
		sqlite3_reset(st);
	}
	if (r == 0 && target > 0)
		json_object_set_new(all, "target", json_integer(target));
	return r;
}

int credit_card_read(struct store_reader *reader, const void *args, size_t len, char **ret_text)
{
	const struct credit_card_query *q = args;
	CLEANUP(twins_destroyp) struct twins *t = NULL;
	sqlite3 *db = store_reader_db(reader);
	char *persons = NULL, *text = NULL;
	json_t *all = json_object();
	int r = len == sizeof(*q) ? twins_read(&t, db, INT64_MAX) : -EINVAL;

	if (r == 0) {
		persons = pseudonyms(t, q->person);
		r = persons && all ? read_all(all, db, persons, q->year) : -ENOMEM;
	}
	if (r == 0)
		r = add_target(all, db, q);
	if (r == 0)
		text = json_dumps(all, JSON_COMPACT);
	json_decref(all);
	free(persons);
	if (r == 0 && !text)
		return -ENOMEM;
	*ret_text = text;
	return r;
}
