/* Opening huitang.db for the writer or a reader: pragmas, version, words for what is wrong. Inside attendance/ only. */
#ifndef HUITANG_ATTENDANCE_DATABASE_H
#define HUITANG_ATTENDANCE_DATABASE_H

#include <sqlite3.h>

#include "attendance/store.h"

/**
 * Opens or creates the database of a folder that the caller has taken, and migrates it.
 *
 * Owns:   *ret is the caller's, sqlite3_close().
 * Errors: as store_open(); `err` says it.
 */
int database_open(sqlite3 **ret, const char *dir, char err[STORE_ERROR_BYTES]);

/** Opens it query_only. Errors: as store_open_reader(). */
int database_open_reader(sqlite3 **ret, const char *dir, char err[STORE_ERROR_BYTES]);

/** A 32-byte secret by name; made by the first call when `make`. Errors: -ENODATA, -EBADMSG, others of db_errno(). */
int database_secret(sqlite3 *db, const char *name, bool make, uint8_t ret[STORE_KEY_BYTES]);

/** "data folder DIR: the database …: REASON". Returns `error`. */
int database_say(char err[STORE_ERROR_BYTES], const char *dir, int error);

static inline void database_closep(sqlite3 **db)
{
	sqlite3_close(*db);
}

#endif
