/* See read_thread.h. */
#include "attendance/read_thread.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attendance/db.h"
#include "attendance/writes.h"
#include "media/base/clock.h"
#include "media/base/mem.h"

#define READ_MAX_US 5000000             /* a question that takes longer is broken off: a transaction keeps the log growing */
#define STEPS_BETWEEN_LOOKS 10000
#define IDLE_MS 1000
#define OUT_OF_MEMORY_WAIT_US 10000

enum { LETTER_WAKE, LETTER_QUESTION };

struct question {
	store_read_fn fn;
	uint64_t ticket;
	char args[];
};

struct read_thread {
	struct mailbox *in, *out;       /* owned */
	struct store_reader *reader;    /* owned; the thread's once it runs */
	pthread_t thread;
	bool started;
	_Atomic bool stopping;
	_Atomic size_t waiting;         /* posted and not answered */
	int64_t began_us;               /* read thread only */
};

int read_thread_create(struct read_thread **ret, struct store_reader *reader, void (*wake)(void *user), void *user)
{
	CLEANUP(read_thread_destroyp) struct read_thread *t = mem_zalloc(sizeof(*t));
	int r;

	if (!t) {
		store_reader_close(reader);
		return -ENOMEM;
	}
	t->reader = reader;
	r = mailbox_create(&t->in, NULL, NULL);
	if (r == 0)
		r = mailbox_create(&t->out, wake, user);
	if (r < 0)
		return r;
	*ret = STEAL(t);
	return 0;
}

int read_thread_post(struct read_thread *t, store_read_fn fn, const void *args, size_t len, uint64_t ticket)
{
	struct question *q;
	int r;

	if (atomic_load(&t->waiting) >= STORE_READS_MAX)
		return -ENOBUFS;
	q = mem_zalloc(sizeof(*q) + len);
	if (!q)
		return -ENOMEM;
	q->fn = fn;
	q->ticket = ticket;
	if (len)
		memcpy(q->args, args, len);
	atomic_fetch_add(&t->waiting, 1);
	r = mailbox_post(t->in, LETTER_QUESTION, q, sizeof(*q) + len);
	if (r < 0)
		atomic_fetch_sub(&t->waiting, 1);
	mem_free(q);
	return r;
}

bool read_thread_take(struct read_thread *t, struct read_answer *ret)
{
	struct letter *l = mailbox_take(t->out);

	if (!l)
		return false;
	memcpy(ret, l->data, sizeof(*ret));
	letter_free(l);
	return true;
}

/* ---- the thread ---- */

static int on_progress(void *user)
{
	struct read_thread *t = user;

	return atomic_load(&t->stopping) || clock_boot_us() - t->began_us > READ_MAX_US;
}

static void answer(struct read_thread *t, const struct read_answer *a)
{
	struct timespec ts = { .tv_nsec = OUT_OF_MEMORY_WAIT_US * 1000 };

	while (mailbox_post(t->out, 0, a, sizeof(*a)) < 0)
		nanosleep(&ts, NULL);
	atomic_fetch_sub(&t->waiting, 1);
}

static void read_one(struct read_thread *t, const struct question *q, size_t len)
{
	sqlite3 *db = store_reader_db(t->reader);
	struct read_answer a = { .ticket = q->ticket };

	t->began_us = clock_boot_us();
	a.error = db_exec(db, "BEGIN");
	if (a.error == 0)
		a.error = q->fn(t->reader, q->args, len - sizeof(*q), &a.text);
	if (!sqlite3_get_autocommit(db))
		db_exec(db, "ROLLBACK");
	answer(t, &a);
}

static void *run(void *arg)
{
	struct read_thread *t = arg;
	struct pollfd p = { .fd = mailbox_fd(t->in), .events = POLLIN };

	sqlite3_progress_handler(store_reader_db(t->reader), STEPS_BETWEEN_LOOKS, on_progress, t);
	while (!atomic_load(&t->stopping)) {
		struct letter *l;

		while (!atomic_load(&t->stopping) && (l = mailbox_take(t->in))) {
			if (l->type == LETTER_QUESTION)
				read_one(t, l->data, l->len);
			letter_free(l);
		}
		if (!atomic_load(&t->stopping))
			poll(&p, 1, IDLE_MS);
	}
	return NULL;
}

int read_thread_start(struct read_thread *t)
{
	sigset_t all, old;
	int r;

	/* Signals are the control thread's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&t->thread, NULL, run, t);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (r != 0)
		return -r;
	pthread_setname_np(t->thread, "read");
	t->started = true;
	return 0;
}

struct read_thread *read_thread_destroy(struct read_thread *t)
{
	struct read_answer a;

	if (!t)
		return NULL;
	atomic_store(&t->stopping, true);
	if (t->started) {
		mailbox_post(t->in, LETTER_WAKE, NULL, 0);
		pthread_join(t->thread, NULL);
	}
	while (t->out && read_thread_take(t, &a))
		free(a.text);
	mailbox_destroy(t->in);
	mailbox_destroy(t->out);
	store_reader_close(t->reader);
	return mem_free(t);
}
