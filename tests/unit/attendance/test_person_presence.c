/* Presence of persons: the named cases of docs/class.md. The generated ones are in tests/oracle. */
#include "tests/unit/leaves_nothing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/person_presence.h"

#define S 1000000LL
#define WALL0 (1790000000 * S)
#define BOOT0 (5000 * S)
#define BOOT "11111111-1111-1111-1111-111111111111"
#define ROOM "class-7"
#define P1 "0000000000000001"
#define P2 "0000000000000002"

#define JOIN(site) "{\"name\":\"甲\",\"role\":\"participant\",\"kind\":\"browser\",\"site\":" #site "}"
#define OWN_SEAT(person) "{\"person\":\"" person "\"}"
#define IN(person, site) "{\"person\":\"" person "\",\"site\":" #site ",\"grade\":\"qr\",\"by\":\"person\"}"
#define IN_AS(person, site, grade) "{\"person\":\"" person "\",\"site\":" #site ",\"grade\":\"" grade "\",\"by\":\"seat\"}"
#define OUT(person, site) "{\"person\":\"" person "\",\"site\":" #site ",\"by\":\"person\"}"
#define CHECK(ask) "{\"ask\":" #ask ",\"kind\":\"check\"}"
#define ANSWER(ask, person) "{\"ask\":" #ask ",\"person\":\"" person "\",\"site\":1,\"choice\":[0],\"grade\":\"qr\",\"by\":\"person\"}"
#define ASK(ask) "{\"ask\":" #ask ",\"by\":\"server\"}"

struct line {
	double at_s;
	enum event_kind kind;
	const char *seat, *payload;
};

struct story {
	const struct line *lines;
	size_t n;
};

static void add(struct person_presence *p, const struct line *l, const char *room)
{
	struct event ev = {
		.kind = l->kind, .room = room, .seat = l->seat ? l->seat : "", .actor = "", .payload = l->payload ? l->payload : "{}",
		.wall_us = WALL0 + (int64_t)(l->at_s * S), .boot_us = BOOT0 + (int64_t)(l->at_s * S),
	};

	assert_int_equal(person_presence_add(p, &ev, BOOT), 0);
}

/* The lines, with the seats a (site 1), b (site 2) and c alive each 10 s between them, but not before a start of the server. */
static struct person_presence *told(struct story s)
{
	struct person_presence *p = NULL;
	double alive_s = 10;

	assert_int_equal(person_presence_create(&p, ROOM), 0);
	add(p, &(struct line){ 0, EVENT_ROOM_OPENED }, ROOM);
	add(p, &(struct line){ 0, EVENT_SEAT_JOINED, "a", JOIN(1) }, ROOM);
	add(p, &(struct line){ 0, EVENT_SEAT_JOINED, "b", JOIN(2) }, ROOM);
	for (size_t i = 0; i < s.n; i++) {
		bool started = s.lines[i].kind == EVENT_SERVER_STARTED;

		for (; !started && alive_s < s.lines[i].at_s; alive_s += 10)
			add(p, &(struct line){ alive_s, EVENT_SEATS_ALIVE, NULL, "{\"seats\":[\"a\",\"b\",\"c\"]}" }, ROOM);
		while (started && alive_s < s.lines[i].at_s)
			alive_s += 10;
		add(p, &s.lines[i], started ? "" : ROOM);
	}
	return p;
}

#define TOLD(lines) told((struct story){ lines, ARRAY_LEN(lines) })

static const struct present_person *persons(struct person_presence *p, size_t n)
{
	const struct present_person *list;
	size_t got;

	assert_int_equal(person_presence_persons(p, NULL, NULL, &list, &got), 0);
	assert_int_equal(got, n);
	return list;
}

static int64_t only_seconds(struct person_presence *p)
{
	return persons(p, 1)->present_s;
}

/* ---- spans ---- */

