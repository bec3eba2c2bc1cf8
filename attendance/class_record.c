/* See class_record.h. */
#include "attendance/class_record.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>

#include "attendance/db.h"
#include "attendance/writes.h"

static json_t *event_json(enum event_kind kind, int64_t wall_us, const char *payload)
{
	return json_pack("[i, I, s]", (int)kind, (json_int_t)wall_us, payload);
}

static int finish(json_t *all, int r, char **ret_text)
{
	char *text = r == 0 && all ? json_dumps(all, JSON_COMPACT) : NULL;

	json_decref(all);
	if (r < 0)
		return r;
	*ret_text = text;
	return text ? 0 : -ENOMEM;
}

/* ---- one ---- */

static int keep_row(void *user, const struct journal_row *row)
{
	const struct event *ev = &row->event;

	/* What was erased since its days are over is left out. */
	return !*ev->payload || json_array_append_new(user, event_json(ev->kind, ev->wall_us, ev->payload)) == 0 ? 0 : -ENOMEM;
}

int class_record_read(struct store_reader *reader, const void *args, size_t len, char **ret_text)
{
	static const char where[] = "j.room = 'class-' || ?1 AND (j.kind BETWEEN 50 AND 63 OR j.kind = ?2) ORDER BY j.sequence";
	const struct class_record_query *q = args;
	json_t *events = json_array(), *all = NULL;
	int r = len == sizeof(*q) ? 0 : -EINVAL;

	static_assert(EVENT_CLASS_PLANNED == 50 && EVENT_CLASS_CLOSED == 63, "the kinds in the condition above");
	if (r == 0)
		r = journal_select(store_reader_db(reader), where, q->class, EVENT_MINUTES_SEALED, keep_row, events);
	if (r == 0)
		all = json_pack("{s:I, s:O}", "class", (json_int_t)q->class, "events", events);
	json_decref(events);
	return finish(all, r, ret_text);
}

/* ---- many ---- */

static json_t *states_json(sqlite3_stmt *st)
{
	json_t *events = json_array();

	json_array_append_new(events, event_json(EVENT_CLASS_PLANNED, 0, db_text(st, 1)));
	json_array_append_new(events, event_json(EVENT_SITES_INVITED, 0, db_text(st, 2)));
	if (sqlite3_column_int64(st, 3))
		json_array_append_new(events, event_json(EVENT_CLASS_OPENED, sqlite3_column_int64(st, 3), "{}"));
	if (sqlite3_column_int64(st, 4))
		json_array_append_new(events, event_json(EVENT_CLASS_CLOSED, sqlite3_column_int64(st, 4), "{}"));
	json_array_append_new(events, event_json(EVENT_MINUTES_SEALED, 0, "{\"version\":1}"));
	return json_pack("{s:I, s:o}", "class", (json_int_t)sqlite3_column_int64(st, 0), "events", events);
}

int class_records_read(struct store_reader *reader, const void *args, size_t len, char **ret_text)
{
	static const char sql[] =
		"SELECT CAST(substr(c.room, 7) AS INTEGER), p.payload, (SELECT json_object('sites', json_group_array(site)) FROM class_site WHERE room = c.room),"
		" c.opened_us, c.closed_us FROM class c JOIN journal_payload p ON p.sequence = c.planned_sequence"
		" WHERE c.state = 'sealed' AND c.end_us >= ? AND c.start_us <= ? ORDER BY c.start_us DESC LIMIT ?";
	const struct class_records_query *q = args;
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	json_t *all = json_array();
	int r = len == sizeof(*q) ? db_prepare(store_reader_db(reader), &st, sql) : -EINVAL, code = SQLITE_DONE;

	if (r == 0)
		r = db_bind(st, "iii", q->from_us, q->to_us, (int64_t)CLASS_RECORDS_MAX);
	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW)
		if (json_array_append_new(all, states_json(st)) < 0)
			r = -ENOMEM;
	return finish(all, r < 0 ? r : db_errno(code), ret_text);
}
