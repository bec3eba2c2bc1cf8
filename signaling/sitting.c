/* See sitting.h. */
#include "signaling/sitting.h"

#include <errno.h>
#include <stdlib.h>

#include "attendance/class_index.h"
#include "attendance/journal.h"
#include "media/base/clock.h"
#include "media/base/log.h"
#include "signaling/companion.h"
#include "signaling/companion_device.h"
#include "signaling/expert.h"
#include "signaling/meeting.h"
#include "signaling/server.h"
#include "signaling/sitting_asks.h"
#include "signaling/sitting_ballot.h"
#include "signaling/sitting_tell.h"

static struct sitting *sitting_destroy(struct sitting *t)
{
	companions_end(t);
	companion_devices_forget(t);
	sitting_ballots_forget(t);
	asks_destroy(t->asks);
	class_destroy(t->class);
	server_add(t->server, COUNT_CLASSES, -1);
	return mem_free(t);
}

static struct sitting *sitting_create(struct server *s, int64_t number)
{
	struct sitting *t = mem_zalloc(sizeof(*t));

	if (!t)
		return NULL;
	t->server = s;
	t->number = number;
	minutes_hash_init(&t->minutes, number);
	server_add(s, COUNT_CLASSES, 1);
	if (class_create(&t->class, number) < 0 || sitting_asks_init(t) < 0)
		return sitting_destroy(t);
	HASH_ADD(hh, s->sittings, number, sizeof(t->number), t);
	return HASH_ADDED(hh, t) ? t : sitting_destroy(t);
}

struct sitting *sitting_find(const struct server *s, int64_t number)
{
	struct sitting *t;

	HASH_FIND(hh, s->sittings, &number, sizeof(number), t);
	return t;
}

struct sitting *sitting_of(const struct server *s, const char *room)
{
	int64_t number = class_number_of(room);

	return number ? sitting_find(s, number) : NULL;
}

struct sitting *sitting_next(const struct server *s, const struct sitting *after)
{
	return after ? after->hh.next : s->sittings;
}

void sittings_destroy(struct server *s)
{
	struct sitting *t, *next;

	HASH_ITER(hh, s->sittings, t, next) {
		HASH_DEL(s->sittings, t);
		sitting_destroy(t);
	}
}

/* ---- what has happened ---- */

static int take_minutes(struct sitting *t, const struct event *ev)
{
	json_t *payload = json_loads(ev->payload, 0, NULL);
	int r = minutes_hash_add(&t->minutes, payload);

	json_decref(payload);
	return r < 0 ? r : class_apply(t->class, ev);
}

static int take(struct server *s, const struct event *ev)
{
	int64_t number = class_number_of(ev->room);
	struct sitting *t = number ? sitting_find(s, number) : NULL;

	if (number == 0)
		return 0;
	if (!t && ev->kind != EVENT_CLASS_PLANNED)
		return 0;       /* of one that is over for good: its ledger goes on */
	if (!t)
		t = sitting_create(s, number);
	s->last_class = MAX(s->last_class, number);
	if (!t)
		return -ENOMEM;
	if (ev->kind == EVENT_MINUTES_WRITTEN)
		return take_minutes(t, ev);
	return ev->kind >= EVENT_ASK_OPENED && ev->kind < EVENT_ABSENTEES_NOTED ? sitting_asks_replay(t, ev) : class_apply(t->class, ev);
}

struct replay {
	struct server *server;
	int64_t refused;
};

static int on_row(void *user, const struct journal_row *row)
{
	struct replay *p = user;
	int r = take(p->server, &row->event);

	p->refused += r == -EBADMSG;
	return r == -ENOMEM ? r : 0;
}

static void on_roomless(void *user, const char *room)
{
	struct sitting *t = sitting_of(user, room);

	if (t)
		t->roomless = true;
}

