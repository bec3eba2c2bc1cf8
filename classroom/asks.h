/*
 * All that is asked in one class. Pure: no I/O, no clock, no thread; time is passed in, effects go up by callbacks. Every act
 *   1. checks shape and permission,  2. takes the memory it needs,  3. tells on_event, which may refuse,  4. takes effect;
 * and the journal's events alone rebuild all of it (asks_apply). Who may open and close asks is the caller's to know.
 *
 * Answers. A person answers by the own device, or a site's seat answers for a person who is signed in at that site. The first answer of a
 * (ask, person) counts, and no other: the same again is taken for a repetition and changes nothing, another one is refused. Of a ballot
 * nothing is kept here, neither who nor what: asks_answer() says whether the vote may be sealed, and the store keeps the last one of each voter.
 *
 * Refused answers are recorded: the first ASK_REFUSALS_WRITTEN of each actor and ask, of a ballot the first BALLOT_REFUSALS_WRITTEN and without saying
 * whose. All of them are counted, and ASK_CLOSED has the number.
 *
 * Thread: one, the control thread. Callbacks must not call the acts of the same class.
 */
#ifndef HUITANG_CLASSROOM_ASKS_H
#define HUITANG_CLASSROOM_ASKS_H

#include "classroom/ask.h"
#include "classroom/room.h"

#define ASKS_MAX 500                    /* of one class */
#define ASKS_OPEN_MAX 8                 /* at once */
#define ASKS_ANSWERS_MAX 500000         /* kept for one class */
#define ASK_REFUSALS_WRITTEN 3          /* rows for each actor and ask */
#define BALLOT_REFUSALS_WRITTEN 100     /* rows for each ballot */
#define ASK_REFUSERS_MAX 20000          /* actors remembered for each ask; the refusals of others are counted only */

struct asks;

enum ask_verdict {
	ASK_TAKEN,              /* acknowledge once its event is on disk */
	ASK_SAME,               /* answered so before: acknowledge once everything posted until now is on disk */
	ASK_SEAL,               /* a ballot: seal the vote and give it to the store, which acknowledges */
	/* Refused, and recorded: */
	ASK_LATE,               /* after the deadline */
	ASK_ENDED,              /* closed before its deadline */
	ASK_FOREIGN,            /* for a person or a site that is not the actor's, or who is not asked */
	ASK_REPLAYED,           /* answered otherwise before */
	ASK_NO_OPTION,          /* no such option, none, or too many */
	ASK_NOT_SIGNED_IN,
	ASK_NOT_OWN,            /* a ballot from a site's seat, or from a device that several use */
	/* Not recorded: */
	ASK_UNKNOWN,            /* there is no such ask */
	ASK_BAD,                /* a value out of range */
	ASK_FEW_VOTERS,         /* a ballot among fewer than BALLOT_VOTERS_MIN */
	ASK_FULL,               /* a bound of this class */
	ASK_NOT_RECORDED,       /* on_event refused */
	ASK_NO_MEMORY,
	ASK_VERDICTS
};

/** The journal's `why` of what is recorded, and the wire's word of the others; "" out of range. */
const char *ask_verdict_name(enum ask_verdict verdict);

/* All are called on the control thread, inside an act. Pointers are borrowed until return. */
struct ask_events {
	/** To be written to the journal, before the act has its effect. 0, or -errno, which refuses the act. A refused answer stays refused whatever it says. */
	int (*on_event)(void *user, const struct event *ev);
	/** Opened, closed, counted or void. */
	void (*on_state)(void *user, const struct ask *ask);
	/** An answer was counted: coalesce. */
	void (*on_tally)(void *user, const struct ask *ask);
	/** Whether the person takes part now; *ret_site is where: 0 in an own seat. */
	bool (*where)(void *user, const char *person, int64_t *ret_site);
};

