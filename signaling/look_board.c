/* See look_board.h. */
#include "signaling/look_board.h"

#include <stdio.h>
#include <string.h>

#include "media/base/clock.h"
#include "signaling/findings.h"
#include "signaling/look_tell.h"
#include "signaling/meeting.h"
#include "signaling/room_right.h"
#include "signaling/server.h"
#include "signaling/sitting.h"

/* ---- rows ---- */

static void rows_done(struct look_rows *rows)
{
	struct look_row *r, *next;

	HASH_ITER(hh, rows->hash, r, next) {
		HASH_DEL(rows->hash, r);
		mem_free(r);
	}
	rows->by_change = NULL;
}

static struct look_row *find_site(const struct look_rows *rows, int64_t site)
{
	struct look_row *r;

	HASH_FIND(hh, rows->hash, &site, sizeof(site), r);
	return r;
}

static struct look_row *find_seat(const struct look_rows *rows, const char *seat)
{
	struct look_row *r;

	HASH_FIND_STR(rows->hash, seat, r);
	return r;
}

static void put_to_the_end(struct look_board *b, struct look_rows *rows, struct look_row *r)
{
	if (r->prev)
		DL_DELETE(rows->by_change, r);
	DL_APPEND(rows->by_change, r);
	r->version = b->version = ++b->server->look_round;
}

static struct look_row *need_site(struct look_board *b, int64_t site)
{
	struct look_row *r = find_site(&b->sites, site);

	if (r)
		return r;
	r = mem_zalloc(sizeof(*r));
	if (!r)
		return NULL;
	r->site = site;
	HASH_ADD(hh, b->sites.hash, site, sizeof(r->site), r);
	if (!HASH_ADDED(hh, r))
		return mem_free(r);
	put_to_the_end(b, &b->sites, r);
	return r;
}

static struct look_row *need_seat(struct look_board *b, const char *seat)
{
	struct look_row *r = find_seat(&b->seats, seat);

	if (r)
		return r;
	r = mem_zalloc(sizeof(*r));
	if (!r)
		return NULL;
	snprintf(r->seat, sizeof(r->seat), "%s", seat);
	HASH_ADD_STR(b->seats.hash, seat, r);
	if (!HASH_ADDED(hh, r))
		return mem_free(r);
	put_to_the_end(b, &b->seats, r);
	return r;
}

/* ---- one room ---- */

static void begin_sites(struct look_board *b, const struct class *k)
{
	for (const struct class_site *s = NULL; (s = class_next_site(k, s));) {
		struct look_row *r = need_site(b, s->id);

		if (!r)
			continue;
		memset(&r->next_site, 0, sizeof(r->next_site));
		r->next_site.count = s->count;
		r->next_site.answer = s->answer;
		r->next_site.came_us = s->arrived_us;
		r->next_site.state = LOOK_SITE_NEVER;
		r->round = b->round;
	}
}

static uint8_t live_sources(const struct seat *seat)
{
	return (uint8_t)(seat->gates & seat->sending);
}

/* A seat of a site. Of several the one that is there counts, else the one that went last. */
static void take_site(struct look_site *to, const struct seat *seat)
{
	bool present = seat_present(seat);

	if (!present && (to->state < LOOK_SITE_GONE || to->since_us > seat->gone_us))
		return;
	to->state = !present ? LOOK_SITE_GONE : seat->presence == PRESENCE_AWAY ? LOOK_SITE_AWAY : LOOK_SITE_HERE;
	to->since_us = to->state == LOOK_SITE_GONE ? seat->gone_us : seat->joined_us;
	to->on = present ? live_sources(seat) : 0;
	memset(to->seat, 0, sizeof(to->seat));
	if (present)
		snprintf(to->seat, sizeof(to->seat), "%s", seat->id);
}

/* Who sits in an own seat is there, though signed in at no site. */
static void take_own(struct look_board *b, const struct class *k, const struct seat *seat)
{
	const struct class_person *p = *seat->person && seat_present(seat) ? class_person(k, seat->person) : NULL;
	struct look_row *home = p && class_expects(k, p) ? find_site(&b->sites, p->home) : NULL;

	if (!home || p->site || p->leave == CLASS_LEAVE_GRANTED || class_closed_us(k))
		return;
	home->next_site.count.arrived++;
	home->next_site.count.left -= p->ever && home->next_site.count.left > 0;
}

