/* See wall.h. */
#include "signaling/wall.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "media/base/log.h"
#include "signaling/look.h"
#include "signaling/meeting.h"
#include "signaling/server.h"
#include "signaling/wire.h"

#define SOURCE_NUMBER UINT32_MAX        /* marks nothing: nobody is shown what a wall sends */

/* Takes the reference; NULL, without memory, sends nothing. */
static void send_text(struct wall *w, struct text *t)
{
	if (t)
		dialog_send(&w->dialog, t);
	text_unref(t);
}

static void send_event(struct wall *w, const char *name, json_t *fields)
{
	send_text(w, wire_event(name, fields));
}

/* Looks: what a wall watches, told when it begins and when it ends. The same source in two slots is one look. */

static bool same_source(const struct wall_slot *a, const struct wall_slot *b)
{
	return a->wanted && b->wanted && a->want.meeting == b->want.meeting && a->want.source == b->want.source &&
	       strcmp(a->want.seat, b->want.seat) == 0;
}

/* The slot is in the list of what it wants, so that a change of a room finds who watches it. */
static void want(struct wall_slot *s, const struct wall_want *what)
{
	s->wanted = true;
	s->want = *what;
	if (what->meeting)
		DL_APPEND(what->meeting->watched, s);
}

static void forget(struct wall_slot *s)
{
	if (s->wanted && s->want.meeting)
		DL_DELETE(s->want.meeting->watched, s);
	s->wanted = false;
}

static const struct wall_slot *find_same(const struct wall_slot *slots, size_t n, const struct wall_slot *slot)
{
	for (size_t i = 0; i < n; i++)
		if (same_source(&slots[i], slot))
			return &slots[i];
	return NULL;
}

/* A look goes on where its source has moved to. */
static void date_looks(struct wall_slot *of, const struct wall_slot *before, struct instant now)
{
	for (size_t i = 0; i < MAX_SLOTS; i++) {
		const struct wall_slot *was = same_source(&of[i], &before[i]) ? &before[i] : find_same(before, MAX_SLOTS, &of[i]);

		of[i].since = was ? was->since : now;
	}
}

/* Each source that `of` has and `without` has not. */
static void note_looks(const struct wall *w, const struct wall_slot *of, const struct wall_slot *without, bool begin, struct instant now)
{
	for (size_t i = 0; i < MAX_SLOTS; i++) {
		const struct wall_slot *s = &of[i];
		struct look look;

		if (!s->wanted || same_source(s, &without[i]) || find_same(of, i, s) || find_same(without, MAX_SLOTS, s))
			continue;
		look = (struct look){ w->dialog.account, w->serial, s->want.meeting->id, s->want.seat, s->want.source, s->since, now };
		look_note(w->server, &look, begin);
	}
}

/* Birth and death. */

/* One more fits, perhaps in place of the one that has been without a socket for longest. */
static bool make_place(struct server *s, int64_t account)
{
	struct wall *w, *next, *oldest = NULL;
	unsigned own = 0;

	HASH_ITER(hh, s->walls, w, next) {
		if (w->dialog.account != account)
			continue;
		own++;
		if (w->dialog.away_us && (!oldest || w->dialog.away_us < oldest->dialog.away_us))
			oldest = w;
	}
	if (own >= WALLS_AN_ACCOUNT && oldest)
		wall_destroy(oldest);
	else if (own >= WALLS_AN_ACCOUNT)
		return false;
	return HASH_COUNT(s->walls) < WALLS_MAX;
}

int wall_create(struct wall **ret, struct server *s, int64_t account)
{
	struct wall *w;

	if (!s->wall_rights.may_open(s->wall_rights.user, account))
		return -EACCES;
	if (!make_place(s, account))
		return -EUSERS;
	w = mem_zalloc(sizeof(*w));
	if (!w)
		return -ENOMEM;
	for (size_t i = 0; i < MAX_SLOTS; i++)
		w->slots[i].wall = w;
	w->server = s;
	w->serial = ++s->next_serial;
	snprintf(w->name, sizeof(w->name), "wall%llu", (unsigned long long)w->serial);
	HASH_ADD(hh, s->walls, serial, sizeof(w->serial), w);
	if (!HASH_ADDED(hh, w) || dialog_init(&w->dialog, s, NULL) < 0) {
		if (HASH_ADDED(hh, w))
			HASH_DEL(s->walls, w);
		mem_free(w);
		return -ENOMEM;
	}
	w->dialog.wall = w;
	w->dialog.account = account;
	server_add(s, COUNT_WALLS, 1);
	*ret = w;
	return 0;
}

