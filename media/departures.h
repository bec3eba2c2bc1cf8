/*
 * Whose packets leave when (media.md, Sending): large pictures leave at the end of the turn that brought them; sound and small
 * pictures of a busy server, and what the pacer held back, wait a fixed 5 ms, so that a list in order of arrival is one in order of time.
 * Embedded, media thread only.
 */
#ifndef HUITANG_MEDIA_DEPARTURES_H
#define HUITANG_MEDIA_DEPARTURES_H

#include <stdbool.h>
#include <stdint.h>

#define DEPARTURE_WAIT_US 5000

enum departure_state { DEPARTURE_IDLE, DEPARTURE_SOON, DEPARTURE_LATER };

/* Embedded in whatever departs. */
struct departure {
	enum departure_state state;
	int64_t due_us;                 /* of DEPARTURE_LATER */
	struct departure *prev, *next;
};

struct departure_list {
	struct departure *first, *last;
};

struct departures {
	struct departure_list soon, later;
	bool company;                   /* there is so much to send that waiting for company pays; else nothing waits */
};

/** Leaves at the end of this turn. */
void departures_soon(struct departures *d, struct departure *one);

/** Leaves in 5 ms where company pays, else at the end of this turn. */
void departures_with_company(struct departures *d, struct departure *one, int64_t now_us);

/** Leaves in 5 ms, unless it leaves sooner already. */
void departures_later(struct departures *d, struct departure *one, int64_t now_us);

void departures_remove(struct departures *d, struct departure *one);

/** The next whose time has come, taken out; NULL for none. */
struct departure *departures_take(struct departures *d, int64_t now_us);

/** What departures_take() will give after `ahead` others, as far as that is to leave this turn; NULL: nothing. */
struct departure *departures_peek(const struct departures *d, unsigned ahead);

/** When departures_take() has something: 0 at once, INT64_MAX never. */
int64_t departures_due_us(const struct departures *d);

#endif
