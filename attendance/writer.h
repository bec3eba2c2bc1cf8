/*
 * The connection that writes: one transaction after another, the chain's head, checkpoints. Inside attendance/ only.
 * Thread: the store's from store_start() on, before that control.
 */
#ifndef HUITANG_ATTENDANCE_WRITER_H
#define HUITANG_ATTENDANCE_WRITER_H

#include <sqlite3.h>

#include "attendance/ballot_box.h"
#include "attendance/directory_state.h"
#include "attendance/webhook_write.h"
#include "classroom/event.h"
#include "media/base/macros.h"

struct writer;

/**
 * Takes a migrated database: prepares statements, reads the chain's head.
 *
 * Owns:   *ret is the caller's; end it with writer_destroy(). `db` and `keys` must outlive it.
 * Errors: -ENOMEM, -EBADMSG, -EIO.
 */
int writer_create(struct writer **ret, sqlite3 *db, const struct ballot_keys *keys);
struct writer *writer_destroy(struct writer *w);

/** Begin, then any number of writes, then commit: 0 means on disk. After an error of any of them call writer_rollback(). */
int writer_begin(struct writer *w);
int writer_commit(struct writer *w);
void writer_rollback(struct writer *w);

/** -EINVAL from a write is that write's own fault (a constraint); other errors are the database's. */
int writer_event(struct writer *w, const struct event *ev, int64_t *ret_sequence);
int writer_session_opened(struct writer *w, const struct session *session);
int writer_session_closed(struct writer *w, const uint8_t hash[SESSION_HASH_BYTES]);

/** Secret ballots (ballot_box.h): counting writes a row, and the key goes with the commit. */
int writer_ballot_opened(struct writer *w, const struct ballot_name *ballot);
int writer_ballot_cast(struct writer *w, const struct ballot_vote *vote);
int writer_ballot_count(struct writer *w, const struct ballot_order *order, int64_t wall_us, int64_t boot_us, int64_t *ret_sequence);
/** How far an account has read its notices (org_notice.h). */
int writer_notices_read(struct writer *w, int64_t account, int64_t upto);

/** What a webhook's queue is to keep or to forget (webhook.h). */
int writer_webhook(struct writer *w, const struct webhook_write *write, int64_t now_us);

/** An act: its row in the journal and the audit log, and all that it changes. */
int writer_changes(struct writer *w, const struct changes *c, int64_t wall_us, int64_t boot_us, int64_t *ret_sequence);

/**
 * Where erasures are listed, outside the folder (erasure.h). Copied. Before the first erasure. Errors: -ENOMEM.
 *
 * An erasure that is committed is listed before its answer, and what it has left in the file is overwritten by writer_scrub().
 */
int writer_set_erasure_list(struct writer *w, const char *path);

/** When nothing else waits: overwrites what erasures have left, in the log at once, in the file at night where the database is large. Tries again when it could not. */
void writer_scrub(struct writer *w, int64_t now_wall_us);

/** Whether that should be tried again soon. */
bool writer_scrubs(const struct writer *w);

/** A run of the erasing by days has come to its end: as after an erasure, but only where the database is small; in a large one zeros must do. */
void writer_retained(struct writer *w);

/** Moves the log into the database when it has grown enough. Errors: as commit; nothing is lost by one. */
int writer_checkpoint(struct writer *w);

DEFINE_CLEANUP(struct writer, writer_destroy)

#endif
