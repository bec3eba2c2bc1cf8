/*
 * Who speaks and who is shown, as part of a room (room.h has the acts' common errors): raised hands, the floor, the stage, the spotlight,
 * and rules for sources.
 *
 * Hands   A queue, first raised first. A hand goes down when its seat lowers it, a leader does, it gets the floor, may not raise it any
 *         more, or leaves; a restart of the server keeps it.
 * Floor   One seat at a time, a browser's, for a time. Meanwhile its mic may be on whatever mutes and rules say; it switches it on by itself. The
 *         room's clock ends it (room_tick), and the mic is off then. Giving it to another ends it too.
 * Stage   Presenters are on it while they are here, unless somebody sent them down; beside them one site. That one may switch mic and
 *         camera on whatever mute-all and rules say. It is shown to all, in each view.
 * Spotlight  One seat that is shown to all before everything else.
 * Cue     A site that is brought on the stage or into the spotlight and has a picture is not shown at once: on_cue says so, and room_cut(),
 *         when its best picture flows, shows it. Until then the one before it is shown. Not on record.
 */
#ifndef HUITANG_CLASSROOM_ROOM_FLOOR_H
#define HUITANG_CLASSROOM_ROOM_FLOOR_H

#include "classroom/room.h"
#include "classroom/source_rules.h"

#define FLOOR_SPAN_MIN_S 5
#define FLOOR_SPAN_MAX_S 7200
#define ROOM_LED_MAX 6          /* the spotlight, the site on the stage, presenters */

/* Of a seat that has it. */
struct room_floor {
	const struct seat *seat;        /* NULL: nobody has it */
	const char *speaker;            /* "" not said */
	int64_t began_wall_us, until_wall_us;
};

struct room_floor room_floor(const struct room *r);

/** Raised hands of present seats in their order, up to `n`; returns the number written. */
size_t room_hands(const struct room *r, const struct seat **ret, size_t n);

/** How many hands of present seats are up. */
size_t room_hands_up(const struct room *r);

/** How many of them are before the seat's, and one: from 1; 0 when its hand is down. */
size_t room_hand_place(const struct room *r, const struct seat *s);

/** `speaker` NULL or "": not said; else a name below SEAT_SPEAKER_BYTES, else _BAD. Up already: another speaker, the same place. */
enum verdict room_raise_hand(struct room *r, struct instant now, const char *actor, const char *speaker);

/** One's own, or as a leader another's. */
enum verdict room_lower_hand(struct room *r, struct instant now, const char *actor, const char *target);

/** For `span_s` from FLOOR_SPAN_MIN_S to _MAX_S, else _BAD. Who has it already keeps it as it is. Only browsers that may speak. */
enum verdict room_give_floor(struct room *r, struct instant now, const char *actor, const char *target, int64_t span_s);

/** By so much longer, FLOOR_SPAN_MAX_S from now at most. _NO_FLOOR: the target does not have it. */
enum verdict room_extend_floor(struct room *r, struct instant now, const char *actor, const char *target, int64_t span_s);

/** The target's own, or as a leader another's. It does not have it: VERDICT_OK. */
enum verdict room_end_floor(struct room *r, struct instant now, const char *actor, const char *target);

/** Brings a seat that may be seen on the stage, or sends it down. A presenter moves sites only, leaders anybody. */
enum verdict room_stage(struct room *r, struct instant now, const char *actor, const char *target, bool on);

/** `on` false: only if it is this seat. */
enum verdict room_spotlight(struct room *r, struct instant now, const char *actor, const char *target, bool on);

/**
 * Who is shown before all others: the spotlight's seat (ret[0] then, and *ret_spotlight), the site on the stage, presenters in order of coming.
 * Present seats, each once; returns the number written.
 */
size_t room_led(const struct room *r, const struct seat *ret[ROOM_LED_MAX], bool *ret_spotlight);

/** Who is on the stage as it is shown, presenters last. Returns the number written. */
size_t room_on_stage(const struct room *r, const struct seat *ret[ROOM_LED_MAX]);

/** NULL for none. */
const struct seat *room_spotlit(const struct room *r);

/** Who is chosen for the stage or the spotlight and not shown yet; NULL for none. */
const struct seat *room_cue(const struct room *r);

/** Shows what was chosen. Nothing is cued: nothing happens. */
void room_cut(struct room *r);

/** Lays a rule down (source_rules.h) or takes it back. *ret_changed (or NULL): seats for which anything is different. _BAD: also when there are SOURCE_RULES_MAX. */
enum verdict room_rule_source(struct room *r, struct instant now, const char *actor, const struct source_rule *rule, size_t *ret_changed);

const struct source_rules *room_source_rules(const struct room *r);

/** What is due by the clock: the floor ends, the host is succeeded. Early or often does no harm. */
void room_tick(struct room *r, struct instant now);

/** When room_tick() has something to do (boot clock); INT64_MAX never. */
int64_t room_due_us(const struct room *r);

#endif