static void from_sign_in_to_sign_out_within_the_window(void **state)
{
	static const struct line lines[] = {
		{ 50, EVENT_PERSON_SIGNED_IN, NULL, IN(P1, 1) }, { 100, EVENT_CLASS_OPENED }, { 400, EVENT_PERSON_SIGNED_OUT, NULL, OUT(P1, 1) },
		{ 500, EVENT_PERSON_SIGNED_IN, NULL, IN(P1, 1) }, { 700, EVENT_CLASS_CLOSED },
	};
	struct person_presence *p = TOLD(lines);
	const struct present_person *one = persons(p, 1);
	struct class_window w;

	(void)state;
	assert_int_equal(one->present_s, 500);
	assert_int_equal(one->spans.n, 2);
	assert_int_equal(one->grade, GRADE_QR);
	assert_int_equal(one->site, 1);
	assert_int_equal(one->n_sign_ins, 2);
	assert_int_equal(one->sign_ins[0].at_us, WALL0 + 50 * S);
	assert_int_equal(person_presence_window(p, &w), 0);
	assert_int_equal(w.seconds, 600);
	assert_int_equal(w.opened_us, WALL0 + 100 * S);
	assert_int_equal(w.closed_us, WALL0 + 700 * S);
	person_presence_destroy(p);
}

static void a_sign_in_elsewhere_ends_the_one_before(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_CLASS_OPENED }, { 100, EVENT_PERSON_SIGNED_IN, NULL, IN(P1, 1) }, { 300, EVENT_PERSON_SIGNED_IN, NULL, IN(P1, 2) },
		/* Of where it is no longer: nothing. */
		{ 320, EVENT_PERSON_SIGNED_OUT, NULL, OUT(P1, 1) }, { 350, EVENT_SEAT_LEFT, "b", "{\"reason\":\"left\"}" },
		{ 700, EVENT_CLASS_CLOSED },
	};
	struct person_presence *p = TOLD(lines);

	(void)state;
	assert_int_equal(only_seconds(p), 250);
	assert_int_equal(persons(p, 1)->site, 1);
	person_presence_destroy(p);
}

static void signing_in_again_at_the_site_is_a_proof_and_no_new_span(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_CLASS_OPENED }, { 100, EVENT_PERSON_SIGNED_IN, NULL, IN_AS(P1, 1, "typed") },
		{ 200, EVENT_PERSON_SIGNED_IN, NULL, IN_AS(P1, 1, "own") }, { 300, EVENT_PERSON_SIGNED_IN, NULL, IN_AS(P1, 1, "delegate") },
		{ 400, EVENT_CLASS_CLOSED },
	};
	struct person_presence *p = TOLD(lines);

	(void)state;
	assert_int_equal(only_seconds(p), 300);
	assert_int_equal(persons(p, 1)->spans.n, 1);
	assert_int_equal(persons(p, 1)->grade, GRADE_OWN);
	person_presence_destroy(p);
}

static void without_its_site_nobody_is_present(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_CLASS_OPENED }, { 0, EVENT_PERSON_SIGNED_IN, NULL, IN(P1, 1) }, { 0, EVENT_PERSON_SIGNED_IN, NULL, IN(P2, 9) },
		{ 100, EVENT_SEAT_LEFT, "a", "{\"reason\":\"left\"}" }, { 160, EVENT_SEAT_JOINED, "a", JOIN(1) }, { 300, EVENT_CLASS_CLOSED },
	};
	struct person_presence *p = TOLD(lines);
	const struct present_person *list = persons(p, 2);

	(void)state;
	assert_int_equal(list[0].present_s, 240);
	assert_int_equal(list[1].present_s, 0);
	assert_int_equal(list[1].site, 0);
	assert_int_equal(list[1].grade, GRADE_QR);
	person_presence_destroy(p);
}

static void pauses_are_not_taught(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_CLASS_OPENED }, { 0, EVENT_PERSON_SIGNED_IN, NULL, IN(P1, 1) }, { 100, EVENT_CLASS_PAUSED }, { 110, EVENT_CLASS_PAUSED },
		{ 200, EVENT_CLASS_RESUMED }, { 210, EVENT_CLASS_RESUMED }, { 300, EVENT_CLASS_PAUSED }, { 500, EVENT_CLASS_CLOSED },
		/* After the close nothing counts. */
		{ 510, EVENT_CLASS_RESUMED }, { 520, EVENT_CLASS_OPENED }, { 600, EVENT_CLASS_CLOSED },
	};
	struct person_presence *p = TOLD(lines);
	struct class_window w;

	(void)state;
	assert_int_equal(only_seconds(p), 200);
	assert_int_equal(person_presence_window(p, &w), 0);
	assert_int_equal(w.seconds, 200);
	assert_int_equal(w.spans.n, 2);
	assert_int_equal(w.closed_us, WALL0 + 500 * S);
	person_presence_destroy(p);
}

