/*
 * The room's inside, for the room_*.c files alone: its state, and the effects that acts and replay share. Effects take no
 * memory and cannot fail; whoever calls them has checked, reserved and recorded.
 */
#ifndef HUITANG_CLASSROOM_ROOM_STATE_H
#define HUITANG_CLASSROOM_ROOM_STATE_H

#include "classroom/bar.h"
#include "media/base/hash.h"
#include "classroom/payload.h"
#include "classroom/room.h"
#include "classroom/source_rules.h"
#include "media/base/macros.h"

/* A seat with its places in the room's tables. */
struct entry {
	struct seat seat;
	UT_hash_handle hh_id, hh_key;
	struct entry *prev, *next;              /* gone seats, oldest first */
	struct entry *voice_prev, *voice_next;  /* those who speak, oldest first */
	struct entry *hand_prev, *hand_next;    /* raised hands, oldest first */
	struct entry *presenter_prev, *presenter_next;  /* presenters on the stage */
	bool presents;                          /* is among these */
	uint8_t was_on;                         /* before the act that is being done: room_note_off() */
};

struct floor {
	struct entry *holder;                   /* NULL: nobody */
	char speaker[SEAT_SPEAKER_BYTES];
	int64_t began_wall_us, until_wall_us;
	int64_t until_us;                       /* boot clock */
};

/* Of stage and spotlight. */
struct chosen {
	struct entry *entry;                    /* on record */
	struct entry *shown;                    /* not on record: entry, once it was cut to */
};

enum live_list { LIVE_AUDIO, LIVE_VIDEO, LIVE_LISTS };

struct room {
	const struct room_events *events;       /* given */
	void *user;                             /* given */
	void (*random)(void *user, void *ret, size_t bytes);
	char id[ROOM_ID_BYTES];
	char title[ROOM_TITLE_BYTES];
	char org[SEAT_ORG_BYTES];

	char epoch[ROOM_EPOCH_BYTES];
	int64_t opened_us;
	bool open, ended, locked, lobby;
	bool opens_as_lobby;
	enum room_mute mute;
	struct chat chat;                       /* owned */
	struct bar *bars;                       /* owned */

	struct entry *by_id;                    /* owned: every known seat */
	struct entry *by_key[SEAT_KINDS];       /* the same seats */
	struct entry *gone;
	struct entry *voices;
	struct entry *host;
	struct entry *rightful;                 /* for whom the host acts; NULL: it acts for nobody */
	struct entry *hands;
	struct entry *presenters;
	struct floor floor;
	struct chosen stage, spotlight;
	struct source_rules rules;
	struct entry **present;                 /* owned array, by id */
	struct live *live[LIVE_LISTS];          /* owned arrays, two places for each of `places` */
	size_t seats_max;                       /* present at once */
	size_t n_present, places, n_live[LIVE_LISTS];

	uint32_t last_number;
	uint64_t version;
	int64_t now_us;                         /* boot clock of the last call */
	bool replaying;                         /* nothing is called back */
};

static inline struct entry *entry_of(const struct seat *s)
{
	return CONTAINER_OF((struct seat *)(uintptr_t)s, struct entry, seat);
}

/* room_seats.c: the tables. */
struct entry *seats_find(const struct room *r, const char *id);
struct entry *seats_find_key(const struct room *r, const char *key, enum seat_kind kind);

/** A gone seat under `id` in all tables, not yet in the list of gone. Errors: -ENOMEM. */
int seats_add(struct room *r, struct entry **ret, const char *id, const struct joined_payload *p);

/** Forgets a seat that is not present. */
void seats_forget(struct room *r, struct entry *e);
void seats_clear(struct room *r);

/** Makes sure that one more seat can become present without memory. Errors: -ENOMEM. */
int seats_reserve(struct room *r);

/** The longest gone seat that may be forgotten, NULL for none. */
struct entry *seats_forgettable(const struct room *r);

/* room_gates.c: what flows. */

/** After any change of a seat: gates, live lists and voices follow, and the roster is told. */
void gates_settle(struct room *r, struct entry *e);

/* room_effects.c: what events do. Texts in `p` are copied by the caller into `texts` before. */
struct seat_texts {
	char *name, *org, *via;                 /* owned until effect_join() takes them */
};

void effect_open(struct room *r, const char *epoch, bool lobby, int64_t wall_us);
void effect_admit(struct room *r);
void effect_end(struct room *r);
void effect_lock(struct room *r, bool locked);
size_t effect_mute_all(struct room *r, enum room_mute rule);
void effect_join(struct room *r, struct entry *e, const struct joined_payload *p, struct seat_texts *texts);
void effect_forget(struct room *r);             /* seats beyond ROOM_KNOWN_MAX; part of effect_join() */
void effect_presence(struct room *r, struct entry *e, enum presence presence);
void effect_leave(struct room *r, struct entry *e, enum leave_reason reason);
void effect_role(struct room *r, struct entry *e, enum role role, bool acting);
void effect_block(struct room *r, struct entry *e, enum seat_source source, bool blocked);
void effect_source(struct room *r, struct entry *e, enum seat_source source, bool on);

