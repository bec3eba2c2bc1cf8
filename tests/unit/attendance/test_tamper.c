/*
 * Rows of the database that are edited, deleted, swapped or cut off while no server runs: `huitang verify` finds each, and names a row. HUITANG_TAMPERINGS=10000
 * is the long form, HUITANG_SEED another course of it.
 */
#include "fixture.h"

#include <sodium.h>
#include <sys/stat.h>

#include "attendance/changes.h"
#include "attendance/credit_compute.h"
#include "attendance/credit_verify.h"
#include "attendance/index_verify.h"
#include "attendance/writes.h"

#define S 1000000LL
#define DAY_MS 1790000000000LL          /* 2026-09-21 in Shanghai */
#define CLASS 7
#define ROOM "class-7"
#define PERSONS 8
#define SHORT 400

struct world {
	struct fixture f;
	uint64_t ticket;
	int64_t boot_us, wall_us;
	char base[80], work[80];
	uint8_t head[CHAIN_HASH_BYTES]; /* as kept elsewhere */
	uint64_t random;
	int64_t picked;                 /* place of the row that the last edit or deletion is of, from 1 */
};

/* ---- a small database that has something in each table ---- */

static void must_post(struct world *w, const char *room, int64_t at_s, enum event_kind kind, const char *payload)
{
	struct event ev = {
		.kind = kind, .room = room, .seat = kind == EVENT_SEAT_JOINED ? "seat" : "", .actor = "", .payload = payload, .wall_us = w->wall_us + at_s * S,
		.boot_us = w->boot_us + at_s * S,
	};

	assert_int_equal(journal_append(w->f.store, &ev, ++w->ticket), 0);
	fixture_wait(&w->f, w->ticket);
	assert_int_equal(w->f.last_error, 0);
}

static void must_change(struct world *w, struct changes *c)
{
	assert_int_equal(changes_post(w->f.store, c, ++w->ticket), 0);
	fixture_wait(&w->f, w->ticket);
	assert_int_equal(w->f.last_error, 0);
	directory_apply(store_directory(w->f.store), c, clock_wall_us());
	changes_destroy(c);
}

static struct changes *act(const char *name, int64_t org, int64_t subject)
{
	struct act a = { .name = "", .org = org, .subject = subject, .detail = "{\"why\":\"test\"}" };
	struct changes *c = changes_new();

	snprintf(a.name, sizeof(a.name), "%s", name);
	assert_int_equal(changes_set_act(c, &a), 0);
	return c;
}

static struct fact fact(enum fact_type type, int64_t id, int64_t org, int64_t person, const char *text)
{
	return (struct fact){ .type = type, .id = id, .org = org, .person = person, .text = text, .note = "", .valid_from_us = 1000 + id, .flag = type == FACT_MEMBERSHIP };
}

static void add_fact(struct changes *c, struct fact f)
{
	changes_fact(c, &f);
}

/* Organisations and persons, their facts, some of which end. */
static void make_directory(struct world *w)
{
	struct changes *c = act("org.create", 1, 0);
	char pseudonym[17];
	struct fact ends;

	changes_org(c, 1, "");
	add_fact(c, fact(FACT_PARENT, 1, 1, 0, ""));
	ends = fact(FACT_NAME, 1, 1, 0, "一");
	ends.note = "branch";
	add_fact(c, ends);
	must_change(w, c);
	for (int64_t i = 1; i <= PERSONS; i++) {
		c = act("person.create", 1, i);
		snprintf(pseudonym, sizeof(pseudonym), "%016llx", 0xa0LL + i);
		changes_person(c, i, pseudonym);
		add_fact(c, fact(FACT_KIND, i, 0, i, "member"));
		add_fact(c, fact(FACT_MEMBERSHIP, i, 1, i, ""));
		if (i == 1)
			add_fact(c, fact(FACT_POST, 1, 1, i, "书记"));
		must_change(w, c);
	}
	c = act("post.end", 1, 1);
	ends = fact(FACT_POST, 1, 1, 1, "书记");
	changes_fact_ends(c, &ends, 5000, 2);
	must_change(w, c);
	c = act("grant.give", 1, 2);
	add_fact(c, fact(FACT_GRANT, 1, 1, 2, "leader"));
	must_change(w, c);
	c = act("policy.set", 1, 0);
	add_fact(c, fact(FACT_POLICY, 1, 1, 0, "ranking"));
	must_change(w, c);
}