struct asks_cfg {
	const char *room;                       /* the class's; below ROOM_ID_BYTES, copied */
	const struct ask_events *events;        /* given: outlives the asks; none NULL */
	void *user;
};

struct ask_answer {
	uint32_t ask;
	const char *person;     /* for whom; "" where seats are asked */
	uint32_t choice;        /* mask of 1 << index */
	enum proof_grade grade;
	struct actor by;        /* the person itself, or a site's seat */
	int64_t site;           /* of the seat; else 0 */
	bool shared;            /* the device has signed in others too */
};

/** Owns: *ret is the caller's; asks_destroy() tells nobody. Errors: -EINVAL cfg, -ENOMEM. */
int asks_create(struct asks **ret, const struct asks_cfg *cfg);
struct asks *asks_destroy(struct asks *a);

/**
 * Asks. `span_us` is how long it may be answered, ASK_SPAN_MIN_US to ASK_SPAN_MAX_US. `voters` matters to ballots alone: how many may vote now.
 * *ret_id is the ask's number. A ballot needs its key on disk first: the number will be asks_next_id().
 *
 * ASK_TAKEN, _BAD, _FEW_VOTERS, _FULL, _NOT_RECORDED, _NO_MEMORY.
 */
enum ask_verdict asks_open(struct asks *a, struct instant now, const struct actor *by, const struct ask_spec *spec, int64_t span_us,
                           size_t voters, uint32_t *ret_id);

/** One answer of one person or site. All verdicts but _ENDED's like of acts: see enum ask_verdict. */
enum ask_verdict asks_answer(struct asks *a, struct instant now, const struct ask_answer *answer);

/** Ends it now. Closed already: ASK_TAKEN, nothing happens. _UNKNOWN, _BAD, _NOT_RECORDED, _NO_MEMORY. */
enum ask_verdict asks_close(struct asks *a, struct instant now, const struct actor *by, uint32_t id);

/** Closes what has passed its deadline; what cannot be recorded now stays open, takes no answers, and is tried again. */
void asks_tick(struct asks *a, struct instant now);

/** Boot clock of the next deadline of an open ask, INT64_MAX for none. */
int64_t asks_deadline_us(const struct asks *a);

/* Reading. */

uint32_t asks_next_id(const struct asks *a);

/** The ask of a number; NULL for none. */
const struct ask *asks_get(const struct asks *a, uint32_t id);

/** The tallies of an ask by site, in the order of their first answers: up to `n` from the `from`th on; returns the number written. None of a ballot. */
size_t asks_sites(const struct asks *a, uint32_t id, size_t from, const struct ask_site **ret, size_t n);

/** What a person (else, with "", a site) has answered; false for nothing. Never of a ballot. */
bool asks_choice(const struct asks *a, uint32_t id, const char *person, int64_t site, uint32_t *ret_choice);

/** Each answer in the order of arrival, for a named vote's list. `fn` gets "" for a site's. Never of a ballot. */
void asks_each(const struct asks *a, uint32_t id, void (*fn)(void *user, const char *person, int64_t site, uint32_t choice), void *user);

/* Coming back after a restart. */

/**
 * Applies one event of the journal, in its order; nothing is called back. Events of other rooms and other kinds are ignored.
 *
 * Errors: -EBADMSG (a payload that is not as docs/class.md says), -ENOMEM. Nothing changed.
 */
int asks_apply(struct asks *a, const struct event *ev);

/** As asks_apply() for EVENT_BALLOT_COUNTED and _VOID, which the store writes (attendance/ballot.h), and tells on_state. */
int asks_counted(struct asks *a, const struct event *ev);

/** After the last asks_apply(): deadlines go on by the wall clock, since the journal's boot clock may be another boot's. */
void asks_settle(struct asks *a, struct instant now);

/** The durable state as JSON text with sorted keys: two with equal text behave the same. Owns: *ret is the caller's, mem_free(). Errors: -ENOMEM. */
int asks_write_durable(const struct asks *a, char **ret);

#endif
