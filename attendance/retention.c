/* See retention.h. */
#include "attendance/retention.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/changes.h"
#include "attendance/db.h"
#include "attendance/event_form.h"
#include "attendance/journal_org.h"
#include "attendance/writer.h"
#include "media/base/clock.h"
#include "media/base/mem.h"

#define STEP_ROWS 500
#define YOUNG_ROWS_MAX 20000            /* in a row: then the rest is taken for young as well, though a wall clock may have been set */
#define NOTE_EVERY_ROWS 100000          /* how far it came is also noted where nothing goes, but seldom: that costs a commit */

enum statement { LOOK, DROP_PAYLOAD, DROP_AUDIT, DROP_RESULTS, DROP_ENTRY, DROP_FINDING, COUNT, NOTE, FINISH, N_STATEMENTS };

static const char *const statements[N_STATEMENTS] = {
	[LOOK] = "SELECT p.sequence, j.kind, j.wall_us, " JOURNAL_ORG " FROM journal_payload p JOIN journal j ON j.sequence = p.sequence" JOURNAL_ORG_JOINS
	         "WHERE p.sequence > ? ORDER BY p.sequence LIMIT ?",
	[DROP_PAYLOAD] = "DELETE FROM journal_payload WHERE sequence = ?",
	[DROP_AUDIT] = "DELETE FROM audit WHERE sequence = ?",
	[DROP_RESULTS] = "DELETE FROM class_result WHERE class = (SELECT CAST(substr(room, 7) AS INTEGER) FROM journal WHERE sequence = ?1) AND sequence = ?1",
	/* What was reversed goes with its reversal. */
	[DROP_ENTRY] = "DELETE FROM credit_entry AS e WHERE (sequence = ?1 AND NOT EXISTS (SELECT 1 FROM credit_entry WHERE reverses = e.entry))"
	               " OR (entry = (SELECT reverses FROM credit_entry WHERE sequence = ?1) AND sequence NOT IN (SELECT sequence FROM journal_payload WHERE sequence = e.sequence))",
	[DROP_FINDING] = "DELETE FROM finding WHERE id = ?",
	[COUNT] = "INSERT INTO retention_count (run, root, org, policy, removed) VALUES (?, ?, ?, ?, 1)"
	          " ON CONFLICT (run, org, policy) DO UPDATE SET removed = removed + 1",
	[NOTE] = "UPDATE retention_run SET reached = ? WHERE id = ?",
	[FINISH] = "UPDATE retention_run SET finished_us = ?, reached = ? WHERE id = ?",
};

/* A row whose days are over. */
struct due {
	int64_t sequence, org, root;
	enum policy_key key;
};

struct retention {
	sqlite3 *db;                            /* given */
	struct writer *writer;                  /* given */
	sqlite3_stmt *st[N_STATEMENTS];         /* owned */
	struct retention_plan *plan;            /* owned; NULL: no run */
	int64_t run;
	int64_t reached, noted;                 /* the last row that was looked at; as it stands in the database */
	int young;                              /* rows in a row that no policy lets go yet */
	struct due due[STEP_ROWS];
	size_t n_due;
};

int retention_create(struct retention **ret, sqlite3 *db, struct writer *writer)
{
	CLEANUP(retention_destroyp) struct retention *r = mem_zalloc(sizeof(*r));
	int e = 0;

	if (!r)
		return -ENOMEM;
	r->db = db;
	r->writer = writer;
	for (int i = 0; e == 0 && i < N_STATEMENTS; i++)
		e = db_prepare(db, &r->st[i], statements[i]);
	if (e < 0)
		return e;
	*ret = STEAL(r);
	return 0;
}

struct retention *retention_destroy(struct retention *r)
{
	if (!r)
		return NULL;
	for (int i = 0; i < N_STATEMENTS; i++)
		sqlite3_finalize(r->st[i]);
	mem_free(r->plan);
	return mem_free(r);
}

