/*
 * Whose queue is it? Beside a download (any TCP) the line's queue is long whatever we send, and a sender that yields to it ends with
 * nothing. So: when the rate was lowered twice because of a long queue, less of ours arrived each time and the queue did not get
 * shorter, it is taken for somebody else's, for 10 s, then 20, 40, 60 s, and counts for nothing; growth and loss still count. It ends
 * when the queue does. As long as a queue of our own stands, as much arrives as the line carries, whatever fills it up again.
 *
 * Embedded and pure.
 */
#ifndef HUITANG_MEDIA_QUEUE_BLAME_H
#define HUITANG_MEDIA_QUEUE_BLAME_H

#include <stdbool.h>
#include <stdint.h>

struct queue_blame {
	int64_t lowered_us;             /* when the rate was lowered, 0: not lately; one that follows too soon to judge does not count */
	int64_t queue_us;               /* at that time */
	int64_t arrives_bps;            /* likewise, at the least */
	unsigned vain;                  /* times in a row that it did not help */
	int64_t foreign_until_us;
	int64_t patience_us;            /* how long, next time */
};

void queue_blame_init(struct queue_blame *q);

/** What of a queue is to be blamed on us: all of it, or nothing. Queues below `short_us` are over. */
int64_t queue_blame_ours_us(struct queue_blame *q, int64_t queue_us, int64_t short_us, int64_t now_us);

/** The queue is long; lower the rate? Of ours arrives now at least and at most so much, as a short and a long look tell. False: it has not helped, and from now on it is somebody else's. */
bool queue_blame_accept(struct queue_blame *q, int64_t queue_us, int64_t least_bps, int64_t most_bps, int64_t now_us);

#endif
