/*
 * Presence from events. The named cases are those in which others have counted nothing, twice, or for ever; the generated
 * ones are compared with an oracle that walks second by second, written from records.md and not from the code.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/interval.h"
#include "media/base/mem.h"

#define S 1000000LL
#define WALL0 (1790000000 * S)
#define BOOT0 (5000 * S)
#define BOOT "11111111-1111-1111-1111-111111111111"

struct line {
	int64_t at_s;
	enum event_kind kind;
	const char *seat;
	const char *payload;
};

#define JOIN "{\"name\":\"甲\",\"org\":\"乙\",\"role\":\"participant\",\"kind\":\"browser\"}"
#define ALIVE(id) "{\"seats\":[\"" id "\"]}"

static void add_at(struct presence *p, const struct line *l, int64_t wall_us, int64_t boot_us, const char *boot)
{
	struct event ev = {
		.kind = l->kind, .room = "r", .seat = l->seat ? l->seat : "", .actor = "",
		.payload = l->payload ? l->payload : "{}", .wall_us = wall_us, .boot_us = boot_us,
	};

	assert_int_equal(presence_add(p, &ev, boot), 0);
}

static void add(struct presence *p, const struct line *l)
{
	add_at(p, l, WALL0 + l->at_s * S, BOOT0 + l->at_s * S, BOOT);
}

static const struct seat_presence *only_seat(struct presence *p)
{
	const struct seat_presence *seats;
	size_t n;

	assert_int_equal(presence_seats(p, &seats, &n), 0);
	assert_int_equal(n, 1);
	return seats;
}

static struct presence *presence_of(const struct line *lines, size_t n)
{
	struct presence *p = NULL;

	assert_int_equal(presence_create(&p), 0);
	for (size_t i = 0; i < n; i++)
		add(p, &lines[i]);
	return p;
}

struct expected {
	int64_t seconds, last_s;
	uint32_t reconnects;
	bool open;
	size_t spans;
};

static void expect(const struct line *lines, size_t n, struct expected e)
{
	struct presence *p = presence_of(lines, n);
	const struct seat_presence *s = only_seat(p);

	assert_int_equal(s->seconds, e.seconds);
	assert_int_equal(s->reconnects, e.reconnects);
	assert_int_equal(s->open, e.open);
	assert_int_equal(s->n_spans, e.spans);
	assert_int_equal((s->last_proof_us - WALL0) / S, e.last_s);
	presence_destroy(p);
}

#define EXPECT(lines, ...) expect(lines, ARRAY_LEN(lines), (struct expected){ __VA_ARGS__ })

static void join_and_leave(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_ROOM_OPENED }, { 10, EVENT_SEAT_JOINED, "a", JOIN }, { 20, EVENT_SEATS_ALIVE, NULL, ALIVE("a") },
		{ 30, EVENT_SEATS_ALIVE, NULL, ALIVE("a") }, { 35, EVENT_SEAT_LEFT, "a", "{\"reason\":\"left\"}" },
		{ 40, EVENT_SEATS_ALIVE, NULL, ALIVE("a") },    /* a proof that was late: it has left */
	};
	struct presence *p = presence_of(lines, ARRAY_LEN(lines));
	const struct seat_presence *s = only_seat(p);

	(void)state;
	EXPECT(lines, .seconds = 25, .last_s = 35, .spans = 1);
	assert_string_equal(s->name, "甲");
	assert_string_equal(s->org, "乙");
	assert_string_equal(s->role, "participant");
	assert_string_equal(s->kind, "browser");
	assert_int_equal(s->first_join_us, WALL0 + 10 * S);
	assert_int_equal(presence_window(p).from_us, WALL0);
	assert_int_equal(presence_window(p).to_us, 0);
	presence_destroy(p);
}

