/* See credit_verify.h. */
#include "attendance/credit_verify.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/appeal_verify.h"
#include "attendance/credit_compute.h"
#include "attendance/credit_index.h"
#include "attendance/db.h"
#include "attendance/local_day.h"
#include "attendance/result_form.h"
#include "attendance/writes.h"
#include "media/base/mem.h"

#define BAD (-ECANCELED)                /* something is wrong, and said */
#define YEAR_US (366 * 86400 * 1000000LL)
#define ROWS_AT_ONCE 64                 /* of the journal in one read transaction */

enum statement { FIND_ERASED, FIND_RESULT, COUNT_RESULTS, FIND_ENTRY, FIND_ASKED, FIND_STANDING, FIND_TAKEN, FIND_APPEAL, N_STATEMENTS };

static const char *const statements[N_STATEMENTS] = {
	[FIND_ERASED] = "SELECT 1 FROM journal j LEFT JOIN journal_payload p USING (sequence) WHERE j.room = 'class-' || ? AND j.kind = 90 AND p.sequence IS NULL",
	[FIND_RESULT] = "SELECT home, site, present_s, unproved_s, gap_s, met, sent, counted_s, milli_hours, reason, hour_s, claim, rule_version, began_us, day, window_s,"
	                " day_cap, year_cap FROM class_result WHERE person = ? AND class = ? AND sequence = ?",
	[COUNT_RESULTS] = "SELECT count(*) FROM class_result WHERE class = ? AND sequence = ?",
	[FIND_ENTRY] = "SELECT " CREDIT_ENTRY_COLUMNS " FROM credit_entry WHERE sequence = ?",
	/* +: of a person there are few entries. Left to itself SQLite would look through a whole class, or through all that are no reversals, for each of them. */
	/* What the last result of the class before the posting says of the person. */
	[FIND_ASKED] = "SELECT counted_s, milli_hours, home, day FROM class_result WHERE person = ? AND class = ? AND sequence < ? ORDER BY sequence DESC LIMIT 1",
	[FIND_STANDING] = "SELECT 1 FROM credit_entry e WHERE person = ?1 AND +class = ?2 AND sequence < ?3 AND +reverses IS NULL AND appeal IS NULL"
	                  " AND NOT EXISTS (SELECT 1 FROM credit_entry WHERE reverses = e.entry AND sequence < ?3)",
	/* A posting that another class took from: reversed just before, and at least as large. */
	[FIND_TAKEN] = "SELECT 1 FROM credit_entry WHERE person = ?1 AND +class = ?2 AND sequence < ?3 AND +reverses IS NOT NULL AND appeal IS NULL"
	               " AND -counted_s >= ?4 AND -milli_hours >= ?5",
	[FIND_APPEAL] = "SELECT 1 FROM journal j LEFT JOIN journal_payload p USING (sequence) WHERE j.room = 'class-' || ?1 AND j.kind = 93 AND j.sequence < ?2"
	                " AND (p.payload IS NULL OR (json_extract(p.payload, '$.appeal') = ?3 AND json_extract(p.payload, '$.granted')))",
};

static_assert(EVENT_RESULT == 90 && EVENT_CREDIT_POSTED == 91 && EVENT_APPEAL_DECIDED == 93, "the kinds in the statements here");

/* The result that is gone through: it may have more rows of the journal than one. */
struct batch {
	struct credit_computed computed;        /* unless skipped */
	int64_t class;                          /* 0: none is open */
	bool skipped;
	size_t at;                              /* rows of persons so far */
};

struct verification {
	sqlite3 *db;                            /* given */
	sqlite3_stmt *st[N_STATEMENTS];         /* owned */
	struct credit_check check;
	struct batch batch;
	int64_t erased_us;                      /* wall time of the last result that has no contents any more; 0: none */
	int64_t last;                           /* row of the journal that was looked at */
	size_t n_read;                          /* of the journal in this transaction */
};

PRINTF_LIKE(3, 4)
static int bad(struct verification *v, int64_t sequence, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(v->check.why, sizeof(v->check.why), format, args);
	va_end(args);
	v->check.bad_sequence = sequence;
	return BAD;
}

/* 1: it found a row; 0: none. The statement stays on the row until the next use. */
static int find(sqlite3_stmt *st, int bound)
{
	int code = bound < 0 ? SQLITE_DONE : sqlite3_step(st);

	if (bound < 0)
		return bound;
	return code == SQLITE_ROW ? 1 : db_errno(code);
}

