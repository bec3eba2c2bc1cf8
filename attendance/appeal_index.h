/*
 * The table `appeal`: an index of APPEAL_WRITTEN and APPEAL_DECIDED (docs/class.md), written in the transaction of the event. It refuses what cannot be: a
 * number that is taken, a second open appeal of one person about one class, a decision of what was not written there or is decided already. What was
 * written stands in the journal alone. Inside attendance/ only. Thread: the writer's.
 */
#ifndef HUITANG_ATTENDANCE_APPEAL_INDEX_H
#define HUITANG_ATTENDANCE_APPEAL_INDEX_H

#include <jansson.h>
#include <sqlite3.h>

#include "classroom/event.h"
#include "media/base/macros.h"

struct appeal_index;

/** Owns: *ret is the caller's. `db` outlives it. Errors: -ENOMEM, -EIO. */
int appeal_index_create(struct appeal_index **ret, sqlite3 *db);
struct appeal_index *appeal_index_destroy(struct appeal_index *x);

/** EVENT_APPEAL_WRITTEN or EVENT_APPEAL_DECIDED; others change nothing. Errors: -EINVAL as above; of db_errno(). */
int appeal_index_event(struct appeal_index *x, const struct event *ev, const json_t *payload, int64_t sequence);

DEFINE_CLEANUP(struct appeal_index, appeal_index_destroy)

#endif