static void close_path(struct wall *w)
{
	if (HASH_ADDED(hh_path, w))
		HASH_DELETE(hh_path, w->server->wall_paths, w);
	w->hh_path.tbl = NULL;
	transport_close(&w->transport, w->server);
	for (size_t i = 0; i < MAX_SLOTS; i++) {
		w->slots[i].path = (struct path_id){ 0 };
		w->slots[i].unplayable = false;
	}
}

struct wall *wall_destroy(struct wall *w)
{
	static const struct wall_slot none[MAX_SLOTS];
	struct wall_slot before[MAX_SLOTS];

	if (!w)
		return NULL;
	memcpy(before, w->slots, sizeof(before));
	for (size_t i = 0; i < MAX_SLOTS; i++)
		forget(&w->slots[i]);
	note_looks(w, before, none, false, server_now());
	close_path(w);
	dialog_done(&w->dialog);
	HASH_DEL(w->server->walls, w);
	server_add(w->server, COUNT_WALLS, -1);
	return mem_free(w);
}

/* The largest room that it may watch should not have to change workers. */
static uint16_t choose_worker(const struct wall *w)
{
	const struct wall_rights *rights = &w->server->wall_rights;
	const struct meeting *largest = NULL;
	struct meeting *m, *next;

	HASH_ITER(hh, w->server->meetings, m, next)
		if (m->has_worker && (!largest || room_here(m->room) > room_here(largest->room)) &&
		    rights->may_enter(rights->user, w->dialog.account, m->id))
			largest = m;
	return largest ? largest->worker : media_least_loaded(w->server->media);
}

/* Of a smaller profile than before: what has no slot any more is not watched. */
static void forget_beyond(struct wall *w, size_t n)
{
	struct wall_slot before[MAX_SLOTS];

	memcpy(before, w->slots, sizeof(before));
	for (size_t i = n; i < MAX_SLOTS; i++)
		forget(&w->slots[i]);
	note_looks(w, before, w->slots, false, server_now());
}

int wall_open_path(struct wall *w, uint8_t n_video)
{
	int r;

	close_path(w);
	r = transport_open(&w->transport, w->server, choose_worker(w), SOURCE_NUMBER, TRANSPORT_AUDIO_SLOTS, n_video);
	if (r < 0)
		return r;
	HASH_ADD(hh_path, w->server->wall_paths, transport.path, sizeof(w->transport.path), w);
	if (!HASH_ADDED(hh_path, w)) {
		close_path(w);
		return -ENOMEM;
	}
	forget_beyond(w, w->transport.cfg.n_slots);
	return 0;
}

/* Slots. */

/* What one pass over the slots found, told and ordered at its end. */
struct pass {
	json_t *rows;                   /* owned: of slot.bound */
	uint8_t bind[MAX_SLOTS];
	size_t n_bind;
	struct { uint8_t slot; enum wire_wall_refusal reason; } refused[MAX_SLOTS];
	size_t n_refused;
};

/* What a slot should be bound to. */
struct target {
	struct path_id path;            /* generation 0: nothing now */
	enum codec codec;
};

/* The one question; whoever may not see gets the answer of who asks for what is not there. */
static bool is_permitted(const struct wall *w, const struct wall_want *want)
{
	const struct wall_rights *rights = &w->server->wall_rights;
	const struct seat *seat = want->meeting ? room_seat(want->meeting->room, want->seat) : NULL;

	return seat && seat_present(seat) && room_state(want->meeting->room) != ROOM_CLOSED &&
	       rights->may_watch(rights->user, w->dialog.account, want->meeting->id, want->seat, want->source);
}

static void tell_unplayable(struct wall *w, struct wall_slot *s)
{
	const struct wall_want *want = &s->want;

	if (!s->unplayable)
		send_event(w, "slot.unplayable", json_pack("{s:s, s:s, s:s}", "room", want->meeting->id, "seat", want->seat, "source",
							   seat_source_name(want->source)));
	s->unplayable = true;
}

static struct target find_target(struct wall *w, struct wall_slot *s)
{
	const struct wall_want *want = &s->want;
	const struct client *c = meeting_client(want->meeting, want->seat);
	enum source_kind kind = (enum source_kind)want->source;