static void an_own_seat_and_a_site_together_count_once(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_CLASS_OPENED }, { 0, EVENT_PERSON_SIGNED_IN, NULL, IN(P1, 1) }, { 100, EVENT_SEAT_JOINED, "c", OWN_SEAT(P1) },
		{ 200, EVENT_PERSON_SIGNED_OUT, NULL, OUT(P1, 1) }, { 300, EVENT_SEAT_LEFT, "c", "{\"reason\":\"left\"}" }, { 400, EVENT_CLASS_CLOSED },
	};
	struct person_presence *p = TOLD(lines);

	(void)state;
	assert_int_equal(only_seconds(p), 300);
	assert_int_equal(persons(p, 1)->spans.n, 1);
	person_presence_destroy(p);
}

static void while_it_goes_on_it_counts_to_the_last_row(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_CLASS_OPENED }, { 0, EVENT_PERSON_SIGNED_IN, NULL, IN(P1, 1) }, { 100, EVENT_SEATS_ALIVE, NULL, "{\"seats\":[\"a\"]}" },
	};
	struct person_presence *p = TOLD(lines);
	struct class_window w;

	(void)state;
	assert_int_equal(only_seconds(p), 100);
	assert_int_equal(person_presence_window(p, &w), 0);
	assert_int_equal(w.closed_us, 0);
	assert_int_equal(w.seconds, 100);
	person_presence_destroy(p);
}

static void the_end_of_the_room_closes_too(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_CLASS_OPENED }, { 0, EVENT_PERSON_SIGNED_IN, NULL, IN(P1, 1) }, { 98.5, EVENT_ROOM_ENDED },
	};
	struct person_presence *p = TOLD(lines);

	(void)state;
	assert_int_equal(only_seconds(p), 98);
	person_presence_destroy(p);
}

/* ---- gaps ---- */

static void a_stopped_server_is_a_gap_and_no_presence(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_CLASS_OPENED }, { 0, EVENT_PERSON_SIGNED_IN, NULL, IN(P1, 1) }, { 95, EVENT_CHAT }, { 195.5, EVENT_SERVER_STARTED },
		{ 200, EVENT_SEAT_RETURNED, "a" }, { 300, EVENT_CLASS_CLOSED },
	};
	struct person_presence *p = TOLD(lines);
	struct class_window w;

	(void)state;
	assert_int_equal(only_seconds(p), 90 + 100);
	assert_int_equal(persons(p, 1)->gap_s, 101);    /* 100.5, rounded up */
	assert_int_equal(person_presence_window(p, &w), 0);
	assert_int_equal(w.gap_s, 101);
	person_presence_destroy(p);
}

static void a_gap_that_is_bridged_is_presence(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_CLASS_OPENED }, { 0, EVENT_PERSON_SIGNED_IN, NULL, IN(P1, 1) }, { 0, EVENT_PERSON_SIGNED_IN, NULL, IN(P2, 9) },
		{ 95, EVENT_CHAT }, { 110, EVENT_SERVER_STARTED }, { 115, EVENT_SEAT_RETURNED, "a" }, { 200, EVENT_CLASS_CLOSED },
	};
	struct person_presence *p = TOLD(lines);
	const struct present_person *list = persons(p, 2);

	(void)state;
	assert_int_equal(list[0].present_s, 200);
	assert_int_equal(list[0].gap_s, 0);
	assert_int_equal(list[1].gap_s, 15);
	person_presence_destroy(p);
}

/* ---- checks ---- */

