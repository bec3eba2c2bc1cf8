/* See credit_compute.h. */
#include "attendance/credit_compute.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/credit_index.h"
#include "attendance/db.h"
#include "attendance/ledger.h"
#include "attendance/local_day.h"
#include "attendance/result_form.h"
#include "attendance/twins.h"
#include "attendance/writes.h"
#include "media/base/mem.h"

#define NEAR_US (2 * 86400 * 1000000LL)         /* classes that begin further apart do not overlap */

/* ---- the class's own rows ---- */

struct reading {
	struct class_result *fold;
	int64_t class;
	bool erased;
};

/* Whether a row that has no payload any more had something to say of presence or credit. */
static bool counts(const struct reading *rd, const struct event *ev)
{
	return credit_class_of(ev->room) == rd->class && ev->kind != EVENT_CHAT && ev->kind != EVENT_HAND_RAISED && ev->kind != EVENT_FLOOR_GIVEN && ev->kind < EVENT_ABSENTEES_NOTED;
}

static int on_row(void *user, const struct journal_row *row)
{
	struct reading *rd = user;

	rd->erased = rd->erased || (!*row->event.payload && counts(rd, &row->event));
	return class_result_add(rd->fold, &row->event, row->boot_id);
}

static int read_rows(sqlite3 *db, struct reading *rd, int64_t before)
{
	static const char where[] =
		"j.sequence IN (SELECT sequence FROM journal WHERE room = 'class-' || ?1 AND sequence < ?2"
		" UNION SELECT s.sequence - d.value FROM journal s, json_each('[0,1]') d WHERE s.room = '' AND s.kind = 1 AND s.sequence < ?2"
		"  AND s.sequence > (SELECT min(sequence) FROM journal WHERE room = 'class-' || ?1 AND kind = 10))"
		" ORDER BY j.sequence";

	return journal_select(db, where, rd->class, before, on_row, rd);
}

static_assert(EVENT_SERVER_STARTED == 1 && EVENT_ROOM_OPENED == 10, "the kinds in the statement above");

/* ---- other classes of a person ---- */

struct others {
	sqlite3_stmt *st;                       /* owned */
	const struct twins *twins;              /* given */
	struct credit_session *list;            /* owned, n, with room for one more; their claims are owned too */
	size_t n, max;
};

static void drop_others(struct others *o)
{
	for (size_t i = 0; i < o->n; i++)
		spans_done(&o->list[i].claim);
	o->n = 0;
}

static int need_room(struct others *o)
{
	size_t max = o->max ? 2 * o->max : 16;
	struct credit_session *list;

	if (o->n + 2 <= o->max)
		return 0;
	list = mem_realloc(o->list, max * sizeof(*list));
	if (!list)
		return -ENOMEM;
	o->list = list;
	o->max = max;
	return 0;
}

/* The class is there already, under a twin's name: one claim of both. */
static int join_claim(struct credit_session *to, struct spans *claim)
{
	int r = spans_add_all(&to->claim, claim->list, claim->n);

	spans_settle(&to->claim);
	return r;
}

static int take_session(struct others *o, sqlite3_stmt *st)
{
	CLEANUP(spans_done) struct spans claim = { 0 };
	json_t *json = json_loads(db_text(st, 3), 0, NULL);
	struct credit_session s = {
		.class = sqlite3_column_int64(st, 0), .began_us = sqlite3_column_int64(st, 1), .hour_s = sqlite3_column_int(st, 4),
		.day_hours_milli = sqlite3_column_int(st, 5), .year_hours_milli = sqlite3_column_int(st, 6),
	};
	int r = claim_parse(&claim, json, s.began_us);

	json_decref(json);
	if (r < 0 || day_parse(&s.day, db_text(st, 2)) < 0 || (claim.n && s.hour_s <= 0))
		return r == -ENOMEM ? r : -EBADMSG;
	for (size_t i = 0; i < o->n; i++)
		if (o->list[i].class == s.class)
			return join_claim(&o->list[i], &claim);
	r = need_room(o);
	if (r < 0 || claim.n == 0)
		return r;
	s.claim = claim;
	claim = (struct spans){ 0 };
	o->list[o->n++] = s;
	return 0;
}