int sittings_replay(struct server *s)
{
	struct replay p = { .server = s };
	int r = class_index_last(s->store, &s->last_class);

	if (r == 0)
		r = class_index_sealed_until(s->store, &s->sealed_until_us);
	if (r == 0)
		r = class_index_replay(s->store, on_row, &p);
	if (r == 0)
		r = class_index_roomless(s->store, on_roomless, s);
	for (struct sitting *t = NULL; (t = sitting_next(s, t));)
		sitting_asks_settle(t, server_now());
	if (p.refused)
		log_event(LOG_WARNING, "class.rows_not_understood n=%lld", (long long)p.refused);
	return r;
}

/* Killed between a seal or a cancellation and the end of the room. */
static void end_rooms_left(struct server *s)
{
	struct meeting *m, *next;

	HASH_ITER(hh, s->meetings, m, next) {
		const struct sitting *t = sitting_of(s, m->id);

		if (class_number_of(m->id) && (!t || class_state(t->class) == CLASS_CANCELLED) && room_state(m->room) != ROOM_CLOSED)
			meeting_end(m);
	}
}

static void open_room(struct server *s, const char *room)
{
	struct meeting *m = server_meeting(s, room);

	if (!m || !meeting_open(m))
		log_event(LOG_WARNING, "room.not_opened room=%s", room);
}

void sittings_settle(struct server *s)
{
	for (struct sitting *t = NULL; (t = sitting_next(s, t));) {
		sitting_ballots_settle(t);
		if (t->roomless)
			open_room(s, class_room(t->class));
		t->roomless = false;
	}
	end_rooms_left(s);
}

int64_t sittings_next_number(struct server *s)
{
	return ++s->last_class;
}

/* Whom an event of presence is about, and where that one was before. */
static const struct class_person *person_of(const struct sitting *t, const struct event *ev)
{
	json_t *payload = json_loads(ev->payload, 0, NULL);
	const char *id = json_string_value(json_object_get(payload, "person"));
	const struct class_person *p = id ? class_person(t->class, id) : NULL;

	json_decref(payload);
	return p;
}

/* There is no way back from what is on disk: without memory the process ends, and starts again from there (safety.md, rule 10). */
static void take_or_die(struct server *s, const struct event *ev)
{
	int r = take(s, ev);

	if (r == -ENOMEM) {
		log_event(LOG_ERROR, "class.apply_failed err=%d", r);
		abort();
	}
	if (r < 0)
		log_event(LOG_WARNING, "class.event_refused room=%s kind=%d", ev->room, ev->kind);
}

/* Its minutes are sealed: its room ends, and memory has it no more. */
static void put_away(struct server *s, struct sitting *t)
{
	struct meeting *m = server_find_meeting(s, class_room(t->class));

	if (m && room_state(m->room) != ROOM_CLOSED)
		meeting_end(m);
	s->sealed_until_us = MAX(s->sealed_until_us, class_plan(t->class)->end_us);
	HASH_DEL(s->sittings, t);
	sitting_destroy(t);
}

/* The room of a class is there as soon as the class is planned, as a lobby; who waits is admitted when it begins; it ends when the class is called off. */
static void follow(struct server *s, const struct event *ev)
{
	struct meeting *m;

	if (ev->kind == EVENT_CLASS_PLANNED)
		open_room(s, ev->room);
	m = server_find_meeting(s, ev->room);
	if (ev->kind == EVENT_CLASS_CANCELLED && m)
		meeting_end(m);
	if (ev->kind == EVENT_CLASS_OPENED && m)
		room_admit(m->room, server_now());
	if (ev->kind == EVENT_EXPERT_REVOKED)
		experts_show_out(sitting_of(s, ev->room), server_now());
	if (ev->kind == EVENT_MINUTES_SEALED && sitting_of(s, ev->room))
		put_away(s, sitting_of(s, ev->room));
	if (ev->kind == EVENT_ROSTER_FROZEN && sitting_of(s, ev->room)) {
		sitting_of(s, ev->room)->count_changed = true;
		companions_touch(sitting_of(s, ev->room));
	}
	if (ev->kind < EVENT_CLASS_OPENED || ev->kind > EVENT_CLASS_CLOSED)
		return;
	sitting_asks_follow(sitting_of(s, ev->room), server_now(), ev->kind);
	companions_touch(sitting_of(s, ev->room));
	if (m)
		meeting_tell_room(m);
}