static void a_missed_check_leaves_the_time_around_it_unproved(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_CLASS_OPENED }, { 100, EVENT_PERSON_SIGNED_IN, NULL, IN(P1, 1) }, { 200, EVENT_ASK_OPENED, NULL, CHECK(1) },
		{ 210, EVENT_ASK_ANSWERED, NULL, ANSWER(1, P1) }, { 230, EVENT_ASK_CLOSED, NULL, ASK(1) }, { 300, EVENT_ASK_OPENED, NULL, CHECK(2) },
		{ 330, EVENT_ASK_CLOSED, NULL, ASK(2) }, { 340, EVENT_ASK_ANSWERED, NULL, ANSWER(2, P1) }, { 400, EVENT_ASK_OPENED, NULL, CHECK(3) },
		{ 405, EVENT_ASK_ANSWERED, NULL, ANSWER(3, P1) }, { 430, EVENT_ASK_CLOSED, NULL, ASK(3) }, { 500, EVENT_ASK_OPENED, NULL, CHECK(4) },
		{ 530, EVENT_ASK_CLOSED, NULL, ASK(4) }, { 600, EVENT_CLASS_CLOSED },
	};
	struct person_presence *p = TOLD(lines);
	const struct present_person *one = persons(p, 1);

	(void)state;
	assert_int_equal(one->present_s, 500);          /* it takes nothing away */
	assert_int_equal(one->sent, 4);
	assert_int_equal(one->met, 2);
	assert_int_equal(one->unproved_s, 195 + 195);   /* 210 to 405, 405 to the close */
	assert_int_equal(one->unproved.n, 1);
	person_presence_destroy(p);
}

static void a_check_goes_to_who_is_there(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_PERSON_SIGNED_IN, NULL, IN(P1, 1) }, { 5, EVENT_ASK_OPENED, NULL, CHECK(1) },       /* before the class: no check */
		{ 6, EVENT_ASK_CLOSED, NULL, ASK(1) }, { 10, EVENT_CLASS_OPENED },
		{ 20, EVENT_ASK_OPENED, NULL, "{\"ask\":2,\"kind\":\"check\",\"sites\":[2]}" }, { 50, EVENT_ASK_CLOSED, NULL, ASK(2) },
		{ 60, EVENT_ASK_OPENED, NULL, "{\"ask\":3,\"kind\":\"poll\"}" }, { 70, EVENT_ASK_CLOSED, NULL, ASK(3) },
		{ 80, EVENT_ASK_OPENED, NULL, CHECK(4) }, { 81, EVENT_PERSON_SIGNED_IN, NULL, IN(P2, 2) }, { 82, EVENT_ASK_ANSWERED, NULL, ANSWER(4, P2) },
		{ 83, EVENT_SEAT_JOINED, "c", OWN_SEAT("0000000000000003") }, { 110, EVENT_ASK_CLOSED, NULL, ASK(4) },
		{ 120, EVENT_ASK_OPENED, NULL, CHECK(5) }, { 121, EVENT_ASK_ANSWERED, NULL, ANSWER(5, "0000000000000003") }, { 150, EVENT_ASK_CLOSED, NULL, ASK(5) },
		{ 200, EVENT_CLASS_CLOSED },
	};
	struct person_presence *p = TOLD(lines);
	const struct present_person *list = persons(p, 3);

	(void)state;
	assert_int_equal(list[0].sent, 2);
	assert_int_equal(list[0].met, 0);
	assert_int_equal(list[1].sent, 1);
	assert_int_equal(list[2].sent, 1);
	assert_int_equal(list[2].met, 1);
	assert_int_equal(list[2].grade, GRADE_OWN);
	person_presence_destroy(p);
}

static void a_check_that_the_system_spoiled_is_none(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_CLASS_OPENED }, { 0, EVENT_PERSON_SIGNED_IN, NULL, IN(P1, 1) }, { 0, EVENT_PERSON_SIGNED_IN, NULL, IN(P2, 1) },
		{ 100, EVENT_ASK_OPENED, NULL, CHECK(1) }, { 101, EVENT_ASK_ANSWERED, NULL, ANSWER(1, P1) }, { 115, EVENT_SERVER_STARTED },
		{ 130, EVENT_ASK_CLOSED, NULL, ASK(1) }, { 190, EVENT_ASK_OPENED, NULL, CHECK(2) }, { 200, EVENT_CLASS_CLOSED },
	};
	struct person_presence *p = TOLD(lines);
	const struct present_person *list = persons(p, 2);

	(void)state;
	assert_int_equal(list[0].sent, 1);
	assert_int_equal(list[0].met, 1);
	assert_int_equal(list[1].sent, 0);
	assert_int_equal(list[1].unproved_s, 0);
	person_presence_destroy(p);
}

