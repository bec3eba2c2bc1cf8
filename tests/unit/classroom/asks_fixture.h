/* The asks of a class under test: a journal kept, callbacks counted, and a world of persons who are at sites. */
#ifndef HUITANG_TESTS_ASKS_FIXTURE_H
#define HUITANG_TESTS_ASKS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classroom/asks.h"
#include "media/base/macros.h"
#include "media/base/mem.h"

#define SPAN_US (30 * 1000000LL)
#define PERSONS 20000

struct written {
	enum event_kind kind;
	char actor[SEAT_ID_BYTES];
	char *payload;
	int64_t wall_us, boot_us;
};

struct fixture {
	struct asks *asks;
	struct written *journal;
	size_t n_journal, places;
	bool refusing;                  /* the journal says -ENOSPC */
	struct instant now;
	int64_t *site;                  /* of each person; -1: not here */
	unsigned n_state, n_tally;
};

static inline int fixture_event(void *user, const struct event *ev)
{
	struct fixture *f = user;
	struct written *w;

	assert_string_equal(ev->room, "class-1");
	assert_string_equal(ev->seat, "");
	if (f->refusing)
		return -ENOSPC;
	if (f->n_journal == f->places) {
		f->places = f->places ? f->places * 2 : 64;
		f->journal = realloc(f->journal, f->places * sizeof(*f->journal));
	}
	w = &f->journal[f->n_journal++];
	*w = (struct written){ .kind = ev->kind, .payload = strdup(ev->payload), .wall_us = ev->wall_us, .boot_us = ev->boot_us };
	snprintf(w->actor, sizeof(w->actor), "%s", ev->actor);
	return 0;
}

static inline void fixture_state(void *user, const struct ask *ask)
{
	assert_true(ask->id > 0);
	((struct fixture *)user)->n_state++;
}

static inline void fixture_tally(void *user, const struct ask *ask)
{
	assert_true(ask->tally.answered > 0);
	((struct fixture *)user)->n_tally++;
}

static inline bool fixture_where(void *user, const char *person, int64_t *ret_site)
{
	const struct fixture *f = user;
	unsigned long i = strtoul(person, NULL, 16);

	if (i >= PERSONS || f->site[i] < 0)
		return false;
	*ret_site = f->site[i];
	return true;
}

static const struct ask_events fixture_events = {
	.on_event = fixture_event, .on_state = fixture_state, .on_tally = fixture_tally, .where = fixture_where,
};

static inline int fixture_create(struct fixture *f, struct asks **ret)
{
	struct asks_cfg cfg = { .room = "class-1", .events = &fixture_events, .user = f };

	return asks_create(ret, &cfg);
}

/* Persons 0 to 9 at site 1, 10 to 19 at site 2, and so on; from 1000 on nobody is here. */
static inline void fixture_init(struct fixture *f)
{
	*f = (struct fixture){ .now = { 1000000000000000LL, 50000000LL } };
	f->site = calloc(PERSONS, sizeof(*f->site));
	for (int64_t i = 0; i < PERSONS; i++)
		f->site[i] = i < 1000 ? 1 + i / 10 : -1;
	assert_int_equal(fixture_create(f, &f->asks), 0);
}

static inline void fixture_done(struct fixture *f)
{
	f->asks = asks_destroy(f->asks);
	for (size_t i = 0; i < f->n_journal; i++)
		free(f->journal[i].payload);
	free(f->journal);
	free(f->site);
}

static inline void fixture_pass(struct fixture *f, int64_t us)
{
	f->now.wall_us += us;
	f->now.boot_us += us;
}

static const struct actor fixture_host = { ACTOR_SEAT, "00000000000000aa" };
static const struct actor fixture_server = { ACTOR_SERVER, "" };

static inline struct ask_spec fixture_spec(enum ask_kind kind)
{
	struct ask_spec spec = { .kind = kind, .prompt = "同意吗?", .options = { "同意", "不同意", "弃权" }, .n_options = 3 };

	if (kind == ASK_CHECK)
		spec = (struct ask_spec){ .kind = kind, .prompt = "" };
	if (kind == ASK_QUIZ)
		spec.right = 2;
	return spec;
}

/* Opens, or fails the test. */
static inline uint32_t fixture_ask(struct fixture *f, enum ask_kind kind)
{
	struct ask_spec spec = fixture_spec(kind);
	uint32_t id = 0;

	assert_int_equal(asks_open(f->asks, f->now, &fixture_host, &spec, SPAN_US, 10, &id), ASK_TAKEN);
	return id;
}

struct who {
	char id[PERSON_ID_BYTES];
};

static inline struct who fixture_person(unsigned i)
{
	struct who w;

	snprintf(w.id, sizeof(w.id), "%016x", i);
	return w;
}

/* By the own phone. */
static inline enum ask_verdict fixture_answer(struct fixture *f, uint32_t ask, unsigned person, uint32_t choice)
{
	struct who w = fixture_person(person);
	struct ask_answer x = { .ask = ask, .person = w.id, .choice = choice, .grade = PROOF_QR, .by = { ACTOR_PERSON, w.id } };

	return asks_answer(f->asks, f->now, &x);
}

/* By the delegate at a site. */
static inline enum ask_verdict fixture_name(struct fixture *f, uint32_t ask, unsigned person, int64_t site, uint32_t choice)
{
	struct who w = fixture_person(person), seat;
	struct ask_answer x = { .ask = ask, .person = w.id, .choice = choice, .grade = PROOF_DELEGATE, .by = { ACTOR_SEAT, seat.id }, .site = site };

	snprintf(seat.id, sizeof(seat.id), "%016llx", 0xff00ULL + (unsigned long long)site);
	return asks_answer(f->asks, f->now, &x);
}

static inline const struct written *fixture_last(const struct fixture *f)
{
	return &f->journal[f->n_journal - 1];
}

static inline void fixture_apply(const struct fixture *f, struct asks *into)
{
	for (size_t i = 0; i < f->n_journal; i++) {
		const struct written *w = &f->journal[i];
		struct event ev = { w->kind, "class-1", "", w->actor, w->payload, w->wall_us, w->boot_us };

		if (asks_apply(into, &ev) < 0)
			fail_msg("kind %d: %s", w->kind, w->payload);
	}
}

/* The journal alone gives the same asks. */
static inline void fixture_check_rebuilt(struct fixture *f)
{
	char *live = NULL, *rebuilt = NULL;
	struct asks *again = NULL;
	unsigned told = f->n_state + f->n_tally;

	assert_int_equal(fixture_create(f, &again), 0);
	fixture_apply(f, again);
	assert_int_equal(f->n_state + f->n_tally, told);
	assert_int_equal(asks_write_durable(f->asks, &live), 0);
	assert_int_equal(asks_write_durable(again, &rebuilt), 0);
	assert_string_equal(live, rebuilt);
	mem_free(live);
	mem_free(rebuilt);
	asks_destroy(again);
}

/* jansson on our allocator, so that its blocks are counted and can fail. */
static inline void fixture_release(void *ptr)
{
	mem_free(ptr);
}

static inline void fixture_count_json(void)
{
	json_object_seed(1);
	json_set_alloc_funcs(mem_zalloc, fixture_release);
}

#endif
