/* See looker.h. */
#include "signaling/looker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/clock.h"
#include "signaling/look_page.h"
#include "signaling/server.h"
#include "signaling/socket.h"
#include "signaling/wire.h"

/* A room that the page shows, as it was told. */
struct told {
	char room[ROOM_ID_BYTES];
	uint64_t version;               /* of the board */
	struct look_sum sum;
	UT_hash_handle hh;
};

/* The room whose details it shows. */
struct detail {
	char room[ROOM_ID_BYTES];       /* "" none */
	uint64_t version;               /* of the board, up to which all was told */
	uint64_t sites, seats, check;   /* likewise, of each */
	bool anew;                      /* what is in sight has changed: some may have to go */
	struct look_marks orgs_shown, sites_shown, seats_shown;
};

struct looker {
	struct socket *socket;          /* given: owns us */
	struct server *server;          /* the socket's */
	struct look_sight sight;
	struct told *told;              /* owned */
	struct detail detail;
	struct looker *prev, *next;     /* the server's */
};

/* ---- life ---- */

static void forget_told(struct looker *l)
{
	struct told *t, *next;

	HASH_ITER(hh, l->told, t, next) {
		HASH_DEL(l->told, t);
		mem_free(t);
	}
}

static void stop_detail(struct looker *l)
{
	struct look_board *b = *l->detail.room ? look_board_find(l->server, l->detail.room) : NULL;

	if (b)
		b->watchers--;
	look_marks_clear(&l->detail.orgs_shown);
	look_marks_clear(&l->detail.sites_shown);
	look_marks_clear(&l->detail.seats_shown);
	memset(&l->detail, 0, sizeof(l->detail));
}

static bool is_full(const struct server *s)
{
	const struct looker *l;
	size_t n = 0;

	DL_COUNT(s->lookers, l, n);
	return n >= LOOKERS_AT_ONCE;
}

int looker_open(struct socket *k)
{
	struct looker *l = k->looker;

	if (l) {
		forget_told(l);
		stop_detail(l);
		look_sight_update(&l->sight);
		return l->sight.any ? 0 : -EACCES;
	}
	if (is_full(k->server))
		return -EUSERS;
	l = mem_zalloc(sizeof(*l));
	if (!l)
		return -ENOMEM;
	l->socket = k;
	l->server = k->server;
	look_sight_init(&l->sight, k->server, k->account);
	if (!l->sight.any) {
		look_sight_done(&l->sight);
		mem_free(l);
		return -EACCES;
	}
	k->looker = l;
	DL_APPEND(k->server->lookers, l);
	return 0;
}

struct looker *looker_close(struct looker *l)
{
	if (!l)
		return NULL;
	DL_DELETE(l->server->lookers, l);
	l->socket->looker = NULL;
	stop_detail(l);
	forget_told(l);
	look_sight_done(&l->sight);
	return mem_free(l);
}

const struct look_sight *looker_sight(const struct looker *l)
{
	return &l->sight;
}

static void send_event(struct looker *l, const char *name, json_t *fields)
{
	struct text *t = wire_event(name, fields);

	if (t)
		socket_send(l->socket, 0, t);
	text_unref(t);
}

/* ---- rooms ---- */

static struct told *find_told(const struct looker *l, const char *room)
{
	struct told *t;

	HASH_FIND_STR(l->told, room, t);
	return t;
}

static struct told *add_told(struct looker *l, const char *room)
{
	struct told *t = HASH_COUNT(l->told) < LOOK_ROOMS_MAX ? mem_zalloc(sizeof(*t)) : NULL;

	if (!t)
		return NULL;
	snprintf(t->room, sizeof(t->room), "%s", room);
	HASH_ADD_STR(l->told, room, t);
	return HASH_ADDED(hh, t) ? t : mem_free(t);
}

static void drop_told(struct looker *l, struct told *t, json_t *gone)
{
	json_array_append_new(gone, json_string(t->room));
	HASH_DEL(l->told, t);
	mem_free(t);
}

/* One board; how many rooms found no place. */
static size_t tell_room(struct looker *l, const struct look_board *b, json_t *rooms, json_t *gone)
{
	struct told *t = find_told(l, b->room);
	struct look_sum sum;

	look_sum(b, &l->sight, &sum);
	if (!sum.in_sight) {
		if (t)
			drop_told(l, t, gone);
		return 0;
	}
	if (t && look_sum_same(&t->sum, &sum)) {
		t->version = b->version;
		return 0;
	}
	t = t ? t : add_told(l, b->room);
	if (!t)
		return 1;
	t->version = b->version;
	t->sum = sum;
	json_array_append_new(rooms, look_room_json(b, &l->sight, &sum));
	return 0;
}

