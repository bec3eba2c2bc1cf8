/*
 * One room's rules: who is here, who may do what, what is muted, barred and locked. Pure: no I/O, no clock, no thread; time
 * and randomness are passed in, effects go up by callbacks. Every act
 *   1. checks shape and permission,  2. takes the memory it needs,  3. tells on_event, which may refuse,  4. takes effect;
 * so it happens completely or not at all, and the journal's events alone rebuild the room (room_apply).
 *
 * The host. Exactly one seat holds the role, or none before the first came. The first browser granted `host` gets it; later
 * ones become co-host. Once it has left, or its line has been down for HOST_GRACE_US, another takes over (room_tick): a co-host who
 * is here, else a presenter, else who was granted `host`, of each the one that came first; or a browser granted `host` as it joins. While there is none of
 * these the role stays with the seat that is gone. Whose line died is host again as it comes back, and who acted for it is what it was before; who
 * left on purpose, or handed over, is not. WHIP seats are presenters and WHEP seats viewers (or inspectors), whatever their token says,
 * so a token never displaces a host.
 *
 * A seat that comes back keeps the role that the room gave it, unless it is granted another than the last time. The host's seat keeps it even then, but where
 * it was host by a grant of `host` that is gone. Guests' WHIP and WHEP seats ("guest:…" keys) cannot come back: they are forgotten as they go.
 *
 * WHIP seats have no switch: their mic and camera are always on, muting them always blocks, allowing gives back.
 *
 * Thread: one, the control thread. Callbacks must not call the acts of the same room.
 */
#ifndef HUITANG_CLASSROOM_ROOM_H
#define HUITANG_CLASSROOM_ROOM_H

#include <stddef.h>
#include <stdint.h>

#include "classroom/chat.h"
#include "classroom/event.h"
#include "classroom/seat.h"
#include "classroom/verdict.h"

#define ROOM_SEATS_MAX 2000             /* present at once, unless room_cfg says another number */
#define ROOM_KNOWN_MAX 20000            /* present and gone; beyond it the longest gone plain seats are forgotten */
#define ROOM_CHAT_BYTES 2001            /* one text and 0 */
#define ROOM_TITLE_BYTES 201
#define ROOM_EPOCH_BYTES 17             /* 16 hex digits and 0 */
#define ROOM_SPEAKERS_MAX 8
#define HOST_GRACE_US (15 * 1000000LL) /* so long a host whose line died stays host */

struct room;

struct instant {
	int64_t wall_us;
	int64_t boot_us;
};

enum room_mute {
	ROOM_MUTE_NONE,
	ROOM_MUTE_SOFT,         /* who joins starts with the mic off and may switch it on */
	ROOM_MUTE_HARD,         /* mics are blocked but for hosts and co-hosts and those allowed one by one */
};

/* All are called on the control thread, inside an act. Pointers are borrowed until return. */
struct room_events {
	/*
	 * To be written to the journal, before the act has its effect. 0, or -errno, which refuses the act with
	 * VERDICT_NOT_RECORDED. Away, returned, left and alive happen whatever it answers.
	 */
	int (*on_event)(void *user, const struct event *ev);
	/* A row of the roster is new, differs, or has gone (presence). May be called several times an act: coalesce. */
	void (*on_seat)(void *user, const struct seat *seat);
	/* A gate opened or shut. A seat's path may not exist yet at its join: then set all by seat->gates once it does. */
	void (*on_gate)(void *user, const struct seat *seat, enum seat_source source, bool open);
	/* Lock, mute rule or state changed. */
	void (*on_room)(void *user);
	void (*on_chat)(void *user, const struct chat_line *line);
	/* Something was done to `seat` by another; `by` is that one's name. */
	void (*on_notice)(void *user, const struct seat *seat, enum notice notice, const char *by);
	/* The seat is over: tell its client and close its media. Follows the on_seat of its going. Not for a seat's own leave. */
	void (*on_ended)(void *user, const struct seat *seat, enum leave_reason reason);     /* REMOVED, ENDED */
	/* room_speakers() changed. */
	void (*on_speakers)(void *user);
	/* Hands went up or down (room_floor.h). */
	void (*on_hands)(void *user);
	/* A site is about to be shown: room_cut() once its best picture flows, or soon after. */
	void (*on_cue)(void *user, const struct seat *seat);
};

struct room_cfg {
	const char *id;                         /* below ROOM_ID_BYTES, copied */
	const char *title;                      /* below ROOM_TITLE_BYTES, UTF-8, copied */
	const char *org;                        /* below SEAT_ORG_BYTES, copied */
	size_t seats_max;                       /* present at once; 0: ROOM_SEATS_MAX */
	bool lobby;                             /* opens as one: nobody but leaders and presenters is seen before room_admit() */
	void (*random)(void *user, void *ret, size_t bytes);
	const struct room_events *events;       /* given: outlives the room; none NULL */
	void *user;                             /* for both */
};

