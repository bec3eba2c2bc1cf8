/* The few things that every user of SQLite here needs: errors as errno, statements in one line. Inside attendance/ only. */
#ifndef HUITANG_ATTENDANCE_DB_H
#define HUITANG_ATTENDANCE_DB_H

#include <sqlite3.h>
#include <stdint.h>

#include "media/base/macros.h"

/** -errno of an SQLite result code: -ENOSPC, -EIO, -ENOMEM, -EBADMSG, -EBUSY, -EROFS, -EACCES, -EINVAL (a constraint); 0 for OK, ROW, DONE. */
int db_errno(int code);

/** Runs statements without parameters or rows. */
int db_exec(sqlite3 *db, const char *sql);

/** Owns: *ret is the caller's, sqlite3_finalize(). */
int db_prepare(sqlite3 *db, sqlite3_stmt **ret, const char *sql);

/** Binds by letter of `types`: i int64_t, t text, b blob (pointer, int length), n nothing (NULL). Texts and blobs must live until the step. */
int db_bind(sqlite3_stmt *st, const char *types, ...);

/** Steps a statement that gives no rows and resets it. */
int db_run(sqlite3_stmt *st);

/** First column of the first row of a query without parameters; -ENODATA when there is none. */
int db_get_int(sqlite3 *db, const char *sql, int64_t *ret);

/** Column text, "" for NULL. Borrowed until the next step. */
const char *db_text(sqlite3_stmt *st, int column);

static inline void db_finalizep(sqlite3_stmt **st)
{
	sqlite3_finalize(*st);
}

#endif