static int read_sessions(struct others *o, const struct result_head *head, const char *person, int64_t before)
{
	char year[8];
	int r, code = SQLITE_DONE;

	snprintf(year, sizeof(year), "%04d", (int)(head->day / 10000 % 10000));
	r = db_bind(o->st, "tiitii", person, head->class, before, year, head->began_us - NEAR_US, head->began_us + NEAR_US);
	while (r == 0 && (code = sqlite3_step(o->st)) == SQLITE_ROW)
		r = take_session(o, o->st);
	sqlite3_reset(o->st);
	return r < 0 ? r : db_errno(code);
}

/* Counting puts the row's own session into the list and orders it anew: out again, since its claim is the row's. */
static void take_out(struct others *o, int64_t class)
{
	for (size_t k = 0; k < o->n; k++)
		if (o->list[k].class == class)
			o->list[k] = o->list[o->n];
}

static int count_row(struct others *o, const struct result_head *head, struct result_row *row, int64_t before)
{
	const char *twin;
	size_t i = 0;
	int r = need_room(o);

	if (row->reason != CREDIT_CREDITED)
		return 0;
	if (r == 0)
		r = read_sessions(o, head, row->person, before);
	while (r == 0 && (twin = twins_next(o->twins, row->person, &i)))
		r = read_sessions(o, head, twin, before);
	if (r == 0) {
		r = result_row_count(row, head, o->list, o->n);
		take_out(o, head->class);
	}
	drop_others(o);
	return r;
}

static int count_rows(sqlite3 *db, struct credit_computed *c, const struct twins *twins, int64_t before)
{
	/* The last result of each class before then holds. */
	static const char sql[] =
		"SELECT class, began_us, day, claim, hour_s, day_cap, year_cap FROM class_result r WHERE person = ?1 AND class <> ?2 AND sequence < ?3"
		" AND (substr(day, 1, 4) = ?4 OR began_us BETWEEN ?5 AND ?6)"
		" AND sequence = (SELECT max(sequence) FROM class_result WHERE person = r.person AND class = r.class AND sequence < ?3)";
	struct others o = { .twins = twins };
	int r = db_prepare(db, &o.st, sql);

	for (size_t i = 0; r == 0 && i < c->n; i++)
		r = count_row(&o, &c->head, &c->rows[i], before);
	sqlite3_finalize(o.st);
	drop_others(&o);
	mem_free(o.list);
	return r;
}

int credit_compute(sqlite3 *db, int64_t class, int64_t before, struct credit_computed *ret)
{
	CLEANUP(twins_destroyp) struct twins *twins = NULL;
	struct credit_computed c = { 0 };
	struct reading rd = { .class = class };
	int r = twins_read(&twins, db, before);

	if (r == 0)
		r = class_result_create(&rd.fold, class);
	c.fold = rd.fold;
	if (r == 0)
		r = read_rows(db, &rd, before);
	if (r == 0)
		r = class_result_rows(c.fold, twins_same, twins, &c.head, &c.rows, &c.n);
	if (r == 0)
		r = count_rows(db, &c, twins, before);
	c.erased = rd.erased;
	if (r < 0) {
		credit_computed_done(&c);
		return r;
	}
	*ret = c;
	return 0;
}

void credit_computed_done(struct credit_computed *c)
{
	c->fold = class_result_destroy(c->fold);
	c->rows = NULL;
	c->n = 0;
}

/* ---- at the close ---- */

struct closing {
	sqlite3 *db;
	json_t *results, *postings;     /* owned */
	int64_t next;                   /* number of an entry */
};

