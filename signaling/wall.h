/*
 * A watch transport that belongs to no room: its slots show any room, seat and source that its account may watch. Nobody in
 * those rooms sees it; it sends nothing, for its gates never open.
 *
 *   wanted by wall.show ──► permitted? ──no──► forgotten, wall.refused
 *        ▲                     │ yes: a look has begun (look.h)
 *        │ any change of       ▼
 *        │ room, seat, role  live? ──no──► empty, still wanted
 *        └──────────────────── │ yes
 *                              ▼
 *                       slot.bound, and the media layer shows it
 *
 * Permission is asked for each slot, at wall.show and again at every change. Where nothing is and where nothing may be seen
 * are refused alike. A wall whose socket is gone waits for its resume as a seat does, RESUME_GRACE_US.
 */
#ifndef HUITANG_SIGNALING_WALL_H
#define HUITANG_SIGNALING_WALL_H

#include "media/base/hash.h"

#include "signaling/dialog.h"
#include "signaling/limiter.h"
#include "signaling/transport.h"

#define WALLS_MAX 200
#define WALLS_AN_ACCOUNT 4
#define WALL_NAME_BYTES 32

struct meeting;
struct server;

/* Who may look. The composition root fills it in; asked often, so it answers at once. */
struct wall_rights {
	/* Whether the account may have a wall at all. */
	bool (*may_open)(void *user, int64_t account);
	/* Whether it may watch anything in that room. */
	bool (*may_enter)(void *user, int64_t account, const char *room);
	/* Whether it may watch this source now. Room and seat are there. */
	bool (*may_watch)(void *user, int64_t account, const char *room, const char *seat, enum seat_source source);
	void *user;
};

/* What a client wants in a slot. */
struct wall_want {
	uint8_t slot;
	struct meeting *meeting;        /* given: lives as long as the server; NULL: no such room */
	char seat[SEAT_ID_BYTES];
	enum seat_source source;
	struct slot_wish wish;
};

struct wall_slot {
	struct wall *wall;              /* given: whose it is */
	bool wanted;
	struct wall_want want;          /* while wanted; change both by want() and forget() only */
	struct wall_slot *prev, *next;  /* while wanted: the meeting's `watched` */
	uint32_t binding;               /* of the last change */
	struct path_id path;            /* what is bound; generation 0: nothing */
	enum source_kind kind;
	enum codec codec;
	bool unplayable;                /* told: the client cannot play what it wants */
	struct instant since;           /* while wanted: when the look at its source began */
};

struct wall {
	struct server *server;          /* given: owns us */
	struct dialog dialog;
	uint64_t serial;
	char name[WALL_NAME_BYTES];     /* towards TURN servers */
	struct transport transport;
	struct bucket shows;            /* how often wall.show may come */
	bool stale;                     /* found by walls_update(), which looks at each wall once */
	uint32_t last_binding;
	struct wall_slot slots[MAX_SLOTS];
	UT_hash_handle hh, hh_path;
};

/**
 * A wall without media and slots. One of the account's whose socket is gone makes place for it.
 *
 * Owns:   the server's; wall_destroy().
 * Errors: -EACCES: the account may watch nothing anywhere; -EUSERS: WALLS_AN_ACCOUNT or WALLS_MAX are there; -ENOMEM.
 */
int wall_create(struct wall **ret, struct server *s, int64_t account);
struct wall *wall_destroy(struct wall *w);

/** Opens (anew) its path, on the worker where most of what it may watch is. Errors: transport_open()'s, -ENOMEM. */
int wall_open_path(struct wall *w, uint8_t n_video);

/** What the page shows from now on: all of it. A slot that is not named is emptied. `wants`: at most one for each slot of the path. */
void wall_show(struct wall *w, const struct wall_want *wants, size_t n);

/** Asks again for the slots of one room, or of all for NULL, and puts them to what is there now. */
void wall_update(struct wall *w, const struct meeting *m);

/** Sends what followed `last_seq`; when that is no longer kept, one slot.bound of all slots. */
void wall_replay(struct wall *w, uint32_t last_seq);

/** What a media worker reported of its path. */
void wall_on_media(struct wall *w, const struct media_event *ev);

struct wall *wall_by_path(const struct server *s, struct path_id path);

/** All walls: something of a room changed (NULL: of all rooms); a second passed; the server stops; the server is gone. */
void walls_update(struct server *s, const struct meeting *m);
void walls_on_second(struct server *s, int64_t now_us);
void walls_on_stop(struct server *s);
void walls_destroy(struct server *s);

#endif
