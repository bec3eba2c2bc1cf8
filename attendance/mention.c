/* See mention.h. */
#include "attendance/mention.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/db.h"
#include "attendance/event_form.h"
#include "attendance/journal_org.h"
#include "attendance/writes.h"

static_assert(EVENT_SEAT_JOINED == 20 && EVENT_CHAT == 30 && EVENT_HAND_RAISED == 31 && EVENT_FLOOR_GIVEN == 33 && EVENT_LEAVE_ASKED == 54 && EVENT_LEAVE_DECIDED == 55 &&
                      EVENT_ROSTER_FROZEN == 56 && EVENT_APPEAL_WRITTEN == 92 && EVENT_APPEAL_DECIDED == 93,
              "the kinds in the statement below");

/* Without what the erasure takes along: acts about the person, the own seats', speakers whom it can only be, leave, appeals. A version of a roster has its reason in each of its rows. */
static const char sql[] =
	"WITH seats AS (SELECT DISTINCT j.room, j.seat FROM journal j JOIN journal_payload p USING (sequence) WHERE j.kind = 20 AND json_extract(p.payload, '$.person') = ?3),"
	" hits AS (SELECT j.sequence, j.kind, j.wall_us, j.room, j.seat, " JOURNAL_ORG " AS org, coalesce(a.act, '') AS act, coalesce(a.subject, 0) AS subject, p.payload"
	"  FROM journal j JOIN journal_payload p USING (sequence)" JOURNAL_ORG_JOINS "WHERE instr(p.payload, ?1) > 0)"
	" SELECT max(sequence), kind, wall_us, room, org, act FROM hits WHERE subject NOT IN (SELECT value FROM json_each(?2))"
	" AND NOT (kind IN (20, 30, 31, 33) AND (room, seat) IN (SELECT room, seat FROM seats)) AND NOT (kind IN (54, 55, 92) AND json_extract(payload, '$.person') = ?3)"
	" AND NOT (kind IN (31, 33) AND json_extract(payload, '$.speaker') = ?1 AND (SELECT count(*) FROM person_identity WHERE name = ?1) = 1)"
	" AND NOT (kind = 93 AND sequence IN (SELECT decided FROM appeal WHERE person = ?3))"
	" GROUP BY room, kind, CASE kind WHEN 56 THEN json_extract(payload, '$.version') ELSE sequence END ORDER BY 1 DESC LIMIT ?4";

static json_t *write_row(sqlite3_stmt *st)
{
	const struct event_form *form = event_form((enum event_kind)sqlite3_column_int(st, 1));

	return json_pack("{s:I, s:s, s:I, s:s, s:I, s:s}", "sequence", (json_int_t)sqlite3_column_int64(st, 0), "kind", form ? form->name : "", "wall_us", (json_int_t)sqlite3_column_int64(st, 2),
	                 "room", db_text(st, 3), "org", (json_int_t)sqlite3_column_int64(st, 4), "act", db_text(st, 5));
}

/* `same`: ids of all records, a JSON array. */
static int read_record(json_t *list, sqlite3 *db, const struct mention_record *m, const char *same)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int code = SQLITE_DONE, r = db_prepare(db, &st, sql);

	if (r == 0)
		r = db_bind(st, "ttti", m->name, same, m->pseudonym, (int64_t)MENTIONS_MAX);
	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW)
		r = json_array_append_new(list, write_row(st)) < 0 ? -ENOMEM : 0;
	return r < 0 ? r : db_errno(code);
}

static char *write_ids(const struct mention_query *q)
{
	json_t *ids = json_array();
	char *text;

	for (uint32_t i = 0; i < q->n; i++)
		json_array_append_new(ids, json_integer(q->records[i].person));
	text = json_dumps(ids, JSON_COMPACT);
	json_decref(ids);
	return text;
}

int mentions_read(struct store_reader *r, const void *args, size_t len, char **ret_text)
{
	const struct mention_query *q = args;
	json_t *list = json_array();
	char *same = len == sizeof(*q) ? write_ids(q) : NULL;
	int e = list && same ? 0 : -ENOMEM;

	for (uint32_t i = 0; e == 0 && i < q->n; i++)
		if (*q->records[i].name)
			e = read_record(list, store_reader_db(r), &q->records[i], same);
	free(same);
	*ret_text = e == 0 ? json_dumps(list, JSON_COMPACT) : NULL;
	json_decref(list);
	return e == 0 && !*ret_text ? -ENOMEM : e;
}
