/* Callbacks of the room: to the journal, to the gates, to the clients. */
#include "signaling/meeting_events.h"

#include <errno.h>
#include <stdio.h>

#include "attendance/journal.h"
#include "classroom/room_floor.h"
#include "media/base/clock.h"
#include "signaling/server.h"
#include "signaling/sitting.h"
#include "signaling/tickets.h"
#include "signaling/wire.h"

#define CUE_WAIT_S 2.0          /* media answer sooner, unless the path is gone */
#define CLOCK_LEAST_S 0.02
#define DELTA_MAX 200           /* rows of one roster.delta (schema.json) */

struct changed_seat {
	char id[SEAT_ID_BYTES];
	UT_hash_handle hh;
};

static void gather(struct meeting *m)
{
	if (!ev_is_active(&m->flush_timer)) {
		ev_timer_set(&m->flush_timer, MEETING_FLUSH_S, 0);
		ev_timer_start(m->server->loop, &m->flush_timer);
	}
}

/* What happened anyway is recorded when it can be; what somebody wants is refused while it cannot (records.md). */
static bool is_fact(enum event_kind kind)
{
	return kind == EVENT_SEAT_AWAY || kind == EVENT_SEAT_RETURNED || kind == EVENT_SEAT_LEFT || kind == EVENT_SEATS_ALIVE ||
	       kind == EVENT_SOURCE_CHANGED || kind == EVENT_HAND_LOWERED || kind == EVENT_FLOOR_ENDED;
}

struct recorded {               /* of a ticket: a join that its page waits to see on record */
	char room[ROOM_ID_BYTES];
	char seat[SEAT_ID_BYTES];
};

static void on_recorded(struct server *s, const void *data, int64_t sequence, int error)
{
	const struct recorded *d = data;
	struct meeting *m = server_find_meeting(s, d->room);
	struct client *c = m && !error ? meeting_client(m, d->seat) : NULL;

	if (c)
		client_send_event(c, "journal.recorded", json_pack("{s:I}", "upto", (json_int_t)sequence));
}

static uint64_t ticket_for(struct meeting *m, const struct event *ev)
{
	struct recorded d;
	uint64_t ticket = m->ticket;

	m->ticket = 0;
	if (ticket || (ev->kind != EVENT_SEAT_JOINED && ev->kind != EVENT_SEAT_RETURNED))
		return ticket;
	snprintf(d.room, sizeof(d.room), "%s", ev->room);
	snprintf(d.seat, sizeof(d.seat), "%s", ev->seat);
	return tickets_add(m->server->tickets, on_recorded, &d, sizeof(d));
}

static void count(struct server *s, const struct event *ev)
{
	if (ev->kind == EVENT_HAND_RAISED)
		server_add(s, COUNT_HANDS, 1);
	else if (ev->kind == EVENT_FLOOR_GIVEN)
		server_add(s, COUNT_FLOORS, 1);
	else if (ev->kind == EVENT_STAGE_CHANGED || ev->kind == EVENT_SPOTLIGHT_CHANGED)
		server_add(s, COUNT_CUTS, 1);
	else if (ev->kind == EVENT_SOURCE_RULED)
		server_add(s, COUNT_SOURCE_RULES, 1);
	else if (ev->kind == EVENT_SEAT_ROLE && !*ev->actor)
		server_add(s, COUNT_SUCCESSIONS, 1);
}

static int on_event(void *user, const struct event *ev)
{
	struct meeting *m = user;
	uint64_t ticket;
	int r;

	if (!is_fact(ev->kind) && !server_records(m->server)) {
		server_add(m->server, COUNT_NOT_RECORDED, 1);
		return -EIO;
	}
	ticket = ticket_for(m, ev);
	r = journal_append(m->server->store, ev, ticket);
	if (r < 0)
		tickets_cancel(m->server->tickets, ticket);
	else
		count(m->server, ev);
	if (r == 0 && sitting_of(m->server, m->id))
		sitting_follow_seat(sitting_of(m->server, m->id), ev);
	return r;
}

