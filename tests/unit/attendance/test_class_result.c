/* What comes of a class: who is in the result and why it is what it is; and RESULT's payloads. */
#include "tests/unit/leaves_nothing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/journal.h"
#include "attendance/result_form.h"

#define S 1000000LL
#define WALL0 (1790000000 * S)          /* 2026-09-21 21:33:20 in Shanghai */
#define BOOT0 (5000 * S)
#define ROOM "class-7"
#define PLAN "{\"class\":7,\"kind\":\"lecture\",\"subject\":\"党史\",\"start_ms\":1790000000000,\"zone\":\"Asia/Shanghai\"}"
#define IN(person) "{\"person\":\"" person "\",\"site\":1,\"grade\":\"own\",\"by\":\"person\"}"
#define OUT(person) "{\"person\":\"" person "\",\"site\":1,\"by\":\"person\"}"

struct line {
	int64_t at_s;
	enum event_kind kind;
	const char *payload;
};

static int add(struct class_result *c, const struct line *l)
{
	struct event ev = {
		.kind = l->kind, .room = ROOM, .seat = l->kind == EVENT_SEAT_JOINED ? "a" : "", .actor = "", .payload = l->payload ? l->payload : "{}",
		.wall_us = WALL0 + l->at_s * S, .boot_us = BOOT0 + l->at_s * S,
	};

	return class_result_add(c, &ev, "boot");
}

/* The lines of a class that is opened at 0 and closed at 2,700 s, with site 1 there all the time. */
static struct class_result *told(const struct line *lines, size_t n)
{
	struct class_result *c = NULL;
	int64_t alive_s = 20;

	assert_int_equal(class_result_create(&c, 7), 0);
	assert_int_equal(add(c, &(struct line){ 0, EVENT_ROOM_OPENED }), 0);
	assert_int_equal(add(c, &(struct line){ 0, EVENT_SEAT_JOINED, "{\"site\":1}" }), 0);
	for (size_t i = 0; i < n; i++) {
		for (; alive_s < lines[i].at_s; alive_s += 20)
			assert_int_equal(add(c, &(struct line){ alive_s, EVENT_SEATS_ALIVE, "{\"seats\":[\"a\"]}" }), 0);
		assert_int_equal(add(c, &lines[i]), 0);
	}
	return c;
}

#define TOLD(lines) told(lines, ARRAY_LEN(lines))

static const struct line usual[] = {
	{ 0, EVENT_CLASS_PLANNED, PLAN },
	{ 0, EVENT_ROSTER_FROZEN, "{\"version\":1,\"site\":11,\"persons\":[\"a1\",\"a2\",\"a3\",\"a4\"],\"last\":false}" },
	{ 0, EVENT_ROSTER_FROZEN, "{\"version\":1,\"site\":12,\"persons\":[\"b1\"],\"last\":true}" },
	{ 0, EVENT_LEAVE_DECIDED, "{\"person\":\"a3\",\"granted\":true}" }, { 0, EVENT_LEAVE_DECIDED, "{\"person\":\"b1\",\"granted\":true}" },
	{ 0, EVENT_RULE_CHOSEN, "{\"rule\":{\"year_hours_milli\":40000},\"org\":1,\"version\":3}" },
	{ 0, EVENT_RULE_CHOSEN, "{\"rule\":{\"hour_s\":-1},\"org\":2,\"version\":4}" },        /* not to be read */
	{ 0, EVENT_CLASS_OPENED }, { 0, EVENT_PERSON_SIGNED_IN, IN("a1") }, { 0, EVENT_PERSON_SIGNED_IN, IN("a2") }, { 0, EVENT_PERSON_SIGNED_IN, IN("c1") },
	{ 0, EVENT_PERSON_SIGNED_IN, IN("b1") },
	{ 100, EVENT_ROSTER_FROZEN, "{\"version\":2,\"site\":11,\"persons\":[\"a1\",\"a5\"],\"last\":true,\"why\":\"moved\"}" },
	{ 200, EVENT_ROSTER_FROZEN, "{\"version\":3,\"site\":11,\"persons\":[\"c1\"],\"last\":false}" },       /* never complete */
	{ 500, EVENT_PERSON_SIGNED_OUT, OUT("a2") }, { 2700, EVENT_CLASS_CLOSED },
	{ 2710, EVENT_LEAVE_DECIDED, "{\"person\":\"a4\",\"granted\":true}" },                          /* too late */
	{ 2720, EVENT_PERSON_SIGNED_IN, IN("a4") },
};

static const struct result_row *find(const struct result_row *rows, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].person, id) == 0)
			return &rows[i];
	return NULL;
}

