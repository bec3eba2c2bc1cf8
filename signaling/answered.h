/* The last requests of one client and what they were answered, so that one sent again after a lost socket is done once. */
#ifndef HUITANG_SIGNALING_ANSWERED_H
#define HUITANG_SIGNALING_ANSWERED_H

#include <stdbool.h>
#include <stdint.h>

#include "signaling/text.h"

#define ANSWERED_MAX 128                /* more than a socket may send at once: all of them may wait for one sync of the disk */
#define ANSWERED_TEXT_MAX 4096          /* longer replies are not kept: asking for a page again does no harm */

enum answered_state {
	ANSWERED_NEW,                   /* not seen */
	ANSWERED_WAITING,               /* being done: the reply comes by itself */
	ANSWERED_READY,
};

struct answered_row {
	int64_t id;                     /* 0: free */
	struct text *reply;             /* reference; NULL while waiting */
	bool held;                      /* reply is complete but waits for the disk */
};

/* Embedded; zeroed is empty. */
struct answered {
	struct answered_row rows[ANSWERED_MAX];
	unsigned next;
	int64_t highest;                /* id seen */
};

void answered_done(struct answered *a);

/** What is known of a request; *ret_reply is borrowed. */
enum answered_state answered_find(const struct answered *a, int64_t id, struct text **ret_reply);

/** True while all places are taken by held replies: nothing that is recorded may be done before one of them goes out. */
bool answered_is_full(const struct answered *a);

/** Keeps a reply (own reference) in the place of the oldest that is not held; without one it is not kept. `held`: not to be given out before answered_release(). */
void answered_keep(struct answered *a, int64_t id, struct text *reply, bool held);

/** The held reply of an id may go out, or `instead` (reference taken, may be NULL) in its place. Borrowed; NULL: not held. */
struct text *answered_release(struct answered *a, int64_t id, struct text *instead);

#endif
