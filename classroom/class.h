/*
 * One class: its plan, whom it invited, its roster, who signed in where, and its state. Pure: the fold of its events (docs/class.md), and
 * what may be done next. Nothing changes it but class_apply(): whoever acts asks here first, writes the event, and applies it.
 *
 *   PLANNED ──► OPEN ◄──► PAUSED          W = [opened, closed) without pauses
 *      │          └───┬─────┘
 *      ▼              ▼
 *   CANCELLED      CLOSED ──► SEALED
 *
 * Persons are pseudonyms, sites are organisations' ids. Thread: control.
 */
#ifndef HUITANG_CLASSROOM_CLASS_H
#define HUITANG_CLASSROOM_CLASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "classroom/class_plan.h"
#include "classroom/event.h"
#include "classroom/proof_grade.h"
#include "media/base/hash.h"
#include "media/base/macros.h"

#define CLASS_SITES_MAX 20000
#define CLASS_PERSONS_MAX 200000
#define CLASS_WHY_BYTES 601
#define CLASS_OPENS_BEFORE_US (60 * 60 * 1000000LL)     /* its start */
#define CLASS_GRACE_US (5 * 60 * 1000000LL)             /* who comes later than so long after the opening is late */

struct class;

enum class_state { CLASS_PLANNED, CLASS_CANCELLED, CLASS_OPEN, CLASS_PAUSED, CLASS_CLOSED, CLASS_SEALED, CLASS_STATES };
enum site_answer { SITE_UNANSWERED, SITE_SEEN, SITE_ACCEPTED, SITE_DECLINED, SITE_ANSWERS };
enum class_leave { CLASS_LEAVE_NONE, CLASS_LEAVE_ASKED, CLASS_LEAVE_GRANTED, CLASS_LEAVE_REFUSED, CLASS_LEAVES };

/* How many of a site's are where. */
struct class_count {
	size_t expected;                /* on the roster from here, without granted leave */
	size_t arrived;                 /* of them, signed in now, wherever; once the class is over: at any time of it */
	size_t late;                    /* of the arrived: came more than CLASS_GRACE_US after the opening */
	size_t left;                    /* of the expected who are not there: were before */
	size_t on_leave;
	size_t here;                    /* signed in at this site, of whatever home */
	size_t unproved;                /* of here: by card number typed or by the delegate late or together */
};

struct class_site {
	int64_t id;
	enum site_answer answer;
	char *why;                      /* owned; "" none */
	int64_t arrived_us;             /* wall, when a seat of it came for the first time; 0: not yet */
	struct class_count count;       /* as of the last event */
	UT_hash_handle hh;
};

struct class_person {
	char id[PERSON_ID_BYTES];
	int64_t home;                   /* as the roster was frozen; 0: never on it */
	uint32_t roster;                /* last version that has it, 0 none: is on the roster where that is class_roster() */
	enum class_leave leave;
	char *leave_why;                /* owned; "" none */
	int64_t leave_site;             /* where leave was asked */
	int64_t site;                   /* signed in there; 0: nowhere */
	int64_t since_us;               /* wall, of that sign-in */
	enum proof_grade grade;         /* best of that sign-in */
	bool shared, late, together;    /* docs/class.md, PERSON_SIGNED_IN */
	bool ever;                      /* has signed in once, */
	int64_t first_us;               /* wall, first at */
	UT_hash_handle hh;
};

/** Owns: *ret is the caller's; end it with class_destroy(). Errors: -ENOMEM. */
int class_create(struct class **ret, int64_t number);
struct class *class_destroy(struct class *c);

/**
 * Takes one event of this class in the journal's order. Other kinds are ignored.
 *
 * Errors: -EBADMSG a payload that is not as docs/class.md says, or that makes no sense here: nothing changed; -ENOMEM.
 */
int class_apply(struct class *c, const struct event *ev);

/** Somebody was forgotten by order: what was said of the person's leave is no longer here, as in a fold without those events. */
void class_forget(struct class *c, const char *person);

int64_t class_number(const struct class *c);

/** Its room: "class-17". */
const char *class_room(const struct class *c);

/** The number of a class's room, 0 of another. */
int64_t class_number_of(const char *room);

/** "planned", "cancelled", "open", "paused", "closed", "sealed". */
const char *class_state_name(enum class_state state);
enum class_state class_state(const struct class *c);

/** Borrowed until the next class_apply(). Title "" before the first CLASS_PLANNED. */
const struct class_plan *class_plan(const struct class *c);

/** How often the plan was written, calling it off among it: 1 as it was made. The last was at class_planned_us(), wall. */
uint32_t class_revision(const struct class *c);
int64_t class_planned_us(const struct class *c);

/** Whether it can begin at a moment: CLASS_FAULT_NOT_PLANNED, _EARLY, _MISSED. */
enum class_fault class_may_open(const struct class *c, int64_t wall_us);

/** Whether its time went by without it: planned, never opened, over. Nothing is stored of it. */
bool class_not_held(const struct class *c, int64_t wall_us);

/** Wall; 0: not yet. */
int64_t class_opened_us(const struct class *c);
int64_t class_closed_us(const struct class *c);

/** W's length up to a moment, microseconds, by the wall: pauses left out. For pages; presence is computed from the events. */
int64_t class_taught_us(const struct class *c, int64_t wall_us);

/** Version of the roster that holds; 0 before it was frozen. */
uint32_t class_roster(const struct class *c);

/** Why it was changed by hand; "" for version 1. Borrowed until the next class_apply(). */
const char *class_roster_why(const struct class *c);

/** Whether its result was written. */
bool class_has_result(const struct class *c);

/** The last version of its minutes that is complete; 0: none yet. Once sealed, the one that was. */
uint32_t class_minutes(const struct class *c);

/** Whether it was noted who is missing. */
bool class_absentees_noted(const struct class *c);

/** NULL: not invited, not known. */
const struct class_site *class_site(const struct class *c, int64_t id);
const struct class_person *class_person(const struct class *c, const char *id);

/** One after another behind NULL, in order of invitation, of appearance; NULL behind the last. */
const struct class_site *class_next_site(const struct class *c, const struct class_site *after);
const struct class_person *class_next_person(const struct class *c, const struct class_person *after);
size_t class_n_sites(const struct class *c);
size_t class_n_persons(const struct class *c);

/** Whether the roster that holds has the person. */
static inline bool class_expects(const struct class *c, const struct class_person *p)
{
	return p->roster != 0 && p->roster == class_roster(c);
}

/** The counts of all sites: ret[i] is that of the i-th of class_next_site(), class_n_sites() of them. Errors: none. */
int class_count(const struct class *c, struct class_count *ret);

/** Credit rules in force, RULE_CHOSEN's payloads in order: *ret_n of them, borrowed. */
const json_t *const *class_rules(const struct class *c, size_t *ret_n);

const char *site_answer_name(enum site_answer answer);
const char *class_leave_name(enum class_leave leave);

/** Errors: -EINVAL. */
int site_answer_parse(enum site_answer *ret, const char *name);

DEFINE_CLEANUP(struct class, class_destroy)

#endif
