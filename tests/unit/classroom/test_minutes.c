/* What the minutes of a class say by themselves, in how many rows, and what people may write into them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "classroom/minutes.h"
#include "classroom/minutes_edit.h"

#define A "00000000000000aa"
#define B "00000000000000bb"
#define C "00000000000000cc"
#define D "00000000000000dd"
#define E "00000000000000ee"

struct world {
	struct class *class;
	struct asks *asks;
	int64_t now_us, live;
	json_t *rows;                   /* payloads */
};

static int on_event(void *user, const struct event *ev)
{
	(void)user;
	(void)ev;
	return 0;
}

static void on_ask(void *user, const struct ask *ask)
{
	(void)user;
	(void)ask;
}

static bool where(void *user, const char *person, int64_t *ret_site)
{
	(void)user;
	(void)person;
	*ret_site = 10;
	return true;
}

static const struct ask_events events = { .on_event = on_event, .on_state = on_ask, .on_tally = on_ask, .where = where };

static int setup(void **state)
{
	static struct world w;
	struct asks_cfg cfg = { .room = "class-17", .events = &events };

	w = (struct world){ .now_us = 1000000000, .live = mem_live() };
	assert_int_equal(class_create(&w.class, 17), 0);
	assert_int_equal(asks_create(&w.asks, &cfg), 0);
	w.rows = json_array();
	*state = &w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	class_destroy(w->class);
	asks_destroy(w->asks);
	json_decref(w->rows);
	assert_int_equal(mem_live(), w->live);
	return 0;
}

static void give(struct world *w, enum event_kind kind, const char *payload)
{
	struct event ev = { .kind = kind, .room = "class-17", .seat = "", .actor = "", .payload = payload, .wall_us = w->now_us };

	w->now_us += 60000000;
	assert_int_equal(kind >= EVENT_ASK_OPENED && kind < EVENT_ABSENTEES_NOTED ? asks_apply(w->asks, &ev) : class_apply(w->class, &ev), 0);
}

/* Two sites: at 10 are A, B and C at home, at 11 D; E is of elsewhere. B has leave, C asked for it in vain. */
static void hold(struct world *w)
{
	give(w, EVENT_CLASS_PLANNED, "{\"class\":17,\"org\":1,\"title\":\"专题党课\",\"kind\":\"lecture\",\"way\":\"video\",\"start_ms\":1000000,\"end_ms\":7000000,\"target\":1,\"subtree\":true,"
	                             "\"hosts\":[7],\"agenda\":[{\"minutes\":45,\"title\":\"第一讲\",\"speaker\":\"王老师\"},{\"title\":\"讨论\"}]}");
	give(w, EVENT_SITES_INVITED, "{\"sites\":[10,11]}");
	give(w, EVENT_LEAVE_ASKED, "{\"person\":\"" B "\",\"site\":10,\"why\":\"住院\"}");
	give(w, EVENT_LEAVE_DECIDED, "{\"person\":\"" B "\",\"granted\":true}");
	give(w, EVENT_LEAVE_ASKED, "{\"person\":\"" C "\",\"site\":10,\"why\":\"出差\"}");
	give(w, EVENT_LEAVE_DECIDED, "{\"person\":\"" C "\",\"granted\":false}");
	give(w, EVENT_ROSTER_FROZEN, "{\"version\":1,\"site\":10,\"persons\":[\"" A "\",\"" B "\",\"" C "\"]}");
	give(w, EVENT_ROSTER_FROZEN, "{\"version\":1,\"site\":11,\"persons\":[\"" D "\"],\"last\":true}");
	give(w, EVENT_CLASS_OPENED, "{}");
	give(w, EVENT_ASK_OPENED, "{\"ask\":1,\"kind\":\"check\",\"audience\":\"persons\",\"prompt\":\"\",\"options\":[],\"deadline_ms\":9000000}");
	give(w, EVENT_ASK_CLOSED, "{\"ask\":1,\"by\":\"server\"}");
	give(w, EVENT_ASK_OPENED, "{\"ask\":2,\"kind\":\"vote\",\"audience\":\"persons\",\"prompt\":\"同意吗\",\"options\":[\"同意\",\"不同意\"],\"deadline_ms\":9000000}");
	give(w, EVENT_ASK_ANSWERED, "{\"ask\":2,\"person\":\"" A "\",\"site\":10,\"choice\":[0],\"grade\":\"own\",\"by\":\"person\"}");
	give(w, EVENT_ASK_CLOSED, "{\"ask\":2,\"by\":\"person\"}");
	give(w, EVENT_CLASS_CLOSED, "{}");
	give(w, EVENT_RESULT, "{\"rows\":[],\"last\":true}");
}

