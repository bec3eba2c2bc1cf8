/*
 * The store thread: takes writes in order, puts them on disk in groups, reports. Inside attendance/ only.
 *
 *             post                        commit                report
 *   control ────────► mailbox ► pending ────────► database   ───────────► mailbox ► control
 *                               │  ▲ fails: stays pending, is tried again each half second
 *                               └──┘
 *
 * A lone write is committed at once. When several came together, the next commit waits until 5 ms after the last: under
 * load few, large commits; one write after another is not held up.
 */
#ifndef HUITANG_ATTENDANCE_COMMITTER_H
#define HUITANG_ATTENDANCE_COMMITTER_H

#include <sqlite3.h>

#include "attendance/writes.h"
#include "media/base/mailbox.h"

struct committer;

struct committer_cfg {
	sqlite3 *db;                    /* given: outlives the committer */
	const char *database_path;      /* copied; only its size is looked at */
	const struct ballot_keys *ballot_keys; /* given: outlives the committer */
	const char *erasure_list;       /* copied: writer_set_erasure_list() */
	void (*wake)(void *user);       /* store thread */
	void *user;
};

struct answer {
	uint64_t ticket;
	int64_t sequence;
	int error;
};

/* What the control thread learns after a commit or its failure. */
struct committer_report {
	enum store_state state;
	size_t n;
	struct answer answers[];
};

/** Owns: *ret is the caller's. Errors: of writer_create(), mailbox_create(). */
int committer_create(struct committer **ret, const struct committer_cfg *cfg);

/** Starts the thread. Errors: -errno of pthread_create(). */
int committer_start(struct committer *c);

/** Writes what is pending (what fails now is lost, with a log line) and joins the thread. */
struct committer *committer_destroy(struct committer *c);

/** Thread: control. Errors: -ENOBUFS, -ENOMEM. */
int committer_post(struct committer *c, enum write_type type, const void *data, size_t len);

/** The oldest report, whose `data` is a committer_report; NULL for none. Owns: the caller's, letter_free(). Thread: control. */
struct letter *committer_take(struct committer *c);

int committer_write_metrics(const struct committer *c, char **ret);

DEFINE_CLEANUP(struct committer, committer_destroy)

#endif
