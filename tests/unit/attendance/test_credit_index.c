/*
 * Results and ledger in the database: a class is computed as it closes and its tables are filled with the events; what can be in no ledger is refused; verify
 * finds whatever is altered in the tables, and events that say something else than the class's own.
 */
#include "fixture.h"

#include "attendance/changes.h"
#include "attendance/credit_card.h"
#include "attendance/credit_compute.h"
#include "attendance/credit_verify.h"
#include "attendance/retention.h"
#include "attendance/writes.h"

#define S 1000000LL
#define DAY_MS 1790000000000LL          /* 2026-09-21 in Shanghai */
#define P1 "00000000000000a1"
#define P2 "00000000000000a2"
#define P3 "00000000000000a3"

struct world {
	struct fixture f;
	uint64_t ticket;
	int64_t boot_us, wall_us;       /* where second 0 is */
	const char *rule;               /* RULE_CHOSEN's payload; NULL none */
};

static void world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	fixture_init(&w->f);
	fixture_start(&w->f, false);
	w->boot_us = clock_boot_us();
	w->wall_us = DAY_MS * 1000;
}

static void post_in(struct world *w, const char *room, int64_t at_s, enum event_kind kind, const char *payload)
{
	struct event ev = {
		.kind = kind, .room = room, .seat = kind == EVENT_SEAT_JOINED || kind == EVENT_SEAT_RETURNED ? "seat" : "", .actor = "", .payload = payload,
		.wall_us = w->wall_us + at_s * S, .boot_us = w->boot_us + at_s * S,
	};

	assert_int_equal(journal_append(w->f.store, &ev, ++w->ticket), 0);
	fixture_wait(&w->f, w->ticket);
}

static void post(struct world *w, int64_t class, int64_t at_s, enum event_kind kind, const char *payload)
{
	char room[ROOM_ID_BYTES];

	snprintf(room, sizeof(room), "class-%lld", (long long)class);
	post_in(w, room, at_s, kind, payload);
}

static void must_post(struct world *w, int64_t class, int64_t at_s, enum event_kind kind, const char *payload)
{
	post(w, class, at_s, kind, payload);
	assert_int_equal(w->f.last_error, 0);
}

/* A class of 45 minutes at site 1 with P1 and P2 all the time, and P3 who does not come. */
static void teach(struct world *w, int64_t class, int64_t from_s)
{
	char plan[200];

	snprintf(plan, sizeof(plan), "{\"class\":%lld,\"kind\":\"lecture\",\"subject\":\"s\",\"start_ms\":%lld,\"zone\":\"Asia/Shanghai\"}", (long long)class, DAY_MS);
	must_post(w, class, from_s, EVENT_CLASS_PLANNED, plan);
	if (w->rule)
		must_post(w, class, from_s, EVENT_RULE_CHOSEN, w->rule);
	must_post(w, class, from_s, EVENT_ROSTER_FROZEN, "{\"version\":1,\"site\":1,\"persons\":[\"" P1 "\",\"" P2 "\",\"" P3 "\"],\"last\":true}");
	must_post(w, class, from_s, EVENT_ROOM_OPENED, "{\"title\":\"t\",\"org\":\"\",\"epoch\":\"e\"}");
	must_post(w, class, from_s, EVENT_SEAT_JOINED, "{\"key\":\"k\",\"name\":\"n\",\"site\":1}");
	must_post(w, class, from_s, EVENT_CLASS_OPENED, "{}");
	must_post(w, class, from_s, EVENT_PERSON_SIGNED_IN, "{\"person\":\"" P1 "\",\"site\":1,\"grade\":\"own\",\"by\":\"person\"}");
	must_post(w, class, from_s, EVENT_PERSON_SIGNED_IN, "{\"person\":\"" P2 "\",\"site\":1,\"grade\":\"qr\",\"by\":\"person\"}");
	for (int64_t t = 30; t < 2700; t += 30)
		must_post(w, class, from_s + t, EVENT_SEATS_ALIVE, "{\"seats\":[\"seat\"]}");
	must_post(w, class, from_s + 2700, EVENT_CLASS_CLOSED, "{}");
}

