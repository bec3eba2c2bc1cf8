/* See webhook.h. */
#include "attendance/webhook.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/db.h"
#include "attendance/event_form.h"
#include "attendance/journal_org.h"
#include "attendance/writes.h"
#include "media/base/mem.h"

#define LOOK_ROWS 2000
#define NOTE_ROWS 500                   /* of so many without an event the cursor is moved: that costs a commit, looking at them again does not */
#define ACTIVE " w.superseded_by IS NULL AND w.valid_to IS NULL "

/* ---- kinds ---- */

static bool is_news(const struct event_form *f)
{
	return f->kind != EVENT_SEATS_ALIVE && f->kind >= EVENT_ROOM_OPENED;
}

static bool names(const char *events, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = events; (at = strstr(at, name)); at += len)
		if ((at == events || at[-1] == ' ') && (at[len] == ' ' || !at[len]))
			return true;
	return false;
}

bool webhook_events_have(const char *events, enum event_kind kind)
{
	const struct event_form *f = event_form(kind);

	return f && is_news(f) && (strcmp(events, "*") == 0 || names(events, f->name));
}

/* Each word is a kind when as many kinds are named as there are words. */
bool webhook_events_valid(const char *events)
{
	const struct event_form *f = NULL;
	size_t found = 0, words = 1;

	if (strcmp(events, "*") == 0)
		return true;
	for (const char *c = events; *c; c++)
		words += *c == ' ';
	while ((f = event_form_next(f)))
		found += is_news(f) && names(events, f->name);
	return found == words;
}

/* ---- the journal's news ---- */

struct subscription {
	int64_t id, org, reached;
	char events[WEBHOOK_EVENTS_BYTES];
};

/* The next one that has something behind its cursor and place in its queue. 0: none. */
static int find_subscription(sqlite3 *db, int64_t after, int64_t *ret_head, struct subscription *ret)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int code, r = db_prepare(db, &st,
	                         "SELECT w.id, w.org, coalesce(c.reached, w.act), w.events, (SELECT max(sequence) FROM journal) AS head FROM webhook w"
	                         " LEFT JOIN webhook_cursor c ON c.webhook = w.id WHERE" ACTIVE "AND head > coalesce(c.reached, w.act)"
	                         " AND (SELECT count(*) FROM webhook_delivery d WHERE d.webhook = w.id AND d.dead_us IS NULL) < ? AND w.id > ? ORDER BY w.id LIMIT 1");

	if (r == 0)
		r = db_bind(st, "ii", (int64_t)WEBHOOK_QUEUE_MAX, after);
	if (r < 0)
		return r;
	code = sqlite3_step(st);
	if (code != SQLITE_ROW)
		return db_errno(code);
	ret->id = sqlite3_column_int64(st, 0);
	ret->org = sqlite3_column_int64(st, 1);
	ret->reached = sqlite3_column_int64(st, 2);
	snprintf(ret->events, sizeof(ret->events), "%s", db_text(st, 3));
	*ret_head = sqlite3_column_int64(st, 4);
	return 1;
}

/* Of today's tree; closed ones where they were. */
#define BELOW "WITH RECURSIVE below (org) AS (SELECT ?1 UNION SELECT e.org FROM org_edge e JOIN below b ON e.parent = b.org WHERE e.superseded_by IS NULL)"

static int gather(sqlite3 *db, const struct subscription *s, int64_t to, struct webhook_write *w)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int code = SQLITE_DONE, r = db_prepare(db, &st, BELOW " SELECT j.sequence, j.kind FROM journal j" JOURNAL_ORG_JOINS
	                                       "WHERE j.sequence > ?2 AND j.sequence <= ?3 AND " JOURNAL_ORG " IN (SELECT org FROM below) ORDER BY j.sequence");

	if (r == 0)
		r = db_bind(st, "iii", s->org, s->reached, to);
	if (r < 0)
		return r;
	while ((code = sqlite3_step(st)) == SQLITE_ROW)
		if (webhook_events_have(s->events, (enum event_kind)sqlite3_column_int(st, 1)))
			w->sequences[w->n++] = sqlite3_column_int64(st, 0);
	return db_errno(code);
}

static int find_new(sqlite3 *db, int64_t *webhook, struct webhook_write **ret)
{
	CLEANUP(mem_freep) struct webhook_write *w = NULL;
	struct subscription s = { 0 };
	int64_t head = 0;
	int r = find_subscription(db, *webhook, &head, &s);

	if (r <= 0)
		return r;
	head = MIN(head, s.reached + LOOK_ROWS);
	w = mem_zalloc(sizeof(*w) + LOOK_ROWS * sizeof(w->sequences[0]));
	if (!w)
		return -ENOMEM;
	w->op = WEBHOOK_QUEUE;
	w->webhook = *webhook = s.id;
	w->sequence = head;
	r = gather(db, &s, head, w);
	if (r < 0)
		return r;
	if (w->n > 0 || head - s.reached >= NOTE_ROWS)
		*ret = STEAL(w);
	return 1;
}

int webhook_find_new(struct store_reader *reader, int64_t *webhook, struct webhook_write **ret)
{
	sqlite3 *db = store_reader_db(reader);
	int r = db_exec(db, "BEGIN");

	*ret = NULL;
	if (r == 0)
		r = find_new(db, webhook, ret);
	db_exec(db, "ROLLBACK");
	return r;
}

/* ---- what is due ---- */

static bool is_busy(int64_t webhook, const int64_t *busy, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (busy[i] == webhook)
			return true;
	return false;
}