static void a_hole_over_30_s_splits_and_one_of_30_does_not(void **state)
{
	static const struct line at_30[] = {
		{ 0, EVENT_SEAT_JOINED, "a", JOIN }, { 30, EVENT_SEATS_ALIVE, NULL, ALIVE("a") }, { 60, EVENT_SEATS_ALIVE, NULL, ALIVE("a") },
	};
	static const struct line at_31[] = {
		{ 0, EVENT_SEAT_JOINED, "a", JOIN }, { 10, EVENT_SEATS_ALIVE, NULL, ALIVE("a") }, { 41, EVENT_SEATS_ALIVE, NULL, ALIVE("a") },
		{ 50, EVENT_SEATS_ALIVE, NULL, ALIVE("a") },
	};

	(void)state;
	EXPECT(at_30, .seconds = 60, .last_s = 60, .open = true, .spans = 1);
	EXPECT(at_31, .seconds = 19, .last_s = 50, .open = true, .spans = 2);
}

static void a_dropped_line_that_returns_is_one_presence(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_SEAT_JOINED, "a", JOIN }, { 10, EVENT_SEATS_ALIVE, NULL, ALIVE("a") }, { 12, EVENT_SEAT_AWAY, "a" },
		{ 30, EVENT_SEAT_RETURNED, "a" }, { 40, EVENT_SEAT_LEFT, "a", "{\"reason\":\"left\"}" },
	};

	(void)state;
	EXPECT(lines, .seconds = 40, .last_s = 40, .reconnects = 1, .spans = 1);
}

static void a_seat_that_is_lost_ends_at_its_last_proof(void **state)
{
	static const struct line lost[] = {
		{ 0, EVENT_SEAT_JOINED, "a", JOIN }, { 10, EVENT_SEATS_ALIVE, NULL, ALIVE("a") }, { 12, EVENT_SEAT_AWAY, "a" },
		{ 27, EVENT_SEAT_LEFT, "a", "{\"reason\":\"lost\"}" },
	};
	static const struct line removed_while_away[] = {
		{ 0, EVENT_SEAT_JOINED, "a", JOIN }, { 10, EVENT_SEATS_ALIVE, NULL, ALIVE("a") }, { 12, EVENT_SEAT_AWAY, "a" },
		{ 20, EVENT_SEAT_REMOVED, "a" }, { 20, EVENT_SEAT_LEFT, "a", "{\"reason\":\"removed\"}" },
	};
	static const struct line removed[] = {
		{ 0, EVENT_SEAT_JOINED, "a", JOIN }, { 10, EVENT_SEATS_ALIVE, NULL, ALIVE("a") },
		{ 14, EVENT_SEAT_REMOVED, "a" }, { 14, EVENT_SEAT_LEFT, "a", "{\"reason\":\"removed\"}" },
	};

	(void)state;
	EXPECT(lost, .seconds = 10, .last_s = 10, .spans = 1);
	EXPECT(removed_while_away, .seconds = 10, .last_s = 10, .spans = 1);
	EXPECT(removed, .seconds = 14, .last_s = 14, .spans = 1);
}

/* The media of a seat whose socket died may flow on: that is presence. */
static void media_prove_life_while_the_socket_is_away(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_SEAT_JOINED, "a", JOIN }, { 5, EVENT_SEAT_AWAY, "a" }, { 10, EVENT_SEATS_ALIVE, NULL, ALIVE("a") },
		{ 35, EVENT_SEATS_ALIVE, NULL, ALIVE("a") }, { 50, EVENT_SEAT_LEFT, "a", "{\"reason\":\"lost\"}" },
	};

	(void)state;
	EXPECT(lines, .seconds = 35, .last_s = 35, .spans = 1);
}

static void leaving_ends_at_once_and_coming_back_begins_anew(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_SEAT_JOINED, "a", JOIN }, { 10, EVENT_SEAT_LEFT, "a", "{\"reason\":\"left\"}" },
		{ 15, EVENT_SEAT_JOINED, "a", JOIN }, { 25, EVENT_SEAT_LEFT, "a", "{\"reason\":\"left\"}" },
	};

	(void)state;
	EXPECT(lines, .seconds = 20, .last_s = 25, .reconnects = 1, .spans = 2);
}