void sittings_apply(struct server *s, const struct changes *c)
{
	for (size_t i = 0; i < changes_n(c); i++) {
		const struct change *change = changes_at(c, i);

		if (change->type != CHANGE_EVENT)
			continue;
		take_or_die(s, change->event);
		follow(s, change->event);
	}
}

static void happen(struct sitting *t, const struct event *ev)
{
	bool moves = ev->kind == EVENT_PERSON_SIGNED_IN || ev->kind == EVENT_PERSON_SIGNED_OUT;
	const struct class_person *p = moves ? person_of(t, ev) : NULL;
	int64_t was_at = p ? p->site : 0;

	take_or_die(t->server, ev);
	follow(t->server, ev);
	p = moves ? person_of(t, ev) : NULL;
	if (p) {
		sitting_tell_person(t, p, was_at);
		companions_touch_person(t, p->id);
	}
	t->count_changed = true;
}

int sitting_write(struct sitting *t, struct instant now, enum event_kind kind, const char *seat, const char *actor, json_t *payload, uint64_t ticket)
{
	struct server *s = t->server;
	struct event ev = { .kind = kind, .room = class_room(t->class), .seat = seat, .actor = actor, .wall_us = now.wall_us, .boot_us = now.boot_us };
	char *text = payload ? json_dumps(payload, JSON_COMPACT) : NULL;
	int r = text ? 0 : -ENOMEM;

	json_decref(payload);
	ev.payload = text;
	if (r == 0 && !server_records(s))
		r = -EIO;
	if (r == 0)
		r = journal_append(s->store, &ev, ticket);
	if (r == 0)
		happen(t, &ev);
	free(text);
	return r;
}

void sitting_follow_seat(struct sitting *t, const struct event *ev)
{
	if (ev->kind != EVENT_SEAT_JOINED && ev->kind != EVENT_SEAT_LEFT)
		return;
	if (ev->kind == EVENT_SEAT_JOINED)
		take_or_die(t->server, ev);
	t->count_changed = true;
}

json_t *sitting_class_json(const struct sitting *t)
{
	const struct class *c = t->class;
	const struct class_plan *p = class_plan(c);

	return json_pack("{s:I, s:s, s:s, s:I, s:I, s:I, s:I, s:I}", "number", (json_int_t)class_number(c), "state", class_state_name(class_state(c)), "kind", p->kind,
	                 "start_ms", (json_int_t)(p->start_us / 1000), "end_ms", (json_int_t)(p->end_us / 1000), "opened_ms", (json_int_t)(class_opened_us(c) / 1000),
	                 "closed_ms", (json_int_t)(class_closed_us(c) / 1000), "taught_s", (json_int_t)(class_taught_us(c, clock_wall_us()) / 1000000));
}

/* ---- rights ---- */

static bool is_host(const struct class_plan *p, int64_t account)
{
	const json_t *host;
	size_t i;

	json_array_foreach(p->hosts, i, host)
		if (json_integer_value(host) == account)
			return true;
	return false;
}

/* On the roster that holds, wherever the person belongs by now. */
static bool is_expected(const struct sitting *t, const struct account *a)
{
	const struct person *who = directory_person(t->server->directory, a->person);
	const struct class_person *p = who ? class_person(t->class, who->pseudonym) : NULL;

	return p && class_expects(t->class, p);
}

bool sitting_role(const struct sitting *t, int64_t account, enum role *ret)
{
	const struct account *a = directory_account(t->server->directory, account);

	if (!a || class_state(t->class) == CLASS_CANCELLED)
		return false;
	if (!is_host(class_plan(t->class), account) && !class_site(t->class, a->org) && !is_expected(t, a))
		return false;
	*ret = is_host(class_plan(t->class), account) ? ROLE_HOST : ROLE_PARTICIPANT;
	return true;
}