static void everybody_has_a_reason(void **state)
{
	static const struct {
		const char *id;
		enum credit_reason reason;
		int64_t home;
	} expected[] = {
		{ "a1", CREDIT_CREDITED, 11 }, { "a2", CREDIT_PRESENCE_SHORT, 11 }, { "a3", CREDIT_ON_LEAVE, 11 }, { "a4", CREDIT_NOT_SIGNED_IN, 11 },
		{ "a5", CREDIT_NOT_SIGNED_IN, 11 }, { "b1", CREDIT_CREDITED, 12 }, { "c1", CREDIT_NOT_ON_ROSTER, 0 },
	};
	struct class_result *c = TOLD(usual);
	struct result_head head;
	struct result_row *rows;
	size_t n;

	(void)state;
	assert_int_equal(class_result_rows(c, NULL, NULL, &head, &rows, &n), 0);
	assert_int_equal(n, ARRAY_LEN(expected));
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(rows[i].person, expected[i].id);
		assert_int_equal(rows[i].reason, expected[i].reason);
		assert_int_equal(rows[i].home, expected[i].home);
		assert_int_equal(rows[i].claim.n, expected[i].reason == CREDIT_CREDITED);
	}
	assert_int_equal(rows[0].present_s, 2700);
	assert_int_equal(rows[1].present_s, 500);
	assert_int_equal(rows[6].present_s, 2700);      /* seen, and not credited */
	assert_int_equal(head.day, 20260921);
	assert_int_equal(head.window_s, 2700);
	assert_int_equal(head.began_us, WALL0);
	assert_int_equal(head.rule_version, 3);
	assert_int_equal(head.year_cap, 40000);
	assert_string_equal(head.subject, "党史");
	assert_string_equal(head.kind, "lecture");
	class_result_destroy(c);
}

static void before_the_close_there_is_no_result(void **state)
{
	struct class_result *c = told(usual, 9);
	struct result_head head;
	struct result_row *rows;
	size_t n;

	(void)state;
	assert_int_equal(class_result_rows(c, NULL, NULL, &head, &rows, &n), -EAGAIN);
	class_result_destroy(c);
	assert_int_equal(class_result_create(&c, 0), -EINVAL);
}

static const char *same(void *user, const char *id)
{
	(void)user;
	return strcmp(id, "a4") == 0 ? "c1" : id;
}

static void a_twin_brings_its_roster_along(void **state)
{
	struct class_result *c = TOLD(usual);
	struct result_head head;
	struct result_row *rows;
	size_t n;

	(void)state;
	assert_int_equal(class_result_rows(c, same, NULL, &head, &rows, &n), 0);
	assert_int_equal(n, 6);
	assert_null(find(rows, n, "a4"));
	assert_int_equal(find(rows, n, "c1")->reason, CREDIT_CREDITED);
	assert_int_equal(find(rows, n, "c1")->home, 11);
	class_result_destroy(c);
}

static void amounts_come_from_all_classes(void **state)
{
	struct class_result *c = TOLD(usual);
	struct span before = { WALL0 - 600 * S, WALL0 + 900 * S };
	struct credit_session sessions[2] = { { .class = 3, .began_us = before.from_us, .day = 20260921, .claim = { &before, 1, 1 }, .hour_s = 2700 } };
	struct result_head head;
	struct result_row *rows;
	struct ledger_entry e;
	size_t n;

	(void)state;
	assert_int_equal(class_result_rows(c, NULL, NULL, &head, &rows, &n), 0);
	assert_int_equal(result_row_count(&rows[0], &head, sessions, 0), 0);
	assert_int_equal(rows[0].milli_hours, 1000);
	assert_int_equal(rows[0].reason, CREDIT_CREDITED);
	assert_true(result_posting(&head, &rows[0], 5, &e));
	assert_int_equal(e.entry, 5);
	assert_int_equal(e.class, 7);
	assert_int_equal(e.counted_s, 2700);
	assert_int_equal(e.home, 11);
	assert_string_equal(e.subject, "党史");
	assert_int_equal(result_row_count(&rows[1], &head, sessions, 0), 0);
	assert_false(result_posting(&head, &rows[1], 6, &e));
	sessions[0] = (struct credit_session){ .class = 3, .began_us = before.from_us, .day = 20260921, .claim = { &before, 1, 1 }, .hour_s = 2700 };
	assert_int_equal(result_row_count(&rows[5], &head, sessions, 1), 0);
	assert_int_equal(rows[5].reason, CREDIT_OVERLAP);
	assert_int_equal(rows[5].counted_s, 1800);
	class_result_destroy(c);
}

/* ---- payloads ---- */

struct written {
	char *payloads[64];
	size_t n;
};

static int keep(void *user, const char *payload)
{
	struct written *w = user;

	assert_true(w->n < ARRAY_LEN(w->payloads));
	assert_true(strlen(payload) <= JOURNAL_PAYLOAD_MAX);
	w->payloads[w->n++] = strdup(payload);
	return 0;
}

static void check_read(const char *payload, const struct result_head *head, const struct result_row *rows, size_t *at, bool last)
{
	json_t *json = json_loads(payload, 0, NULL);
	struct result_part part;

	assert_int_equal(result_parse(&part, json, head->class), 0);
	assert_int_equal(part.last, last);
	assert_int_equal(part.head.day, head->day);
	assert_int_equal(part.head.began_us, head->began_us);
	for (size_t i = 0; i < part.n; i++, ++*at) {
		const struct result_row *a = &part.rows[i], *b = &rows[*at];

		assert_string_equal(a->person, b->person);
		assert_int_equal(a->counted_s, b->counted_s);
		assert_int_equal(a->reason, b->reason);
		assert_int_equal(a->claim.n, b->claim.n);
		if (a->claim.n)
			assert_memory_equal(a->claim.list, b->claim.list, a->claim.n * sizeof(*a->claim.list));
	}
	result_part_done(&part);
	json_decref(json);
}