static json_t *ask(struct world *w, store_read_fn fn, const void *args, size_t len)
{
	int64_t end_us = clock_boot_us() + WAIT_MS * 1000LL;
	uint64_t ticket = ++w->ticket;

	assert_int_equal(store_read(w->f.store, fn, args, len, ticket), 0);
	while (w->f.last_read != ticket && clock_boot_us() < end_us)
		fixture_dispatch(&w->f, 100);
	assert_int_equal(w->f.last_read, ticket);
	return w->f.last_read_error ? NULL : json_loads(w->f.read_text, 0, NULL);
}

static json_t *compute(struct world *w, int64_t class)
{
	struct credit_close_query q = { .class = class };

	return ask(w, credit_close_read, &q, sizeof(q));
}

static void write_payload(struct world *w, int64_t class, enum event_kind kind, const json_t *payload)
{
	char *text = json_dumps(payload, JSON_COMPACT);

	must_post(w, class, 9000, kind, text);
	free(text);
}

static void write_results(struct world *w, int64_t class, const json_t *all)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(all, "results"), i, one)
		write_payload(w, class, EVENT_RESULT, one);
}

static void write_postings(struct world *w, const json_t *all)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(all, "postings"), i, one)
		write_payload(w, json_integer_value(json_object_get(one, "class")), EVENT_CREDIT_POSTED, json_object_get(one, "payload"));
}

static void finish(struct world *w, int64_t class)
{
	json_t *all = compute(w, class);

	assert_non_null(all);
	write_results(w, class, all);
	write_postings(w, all);
	json_decref(all);
}

static struct credit_check verify(struct world *w)
{
	struct store_reader *r = fixture_reader(&w->f);
	struct credit_check check = { 0 };

	assert_int_equal(credit_verify(r, &check), 0);
	store_reader_close(r);
	return check;
}

static void must_be_good(struct world *w, int64_t classes, int64_t results, int64_t postings)
{
	struct credit_check check = verify(w);

	if (check.bad_sequence)
		print_error("row %lld %s\n", (long long)check.bad_sequence, check.why);
	assert_int_equal(check.bad_sequence, 0);
	assert_int_equal(check.classes, classes);
	assert_int_equal(check.results, results);
	assert_int_equal(check.postings, postings);
}

static void must_be_bad(struct world *w, const char *why)
{
	struct credit_check check = verify(w);

	if (!check.bad_sequence || !strstr(check.why, why))
		print_error("row %lld: \"%s\", not \"%s\"\n", (long long)check.bad_sequence, check.why, why);
	assert_true(check.bad_sequence > 0);
	assert_non_null(strstr(check.why, why));
}

/* ---- tests ---- */

/* Of a person's posting; -1: there is none. */
static int64_t posted(const json_t *all, const char *person, const char *member)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(all, "postings"), i, one) {
		const json_t *payload = json_object_get(one, "payload");

		if (strcmp(json_string_value(json_object_get(payload, "person")), person) == 0)
			return json_integer_value(json_object_get(payload, member));
	}
	return -1;
}

static void a_class_is_computed_written_and_found_good(void **state)
{
	struct credit_close_query second = { .class = 7 };
	struct world w;
	json_t *all;

	(void)state;
	world_init(&w);
	must_be_good(&w, 0, 0, 0);
	teach(&w, 7, 0);
	teach(&w, 8, 1350);
	finish(&w, 8);
	must_be_good(&w, 1, 3, 2);
	all = compute(&w, 7);
	assert_int_equal(posted(all, P1, "milli_hours"), 500);      /* half of it is class 8's already */
	assert_int_equal(posted(all, P1, "entry"), 3);
	assert_int_equal(posted(all, P3, "entry"), -1);
	json_decref(all);
	finish(&w, 7);
	must_be_good(&w, 2, 6, 4);
	assert_null(ask(&w, credit_close_read, &second, sizeof(second)));
	assert_int_equal(w.f.last_read_error, -EEXIST);
	second.class = 99;
	assert_null(ask(&w, credit_close_read, &second, sizeof(second)));
	assert_int_equal(w.f.last_read_error, -EAGAIN);
	fixture_done(&w.f);
}

