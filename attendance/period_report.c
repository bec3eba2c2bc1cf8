/* See period_report.h. */
#include "attendance/period_report.h"

#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/credit_rule.h"
#include "attendance/db.h"
#include "attendance/local_day.h"
#include "attendance/org_past.h"
#include "attendance/twins.h"
#include "attendance/writes.h"
#include "media/base/hash.h"

#define ACCEPTED "accepted"
#define DAY_US (86400 * 1000000LL)
#define ZONE_US (8 * 3600 * 1000000LL)  /* Asia/Shanghai, where a day of the period ends for names */

static const char *const figure_names[FIGURES] = {
	[FIGURE_HELD] = "held", [FIGURE_INVITED] = "invited", [FIGURE_ACCEPTED] = "accepted", [FIGURE_ATTENDED] = "attended", [FIGURE_EXPECTED] = "expected",
	[FIGURE_ARRIVED] = "arrived", [FIGURE_ON_LEAVE] = "on_leave", [FIGURE_ABSENT] = "absent", [FIGURE_GUESTS] = "guests", [FIGURE_PRESENT_S] = "present_s",
	[FIGURE_UNPROVED_S] = "unproved_s", [FIGURE_MET] = "met", [FIGURE_SENT] = "sent", [FIGURE_MILLI_HOURS] = "milli_hours",
};

static const char *const level_names[PERIOD_LEVELS] = { [PERIOD_CHILDREN] = "children", [PERIOD_ORGS] = "orgs", [PERIOD_PERSONS] = "persons" };

const char *period_figure_name(enum period_figure figure)
{
	return figure_names[figure];
}

const char *period_level_name(enum period_level level)
{
	return level_names[level];
}

bool period_level_parse(enum period_level *ret, const char *word)
{
	for (enum period_level l = 0; l < PERIOD_LEVELS; l++)
		if (strcmp(level_names[l], word) == 0) {
			*ret = l;
			return true;
		}
	return false;
}

/* ---- what is being added up ---- */

struct row_key {
	int64_t org;
	char person[SEAT_ID_BYTES];
};

struct row_sum {
	struct row_key key;             /* padding zeroed */
	int64_t figures[FIGURES];
	UT_hash_handle hh;
};

struct month_sum {
	int32_t month;
	int64_t figures[FIGURES];
	UT_hash_handle hh;
};

/* Where an organisation lay as a class began. */
struct place_key {
	int64_t class, org;
};

struct place {
	struct place_key key;
	int64_t org;                    /* of its row; 0: not in the report */
	bool attended;                  /* counted as a site where somebody was */
	UT_hash_handle hh;
};

struct rule_seen {
	int64_t version;
	UT_hash_handle hh;
};

struct class_seen {
	int64_t class;
	int64_t began_us;
	int64_t holder;
	UT_hash_handle hh;
};

/* One person's result of one class: of several the last, which stands last in the order of reading. */
struct result {
	char person[SEAT_ID_BYTES];
	int64_t class, home, site, present_s, unproved_s, met, sent, rule_version, began_us;
	int32_t day;
	enum credit_reason reason;
};

struct reading {
	sqlite3 *db;                    /* given */
	const struct period_query *query;
	struct org_past *past;          /* owned */
	struct twins *twins;            /* owned */
	sqlite3_stmt *find_class, *find_sites;  /* owned */
	struct row_sum *rows;           /* owned: hashes */
	struct month_sum *months;
	struct place *places;
	struct rule_seen *rules;
	struct class_seen *classes;
	int64_t total[FIGURES];
};

#define NEED(head, keyfield, keylen, element, type)                    \
	do {                                                           \
		(element) = mem_zalloc(sizeof(type));                  \
		if (!(element))                                        \
			return -ENOMEM;                                \
		(element)->keyfield = key;                             \
		HASH_ADD(hh, head, keyfield, keylen, element);         \
		if (!HASH_ADDED(hh, element)) {                        \
			mem_free(element);                             \
			return -ENOMEM;                                \
		}                                                      \
	} while (0)