	if (!c || !seat_live(room_seat(want->meeting->room, want->seat), want->source) || c->transport.state == TRANSPORT_CLOSED ||
	    !transport_bindable(&w->transport))
		return (struct target){ 0 };
	if (!transport_plays(&w->transport, want->slot, &c->transport, kind)) {
		tell_unplayable(w, s);
		return (struct target){ 0 };
	}
	s->unplayable = false;
	return (struct target){ c->transport.path, c->transport.source_codec[kind] };
}

static json_t *write_row(const struct wall *w, uint8_t slot)
{
	const struct wall_slot *s = &w->slots[slot];
	struct binding b = { .slot = slot, .number = s->binding };
	json_t *row;

	if (s->path.generation) {
		memcpy(b.seat, s->want.seat, sizeof(b.seat));
		b.source = s->want.source;
	}
	row = wire_slot(&b, &w->transport);
	if (s->path.generation)
		json_object_set_new(row, "room", json_string(s->want.meeting->id));
	return row;
}

static void unbind(struct wall *w, uint8_t slot)
{
	media_slot_bind(w->server->media, w->transport.path, slot, (struct path_id){ 0 }, SOURCE_CAMERA, w->slots[slot].binding,
			(struct slot_wish){ 0 });
}

static void refuse_slot(struct wall_slot *s, uint8_t slot, struct pass *p, enum wire_wall_refusal reason)
{
	p->refused[p->n_refused].slot = slot;
	p->refused[p->n_refused++].reason = reason;
	forget(s);
}

/* Puts one slot to what it should show. What may no longer be seen ends here, before anybody is told. */
static void settle_slot(struct wall *w, uint8_t slot, struct pass *p)
{
	struct wall_slot *s = &w->slots[slot];
	enum source_kind kind = (enum source_kind)s->want.source;
	struct target t = { 0 };

	if (s->wanted && !is_permitted(w, &s->want))
		refuse_slot(s, slot, p, WIRE_WALL_REFUSAL_NOT_FOUND);
	if (s->wanted)
		t = find_target(w, s);
	if (path_id_equal(t.path, s->path) && (!t.path.generation || (t.codec == s->codec && kind == s->kind)))
		return;
	s->path = t.path;
	s->codec = t.codec;
	s->kind = kind;
	s->binding = ++w->last_binding;
	if (t.path.generation)
		p->bind[p->n_bind++] = slot;
	else
		unbind(w, slot);
	json_array_append_new(p->rows, write_row(w, slot));
}

static void end_pass(struct wall *w, struct pass *p)
{
	if (json_array_size(p->rows))
		send_event(w, "slot.bound", json_pack("{s:O}", "slots", p->rows));
	for (size_t i = 0; i < p->n_bind; i++) {
		const struct wall_slot *s = &w->slots[p->bind[i]];

		media_slot_bind(w->server->media, w->transport.path, p->bind[i], s->path, s->kind, s->binding, s->want.wish);
	}
	for (size_t i = 0; i < p->n_refused; i++)
		send_event(w, "wall.refused", json_pack("{s:i, s:s}", "slot", (int)p->refused[i].slot, "reason",
							wire_enum_wall_refusal.names[p->refused[i].reason]));
	server_add(w->server, COUNT_WALL_REFUSALS, (int64_t)p->n_refused);
	json_decref(p->rows);
}

static void settle(struct wall *w, const struct meeting *m, const struct wall_slot *before)
{
	struct pass p = { .rows = json_array() };
	struct instant now = server_now();

	for (uint8_t i = 0; i < w->transport.cfg.n_slots; i++)
		if (!m || w->slots[i].want.meeting == m)
			settle_slot(w, i, &p);
	date_looks(w->slots, before, now);
	note_looks(w, before, w->slots, false, now);
	note_looks(w, w->slots, before, true, now);
	end_pass(w, &p);
}

void wall_update(struct wall *w, const struct meeting *m)
{
	struct wall_slot before[MAX_SLOTS];

	memcpy(before, w->slots, sizeof(before));
	settle(w, m, before);
}

/* A slot that goes on with its source keeps its binding; only its size may differ. */
static void take_want(struct wall *w, const struct wall_want *what)
{
	struct wall_slot *s = &w->slots[what->slot], asked = { .wanted = true, .want = *what };
	bool stays = same_source(s, &asked);

	if (!stays)
		s->unplayable = false;
	else if (s->path.generation && (s->want.wish.rank != what->wish.rank || s->want.wish.height != what->wish.height))
		media_slot_want(w->server->media, w->transport.path, what->slot, what->wish);
	forget(s);
	want(s, what);
}

