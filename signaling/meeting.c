/* A room's life: its clients, its timers, and what it tells (meeting_events.c has the room's callbacks). */
#include "signaling/meeting.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "classroom/room_floor.h"
#include "media/base/clock.h"
#include "media/base/log.h"
#include "signaling/meeting_events.h"
#include "signaling/room_quality.h"
#include "signaling/server.h"
#include "signaling/wire.h"

#define MEDIA_WAIT_US 30000000  /* a WHIP or WHEP client whose media never came up */
#define ALIVE_WINDOW_US 10000000
#define ALIVE_MAX 1024          /* JOURNAL_SEATS_ALIVE_MAX */
#define VIEW_DELAY_S 0.01
#define WORKER_PATHS_MORE 8             /* that a room's own worker may have than another: what stays on one is not handed over */

static void random_bytes(void *user, void *ret, size_t bytes)
{
	(void)user;
	randombytes_buf(ret, bytes);
}

static void reap(struct meeting *m)
{
	struct client *c, *next;

	m->has_ended = false;
	HASH_ITER(hh_seat, m->clients, c, next) {
		if (c->ended && !c->held)
			client_end(c, c->ended_reason);
	}
}

static void on_view_timer(struct ev_loop *loop, struct ev_timer *w, int revents)
{
	struct meeting *m = w->data;
	int64_t now = clock_boot_us(), due = INT64_MAX;
	struct client *c, *next;

	(void)revents;
	if (m->has_ended)
		reap(m);
	if (m->walls_stale) {
		m->walls_stale = false;
		walls_update(m->server, m);
	}
	HASH_ITER(hh_seat, m->clients, c, next) {
		client_update_view(c, now);
		if (c->view && view_next_us(c->view) < due)
			due = view_next_us(c->view);
	}
	if (due == INT64_MAX || ev_is_active(w))
		return;
	ev_timer_set(w, (double)MAX(due - now, 10000) / 1e6, 0);
	ev_timer_start(loop, w);
}

static void on_clock_timer(struct ev_loop *loop, struct ev_timer *w, int revents)
{
	struct meeting *m = w->data;

	(void)loop;
	(void)revents;
	room_tick(m->room, server_now());
	meeting_set_clock(m);
}

static void on_cue_timer(struct ev_loop *loop, struct ev_timer *w, int revents)
{
	struct meeting *m = w->data;

	(void)loop;
	(void)revents;
	room_cut(m->room);
	meeting_touch_views(m);
}

int meeting_create(struct meeting **ret, struct server *s, const char *id, const char *title, const char *org, bool lobby)
{
	struct room_cfg cfg = { .id = id, .title = title, .org = org, .lobby = lobby, .seats_max = s->config->room_seats, .random = random_bytes,
		                .events = &meeting_room_events };
	struct meeting *m = mem_zalloc(sizeof(*m));
	int r;

	if (!m)
		return -ENOMEM;
	m->server = s;
	snprintf(m->id, sizeof(m->id), "%s", id);
	ev_timer_init(&m->flush_timer, meeting_on_flush, MEETING_FLUSH_S, 0);
	ev_timer_init(&m->view_timer, on_view_timer, VIEW_DELAY_S, 0);
	ev_timer_init(&m->clock_timer, on_clock_timer, 0, 0);
	ev_timer_init(&m->cue_timer, on_cue_timer, 0, 0);
	m->flush_timer.data = m->view_timer.data = m->clock_timer.data = m->cue_timer.data = m;
	cfg.user = m;
	r = room_create(&m->room, &cfg);
	if (r < 0) {
		mem_free(m);
		return r;
	}
	server_add(s, COUNT_ROOMS, 1);
	*ret = m;
	return 0;
}

struct meeting *meeting_destroy(struct meeting *m)
{
	struct client *c, *next;

	if (!m)
		return NULL;
	HASH_ITER(hh_seat, m->clients, c, next)
		client_destroy(c);
	ev_timer_stop(m->server->loop, &m->flush_timer);
	ev_timer_stop(m->server->loop, &m->view_timer);
	ev_timer_stop(m->server->loop, &m->clock_timer);
	ev_timer_stop(m->server->loop, &m->cue_timer);
	meeting_forget_changes(m);
	room_quality_clear(m);
	room_destroy(m->room);
	server_add(m->server, COUNT_ROOMS, -1);
	return mem_free(m);
}