static int need_row(struct reading *rd, int64_t org, const char *person, struct row_sum **ret)
{
	struct row_key key;
	struct row_sum *row;

	memset(&key, 0, sizeof(key));
	key.org = org;
	snprintf(key.person, sizeof(key.person), "%s", person);
	HASH_FIND(hh, rd->rows, &key, sizeof(key), row);
	if (!row) {
		row = mem_zalloc(sizeof(*row));
		if (!row)
			return -ENOMEM;
		memcpy(&row->key, &key, sizeof(key));
		HASH_ADD(hh, rd->rows, key, sizeof(key), row);
		if (!HASH_ADDED(hh, row)) {
			mem_free(row);
			return -ENOMEM;
		}
	}
	*ret = row;
	return 0;
}

static int need_month(struct reading *rd, int32_t day, struct month_sum **ret)
{
	int32_t key = day / 100;
	struct month_sum *m;

	HASH_FIND(hh, rd->months, &key, sizeof(key), m);
	if (!m)
		NEED(rd->months, month, sizeof(key), m, struct month_sum);
	*ret = m;
	return 0;
}

static int note_rule(struct reading *rd, int64_t key)
{
	struct rule_seen *r;

	HASH_FIND(hh, rd->rules, &key, sizeof(key), r);
	if (!r)
		NEED(rd->rules, version, sizeof(key), r, struct rule_seen);
	return 0;
}

/* The row in which an organisation's figures of a moment stand; 0: in none. */
static int64_t row_org(const struct reading *rd, int64_t org, int64_t at_us)
{
	const struct period_query *q = rd->query;
	int64_t branch = org ? org_past_branch(rd->past, org, q->org, at_us) : 0;

	if (!branch || (q->alone && org != q->org))
		return 0;
	return q->level == PERIOD_CHILDREN ? branch : org;
}

static int need_place(struct reading *rd, int64_t class, int64_t org, int64_t at_us, struct place **ret)
{
	struct place_key key = { class, org };
	struct place *p;

	HASH_FIND(hh, rd->places, &key, sizeof(key), p);
	if (!p) {
		NEED(rd->places, key, sizeof(key), p, struct place);
		p->org = row_org(rd, org, at_us);
	}
	*ret = p;
	return 0;
}

/* Into one row, one month and the total. Nothing where the place is not in the report. */
static int add(struct reading *rd, const struct place *at, const char *person, int32_t day, const int64_t figures[FIGURES])
{
	struct row_sum *row;
	struct month_sum *month;
	int r;

	if (!at->org)
		return 0;
	r = need_row(rd, at->org, rd->query->level == PERIOD_PERSONS ? person : "", &row);
	if (r == 0)
		r = need_month(rd, day, &month);
	if (r != 0)
		return r;
	for (int f = 0; f < FIGURES; f++) {
		row->figures[f] += figures[f];
		month->figures[f] += figures[f];
		rd->total[f] += figures[f];
	}
	return 0;
}

/* ---- classes ---- */

static int add_site(struct reading *rd, const struct class_seen *c, int32_t day, int64_t site, bool accepted)
{
	struct place *at;
	int r = need_place(rd, c->class, site, c->began_us, &at);

	return r < 0 ? r : add(rd, at, "", day, (int64_t[FIGURES]){ [FIGURE_INVITED] = 1, [FIGURE_ACCEPTED] = accepted });
}

static int add_sites(struct reading *rd, const struct class_seen *c, int32_t day)
{
	int r = db_bind(rd->find_sites, "i", c->class), code = SQLITE_DONE;

	while (r == 0 && (code = sqlite3_step(rd->find_sites)) == SQLITE_ROW)
		r = add_site(rd, c, day, sqlite3_column_int64(rd->find_sites, 0), strcmp(db_text(rd->find_sites, 1), ACCEPTED) == 0);
	sqlite3_reset(rd->find_sites);
	return r < 0 ? r : db_errno(code);
}

