/*
 * Erasing by the days of the policy. The payload and key of each journal row go when its days are over (event_form.h says whose days they
 * are, the room's or the act's organisation how many), as by an erasure: the chain stays valid, and times of rows stay. An act's row in the audit
 * log goes with it. Where policy is laxer later, what is gone stays gone.
 *
 *   control: retention_plan_make ─ store_retain ─►  store thread: begin, step, step, … when nothing else waits ─► finish ─► on_done
 *
 * A step looks at 500 rows, and writes its deletions and how far it came in one transaction: a killed server goes on behind the last one,
 * and counts nothing twice. The end is an act "retention.run" for each root that lost something.
 *
 * Inside attendance/ only, but for the plan. Thread: the store's.
 */
#ifndef HUITANG_ATTENDANCE_RETENTION_H
#define HUITANG_ATTENDANCE_RETENTION_H

#include <sqlite3.h>
#include <stdbool.h>

#include "attendance/retention_plan.h"
#include "media/base/macros.h"

struct retention;
struct writer;

/** Owns: *ret is the caller's; end it with retention_destroy(). `db` and `writer` must outlive it. Errors: -ENOMEM; of db_errno(). */
int retention_create(struct retention **ret, sqlite3 *db, struct writer *writer);
struct retention *retention_destroy(struct retention *r);

/** Begins a run by this plan (copied), or goes on with the one that was cut off. Errors: -ENOMEM; of db_errno(). -EALREADY: one is under way. */
int retention_begin(struct retention *r, const struct retention_plan *plan);

/**
 * One step of the run under way. 1: there is more; 0: it is done, or there is none. *ret_removed: rows whose payload went.
 *
 * Errors: of writer_begin() and so on: nothing of the step came true, try again later.
 */
int retention_step(struct retention *r, int *ret_removed);

bool retention_running(const struct retention *r);

/** When the last run that came to its end began, wall; 0: none, or the last one was cut off. Errors: of db_errno(). */
int retention_last(sqlite3 *db, int64_t *ret_us);

DEFINE_CLEANUP(struct retention, retention_destroy)

#endif
