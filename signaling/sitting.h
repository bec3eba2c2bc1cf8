/*
 * A class in the server: its rules (classroom/class.h), and its room as a meeting (meeting.h) while that is open. What has happened in it is in
 * the journal; memory is the fold of it:
 *
 *   acts by REST        api/classes.c ─► changes with events ─► on disk ─► sittings_apply()
 *   acts by WebSocket   handlers ─► sitting_write(): appended and applied at once; the reply waits for the disk
 *   start               sittings_replay()
 *
 * Classes whose minutes are sealed leave memory at once, those called off at a start when their time is long over: attendance/class_record.h reads of them.
 * Thread: control.
 */
#ifndef HUITANG_SIGNALING_SITTING_H
#define HUITANG_SIGNALING_SITTING_H

#include <ev.h>
#include <jansson.h>

#include "attendance/changes.h"
#include "attendance/minutes_hash.h"
#include "classroom/asks.h"
#include "classroom/check_plan.h"
#include "classroom/class.h"
#include "classroom/role.h"
#include "classroom/room.h"
#include "media/base/hash.h"

struct server;

struct sitting {
	struct server *server;          /* given: owns us */
	int64_t number;
	struct class *class;            /* owned */
	struct asks *asks;              /* owned */
	struct check_plan checks;
	struct companion *companions;   /* their own: phones that are open on it */
	struct ev_timer tell_timer;     /* theirs: the next turn */
	struct companion_device *devices;       /* their own: who signed in by which phone */
	struct sitting_ballot *ballots; /* owned: public keys of those that are open */
	uint64_t ticket;                /* for the next event of an ask, 0 none */
	uint64_t tallied;               /* by number modulo 64: asks whose tally changed */
	bool tally_changed;
	bool roomless;                  /* the server was killed before its room was opened */
	bool noting_absentees;          /* that is under way */
	bool counting;                  /* its result is under way */
	unsigned count_wait_s;          /* before that is tried again */
	bool count_changed;             /* since it was told: signed in, or a seat came or went */
	bool minuting;                  /* its minutes are under way */
	unsigned minutes_wait_s;        /* before that is tried again */
	struct minutes_hash minutes;    /* of those that are written */
	UT_hash_handle hh;              /* the server's, by number */
};

/** Makes the sittings of all classes that are not over for good, as the journal has them. Before store_start(). Errors: of class_index_replay(). */
int sittings_replay(struct server *s);

/** After store_start(): ballots go on, and rooms are opened that the last process did not come to open. */
void sittings_settle(struct server *s);
void sittings_destroy(struct server *s);

/** A number that no class had. */
int64_t sittings_next_number(struct server *s);

/** NULL for none in memory. */
struct sitting *sitting_find(const struct server *s, int64_t number);

/** The class of a room; NULL for a room that is none's. */
struct sitting *sitting_of(const struct server *s, const char *room);

/** One after another behind NULL. */
struct sitting *sitting_next(const struct server *s, const struct sitting *after);

/** The events of changes that are on disk take effect: for acts.h. */
void sittings_apply(struct server *s, const struct changes *c);

/**
 * Appends an event of the class and applies it. `payload` is taken. `seat`, `actor` as in struct event, "" none. `ticket` as in journal_append().
 *
 * Errors: -EIO records are not being written now; -ENOMEM; of journal_append(). Nothing has happened then.
 */
int sitting_write(struct sitting *t, struct instant now, enum event_kind kind, const char *seat, const char *actor, json_t *payload, uint64_t ticket);

/** A seat of its room came or went, as the journal has it now: for the room's callback. */
void sitting_follow_seat(struct sitting *t, const struct event *ev);

/** schema.json, class. NULL without memory. */
json_t *sitting_class_json(const struct sitting *t);

/** The role that the class gives an account in its room: false for none. */
bool sitting_role(const struct sitting *t, int64_t account, enum role *ret);

#endif