static size_t tell_rooms(struct looker *l, bool anew, json_t *rooms, json_t *gone)
{
	struct look_board *b, *next_board;
	struct told *t, *next;
	size_t more = 0;

	HASH_ITER(hh, l->told, t, next) {
		b = look_board_find(l->server, t->room);
		if (!b || !b->listed)
			drop_told(l, t, gone);
	}
	HASH_ITER(hh, l->server->boards, b, next_board) {
		t = find_told(l, b->room);
		if (b->listed && (anew || !t || t->version != b->version))
			more += tell_room(l, b, rooms, gone);
	}
	return more;
}

void looker_describe(struct looker *l, json_t *reply)
{
	json_t *rooms = json_array(), *gone = json_array();

	look_boards_refresh(l->server);
	json_object_set_new(reply, "more", json_integer((json_int_t)tell_rooms(l, true, rooms, gone)));
	json_object_set_new(reply, "rooms", rooms);
	json_decref(gone);
}

json_t *look_rooms_now(struct server *s, const struct look_sight *v)
{
	struct looker l = { .server = s, .sight = *v };         /* the sight stays the caller's */
	json_t *rooms = json_array(), *gone = json_array();
	size_t more;

	look_boards_refresh(s);
	more = tell_rooms(&l, true, rooms, gone);
	forget_told(&l);
	json_decref(gone);
	return json_pack("{s:I, s:o, s:I}", "at_ms", (json_int_t)(clock_wall_us() / 1000), "rooms", rooms, "more", (json_int_t)more);
}

/* ---- details ---- */

static struct look_page begin_page(struct looker *l, const struct look_board *b)
{
	return (struct look_page){
		.board = b, .sight = &l->sight, .orgs = json_array(), .sites = json_array(), .seats = json_array(), .orgs_shown = &l->detail.orgs_shown,
		.sites_shown = &l->detail.sites_shown, .seats_shown = &l->detail.seats_shown,
	};
}

static void put_page(const struct look_page *p, json_t *to)
{
	json_object_set_new(to, "orgs", p->orgs);
	json_object_set_new(to, "sites", p->sites);
	json_object_set_new(to, "seats", p->seats);
}

static void put_check(struct looker *l, const struct look_board *b, json_t *to)
{
	json_t *check = b->check_version > l->detail.check ? look_check_json(b, &l->sight) : NULL;

	l->detail.check = b->check_version;
	if (check)
		json_object_set_new(to, "check", check);
}

static void put_next(json_t *reply, int64_t next)
{
	if (next)
		json_object_set_new(reply, "next", json_integer(next));
}

int looker_show(struct looker *l, const char *room, json_t *reply)
{
	struct look_board *b = *room ? look_board_refresh(l->server, room) : NULL;
	struct look_page page;
	struct look_sum sum;
	int64_t next;
	bool more;

	if (b)
		look_sum(b, &l->sight, &sum);
	if (*room && (!b || !sum.in_sight))
		return -ENOENT;
	stop_detail(l);
	if (!b)
		return 0;
	snprintf(l->detail.room, sizeof(l->detail.room), "%s", room);
	b->watchers++;
	page = begin_page(l, b);
	look_page_sites(&page, 0, LOOK_SITES_A_PAGE, &next);
	more = look_page_seats(&page, LOOK_SEATS_A_PAGE);
	l->detail.version = more ? 0 : b->version;      /* seats that found no place come with the next second */
	l->detail.seats = more ? 0 : b->version;
	l->detail.sites = b->version;
	json_object_set_new(reply, "room", look_room_json(b, &l->sight, &sum));
	put_page(&page, reply);
	put_check(l, b, reply);
	put_next(reply, next);
	return 0;
}

int looker_page(struct looker *l, const char *room, int64_t after, json_t *reply)
{
	struct look_board *b = strcmp(l->detail.room, room) == 0 ? look_board_find(l->server, room) : NULL;
	struct look_page page;
	int64_t next;

	if (!*room || !b)
		return -ENOENT;
	page = begin_page(l, b);
	if (!look_page_sites(&page, after, LOOK_SITES_A_PAGE, &next)) {
		put_page(&page, reply);
		return -ENOENT;
	}
	put_page(&page, reply);
	put_next(reply, next);
	return 0;
}

/* The oldest row that changed behind that version; NULL: none. */
static const struct look_row *first_changed(const struct look_rows *rows, uint64_t version)
{
	const struct look_row *r = rows->by_change ? rows->by_change->prev : NULL, *first = NULL;

	while (r && r->version > version) {
		first = r;
		r = r == rows->by_change ? NULL : r->prev;
	}
	return first;
}