static int keep_payload(void *user, const char *payload)
{
	json_t *json = json_loads(payload, 0, NULL);

	return json && json_array_append_new(user, json) == 0 ? 0 : -ENOMEM;
}

static int keep_entry(void *user, const struct ledger_entry *e)
{
	struct closing *cl = user;
	json_t *json = ledger_entry_write(e);

	json = json ? json_pack("{s:I, s:o}", "class", (json_int_t)e->class, "payload", json) : NULL;
	return json && json_array_append_new(cl->postings, json) == 0 ? 0 : -ENOMEM;
}

static int load_ledger(sqlite3 *db, struct ledger *l, const char *person, int32_t year)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, "SELECT " CREDIT_ENTRY_COLUMNS " FROM credit_entry WHERE person = ? AND year = ? ORDER BY entry");
	int code = SQLITE_DONE;

	if (r == 0)
		r = db_bind(st, "ti", person, (int64_t)year);
	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW) {
		struct ledger_entry e;

		r = credit_entry_column(&e, st);
		if (r == 0)
			r = ledger_add(l, &e);
	}
	return r < 0 ? r : db_errno(code);
}

/* The class takes moments from others that made more of them. */
static int take_away(struct closing *cl, const struct result_head *head, const struct result_row *row)
{
	CLEANUP(ledger_destroyp) struct ledger *l = NULL;
	struct credit_sum left;
	int r = ledger_create(&l);

	if (r == 0)
		r = load_ledger(cl->db, l, row->person, head->day / 10000);
	return r < 0 ? r : ledger_take_away(l, row->person, head->day, row->less, &cl->next, keep_entry, cl, &left);
}

static int post(struct closing *cl, const struct credit_computed *c)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < c->n; i++) {
		struct ledger_entry e;

		if (result_posting(&c->head, &c->rows[i], cl->next, &e)) {
			cl->next++;
			r = keep_entry(cl, &e);
		}
		if (r == 0 && (c->rows[i].less.counted_s > 0 || c->rows[i].less.milli_hours > 0))
			r = take_away(cl, &c->head, &c->rows[i]);
	}
	return r;
}

static int refuse_second(sqlite3 *db, int64_t class)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, "SELECT 1 FROM journal WHERE room = 'class-' || ? AND kind = ?");

	if (r == 0)
		r = db_bind(st, "ii", class, (int64_t)EVENT_RESULT);
	return r == 0 && sqlite3_step(st) == SQLITE_ROW ? -EEXIST : r;
}

static int write_all(struct closing *cl, const struct credit_computed *c, char **ret_text)
{
	json_t *all;
	int r = cl->results && cl->postings ? result_write(&c->head, c->rows, c->n, keep_payload, cl->results) : -ENOMEM;

	if (r == 0)
		r = post(cl, c);
	if (r < 0)
		return r;
	all = json_pack("{s:O, s:O}", "results", cl->results, "postings", cl->postings);
	*ret_text = all ? json_dumps(all, JSON_COMPACT) : NULL;
	json_decref(all);
	return *ret_text ? 0 : -ENOMEM;
}

int credit_close_read(struct store_reader *reader, const void *args, size_t len, char **ret_text)
{
	const struct credit_close_query *q = args;
	struct closing cl = { .db = store_reader_db(reader) };
	struct credit_computed c = { 0 };
	int r = len == sizeof(*q) ? refuse_second(cl.db, q->class) : -EINVAL;

	if (r == 0)
		r = db_get_int(cl.db, "SELECT coalesce(max(entry), 0) + 1 FROM credit_entry", &cl.next);
	if (r == 0)
		r = credit_compute(cl.db, q->class, INT64_MAX, &c);
	if (r < 0)
		return r;
	cl.results = json_array();
	cl.postings = json_array();
	r = write_all(&cl, &c, ret_text);
	json_decref(cl.results);
	json_decref(cl.postings);
	credit_computed_done(&c);
	return r;
}