static int find_holder(struct reading *rd, int64_t class, int64_t *ret)
{
	int r = db_bind(rd->find_class, "i", class), code;

	if (r < 0)
		return r;
	code = sqlite3_step(rd->find_class);
	*ret = code == SQLITE_ROW ? sqlite3_column_int64(rd->find_class, 0) : 0;
	sqlite3_reset(rd->find_class);
	return db_errno(code);
}

/* What a class has once, as its first result is met. */
static int need_class(struct reading *rd, int64_t key, int64_t began_us, int32_t day, const struct class_seen **ret)
{
	struct class_seen *c;
	struct place *at;
	int r;

	HASH_FIND(hh, rd->classes, &key, sizeof(key), c);
	*ret = c;
	if (c)
		return 0;
	NEED(rd->classes, class, sizeof(key), c, struct class_seen);
	*ret = c;
	c->began_us = began_us;
	r = find_holder(rd, key, &c->holder);
	if (r == 0)
		r = need_place(rd, key, c->holder, began_us, &at);
	if (r == 0)
		r = add(rd, at, "", day, (int64_t[FIGURES]){ [FIGURE_HELD] = 1 });
	return r < 0 ? r : add_sites(rd, c, day);
}

/* ---- results ---- */

static int add_attended(struct reading *rd, const struct result *res)
{
	struct place *at;
	int r;

	if (!res->site)
		return 0;
	r = need_place(rd, res->class, res->site, res->began_us, &at);
	if (r < 0 || at->attended)
		return r;
	at->attended = true;
	return add(rd, at, "", res->day, (int64_t[FIGURES]){ [FIGURE_ATTENDED] = 1 });
}

/* Without a home they count where they were, in a seat of their own with who holds the class. */
static int add_guest(struct reading *rd, const struct result *res, const struct class_seen *c)
{
	struct place *at;
	int r = need_place(rd, res->class, res->site ? res->site : c->holder, res->began_us, &at);

	return r < 0 ? r : add(rd, at, "", res->day, (int64_t[FIGURES]){ [FIGURE_GUESTS] = 1 });
}

static int add_member(struct reading *rd, const struct result *res)
{
	bool on_leave = res->reason == CREDIT_ON_LEAVE, absent = res->reason == CREDIT_NOT_SIGNED_IN;
	const int64_t figures[FIGURES] = {
		[FIGURE_EXPECTED] = !on_leave, [FIGURE_ARRIVED] = !on_leave && !absent, [FIGURE_ON_LEAVE] = on_leave, [FIGURE_ABSENT] = absent,
		[FIGURE_PRESENT_S] = res->present_s, [FIGURE_UNPROVED_S] = res->unproved_s, [FIGURE_MET] = res->met, [FIGURE_SENT] = res->sent,
	};
	struct place *at;
	int r = need_place(rd, res->class, res->home, res->began_us, &at);

	if (r == 0 && at->org)
		r = note_rule(rd, res->rule_version);
	return r < 0 ? r : add(rd, at, twins_same(rd->twins, res->person), res->day, figures);
}

static int add_result(struct reading *rd, const struct result *res)
{
	const struct class_seen *c;
	int r = need_class(rd, res->class, res->began_us, res->day, &c);

	if (r == 0)
		r = add_attended(rd, res);
	if (r < 0)
		return r;
	return res->home ? add_member(rd, res) : add_guest(rd, res, c);
}

#define RESULT_COLUMNS "person, class, home, site, present_s, unproved_s, met, sent, reason, rule_version, began_us, day"