static void plan(struct world *w)
{
	must_post(w, ROOM, 0, EVENT_CLASS_PLANNED, "{\"class\":7,\"org\":1,\"title\":\"t\",\"campaign\":\"c\",\"kind\":\"lecture\",\"subject\":\"s\",\"start_ms\":1790000000000,"
	                                         "\"end_ms\":1790005400000,\"zone\":\"Asia/Shanghai\"}");
	must_post(w, ROOM, 0, EVENT_SITES_INVITED, "{\"sites\":[1,2,3,4]}");
	must_post(w, ROOM, 1, EVENT_SITE_ANSWERED, "{\"site\":1,\"answer\":\"accepted\"}");
	must_post(w, ROOM, 2, EVENT_SITE_ANSWERED, "{\"site\":2,\"answer\":\"declined\",\"why\":\"x\"}");
	must_post(w, ROOM, 3, EVENT_SITE_ANSWERED, "{\"site\":1,\"answer\":\"seen\"}");
	must_post(w, ROOM, 3, EVENT_SITE_ANSWERED, "{\"site\":3,\"answer\":\"accepted\"}");
	must_post(w, ROOM, 4, EVENT_ROSTER_FROZEN, "{\"version\":1,\"site\":1,\"persons\":[\"00000000000000a1\",\"00000000000000a2\",\"00000000000000a3\",\"00000000000000a4\","
	                                         "\"00000000000000a5\",\"00000000000000a6\",\"00000000000000a7\",\"00000000000000a8\"],\"last\":true}");
}

static void teach(struct world *w)
{
	char payload[160];

	must_post(w, ROOM, 5, EVENT_ROOM_OPENED, "{\"title\":\"t\",\"org\":\"\",\"epoch\":\"e\"}");
	must_post(w, ROOM, 5, EVENT_SEAT_JOINED, "{\"key\":\"k\",\"name\":\"n\",\"site\":1}");
	must_post(w, ROOM, 6, EVENT_CLASS_OPENED, "{}");
	must_post(w, ROOM, 20, EVENT_ASK_OPENED, "{\"ask\":1,\"kind\":\"ballot\",\"audience\":\"persons\",\"prompt\":\"?\",\"options\":[\"a\",\"b\"],\"deadline_ms\":1790000900000}");
	/* One after the other, so that no two results are alike: swapped they would be the same. */
	for (int i = 0; i < 90; i++) {
		must_post(w, ROOM, 25 + 29 * i, EVENT_SEATS_ALIVE, "{\"seats\":[\"seat\"]}");
		if (i == 0 || i >= PERSONS)
			continue;
		snprintf(payload, sizeof(payload), "{\"person\":\"%016x\",\"site\":1,\"grade\":\"own\",\"by\":\"person\"}", 0xa0 + i);
		must_post(w, ROOM, 26 + 29 * i, EVENT_PERSON_SIGNED_IN, payload);
	}
	must_post(w, ROOM, 2620, EVENT_ASK_CLOSED, "{\"ask\":1,\"by\":\"server\"}");
	must_post(w, ROOM, 2621, EVENT_BALLOT_COUNTED, "{\"ask\":1,\"votes\":[3,2],\"voters\":5,\"unanimous\":false}");
	must_post(w, ROOM, 2640, EVENT_CLASS_CLOSED, "{}");
}

static json_t *compute(struct world *w)
{
	const struct credit_close_query q = { .class = CLASS };
	int64_t end_us = clock_boot_us() + WAIT_MS * 1000LL;

	assert_int_equal(store_read(w->f.store, credit_close_read, &q, sizeof(q), ++w->ticket), 0);
	while (w->f.last_read != w->ticket && clock_boot_us() < end_us)
		fixture_dispatch(&w->f, 100);
	assert_int_equal(w->f.last_read_error, 0);
	return json_loads(w->f.read_text, 0, NULL);
}

static void post_json(struct world *w, enum event_kind kind, const json_t *payload)
{
	char *text = json_dumps(payload, JSON_COMPACT);

	must_post(w, ROOM, 3000, kind, text);
	free(text);
}

