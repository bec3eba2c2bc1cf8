/*
 * Every look from outside a room at what a seat sends: begun and ended, by whom. This is the one place that all of them pass:
 * what is to be recorded of looks, and whom to tell of them, is decided here.
 */
#ifndef HUITANG_SIGNALING_LOOK_H
#define HUITANG_SIGNALING_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "classroom/room.h"

struct server;

/* Texts are borrowed during the call. */
struct look {
	int64_t account;
	uint64_t wall;                  /* of the server's run: tells looks of one account's walls apart */
	const char *room;
	const char *seat;
	enum seat_source source;
	struct instant since;           /* when it began */
	struct instant now;
};

/**
 * A look begins, or one that began ends, and what walls show is so already. Each that began ends once, also when its wall, its account's sign-in or the server ends; a source that only
 * moves to another place of its wall goes on with one look.
 */
void look_note(struct server *s, const struct look *look, bool begins);

#endif