static void a_class_that_takes_from_a_better_one(void **state)
{
	struct credit_card_query q = { .person = P1, .year = 2026 };
	struct world w;
	json_t *card, *sum;

	(void)state;
	world_init(&w);
	teach(&w, 8, 1350);
	finish(&w, 8);
	w.rule = "{\"rule\":{\"hour_s\":28800,\"day_hours_milli\":3000},\"org\":1,\"version\":2}";
	teach(&w, 7, 0);
	finish(&w, 7);
	/* P1 and P2 each: the posting of class 8 is reversed and posted again, that of class 7 is seconds alone. */
	must_be_good(&w, 2, 6, 2 + 2 * 3);
	card = ask(&w, credit_card_read, &q, sizeof(q));
	sum = json_array_get(json_object_get(card, "sums"), 0);
	assert_int_equal(json_integer_value(json_object_get(sum, "milli_hours")), 93 + 500);
	assert_int_equal(json_integer_value(json_object_get(sum, "counted_s")), 4050);
	json_decref(card);
	fixture_done(&w.f);
}

/* The server is killed in mid-class: the start is a row of no room, the last row before it one of another. */
static void a_gap_comes_from_rows_of_no_room(void **state)
{
	struct world w;
	json_t *all, *row;

	(void)state;
	world_init(&w);
	must_post(&w, 7, -20, EVENT_ROSTER_FROZEN, "{\"version\":1,\"site\":1,\"persons\":[\"" P1 "\"],\"last\":true}");
	must_post(&w, 7, -10, EVENT_ROOM_OPENED, "{\"title\":\"t\",\"org\":\"\",\"epoch\":\"e\"}");
	must_post(&w, 7, -10, EVENT_SEAT_JOINED, "{\"site\":1}");
	must_post(&w, 7, 0, EVENT_CLASS_OPENED, "{}");
	must_post(&w, 7, 0, EVENT_PERSON_SIGNED_IN, "{\"person\":\"" P1 "\",\"site\":1,\"grade\":\"own\",\"by\":\"person\"}");
	must_post(&w, 7, 15, EVENT_SEATS_ALIVE, "{\"seats\":[\"seat\"]}");
	must_post(&w, 9, 20, EVENT_CHAT, "{\"id\":1,\"name\":\"\",\"text\":\"\"}");
	post_in(&w, "", 80, EVENT_SERVER_STARTED, "{}");
	must_post(&w, 7, 90, EVENT_SEAT_RETURNED, "{}");
	must_post(&w, 7, 100, EVENT_CLASS_CLOSED, "{}");
	all = compute(&w, 7);
	row = json_array_get(json_object_get(json_array_get(json_object_get(all, "results"), 0), "rows"), 0);
	assert_int_equal(json_integer_value(json_object_get(row, "present_s")), 15 + 10);
	assert_int_equal(json_integer_value(json_object_get(row, "gap_s")), 60);
	json_decref(all);
	fixture_done(&w.f);
}

static void merge(struct world *w, int64_t from, int64_t into)
{
	struct act a = { .name = "person.merge", .subject = into };
	struct changes *c = changes_new();
	char detail[64];

	snprintf(detail, sizeof(detail), "{\"from\":%lld,\"into\":%lld}", (long long)from, (long long)into);
	a.detail = detail;
	assert_int_equal(changes_set_act(c, &a), 0);
	changes_person_merged(c, from, into);
	assert_int_equal(changes_post(w->f.store, c, ++w->ticket), 0);
	fixture_wait(&w->f, w->ticket);
	assert_int_equal(w->f.last_error, 0);
	changes_destroy(c);
}