static void credit(struct world *w)
{
	json_t *all = compute(w), *one;
	size_t i;

	json_array_foreach(json_object_get(all, "results"), i, one)
		post_json(w, EVENT_RESULT, one);
	json_array_foreach(json_object_get(all, "postings"), i, one)
		post_json(w, EVENT_CREDIT_POSTED, json_object_get(one, "payload"));
	json_decref(all);
	must_post(w, ROOM, 3001, EVENT_APPEAL_WRITTEN, "{\"appeal\":1,\"person\":\"00000000000000a8\",\"text\":\"?\"}");
	must_post(w, ROOM, 3002, EVENT_APPEAL_DECIDED, "{\"appeal\":1,\"granted\":false,\"text\":\"no\"}");
}

/* Three findings, two of them answered, and notices of two acts. */
static void find(struct world *w)
{
	char payload[160];

	for (int i = 1; i <= 3; i++) {
		snprintf(payload, sizeof(payload), "{\"finding\":%d,\"site\":%d,\"org\":1,\"text\":\"dark\",\"look_ms\":%d}", i, i, 1000 * i);
		must_post(w, ROOM, 100 + i, EVENT_FINDING_WRITTEN, payload);
	}
	for (int i = 1; i <= 2; i++) {
		snprintf(payload, sizeof(payload), "{\"finding\":%d,\"site\":%d,\"text\":\"lit\"}", i, i);
		must_post(w, ROOM, 200 + i, EVENT_FINDING_ANSWERED, payload);
	}
	for (int64_t i = 0; i < 2; i++) {
		struct changes *c = act("class.absentees", 1, 0);

		for (int64_t k = 1; k <= 3; k++)
			changes_notice(c, &(struct org_notice){ .id = 3 * i + k, .org = k, .kind = ORG_NOTICE_ABSENTEES, .class = CLASS, .site = k, .absent = k, .expected = 8 });
		must_change(w, c);
	}
}

/* ---- looking ---- */

/* What verify says: the row that it names, 0 when all is good. As the program does it. */
static int64_t verify(const struct world *w)
{
	struct store_reader *r = fixture_reader(&w->f);
	struct chain_check chain = { 0 };
	enum chain_fault fault = CHAIN_OK;
	struct index_check index = { 0 };
	struct credit_check credit = { 0 };
	int64_t bad = 0, sequence;
	/* A row that SQLite itself finds damaged is found. */
	int e = journal_verify(r, &chain, &fault);

	if (e < 0 || fault != CHAIN_OK || journal_find_head(r, w->head, &sequence) < 0)
		bad = chain.sequence + 1;
	if (!bad && index_verify(r, &index) == 0)
		bad = index.bad_sequence;
	if (!bad) {
		e = credit_verify(r, &credit);
		bad = e < 0 ? -1 : credit.bad_sequence;
	}
	store_reader_close(r);
	return bad;
}

static void copy(const char *from, const char *to)
{
	char command[200];

	snprintf(command, sizeof(command), "cp %s %s", from, to);
	assert_int_equal(system(command), 0);
}

/* Journal mode DELETE: one file to copy. */
static void keep_base(struct world *w)
{
	struct store_reader *r;
	struct chain_check chain = { 0 };
	enum chain_fault fault = CHAIN_OK;

	snprintf(w->work, sizeof(w->work), "%s/huitang.db", w->f.dir);
	snprintf(w->base, sizeof(w->base), "%s/base", w->f.dir);
	assert_int_equal(fixture_sql(&w->f, "PRAGMA journal_mode = DELETE; DROP TRIGGER journal_never_updated; DROP TRIGGER journal_never_deleted;"
	                                    "INSERT INTO ballot_end SELECT room, 1, sequence FROM journal WHERE kind = 77"), SQLITE_OK);
	r = fixture_reader(&w->f);
	assert_int_equal(journal_verify(r, &chain, &fault), 0);
	memcpy(w->head, chain.head, sizeof(w->head));
	store_reader_close(r);
	copy(w->work, w->base);
}

/* ---- tampering ---- */

static uint64_t draw(struct world *w, uint64_t below)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return w->random % below;
}

