/* See index_verify.h. */
#include "attendance/index_verify.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "attendance/db.h"
#include "attendance/event_form.h"
#include "attendance/fact_digest.h"
#include "attendance/notice_digest.h"
#include "attendance/writes.h"
#include "media/base/mem.h"

#define FACT_SQL_BYTES 8192

static_assert(EVENT_ACT == 40 && EVENT_CLASS_PLANNED == 50 && EVENT_CLASS_CANCELLED == 51 && EVENT_SITES_INVITED == 52 && EVENT_SITE_ANSWERED == 53 && EVENT_CLASS_OPENED == 60 &&
                      EVENT_CLASS_CLOSED == 63 && EVENT_ASK_OPENED == 70 && EVENT_BALLOT_COUNTED == 77 && EVENT_BALLOT_VOID == 78 && EVENT_FORGOTTEN_AGAIN == 3 && EVENT_SEAT_JOINED == 20 && EVENT_CHAT == 30 && EVENT_HAND_RAISED == 31 && EVENT_FLOOR_GIVEN == 33 && EVENT_LEAVE_ASKED == 54 && EVENT_LEAVE_DECIDED == 55 && EVENT_APPEAL_WRITTEN == 92 && EVENT_APPEAL_DECIDED == 93 && EVENT_MINUTES_SEALED == 95 && EVENT_FINDING_WRITTEN == 81 && EVENT_FINDING_ANSWERED == 82,
              "the kinds in the statements here");

#define SAYS(name) "json_extract(p.payload, '$." name "')"
#define INVITED \
	"invited AS (SELECT j.room, v.value AS site, min(j.sequence) AS at FROM journal j JOIN journal_payload p USING (sequence), json_each(p.payload, '$.sites') v" \
	" WHERE j.kind = 52 GROUP BY 1, 2)"
/* Of the row with the highest number, as SQLite gives the columns beside max(). */
#define ANSWERED \
	"answered AS (SELECT j.room, " SAYS("site") " AS site, " SAYS("answer") " AS answer, max(j.sequence) AS at FROM journal j JOIN journal_payload p USING (sequence)" \
	" WHERE j.kind = 53 GROUP BY 1, 2)"

