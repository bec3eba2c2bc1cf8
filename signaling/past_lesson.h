/*
 * One class of the past, as its people lived it: planned, answered, held, written down. What they ask goes by the API (past_world.h); what they do in the room goes to
 * the rules of the room, the class and its asks, as their pages' messages would. Who comes, comes late, forgets to answer is drawn from the class's number
 * and the person's, so that each demo has the same.
 */
#ifndef HUITANG_SIGNALING_PAST_LESSON_H
#define HUITANG_SIGNALING_PAST_LESSON_H

#include "signaling/past_world.h"

#define LESSON_AGENDA_MAX 4
#define LESSON_OPTIONS_MAX 4

/* What it is about. Texts are given, and may be NULL where there is none. */
struct lesson_plot {
	const char *title, *kind, *campaign;
	struct {
		int minutes;
		const char *title, *speaker;
	} agenda[LESSON_AGENDA_MAX];
	const char *expert;             /* comes by link */
	const char *question;           /* a vote in it, */
	const char *options[LESSON_OPTIONS_MAX];
	unsigned checks;                /* of presence */
	unsigned attendance;            /* of a hundred */
	const char *conclusion;         /* of the minutes */
};

struct lesson {
	const struct lesson_plot *plot;
	int64_t host;                   /* account: plans and leads it */
	int64_t org, target;            /* who holds it, who is invited */
	bool subtree;
	int64_t start_us, end_us;       /* wall */
	const char *late_login;         /* whose person comes too late for the credit; NULL nobody's */
	int64_t number;                 /* once planned */
};

/** Plans it, five days or so ahead, and invites its expert. Errors, here and below: of world_ask(), world_wait(). */
int lesson_plan(struct world *w, struct lesson *l);

/** Sites answer, and some of their members ask for leave, which is decided. `of_ten`: how many answer by now. */
int lesson_answer(struct world *w, const struct lesson *l, unsigned of_ten);

/** From the first who comes to the result and the server's minutes. */
int lesson_hold(struct world *w, const struct lesson *l);

/** The minutes are written; and sealed. */
int lesson_write_minutes(struct world *w, const struct lesson *l);
int lesson_seal(struct world *w, const struct lesson *l);

#endif
