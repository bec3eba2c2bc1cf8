/*
 * The thread that reads the database while the server runs: history and audit are not in memory, and the control thread never waits.
 * It has a query_only connection of its own, takes one question after another, each in one short read transaction, and never checkpoints.
 * Inside attendance/ only; others call store_read().
 */
#ifndef HUITANG_ATTENDANCE_READ_THREAD_H
#define HUITANG_ATTENDANCE_READ_THREAD_H

#include "attendance/store.h"
#include "media/base/mailbox.h"

struct read_thread;

struct read_answer {
	uint64_t ticket;
	int error;
	char *text;                     /* owned by the taker, free(); NULL with an error */
};

/** Takes the reader, also on an error. Owns: *ret is the caller's. Errors: -ENOMEM, -errno of eventfd(). */
int read_thread_create(struct read_thread **ret, struct store_reader *reader, void (*wake)(void *user), void *user);

/** Errors: -errno of pthread_create(). */
int read_thread_start(struct read_thread *t);

/** Breaks off what is being read, and joins the thread. */
struct read_thread *read_thread_destroy(struct read_thread *t);

/** As store_read(). Thread: control. */
int read_thread_post(struct read_thread *t, store_read_fn fn, const void *args, size_t len, uint64_t ticket);

/** False when there is none. Thread: control. */
bool read_thread_take(struct read_thread *t, struct read_answer *ret);

DEFINE_CLEANUP(struct read_thread, read_thread_destroy)

#endif