void wall_show(struct wall *w, const struct wall_want *wants, size_t n)
{
	struct wall_slot before[MAX_SLOTS];
	bool named[MAX_SLOTS] = { 0 };

	memcpy(before, w->slots, sizeof(before));
	for (size_t i = 0; i < n; i++) {
		named[wants[i].slot] = true;
		take_want(w, &wants[i]);
	}
	for (size_t i = 0; i < MAX_SLOTS; i++)
		if (!named[i])
			forget(&w->slots[i]);
	settle(w, NULL, before);
}

void wall_replay(struct wall *w, uint32_t last_seq)
{
	json_t *rows;

	if (dialog_replay(&w->dialog, last_seq))
		return;
	rows = json_array();
	for (uint8_t i = 0; i < w->transport.cfg.n_slots; i++)
		json_array_append_new(rows, write_row(w, i));
	server_add(w->server, COUNT_SNAPSHOTS, 1);
	send_event(w, "slot.bound", json_pack("{s:o}", "slots", rows));
}

/* Media. */

static void on_down(struct wall *w, enum path_down_reason reason)
{
	bool dead = reason != PATH_DOWN_CONSENT;

	log_event(LOG_INFO, "wall.media_down wall=%llu reason=%d", (unsigned long long)w->serial, (int)reason);
	w->transport.state = dead ? TRANSPORT_DEAD : TRANSPORT_STALLED;
	send_event(w, "media.down", json_pack("{s:b}", "rejoin", dead));
}

static void on_slot(struct wall *w, const struct media_event *ev)
{
	transport_on_slot(&w->transport, ev);
	send_text(w, wire_slot_event(ev));
}

void wall_on_media(struct wall *w, const struct media_event *ev)
{
	switch (ev->type) {
	case MEDIA_PATH_UP:
		w->transport.state = TRANSPORT_UP;
		send_event(w, "media.up", NULL);
		break;
	case MEDIA_PATH_SILENT:
		send_event(w, "media.silent", NULL);
		break;
	case MEDIA_PATH_DOWN:
		on_down(w, ev->down.reason);
		break;
	case MEDIA_SLOT_SWITCHED:
	case MEDIA_SLOT_QUIET:
	case MEDIA_SLOT_SUSPENDED:
		on_slot(w, ev);
		break;
	case MEDIA_LAYERS:
	case MEDIA_SOURCE_STARTED:      /* of what it sends, nothing is taken */
	case MEDIA_SOURCE_READY:
	case MEDIA_VOICE:
	case MEDIA_STATS:
		break;
	}
}

struct wall *wall_by_path(const struct server *s, struct path_id path)
{
	struct wall *w;

	HASH_FIND(hh_path, s->wall_paths, &path, sizeof(path), w);
	return w;
}

/* All of them. */

/* Each wall that shows something of the room, once. */
static size_t find_watchers(const struct meeting *m, struct wall *ret[WALLS_MAX])
{
	struct wall_slot *slot;
	size_t n = 0;

	DL_FOREACH(m->watched, slot) {
		if (!slot->wall->stale)
			ret[n++] = slot->wall;
		slot->wall->stale = true;
	}
	for (size_t i = 0; i < n; i++)
		ret[i]->stale = false;
	return n;
}

void walls_update(struct server *s, const struct meeting *m)
{
	struct wall *watchers[WALLS_MAX], *w, *next;
	size_t n = m ? find_watchers(m, watchers) : 0;

	if (s->closing)
		return;         /* that all leave now is no news to a wall: it is told that the server stops */
	for (size_t i = 0; i < n; i++)
		wall_update(watchers[i], m);
	HASH_ITER(hh, s->walls, w, next)
		if (!m)
			wall_update(w, NULL);
}

void walls_on_second(struct server *s, int64_t now_us)
{
	struct wall *w, *next;

	HASH_ITER(hh, s->walls, w, next)
		if (w->dialog.away_us && now_us - w->dialog.away_us > RESUME_GRACE_US)
			wall_destroy(w);
}

void walls_on_stop(struct server *s)
{
	struct wall *w, *next;

	HASH_ITER(hh, s->walls, w, next)
		send_event(w, "server.closing", NULL);
}

void walls_destroy(struct server *s)
{
	struct wall *w, *next;

	HASH_ITER(hh, s->walls, w, next)
		wall_destroy(w);
}