/* Two devices of one account are one seat: the old connection's end, before or after, takes nothing and adds nothing. */
static void a_second_device_counts_once(void **state)
{
	static const struct line early[] = {
		{ 0, EVENT_SEAT_JOINED, "a", JOIN }, { 10, EVENT_SEAT_LEFT, "a", "{\"reason\":\"taken_over\"}" },
		{ 10, EVENT_SEAT_JOINED, "a", JOIN }, { 20, EVENT_SEAT_LEFT, "a", "{\"reason\":\"left\"}" },
	};
	static const struct line late[] = {
		{ 0, EVENT_SEAT_JOINED, "a", JOIN }, { 10, EVENT_SEAT_JOINED, "a", JOIN },
		{ 12, EVENT_SEAT_LEFT, "a", "{\"reason\":\"taken_over\"}" }, { 20, EVENT_SEAT_LEFT, "a", "{\"reason\":\"left\"}" },
	};

	(void)state;
	EXPECT(early, .seconds = 20, .last_s = 20, .reconnects = 1, .spans = 1);
	EXPECT(late, .seconds = 20, .last_s = 20, .reconnects = 1, .spans = 1);
}

static void unequal_joins_and_leaves_do_no_harm(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_SEAT_LEFT, "a", "{\"reason\":\"left\"}" }, { 1, EVENT_SEAT_RETURNED, "a" }, { 2, EVENT_SEAT_AWAY, "a" },
		{ 10, EVENT_SEAT_JOINED, "a", JOIN }, { 12, EVENT_SEAT_JOINED, "a", JOIN }, { 20, EVENT_SEAT_LEFT, "a", "{\"reason\":\"left\"}" },
		{ 21, EVENT_SEAT_LEFT, "a", "{\"reason\":\"left\"}" }, { 22, EVENT_SEATS_ALIVE, NULL, "not json" },
		{ 23, EVENT_SEATS_ALIVE, NULL, "{\"seats\":[1,{},\"nobody\",\"a\"]}" }, { 24, EVENT_SEAT_JOINED, "a", "" },
	};

	(void)state;
	EXPECT(lines, .seconds = 10, .last_s = 24, .reconnects = 2, .open = true, .spans = 1);
}

static void the_end_of_the_room_ends_all(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_ROOM_OPENED }, { 10, EVENT_SEAT_JOINED, "a", JOIN }, { 20, EVENT_SEATS_ALIVE, NULL, ALIVE("a") },
		{ 25, EVENT_ROOM_ENDED }, { 26, EVENT_SEATS_ALIVE, NULL, ALIVE("a") }, { 27, EVENT_SEAT_LEFT, "a", "{\"reason\":\"ended\"}" },
		{ 28, EVENT_SEAT_JOINED, "b", JOIN },
	};
	struct presence *p = presence_of(lines, ARRAY_LEN(lines));

	(void)state;
	EXPECT(lines, .seconds = 15, .last_s = 25, .spans = 1);
	assert_int_equal(presence_window(p).to_us, WALL0 + 25 * S);
	presence_destroy(p);
}

/* A server was killed, everybody else came back, and an hour later the host ended the room. */
static void the_end_of_the_room_proves_nothing_of_who_was_lost_before(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_ROOM_OPENED }, { 0, EVENT_SEAT_JOINED, "a", JOIN }, { 10, EVENT_SEATS_ALIVE, NULL, ALIVE("a") },
		{ 3600, EVENT_ROOM_ENDED },
	};
	static const struct line stopped[] = {
		{ 0, EVENT_ROOM_OPENED }, { 0, EVENT_SEAT_JOINED, "a", JOIN }, { 10, EVENT_SEATS_ALIVE, NULL, ALIVE("a") },
		{ 3600, EVENT_SEAT_LEFT, "a", "{\"reason\":\"server\"}" },
	};

	(void)state;
	EXPECT(lines, .seconds = 10, .last_s = 10, .spans = 1);
	EXPECT(stopped, .seconds = 10, .last_s = 10, .spans = 1);
}

static void an_opening_after_the_end_begins_anew(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_ROOM_OPENED }, { 1, EVENT_SEAT_JOINED, "old", JOIN }, { 20, EVENT_ROOM_ENDED }, { 100, EVENT_ROOM_OPENED },
		{ 110, EVENT_SEAT_JOINED, "a", JOIN }, { 115, EVENT_ROOM_OPENED }, { 120, EVENT_SEATS_ALIVE, NULL, ALIVE("a") },
	};

	(void)state;
	EXPECT(lines, .seconds = 10, .last_s = 120, .open = true, .spans = 1);
}