static void twins_count_as_one_from_their_merge_on(void **state)
{
	struct credit_card_query q = { .person = P2, .year = 2026 };
	struct world w;
	json_t *all, *card;

	(void)state;
	world_init(&w);
	w.f.store = store_close(w.f.store);
	assert_int_equal(fixture_sql(&w.f, "INSERT INTO person (id, pseudonym, recorded_at) VALUES (1, '" P1 "', 1), (2, '" P2 "', 1)"), SQLITE_OK);
	fixture_open(&w.f, false);
	assert_int_equal(store_start(w.f.store), 0);
	teach(&w, 7, 0);
	finish(&w, 7);
	merge(&w, 1, 2);
	must_be_good(&w, 1, 3, 2);                      /* before the merge they were two */
	teach(&w, 8, 1350);
	all = compute(&w, 8);
	assert_int_equal(posted(all, P1, "milli_hours"), -1);
	assert_int_equal(posted(all, P2, "milli_hours"), 500);
	json_decref(all);
	finish(&w, 8);
	must_be_good(&w, 2, 5, 3);
	card = ask(&w, credit_card_read, &q, sizeof(q));
	assert_int_equal(json_array_size(json_object_get(card, "entries")), 3);
	json_decref(card);
	/* Who is forgotten takes what was said of the merge along, and the days of the log may be over: it was when it was. */
	assert_int_equal(fixture_sql(&w.f, "DELETE FROM journal_payload WHERE sequence IN (SELECT sequence FROM audit WHERE act = 'person.merge'); DELETE FROM audit WHERE act = 'person.merge'"), SQLITE_OK);
	must_be_good(&w, 2, 5, 3);
	fixture_done(&w.f);
}

static void a_card_shows_sums_postings_and_results(void **state)
{
	struct credit_card_query q = { .person = P1, .year = 2026 };
	struct world w;
	json_t *card, *list;

	(void)state;
	world_init(&w);
	teach(&w, 7, 0);
	finish(&w, 7);
	teach(&w, 8, 1350);
	finish(&w, 8);
	card = ask(&w, credit_card_read, &q, sizeof(q));
	list = json_object_get(card, "sums");
	assert_int_equal(json_array_size(list), 1);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(list, 0), "milli_hours")), 1500);
	list = json_object_get(card, "entries");
	assert_int_equal(json_array_size(list), 2);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(list, 0), "class")), 8);
	list = json_object_get(card, "results");
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "reason")), "overlap");
	assert_string_equal(json_string_value(json_object_get(json_array_get(list, 1), "reason")), "credited");
	assert_string_equal(json_string_value(json_object_get(json_array_get(list, 1), "class_kind")), "lecture");
	json_decref(card);
	q.year = 2025;
	card = ask(&w, credit_card_read, &q, sizeof(q));
	assert_int_equal(json_array_size(json_object_get(card, "sums")), 1);
	assert_int_equal(json_array_size(json_object_get(card, "entries")), 0);
	json_decref(card);
	fixture_done(&w.f);
}

#define ENTRY(entry, milli, more) \
	"{\"entry\":" #entry ",\"person\":\"" P1 "\",\"home\":1,\"year\":2026,\"subject\":\"s\",\"kind\":\"lecture\",\"milli_hours\":" #milli ",\"counted_s\":" #milli \
	",\"day\":\"2026-09-21\",\"reason\":\"credited\"" more "}"

static void what_can_be_in_no_ledger_is_refused(void **state)
{
	static const char *const wrong[] = {
		"{}", ENTRY(1, 5, ""), ENTRY(2, -5, ""), ENTRY(2, -4, ",\"reverses\":1"), ENTRY(2, 5, ",\"reverses\":1"), ENTRY(2, -5, ",\"reverses\":9"),
		ENTRY(0, 1, ""), ENTRY(-1, 1, ""),
	};
	struct world w;

	(void)state;
	world_init(&w);
	must_post(&w, 7, 0, EVENT_CREDIT_POSTED, ENTRY(1, 5, ""));
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		post(&w, 7, 0, EVENT_CREDIT_POSTED, wrong[i]);
		assert_int_equal(w.f.last_error, -EINVAL);
	}
	post(&w, 7, 0, EVENT_RESULT, "{\"rule_version\":0,\"rows\":[]}");
	assert_int_equal(w.f.last_error, -EINVAL);
	must_post(&w, 7, 0, EVENT_CREDIT_POSTED, ENTRY(2, -5, ",\"reverses\":1"));
	post(&w, 7, 0, EVENT_CREDIT_POSTED, ENTRY(3, -5, ",\"reverses\":1"));
	assert_int_equal(w.f.last_error, -EINVAL);
	post(&w, 7, 0, EVENT_CREDIT_POSTED, ENTRY(3, 0, ",\"reverses\":2"));
	assert_int_equal(w.f.last_error, -EINVAL);
	/* What is refused leaves the journal as it was. */
	assert_int_equal(fixture_verify(&w.f), 3);
	fixture_done(&w.f);
}

