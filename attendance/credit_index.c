/* See credit_index.h. */
#include "attendance/credit_index.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/db.h"
#include "attendance/local_day.h"
#include "attendance/result_form.h"
#include "media/base/mem.h"

#define ROOM_PREFIX "class-"

enum statement { ADD_RESULT, ADD_ENTRY, CHECK_REVERSAL, N_STATEMENTS };

static const char *const statements[N_STATEMENTS] = {
	[ADD_RESULT] = "INSERT INTO class_result (person, class, sequence, home, site, present_s, unproved_s, gap_s, met, sent, counted_s, milli_hours, reason,"
	               " hour_s, claim, rule_version, began_us, day, window_s, day_cap, year_cap)"
	               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[ADD_ENTRY] = "INSERT INTO credit_entry (entry, sequence, class, person, home, year, subject, kind, milli_hours, counted_s, day, reason, reverses, appeal)"
	              " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0), nullif(?, 0))",
	/* That it is reversed once is the table's UNIQUE. */
	[CHECK_REVERSAL] = "SELECT 1 FROM credit_entry WHERE entry = ? AND reverses IS NULL AND class = ? AND person = ? AND year = ? AND subject = ? AND kind = ?"
	                   " AND milli_hours = -? AND counted_s = -?",
};

struct credit_index {
	sqlite3_stmt *st[N_STATEMENTS]; /* owned */
};

int credit_index_create(struct credit_index **ret, sqlite3 *db)
{
	CLEANUP(credit_index_destroyp) struct credit_index *x = mem_zalloc(sizeof(*x));
	int r = 0;

	if (!x)
		return -ENOMEM;
	for (int i = 0; i < N_STATEMENTS && r == 0; i++)
		r = db_prepare(db, &x->st[i], statements[i]);
	if (r < 0)
		return r;
	*ret = STEAL(x);
	return 0;
}

struct credit_index *credit_index_destroy(struct credit_index *x)
{
	if (!x)
		return NULL;
	for (int i = 0; i < N_STATEMENTS; i++)
		sqlite3_finalize(x->st[i]);
	return mem_free(x);
}

int credit_entry_column(struct ledger_entry *ret, sqlite3_stmt *st)
{
	struct ledger_entry e = {
		.entry = sqlite3_column_int64(st, 0),
		.class = sqlite3_column_int64(st, 1),
		.home = sqlite3_column_int64(st, 3),
		.milli_hours = sqlite3_column_int64(st, 7),
		.counted_s = sqlite3_column_int64(st, 8),
		.reverses = sqlite3_column_int64(st, 11),
		.appeal = sqlite3_column_int64(st, 12),
	};

	if (day_parse(&e.day, db_text(st, 9)) < 0 || credit_reason_parse(&e.reason, db_text(st, 10)) < 0 || sqlite3_column_int(st, 4) != ledger_year(&e) ||
	    (size_t)sqlite3_column_bytes(st, 2) >= sizeof(e.person) || (size_t)sqlite3_column_bytes(st, 5) >= sizeof(e.subject) ||
	    (size_t)sqlite3_column_bytes(st, 6) >= sizeof(e.kind))
		return -EBADMSG;
	snprintf(e.person, sizeof(e.person), "%s", db_text(st, 2));
	snprintf(e.subject, sizeof(e.subject), "%s", db_text(st, 5));
	snprintf(e.kind, sizeof(e.kind), "%s", db_text(st, 6));
	*ret = e;
	return 0;
}

int64_t credit_class_of(const char *room)
{
	const char *digits = room + strlen(ROOM_PREFIX);
	char *end;
	long long number;

	if (strncmp(room, ROOM_PREFIX, strlen(ROOM_PREFIX)) != 0 || *digits < '1' || *digits > '9')
		return 0;
	errno = 0;
	number = strtoll(digits, &end, 10);
	return *end || errno ? 0 : number;
}

static int run(sqlite3_stmt *st, int bound)
{
	return bound < 0 ? bound : db_run(st);
}

/* A payload that does not read is the write's own fault. */
static int refuse(int r)
{
	return r == -EBADMSG ? -EINVAL : r;
}

static int add_row(struct credit_index *x, const struct result_head *head, const struct result_row *row, int64_t sequence)
{
	sqlite3_stmt *st = x->st[ADD_RESULT];
	char *claim = claim_write(&row->claim, head->began_us);
	char day[DAY_BYTES];
	int r = claim ? 0 : -ENOMEM;

	day_write(day, head->day);
	if (r == 0)
		r = run(st, db_bind(st, "tiiiiiiiiiiititiitiii", row->person, head->class, sequence, row->home, row->site, row->present_s, row->unproved_s, row->gap_s,
		                    (int64_t)row->met, (int64_t)row->sent, row->counted_s, row->milli_hours, credit_reason_word(row->reason), (int64_t)row->hour_s, claim,
		                    head->rule_version, head->began_us, day, head->window_s, (int64_t)head->day_cap, (int64_t)head->year_cap));
	free(claim);
	return r;
}

static int add_result(struct credit_index *x, int64_t class, const json_t *payload, int64_t sequence)
{
	struct result_part part;
	int r = result_parse(&part, payload, class);

	if (r < 0)
		return refuse(r);
	for (size_t i = 0; r == 0 && i < part.n; i++)
		r = add_row(x, &part.head, &part.rows[i], sequence);
	result_part_done(&part);
	return r;
}

static int check_reversal(struct credit_index *x, const struct ledger_entry *e)
{
	sqlite3_stmt *st = x->st[CHECK_REVERSAL];
	int r = db_bind(st, "iitittii", e->reverses, e->class, e->person, (int64_t)ledger_year(e), e->subject, e->kind, e->milli_hours, e->counted_s);
	int code;

	if (r < 0)
		return r;
	code = sqlite3_step(st);
	sqlite3_reset(st);
	return code == SQLITE_ROW ? 0 : code == SQLITE_DONE ? -EINVAL : db_errno(code);
}

static int add_entry(struct credit_index *x, int64_t class, const json_t *payload, int64_t sequence)
{
	sqlite3_stmt *st = x->st[ADD_ENTRY];
	struct ledger_entry e;
	char day[DAY_BYTES];
	int r = refuse(ledger_entry_parse(&e, payload, class));

	if (r == 0 && e.reverses)
		r = check_reversal(x, &e);
	if (r < 0)
		return r;
	day_write(day, e.day);
	return run(st, db_bind(st, "iiitiittiittii", e.entry, sequence, e.class, e.person, e.home, (int64_t)ledger_year(&e), e.subject, e.kind, e.milli_hours,
	                       e.counted_s, day, credit_reason_word(e.reason), e.reverses, e.appeal));
}

int credit_index_event(struct credit_index *x, const struct event *ev, const json_t *payload, int64_t sequence)
{
	int64_t class = credit_class_of(ev->room);

	if (ev->kind != EVENT_RESULT && ev->kind != EVENT_CREDIT_POSTED)
		return 0;
	if (!class)
		return -EINVAL;
	return ev->kind == EVENT_RESULT ? add_result(x, class, payload, sequence) : add_entry(x, class, payload, sequence);
}
