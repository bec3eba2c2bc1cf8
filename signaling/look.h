/*
 * Every look from outside a room at what a seat sends: begun and ended, by whom. This is the one place that all of them pass:
 * what is to be recorded of looks, and whom to tell of them, is decided here.
 */
#ifndef HUITANG_SIGNALING_LOOK_H
#define HUITANG_SIGNALING_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "classroom/seat.h"

struct server;

/* Texts are borrowed during the call. */
struct look {
	int64_t account;
	const char *room;
	const char *seat;
	enum seat_source source;
};

/** A look begins, or one that began ends. */
void look_note(struct server *s, const struct look *look, bool begins);

#endif
