/*
 * The last events of one seat, so that a client whose socket died receives what it missed (media.md, Coming back).
 * An event's text is shared by all who get it and holds no seq: the number stands in the ring's order.
 */
#ifndef HUITANG_SIGNALING_EVENT_RING_H
#define HUITANG_SIGNALING_EVENT_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "signaling/text.h"

#define EVENT_RING_MAX 1000

/* Embedded; zeroed is empty. */
struct event_ring {
	struct text **slots;    /* owned: capacity entries, index is seq % capacity */
	uint32_t capacity;
	uint32_t first;         /* oldest seq held */
	uint32_t last;          /* newest seq given; first == last + 1: none is held */
};

void event_ring_init(struct event_ring *r);
void event_ring_done(struct event_ring *r);

/** Keeps a reference to `t` under the next seq and returns that. Without memory what was held is forgotten: a resume then gets a snapshot. */
uint32_t event_ring_push(struct event_ring *r, struct text *t);

/** True when everything after `seq` is held. */
bool event_ring_covers(const struct event_ring *r, uint32_t seq);

/** The event of a seq that is held, else NULL. Borrowed. */
struct text *event_ring_get(const struct event_ring *r, uint32_t seq);

#endif