static const struct minutes_person persons[] = {
	{ A, 10, 10, 3000 }, { B, 10, 0, 0 }, { C, 10, 0, 0 }, { D, 11, 10, 2000 }, { E, 0, 11, 100 },
};

static const char *org_name(void *user, int64_t org)
{
	(void)user;
	return org == 10 ? "第一支部" : org == 11 ? "第二支部" : "城关镇党委";
}

static int keep(void *user, const char *payload)
{
	struct world *w = user;

	assert_true(strlen(payload) < 65536);
	json_array_append_new(w->rows, json_loads(payload, 0, NULL));
	return 0;
}

static int write_all(struct world *w, const struct minutes_person *list, size_t n)
{
	json_t *hosts = json_pack("[{s:s}]", "person", A), *speakers = json_pack("[{s:i, s:i, s:i}]", "site", 10, "from_ms", 5, "on_s", 60), *gaps = json_pack("[{s:i, s:i}]", "from_ms", 1, "to_ms", 2);
	struct minutes_sources src = { .class = w->class, .asks = w->asks, .persons = list, .n_persons = n, .hosts = hosts, .speakers = speakers, .gaps = gaps, .org_name = org_name };
	int r = minutes_write(&src, keep, w);

	json_decref(hosts);
	json_decref(speakers);
	json_decref(gaps);
	return r;
}

static json_int_t number(const json_t *j, const char *name)
{
	const json_t *n = json_object_get(j, name);

	assert_non_null(n);
	return json_integer_value(n);
}