static void a_killed_server_is_a_hole_of_its_length(void **state)
{
	static const struct line short_hole[] = {
		{ 0, EVENT_SEAT_JOINED, "a", JOIN }, { 10, EVENT_SEATS_ALIVE, NULL, ALIVE("a") }, { 18, EVENT_SEAT_RETURNED, "a" },
		{ 20, EVENT_SEATS_ALIVE, NULL, ALIVE("a") },
	};
	static const struct line long_hole[] = {
		{ 0, EVENT_SEAT_JOINED, "a", JOIN }, { 10, EVENT_SEATS_ALIVE, NULL, ALIVE("a") }, { 100, EVENT_SEAT_RETURNED, "a" },
		{ 105, EVENT_SEATS_ALIVE, NULL, ALIVE("a") },
	};

	(void)state;
	EXPECT(short_hole, .seconds = 20, .last_s = 20, .reconnects = 1, .open = true, .spans = 1);
	EXPECT(long_hole, .seconds = 15, .last_s = 105, .reconnects = 1, .open = true, .spans = 2);
}

static void steps_of_the_clock_change_nothing(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_SEAT_JOINED, "a", JOIN }, { 10, EVENT_SEATS_ALIVE, NULL, ALIVE("a") }, { 20, EVENT_SEATS_ALIVE, NULL, ALIVE("a") },
		{ 30, EVENT_SEAT_LEFT, "a", "{\"reason\":\"left\"}" },
	};
	static const int64_t steps_s[] = { 0, 86400, -86400, 7 };
	struct presence *p = NULL;

	(void)state;
	assert_int_equal(presence_create(&p), 0);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		add_at(p, &lines[i], WALL0 + (lines[i].at_s + steps_s[i]) * S, BOOT0 + lines[i].at_s * S, BOOT);
	assert_int_equal(only_seat(p)->seconds, 30);
	assert_int_equal(only_seat(p)->last_proof_us, WALL0 + 30 * S);
	presence_destroy(p);
}

static void a_reboot_is_placed_by_the_wall_but_never_backwards(void **state)
{
	static const struct line join = { 0, EVENT_SEAT_JOINED, "a", JOIN }, alive = { 0, EVENT_SEATS_ALIVE, NULL, ALIVE("a") };
	struct presence *p = NULL;

	(void)state;
	assert_int_equal(presence_create(&p), 0);
	add_at(p, &join, WALL0, BOOT0, "b1");
	add_at(p, &alive, WALL0 + 10 * S, BOOT0 + 10 * S, "b1");
	/* 15 s later by the wall, a new boot. */
	add_at(p, &alive, WALL0 + 25 * S, 9 * S, "b2");
	add_at(p, &alive, WALL0 + 30 * S, 14 * S, "b2");
	assert_int_equal(only_seat(p)->seconds, 30);
	/* A third boot whose clock is a year behind: it cannot take time away, nor add the year. */
	add_at(p, &alive, WALL0 - 31536000 * S, 8 * S, "b3");
	add_at(p, &alive, WALL0 - 31535990 * S, 18 * S, "b3");
	assert_int_equal(only_seat(p)->seconds, 40);
	assert_int_equal(only_seat(p)->n_spans, 1);
	presence_destroy(p);
}

static void seats_are_in_order_of_join_then_name(void **state)
{
	static const struct line lines[] = {
		{ 5, EVENT_SEAT_JOINED, "id3", "{\"name\":\"b\"}" }, { 5, EVENT_SEAT_JOINED, "id9", "{\"name\":\"a\"}" },
		{ 5, EVENT_SEAT_JOINED, "id1", "{\"name\":\"b\"}" }, { 6, EVENT_SEAT_JOINED, "id0", "{\"name\":\"a\"}" },
		{ 7, EVENT_SEAT_ROLE, "id0", "{\"role\":\"cohost\"}" },
	};
	struct presence *p = presence_of(lines, ARRAY_LEN(lines));
	const struct seat_presence *seats;
	size_t n;

	(void)state;
	assert_int_equal(presence_seats(p, &seats, &n), 0);
	assert_int_equal(n, 4);
	assert_string_equal(seats[0].seat, "id9");
	assert_string_equal(seats[1].seat, "id1");
	assert_string_equal(seats[2].seat, "id3");
	assert_string_equal(seats[3].seat, "id0");
	assert_string_equal(seats[3].role, "cohost");
	presence_destroy(p);
}

