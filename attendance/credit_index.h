/*
 * class_result and credit_entry: indexes of RESULT and CREDIT_POSTED (docs/class.md), written in the transaction of the event. Unlike other
 * projections they refuse: what can be in no ledger (ledger.h), and a result that does not read, are not written to the journal either.
 * Inside attendance/ only. Thread: the writer's.
 */
#ifndef HUITANG_ATTENDANCE_CREDIT_INDEX_H
#define HUITANG_ATTENDANCE_CREDIT_INDEX_H

#include <jansson.h>
#include <sqlite3.h>

#include "attendance/ledger.h"
#include "classroom/event.h"
#include "media/base/macros.h"

struct credit_index;

/** Owns: *ret is the caller's. `db` outlives it. Errors: -ENOMEM, -EIO. */
int credit_index_create(struct credit_index **ret, sqlite3 *db);
struct credit_index *credit_index_destroy(struct credit_index *x);

/** EVENT_RESULT or EVENT_CREDIT_POSTED; others change nothing. Errors: -EINVAL as above; of db_errno(). */
int credit_index_event(struct credit_index *x, const struct event *ev, const json_t *payload, int64_t sequence);

/* A row of credit_entry as credit_entry_column() takes it. */
#define CREDIT_ENTRY_COLUMNS "entry, class, person, home, year, subject, kind, milli_hours, counted_s, day, reason, reverses, appeal, sequence"

/** Errors: -EBADMSG a row that no event could have made. */
int credit_entry_column(struct ledger_entry *ret, sqlite3_stmt *st);

/** The class of a room "class-17"; 0: none. */
int64_t credit_class_of(const char *room);

DEFINE_CLEANUP(struct credit_index, credit_index_destroy)

#endif