static void on_seat(void *user, const struct seat *seat)
{
	struct meeting *m = user;
	struct client *c = meeting_client(m, seat->id);
	struct changed_seat *row;

	if (c)
		line_on_seat(c, seat);
	if (seat->coding != CODING_USUAL || (c && c->coding.choice != CODING_USUAL))
		coding_update(m, clock_boot_us());
	HASH_FIND_STR(m->changed, seat->id, row);
	if (!row) {
		row = mem_zalloc(sizeof(*row));
		if (!row)
			return;
		memcpy(row->id, seat->id, sizeof(row->id));
		HASH_ADD_STR(m->changed, id, row);
		if (!HASH_ADDED(hh, row))
			mem_free(row);
	}
	gather(m);
	meeting_touch(m);
}

static void on_gate(void *user, const struct seat *seat, enum seat_source source, bool open)
{
	struct meeting *m = user;
	struct client *c = meeting_client(m, seat->id);

	if (c && c->transport.state != TRANSPORT_CLOSED)
		media_source_gate(m->server->media, c->transport.path, (enum source_kind)source, open);
	meeting_touch(m);
}

void meeting_set_clock(struct meeting *m)
{
	int64_t due = room_due_us(m->room);

	ev_timer_stop(m->server->loop, &m->clock_timer);
	if (due == INT64_MAX)
		return;
	ev_timer_set(&m->clock_timer, MAX((double)(due - clock_boot_us()) / 1e6, CLOCK_LEAST_S), 0);
	ev_timer_start(m->server->loop, &m->clock_timer);
}

static void on_room(void *user)
{
	struct meeting *m = user;

	meeting_set_clock(m);
	m->room_changed = true;
	gather(m);
	meeting_touch(m);
}

void meeting_tell_room(struct meeting *m)
{
	on_room(m);
}

static void name_places(const struct meeting *m, json_t *rules)
{
	json_t *rule;
	size_t i;

	json_array_foreach(rules, i, rule) {
		const struct org *o = directory_org(m->server->directory, json_integer_value(json_object_get(rule, "org")));

		if (o)
			json_object_set_new(rule, "name", json_string(o->name));
	}
}

json_t *meeting_wire(const struct meeting *m)
{
	const struct sitting *t = sitting_of(m->server, m->id);
	json_t *room = wire_room(m->room);

	name_places(m, json_object_get(room, "rules"));
	if (room && t)
		json_object_set_new(room, "class", sitting_class_json(t));
	return room;
}

static void on_chat(void *user, const struct chat_line *line)
{
	struct meeting *m = user;
	struct text *t = wire_event("chat.line", json_pack("{s:o}", "line", wire_chat_line(line)));
	struct client *c, *next;

	HASH_ITER(hh_seat, m->clients, c, next) {
		if (room_may_read(m->room, c->seat, line))
			client_send(c, t);
	}
	text_unref(t);
}

static void on_hands(void *user)
{
	struct meeting *m = user;

	m->hands_changed = true;
	gather(m);
}

/* In a room's act: it is shown by the timer at the earliest. */
static void on_cue(void *user, const struct seat *seat)
{
	struct meeting *m = user;
	const struct client *c = meeting_client(m, seat->id);
	enum source_kind kind = seat_live(seat, SEAT_SCREEN) ? SOURCE_SCREEN : SOURCE_CAMERA;
	bool waits = c && c->transport.state == TRANSPORT_UP && media_source_cue(m->server->media, c->transport.path, kind) == 0;

	ev_timer_stop(m->server->loop, &m->cue_timer);
	ev_timer_set(&m->cue_timer, waits ? CUE_WAIT_S : 0, 0);
	ev_timer_start(m->server->loop, &m->cue_timer);
}

static void on_notice(void *user, const struct seat *seat, enum notice notice, const char *by)
{
	struct client *c = meeting_client(user, seat->id);
	json_t *fields;

	if (!c)
		return;
	fields = json_pack("{s:s, s:s}", "notice", notice_name(notice), "by", by);
	if (notice == NOTICE_ROLE_CHANGED || notice == NOTICE_YOU_ARE_HOST || notice == NOTICE_ACTING_HOST)
		json_object_set_new(fields, "role", json_string(role_name(seat->role)));
	client_send_event(c, "notice", fields);
}