/* Up to a page's rows of each; whether all that changed was told. */
static bool add_changed(struct looker *l, struct look_page *p)
{
	const struct look_row *site = first_changed(&p->board->sites, l->detail.sites), *seat = first_changed(&p->board->seats, l->detail.seats);

	for (; site && json_array_size(p->sites) < LOOK_SITES_A_PAGE; site = site->next) {
		l->detail.sites = site->version;
		if (look_sight_has(&l->sight, site->site))
			look_page_site(p, site);
	}
	for (; seat && json_array_size(p->seats) < LOOK_SEATS_A_PAGE; seat = seat->next) {
		l->detail.seats = seat->version;
		if (look_sight_has_seat(&l->sight, seat->now_seat.org, seat->now_seat.person))
			look_page_seat(p, seat);
	}
	return !site && !seat;
}

/* Seats that have gone, and what is not in sight any more. Whether all was told. */
static bool add_gone(struct looker *l, const struct look_board *b, json_t *sites, json_t *seats)
{
	const char *id, *next;

	for (id = look_marks_next(&l->detail.seats_shown, NULL); id && json_array_size(seats) < LOOK_SEATS_A_PAGE; id = next) {
		const struct look_row *r;

		next = look_marks_next(&l->detail.seats_shown, id);
		HASH_FIND_STR(b->seats.hash, id, r);
		if (r && look_sight_has_seat(&l->sight, r->now_seat.org, r->now_seat.person))
			continue;
		json_array_append_new(seats, json_string(id));
		look_marks_remove(&l->detail.seats_shown, id);
	}
	if (id || !l->detail.anew)
		return !id;
	for (id = look_marks_next(&l->detail.sites_shown, NULL); id && json_array_size(sites) < LOOK_SITES_A_PAGE; id = next) {
		int64_t site = strtoll(id, NULL, 10);

		next = look_marks_next(&l->detail.sites_shown, id);
		if (look_sight_has(&l->sight, site))
			continue;
		json_array_append_new(sites, json_integer(site));
		look_marks_remove(&l->detail.sites_shown, id);
	}
	return !id;
}

static bool is_empty(const json_t *fields)
{
	static const char *const lists[] = { "orgs", "sites", "seats", "gone_sites", "gone_seats" };
	bool empty = !json_object_get(fields, "check");

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		empty = empty && json_array_size(json_object_get(fields, lists[i])) == 0;
	return empty;
}

/* All of it is asked again: what was told may have to go, what was not may be told now. */
static void begin_anew(struct detail *d)
{
	d->version = d->sites = d->seats = d->check = 0;
	d->anew = true;
	look_marks_clear(&d->orgs_shown);
}

static void tell_detail(struct looker *l, bool anew)
{
	struct look_board *b = *l->detail.room ? look_board_find(l->server, l->detail.room) : NULL;
	json_t *gone_sites, *gone_seats, *fields;
	struct look_page page;
	bool all;

	if (b && anew)
		begin_anew(&l->detail);
	if (!b || b->version == l->detail.version)
		return;
	gone_sites = json_array();
	gone_seats = json_array();
	page = begin_page(l, b);
	all = add_gone(l, b, gone_sites, gone_seats);
	all = add_changed(l, &page) && all;
	fields = json_pack("{s:s, s:o, s:o}", "room", b->room, "gone_sites", gone_sites, "gone_seats", gone_seats);
	put_page(&page, fields);
	put_check(l, b, fields);
	if (all) {
		l->detail.version = b->version;
		l->detail.anew = false;
	}
	if (is_empty(fields))
		json_decref(fields);
	else
		send_event(l, "look.detail", fields);
}

/* ---- each second ---- */

static void update(struct looker *l)
{
	bool anew = look_sight_update(&l->sight);
	json_t *rooms, *gone;

	if (!l->sight.any) {
		send_event(l, "look.ended", NULL);
		looker_close(l);
		return;
	}
	rooms = json_array();
	gone = json_array();
	tell_rooms(l, anew, rooms, gone);
	if (json_array_size(rooms) || json_array_size(gone))
		send_event(l, "look.rooms", json_pack("{s:O, s:O}", "rooms", rooms, "gone", gone));
	json_decref(rooms);
	json_decref(gone);
	tell_detail(l, anew);
}

void lookers_on_second(struct server *s)
{
	struct looker *l, *next;

	if (!s->lookers) {
		look_boards_drop(s);
		return;
	}
	look_boards_refresh(s);
	DL_FOREACH_SAFE(s->lookers, l, next)
		update(l);
}