/* Each finds the first row that is wrong, NULL for none. */
static const struct {
	const char *sql, *why;
} checks[] = {
	{ "SELECT min(j.sequence) FROM journal j JOIN journal_payload p USING (sequence) LEFT JOIN audit a USING (sequence) LEFT JOIN person w ON w.pseudonym = j.actor"
	  " WHERE j.kind = 40 AND (a.sequence IS NULL OR a.wall_us IS NOT j.wall_us OR a.act IS NOT " SAYS("act") " OR a.account IS NOT " SAYS("account")
	  " OR a.right_grant IS NOT " SAYS("grant") " OR a.org IS NOT " SAYS("org") " OR a.subject IS NOT " SAYS("subject") " OR (w.id IS NOT NULL AND a.person IS NOT w.id)"
	  " OR (j.actor = '' AND a.person <> 0))",
	  "is an act that the audit log does not have as it was" },
	{ "SELECT min(a.sequence) FROM audit a LEFT JOIN journal j USING (sequence) WHERE j.kind IS NOT 40 OR j.wall_us IS NOT a.wall_us", "is no such act, though the audit log says so" },
	{ "WITH plans AS (SELECT room, min(sequence) AS first, max(sequence) AS last FROM journal WHERE kind = 50 GROUP BY room),"
	  " turns AS (SELECT room, kind, max(sequence) AS at FROM journal WHERE kind IN (51, 60, 63, 95) GROUP BY room)"
	  " SELECT min(x.last) FROM plans x LEFT JOIN class c USING (room) LEFT JOIN turns t USING (room) LEFT JOIN journal_payload p ON p.sequence = x.last"
	  " WHERE c.room IS NULL OR c.planned_sequence IS NOT x.first"
	  " OR c.state IS NOT CASE t.kind WHEN 51 THEN 'cancelled' WHEN 60 THEN 'open' WHEN 63 THEN 'closed' WHEN 95 THEN 'sealed' ELSE 'planned' END"
	  " OR (p.payload IS NOT NULL AND (c.org IS NOT coalesce(" SAYS("org") ", 0) OR c.title IS NOT coalesce(" SAYS("title") ", '') OR c.kind IS NOT coalesce(" SAYS("kind") ", '')"
	  " OR c.campaign IS NOT coalesce(" SAYS("campaign") ", '') OR c.start_us IS NOT 1000 * coalesce(" SAYS("start_ms") ", 0)"
	  " OR c.end_us IS NOT 1000 * coalesce(" SAYS("end_ms") ", 0)))",
	  "is the plan of a class that the list of classes does not have as it is" },
	{ "SELECT min(c.planned_sequence) FROM class c WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.room = c.room AND j.kind = 50)", "is no plan of a class that is in the list of classes" },
	{ "WITH " INVITED ", " ANSWERED " SELECT min(coalesce(a.at, i.at)) FROM invited i LEFT JOIN class_site s ON s.room = i.room AND s.site = i.site"
	  " LEFT JOIN answered a ON a.room = i.room AND a.site = i.site WHERE s.room IS NULL OR s.answer IS NOT coalesce(a.answer, '')",
	  "is what the list of sites does not have of one of them" },
	{ "WITH " INVITED " SELECT min(coalesce(c.planned_sequence, 1)) FROM class_site s LEFT JOIN class c USING (room) LEFT JOIN invited i ON i.room = s.room AND i.site = s.site"
	  " WHERE i.site IS NULL AND NOT EXISTS (SELECT 1 FROM journal j LEFT JOIN journal_payload p USING (sequence) WHERE j.room = s.room AND j.kind = 52 AND p.sequence IS NULL)",
	  "is the plan of a class that did not invite a site which the list of sites has" },
	{ "SELECT min(j.sequence) FROM journal j LEFT JOIN ballot_end b USING (sequence) LEFT JOIN journal_payload p USING (sequence) WHERE j.kind IN (77, 78)"
	  " AND (b.room IS NOT j.room OR (p.payload IS NOT NULL AND b.ask IS NOT " SAYS("ask") "))",
	  "is the end of a ballot that the list of ballots does not have" },
	{ "SELECT min(b.sequence) FROM ballot_end b LEFT JOIN journal j USING (sequence) WHERE j.kind IS NULL OR j.kind NOT IN (77, 78) OR j.room IS NOT b.room",
	  "is no end of a ballot, though the list of ballots says so" },
	{ "SELECT min(e.sequence) FROM ballot_vote v JOIN ballot_end e USING (room, ask)", "is the count of a ballot of which votes are there again" },
	{ "SELECT min(coalesce((SELECT min(sequence) FROM journal j WHERE j.room = v.room), 1)) FROM ballot_vote v WHERE NOT EXISTS (SELECT 1 FROM journal j LEFT JOIN journal_payload p"
	  " USING (sequence) WHERE j.room = v.room AND j.kind = 70 AND (p.payload IS NULL OR (" SAYS("ask") " = v.ask AND " SAYS("kind") " = 'ballot')))",
	  "is of a class where there are votes of a ballot that was never opened" },
	{ "SELECT min(j.sequence) FROM journal j JOIN journal_payload p USING (sequence) LEFT JOIN finding f ON f.id = j.sequence WHERE j.kind = 81"
	  " AND (f.id IS NULL OR f.class IS NOT CAST(substr(j.room, 7) AS INTEGER) OR f.number IS NOT " SAYS("finding") " OR f.site IS NOT " SAYS("site") " OR f.org IS NOT " SAYS("org")
	  " OR f.author IS NOT j.actor OR f.look_us IS NOT 1000 * " SAYS("look_ms") " OR f.written_us IS NOT j.wall_us)",
	  "is a finding that the list of findings does not have as it was written" },
	{ "SELECT min(f.id) FROM finding f LEFT JOIN journal j ON j.sequence = f.id WHERE j.kind IS NOT 81 OR (f.answer IS NULL AND (f.answered_us IS NOT NULL OR f.answerer IS NOT NULL))",
	  "is no finding, or has no answer, though the list of findings says so" },
	{ "SELECT min(j.sequence) FROM journal j JOIN journal_payload p USING (sequence) JOIN finding f ON f.class = CAST(substr(j.room, 7) AS INTEGER) AND f.number = " SAYS("finding")
	  " WHERE j.kind = 82 AND (f.answer IS NOT j.sequence OR f.answered_us IS NOT j.wall_us OR f.answerer IS NOT j.actor)",
	  "is an answer that the list of findings does not have as it was written" },
	{ "SELECT min(f.answer) FROM finding f LEFT JOIN journal j ON j.sequence = f.answer WHERE f.answer IS NOT NULL AND (j.kind IS NOT 82 OR j.room IS NOT 'class-' || f.class)",
	  "is no answer to a finding, though the list of findings says so" },
	{ "SELECT min(n.act) FROM org_notice n LEFT JOIN journal j ON j.sequence = n.act WHERE j.kind IS NOT 40", "is no act, though a notice says that it came of it" },
};

