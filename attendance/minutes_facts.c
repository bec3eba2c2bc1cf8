/* See minutes_facts.h. */
#include "attendance/minutes_facts.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>

#include "attendance/db.h"
#include "attendance/minutes_speakers.h"
#include "attendance/writes.h"

static int read_persons(sqlite3 *db, int64_t class, json_t *list)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	/* Of several results of one class the last holds. */
	int r = db_prepare(db, &st, "SELECT person, home, site, present_s, max(sequence) FROM class_result WHERE class = ? GROUP BY person ORDER BY person");
	int code = SQLITE_DONE;

	if (r == 0)
		r = db_bind(st, "i", class);
	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW)
		if (json_array_append_new(list, json_pack("[s, I, I, I]", db_text(st, 0), (json_int_t)sqlite3_column_int64(st, 1), (json_int_t)sqlite3_column_int64(st, 2),
		                                          (json_int_t)sqlite3_column_int64(st, 3))) < 0)
			r = -ENOMEM;
	return r < 0 ? r : db_errno(code);
}

static int on_row(void *user, const struct journal_row *row)
{
	return minutes_speakers_add(user, &row->event);
}

static int read_speakers(sqlite3 *db, int64_t class, json_t **ret)
{
	CLEANUP(minutes_speakers_destroyp) struct minutes_speakers *s = NULL;
	int r = minutes_speakers_create(&s);

	if (r == 0)
		r = journal_select(db, "j.room = 'class-' || ?1 AND j.kind <> ?2 ORDER BY j.sequence", class, EVENT_SEATS_ALIVE, on_row, s);
	if (r < 0)
		return r;
	*ret = minutes_speakers_json(s);
	return *ret ? 0 : -ENOMEM;
}

/* From the last row before a start to the start, cut to [opened, closed). */
static int read_gaps(sqlite3 *db, int64_t class, json_t *list)
{
	static const char sql[] =
		"WITH w AS (SELECT min(sequence) AS opened, max(sequence) AS closed, min(wall_us) AS from_us, max(wall_us) AS to_us"
		"           FROM journal WHERE room = 'class-' || ?1 AND kind IN (60, 63))"
		" SELECT max(b.wall_us, w.from_us), min(s.wall_us, w.to_us) FROM w JOIN journal s ON s.sequence BETWEEN w.opened AND w.closed AND s.room = '' AND s.kind = 1"
		" JOIN journal b ON b.sequence = s.sequence - 1 ORDER BY s.sequence";
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, sql), code = SQLITE_DONE;

	static_assert(EVENT_CLASS_OPENED == 60 && EVENT_CLASS_CLOSED == 63 && EVENT_SERVER_STARTED == 1, "the kinds in the statement above");
	if (r == 0)
		r = db_bind(st, "i", class);
	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW) {
		int64_t from_us = sqlite3_column_int64(st, 0), to_us = sqlite3_column_int64(st, 1);

		if (to_us > from_us && json_array_append_new(list, json_pack("{s:I, s:I}", "from_ms", (json_int_t)(from_us / 1000), "to_ms", (json_int_t)(to_us / 1000))) < 0)
			r = -ENOMEM;
	}
	return r < 0 ? r : db_errno(code);
}

int minutes_facts_read(struct store_reader *reader, const void *args, size_t len, char **ret_text)
{
	const struct minutes_query *q = args;
	sqlite3 *db = store_reader_db(reader);
	json_t *persons = json_array(), *gaps = json_array(), *speakers = NULL, *all;
	int r = len == sizeof(*q) ? read_persons(db, q->class, persons) : -EINVAL;

	if (r == 0)
		r = read_gaps(db, q->class, gaps);
	if (r == 0)
		r = read_speakers(db, q->class, &speakers);
	all = r == 0 ? json_pack("{s:O, s:O, s:O}", "persons", persons, "speakers", speakers, "gaps", gaps) : NULL;
	json_decref(persons);
	json_decref(gaps);
	json_decref(speakers);
	if (all)
		*ret_text = json_dumps(all, JSON_COMPACT);
	if (r == 0 && (!all || !*ret_text))
		r = -ENOMEM;
	json_decref(all);
	return r;
}
