/*
 * A ring of records from one worker to one other: how packets cross threads. One thread writes, one reads; nobody waits, locks or
 * allocates. What has no room is lost, and the writer is told. A cache line is written by one thread only.
 */
#ifndef HUITANG_MEDIA_RELAY_H
#define HUITANG_MEDIA_RELAY_H

#include <stdbool.h>
#include <stddef.h>

struct relay;

/**
 * Owns:   *ret is the caller's.
 * Units:  `bytes` in all, a power of two from 4,096 on. A record takes its length and 16, rounded up to 16.
 * Errors: -EINVAL, -ENOMEM.
 */
int relay_create(struct relay **ret, size_t bytes);
struct relay *relay_destroy(struct relay *r);

/* The writer. */

/**
 * Room for a record, aligned to 16, or NULL when there is none. `urgent`: also the last eighth of the ring, which stays free for what
 * must not be lost. relay_end() ends the record; the reader sees it after relay_publish().
 */
void *relay_begin(struct relay *r, size_t len, bool urgent);
void relay_end(struct relay *r);

/** Shows the reader what was written. True when there was something. Then ring the reader's bell. */
bool relay_publish(struct relay *r);

/* The reader. */

/** The oldest record, borrowed until relay_done(), or NULL. */
const void *relay_next(struct relay *r, size_t *ret_len);
void relay_done(struct relay *r);

/** For the last look before sleeping: after bell_before_sleep(). */
bool relay_is_empty(const struct relay *r);

/* Wakes the reader of any number of relays when it sleeps. */
struct bell;

/** Owns: *ret is the caller's. Errors: -ENOMEM, -errno of eventfd(). */
int bell_create(struct bell **ret);
struct bell *bell_destroy(struct bell *b);

/** To poll, readable. */
int bell_fd(const struct bell *b);

/** After relay_publish(): a system call only when the reader sleeps. Thread: any. */
void bell_ring(struct bell *b);

/** The reader says that it is about to sleep; then it looks at its relays once more. */
void bell_before_sleep(struct bell *b);

/** The reader is awake again; `rung`: the descriptor was readable. */
void bell_after_sleep(struct bell *b, bool rung);

#endif
