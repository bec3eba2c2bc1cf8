/* See appeal_read.h. */
#include "attendance/appeal_read.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/credit_index.h"
#include "attendance/credit_rule.h"
#include "attendance/db.h"
#include "attendance/ledger.h"
#include "attendance/local_day.h"
#include "attendance/row_json.h"
#include "attendance/twins.h"
#include "attendance/writes.h"
#include "media/base/macros.h"

static_assert(EVENT_CLASS_PLANNED == 50 && EVENT_RULE_CHOSEN == 57 && EVENT_CLASS_OPENED == 60, "the kinds in the statements here");

/* What stands of a person's postings of a class: not reversed. */
#define STANDS "+e.reverses IS NULL AND NOT EXISTS (SELECT 1 FROM credit_entry x WHERE x.reverses = e.entry)"

static int dump(json_t *value, int r, char **ret_text)
{
	char *text = r == 0 && value ? json_dumps(value, JSON_COMPACT) : NULL;

	json_decref(value);
	if (r < 0)
		return r;
	*ret_text = text;
	return text ? 0 : -ENOMEM;
}

/* ---- before one is written ---- */

static int count_written(json_t *to, sqlite3 *db, const char *person, int64_t class)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, "SELECT count(*), count(*) - count(decided) FROM appeal WHERE person = ? AND class = ?");

	if (r == 0)
		r = db_bind(st, "ti", person, class);
	if (r < 0 || sqlite3_step(st) != SQLITE_ROW)
		return r < 0 ? r : -EIO;
	json_object_set_new(to, "written", json_integer(json_integer_value(json_object_get(to, "written")) + sqlite3_column_int64(st, 0)));
	if (sqlite3_column_int64(st, 1) > 0)
		json_object_set_new(to, "open", json_true());
	return 0;
}

/* The last result under this name, unless one under another name was later. */
static int find_result(json_t *to, sqlite3 *db, const char *person, int64_t class)
{
	static const char sql[] = "SELECT max(r.sequence), (SELECT max(entry) FROM credit_entry e WHERE e.person = r.person AND +e.class = r.class AND " STANDS ")"
	                          " FROM class_result r WHERE r.person = ? AND r.class = ?";
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, sql);

	if (r == 0)
		r = db_bind(st, "ti", person, class);
	if (r < 0 || sqlite3_step(st) != SQLITE_ROW)
		return r < 0 ? r : -EIO;
	if (sqlite3_column_int64(st, 0) <= json_integer_value(json_object_get(to, "sequence")))
		return 0;
	json_object_set_new(to, "sequence", json_integer(sqlite3_column_int64(st, 0)));
	json_object_set_new(to, "person", json_string(person));
	json_object_del(to, "entry");
	if (sqlite3_column_type(st, 1) != SQLITE_NULL)
		json_object_set_new(to, "entry", json_integer(sqlite3_column_int64(st, 1)));
	return 0;
}

static int look_under(json_t *to, sqlite3 *db, const char *person, int64_t class)
{
	int r = count_written(to, db, person, class);

	return r < 0 ? r : find_result(to, db, person, class);
}

int appeal_before_read(struct store_reader *reader, const void *args, size_t len, char **ret_text)
{
	const struct appeal_of *q = args;
	CLEANUP(twins_destroyp) struct twins *t = NULL;
	sqlite3 *db = store_reader_db(reader);
	const char *twin;
	int64_t next = 0;
	size_t i = 0;
	json_t *all;
	int r = len == sizeof(*q) ? twins_read(&t, db, INT64_MAX) : -EINVAL;

	if (r == 0)
		r = db_get_int(db, "SELECT coalesce(max(appeal), 0) + 1 FROM appeal", &next);
	if (r < 0)
		return r;
	all = json_pack("{s:I, s:i, s:b}", "next", (json_int_t)next, "written", 0, "open", false);
	r = all ? look_under(all, db, q->person, q->class) : -ENOMEM;
	while (r == 0 && (twin = twins_next(t, q->person, &i)))
		r = look_under(all, db, twin, q->class);
	return dump(all, r, ret_text);
}

/* ---- one ---- */

static int find_appeal(json_t **ret, sqlite3 *db, int64_t appeal)
{
	static const char sql[] =
		"SELECT a.appeal, a.class, c.title, c.kind, c.org, a.person, jw.wall_us AS written_us, jw.actor AS written_by, json_extract(pw.payload, '$.text') AS text,"
		" jd.wall_us AS decided_us, a.granted, json_extract(pd.payload, '$.text') AS decision, json_extract(pd.payload, '$.milli_hours') AS milli_hours,"
		" r.home, r.day, r.window_s, r.present_s, r.unproved_s, r.met, r.sent, r.reason, r.milli_hours AS computed FROM appeal a"
		" JOIN class c ON c.room = 'class-' || a.class JOIN journal jw ON jw.sequence = a.written LEFT JOIN journal_payload pw ON pw.sequence = a.written"
		" LEFT JOIN journal jd ON jd.sequence = a.decided LEFT JOIN journal_payload pd ON pd.sequence = a.decided"
		" LEFT JOIN class_result r ON r.person = a.person AND r.class = a.class"
		"  AND r.sequence = (SELECT max(sequence) FROM class_result WHERE person = a.person AND class = a.class)"
		" WHERE a.appeal = ?";
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, sql), code;

	if (r == 0)
		r = db_bind(st, "i", appeal);
	if (r < 0)
		return r;
	code = sqlite3_step(st);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return db_errno(code);
	*ret = code == SQLITE_ROW ? row_json(st) : json_object();
	return *ret ? 0 : -ENOMEM;
}