static const char *text(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

static void assert_numbers(const json_t *j, int expected, int present, int leave, int absent, int visitors)
{
	assert_int_equal(number(j, "expected"), expected);
	assert_int_equal(number(j, "present"), present);
	assert_int_equal(number(j, "leave"), leave);
	assert_int_equal(number(j, "absent"), absent);
	assert_int_equal(number(j, "visitors"), visitors);
}

static void who_was_there(void **state)
{
	struct world *w = *state;
	const json_t *t, *list;

	hold(w);
	assert_int_equal(write_all(w, persons, ARRAY_LEN(persons)), 0);
	assert_int_equal(json_array_size(w->rows), 1);
	assert_int_equal(number(json_array_get(w->rows, 0), "version"), 1);
	assert_true(json_is_true(json_object_get(json_array_get(w->rows, 0), "last")));
	t = json_object_get(json_array_get(w->rows, 0), "text");
	assert_numbers(json_object_get(json_object_get(t, "facts"), "numbers"), 4, 2, 1, 1, 1);
	list = json_object_get(t, "sites");
	assert_numbers(json_array_get(list, 0), 3, 1, 1, 1, 1);        /* D came here */
	assert_numbers(json_array_get(list, 1), 1, 1, 0, 0, 1);        /* and E there; D counts at home */
	assert_string_equal(text(json_array_get(list, 0), "name"), "第一支部");
	list = json_object_get(t, "persons");
	assert_int_equal(json_array_size(list), 5);
	assert_string_equal(text(json_array_get(list, 1), "state"), "leave");
	assert_string_equal(text(json_array_get(list, 2), "state"), "absent");
	assert_string_equal(text(json_array_get(list, 2), "leave"), "refused");
	assert_int_equal(number(json_array_get(list, 3), "site"), 10);
	assert_string_equal(text(json_array_get(list, 4), "state"), "visitor");
	assert_null(json_object_get(json_array_get(list, 0), "site"));
}

static void what_happened(void **state)
{
	struct world *w = *state;
	const json_t *t, *facts, *ask;

	hold(w);
	assert_int_equal(write_all(w, persons, ARRAY_LEN(persons)), 0);
	t = json_object_get(json_array_get(w->rows, 0), "text");
	facts = json_object_get(t, "facts");
	assert_string_equal(text(facts, "title"), "专题党课");
	assert_string_equal(text(facts, "org_name"), "城关镇党委");
	assert_int_equal(number(facts, "checks"), 1);
	assert_int_equal(number(facts, "taught_s"), 6 * 60);
	assert_int_equal(json_array_size(json_object_get(t, "agenda")), 2);
	assert_int_equal(json_array_size(json_object_get(t, "asks")), 1);
	ask = json_array_get(json_object_get(t, "asks"), 0);
	assert_string_equal(text(ask, "prompt"), "同意吗");
	assert_int_equal(number(json_array_get(json_object_get(ask, "options"), 0), "votes"), 1);
	assert_int_equal(number(ask, "answered"), 1);
	assert_int_equal(json_array_size(json_object_get(t, "speakers")), 1);
	assert_int_equal(json_array_size(json_object_get(t, "gaps")), 1);
}

/* The same from the same: what is written again after a kill is what it would have been. */
static void it_is_a_function(void **state)
{
	struct world *w = *state;

	hold(w);
	assert_int_equal(write_all(w, persons, ARRAY_LEN(persons)), 0);
	assert_int_equal(write_all(w, persons, ARRAY_LEN(persons)), 0);
	assert_true(json_equal(json_array_get(w->rows, 0), json_array_get(w->rows, 1)));
}

static void many_persons_take_several_rows(void **state)
{
	enum { N = 3000 };
	static struct minutes_person list[N];
	static char ids[N][PERSON_ID_BYTES];
	struct world *w = *state;
	size_t n = 0, i;
	const json_t *row;

	hold(w);
	for (i = 0; i < N; i++) {
		snprintf(ids[i], sizeof(ids[i]), "%016zx", i + 1);
		list[i] = (struct minutes_person){ ids[i], 10, 10, 1 };
	}
	assert_int_equal(write_all(w, list, N), 0);
	assert_true(json_array_size(w->rows) > 2);
	json_array_foreach(w->rows, i, row) {
		n += json_array_size(json_object_get(json_object_get(row, "text"), "persons"));
		assert_int_equal(json_is_true(json_object_get(row, "last")), i + 1 == json_array_size(w->rows));
	}
	assert_int_equal(n, N);
}

static void no_memory(void **state)
{
	struct world *w = *state;
	int64_t live;
	int r = -ENOMEM;

	hold(w);
	live = mem_live();
	for (uint64_t nth = 1; r == -ENOMEM; nth++) {
		mem_fail_at(nth);
		r = write_all(w, persons, ARRAY_LEN(persons));
		mem_fail_at(0);
		assert_int_equal(mem_live(), live);
	}
	assert_int_equal(r, 0);
}

static void they_wait_for_ballots(void **state)
{
	struct world *w = *state;

	hold(w);
	assert_true(minutes_can_be(w->asks));
	give(w, EVENT_ASK_OPENED, "{\"ask\":3,\"kind\":\"ballot\",\"audience\":\"persons\",\"prompt\":\"选举\",\"options\":[\"甲\",\"乙\"],\"deadline_ms\":9000000}");
	assert_false(minutes_can_be(w->asks));
	give(w, EVENT_ASK_CLOSED, "{\"ask\":3,\"by\":\"person\"}");
	assert_false(minutes_can_be(w->asks));
	give(w, EVENT_BALLOT_COUNTED, "{\"ask\":3,\"votes\":[5,0],\"voters\":5,\"unanimous\":true}");
	assert_true(minutes_can_be(w->asks));
}

/* ---- versions in the class ---- */

static int try(struct world *w, enum event_kind kind, const char *payload)
{
	struct event ev = { .kind = kind, .room = "class-17", .seat = "", .actor = "", .payload = payload, .wall_us = w->now_us };

	return class_apply(w->class, &ev);
}

static void versions_follow_each_other(void **state)
{
	struct world *w = *state;

	assert_int_equal(try(w, EVENT_MINUTES_WRITTEN, "{\"version\":1,\"last\":true,\"text\":{}}"), -EBADMSG);     /* not before the close */
	hold(w);
	give(w, EVENT_MINUTES_WRITTEN, "{\"version\":1,\"last\":false,\"text\":{}}");
	assert_int_equal(class_minutes(w->class), 0);
	give(w, EVENT_MINUTES_WRITTEN, "{\"version\":1,\"last\":true,\"text\":{}}");
	assert_int_equal(class_minutes(w->class), 1);
	assert_int_equal(try(w, EVENT_MINUTES_WRITTEN, "{\"version\":1,\"last\":true,\"text\":{}}"), -EBADMSG);
	assert_int_equal(try(w, EVENT_MINUTES_WRITTEN, "{\"version\":3,\"last\":true,\"text\":{}}"), -EBADMSG);
	give(w, EVENT_MINUTES_WRITTEN, "{\"version\":2,\"last\":true,\"text\":{}}");
	assert_int_equal(try(w, EVENT_MINUTES_SEALED, "{\"version\":1,\"hash\":\"\"}"), -EBADMSG);
	give(w, EVENT_MINUTES_SEALED, "{\"version\":2,\"hash\":\"\"}");
	assert_int_equal(class_state(w->class), CLASS_SEALED);
	assert_int_equal(try(w, EVENT_MINUTES_WRITTEN, "{\"version\":3,\"last\":true,\"text\":{}}"), -EBADMSG);
}

/* ---- edits ---- */

static enum class_fault check(const char *json, const char **ret_field)
{
	json_t *edit = json_loads(json, 0, NULL);
	enum class_fault fault;

	assert_non_null(edit);
	fault = minutes_edit_check(edit, 2, ret_field);
	json_decref(edit);
	return fault;
}

static void what_may_be_written(void **state)
{
	static const struct { const char *json, *field; } bad[] = {
		{ "{\"place\":7}", "place" }, { "{\"place\":\"a\\nb\"}", "place" }, { "{\"notes\":[\"\",\"\",\"one too many\"]}", "notes" }, { "{\"notes\":\"x\"}", "notes" },
		{ "{\"speeches\":[{\"speaker\":\"甲\"}]}", "speeches" }, { "{\"speeches\":[{\"speaker\":\"甲\",\"text\":\"\",\"more\":1}]}", "speeches" },
		{ "{\"conclusion\":\"\\u0007\"}", "conclusion" }, { "{\"conclusion\":null}", "conclusion" },
	};
	const char *field = "";

	(void)state;
	assert_int_equal(check("{}", &field), CLASS_FINE);
	assert_int_equal(check("{\"place\":\"二楼会议室\",\"recorder\":\"李四\",\"notes\":[\"一\\n二\",\"\"],\"speeches\":[{\"speaker\":\"王五\",\"text\":\"同意。\"}],\"conclusion\":\"通过。\"}", &field), CLASS_FINE);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(check(bad[i].json, &field), CLASS_FAULT_TEXT);
		assert_string_equal(field, bad[i].field);
	}
	assert_int_equal(check("{\"facts\":{}}", &field), CLASS_FAULT_TEXT);
	assert_null(field);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_was_there, setup, teardown),
		cmocka_unit_test_setup_teardown(what_happened, setup, teardown),
		cmocka_unit_test_setup_teardown(it_is_a_function, setup, teardown),
		cmocka_unit_test_setup_teardown(many_persons_take_several_rows, setup, teardown),
		cmocka_unit_test_setup_teardown(no_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(they_wait_for_ballots, setup, teardown),
		cmocka_unit_test_setup_teardown(versions_follow_each_other, setup, teardown),
		cmocka_unit_test(what_may_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