static void take(sqlite3_stmt *st, struct webhook_event *ret)
{
	*ret = (struct webhook_event){
		.webhook = sqlite3_column_int64(st, 0), .sequence = sqlite3_column_int64(st, 1), .attempts = sqlite3_column_int(st, 2),
		.wall_us = sqlite3_column_int64(st, 5), .org = sqlite3_column_int64(st, 7), .kind = (enum event_kind)sqlite3_column_int(st, 4),
	};
	snprintf(ret->url, sizeof(ret->url), "%s", db_text(st, 3));
	snprintf(ret->room, sizeof(ret->room), "%s", db_text(st, 6));
	snprintf(ret->act, sizeof(ret->act), "%s", db_text(st, 8));
}

static int due_of(sqlite3 *db, int64_t webhook, int64_t now_us, unsigned max, struct webhook_event *ret)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int code = SQLITE_DONE, n = 0;
	int r = db_prepare(db, &st, "SELECT d.webhook, d.sequence, d.attempts, w.url, j.kind, j.wall_us, j.room, " JOURNAL_ORG ", a.act FROM webhook_delivery d"
	                            " JOIN webhook w ON w.id = d.webhook JOIN journal j ON j.sequence = d.sequence" JOURNAL_ORG_JOINS
	                            "WHERE d.webhook = ?1 AND d.dead_us IS NULL AND d.next_us <= ?2 ORDER BY d.next_us, d.sequence LIMIT ?3");

	if (r == 0)
		r = db_bind(st, "iii", webhook, now_us, (int64_t)max);
	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW)
		take(st, &ret[n++]);
	return r < 0 ? r : db_errno(code) < 0 ? db_errno(code) : n;
}

int webhook_find_due(struct store_reader *reader, int64_t now_us, const int64_t *busy, size_t n_busy, unsigned each, struct webhook_event *ret, unsigned max)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	sqlite3 *db = store_reader_db(reader);
	int r = db_prepare(db, &st, "SELECT DISTINCT d.webhook FROM webhook_delivery d JOIN webhook w ON w.id = d.webhook WHERE" ACTIVE "AND d.dead_us IS NULL AND d.next_us <= ?");
	unsigned n = 0;

	if (r == 0)
		r = db_bind(st, "i", now_us);
	while (r >= 0 && n < max && sqlite3_step(st) == SQLITE_ROW) {
		if (is_busy(sqlite3_column_int64(st, 0), busy, n_busy))
			continue;
		r = due_of(db, sqlite3_column_int64(st, 0), now_us, MIN(each, max - n), ret + n);
		n += r > 0 ? (unsigned)r : 0;
	}
	return r < 0 ? r : (int)n;
}

/* ---- for the API ---- */

static int give(json_t *list, int error, char **ret_text)
{
	*ret_text = error == 0 ? json_dumps(list, JSON_COMPACT) : NULL;
	json_decref(list);
	return error == 0 && !*ret_text ? -ENOMEM : error;
}

int webhook_counts_read(struct store_reader *reader, const void *args, size_t len, char **ret_text)
{
	static const char sql[] =
		"SELECT w.id, count(d.sequence) FILTER (WHERE d.dead_us IS NULL), count(d.dead_us), coalesce(max(d.attempts), 0),"
		" coalesce((SELECT error FROM webhook_delivery e WHERE e.webhook = w.id AND e.attempts > 0 ORDER BY e.next_us DESC LIMIT 1), '')"
		" FROM webhook w LEFT JOIN webhook_delivery d ON d.webhook = w.id WHERE" ACTIVE "AND w.org = ? GROUP BY w.id ORDER BY w.id";
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	json_t *list = json_array();
	int code = SQLITE_DONE, r = db_prepare(store_reader_db(reader), &st, sql);

	(void)len;
	if (r == 0)
		r = db_bind(st, "i", *(const int64_t *)args);
	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW)
		json_array_append_new(list, json_pack("{s:I, s:I, s:I, s:s}", "id", (json_int_t)sqlite3_column_int64(st, 0), "waiting", (json_int_t)sqlite3_column_int64(st, 1),
		                                      "dead", (json_int_t)sqlite3_column_int64(st, 2), "error", db_text(st, 4)));
	return give(list, r < 0 ? r : db_errno(code), ret_text);
}

static json_t *dead_json(sqlite3_stmt *st)
{
	const struct event_form *f = event_form((enum event_kind)sqlite3_column_int(st, 1));

	return json_pack("{s:I, s:s, s:I, s:I, s:I, s:s, s:I}", "sequence", (json_int_t)sqlite3_column_int64(st, 0), "kind", f ? f->name : "", "wall_us",
	                 (json_int_t)sqlite3_column_int64(st, 2), "attempts", (json_int_t)sqlite3_column_int64(st, 3), "status", (json_int_t)sqlite3_column_int64(st, 4), "error",
	                 db_text(st, 5), "dead_us", (json_int_t)sqlite3_column_int64(st, 6));
}

int webhook_dead_read(struct store_reader *reader, const void *args, size_t len, char **ret_text)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	const struct webhook_dead_query *q = args;
	json_t *list = json_array();
	int code = SQLITE_DONE;
	int r = db_prepare(store_reader_db(reader), &st, "SELECT d.sequence, j.kind, j.wall_us, d.attempts, d.status, d.error, d.dead_us FROM webhook_delivery d"
	                   " JOIN journal j ON j.sequence = d.sequence WHERE d.webhook = ? AND d.dead_us IS NOT NULL AND d.sequence > ? ORDER BY d.sequence LIMIT ?");

	(void)len;
	if (r == 0)
		r = db_bind(st, "iii", q->webhook, q->after, (int64_t)q->limit);
	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW)
		json_array_append_new(list, dead_json(st));
	return give(list, r < 0 ? r : db_errno(code), ret_text);
}