/* Alters the tables while the store is shut, looks, and puts the copy back. */
static void tamper(struct world *w, const char *sql, const char *why)
{
	char copy[300], back[300];

	snprintf(copy, sizeof(copy), "cp %s/huitang.db %s/copy", w->f.dir, w->f.dir);
	snprintf(back, sizeof(back), "cp %s/copy %s/huitang.db", w->f.dir, w->f.dir);
	assert_int_equal(system(copy), 0);
	if (fixture_sql(&w->f, sql) != SQLITE_OK)
		print_error("%s\n", sql);
	must_be_bad(w, why);
	assert_int_equal(system(back), 0);
}

static void every_change_of_the_tables_is_found(void **state)
{
	static const char *const members[] = {
		"home", "site", "present_s", "unproved_s", "gap_s", "met", "sent", "counted_s", "milli_hours", "hour_s", "rule_version", "began_us", "window_s", "day_cap",
		"year_cap", "class", "sequence",
	};
	static const char *const of_entries[] = { "class", "home", "year", "milli_hours", "counted_s", "sequence", "entry" };
	char sql[200];
	struct world w;

	(void)state;
	world_init(&w);
	teach(&w, 7, 0);
	finish(&w, 7);
	w.f.store = store_close(w.f.store);
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		snprintf(sql, sizeof(sql), "UPDATE class_result SET %s = %s + 1 WHERE person = '" P1 "'", members[i], members[i]);
		tamper(&w, sql, "");
	}
	for (size_t i = 0; i < ARRAY_LEN(of_entries); i++) {
		snprintf(sql, sizeof(sql), "UPDATE credit_entry SET %s = %s + 1 WHERE entry = 2", of_entries[i], of_entries[i]);
		tamper(&w, sql, "credit_entry");
	}
	tamper(&w, "UPDATE class_result SET person = '" P2 "x' WHERE person = '" P2 "'", "person " P2);
	tamper(&w, "UPDATE class_result SET hour_s = hour_s + 1 WHERE person = '" P3 "'", "hour_s");
	tamper(&w, "UPDATE class_result SET reason = 'capped' WHERE person = '" P2 "'", "reason");
	tamper(&w, "UPDATE class_result SET claim = '[[0,1]]' WHERE person = '" P2 "'", "claim");
	tamper(&w, "UPDATE class_result SET claim = 'x' WHERE person = '" P2 "'", "does not read");
	tamper(&w, "DELETE FROM class_result WHERE person = '" P3 "'", "missing");
	tamper(&w, "DELETE FROM class_result", "missing");
	tamper(&w, "INSERT INTO class_result SELECT 'new', class, sequence, home, site, present_s, unproved_s, gap_s, met, sent, counted_s, milli_hours, reason, hour_s, claim,"
	           " rule_version, began_us, day, window_s, day_cap, year_cap FROM class_result WHERE person = '" P1 "'", "persons");
	tamper(&w, "INSERT INTO class_result SELECT person, class, 1, home, site, present_s, unproved_s, gap_s, met, sent, counted_s, milli_hours, reason, hour_s, claim,"
	           " rule_version, began_us, day, window_s, day_cap, year_cap FROM class_result WHERE person = '" P1 "'", "is no result");
	tamper(&w, "UPDATE credit_entry SET person = '" P3 "' WHERE entry = 2", "credit_entry");
	tamper(&w, "UPDATE credit_entry SET subject = 'x' WHERE entry = 2", "credit_entry");
	tamper(&w, "DELETE FROM credit_entry WHERE entry = 1", "credit_entry");
	tamper(&w, "INSERT INTO credit_entry SELECT 99, 2, class, person, home, year, subject, kind, milli_hours, counted_s, day, reason, NULL, NULL FROM credit_entry"
	           " WHERE entry = 1", "is no posting");
	must_be_good(&w, 1, 3, 2);
	fixture_open(&w.f, false);
	fixture_done(&w.f);
}

