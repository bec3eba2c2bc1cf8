/* The asks of a class in the server: recorded, told, and closed at their deadlines; presence checks at moments of their own. Thread: control. */
#ifndef HUITANG_SIGNALING_SITTING_ASKS_H
#define HUITANG_SIGNALING_SITTING_ASKS_H

#include "signaling/sitting.h"

/** For sitting_create(). Errors: -ENOMEM. */
int sitting_asks_init(struct sitting *t);

/** One event of the journal, read again: in order with those of the class. Errors: of asks_apply(). */
int sitting_asks_replay(struct sitting *t, const struct event *ev);

/** After the journal was read: deadlines go on, and the moments of checks are drawn anew. */
void sitting_asks_settle(struct sitting *t, struct instant now);

/** An event of the class took effect: W begins, pauses, goes on or ends. */
void sitting_asks_follow(struct sitting *t, struct instant now, enum event_kind kind);

/** Each second: deadlines, checks that are due, tallies that have changed. */
void sitting_asks_on_second(struct sitting *t, struct instant now);

/** schema.json, ask: as who leads sees it, or everybody else. NULL without memory. */
json_t *sitting_ask_json(const struct ask *ask, bool leads);

/** The indexes of a choice. */
json_t *sitting_mask_json(uint32_t mask);

/** The last asks, those that are open among them, oldest first: at most `n`. */
json_t *sitting_asks_json(const struct sitting *t, bool leads, size_t n);

#endif