/* 1: *ret is the posting that stands. */
static int find_standing(sqlite3 *db, const char *person, int64_t class, struct ledger_entry *ret)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, "SELECT " CREDIT_ENTRY_COLUMNS " FROM credit_entry e WHERE person = ? AND +class = ? AND " STANDS " ORDER BY entry DESC LIMIT 1");
	int code;

	if (r == 0)
		r = db_bind(st, "ti", person, class);
	if (r < 0)
		return r;
	code = sqlite3_step(st);
	if (code != SQLITE_ROW)
		return db_errno(code);
	r = credit_entry_column(ret, st);
	return r < 0 ? r : 1;
}

/* The rules that were chosen before the class was opened, as class_result.h takes them. */
static int read_rules(sqlite3 *db, int64_t class, struct credit_rule ret[CREDIT_RULES_MAX], size_t *ret_n)
{
	static const char sql[] =
		"SELECT json_extract(p.payload, '$.rule') FROM journal j JOIN journal_payload p USING (sequence) WHERE j.room = 'class-' || ?1 AND j.kind = 57"
		" AND j.sequence < (SELECT min(sequence) FROM journal WHERE room = 'class-' || ?1 AND kind = 60) ORDER BY j.sequence";
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, sql), code = SQLITE_DONE;
	const char *field;

	*ret_n = 0;
	if (r == 0)
		r = db_bind(st, "i", class);
	while (r == 0 && *ret_n < CREDIT_RULES_MAX && (code = sqlite3_step(st)) == SQLITE_ROW) {
		json_t *rule = json_loads(db_text(st, 0), 0, NULL);

		*ret_n += credit_rule_parse(&ret[*ret_n], rule, &field) == 0;
		json_decref(rule);
	}
	if (*ret_n == 0)
		ret[(*ret_n)++] = credit_rule_usual;
	return r < 0 ? r : db_errno(code);
}

/* What the class gives who is there all the time, and the study hour of that. */
static int find_worth(sqlite3 *db, int64_t class, int64_t window_s, int64_t *ret_milli, int32_t *ret_hour_s)
{
	struct credit_rule rules[CREDIT_RULES_MAX];
	struct credit_case whole = { .window_s = window_s, .present_s = window_s };
	struct credit_terms t;
	size_t n;
	int r = read_rules(db, class, rules, &n);

	if (r < 0)
		return r;
	t = credit_rules_apply(rules, n, &whole);
	*ret_hour_s = t.hour_s > 0 ? t.hour_s : credit_rule_usual.hour_s;
	*ret_milli = 1000 * window_s / *ret_hour_s;
	if (t.day_hours_milli > 0)
		*ret_milli = MIN(*ret_milli, (int64_t)t.day_hours_milli);
	return 0;
}

/* The account of a class where nothing was posted: subject and kind of its plan. */
static int fill_account(sqlite3 *db, struct ledger_entry *e)
{
	static const char sql[] = "SELECT json_extract(p.payload, '$.subject'), json_extract(p.payload, '$.kind') FROM journal j JOIN journal_payload p USING (sequence)"
	                          " WHERE j.room = 'class-' || ? AND j.kind = 50 ORDER BY j.sequence DESC LIMIT 1";
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, sql);

	if (r == 0)
		r = db_bind(st, "i", e->class);
	if (r == 0 && sqlite3_step(st) == SQLITE_ROW) {
		snprintf(e->subject, sizeof(e->subject), "%s", db_text(st, 0));
		snprintf(e->kind, sizeof(e->kind), "%s", db_text(st, 1));
	}
	return r;
}

static int keep_posting(void *user, const struct ledger_entry *e)
{
	return json_array_append_new(user, ledger_entry_write(e)) < 0 ? -ENOMEM : 0;
}

/* Nothing was posted: what is granted stands alone. */
static int post_first(struct ledger *l, sqlite3 *db, const json_t *about, struct credit_sum sum, int64_t next, json_t *postings)
{
	struct ledger_entry e = {
		.entry = next,
		.class = json_integer_value(json_object_get(about, "class")),
		.home = json_integer_value(json_object_get(about, "home")),
		.milli_hours = sum.milli_hours,
		.counted_s = sum.counted_s,
		.reason = CREDIT_CREDITED,
		.appeal = json_integer_value(json_object_get(about, "appeal")),
	};
	int r = day_parse(&e.day, json_string_value(json_object_get(about, "day")));

	snprintf(e.person, sizeof(e.person), "%s", json_string_value(json_object_get(about, "person")));
	if (r == 0)
		r = fill_account(db, &e);
	if (r == 0)
		r = ledger_add(l, &e);
	return r < 0 ? r : keep_posting(postings, &e);
}