/* ---- the oracle ---- */

#define SEATS 3
#define SECONDS 400
#define EVENTS 400
#define BOOTS 4

/* An event as it truly happened: `at` in seconds of true time. */
struct truth {
	int at;
	enum event_kind kind;
	int seat;                       /* -1: of the room */
	unsigned alive;                 /* SEATS_ALIVE: bits */
	const char *reason;
	int boot;
};

struct session {
	struct truth events[EVENTS];
	size_t n;
	int boot_at[BOOTS];             /* true second at which each boot began to be seen */
};

static int below(int n)
{
	return rand() % n;
}

/* What a server would write, and now and then what none should. */
static void generate(struct session *s)
{
	static const char *const reasons[] = { "left", "lost", "removed", "ended", "server", "taken_over" };
	static const int gaps[] = { 0, 0, 1, 2, 5, 5, 5, 9, 10, 29, 30, 31, 45 };
	bool in[SEATS] = { false };
	int at = 0, boot = 0;

	memset(s, 0, sizeof(*s));
	s->events[s->n++] = (struct truth){ .at = 0, .kind = EVENT_ROOM_OPENED, .seat = -1 };
	while (s->n < EVENTS - 1) {
		struct truth t = { .seat = below(SEATS) };
		int dice = below(100);

		at += gaps[below((int)ARRAY_LEN(gaps))];
		if (at >= SECONDS)
			break;
		if (boot + 1 < BOOTS && below(60) == 0)
			s->boot_at[++boot] = at;
		t.at = at;
		t.boot = boot;
		if (dice < 55) {
			t.kind = EVENT_SEATS_ALIVE;
			for (int i = 0; i < SEATS; i++)
				t.alive |= (unsigned)((in[i] ? below(10) > 0 : below(30) == 0)) << i;
			t.seat = -1;
		} else if (dice < 70) {
			t.kind = EVENT_SEAT_JOINED;
			in[t.seat] = true;
		} else if (dice < 80) {
			t.kind = EVENT_SEAT_AWAY;
		} else if (dice < 89) {
			t.kind = EVENT_SEAT_RETURNED;
		} else if (dice < 97) {
			t.kind = EVENT_SEAT_LEFT;
			t.reason = reasons[below((int)ARRAY_LEN(reasons))];
			in[t.seat] = false;
		} else {
			t.kind = EVENT_SEAT_REMOVED;
			in[t.seat] = false;
		}
		s->events[s->n++] = t;
	}
	if (below(2))
		s->events[s->n++] = (struct truth){ .at = MIN(at, SECONDS - 1), .kind = EVENT_ROOM_ENDED, .seat = -1, .boot = boot };
}

/* Journal times: each boot has a zero of its own, and the wall steps after the boot's first event. */
static void feed(struct presence *p, const struct session *s)
{
	int64_t zero[BOOTS], step[BOOTS];
	bool seen[BOOTS] = { false };

	for (int i = 0; i < BOOTS; i++) {
		zero[i] = (1 + below(100000)) * S - s->boot_at[i] * S;
		step[i] = below(3) ? 0 : (below(20000) - 10000) * S;
	}
	for (size_t i = 0; i < s->n; i++) {
		const struct truth *t = &s->events[i];
		char seat[16] = "", payload[128] = "{}", boot[16];
		struct line l = { .kind = t->kind, .seat = seat, .payload = payload };

		snprintf(boot, sizeof(boot), "boot%d", t->boot);
		if (t->seat >= 0)
			snprintf(seat, sizeof(seat), "s%d", t->seat);
		if (t->kind == EVENT_SEATS_ALIVE)
			snprintf(payload, sizeof(payload), "{\"seats\":[\"%s\",\"%s\",\"%s\"]}", t->alive & 1 ? "s0" : "", t->alive & 2 ? "s1" : "",
			         t->alive & 4 ? "s2" : "");
		if (t->reason)
			snprintf(payload, sizeof(payload), "{\"reason\":\"%s\"}", t->reason);
		add_at(p, &l, WALL0 + t->at * S + (seen[t->boot] ? step[t->boot] : 0), zero[t->boot] + t->at * S, boot);
		seen[t->boot] = true;
	}
}