static void a_result_is_written_in_as_many_events_as_it_needs(void **state)
{
	static struct span spans[40];
	struct result_head head = { .class = 7, .began_us = WALL0, .window_s = 2700, .day = 20260921, .day_cap = 8000 };
	struct result_row *rows = calloc(1500, sizeof(*rows));
	struct written w = { 0 };
	size_t at = 0;

	(void)state;
	for (int i = 0; i < 40; i++)
		spans[i] = (struct span){ WALL0 + i * 60 * S + 123456, WALL0 + i * 60 * S + 30 * S + 7 };
	for (int i = 0; i < 1500; i++) {
		snprintf(rows[i].person, sizeof(rows[i].person), "%016x", i);
		rows[i].reason = (enum credit_reason)(i % CREDIT_REASONS);
		rows[i].counted_s = i;
		rows[i].claim = (struct spans){ spans, (size_t)(i % 40), 40 };
		rows[i].hour_s = 2700;
	}
	assert_int_equal(result_write(&head, rows, 1500, keep, &w), 0);
	assert_true(w.n > 1);
	for (size_t i = 0; i < w.n; i++) {
		check_read(w.payloads[i], &head, rows, &at, i + 1 == w.n);
		free(w.payloads[i]);
	}
	assert_int_equal(at, 1500);
	w.n = 0;
	assert_int_equal(result_write(&head, rows, 0, keep, &w), 0);    /* nobody: one event says so */
	assert_int_equal(w.n, 1);
	free(w.payloads[0]);
	free(rows);
}

#define HEAD "\"rule_version\":0,\"began_us\":5,\"day\":\"2026-09-21\",\"window_s\":1,\"day_cap\":0,\"year_cap\":0"
#define ROW "\"person\":\"a\",\"home\":1,\"site\":1,\"present_s\":1,\"unproved_s\":0,\"gap_s\":0,\"met\":0,\"sent\":0,\"counted_s\":1,\"milli_hours\":0,\"reason\":\"credited\""

static void what_is_no_result_is_not_read(void **state)
{
	static const char *const wrong[] = {
		"{}", "[]", "{" HEAD "}", "{" HEAD ",\"rows\":7}", "{\"rows\":[]}", "{" HEAD ",\"rows\":[7]}", "{" HEAD ",\"rows\":[{}]}",
		"{" HEAD ",\"rows\":[{" ROW ",\"claim\":[[0,1]]}]}", "{" HEAD ",\"rows\":[{" ROW ",\"hour_s\":2700,\"claim\":[[1,1]]}]}",
		"{" HEAD ",\"rows\":[{" ROW ",\"hour_s\":2700,\"claim\":[[0,5],[5,6]]}]}", "{" HEAD ",\"rows\":[{" ROW ",\"hour_s\":2700,\"claim\":[[-1,5]]}]}",
		"{" HEAD ",\"rows\":[{" ROW ",\"hour_s\":2700,\"claim\":[[0,9223372036854775807]]}]}", "{" HEAD ",\"rows\":[{" ROW ",\"hour_s\":2700,\"claim\":7}]}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		json_t *json = json_loads(wrong[i], 0, NULL);
		struct result_part part;

		assert_non_null(json);
		assert_int_equal(result_parse(&part, json, 7), -EBADMSG);
		json_decref(json);
	}
}

static int tell_with_failures(void)
{
	struct class_result *c = NULL;
	struct credit_session sessions[1];
	struct result_head head;
	struct result_row *rows;
	size_t n;
	int r = class_result_create(&c, 7);

	if (r == 0)
		r = add(c, &(struct line){ 0, EVENT_ROOM_OPENED });
	if (r == 0)
		r = add(c, &(struct line){ 0, EVENT_SEAT_JOINED, "{\"site\":1}" });
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(usual); i++)
		r = add(c, &usual[i]);
	if (r == 0)
		r = class_result_rows(c, same, NULL, &head, &rows, &n);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = result_row_count(&rows[i], &head, sessions, 0);
	class_result_destroy(c);
	return r;
}

static void without_memory_it_says_so(void **state)
{
	int r = -ENOMEM;

	(void)state;
	for (uint64_t n = 1; r == -ENOMEM; n++) {
		mem_fail_at(n);
		r = tell_with_failures();
		mem_fail_at(0);
		assert_true(n < 10000);
	}
	assert_int_equal(r, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(everybody_has_a_reason),
		LEAVES_NOTHING(before_the_close_there_is_no_result),
		LEAVES_NOTHING(a_twin_brings_its_roster_along),
		LEAVES_NOTHING(amounts_come_from_all_classes),
		LEAVES_NOTHING(a_result_is_written_in_as_many_events_as_it_needs),
		LEAVES_NOTHING(what_is_no_result_is_not_read),
		LEAVES_NOTHING(without_memory_it_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