struct join {
	const char *key;        /* who: one seat per (key, kind) for the room's life */
	const char *via;        /* NULL or an id that removal bars as well, such as the token's */
	const char *name;
	const char *org;
	int64_t site;           /* organisation whose site it is; 0: nobody's */
	int64_t orgs[SEAT_ORGS_MAX];    /* the organisation that it belongs to, then those above it */
	uint8_t n_orgs;
	const char *person;     /* pseudonym of who sits in an own seat; NULL: not known */
	enum seat_kind kind;
	enum role granted;      /* by account, token or link */
	bool by_link;           /* an expert without an account: never host or co-host */
	bool mic, camera;       /* wanted on; for browsers */
};

struct joined {
	struct seat *seat;
	bool taken_over;        /* the seat was present: its old connection is to be told `taken_over`, its path closed */
	bool came_back;         /* the seat was known */
};

/**
 * A closed room without seats.
 *
 * Owns:   *ret is the caller's; room_destroy() forgets everything and tells nobody.
 * Errors: -EINVAL cfg, -ENOMEM.
 */
int room_create(struct room **ret, const struct room_cfg *cfg);
struct room *room_destroy(struct room *r);

/** Opens a closed or ended room with a new epoch and nothing of the old one. Open already: VERDICT_OK, nothing happens. */
enum verdict room_open(struct room *r, struct instant now);

/**
 * The lobby is over: who waits is seen. By the class whose room it is, which has written CLASS_OPENED: that event does the same in room_apply().
 */
void room_admit(struct room *r, struct instant now);

/**
 * Somebody was forgotten by order: the name, what the person wrote and wanted to say are no longer here, as after a replay without them. Seats that are
 * present end as their sign-in does.
 */
void room_forget(struct room *r, const char *person);

/* Reading. */
const char *room_id(const struct room *r);
const char *room_title(const struct room *r);
const char *room_org(const struct room *r);
const char *room_epoch(const struct room *r);   /* "" before the first opening */
int64_t room_opened_us(const struct room *r);   /* wall clock */
enum room_state room_state(const struct room *r);
bool room_ended(const struct room *r);          /* closed by room_end(), not merely never opened */
enum room_mute room_mute_rule(const struct room *r);
size_t room_here(const struct room *r);         /* present seats */
uint64_t room_version(const struct room *r);    /* grows whenever a view might change */

/** The seat of an id, present or gone; NULL for none. */
struct seat *room_seat(const struct room *r, const char *id);

/** One known seat after another, present or gone, in the order in which they came; begins behind NULL, NULL behind the last. */
const struct seat *room_next_seat(const struct room *r, const struct seat *after);

/** The seat of a key and kind; NULL for none. */
struct seat *room_seat_by_key(const struct room *r, const char *key, enum seat_kind kind);

/** Whether that key, or token id, was removed and may not come back. */
bool room_bars(const struct room *r, const char *key);

/** The host's seat, present or gone; NULL before the first. */
struct seat *room_host(const struct room *r);

/** Whether a present seat may do it now. Unknown and gone seats may nothing. */
bool room_may(const struct room *r, const char *seat, enum action action);

/**
 * Present seats in the order of their ids: up to `n` that follow `after` ("" from the first).
 *
 * Errors: none; returns the number written. Fewer than `n`: the end.
 */
size_t room_roster(const struct room *r, const char *after, const struct seat **ret, size_t n);

/** The chat's last lines, oldest first: up to `n` (it keeps CHAT_LINES), returns the number written. */
size_t room_chat_lines(const struct room *r, const struct chat_line **ret, size_t n);

/** Who speaks now, latest first: up to ROOM_SPEAKERS_MAX, returns the number written. */
size_t room_speakers(const struct room *r, const struct seat *ret[ROOM_SPEAKERS_MAX]);

/* A source that others may be shown. */
struct live {
	const struct seat *seat;
	enum seat_source source;
};

/** All live audio (else video) sources, those that went live first in front. *ret is borrowed until the next act. */
size_t room_live(const struct room *r, bool audio, const struct live **ret);

/** Of those who speak now: who began after `after`, or first for NULL. NULL at the end. */
const struct seat *room_next_voice(const struct room *r, const struct seat *after);

/* Coming and going. Seats are named by id. */

/** Takes a seat. VERDICT_BAD, _ENDED (closed too), _REMOVED, _LOCKED, _FULL, _FORBIDDEN, _NOT_RECORDED, _NO_MEMORY. */
enum verdict room_join(struct room *r, struct instant now, const struct join *join, struct joined *ret);

/** The socket has gone; sources flow on. Only from HERE, else nothing. */
void room_away(struct room *r, struct instant now, const char *seat);

/** Resumed within grace. VERDICT_OK (also when it was HERE), _NO_SEAT. */
enum verdict room_return(struct room *r, struct instant now, const char *seat);