static int result_column(struct result *ret, sqlite3_stmt *st)
{
	struct result res = {
		.class = sqlite3_column_int64(st, 1), .home = sqlite3_column_int64(st, 2), .site = sqlite3_column_int64(st, 3), .present_s = sqlite3_column_int64(st, 4),
		.unproved_s = sqlite3_column_int64(st, 5), .met = sqlite3_column_int64(st, 6), .sent = sqlite3_column_int64(st, 7),
		.rule_version = sqlite3_column_int64(st, 9), .began_us = sqlite3_column_int64(st, 10),
	};

	if ((size_t)sqlite3_column_bytes(st, 0) >= sizeof(res.person) || credit_reason_parse(&res.reason, db_text(st, 8)) < 0 || day_parse(&res.day, db_text(st, 11)) < 0)
		return -EBADMSG;
	memcpy(res.person, db_text(st, 0), (size_t)sqlite3_column_bytes(st, 0));
	*ret = res;
	return 0;
}

/* In the table's own order, so that results of one person and class follow one another, the last of them last. */
static int read_results(struct reading *rd, const char *from, const char *to, int64_t known)
{
	static const char sql[] =
		"SELECT " RESULT_COLUMNS " FROM class_result WHERE day BETWEEN ?1 AND ?2 AND sequence <= ?3 ORDER BY person, class, sequence";
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	struct result held = { .class = 0 }, next;
	int r = db_prepare(rd->db, &st, sql), code = SQLITE_DONE;

	if (r == 0)
		r = db_bind(st, "tti", from, to, known);
	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW) {
		r = result_column(&next, st);
		if (r == 0 && held.class && (held.class != next.class || strcmp(held.person, next.person) != 0))
			r = add_result(rd, &held);
		held = next;
	}
	if (r == 0)
		r = db_errno(code);
	return r == 0 && held.class ? add_result(rd, &held) : r;
}

/* ---- the ledger ---- */

/* Where the class has no result (any more), it is placed by its planned start. */
static int add_posting(struct reading *rd, sqlite3_stmt *st)
{
	int64_t key = sqlite3_column_int64(st, 0), home = sqlite3_column_int64(st, 1), at_us = sqlite3_column_int64(st, 5);
	const struct class_seen *c;
	struct place *at;
	int32_t day;
	int r = day_parse(&day, db_text(st, 3));

	HASH_FIND(hh, rd->classes, &key, sizeof(key), c);
	if (!home)
		home = c ? c->holder : sqlite3_column_int64(st, 6);
	if (r == 0)
		r = need_place(rd, key, home, c ? c->began_us : at_us, &at);
	if (r != 0)
		return r == -EINVAL ? -EBADMSG : r;
	return add(rd, at, twins_same(rd->twins, db_text(st, 2)), day, (int64_t[FIGURES]){ [FIGURE_MILLI_HOURS] = sqlite3_column_int64(st, 4) });
}

static int read_ledger(struct reading *rd, const char *from, const char *to, int64_t known)
{
	static const char sql[] =
		"SELECT e.class, e.home, e.person, e.day, sum(e.milli_hours), coalesce(c.start_us, 0), coalesce(c.org, 0) FROM credit_entry e"
		" LEFT JOIN class c ON c.room = 'class-' || e.class WHERE e.day BETWEEN ?1 AND ?2 AND e.sequence <= ?3 GROUP BY e.class, e.home, e.person, e.day";
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(rd->db, &st, sql), code = SQLITE_DONE;

	if (r == 0)
		r = db_bind(st, "tti", from, to, known);
	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW)
		r = add_posting(rd, st);
	return r < 0 ? r : db_errno(code);
}

/* ---- the report ---- */

/* From 1970-01-01 on, of a day as 20261126. */
static int64_t day_number(int32_t day)
{
	int64_t y = day / 10000 - (day / 100 % 100 <= 2), m = (day / 100 % 100 + 9) % 12, d = day % 100;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + d - 1 - 719468;
}