bool retention_running(const struct retention *r)
{
	return r->plan != NULL;
}

int retention_last(sqlite3 *db, int64_t *ret_us)
{
	int e = db_get_int(db, "SELECT iif(finished_us IS NULL, 0, started_us) FROM retention_run ORDER BY id DESC LIMIT 1", ret_us);

	if (e == -ENODATA)
		*ret_us = 0;
	return e == -ENODATA ? 0 : e;
}

/* ---- the beginning ---- */

static int find_cut_off(struct retention *r)
{
	int e = db_get_int(r->db, "SELECT id FROM retention_run WHERE finished_us IS NULL", &r->run);

	if (e == 0)
		e = db_get_int(r->db, "SELECT reached FROM retention_run WHERE finished_us IS NULL", &r->reached);
	return e;
}

static int add_run(struct retention *r, int64_t now_us)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int e = db_prepare(r->db, &st, "INSERT INTO retention_run (started_us, reached) VALUES (?, 0)");

	r->reached = 0;
	if (e == 0)
		e = db_bind(st, "i", now_us);
	if (e == 0)
		e = db_run(st);
	r->run = sqlite3_last_insert_rowid(r->db);
	return e;
}

int retention_begin(struct retention *r, const struct retention_plan *plan)
{
	size_t bytes = sizeof(*plan) + plan->n * sizeof(plan->rules[0]);
	int e;

	if (r->plan)
		return -EALREADY;
	e = find_cut_off(r);
	if (e == -ENODATA)
		e = add_run(r, plan->now_us);
	if (e < 0)
		return e;
	r->noted = r->reached;
	r->young = 0;
	r->plan = mem_memdup(plan, bytes);
	return r->plan ? 0 : -ENOMEM;
}

/* ---- a step ---- */

static void weigh(struct retention *r, sqlite3_stmt *st)
{
	const struct event_form *form = event_form((enum event_kind)sqlite3_column_int(st, 1));
	const struct retention_rule *rule = retention_rule_of(r->plan, sqlite3_column_int64(st, 3));

	r->reached = sqlite3_column_int64(st, 0);
	r->young = sqlite3_column_int64(st, 2) >= r->plan->newest_us ? r->young + 1 : 0;
	if (!form || form->keep == EVENT_KEPT || sqlite3_column_int64(st, 2) >= rule->before_us[form->keep])
		return;
	r->due[r->n_due++] = (struct due){ .sequence = r->reached, .org = rule->org, .root = rule->root, .key = form->keep };
}

/* 1: there is more. */
static int look(struct retention *r)
{
	sqlite3_stmt *st = r->st[LOOK];
	int e = db_bind(st, "ii", r->reached, (int64_t)STEP_ROWS);
	int code = SQLITE_ROW, n = 0;

	r->n_due = 0;
	while (e == 0 && (code = sqlite3_step(st)) == SQLITE_ROW) {
		weigh(r, st);
		n++;
	}
	sqlite3_reset(st);
	if (e == 0)
		e = db_errno(code);
	return e < 0 ? e : n == STEP_ROWS && r->young < YOUNG_ROWS_MAX;
}

static int drop_from(struct retention *r, enum statement what, int64_t sequence)
{
	int e = db_bind(r->st[what], "i", sequence);

	return e < 0 ? e : db_run(r->st[what]);
}

/* The payload, and what indexes it. */
static int drop(struct retention *r, const struct due *d)
{
	int e = drop_from(r, DROP_PAYLOAD, d->sequence);

	if (e == 0 && d->key == POLICY_KEEP_AUDIT_DAYS)
		e = drop_from(r, DROP_AUDIT, d->sequence);
	if (e == 0 && d->key == POLICY_KEEP_CREDIT_DAYS)
		e = drop_from(r, DROP_RESULTS, d->sequence);
	if (e == 0 && d->key == POLICY_KEEP_CREDIT_DAYS)
		e = drop_from(r, DROP_ENTRY, d->sequence);
	if (e == 0 && d->key == POLICY_KEEP_FINDINGS_DAYS)
		e = drop_from(r, DROP_FINDING, d->sequence);
	if (e == 0)
		e = db_bind(r->st[COUNT], "iiit", r->run, d->root, d->org, policy_rule(d->key)->name);
	return e < 0 ? e : db_run(r->st[COUNT]);
}