bool meeting_open(struct meeting *m)
{
	struct instant now = server_now();
	bool was_open = room_state(m->room) != ROOM_CLOSED;

	if (was_open)
		return true;
	if (room_open(m->room, now) != VERDICT_OK)
		return false;
	room_quality_clear(m);
	directory_room_opened(m->server->directory, m->id, room_title(m->room), room_epoch(m->room), now.wall_us);
	return true;
}

bool meeting_end(struct meeting *m)
{
	struct instant now = server_now();

	if (room_close(m->room, now) != VERDICT_OK)
		return false;
	directory_room_ended(m->server->directory, m->id, now.wall_us);
	meeting_touch(m);
	return true;
}

int meeting_add_client(struct meeting *m, struct client *c)
{
	HASH_ADD(hh_seat, m->clients, seat, strlen(c->seat), c);
	return HASH_ADDED(hh_seat, c) ? 0 : -ENOMEM;
}

void meeting_drop_client(struct meeting *m, struct client *c)
{
	room_quality_retire(m, c->seat);
	if (HASH_ADDED(hh_seat, c))
		HASH_DELETE(hh_seat, m->clients, c);
	c->hh_seat.tbl = NULL;
	if (!m->clients)
		m->has_worker = false;
}

struct client *meeting_client(const struct meeting *m, const char *seat)
{
	struct client *c;

	HASH_FIND(hh_seat, m->clients, seat, strlen(seat), c);
	return c;
}

uint16_t meeting_worker(struct meeting *m)
{
	const struct media *media = m->server->media;
	uint16_t least = media_least_loaded(media);

	if (!m->has_worker)
		m->worker = least;
	m->has_worker = true;
	return media_paths(media, m->worker) > media_paths(media, least) + WORKER_PATHS_MORE ? least : m->worker;
}

void meeting_touch_views(struct meeting *m)
{
	bool due = ev_is_pending(&m->view_timer); /* in this turn of the loop: put off again and again, a busy room would wait for ever */

	if (due || (ev_is_active(&m->view_timer) && ev_timer_remaining(m->server->loop, &m->view_timer) <= VIEW_DELAY_S))
		return;
	ev_timer_stop(m->server->loop, &m->view_timer);
	ev_timer_set(&m->view_timer, VIEW_DELAY_S, 0);
	ev_timer_start(m->server->loop, &m->view_timer);
}

void meeting_touch(struct meeting *m)
{
	m->walls_stale = true;
	meeting_touch_views(m);
}

/* The seat goes for want of a sign of life. */
static void lose(struct client *c)
{
	struct meeting *m = c->meeting;

	room_leave(m->room, server_now(), c->seat, LEAVE_LOST);
	client_end(c, LEAVE_LOST);
	meeting_touch(m);
}

static bool is_lost(const struct client *c, int64_t now_us)
{
	const struct transport *t = &c->transport;

	if (c->ended)
		return false;
	if (c->kind == SEAT_BROWSER)
		return c->dialog.away_us && now_us - c->dialog.away_us > RESUME_GRACE_US;
	if (t->state == TRANSPORT_STALLED || t->state == TRANSPORT_DEAD)
		return true;
	return t->state != TRANSPORT_UP && now_us - t->opened_us > MEDIA_WAIT_US;
}

void meeting_on_second(struct meeting *m, int64_t now_us)
{
	struct client *c, *next;

	HASH_ITER(hh_seat, m->clients, c, next) {
		if (is_lost(c, now_us))
			lose(c);
	}
	coding_update(m, now_us);
	room_tick(m->room, server_now());
}

void meeting_on_alive(struct meeting *m, int64_t now_us)
{
	const char *seats[ALIVE_MAX];
	struct client *c, *next;
	size_t n = 0;

	HASH_ITER(hh_seat, m->clients, c, next) {
		if (!c->ended && client_alive(c, now_us - ALIVE_WINDOW_US))
			seats[n++] = c->seat;
		if (n == ALIVE_MAX) {
			room_alive(m->room, server_now(), seats, n);
			n = 0;
		}
	}
	if (n)
		room_alive(m->room, server_now(), seats, n);
}