/* A result whose members another server computed wrongly, and postings that nobody asked for: the chain is good, the credit is not. */
static void events_that_the_class_does_not_give_are_found(void **state)
{
	static const char *const altered[] = { "present_s", "counted_s", "milli_hours", "met", "home" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(altered); i++) {
		struct world w;
		json_t *all, *row;

		world_init(&w);
		teach(&w, 7, 0);
		all = compute(&w, 7);
		row = json_array_get(json_object_get(json_array_get(json_object_get(all, "results"), 0), "rows"), 1);
		json_object_set_new(row, altered[i], json_integer(json_integer_value(json_object_get(row, altered[i])) + 1));
		if (strcmp(altered[i], "met") == 0)
			json_object_set_new(row, "sent", json_integer(1));
		write_results(&w, 7, all);
		must_be_bad(&w, altered[i]);
		json_decref(all);
		fixture_done(&w.f);
	}
}

static void postings_that_nobody_asked_for_are_found(void **state)
{
	struct world w;
	json_t *all;

	(void)state;
	world_init(&w);
	teach(&w, 7, 0);
	all = compute(&w, 7);
	write_results(&w, 7, all);
	must_be_bad(&w, "not posted");
	write_postings(&w, all);
	must_be_good(&w, 1, 3, 2);
	must_post(&w, 7, 9000, EVENT_CREDIT_POSTED, ENTRY(3, 5, ""));
	must_be_bad(&w, "second time");
	json_decref(all);
	fixture_done(&w.f);
	world_init(&w);
	must_post(&w, 7, 0, EVENT_CREDIT_POSTED, ENTRY(1, 5, ""));
	must_be_bad(&w, "not what the result of class 7 asked for");
	fixture_done(&w.f);
}

#define APPEAL(number, person) "{\"appeal\":" #number ",\"person\":\"" person "\",\"text\":\"why\"}"
#define DECIDED(number, granted, more) "{\"appeal\":" #number ",\"granted\":" granted ",\"text\":\"so\"" more "}"

static void an_appeal_must_have_been_granted(void **state)
{
	static const char back[] = "{\"entry\":3,\"person\":\"" P1 "\",\"home\":1,\"year\":2026,\"subject\":\"s\",\"kind\":\"lecture\",\"milli_hours\":-1000,\"counted_s\":-2700,"
	                           "\"day\":\"2026-09-21\",\"reason\":\"credited\",\"reverses\":1,\"appeal\":5}";
	struct world w;

	(void)state;
	world_init(&w);
	teach(&w, 7, 0);
	finish(&w, 7);
	must_post(&w, 7, 9000, EVENT_APPEAL_WRITTEN, APPEAL(4, P1));
	must_post(&w, 7, 9000, EVENT_APPEAL_DECIDED, DECIDED(4, "true", ",\"milli_hours\":1500,\"counted_s\":2700"));
	must_post(&w, 7, 9000, EVENT_APPEAL_WRITTEN, APPEAL(5, P1));
	must_post(&w, 7, 9000, EVENT_APPEAL_DECIDED, DECIDED(5, "false", ""));
	must_post(&w, 7, 9000, EVENT_CREDIT_POSTED, back);
	must_be_bad(&w, "appeal 5");
	fixture_done(&w.f);
	world_init(&w);
	teach(&w, 7, 0);
	finish(&w, 7);
	must_post(&w, 7, 9000, EVENT_APPEAL_WRITTEN, APPEAL(5, P1));
	must_post(&w, 7, 9000, EVENT_APPEAL_DECIDED, DECIDED(5, "true", ",\"milli_hours\":1500,\"counted_s\":1500"));
	must_be_bad(&w, "what it grants was not posted");
	must_post(&w, 7, 9000, EVENT_CREDIT_POSTED, back);
	must_post(&w, 7, 9000, EVENT_CREDIT_POSTED, ENTRY(4, 1500, ",\"appeal\":5"));
	must_be_good(&w, 1, 3, 4);
	w.f.store = store_close(w.f.store);
	tamper(&w, "UPDATE appeal SET granted = 0", "decision that the table has");
	tamper(&w, "UPDATE appeal SET person = '" P2 "'", "appeal that the table has");
	tamper(&w, "UPDATE appeal SET class = 8", "appeal that the table has");
	tamper(&w, "UPDATE appeal SET appeal = 6", "appeal that the table has");
	tamper(&w, "UPDATE appeal SET decided = NULL, granted = NULL", "does not have");
	tamper(&w, "DELETE FROM appeal", "does not have");
	tamper(&w, "INSERT INTO appeal (appeal, class, person, written) VALUES (9, 7, '" P2 "', 1)", "appeal that the table has");
	must_be_good(&w, 1, 3, 4);
	fixture_open(&w.f, false);
	fixture_done(&w.f);
}