static int make_postings(json_t *about, sqlite3 *db, const struct ledger_entry *standing, struct credit_sum sum)
{
	CLEANUP(ledger_destroyp) struct ledger *l = NULL;
	json_t *postings = json_array();
	int64_t next = 0;
	int r = postings ? ledger_create(&l) : -ENOMEM;

	if (r == 0)
		r = db_get_int(db, "SELECT coalesce(max(entry), 0) + 1 FROM credit_entry", &next);
	if (r == 0 && standing)
		r = ledger_add(l, standing);
	if (r == 0 && standing)
		r = ledger_post_again(l, standing->entry, sum, CREDIT_CREDITED, json_integer_value(json_object_get(about, "appeal")), &next, keep_posting, postings);
	else if (r == 0)
		r = post_first(l, db, about, sum, next, postings);
	if (r == 0)
		r = json_object_set(about, "postings", postings) < 0 ? -ENOMEM : 0;
	json_decref(postings);
	return r;
}

/* What stands, what could stand, and what granting so much would post. */
static int add_amounts(json_t *about, sqlite3 *db, int64_t asked_milli)
{
	const char *person = json_string_value(json_object_get(about, "person"));
	int64_t class = json_integer_value(json_object_get(about, "class")), window_s = json_integer_value(json_object_get(about, "window_s")), worth = 0, stands;
	struct ledger_entry e = { 0 };
	int32_t hour_s = 0;
	int there = find_standing(db, person, class, &e);
	int r = there < 0 ? there : find_worth(db, class, window_s, &worth, &hour_s);

	if (r < 0)
		return r;
	stands = there ? e.milli_hours : 0;
	json_object_set_new(about, "stands", json_integer(stands));
	json_object_set_new(about, "worth", json_integer(worth));
	if (asked_milli <= stands || asked_milli > worth)
		return 0;
	return make_postings(about, db, there ? &e : NULL, (struct credit_sum){ MIN((asked_milli * hour_s + 999) / 1000, window_s), asked_milli });
}

int appeal_read(struct store_reader *reader, const void *args, size_t len, char **ret_text)
{
	const struct appeal_query *q = args;
	sqlite3 *db = store_reader_db(reader);
	json_t *about = NULL;
	int r = len == sizeof(*q) ? find_appeal(&about, db, q->appeal) : -EINVAL;

	if (r == 0 && json_object_get(about, "window_s"))
		r = add_amounts(about, db, q->milli_hours);
	return dump(about, r, ret_text);
}

/* ---- those that wait ---- */

/* As a JSON array, for json_each(). Owns: the caller's, free(). */
static char *orgs_json(const struct appeals_waiting_query *q)
{
	json_t *list = json_array();
	char *text;

	for (uint32_t i = 0; i < q->n_orgs; i++)
		json_array_append_new(list, json_integer(q->orgs[i]));
	text = json_dumps(list, JSON_COMPACT);
	json_decref(list);
	return text;
}

int appeals_waiting_read(struct store_reader *reader, const void *args, size_t len, char **ret_text)
{
	static const char sql[] =
		"SELECT a.appeal, a.class, c.title, c.org, a.person, j.wall_us AS written_us,"
		" (SELECT max(day) FROM class_result WHERE person = a.person AND class = a.class) AS day FROM appeal a"
		" JOIN class c ON c.room = 'class-' || a.class JOIN journal j ON j.sequence = a.written WHERE a.decided IS NULL AND a.appeal > ? AND c.org IN (SELECT value FROM json_each(?)) ORDER BY a.appeal LIMIT ?";
	const struct appeals_waiting_query *q = args;
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	json_t *items = json_array(), *all = json_pack("{s:O}", "items", items);
	bool fits = len >= sizeof(*q) && len - sizeof(*q) == q->n_orgs * sizeof(q->orgs[0]);
	int r = fits && all ? db_prepare(store_reader_db(reader), &st, sql) : -EINVAL, code = SQLITE_DONE;
	char *orgs = r == 0 ? orgs_json(q) : NULL;
	int64_t last = 0;

	if (r == 0)
		r = orgs ? db_bind(st, "iti", q->after, orgs, (int64_t)APPEALS_READ_MAX) : -ENOMEM;
	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW) {
		last = sqlite3_column_int64(st, 0);
		if (json_array_append_new(items, row_json(st)) < 0)
			r = -ENOMEM;
	}
	if (r == 0)
		r = db_errno(code);
	if (json_array_size(items) == APPEALS_READ_MAX)
		json_object_set_new(all, "next", json_integer(last));
	json_decref(items);
	free(orgs);
	return dump(all, r, ret_text);
}