static int find_first(sqlite3 *db, const char *sql, int64_t *ret)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, sql), code;

	if (r < 0)
		return r;
	code = sqlite3_step(st);
	*ret = code == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
	return code == SQLITE_ROW ? 0 : db_errno(code);
}

/* Of several faults that with the lowest row is told. */
static void note_bad(struct index_check *c, int64_t sequence, const char *why)
{
	if (sequence == 0 || (c->bad_sequence && c->bad_sequence <= sequence))
		return;
	c->bad_sequence = sequence;
	c->why = why;
}

/* ---- what was erased ---- */

/* Contents may be gone where days were over (retention.h), or, of a person's own rows, where somebody was forgotten later (erasure.h); an act without contents may have been that. */
static int check_erased(sqlite3 *db, struct index_check *c)
{
	char kinds[512] = "0", sql[1536];
	size_t used = 1;
	int64_t bad = 0;
	int r;

	for (const struct event_form *f = NULL; (f = event_form_next(f));)
		if (f->keep != EVENT_KEPT)
			used += (size_t)snprintf(kinds + used, sizeof(kinds) - used, ", %d", (int)f->kind);
	snprintf(sql, sizeof(sql), "SELECT min(j.sequence) FROM journal j LEFT JOIN journal_payload p USING (sequence) WHERE p.sequence IS NULL"
	                           " AND NOT (j.kind IN (%s) AND j.sequence <= (SELECT coalesce(max(reached), 0) FROM retention_run))"
	                           " AND NOT (j.kind IN (20, 30, 31, 33, 40, 54, 55, 92, 93) AND j.sequence < (SELECT coalesce(max(e.sequence), 0) FROM journal e LEFT JOIN audit a USING (sequence)"
	                           " LEFT JOIN journal_payload q USING (sequence) WHERE e.kind = 3 OR (e.kind = 40 AND (a.act = 'person.erase' OR q.sequence IS NULL))))", kinds);
	r = find_first(db, sql, &bad);
	if (r == 0)
		note_bad(c, bad, "has no contents any more, and nothing on record erased them");
	return r;
}

/* ---- facts ---- */

/* Acts and their facts, each in ascending order; `fact` stands on the next one. */
struct walk {
	sqlite3_stmt *acts, *facts;     /* owned */
	bool more;                      /* there is a next fact */
	bool strict;                    /* an act with a hash went before: each later one that wrote facts has one */
};

enum fact_column { COL_ACT, COL_TYPE, COL_ID, COL_SUPERSEDES, COL_FROM, COL_TO, COL_RECORDED, COL_ORG, COL_PERSON, COL_OTHER, COL_TEXT, COL_NOTE, COL_FLAG, COL_ODD };

static size_t write_table(char *sql, size_t size, enum fact_type type)
{
	const struct fact_table *t = fact_table(type);

	return (size_t)snprintf(sql, size, "%sSELECT x.act, %d, x.id, coalesce(o.id, 0), x.valid_from, coalesce(x.valid_to, 0), x.recorded_at, %s%s, %s%s, coalesce(%s%s, 0), %s%s, %s%s, %s%s,"
	                        " (x.superseded_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM %s d WHERE d.id = x.superseded_by AND d.act >= x.act)) OR %s%s NOT IN (0, 1)"
	                        " FROM %s x LEFT JOIN %s o ON o.superseded_by = x.id WHERE x.act IS NOT NULL", type > 1 ? " UNION ALL " : "", (int)type, t->org ? "x." : "0", t->org ? t->org : "",
	                        t->person ? "x." : "0", t->person ? t->person : "", t->other ? "x." : "0", t->other ? t->other : "", t->text ? "x." : "''", t->text ? t->text : "",
	                        t->note ? "x." : "''", t->note ? t->note : "", t->flag ? "x." : "0", t->flag ? t->flag : "", t->table, t->flag ? "x." : "0", t->flag ? t->flag : "", t->table, t->table);
}

