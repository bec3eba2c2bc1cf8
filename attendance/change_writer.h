/* Writes changes (changes.h) within the writer's transaction. Inside attendance/ only. Thread: the writer's. */
#ifndef HUITANG_ATTENDANCE_CHANGE_WRITER_H
#define HUITANG_ATTENDANCE_CHANGE_WRITER_H

#include <sqlite3.h>

#include "attendance/changes.h"

struct change_writer;

/** Owns: *ret is the caller's. `db` outlives it. Errors: -ENOMEM, -EIO. */
int change_writer_create(struct change_writer **ret, sqlite3 *db);
struct change_writer *change_writer_destroy(struct change_writer *w);

/** All of them, as done by the act of that row in the journal. Errors: -EINVAL what the database's rules refuse; others of db_errno(). */
int change_writer_write(struct change_writer *w, const struct changes *c, int64_t sequence, int64_t wall_us);

/** Outside of acts: how far an account has read. Errors: of db_errno(). */
int change_writer_notices_read(struct change_writer *w, int64_t account, int64_t upto);

DEFINE_CLEANUP(struct change_writer, change_writer_destroy)

#endif