/* ---- results ---- */

static bool same_claim(const struct spans *a, const struct spans *b)
{
	return a->n == b->n && (a->n == 0 || memcmp(a->list, b->list, a->n * sizeof(*a->list)) == 0);
}

/* The first member in which two rows differ; NULL: none. */
static const char *row_difference(const struct result_row *a, const struct result_row *b)
{
	const struct {
		const char *name;
		bool differs;
	} members[] = {
		{ "person", strcmp(a->person, b->person) != 0 }, { "home", a->home != b->home }, { "site", a->site != b->site },
		{ "present_s", a->present_s != b->present_s }, { "unproved_s", a->unproved_s != b->unproved_s }, { "gap_s", a->gap_s != b->gap_s },
		{ "met", a->met != b->met }, { "sent", a->sent != b->sent }, { "claim", !same_claim(&a->claim, &b->claim) },
		{ "hour_s", a->claim.n > 0 && a->hour_s != b->hour_s }, { "counted_s", a->counted_s != b->counted_s },
		{ "milli_hours", a->milli_hours != b->milli_hours }, { "reason", a->reason != b->reason },
	};

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (members[i].differs)
			return members[i].name;
	return NULL;
}

static const char *head_difference(const struct result_head *a, const struct result_head *b)
{
	const struct {
		const char *name;
		bool differs;
	} members[] = {
		{ "rule_version", a->rule_version != b->rule_version }, { "began_us", a->began_us != b->began_us }, { "day", a->day != b->day },
		{ "window_s", a->window_s != b->window_s }, { "day_cap", a->day_cap != b->day_cap }, { "year_cap", a->year_cap != b->year_cap },
	};

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (members[i].differs)
			return members[i].name;
	return NULL;
}

static int read_indexed(sqlite3_stmt *st, const char *person, struct result_head *ret_head, struct result_row *ret)
{
	json_t *claim = json_loads(db_text(st, 11), 0, NULL);
	int r;

	snprintf(ret->person, sizeof(ret->person), "%s", person);
	ret->home = sqlite3_column_int64(st, 0);
	ret->site = sqlite3_column_int64(st, 1);
	ret->present_s = sqlite3_column_int64(st, 2);
	ret->unproved_s = sqlite3_column_int64(st, 3);
	ret->gap_s = sqlite3_column_int64(st, 4);
	ret->met = (uint32_t)sqlite3_column_int64(st, 5);
	ret->sent = (uint32_t)sqlite3_column_int64(st, 6);
	ret->counted_s = sqlite3_column_int64(st, 7);
	ret->milli_hours = sqlite3_column_int64(st, 8);
	r = credit_reason_parse(&ret->reason, db_text(st, 9));
	ret->hour_s = sqlite3_column_int(st, 10);
	ret_head->rule_version = sqlite3_column_int64(st, 12);
	ret_head->began_us = sqlite3_column_int64(st, 13);
	ret_head->window_s = sqlite3_column_int64(st, 15);
	ret_head->day_cap = sqlite3_column_int(st, 16);
	ret_head->year_cap = sqlite3_column_int(st, 17);
	if (r == 0)
		r = day_parse(&ret_head->day, db_text(st, 14));
	if (r == 0)
		r = claim_parse(&ret->claim, claim, ret_head->began_us);
	json_decref(claim);
	return r == -EINVAL ? -EBADMSG : r;
}

static int check_indexed_row(struct verification *v, const struct result_part *part, const struct result_row *row, int64_t sequence)
{
	sqlite3_stmt *st = v->st[FIND_RESULT];
	struct result_row indexed = { 0 };
	struct result_head head = { 0 };
	const char *differs = "it is missing";
	int r = find(st, db_bind(st, "tii", row->person, part->head.class, sequence));

	if (r == 1) {
		r = read_indexed(st, row->person, &head, &indexed);
		differs = r == -EBADMSG ? "it does not read" : row_difference(&indexed, row);
		if (!differs && indexed.hour_s != row->hour_s)
			differs = "hour_s";     /* also where nothing counts by it */
		differs = differs ? differs : head_difference(&head, &part->head);
		r = r == -EBADMSG ? 0 : r;
	}
	sqlite3_reset(st);
	spans_done(&indexed.claim);
	if (r < 0)
		return r;
	return differs ? bad(v, sequence, "is not what class_result says of person %s: %s", row->person, differs) : 0;
}

