/*
 * One room and everything around it: the pure rules (classroom/room.h) above, and beneath them clients, media, journal.
 *
 *   handlers, media events ──► room acts ──► callbacks here ──► journal (at once), gates (at once), events (gathered 100 ms),
 *                                                              views (a few ms after the last change)
 */
#ifndef HUITANG_SIGNALING_MEETING_H
#define HUITANG_SIGNALING_MEETING_H

#include "media/base/hash.h"

#include <ev.h>
#include <jansson.h>

#include "classroom/room.h"
#include "media/media.h"
#include "signaling/client.h"

struct changed_seat;
struct seat_quality;
struct server;
struct wall_slot;

struct meeting {
	struct server *server;          /* given: owns us */
	char id[ROOM_ID_BYTES];
	struct room *room;              /* owned */
	struct client *clients;         /* owned: hash by seat id */
	bool has_worker;
	uint16_t worker;                /* of all its paths */
	uint64_t ticket;                /* for the next event to the journal, 0 none: a reply waits for it */
	struct changed_seat *changed;   /* owned: roster rows to tell */
	struct seat_quality *qualities; /* owned: hash by seat id (room_quality.h) */
	bool room_changed, speakers_changed, hands_changed, has_ended;
	bool walls_stale;               /* something that walls ask about has changed */
	struct wall_slot *watched;      /* the walls': their slots that want something here */
	struct ev_timer flush_timer;    /* roster.delta, room.changed, speakers */
	struct ev_timer view_timer;     /* slots, those of walls too */
	struct ev_timer clock_timer;    /* room_due_us(): the floor ends */
	struct ev_timer cue_timer;      /* what is chosen is shown, ready or not */
	UT_hash_handle hh;
};

/** `lobby`: opens as one (room.h). Owns: *ret is the caller's. Errors: -EINVAL (title or org too long), -ENOMEM. */
int meeting_create(struct meeting **ret, struct server *s, const char *id, const char *title, const char *org, bool lobby);
struct meeting *meeting_destroy(struct meeting *m);

/** Opens the room if it is not. False: it cannot be recorded. */
bool meeting_open(struct meeting *m);

/** Ends it: what it was for is over. False: that cannot be recorded now. */
bool meeting_end(struct meeting *m);

/** Takes over a client whose `seat` is set. Errors: -ENOMEM. */
int meeting_add_client(struct meeting *m, struct client *c);
void meeting_drop_client(struct meeting *m, struct client *c);

/** The client of a seat, NULL for none. */
struct client *meeting_client(const struct meeting *m, const char *seat);

/** The media worker of its paths. */
uint16_t meeting_worker(struct meeting *m);

/** Something that views and walls depend on has changed. */
void meeting_touch(struct meeting *m);

/** As above, but who is there and what they send is the same: walls need not ask again. */
void meeting_touch_views(struct meeting *m);

/** Sends an event to every browser; takes the reference of `fields`. */
void meeting_broadcast(struct meeting *m, const char *name, json_t *fields);

/** Each second: grace that ran out, WHIP and WHEP whose media never came. */
void meeting_on_second(struct meeting *m, int64_t now_us);

/** Every five seconds: proofs of life for the journal. */
void meeting_on_alive(struct meeting *m, int64_t now_us);

/** The server stops: all seats leave. */
void meeting_on_stop(struct meeting *m);

/** The room as clients see it, with its class if it is one's. A new reference, NULL without memory. */
json_t *meeting_wire(const struct meeting *m);

/** The state of its class changed: tells it, as on_room does. */
void meeting_tell_room(struct meeting *m);

/** What a media worker reported of one of its clients. */
void meeting_on_media(struct meeting *m, struct client *c, const struct media_event *ev);

/** The meeting of a room id that was made already; NULL for none. */
struct meeting *server_find_meeting(const struct server *s, const char *id);

#endif