/* A table, what identifies a row, and the columns whose contents matter. */
static const struct table {
	const char *name, *key, *columns[16];
} tables[] = {
	{ "journal", "sequence", { "sequence", "previous", "kind", "wall_us", "boot_us", "boot_id", "room", "seat", "actor", "commitment", "hash" } },
	{ "journal_payload", "sequence", { "sequence", "key", "payload" } },
	{ "audit", "sequence", { "sequence", "wall_us", "act", "account", "person", "right_grant", "org", "subject" } },
	{ "class", "room", { "room", "org", "title", "kind", "campaign", "start_us", "end_us", "planned_sequence" } },
	{ "class_site", "room, site", { "room", "site", "answer" } },
	{ "class_result", "person, class, sequence", { "person", "class", "sequence", "home", "present_s", "gap_s", "met", "sent", "counted_s", "milli_hours", "hour_s", "claim", "day", "window_s" } },
	{ "credit_entry", "entry", { "entry", "sequence", "class", "person", "home", "year", "subject", "kind", "milli_hours", "counted_s", "day" } },
	{ "appeal", "appeal", { "appeal", "class", "person", "written", "decided" } },
	{ "ballot_end", "room, ask", { "room", "ask", "sequence" } },
	{ "org_edge", "id", { "id", "org", "parent", "valid_from", "valid_to", "recorded_at", "act", "superseded_by" } },
	{ "org_name", "id", { "id", "org", "name", "kind", "valid_from", "valid_to", "recorded_at", "act", "superseded_by" } },
	{ "person_kind", "id", { "id", "person", "valid_from", "valid_to", "recorded_at", "act", "superseded_by" } },
	{ "membership", "id", { "id", "org", "person", "main", "valid_from", "valid_to", "recorded_at", "act", "superseded_by" } },
	{ "post", "id", { "id", "org", "person", "title", "valid_from", "valid_to", "recorded_at", "act", "superseded_by" } },
	{ "right_grant", "id", { "id", "org", "person", "subtree", "valid_from", "valid_to", "recorded_at", "act", "superseded_by" } },
	{ "finding", "id", { "id", "class", "number", "site", "org", "author", "look_us", "written_us", "answer", "answered_us", "answerer" } },
	{ "org_notice", "id", { "id", "org", "kind", "wall_us", "act", "class", "site", "about", "absent", "unproved", "expected", "sites" } },
	{ "policy_value", "id", { "id", "org", "key", "value", "valid_from", "valid_to", "recorded_at", "act", "superseded_by" } },
};

static size_t count_columns(const struct table *t)
{
	size_t n = 0;

	while (n < ARRAY_LEN(t->columns) && t->columns[n])
		n++;
	return n;
}

/* One row, by its place. */
static const char *row(struct world *w, const struct table *t, char ret[200], int64_t rows)
{
	w->picked = 1 + (int64_t)draw(w, (uint64_t)rows);
	snprintf(ret, 200, "(%s) IN (SELECT %s FROM %s ORDER BY %s LIMIT 1 OFFSET %d)", t->key, t->key, t->name, t->key, (int)w->picked - 1);
	return ret;
}

/* Numbers grow, texts get a letter more, bytes are turned round: never what was there. */
static void write_edit(struct world *w, const struct table *t, int64_t rows, char *sql, size_t size)
{
	const char *column = t->columns[draw(w, count_columns(t))];
	char where[200];

	snprintf(sql, size, "UPDATE %s SET %s = CASE typeof(%s) WHEN 'integer' THEN %s + %d WHEN 'text' THEN %s || 'x' WHEN 'blob' THEN randomblob(length(%s)) ELSE 1 END WHERE %s", t->name,
	         column, column, column, 1 + (int)draw(w, 3), column, column, row(w, t, where, rows));
}

static void write_delete(struct world *w, const struct table *t, int64_t rows, char *sql, size_t size)
{
	char where[200];

	snprintf(sql, size, "DELETE FROM %s WHERE %s", t->name, row(w, t, where, rows));
}

/* Behind some row all is gone; of the journal with its payloads, so that only the head that was kept can tell. */
static void write_cut(struct world *w, const struct table *t, int64_t rows, char *sql, size_t size)
{
	int from = (int)draw(w, (uint64_t)rows);

	if (strcmp(t->name, "journal") == 0)
		snprintf(sql, size, "DELETE FROM journal_payload WHERE sequence > %d; DELETE FROM journal WHERE sequence > %d", from, from);
	else
		snprintf(sql, size, "DELETE FROM %s WHERE (%s) IN (SELECT %s FROM %s ORDER BY %s LIMIT -1 OFFSET %d)", t->name, t->key, t->key, t->name, t->key, from);
}