/** The seat goes, for LEAVE_LEFT, _LOST or _SERVER; on_ended is not called. Gone already: nothing. */
void room_leave(struct room *r, struct instant now, const char *seat, enum leave_reason reason);

/** Writes one EVENT_SEATS_ALIVE for `n` seat ids; none for 0. Errors: -ENOMEM, what on_event gave. */
int room_alive(struct room *r, struct instant now, const char *const *seats, size_t n);

/* What the media thread reported. */

/** Media of a source has come (or its path has ended: false). Unknown seats are ignored. */
void room_sending(struct room *r, const char *seat, enum seat_source source, bool sending);

/** A mic began or ended to speak. Ignored while its gate is shut. */
void room_voice(struct room *r, int64_t now_us, const char *seat, bool speaking);

/** The server found a seat's line narrow, or wide again. Ignored for unknown and gone seats, and where a profile is chosen. */
void room_line_found(struct room *r, const char *seat, bool narrow);

/*
 * Acts. `actor` and `target` are seat ids. All may give _NOT_JOINED, _FORBIDDEN, _ENDED, _NOT_RECORDED, _NO_MEMORY; those with a
 * target _NO_SEAT. Asking for what is so already is VERDICT_OK without an event.
 */

/** The seat switches an own source. On: also _BLOCKED. */
enum verdict room_source_set(struct room *r, struct instant now, const char *actor, enum seat_source source, bool on);

/** Switches another's source off; without `self_unmute` (and always for WHIP) it is blocked as well. */
enum verdict room_mute(struct room *r, struct instant now, const char *actor, const char *target,
                       enum seat_source source, bool self_unmute);

/** Gives back what room_mute() or room_mute_all() took; the seat switches on by itself (WHIP: is on). */
enum verdict room_allow(struct room *r, struct instant now, const char *actor, const char *target,
                        enum seat_source source);

/** Switches every mic off but those of hosts and co-hosts; *ret_muted (or NULL) is the number of mics that were on. */
enum verdict room_mute_all(struct room *r, struct instant now, const char *actor, bool self_unmute, size_t *ret_muted);

/** Lifts it: mics stay off, each may be switched on by its seat but where room_mute() blocked it. */
enum verdict room_unmute_all(struct room *r, struct instant now, const char *actor);

enum verdict room_lock(struct room *r, struct instant now, const char *actor, bool locked);

/** Ends the seat and bars its key and via until the room ends. Not oneself. */
enum verdict room_remove(struct room *r, struct instant now, const char *actor, const char *target);

/**
 * Makes another browser's seat co-host, presenter, participant or viewer; only the host makes or unmakes co-hosts. Inspectors
 * stay what they are, and the host is changed by room_hand_over().
 */
enum verdict room_set_role(struct room *r, struct instant now, const char *actor, const char *target, enum role role);

/** The target, a browser that is HERE and neither viewer nor inspector, becomes host, the actor co-host. */
enum verdict room_hand_over(struct room *r, struct instant now, const char *actor, const char *target);

/** Chooses the line profile of a seat: one's own, or as a leader another's, who is told. What was found is forgotten. Not on record. */
enum verdict room_set_line(struct room *r, struct instant now, const char *actor, const char *target, enum line_profile line);

/** How the target's camera is to be coded: its own choice, or that of who may choose its line. Not on record. */
enum verdict room_set_coding(struct room *r, struct instant now, const char *actor, const char *target, enum picture_coding coding);

/** Ends the room and all its seats. */
enum verdict room_end(struct room *r, struct instant now, const char *actor);

/** The same by the server itself: what the room was for is over. Not open: VERDICT_OK, nothing happens. */
enum verdict room_close(struct room *r, struct instant now);

/** *ret_id (or NULL) is the line's id. `to_host`: for who leads alone. _BAD: empty, too long or not UTF-8. */
enum verdict room_chat(struct room *r, struct instant now, const char *actor, const char *text, bool to_host, uint64_t *ret_id);

/** Whether a seat may read the line: it is to all, its own, or it leads. */
bool room_may_read(const struct room *r, const char *seat, const struct chat_line *line);

/* Coming back after a restart. */

/**
 * Applies one event of the journal, in its order, to a room just created; nothing is called back. Events of other rooms and
 * kinds without durable effect are ignored.
 *
 * Errors: -EBADMSG (a payload that is not as event.h says), -ENOMEM. Nothing changed.
 */
int room_apply(struct room *r, const struct event *ev);

/** After the last room_apply(): whoever is still present is gone (LEAVE_SERVER), and may come back. Tells nobody. */
void room_settle(struct room *r, struct instant now);

/**
 * The durable state as JSON text with sorted keys, for tests and diagnosis: two rooms with equal text behave the same.
 *
 * Owns:   *ret is the caller's, mem_free().
 * Errors: -ENOMEM.
 */
int room_write_durable(const struct room *r, char **ret);

#endif