static int count_indexed(struct verification *v, int64_t class, int64_t sequence, int64_t *ret)
{
	sqlite3_stmt *st = v->st[COUNT_RESULTS];
	int r = find(st, db_bind(st, "ii", class, sequence));

	*ret = r == 1 ? sqlite3_column_int64(st, 0) : 0;
	sqlite3_reset(st);
	return MIN(r, 0);
}

static int check_indexed(struct verification *v, const struct result_part *part, int64_t sequence)
{
	int64_t n;
	int r = count_indexed(v, part->head.class, sequence, &n);

	for (size_t i = 0; r == 0 && i < part->n; i++)
		r = check_indexed_row(v, part, &part->rows[i], sequence);
	if (r == 0 && n != (int64_t)part->n)
		return bad(v, sequence, "has %zu persons, class_result %lld", part->n, (long long)n);
	v->check.results += n;
	return r;
}

static void end_batch(struct verification *v)
{
	credit_computed_done(&v->batch.computed);
	v->batch = (struct batch){ 0 };
}

static int begin_batch(struct verification *v, int64_t class, int64_t sequence)
{
	struct batch *b = &v->batch;
	int r;

	if (b->class == class)
		return 0;
	if (b->class)
		return bad(v, sequence, "begins a result before that of class %lld is whole", (long long)b->class);
	r = credit_compute(v->db, class, sequence, &b->computed);
	if (r == -EAGAIN)
		return bad(v, sequence, "is the result of a class that was not closed");
	if (r < 0)
		return r;
	b->class = class;
	/* What was counted before may have left its mark on this: the caps of a year. */
	b->skipped = b->computed.erased || (v->erased_us && b->computed.head.began_us - v->erased_us < YEAR_US);
	v->check.classes++;
	v->check.erased += b->skipped;
	return 0;
}

static int check_computed(struct verification *v, const struct result_part *part, int64_t sequence)
{
	struct batch *b = &v->batch;
	const char *differs = head_difference(&b->computed.head, &part->head);

	if (b->skipped)
		return 0;
	if (differs)
		return bad(v, sequence, "is not what the class's events give: %s", differs);
	if (b->at + part->n > b->computed.n || (part->last && b->at + part->n < b->computed.n))
		return bad(v, sequence, "has %zu persons, the class's events give %zu", b->at + part->n, b->computed.n);
	for (size_t i = 0; i < part->n; i++) {
		differs = row_difference(&b->computed.rows[b->at++], &part->rows[i]);
		if (differs)
			return bad(v, sequence, "is not what the class's events give: person %s, %s", part->rows[i].person, differs);
	}
	return 0;
}

/* Its contents are gone, so nothing of that result can be compared any more. */
static void on_erased_result(struct verification *v, const struct journal_row *row)
{
	v->erased_us = row->event.wall_us;
	v->check.erased++;
	end_batch(v);
}

static int on_result(struct verification *v, const struct journal_row *row, const json_t *payload)
{
	int64_t class = credit_class_of(row->event.room);
	struct result_part part;
	int r;

	if (!class)
		return bad(v, row->sequence, "is a result of no class");
	if (!*row->event.payload)
		return on_erased_result(v, row), 0;
	r = result_parse(&part, payload, class);
	if (r == -EBADMSG)
		return bad(v, row->sequence, "does not read as a result");
	if (r < 0)
		return r;
	r = check_indexed(v, &part, row->sequence);
	if (r == 0)
		r = begin_batch(v, class, row->sequence);
	if (r == 0)
		r = check_computed(v, &part, row->sequence);
	if (part.last)
		end_batch(v);
	result_part_done(&part);
	return r;
}

/* ---- postings ---- */

static bool same_entry(const struct ledger_entry *a, const struct ledger_entry *b)
{
	return a->entry == b->entry && a->class == b->class && a->home == b->home && a->day == b->day && a->milli_hours == b->milli_hours &&
	       a->counted_s == b->counted_s && a->reason == b->reason && a->reverses == b->reverses && a->appeal == b->appeal && ledger_same_account(a, b);
}