static int note(struct retention *r)
{
	int e = db_bind(r->st[NOTE], "ii", r->reached, r->run);

	return e < 0 ? e : db_run(r->st[NOTE]);
}

static int write_step(struct retention *r)
{
	int e = writer_begin(r->writer);

	for (size_t i = 0; e == 0 && i < r->n_due; i++)
		e = drop(r, &r->due[i]);
	if (e == 0)
		e = note(r);
	if (e == 0)
		e = writer_commit(r->writer);
	if (e < 0)
		writer_rollback(r->writer);
	return e;
}

/* ---- the end ---- */

static json_t *removed_at(struct retention *r, int64_t root, int *ret_error)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int code, e = db_prepare(r->db, &st, "SELECT policy, sum(removed) FROM retention_count WHERE run = ? AND root = ? GROUP BY policy");
	json_t *ret = json_object();

	if (e == 0)
		e = db_bind(st, "ii", r->run, root);
	if (e == 0) {
		while ((code = sqlite3_step(st)) == SQLITE_ROW)
			json_object_set_new(ret, db_text(st, 0), json_integer(sqlite3_column_int64(st, 1)));
		e = db_errno(code);
	}
	*ret_error = e;
	return ret;
}

static int tell(struct retention *r, int64_t root)
{
	CLEANUP(changes_destroyp) struct changes *c = changes_new();
	struct act act = { .name = "retention.run", .org = root };
	int64_t sequence;
	int e;
	json_t *all = json_pack("{s:I, s:o}", "run", (json_int_t)r->run, "removed", removed_at(r, root, &e));
	char *detail = json_dumps(all, JSON_COMPACT);

	json_decref(all);
	act.detail = detail;
	if (e == 0)
		e = c && detail ? changes_set_act(c, &act) : -ENOMEM;
	if (e == 0)
		e = writer_changes(r->writer, c, clock_wall_us(), clock_boot_us(), &sequence);
	free(detail);
	return e;
}

static int tell_all(struct retention *r)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int code = SQLITE_DONE, e = db_prepare(r->db, &st, "SELECT DISTINCT root FROM retention_count WHERE run = ?");

	if (e == 0)
		e = db_bind(st, "i", r->run);
	while (e == 0 && (code = sqlite3_step(st)) == SQLITE_ROW)
		e = tell(r, sqlite3_column_int64(st, 0));
	return e < 0 ? e : db_errno(code);
}

static int finish(struct retention *r)
{
	int e = writer_begin(r->writer);

	if (e == 0)
		e = tell_all(r);
	if (e == 0)
		e = db_bind(r->st[FINISH], "iii", clock_wall_us(), r->reached, r->run);
	if (e == 0)
		e = db_run(r->st[FINISH]);
	if (e == 0)
		e = writer_commit(r->writer);
	if (e < 0)
		writer_rollback(r->writer);
	else
		r->plan = mem_free(r->plan);
	return e;
}

int retention_step(struct retention *r, int *ret_removed)
{
	int64_t before = r->reached;
	int more, e = 0;

	*ret_removed = 0;
	if (!r->plan)
		return 0;
	more = look(r);
	if (more >= 0 && (r->n_due > 0 || r->reached - r->noted >= NOTE_EVERY_ROWS))
		e = write_step(r);
	if (more < 0 || e < 0) {
		r->reached = before;
		return more < 0 ? more : e;
	}
	if (r->n_due > 0)
		r->noted = r->reached;
	*ret_removed = (int)r->n_due;
	return more ? 1 : finish(r);
}