/* Two rows change places: the first column of the key goes from one to the other. */
static void write_swap(struct world *w, const struct table *t, int64_t rows, char *sql, size_t size)
{
	int a = (int)draw(w, (uint64_t)rows), b = (a + 1 + (int)draw(w, (uint64_t)MAX(rows - 1, 1))) % (int)rows;
	const char *by = strchr(t->key, ',') ? strrchr(t->key, ' ') + 1 : t->key;       /* sequence, site, ask: unique here */

	if (rows < 2) {
		write_edit(w, t, rows, sql, size);
		return;
	}
	if (strcmp(t->name, "class_result") == 0)
		by = "person";
	snprintf(sql, size, "CREATE TEMP TABLE pick AS SELECT (SELECT %s FROM %s ORDER BY %s LIMIT 1 OFFSET %d) AS x, (SELECT %s FROM %s ORDER BY %s LIMIT 1 OFFSET %d) AS y;"
	                    "UPDATE %s SET %s = -777 WHERE %s = (SELECT x FROM pick); UPDATE %s SET %s = (SELECT x FROM pick) WHERE %s = (SELECT y FROM pick);"
	                    "UPDATE %s SET %s = (SELECT y FROM pick) WHERE %s = %s", by, t->name, t->key, a, by, t->name, t->key, b, t->name, by, by, t->name, by, by, t->name, by, by,
	         strcmp(by, "person") == 0 || strcmp(by, "room") == 0 ? "'-777'" : "-777");
}

/* False: the database itself did not allow it, or it changed nothing. */
static bool tamper(struct world *w, const char *sql)
{
	sqlite3 *db;
	int before, code;

	assert_int_equal(sqlite3_open(w->work, &db), SQLITE_OK);
	sqlite3_exec(db, "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA ignore_check_constraints = ON", NULL, NULL, NULL);
	before = sqlite3_total_changes(db);
	code = sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
	code = code == SQLITE_OK ? sqlite3_exec(db, sql, NULL, NULL, NULL) : code;
	if (code == SQLITE_OK && sqlite3_total_changes(db) > before)
		code = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	else
		code = SQLITE_ERROR;
	sqlite3_close(db);
	return code == SQLITE_OK;
}

static int64_t count_rows(const struct world *w, const char *table)
{
	struct store_reader *r = fixture_reader(&w->f);
	char sql[80];
	int64_t n = 0;

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", table);
	assert_int_equal(db_get_int(store_reader_db(r), sql, &n), 0);
	store_reader_close(r);
	return n;
}

/* 1: done and found; 0: it could not be done. */
static int try(struct world *w, const int64_t *rows)
{
	static void (*const ways[])(struct world *w, const struct table *t, int64_t rows, char *sql, size_t size) = { write_edit, write_edit, write_edit, write_delete, write_swap, write_cut };
	size_t t = draw(w, ARRAY_LEN(tables));
	char sql[1200];
	int64_t bad;

	w->picked = 0;
	ways[draw(w, ARRAY_LEN(ways))](w, &tables[t], rows[t], sql, sizeof(sql));
	if (!tamper(w, sql))
		return 0;
	bad = verify(w);
	if (bad <= 0)
		print_error("not found: %s\n", sql);
	assert_true(bad > 0);
	/* Of journal and payloads the rows are numbered as they stand: the first bad one is the one that was touched. */
	if (t < 2 && w->picked)
		assert_int_equal(bad, w->picked);
	copy(w->base, w->work);
	return 1;
}

static unsigned setting(const char *name, unsigned usual)
{
	const char *value = getenv(name);

	return value ? (unsigned)atoi(value) : usual;
}

static void world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	fixture_init(&w->f);
	fixture_start(&w->f, false);
	w->boot_us = clock_boot_us();
	w->wall_us = DAY_MS * 1000;
	w->random = 88172645463325252ULL + 977 * setting("HUITANG_SEED", 1);
	make_directory(w);
	plan(w);
	teach(w);
	credit(w);
	find(w);
	w->f.store = store_close(w->f.store);
	keep_base(w);
}

static void every_tampering_is_found(void **state)
{
	unsigned wanted = setting("HUITANG_TAMPERINGS", SHORT), done = 0;
	int64_t rows[ARRAY_LEN(tables)];
	struct world w;

	(void)state;
	world_init(&w);
	assert_int_equal(verify(&w), 0);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		rows[i] = count_rows(&w, tables[i].name);
		assert_true(rows[i] > 0);
	}
	while (done < wanted)
		done += (unsigned)try(&w, rows);
	print_message("# %u of %u found\n", done, wanted);
	fixture_done(&w.f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_tampering_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
