/* A room under test: its journal kept, its callbacks counted, its ids from a seeded generator, its clock owned. */
#ifndef HUITANG_TESTS_ROOM_FIXTURE_H
#define HUITANG_TESTS_ROOM_FIXTURE_H

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

#include "classroom/room.h"
#include "media/base/macros.h"
#include "media/base/mem.h"

struct written {
	enum event_kind kind;
	char seat[SEAT_ID_BYTES], actor[SEAT_ID_BYTES];
	char *payload;
	int64_t wall_us, boot_us;
};

struct fixture {
	struct room *room;
	struct written *journal;
	size_t n_journal, places;
	bool lobby;                     /* rooms are made as one */
	bool refusing;                  /* the journal says -ENOSPC */
	uint64_t seed;
	struct instant now;
	unsigned n_seat, n_gate, n_room, n_chat, n_notice, n_ended, n_speakers, n_hands, n_cue;
	enum notice last_notice;
	enum leave_reason last_ended;
};

static inline uint32_t fixture_random(struct fixture *f)
{
	f->seed = f->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(f->seed >> 33);
}

static inline void fixture_bytes(void *user, void *ret, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		((uint8_t *)ret)[i] = (uint8_t)fixture_random(user);
}

static inline int fixture_event(void *user, const struct event *ev)
{
	struct fixture *f = user;
	struct written *w;

	if (f->refusing)
		return -ENOSPC;
	if (f->n_journal == f->places) {
		f->places = f->places ? f->places * 2 : 64;
		f->journal = realloc(f->journal, f->places * sizeof(*f->journal));
	}
	w = &f->journal[f->n_journal++];
	*w = (struct written){ .kind = ev->kind, .payload = strdup(ev->payload), .wall_us = ev->wall_us, .boot_us = ev->boot_us };
	snprintf(w->seat, sizeof(w->seat), "%s", ev->seat);
	snprintf(w->actor, sizeof(w->actor), "%s", ev->actor);
	return 0;
}

static inline void fixture_seat(void *user, const struct seat *seat)
{
	assert_non_null(seat->name);
	((struct fixture *)user)->n_seat++;
}

/* What the packet path is told is what the rules say, at each moment. */
static inline void fixture_gate(void *user, const struct seat *seat, enum seat_source source, bool open)
{
	struct fixture *f = user;

	f->n_gate++;
	assert_int_equal(open, !!(seat->gates & SEAT_BIT(source)));
	assert_int_equal(open, !!(seat_gates(seat, room_state(f->room)) & SEAT_BIT(source)));
}

static inline void fixture_room(void *user)
{
	((struct fixture *)user)->n_room++;
}

static inline void fixture_chat(void *user, const struct chat_line *line)
{
	assert_non_null(line->text);
	((struct fixture *)user)->n_chat++;
}

static inline void fixture_notice(void *user, const struct seat *seat, enum notice notice, const char *by)
{
	struct fixture *f = user;

	assert_true(seat_present(seat));
	assert_non_null(by);
	f->n_notice++;
	f->last_notice = notice;
}

static inline void fixture_ended(void *user, const struct seat *seat, enum leave_reason reason)
{
	struct fixture *f = user;

	assert_false(seat_present(seat));
	assert_int_equal(seat->gates, 0);
	f->n_ended++;
	f->last_ended = reason;
}

static inline void fixture_speakers(void *user)
{
	((struct fixture *)user)->n_speakers++;
}

static inline void fixture_hands(void *user)
{
	((struct fixture *)user)->n_hands++;
}

static inline void fixture_cue(void *user, const struct seat *seat)
{
	assert_true(seat_present(seat));
	((struct fixture *)user)->n_cue++;
}

static const struct room_events fixture_events = {
	.on_event = fixture_event,
	.on_seat = fixture_seat,
	.on_gate = fixture_gate,
	.on_room = fixture_room,
	.on_chat = fixture_chat,
	.on_notice = fixture_notice,
	.on_ended = fixture_ended,
	.on_speakers = fixture_speakers,
	.on_hands = fixture_hands,
	.on_cue = fixture_cue,
};

static inline int fixture_create(struct fixture *f, struct room **ret)
{
	struct room_cfg cfg = { .id = "r1", .title = "党课", .org = "城关镇", .random = fixture_bytes, .events = &fixture_events,
		                .lobby = f->lobby, .user = f };

	return room_create(ret, &cfg);
}

static inline void fixture_init(struct fixture *f)
{
	*f = (struct fixture){ .seed = 7, .now = { 1000000000000000LL, 50000000LL } };
	assert_int_equal(fixture_create(f, &f->room), 0);
	assert_int_equal(room_open(f->room, f->now), VERDICT_OK);
}

static inline void fixture_forget_journal(struct fixture *f)
{
	for (size_t i = 0; i < f->n_journal; i++)
		free(f->journal[i].payload);
	f->n_journal = 0;
}

static inline void fixture_done(struct fixture *f)
{
	f->room = room_destroy(f->room);
	fixture_forget_journal(f);
	free(f->journal);
}

static inline void fixture_pass(struct fixture *f, int64_t us)
{
	f->now.wall_us += us;
	f->now.boot_us += us;
}

static inline enum verdict fixture_try_join(struct fixture *f, const char *key, enum seat_kind kind, enum role granted,
                                            struct seat **ret)
{
	struct join join = { .key = key, .name = key, .org = "一支部", .kind = kind, .granted = granted, .mic = true,
		             .camera = true };
	struct joined joined = { 0 };
	enum verdict v = room_join(f->room, f->now, &join, &joined);

	if (ret)
		*ret = joined.seat;
	return v;
}

/* Joins, or fails the test. */
static inline struct seat *fixture_join(struct fixture *f, const char *key, enum role granted)
{
	struct seat *s = NULL;

	assert_int_equal(fixture_try_join(f, key, SEAT_BROWSER, granted, &s), VERDICT_OK);
	return s;
}

static inline void fixture_apply(const struct fixture *f, struct room *into, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct written *w = &f->journal[i];
		struct event ev = { w->kind, "r1", w->seat, w->actor, w->payload, w->wall_us, w->boot_us };

		assert_int_equal(room_apply(into, &ev), 0);
	}
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
