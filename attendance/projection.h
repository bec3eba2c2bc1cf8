/*
 * What an event of the journal also changes in tables, in its transaction: indexes of what is true by the events alone, so that lists
 * need not read the journal. Inside attendance/ only. Thread: the writer's.
 */
#ifndef HUITANG_ATTENDANCE_PROJECTION_H
#define HUITANG_ATTENDANCE_PROJECTION_H

#include <sqlite3.h>

#include "classroom/event.h"
#include "media/base/macros.h"

struct projection;

/** Owns: *ret is the caller's. `db` outlives it. Errors: -ENOMEM, -EIO. */
int projection_create(struct projection **ret, sqlite3 *db);
struct projection *projection_destroy(struct projection *p);

/** What the event of that row changes; most change nothing. Errors: of db_errno(); a payload that is not as event.h says changes nothing,
    but results, postings and appeals, which are refused with -EINVAL (credit_index.h, appeal_index.h). */
int projection_event(struct projection *p, const struct event *ev, int64_t sequence);

DEFINE_CLEANUP(struct projection, projection_destroy)

#endif