/* One proof of life, in one stay (from a join or return to the leave). */
struct proof {
	int at, stay;
};

struct verdict {
	bool known, open;
	int seconds, reconnects, first, last;
};

static struct verdict oracle(const struct session *s, int seat)
{
	struct proof proofs[EVENTS];
	struct verdict v = { 0 };
	size_t n = 0;
	int stay = 0;
	bool in = false, away = false;

	for (size_t i = 0; i < s->n; i++) {
		const struct truth *t = &s->events[i];
		bool own = t->seat == seat, proof = false, end = false, ended_by_itself = false;

		if (own && t->kind == EVENT_SEAT_JOINED) {
			if (v.known)
				v.reconnects++;
			else
				v.first = t->at;
			v.known = true;
		}
		if (own && t->kind == EVENT_SEAT_RETURNED && v.known)
			v.reconnects++;
		if (own && v.known && (t->kind == EVENT_SEAT_JOINED || t->kind == EVENT_SEAT_RETURNED)) {
			stay += !in;
			in = proof = true;
			away = false;
		}
		if (own && t->kind == EVENT_SEAT_AWAY)
			away = true;
		if (t->kind == EVENT_SEATS_ALIVE && (t->alive >> seat & 1))
			proof = true;
		if (own && t->kind == EVENT_SEAT_LEFT && strcmp(t->reason, "taken_over") != 0) {
			end = true;
			proof = !away && strcmp(t->reason, "lost") != 0;
			ended_by_itself = strcmp(t->reason, "left") == 0;
		}
		if ((own && t->kind == EVENT_SEAT_REMOVED) || t->kind == EVENT_ROOM_ENDED) {
			end = true;
			proof = !away;
		}
		/* What others end says nothing of a seat that was last seen long before. */
		if (end && !ended_by_itself && n > 0 && t->at - proofs[n - 1].at > 30)
			proof = false;
		if (in && proof)
			proofs[n++] = (struct proof){ t->at, stay };
		if (end)
			in = false;
	}
	/* A second counts when two neighbouring proofs of one stay, at most 30 s apart, stand around it. */
	for (int second = 0; second < SECONDS; second++)
		for (size_t k = 1; k < n; k++)
			if (proofs[k - 1].at <= second && second < proofs[k].at && proofs[k].stay == proofs[k - 1].stay &&
			    proofs[k].at - proofs[k - 1].at <= 30) {
				v.seconds++;
				break;
			}
	v.open = in;
	v.last = n ? proofs[n - 1].at : 0;
	return v;
}

static const struct seat_presence *seat_named(const struct seat_presence *seats, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(seats[i].seat, id) == 0)
			return &seats[i];
	return NULL;
}

static void check_spans(const struct seat_presence *p)
{
	int64_t sum = 0;

	for (size_t i = 0; i < p->n_spans; i++) {
		assert_true(p->spans[i].from_us < p->spans[i].to_us);
		if (i > 0)
			assert_true(p->spans[i - 1].to_us < p->spans[i].from_us);
		sum += p->spans[i].to_us - p->spans[i].from_us;
	}
	assert_int_equal(sum / S, p->seconds);
	assert_true(p->seconds * S <= p->last_proof_us - p->first_join_us);
}

static void compare(const struct session *s, const struct seat_presence *seats, size_t n)
{
	for (int i = 0; i < SEATS; i++) {
		char id[16];
		struct verdict v = oracle(s, i);
		const struct seat_presence *p;

		snprintf(id, sizeof(id), "s%d", i);
		p = seat_named(seats, n, id);
		assert_int_equal(p != NULL, v.known);
		if (!p)
			continue;
		assert_int_equal(p->seconds, v.seconds);
		assert_int_equal(p->reconnects, v.reconnects);
		assert_int_equal(p->open, v.open);
		assert_int_equal((p->first_join_us - WALL0) / S, v.first);
		assert_int_equal((p->last_proof_us - WALL0) / S, v.last);
		check_spans(p);
	}
}