static int check_indexed_entry(struct verification *v, const struct ledger_entry *e, int64_t sequence)
{
	sqlite3_stmt *st = v->st[FIND_ENTRY];
	struct ledger_entry indexed;
	int r = find(st, db_bind(st, "i", sequence));
	bool same = r == 1 && credit_entry_column(&indexed, st) == 0 && same_entry(&indexed, e);

	sqlite3_reset(st);
	if (r < 0)
		return r;
	return same ? 0 : bad(v, sequence, "is not what credit_entry says of entry %lld", (long long)e->entry);
}

/* Whether a statement finds something. */
static int there(sqlite3_stmt *st, int bound)
{
	int r = find(st, bound);

	sqlite3_reset(st);
	return r;
}

static int check_asked(struct verification *v, const struct ledger_entry *e, int64_t sequence, bool *ret)
{
	sqlite3_stmt *st = v->st[FIND_ASKED];
	int r = find(st, db_bind(st, "tii", e->person, e->class, sequence));
	int32_t day = 0;

	*ret = r == 1 && sqlite3_column_int64(st, 0) == e->counted_s && sqlite3_column_int64(st, 1) == e->milli_hours && sqlite3_column_int64(st, 2) == e->home &&
	       day_parse(&day, db_text(st, 3)) == 0 && day == e->day;
	sqlite3_reset(st);
	return MIN(r, 0);
}

/* A posting that nobody decided: what the result asked for, once, or what was left of it when another class took from it. */
static int check_computed_entry(struct verification *v, const struct ledger_entry *e, int64_t sequence)
{
	sqlite3_stmt *standing = v->st[FIND_STANDING], *taken = v->st[FIND_TAKEN];
	bool asked = false;
	int r = there(standing, db_bind(standing, "tii", e->person, e->class, sequence));

	if (r == 1)
		return bad(v, sequence, "posts class %lld to person %s a second time", (long long)e->class, e->person);
	if (r == 0)
		r = check_asked(v, e, sequence, &asked);
	if (r < 0 || asked)
		return r;
	r = there(v->st[FIND_ERASED], db_bind(v->st[FIND_ERASED], "i", e->class));
	if (r != 0)
		return MIN(r, 0);
	r = e->reason == CREDIT_OVERLAP ? there(taken, db_bind(taken, "tiiii", e->person, e->class, sequence, e->counted_s, e->milli_hours)) : 0;
	return r == 0 ? bad(v, sequence, "is not what the result of class %lld asked for person %s", (long long)e->class, e->person) : MIN(r, 0);
}

static int check_decided(struct verification *v, const struct ledger_entry *e, int64_t sequence)
{
	sqlite3_stmt *st = v->st[FIND_APPEAL];
	int r = there(st, db_bind(st, "iii", e->class, sequence, e->appeal));

	return r == 0 ? bad(v, sequence, "names appeal %lld, which was not granted before", (long long)e->appeal) : MIN(r, 0);
}

static int on_posted(struct verification *v, const struct journal_row *row, const json_t *payload)
{
	int64_t class = credit_class_of(row->event.room);
	struct ledger_entry e;
	int r;

	v->check.postings++;
	if (!*row->event.payload)
		return 0;
	if (!class || ledger_entry_parse(&e, payload, class) < 0)
		return bad(v, row->sequence, "does not read as a posting");
	r = check_indexed_entry(v, &e, row->sequence);
	if (r == 0 && e.appeal)
		r = check_decided(v, &e, row->sequence);
	else if (r == 0 && !e.reverses)
		r = check_computed_entry(v, &e, row->sequence);
	return r;
}

static int on_row(void *user, const struct journal_row *row)
{
	struct verification *v = user;
	json_t *payload = json_loads(row->event.payload, 0, NULL);
	int r = row->event.kind == EVENT_RESULT ? on_result(v, row, payload) : on_posted(v, row, payload);

	json_decref(payload);
	v->last = row->sequence;
	v->n_read++;
	return r;
}

static int check_events(struct verification *v)
{
	static const char where[] = "j.kind IN (90, 91) AND j.sequence > ?1 ORDER BY j.sequence LIMIT ?2";
	int r = 0;

	do {
		v->n_read = 0;
		r = journal_select(v->db, where, v->last, ROWS_AT_ONCE, on_row, v);
	} while (r == 0 && v->n_read > 0);
	if (r == 0 && v->batch.class)
		r = bad(v, v->last, "is the last of a result that is not whole");
	return r;
}

/* ---- what is too much or missing ---- */