void meeting_on_stop(struct meeting *m)
{
	struct client *c, *next;

	meeting_broadcast(m, "server.closing", NULL);
	HASH_ITER(hh_seat, m->clients, c, next) {
		if (!c->ended)
			room_leave(m->room, server_now(), c->seat, LEAVE_SERVER);
		client_destroy(c);
	}
}

static void on_source_started(struct meeting *m, struct client *c, enum source_kind kind, enum codec codec)
{
	enum codec before = c->transport.source_codec[kind];
	struct client *viewer, *next;

	c->transport.source_codec[kind] = codec;
	room_sending(m->room, c->seat, (enum seat_source)kind, true);
	if (before == CODEC_NONE || before == codec || source_is_audio(kind))
		return;
	HASH_ITER(hh_seat, m->clients, viewer, next)
		client_rebind(viewer, c->seat, (enum seat_source)kind);
}

/* A stalled path may come back by itself or by an ICE restart, and its sources with it; a dead one has lost its keys. */
static void on_down(struct client *c, enum path_down_reason reason)
{
	static const char *const names[] = { "consent", "dtls", "fingerprint" };
	bool dead = reason != PATH_DOWN_CONSENT;

	log_event(LOG_INFO, "client.media_down seat=%s reason=%s", c->seat, names[reason]);
	c->transport.state = dead ? TRANSPORT_DEAD : TRANSPORT_STALLED;
	for (int i = 0; i < (int)SEAT_SOURCES; i++)
		room_sending(c->meeting->room, c->seat, (enum seat_source)i, false);
	client_send_event(c, "media.down", json_pack("{s:b}", "rejoin", dead));
}

/* For the first time, or again after consent was lost: what had begun goes on. */
static void on_up(struct client *c)
{
	c->transport.state = TRANSPORT_UP;
	for (int i = 0; i < (int)SEAT_SOURCES; i++)
		if (c->transport.source_codec[i] != CODEC_NONE)
			room_sending(c->meeting->room, c->seat, (enum seat_source)i, true);
	client_send_event(c, "media.up", NULL);
}

/* Its best picture flows: now it is shown. */
static void on_ready(struct meeting *m, const struct client *c)
{
	const struct seat *cued = room_cue(m->room);

	if (!cued || strcmp(cued->id, c->seat) != 0)
		return;
	ev_timer_stop(m->server->loop, &m->cue_timer);
	room_cut(m->room);
	meeting_touch_views(m);
}

static void on_slot(struct client *c, const struct media_event *ev)
{
	struct text *t = wire_slot_event(ev);

	transport_on_slot(&c->transport, ev);
	client_send(c, t);
	text_unref(t);
}

void meeting_on_media(struct meeting *m, struct client *c, const struct media_event *ev)
{
	switch (ev->type) {
	case MEDIA_PATH_UP:
		on_up(c);
		break;
	case MEDIA_PATH_DOWN:
		on_down(c, ev->down.reason);
		break;
	case MEDIA_PATH_SILENT:
		client_send_event(c, "media.silent", NULL);
		return;
	case MEDIA_SOURCE_STARTED:
		on_source_started(m, c, ev->started.kind, ev->started.codec);
		break;
	case MEDIA_SOURCE_READY:
		on_ready(m, c);
		return;
	case MEDIA_VOICE:
		if (ev->voice.kind == SOURCE_MIC)
			room_voice(m->room, clock_boot_us(), c->seat, ev->voice.speaking);
		meeting_touch_views(m);
		return;
	case MEDIA_SLOT_SWITCHED:
	case MEDIA_SLOT_QUIET:
	case MEDIA_SLOT_SUSPENDED:
		on_slot(c, ev);
		return;
	case MEDIA_LAYERS:
		line_on_layers(c, ev->layers.kind, ev->layers.mask);
		return;
	case MEDIA_STATS:
		room_quality_feed(m, c->seat, server_now(), ev->stats);
		line_on_stats(c, ev->stats, clock_boot_us());
		return;
	}
	meeting_touch(m);
}