static int find_known(sqlite3 *db, struct period_report *rep)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, "SELECT sequence, lower(hex(hash)), wall_us FROM journal WHERE sequence = coalesce(nullif(?, 0), (SELECT max(sequence) FROM journal))");
	int code;

	if (r == 0)
		r = db_bind(st, "i", rep->query.known);
	if (r < 0)
		return r;
	code = sqlite3_step(st);
	if (code != SQLITE_ROW)
		return code == SQLITE_DONE ? -EINVAL : db_errno(code);
	rep->query.known = sqlite3_column_int64(st, 0);
	snprintf(rep->known_hash, sizeof(rep->known_hash), "%s", db_text(st, 1));
	rep->known_us = sqlite3_column_int64(st, 2);
	rep->as_of_us = MIN((day_number(rep->query.to) + 1) * DAY_US - ZONE_US - 1, rep->known_us);
	return 0;
}

static int read_all(struct reading *rd)
{
	char from[DAY_BYTES], to[DAY_BYTES];
	int64_t known = rd->query->known;
	int r = org_past_read(&rd->past, rd->db, known);

	day_write(from, rd->query->from);
	day_write(to, rd->query->to);
	if (r == 0)
		r = twins_read(&rd->twins, rd->db, known + 1);
	if (r == 0)
		r = db_prepare(rd->db, &rd->find_class, "SELECT org FROM class WHERE room = 'class-' || ?");
	if (r == 0)
		r = db_prepare(rd->db, &rd->find_sites, "SELECT site, answer FROM class_site WHERE room = 'class-' || ?");
	if (r == 0)
		r = read_results(rd, from, to, known);
	return r < 0 ? r : read_ledger(rd, from, to, known);
}

#define DROP(head, type)                                       \
	do {                                                   \
		type *one_, *next_;                            \
		HASH_ITER(hh, head, one_, next_) {             \
			HASH_DEL(head, one_);                  \
			mem_free(one_);                        \
		}                                              \
	} while (0)

static void end_reading(struct reading *rd)
{
	DROP(rd->rows, struct row_sum);
	DROP(rd->months, struct month_sum);
	DROP(rd->places, struct place);
	DROP(rd->rules, struct rule_seen);
	DROP(rd->classes, struct class_seen);
	sqlite3_finalize(rd->find_class);
	sqlite3_finalize(rd->find_sites);
	twins_destroy(rd->twins);
	org_past_destroy(rd->past);
}

static int by_org(const void *a, const void *b)
{
	const struct period_row *x = a, *y = b;

	return x->org != y->org ? (x->org > y->org) - (x->org < y->org) : strcmp(x->person, y->person);
}

static int by_month(const void *a, const void *b)
{
	const struct period_month *x = a, *y = b;

	return x->month - y->month;
}

static int by_version(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int take_sums(struct period_report *rep, struct reading *rd)
{
	rep->rows = mem_calloc(HASH_COUNT(rd->rows) + 1, sizeof(*rep->rows));
	rep->months = mem_calloc(HASH_COUNT(rd->months) + 1, sizeof(*rep->months));
	rep->rules = mem_calloc(HASH_COUNT(rd->rules) + 1, sizeof(*rep->rules));
	if (!rep->rows || !rep->months || !rep->rules)
		return -ENOMEM;
	for (const struct row_sum *s = rd->rows; s; s = s->hh.next) {
		struct period_row *row = &rep->rows[rep->n_rows++];

		row->org = s->key.org;
		memcpy(row->person, s->key.person, sizeof(row->person));
		memcpy(row->figures, s->figures, sizeof(row->figures));
	}
	for (const struct month_sum *s = rd->months; s; s = s->hh.next) {
		struct period_month *m = &rep->months[rep->n_months++];

		m->month = s->month;
		memcpy(m->figures, s->figures, sizeof(m->figures));
	}
	for (const struct rule_seen *s = rd->rules; s; s = s->hh.next)
		rep->rules[rep->n_rules++] = s->version;
	qsort(rep->rows, rep->n_rows, sizeof(*rep->rows), by_org);
	qsort(rep->months, rep->n_months, sizeof(*rep->months), by_month);
	qsort(rep->rules, rep->n_rules, sizeof(*rep->rules), by_version);
	memcpy(rep->total, rd->total, sizeof(rep->total));
	rep->past = STEAL(rd->past);
	return 0;
}

static json_t *figure_list(const int64_t figures[FIGURES])
{
	json_t *list = json_array();

	for (int f = 0; list && f < FIGURES; f++)
		json_array_append_new(list, json_integer(figures[f]));
	return list;
}

static json_t *row_list(const struct period_report *r)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < r->n_rows; i++)
		if (json_array_append_new(list, json_pack("[I, s, o]", (json_int_t)r->rows[i].org, r->rows[i].person, figure_list(r->rows[i].figures))) < 0)
			return json_decref(list), NULL;
	return list;
}