/* The first row up to `last` that a query finds. */
static int check_none(struct verification *v, int64_t last, const char *sql, const char *why)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(v->db, &st, sql);

	if (r == 0)
		r = find(st, db_bind(st, "i", last));
	return r == 1 && sqlite3_column_type(st, 0) != SQLITE_NULL ? bad(v, sqlite3_column_int64(st, 0), "%s", why) : MIN(r, 0);
}

static int check_too_much(struct verification *v)
{
	int64_t last;
	int r = db_get_int(v->db, "SELECT coalesce(max(sequence), 0) FROM journal", &last);

	if (r == 0)
		r = check_none(v, last, "SELECT min(r.sequence) FROM class_result r LEFT JOIN journal j USING (sequence) WHERE r.sequence <= ?"
		                        " AND (j.kind IS NOT 90 OR j.room <> 'class-' || r.class)", "is no result of that class, though class_result says so");
	if (r < 0)
		return r;
	return check_none(v, last, "SELECT min(e.sequence) FROM credit_entry e LEFT JOIN journal j USING (sequence) WHERE e.sequence <= ?"
	                           " AND (j.kind IS NOT 91 OR j.room <> 'class-' || e.class)", "is no posting of that class, though credit_entry says so");
}

static int check_all_posted(struct verification *v)
{
	return check_none(v, v->last, "SELECT min(r.sequence) FROM class_result r WHERE r.sequence <= ? AND (r.milli_hours > 0 OR r.counted_s > 0) AND NOT EXISTS"
	                              " (SELECT 1 FROM credit_entry e WHERE +e.class = r.class AND e.person = r.person AND +e.reverses IS NULL AND e.sequence > r.sequence)",
	                  "is a result that was not posted");
}

static const char *ledger_fault(int r)
{
	switch (r) {
	case -EEXIST:
		return "has the number of another entry";
	case -ENOENT:
		return "reverses an entry that is not there";
	case -EALREADY:
		return "reverses what was reversed before";
	case -EBADMSG:
		return "is not the whole of what it reverses";
	default:
		return "can be in no ledger";
	}
}

/* One person's entries after another's. */
static int check_ledgers(struct verification *v)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	CLEANUP(ledger_destroyp) struct ledger *l = NULL;
	char person[SEAT_ID_BYTES] = "";
	int r = db_prepare(v->db, &st, "SELECT " CREDIT_ENTRY_COLUMNS " FROM credit_entry WHERE sequence <= ? ORDER BY person, sequence");
	int code = SQLITE_DONE;

	if (r == 0)
		r = db_bind(st, "i", v->last);
	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW) {
		struct ledger_entry e;

		r = credit_entry_column(&e, st);
		if (r == 0 && (!l || strcmp(person, e.person) != 0)) {
			l = ledger_destroy(l);
			memcpy(person, e.person, sizeof(person));
			r = ledger_create(&l);
		}
		if (r == 0)
			r = ledger_add(l, &e);
		if (r < 0 && r != -ENOMEM)
			r = bad(v, sqlite3_column_int64(st, 13), "%s", ledger_fault(r));
	}
	return r < 0 ? r : db_errno(code);
}

static int check_appeals(struct verification *v, int64_t last)
{
	const char *why = "";
	int64_t sequence = 0;
	int r = appeal_verify(v->db, last, &sequence, &why);

	return r == 0 && sequence ? bad(v, sequence, "%s", why) : r;
}

int credit_verify(struct store_reader *reader, struct credit_check *ret)
{
	struct verification v = { .db = store_reader_db(reader) };
	int64_t last = 0;
	int r = db_get_int(v.db, "SELECT coalesce(max(sequence), 0) FROM journal", &last);

	for (int i = 0; r == 0 && i < N_STATEMENTS; i++)
		r = db_prepare(v.db, &v.st[i], statements[i]);
	if (r == 0)
		r = check_too_much(&v);
	if (r == 0)
		r = check_events(&v);
	if (r == 0)
		r = check_all_posted(&v);
	if (r == 0)
		r = check_ledgers(&v);
	if (r == 0)
		r = check_appeals(&v, last);
	end_batch(&v);
	for (int i = 0; i < N_STATEMENTS; i++)
		sqlite3_finalize(v.st[i]);
	if (r < 0 && r != BAD)
		return r;
	*ret = v.check;
	return 0;
}