static void take_seat(struct look_board *b, const struct server *s, const struct seat *seat)
{
	struct look_row *r = seat_present(seat) ? need_seat(b, seat->id) : NULL;

	if (!r)
		return;
	memset(&r->next_seat, 0, sizeof(r->next_seat));
	look_place(s, b->room, seat->id, &r->next_seat.org, &r->next_seat.person);
	r->next_seat.joined_us = seat->joined_us;
	r->next_seat.kind = seat->kind;
	r->next_seat.role = seat->role;
	r->next_seat.presence = seat->presence;
	r->next_seat.on = live_sources(seat);
	r->round = b->round;
}

static void take_seats(struct look_board *b, const struct server *s, const struct class *k, const struct meeting *m)
{
	for (const struct seat *seat = NULL; (seat = room_next_seat(m->room, seat));) {
		struct look_row *site = seat->site ? find_site(&b->sites, seat->site) : NULL;

		if (site)
			take_site(&site->next_site, seat);
		else
			take_seat(b, s, seat);
		if (k)
			take_own(b, k, seat);
	}
}

static bool same_site(const struct look_site *a, const struct look_site *b)
{
	return memcmp(&a->count, &b->count, sizeof(a->count)) == 0 && a->answer == b->answer && a->state == b->state && a->came_us == b->came_us &&
	       a->since_us == b->since_us && strcmp(a->seat, b->seat) == 0 && a->on == b->on;
}

static bool same_seat(const struct look_seat *a, const struct look_seat *b)
{
	return a->org == b->org && a->person == b->person && a->joined_us == b->joined_us && a->kind == b->kind && a->role == b->role && a->presence == b->presence &&
	       a->on == b->on;
}

static void end_sites(struct look_board *b)
{
	for (struct look_row *r = b->sites.hash; r; r = r->hh.next) {
		if (same_site(&r->now_site, &r->next_site))
			continue;
		r->now_site = r->next_site;
		put_to_the_end(b, &b->sites, r);
	}
}

/* A seat that has gone leaves the board; viewers know from their own lists that they told of it. */
static void end_seats(struct look_board *b)
{
	struct look_row *r, *next;

	HASH_ITER(hh, b->seats.hash, r, next) {
		if (r->round != b->round) {
			HASH_DEL(b->seats.hash, r);
			DL_DELETE(b->seats.by_change, r);
			mem_free(r);
			b->version = ++b->server->look_round;
		} else if (!same_seat(&r->now_seat, &r->next_seat)) {
			r->now_seat = r->next_seat;
			put_to_the_end(b, &b->seats, r);
		}
	}
}

static enum look_state state_of(const struct class *k)
{
	switch (class_state(k)) {
	case CLASS_PLANNED:
		return LOOK_LOBBY;
	case CLASS_OPEN:
		return LOOK_OPEN;
	case CLASS_PAUSED:
		return LOOK_PAUSED;
	case CLASS_CANCELLED:
	case CLASS_CLOSED:
	case CLASS_SEALED:
	case CLASS_STATES:
		break;
	}
	return LOOK_CLOSED;
}

static struct look_check check_of(const struct sitting *t)
{
	for (uint32_t id = asks_next_id(t->asks) - 1; id > 0; id--) {
		const struct ask *ask = asks_get(t->asks, id);

		if (ask->spec.kind == ASK_CHECK)
			return (struct look_check){ .ask = id, .answered = ask->tally.answered, .open = ask->state == ASK_OPEN };
	}
	return (struct look_check){ 0 };
}

static void note_class(struct look_board *b, const struct server *s, const struct sitting *t)
{
	struct look_check check = check_of(t);
	enum look_state state = state_of(t->class);
	size_t n = findings_of_class(s, t->number);

	if (check.ask != b->check.ask || check.answered != b->check.answered || check.open != b->check.open)
		b->check_version = b->version = ++b->server->look_round;
	if (state != b->state || n != b->n_findings || class_opened_us(t->class) != b->since_us)
		b->version = ++b->server->look_round;
	b->check = check;
	b->state = state;
	b->n_findings = n;
	b->since_us = class_opened_us(t->class);
}

static uint64_t digest(uint64_t h, const void *data, size_t len)
{
	const uint8_t *byte = data;

	for (size_t i = 0; i < len; i++)        /* FNV-1a: whatever collides is told with the next change */
		h = (h ^ byte[i]) * 0x100000001b3;
	return h;
}