/* ---- twins ---- */

static const char *all_the_first(void *user, const char *id)
{
	(void)user;
	return strcmp(id, P2) == 0 ? P1 : id;
}

static void twins_count_as_one(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_CLASS_OPENED }, { 0, EVENT_PERSON_SIGNED_IN, NULL, IN(P1, 1) }, { 50, EVENT_PERSON_SIGNED_IN, NULL, IN_AS(P2, 2, "own") },
		{ 60, EVENT_ASK_OPENED, NULL, CHECK(1) }, { 61, EVENT_ASK_ANSWERED, NULL, ANSWER(1, P2) }, { 90, EVENT_ASK_CLOSED, NULL, ASK(1) },
		{ 100, EVENT_PERSON_SIGNED_OUT, NULL, OUT(P1, 1) }, { 200, EVENT_CLASS_CLOSED },
	};
	struct person_presence *p = TOLD(lines);
	const struct present_person *list;
	size_t n;

	(void)state;
	assert_int_equal(persons(p, 2)[1].present_s, 150);
	assert_int_equal(person_presence_persons(p, all_the_first, NULL, &list, &n), 0);
	assert_int_equal(n, 1);
	assert_string_equal(list->id, P1);
	assert_int_equal(list->present_s, 200);
	assert_int_equal(list->sent, 1);
	assert_int_equal(list->met, 1);
	assert_int_equal(list->grade, GRADE_OWN);
	assert_int_equal(list->site, 2);
	assert_int_equal(list->n_sign_ins, 2);
	person_presence_destroy(p);
}

/* ---- what is not as it should be ---- */

static const char *const payloads[] = {
	"", "{}", "[]", "null", "{\"person\":5,\"site\":\"1\"}", "{\"person\":\"\",\"site\":1,\"ask\":1}", "{\"person\":\"" P1 "\",\"site\":-1,\"ask\":-1}",
	"{\"person\":\"00000000000000000000000000000000000000000000000000\",\"site\":1}", IN(P1, 1), IN_AS(P2, 2, "other"), OUT(P1, 1), CHECK(1),
	"{\"ask\":2,\"kind\":\"check\",\"sites\":[1,null,\"x\"]}", "{\"ask\":3,\"kind\":\"check\",\"sites\":7}", ANSWER(1, P1), ASK(1), JOIN(1),
	OWN_SEAT(P1), "{\"seats\":[\"a\",\"b\",1]}", "{\"reason\":\"left\"}",
};

static void add_random(struct person_presence *p)
{
	static const enum event_kind kinds[] = {
		EVENT_SERVER_STARTED, EVENT_ROOM_OPENED, EVENT_ROOM_ENDED, EVENT_SEAT_JOINED, EVENT_SEAT_AWAY, EVENT_SEAT_RETURNED, EVENT_SEAT_LEFT,
		EVENT_SEATS_ALIVE, EVENT_SEAT_REMOVED, EVENT_CLASS_OPENED, EVENT_CLASS_PAUSED, EVENT_CLASS_RESUMED, EVENT_CLASS_CLOSED,
		EVENT_PERSON_SIGNED_IN, EVENT_PERSON_SIGNED_OUT, EVENT_ASK_OPENED, EVENT_ASK_ANSWERED, EVENT_ASK_CLOSED, EVENT_RESULT,
	};
	static const char *const seats[] = { "", "a", "b", "c" };
	struct event ev = {
		.kind = kinds[(size_t)rand() % ARRAY_LEN(kinds)], .room = rand() % 8 ? ROOM : "", .seat = seats[rand() % 4], .actor = "",
		.payload = payloads[(size_t)rand() % ARRAY_LEN(payloads)], .wall_us = WALL0 + rand() % 1000 * S, .boot_us = BOOT0 + rand() % 1000 * S,
	};

	/* The close makes an end of it: rarely, so that there is something before. */
	if ((ev.kind == EVENT_CLASS_CLOSED || ev.kind == EVENT_ROOM_ENDED) && rand() % 8)
		return;
	assert_int_equal(person_presence_add(p, &ev, rand() % 10 ? BOOT : "2"), 0);
}