static json_t *month_list(const struct period_report *r)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < r->n_months; i++)
		if (json_array_append_new(list, json_pack("[i, o]", (int)r->months[i].month, figure_list(r->months[i].figures))) < 0)
			return json_decref(list), NULL;
	return list;
}

static json_t *rule_list(const struct period_report *r)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < r->n_rules; i++)
		json_array_append_new(list, json_integer(r->rules[i]));
	return list;
}

char *period_report_canonical(const struct period_report *r)
{
	const struct period_query *q = &r->query;
	json_t *all = json_pack("{s:i, s:I, s:i, s:i, s:s, s:b, s:{s:I, s:s}, s:o, s:o, s:o, s:o}", "report", PERIOD_RULE_VERSION, "org", (json_int_t)q->org, "from", (int)q->from,
	                        "to", (int)q->to, "level", period_level_name(q->level), "alone", q->alone, "known", "sequence", (json_int_t)q->known, "hash", r->known_hash,
	                        "rules", rule_list(r), "total", figure_list(r->total), "months", month_list(r), "rows", row_list(r));
	char *text = all ? json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

	json_decref(all);
	return text;
}

static int make_hash(struct period_report *rep)
{
	uint8_t hash[CHAIN_HASH_BYTES];
	char *text = period_report_canonical(rep);

	if (!text)
		return -ENOMEM;
	crypto_generichash(hash, sizeof(hash), (const uint8_t *)text, strlen(text), NULL, 0);
	sodium_bin2hex(rep->hash, sizeof(rep->hash), hash, sizeof(hash));
	free(text);
	return 0;
}

static int read_report(struct period_report *rep, sqlite3 *db)
{
	struct reading rd = { .db = db, .query = &rep->query };
	int r = find_known(db, rep);

	if (r == 0)
		r = read_all(&rd);
	if (r == 0)
		r = take_sums(rep, &rd);
	end_reading(&rd);
	return r < 0 ? r : make_hash(rep);
}

int period_report_read(struct period_report **ret, struct store_reader *reader, const struct period_query *query)
{
	CLEANUP(period_report_destroyp) struct period_report *rep = mem_zalloc(sizeof(*rep));
	sqlite3 *db = store_reader_db(reader);
	bool own = sqlite3_get_autocommit(db);
	int r = rep ? 0 : -ENOMEM;

	if (r == 0 && own)
		r = db_exec(db, "BEGIN");
	if (r < 0)
		return r;
	rep->query = *query;
	r = read_report(rep, db);
	if (own)
		db_exec(db, "ROLLBACK");
	if (r < 0)
		return r;
	*ret = STEAL(rep);
	return 0;
}

struct period_report *period_report_destroy(struct period_report *r)
{
	if (!r)
		return NULL;
	mem_free(r->rows);
	mem_free(r->months);
	mem_free(r->rules);
	org_past_destroy(r->past);
	return mem_free(r);
}