/* What a look has to say of it in words. */
static void note_words(struct look_board *b, const struct sitting *t, const struct meeting *m)
{
	const struct seat *host = m && !t ? room_host(m->room) : NULL;
	const struct class_plan *p = t ? class_plan(t->class) : NULL;
	struct room_place place = { .title = "" };
	uint64_t h;

	room_place(b->server, b->room, &place);
	h = digest(0xcbf29ce484222325, place.title, strlen(place.title));
	if (p)
		h = digest(digest(h, &p->start_us, sizeof(p->start_us)), &p->end_us, sizeof(p->end_us));
	if (host && seat_present(host))
		h = digest(h, host->name, strlen(host->name));
	if (h != b->words)
		b->version = ++b->server->look_round;
	b->words = h;
}

static struct look_board *need_board(struct server *s, const char *room)
{
	struct look_board *b = look_board_find(s, room);

	if (b)
		return b;
	b = mem_zalloc(sizeof(*b));
	if (!b)
		return NULL;
	b->server = s;
	b->version = ++s->look_round;
	snprintf(b->room, sizeof(b->room), "%s", room);
	b->class = class_number_of(room);
	HASH_ADD_STR(s->boards, room, b);
	return HASH_ADDED(hh, b) ? b : mem_free(b);
}

static struct look_board *refresh(struct server *s, const char *room, const struct sitting *t, const struct meeting *m, uint64_t round)
{
	struct look_board *b = need_board(s, room);

	if (!b)
		return NULL;
	b->round = round;
	if (t)
		begin_sites(b, t->class);
	if (m)
		take_seats(b, s, t ? t->class : NULL, m);
	end_sites(b);
	end_seats(b);
	note_words(b, t, m);
	if (t) {
		note_class(b, s, t);
	} else if (!b->class) {         /* a class that is sealed stays as it was seen last */
		b->state = LOOK_OPEN;
		b->since_us = m ? room_opened_us(m->room) : 0;
	}
	return b;
}

struct look_board *look_board_refresh(struct server *s, const char *room)
{
	const struct sitting *t = sitting_of(s, room);
	const struct meeting *m = server_find_meeting(s, room);

	if (!t && (!m || class_number_of(room)))
		return NULL;
	return refresh(s, room, t, m, ++s->look_round);
}

struct look_board *look_board_find(const struct server *s, const char *room)
{
	struct look_board *b;

	HASH_FIND_STR(s->boards, room, b);
	return b;
}

/* ---- all ---- */

static bool is_listed(const struct sitting *t, const struct meeting *m, int64_t now_us)
{
	const struct class_plan *p = class_plan(t->class);
	bool peopled = m && room_here(m->room) > 0;

	switch (class_state(t->class)) {
	case CLASS_OPEN:
	case CLASS_PAUSED:
		return true;
	case CLASS_PLANNED:
		return peopled || (now_us >= p->start_us - LOOK_LOBBY_US && now_us < p->end_us);
	case CLASS_CLOSED:
	case CLASS_SEALED:
		return now_us - class_closed_us(t->class) < LOOK_AFTER_US;
	case CLASS_CANCELLED:
	case CLASS_STATES:
		break;
	}
	return false;
}

static void drop(struct server *s, struct look_board *b)
{
	HASH_DEL(s->boards, b);
	rows_done(&b->sites);
	rows_done(&b->seats);
	mem_free(b);
}

void look_boards_refresh(struct server *s)
{
	int64_t now_us = clock_wall_us();
	uint64_t round = ++s->look_round;
	struct look_board *b, *next_board;
	struct meeting *m, *next;

	for (const struct sitting *t = NULL; (t = sitting_next(s, t));) {
		m = server_find_meeting(s, class_room(t->class));
		if (is_listed(t, m, now_us))
			refresh(s, class_room(t->class), t, m, round);
	}
	HASH_ITER(hh, s->meetings, m, next)
		if (room_here(m->room) > 0 && !class_number_of(m->id))
			refresh(s, m->id, NULL, m, round);
	HASH_ITER(hh, s->boards, b, next_board) {
		b->listed = b->round == round;
		if (b->round != round && b->watchers)
			refresh(s, b->room, sitting_of(s, b->room), server_find_meeting(s, b->room), round);
		else if (b->round != round)
			drop(s, b);
	}
}

void look_boards_drop(struct server *s)
{
	struct look_board *b, *next;

	HASH_ITER(hh, s->boards, b, next)
		drop(s, b);
}
