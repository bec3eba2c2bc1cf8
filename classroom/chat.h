/* The last lines of a room's chat. */
#ifndef HUITANG_CLASSROOM_CHAT_H
#define HUITANG_CLASSROOM_CHAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "classroom/event.h"

#define CHAT_LINES 100

struct chat_line {
	uint64_t id;                    /* from 1 in each epoch of the room */
	char seat[SEAT_ID_BYTES];
	char *name;                     /* owned */
	char *text;                     /* owned */
	int64_t wall_us;
	bool to_host;                   /* for who leads, and who wrote it */
};

struct chat {
	uint64_t last_id;
	size_t first, n;                /* ring */
	struct chat_line lines[CHAT_LINES];
};

/** Owns: `ret` is then ended by chat_add() or chat_line_done(). Errors: -ENOMEM. */
int chat_line_init(struct chat_line *ret, uint64_t id, const char *seat, const char *name, const char *text, int64_t wall_us);
void chat_line_done(struct chat_line *line);

/** Takes the line over; the oldest goes when the ring is full. */
const struct chat_line *chat_add(struct chat *c, struct chat_line *line);

/** The last `n`, oldest first; returns the number written. */
size_t chat_last(const struct chat *c, const struct chat_line **ret, size_t n);

/** Lines of a seat go. */
void chat_forget(struct chat *c, const char *seat);
void chat_clear(struct chat *c);

#endif