static void on_ended(void *user, const struct seat *seat, enum leave_reason reason)
{
	struct meeting *m = user;
	struct client *c = meeting_client(m, seat->id);

	if (!c)
		return;
	c->ended = true;
	c->ended_reason = reason;
	m->has_ended = true;
	meeting_touch(m);
}

static void on_speakers(void *user)
{
	struct meeting *m = user;

	m->speakers_changed = true;
	gather(m);
	meeting_touch_views(m);
}

const struct room_events meeting_room_events = {
	.on_event = on_event, .on_seat = on_seat, .on_gate = on_gate, .on_room = on_room, .on_chat = on_chat,
	.on_notice = on_notice, .on_ended = on_ended, .on_speakers = on_speakers,
	.on_hands = on_hands, .on_cue = on_cue,
};

void meeting_broadcast(struct meeting *m, const char *name, json_t *fields)
{
	struct text *t = wire_event(name, fields);
	struct client *c, *next;

	HASH_ITER(hh_seat, m->clients, c, next)
		client_send(c, t);
	text_unref(t);
}

static void send_delta(struct meeting *m, json_t *seats, json_t *gone)
{
	meeting_broadcast(m, "roster.delta", json_pack("{s:o, s:o, s:I}", "seats", seats, "gone", gone, "here", (json_int_t)room_here(m->room)));
}

static void flush_roster(struct meeting *m)
{
	json_t *seats = json_array(), *gone = json_array();
	struct changed_seat *row, *next;

	HASH_ITER(hh, m->changed, row, next) {
		const struct seat *seat = room_seat(m->room, row->id);

		if (seat && seat_present(seat))
			json_array_append_new(seats, wire_seat(seat));
		else
			json_array_append_new(gone, json_string(row->id));
		if (json_array_size(seats) == DELTA_MAX || json_array_size(gone) == DELTA_MAX) {
			send_delta(m, seats, gone);
			seats = json_array();
			gone = json_array();
		}
	}
	if (json_array_size(seats) || json_array_size(gone)) {
		send_delta(m, seats, gone);
	} else {
		json_decref(seats);
		json_decref(gone);
	}
	meeting_forget_changes(m);
}

/* All hands to who may see them; to others whose hand is up, or was when they heard last, their own. */
static void flush_hands(struct meeting *m)
{
	struct text *all = wire_event("hands", json_pack("{s:o}", "hands", wire_all_hands(m->room)));
	struct client *c, *next;

	m->hands_changed = false;
	HASH_ITER(hh_seat, m->clients, c, next) {
		const struct seat *s = room_seat(m->room, c->seat);
		bool sees = room_may(m->room, c->seat, ACTION_SEE_HANDS), up = s && s->hand;

		if (sees)
			client_send(c, all);
		else if (up || c->hand_told)
			client_send_event(c, "hands", json_pack("{s:o}", "hands", wire_hands(m->room, c->seat)));
		c->hand_told = sees || up;
	}
	text_unref(all);
}

static void flush_speakers(struct meeting *m)
{
	const struct seat *seats[ROOM_SPEAKERS_MAX];
	size_t n = room_speakers(m->room, seats);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_string(seats[i]->id));
	m->speakers_changed = false;
	meeting_broadcast(m, "speakers", json_pack("{s:o}", "seats", list));
}

void meeting_on_flush(struct ev_loop *loop, struct ev_timer *w, int revents)
{
	struct meeting *m = w->data;

	(void)loop;
	(void)revents;
	if (m->changed)
		flush_roster(m);
	if (m->room_changed) {
		m->room_changed = false;
		meeting_broadcast(m, "room.changed", json_pack("{s:o}", "room", meeting_wire(m)));
	}
	if (m->speakers_changed)
		flush_speakers(m);
	if (m->hands_changed)
		flush_hands(m);
}

void meeting_forget_changes(struct meeting *m)
{
	struct changed_seat *row, *next;

	HASH_ITER(hh, m->changed, row, next) {
		HASH_DEL(m->changed, row);
		mem_free(row);
	}
}
