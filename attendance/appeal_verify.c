/* See appeal_verify.h. */
#include "attendance/appeal_verify.h"

#include <assert.h>

#include "attendance/db.h"
#include "classroom/event.h"

static_assert(EVENT_APPEAL_WRITTEN == 92 && EVENT_APPEAL_DECIDED == 93, "the kinds in the statements here");

/* Each takes the last row as ?1 and finds the first one that is wrong. */
static const struct {
	const char *sql, *why;
} checks[] = {
	{ "SELECT min(a.written) FROM appeal a LEFT JOIN journal j ON j.sequence = a.written LEFT JOIN journal_payload p ON p.sequence = a.written WHERE a.written <= ?1"
	  " AND (j.kind IS NOT 92 OR j.room <> 'class-' || a.class OR (p.payload IS NOT NULL AND (json_extract(p.payload, '$.appeal') IS NOT a.appeal"
	  " OR json_extract(p.payload, '$.person') IS NOT a.person OR json_extract(p.payload, '$.entry') IS NOT a.entry)))",
	  "is not the appeal that the table has" },
	{ "SELECT min(a.decided) FROM appeal a LEFT JOIN journal j ON j.sequence = a.decided LEFT JOIN journal_payload p ON p.sequence = a.decided WHERE a.decided <= ?1"
	  " AND (j.kind IS NOT 93 OR j.room <> 'class-' || a.class OR a.decided <= a.written OR (p.payload IS NOT NULL AND (json_extract(p.payload, '$.appeal') IS NOT a.appeal"
	  " OR json_extract(p.payload, '$.granted') IS NOT a.granted)))",
	  "is not the decision that the table has" },
	{ "SELECT min(j.sequence) FROM journal j LEFT JOIN appeal a ON a.written = j.sequence WHERE j.kind = 92 AND j.sequence <= ?1 AND a.appeal IS NULL",
	  "is an appeal that the table does not have" },
	{ "SELECT min(j.sequence) FROM journal j LEFT JOIN appeal a ON a.decided = j.sequence WHERE j.kind = 93 AND j.sequence <= ?1 AND a.appeal IS NULL",
	  "is a decision that the table does not have" },
	{ "SELECT min(a.decided) FROM appeal a JOIN journal_payload p ON p.sequence = a.decided WHERE a.granted AND a.decided <= ?1 AND (SELECT count(*) FROM credit_entry e"
	  " WHERE e.appeal = a.appeal AND e.reverses IS NULL AND e.class = a.class AND e.person = a.person AND e.milli_hours = json_extract(p.payload, '$.milli_hours')"
	  " AND e.counted_s = json_extract(p.payload, '$.counted_s')) <> 1",
	  "grants an appeal, and what it grants was not posted" },
	{ "SELECT min(e.sequence) FROM credit_entry e LEFT JOIN appeal a ON a.appeal = e.appeal WHERE e.appeal IS NOT NULL AND e.sequence <= ?1"
	  " AND (a.granted IS NOT 1 OR a.class <> e.class OR a.person <> e.person OR a.decided >= e.sequence)",
	  "names an appeal that was not granted before, or another person's" },
	{ "SELECT max(e.sequence) FROM credit_entry e WHERE e.appeal IS NOT NULL AND e.sequence <= ?1 GROUP BY e.appeal, e.reverses IS NULL HAVING count(*) > 1 ORDER BY 1 LIMIT 1",
	  "posts an appeal a second time" },
	{ "SELECT min(e.sequence) FROM credit_entry e JOIN credit_entry f ON f.person = e.person AND f.class = e.class AND f.sequence < e.sequence WHERE e.appeal IS NOT NULL"
	  " AND e.reverses IS NULL AND f.reverses IS NULL AND e.sequence <= ?1 AND NOT EXISTS (SELECT 1 FROM credit_entry x WHERE x.reverses = f.entry AND x.sequence < e.sequence)",
	  "posts an appeal beside what stood before it" },
};

/* The row that a check finds; 0: none. */
static int find_wrong(sqlite3 *db, const char *sql, int64_t last, int64_t *ret)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, sql), code;

	if (r == 0)
		r = db_bind(st, "i", last);
	if (r < 0)
		return r;
	code = sqlite3_step(st);
	*ret = code == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
	return code == SQLITE_ROW ? 0 : db_errno(code);
}

int appeal_verify(sqlite3 *db, int64_t last, int64_t *ret_sequence, const char **ret_why)
{
	int64_t wrong, first = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(checks); i++) {
		r = find_wrong(db, checks[i].sql, last, &wrong);
		if (r < 0 || !wrong || (first && wrong >= first))
			continue;
		first = wrong;
		*ret_why = checks[i].why;
	}
	if (first)
		*ret_sequence = first;
	return r;
}
