/*
 * Whose packets leave when (media.md, Sending): large pictures leave at the end of the turn that brought them; sound and small
 * pictures of a crowded server, and what the pacer held back, wait a fixed 5 ms, so that a queue in order of arrival is one in order
 * of time.
 * Queues are arrays: hundreds that depart are in no cache, and what comes next can be told without looking at any of them.
 * Embedded, media thread only; begin with zeroes.
 */
#ifndef HUITANG_MEDIA_DEPARTURES_H
#define HUITANG_MEDIA_DEPARTURES_H

#include <stdbool.h>
#include <stdint.h>

#define DEPARTURE_WAIT_US 5000
#define DEPARTURES_MOST 8192            /* a power of two; at most half as many may depart, the rest is what was taken out amid a queue */

enum departure_state { DEPARTURE_IDLE, DEPARTURE_SOON, DEPARTURE_LATER };

/* Embedded in whatever departs. */
struct departure {
	enum departure_state state;
	uint32_t at;                    /* its place in its queue */
};

struct departure_queue {
	uint32_t first, end;            /* places, modulo DEPARTURES_MOST; the first is never empty */
	struct departure_place {
		struct departure *one;  /* NULL: taken out */
		int64_t due_us;         /* of DEPARTURE_LATER */
	} places[DEPARTURES_MOST];
};

struct departures {
	struct departure_queue soon, later;
	bool crowd;                     /* there is so much to send that waiting for company pays; else nothing waits longer than a turn takes */
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

/** About what departures_take() will give after `ahead` others; NULL: nothing, or not to be told. */
const struct departure *departures_peek(const struct departures *d, uint32_t ahead, int64_t now_us);

/** When departures_take() has something: 0 at once, INT64_MAX never. */
int64_t departures_due_us(const struct departures *d);

#endif
