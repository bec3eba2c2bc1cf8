/* See finding.h. */
#include "attendance/finding.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "attendance/db.h"
#include "attendance/writes.h"

static void read_row(sqlite3_stmt *st, struct finding *ret)
{
	*ret = (struct finding){
		.id = sqlite3_column_int64(st, 0), .class = sqlite3_column_int64(st, 1), .number = sqlite3_column_int64(st, 2), .site = sqlite3_column_int64(st, 3),
		.org = sqlite3_column_int64(st, 4), .look_us = sqlite3_column_int64(st, 5), .written_us = sqlite3_column_int64(st, 6), .answered_us = sqlite3_column_int64(st, 7),
	};
	snprintf(ret->author, sizeof(ret->author), "%s", db_text(st, 8));
	snprintf(ret->answerer, sizeof(ret->answerer), "%s", db_text(st, 9));
}

int findings_load(struct store *s, int (*on_finding)(void *user, const struct finding *f), void *user)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(store_db(s), &st, "SELECT id, class, number, site, org, look_us, written_us, answered_us, author, answerer FROM finding ORDER BY id"), code = SQLITE_DONE;

	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW) {
		struct finding f;

		read_row(st, &f);
		r = on_finding(user, &f);
	}
	return r != 0 ? r : db_errno(code);
}

static void put_text(json_t *row, const char *name, sqlite3_stmt *st, int column)
{
	json_t *payload = sqlite3_column_type(st, column) == SQLITE_NULL ? NULL : json_loads(db_text(st, column), 0, NULL);
	const json_t *text = json_object_get(payload, "text");

	if (json_is_string(text))
		json_object_set(row, name, (json_t *)(uintptr_t)text);
	json_decref(payload);
}

static int read_one(json_t *all, sqlite3_stmt *st, int64_t id)
{
	char name[24];
	json_t *row;
	int r = db_bind(st, "i", id), code;

	if (r < 0)
		return r;
	code = sqlite3_step(st);
	if (code == SQLITE_ROW) {
		row = json_object();
		put_text(row, "text", st, 0);
		put_text(row, "answer", st, 1);
		snprintf(name, sizeof(name), "%" PRId64, id);
		json_object_set_new(all, name, row);
	}
	r = db_errno(code);
	sqlite3_reset(st);
	return r;
}

int findings_read_texts(struct store_reader *reader, const void *args, size_t len, char **ret_text)
{
	const struct finding_texts *q = args;
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	json_t *all = json_object();
	int r;

	if (len < sizeof(*q) || q->n > FINDINGS_A_PAGE || len != sizeof(*q) + q->n * sizeof(q->ids[0])) {
		json_decref(all);
		return -EINVAL;
	}
	r = db_prepare(store_reader_db(reader), &st,
	               "SELECT p.payload, a.payload FROM finding f LEFT JOIN journal_payload p ON p.sequence = f.id LEFT JOIN journal_payload a ON a.sequence = f.answer WHERE f.id = ?");
	for (uint32_t i = 0; r == 0 && i < q->n; i++)
		r = read_one(all, st, q->ids[i]);
	*ret_text = r == 0 ? json_dumps(all, JSON_COMPACT) : NULL;
	json_decref(all);
	return r == 0 && !*ret_text ? -ENOMEM : r;
}