static void an_erased_class_is_not_computed_anew(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	teach(&w, 7, 0);
	finish(&w, 7);
	w.f.store = store_close(w.f.store);
	fixture_sql(&w.f, "DELETE FROM journal_payload WHERE sequence IN (SELECT sequence FROM journal WHERE kind = 64)");
	assert_int_equal(verify(&w).erased, 1);
	must_be_good(&w, 1, 3, 2);
	/* As retention leaves it: the results' contents and their index are gone, the postings' not yet. */
	fixture_sql(&w.f, "DELETE FROM journal_payload WHERE sequence IN (SELECT sequence FROM journal WHERE kind = 90); DELETE FROM class_result");
	must_be_good(&w, 0, 0, 2);
	fixture_open(&w.f, false);
	fixture_done(&w.f);
}

static int64_t count(const struct world *w, const char *sql)
{
	struct store_reader *r = fixture_reader(&w->f);
	int64_t n = -1;

	assert_int_equal(db_get_int(store_reader_db(r), sql, &n), 0);
	store_reader_close(r);
	return n;
}

static void what_days_erase_leaves_the_tables_too(void **state)
{
	struct retention_plan *plan;
	struct world w;
	size_t bytes;

	(void)state;
	world_init(&w);
	teach(&w, 8, 1350);
	finish(&w, 8);
	w.rule = "{\"rule\":{\"hour_s\":28800,\"day_hours_milli\":3000},\"org\":1,\"version\":2}";
	teach(&w, 7, 0);
	finish(&w, 7);                                  /* with reversals */
	assert_int_equal(retention_plan_make(&plan, &bytes, store_directory(w.f.store), clock_wall_us() + 36500LL * 24 * 3600 * S), 0);
	assert_int_equal(store_retain(w.f.store, plan, ++w.ticket), 0);
	mem_free(plan);
	fixture_wait(&w.f, w.ticket);
	assert_int_equal(w.f.last_error, 0);
	while (count(&w, "SELECT count(*) FROM retention_run WHERE finished_us IS NULL") > 0)
		fixture_dispatch(&w.f, 10);
	assert_int_equal(count(&w, "SELECT count(*) FROM class_result"), 0);
	assert_int_equal(count(&w, "SELECT count(*) FROM credit_entry"), 0);
	assert_int_equal(verify(&w).bad_sequence, 0);
	fixture_done(&w.f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_class_is_computed_written_and_found_good),
		cmocka_unit_test(a_class_that_takes_from_a_better_one),
		cmocka_unit_test(a_gap_comes_from_rows_of_no_room),
		cmocka_unit_test(twins_count_as_one_from_their_merge_on),
		cmocka_unit_test(a_card_shows_sums_postings_and_results),
		cmocka_unit_test(what_can_be_in_no_ledger_is_refused),
		cmocka_unit_test(every_change_of_the_tables_is_found),
		cmocka_unit_test(events_that_the_class_does_not_give_are_found),
		cmocka_unit_test(postings_that_nobody_asked_for_are_found),
		cmocka_unit_test(an_appeal_must_have_been_granted),
		cmocka_unit_test(what_days_erase_leaves_the_tables_too),
		cmocka_unit_test(an_erased_class_is_not_computed_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