/* room_acts.c: who acts, and upon whom. */

/** The actor, present and permitted. */
enum verdict room_find_actor(struct room *r, struct instant now, const char *id, enum action action, struct entry **ret);

/** Both, and the target within the actor's reach. */
enum verdict room_find_pair(struct room *r, struct instant now, const char *actor, const char *target, enum action action, struct entry **ret_by,
                            struct entry **ret);

/* room_host.c: roles and succession. */

/** The role itself, who is host, and what follows of both; sources of `e` are settled by the caller. `acting`: as host, until another comes back. */
void role_put(struct room *r, struct entry *e, enum role role, bool acting);

/** Whether the room's mute rule blocks the seat's mic. */
bool mute_covers(const struct room *r, const struct seat *s);

/** It is not to be host any more, nor again. */
void host_forget(struct room *r, struct entry *e);
bool host_may_be(const struct entry *e);

/** Whether who joins with the grant may take the role, */
bool host_is_free(const struct room *r);

/** and does so for one who may come back. */
bool host_acts(const struct room *r);
void host_tick(struct room *r, struct instant now);
void host_pass(struct room *r, struct instant now);     /* nobody is it any more: to whom may */
int64_t host_due_us(const struct room *r);

/* room_hands.c, room_floor.c, room_stage.c, room_rules.c. */

/** `speaker` is taken, NULL for none. */
void effect_hand_up(struct room *r, struct entry *e, char *speaker, int64_t wall_us);
void effect_hand_down(struct room *r, struct entry *e);
void effect_floor(struct room *r, struct entry *e, const char *speaker, int64_t span_s, int64_t wall_us);
void effect_floor_extend(struct room *r, int64_t span_s);
void effect_floor_end(struct room *r);
void effect_stage(struct room *r, struct entry *e, bool on);
void effect_spotlight(struct room *r, struct entry *e, bool on);
size_t effect_rule(struct room *r, const struct source_rule *rule);     /* how many present seats it changed */
void effect_forget_allowed_mics(struct room *r);                        /* rules; part of a mute of all */

/** The clock is another one: of this boot. */
void floor_settle(struct room *r, struct instant now);

/** Off the stage, out of the spotlight; the first only, of a site. */
void stage_forget(struct room *r, struct entry *e);
void stage_forget_site(struct room *r, struct entry *e);

/** The list of presenters follows the seat. Part of gates_settle(). */
void stage_settle_presenter(struct room *r, struct entry *e);

/** What rules take from the seat, anew. */
void rules_settle(struct room *r, struct entry *e);

/* Replay: `e` is the event's seat, NULL when it is not known. -EBADMSG, -ENOMEM. */
struct application {
	struct room *r;
	const struct event *ev;
	struct entry *e;
	json_t *payload;
};

int apply_hand_raised(const struct application *a);
int apply_hand_lowered(const struct application *a);
int apply_floor_given(const struct application *a);
int apply_floor_extended(const struct application *a);
int apply_floor_ended(const struct application *a);
int apply_stage(const struct application *a);
int apply_spotlight(const struct application *a);
int apply_ruled(const struct application *a);

/* Payloads: a new reference, NULL without memory. */
json_t *payload_write_speaker(const struct seat *s, const char *speaker);       /* who has hand or floor */
json_t *payload_write_role(enum role role, bool acting);

/* room_record.c: events out. */

/** Writes one event; takes the reference of `payload`, NULL being "without memory". VERDICT_OK, _NOT_RECORDED, _NO_MEMORY. */
enum verdict room_record(struct room *r, struct instant now, enum event_kind kind, const char *seat, const char *actor,
                    json_t *payload);

/** After an act that shut the mic of a seat without saying so by itself: whoever reads when it was on need not know the rules. `by` NULL: the server. */
void room_note_off(struct room *r, struct instant now, const struct entry *e, const struct entry *by);

/* Callbacks, silent in replay. */
void room_tell_seat(struct room *r, const struct entry *e);
void room_tell_room(struct room *r);
void room_tell_notice(struct room *r, const struct entry *e, enum notice notice, const struct entry *by);
void room_tell_notice_by(struct room *r, const struct entry *e, enum notice notice, const char *by);
void room_tell_hands(struct room *r);
void room_tell_ended(struct room *r, const struct entry *e, enum leave_reason reason);

int seat_texts_init(struct seat_texts *ret, const struct joined_payload *p);
void seat_texts_done(struct seat_texts *texts);

#endif
