/*
 * The inside of a class's asks, for the asks_*.c files alone: the state, and the effects that acts and replay share. Effects take no memory and
 * cannot fail; whoever calls them has checked, reserved and recorded.
 */
#ifndef HUITANG_CLASSROOM_ASKS_STATE_H
#define HUITANG_CLASSROOM_ASKS_STATE_H

#include "classroom/ask_payload.h"
#include "media/base/hash.h"
#include "media/base/macros.h"

#define ANSWER_KEY_BYTES 24             /* a pseudonym, or "@" and a site's number */

struct answer {
	UT_hash_handle hh;
	char key[ANSWER_KEY_BYTES];
	int64_t site;
	uint32_t choice;
};

struct site {
	UT_hash_handle hh;
	struct ask_site view;
};

struct refuser {
	UT_hash_handle hh;
	unsigned written;               /* rows */
	char id[];
};

/* A question with what it got. */
struct question {
	struct ask ask;
	struct answer *answers;         /* owned, in the order of arrival */
	struct site *sites;             /* owned, in the order of their first answers */
	struct refuser *refusers;       /* owned */
	uint32_t refused_written;       /* rows */
};

struct asks {
	const struct ask_events *events;        /* given */
	void *user;                             /* given */
	char room[ROOM_ID_BYTES];
	struct question *list[ASKS_MAX];        /* owned; number i+1 at i */
	uint32_t n;
	size_t n_open, n_answers;
	bool replaying;                         /* nothing is called back */
};

/* asks.c */
struct question *asks_find(const struct asks *a, uint32_t id);

/** A question on its own, with copies of all that the spec points to. Errors: -ENOMEM. */
int question_create(struct question **ret, const struct asked_payload *p, int64_t wall_us, int64_t boot_us);
struct question *question_destroy(struct question *q);
void asks_tell_state(struct asks *a, const struct question *q);

/* asks_answers.c */
void answer_key(char ret[ANSWER_KEY_BYTES], const char *person, int64_t site);
struct answer *answer_find(const struct question *q, const char *key);

/** Makes the answer's place, and its site's; it counts with effect_answer(). Errors: -ENOMEM. */
int answer_reserve(struct question *q, struct answer **ret, const char *key, int64_t site);

/** Takes back what answer_reserve() made. */
void answer_cancel(struct question *q, struct answer *answer);

/** The site's tally; NULL for none. */
struct ask_tally *answer_site(const struct question *q, int64_t site);

/** Where the rows of this actor's refused answers are counted; NULL: not remembered, and none may be written. */
struct refuser *refuser_of(struct question *q, const char *actor);
void answers_clear(struct question *q);

/* asks_effects.c: what events do. */
void effect_asked(struct asks *a, struct question *q);
void effect_answer(struct asks *a, struct question *q, struct answer *answer, uint32_t choice);
void effect_refused(struct question *q, const char *actor);
void effect_closed(struct asks *a, struct question *q, const struct closed_payload *p);
void effect_counted(struct asks *a, struct question *q, const struct counted_payload *p);
void effect_void(struct asks *a, struct question *q, enum ask_void why);

DEFINE_CLEANUP(struct question, question_destroy)

#endif