static void the_oracle_agrees(void **state)
{
	static struct session s;

	(void)state;
	for (unsigned seed = 1; seed <= 3000; seed++) {
		const struct seat_presence *seats;
		struct presence *p = NULL;
		size_t n;

		srand(seed);
		generate(&s);
		assert_int_equal(presence_create(&p), 0);
		feed(p, &s);
		assert_int_equal(presence_seats(p, &seats, &n), 0);
		compare(&s, seats, n);
		presence_destroy(p);
	}
}

static int all_of(const struct line *lines, size_t n_lines)
{
	const struct seat_presence *seats;
	struct presence *p = NULL;
	size_t n;
	int r = presence_create(&p);

	for (size_t i = 0; r == 0 && i < n_lines; i++) {
		struct event ev = {
			.kind = lines[i].kind, .room = "r", .seat = lines[i].seat ? lines[i].seat : "", .actor = "",
			.payload = lines[i].payload ? lines[i].payload : "{}", .wall_us = lines[i].at_s * S, .boot_us = lines[i].at_s * S,
		};

		r = presence_add(p, &ev, BOOT);
	}
	if (r == 0)
		r = presence_seats(p, &seats, &n);
	presence_destroy(p);
	return r;
}

static void lack_of_memory_is_told(void **state)
{
	static const struct line lines[] = {
		{ 0, EVENT_ROOM_OPENED }, { 1, EVENT_SEAT_JOINED, "a", JOIN }, { 2, EVENT_SEAT_JOINED, "b", JOIN }, { 3, EVENT_SEAT_JOINED, "c", JOIN },
		{ 3, EVENT_SEAT_JOINED, "d", JOIN }, { 3, EVENT_SEAT_JOINED, "e", JOIN }, { 9, EVENT_SEATS_ALIVE, NULL, ALIVE("a") },
		{ 90, EVENT_SEAT_JOINED, "a", JOIN }, { 95, EVENT_SEATS_ALIVE, NULL, ALIVE("a") }, { 99, EVENT_SEAT_ROLE, "a", "{\"role\":\"x\"}" },
	};
	int64_t before = mem_live();
	uint64_t nth = 1;
	int r;

	(void)state;
	do {
		mem_fail_at(nth++);
		r = all_of(lines, ARRAY_LEN(lines));
		mem_fail_at(0);
		assert_true(r == 0 || r == -ENOMEM);
		assert_int_equal(mem_live(), before);
	} while (r != 0);
	assert_true(nth > 10);
}

static int64_t live_at_start;

static int note_live(void **state)
{
	(void)state;
	live_at_start = mem_live();
	return 0;
}

static int check_live(void **state)
{
	(void)state;
	return mem_live() == live_at_start ? 0 : -1;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, note_live, check_live)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(join_and_leave),
		TEST(a_hole_over_30_s_splits_and_one_of_30_does_not),
		TEST(a_dropped_line_that_returns_is_one_presence),
		TEST(a_seat_that_is_lost_ends_at_its_last_proof),
		TEST(media_prove_life_while_the_socket_is_away),
		TEST(leaving_ends_at_once_and_coming_back_begins_anew),
		TEST(a_second_device_counts_once),
		TEST(unequal_joins_and_leaves_do_no_harm),
		TEST(the_end_of_the_room_ends_all),
		TEST(the_end_of_the_room_proves_nothing_of_who_was_lost_before),
		TEST(an_opening_after_the_end_begins_anew),
		TEST(a_killed_server_is_a_hole_of_its_length),
		TEST(steps_of_the_clock_change_nothing),
		TEST(a_reboot_is_placed_by_the_wall_but_never_backwards),
		TEST(seats_are_in_order_of_join_then_name),
		TEST(the_oracle_agrees),
		TEST(lack_of_memory_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