static int begin_walk(struct walk *w, sqlite3 *db)
{
	char sql[FACT_SQL_BYTES];
	size_t used = 0;
	int r = db_prepare(db, &w->acts, "SELECT j.sequence, p.payload IS NULL, json_extract(p.payload, '$.facts') FROM journal j LEFT JOIN journal_payload p USING (sequence)"
	                                 " WHERE j.kind = 40 ORDER BY j.sequence");

	for (int type = 1; type < FACT_TYPES; type++)
		used += write_table(sql + used, sizeof(sql) - used, (enum fact_type)type);
	snprintf(sql + used, sizeof(sql) - used, " ORDER BY 1, 2, 3");
	return r < 0 ? r : db_prepare(db, &w->facts, sql);
}

static int next_fact(struct walk *w)
{
	int code = sqlite3_step(w->facts);

	w->more = code == SQLITE_ROW;
	return db_errno(code);
}

static struct fact read_fact(sqlite3_stmt *st)
{
	return (struct fact){
		.type = (enum fact_type)sqlite3_column_int(st, COL_TYPE), .id = sqlite3_column_int64(st, COL_ID), .org = sqlite3_column_int64(st, COL_ORG),
		.person = sqlite3_column_int64(st, COL_PERSON), .other = sqlite3_column_int64(st, COL_OTHER), .text = db_text(st, COL_TEXT), .note = db_text(st, COL_NOTE),
		.flag = sqlite3_column_int64(st, COL_FLAG) != 0, .valid_from_us = sqlite3_column_int64(st, COL_FROM), .valid_to_us = sqlite3_column_int64(st, COL_TO),
	};
}

/* Facts up to that act, exclusive, belong to none of the acts that were looked at. */
static int skip_facts(struct walk *w, int64_t act, struct index_check *c)
{
	int r = 0;

	while (r == 0 && w->more && sqlite3_column_int64(w->facts, COL_ACT) < act) {
		note_bad(c, sqlite3_column_int64(w->facts, COL_ACT), "is no act that wrote a fact which names it");
		r = next_fact(w);
	}
	return r;
}

static int check_act(struct walk *w, struct index_check *c)
{
	int64_t act = sqlite3_column_int64(w->acts, 0);
	bool erased = sqlite3_column_int(w->acts, 1);
	const char *said = db_text(w->acts, 2);
	char digest[FACT_DIGEST_BYTES] = "";
	struct fact_digest d;
	int r = skip_facts(w, act, c);

	fact_digest_begin(&d);
	while (r == 0 && w->more && sqlite3_column_int64(w->facts, COL_ACT) == act) {
		struct fact f = read_fact(w->facts);

		fact_digest_add(&d, &f, sqlite3_column_int64(w->facts, COL_SUPERSEDES), sqlite3_column_int64(w->facts, COL_RECORDED));
		if (sqlite3_column_int(w->facts, COL_ODD))
			note_bad(c, act, "wrote a fact that is superseded by none that is there, or is neither true nor false");
		r = next_fact(w);
	}
	if (d.n > 0)
		fact_digest_end(&d, digest);
	w->strict = w->strict || *said;
	if (!erased && (w->strict || *said) && strcmp(digest, said) != 0)
		note_bad(c, act, "is an act whose facts are not as it wrote them");
	c->acts += *said != 0;
	c->facts += *said ? (int64_t)d.n : 0;
	return r;
}