static void check_sound(const struct present_person *one, const struct class_window *w)
{
	assert_in_range(one->present_s, 0, w->seconds);
	assert_in_range(one->unproved_s, 0, one->present_s);
	assert_in_range(one->gap_s, 0, w->gap_s);
	assert_true(one->present_s <= w->seconds - one->gap_s + 1);
	assert_true(one->met <= one->sent);
}

static void no_rows_in_no_order_break_it(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 500; seed++) {
		struct person_presence *p = NULL;
		const struct present_person *list;
		struct class_window w;
		size_t n;

		srand(seed);
		assert_int_equal(person_presence_create(&p, ROOM), 0);
		add(p, &(struct line){ 0, EVENT_ROOM_OPENED }, ROOM);
		for (int i = 0; i < 200; i++)
			add_random(p);
		assert_int_equal(person_presence_window(p, &w), 0);
		assert_int_equal(person_presence_persons(p, all_the_first, NULL, &list, &n), 0);
		for (size_t i = 0; i < n; i++)
			check_sound(&list[i], &w);
		person_presence_destroy(p);
	}
}

static int tell_with_failures(void)
{
	struct person_presence *p = NULL;
	const struct present_person *list;
	struct class_window w;
	size_t n;
	int r = person_presence_create(&p, ROOM);

	for (int i = 0; r == 0 && i < 60; i++) {
		struct event ev = { .kind = i % 3 ? EVENT_PERSON_SIGNED_IN : EVENT_SEAT_JOINED, .room = ROOM, .seat = "a", .actor = "" };

		ev.kind = i == 0 ? EVENT_ROOM_OPENED : i == 1 ? EVENT_CLASS_OPENED : i % 7 == 6 ? EVENT_ASK_OPENED : ev.kind;
		ev.payload = i % 7 == 6 ? "{\"ask\":1,\"kind\":\"check\"}" : i % 2 ? IN(P1, 1) : IN(P2, 2);
		ev.wall_us = ev.boot_us = i * S;
		r = person_presence_add(p, &ev, BOOT);
	}
	if (r == 0)
		r = person_presence_window(p, &w);
	if (r == 0)
		r = person_presence_persons(p, all_the_first, NULL, &list, &n);
	person_presence_destroy(p);
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
		assert_true(r == 0 || r == -ENOMEM);
		assert_true(n < 10000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(from_sign_in_to_sign_out_within_the_window),
		LEAVES_NOTHING(a_sign_in_elsewhere_ends_the_one_before),
		LEAVES_NOTHING(signing_in_again_at_the_site_is_a_proof_and_no_new_span),
		LEAVES_NOTHING(without_its_site_nobody_is_present),
		LEAVES_NOTHING(pauses_are_not_taught),
		LEAVES_NOTHING(an_own_seat_and_a_site_together_count_once),
		LEAVES_NOTHING(while_it_goes_on_it_counts_to_the_last_row),
		LEAVES_NOTHING(the_end_of_the_room_closes_too),
		LEAVES_NOTHING(a_stopped_server_is_a_gap_and_no_presence),
		LEAVES_NOTHING(a_gap_that_is_bridged_is_presence),
		LEAVES_NOTHING(a_missed_check_leaves_the_time_around_it_unproved),
		LEAVES_NOTHING(a_check_goes_to_who_is_there),
		LEAVES_NOTHING(a_check_that_the_system_spoiled_is_none),
		LEAVES_NOTHING(twins_count_as_one),
		LEAVES_NOTHING(no_rows_in_no_order_break_it),
		LEAVES_NOTHING(without_memory_it_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