static int check_facts(sqlite3 *db, struct index_check *c)
{
	struct walk w = { 0 };
	int code = SQLITE_DONE, r = begin_walk(&w, db);

	if (r == 0)
		r = next_fact(&w);
	while (r == 0 && (code = sqlite3_step(w.acts)) == SQLITE_ROW)
		r = check_act(&w, c);
	if (r == 0)
		r = db_errno(code);
	if (r == 0)
		r = skip_facts(&w, INT64_MAX, c);
	sqlite3_finalize(w.acts);
	sqlite3_finalize(w.facts);
	return r;
}

/* ---- notices ---- */

static struct org_notice read_notice(sqlite3_stmt *st)
{
	return (struct org_notice){
		.id = sqlite3_column_int64(st, 0), .org = sqlite3_column_int64(st, 1), .wall_us = sqlite3_column_int64(st, 3), .class = sqlite3_column_int64(st, 4),
		.site = sqlite3_column_int64(st, 5), .about = sqlite3_column_int64(st, 6), .absent = sqlite3_column_int64(st, 7), .unproved = sqlite3_column_int64(st, 8),
		.expected = sqlite3_column_int64(st, 9), .sites = sqlite3_column_int64(st, 10),
	};
}

/* `gone`: so old that notices have gone. */
static int check_notices_of(sqlite3_stmt *st, int64_t act, const char *said, bool gone, struct index_check *c)
{
	char digest[NOTICE_DIGEST_BYTES] = "";
	struct notice_digest d;
	int code, r = db_bind(st, "i", act);

	notice_digest_begin(&d);
	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW) {
		struct org_notice n = read_notice(st);

		notice_digest_add(&d, &n, db_text(st, 2));
	}
	sqlite3_reset(st);
	if (d.n > 0)
		notice_digest_end(&d, digest);
	if (r == 0 && strcmp(digest, said) != 0 && !(gone && d.n == 0))
		note_bad(c, act, "is an act whose notices are not as it wrote them");
	return r < 0 ? r : db_errno(code);
}

/* Acts from before notices were hashed are those before the first that has a hash. */
static int check_notices(sqlite3 *db, struct index_check *c)
{
	static const char acts_sql[] =
		"WITH told AS (SELECT j.sequence, j.wall_us, " SAYS("notices") " AS said FROM journal j JOIN journal_payload p USING (sequence) WHERE j.kind = 40)"
		" SELECT sequence, coalesce(said, ''), wall_us < (SELECT max(wall_us) FROM journal) - ?1 FROM told WHERE said IS NOT NULL"
		" OR (sequence IN (SELECT act FROM org_notice) AND sequence > (SELECT min(sequence) FROM told WHERE said IS NOT NULL)) ORDER BY sequence";
	CLEANUP(db_finalizep) sqlite3_stmt *acts = NULL;
	CLEANUP(db_finalizep) sqlite3_stmt *notices = NULL;
	int code = SQLITE_DONE, r = db_prepare(db, &acts, acts_sql);

	if (r == 0)
		r = db_prepare(db, &notices, "SELECT id, org, kind, wall_us, class, site, about, absent, unproved, expected, sites FROM org_notice WHERE act = ? ORDER BY id");
	if (r == 0)
		r = db_bind(acts, "i", ORG_NOTICE_DAYS * 24LL * 3600 * 1000000);
	while (r == 0 && (code = sqlite3_step(acts)) == SQLITE_ROW)
		r = check_notices_of(notices, sqlite3_column_int64(acts, 0), db_text(acts, 1), sqlite3_column_int(acts, 2), c);
	return r < 0 ? r : db_errno(code);
}

int index_verify(struct store_reader *reader, struct index_check *ret)
{
	sqlite3 *db = store_reader_db(reader);
	struct index_check c = { 0 };
	int64_t bad;
	int r = db_exec(db, "BEGIN");   /* what is written meanwhile is in neither journal nor tables */

	if (r == 0)
		r = check_erased(db, &c);
	for (size_t i = 0; r == 0 && !c.bad_sequence && i < ARRAY_LEN(checks); i++) {
		r = find_first(db, checks[i].sql, &bad);
		if (r == 0)
			note_bad(&c, bad, checks[i].why);
	}
	if (r == 0)
		r = check_facts(db, &c);
	if (r == 0)
		r = check_notices(db, &c);
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	if (r == 0)
		*ret = c;
	return r;
}
