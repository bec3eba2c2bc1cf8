/* The data folder: made, and owned by one server at a time. Inside attendance/ only. */
#ifndef HUITANG_ATTENDANCE_FOLDER_H
#define HUITANG_ATTENDANCE_FOLDER_H

#include "attendance/store.h"

#define DATABASE_NAME "huitang.db"
#define LOCK_NAME "lock"

/**
 * Makes the folder when missing (mode 0700) and locks DIR/lock, which then holds our process id.
 *
 * Owns:   *ret_fd is the caller's; close() lets the folder go. A killed process lets it go by itself.
 * Errors: -EBUSY locked by another server; -ENOTDIR; -EACCES, -EROFS, -ENOENT (parent), …; `err` says it.
 */
int folder_take(int *ret_fd, const char *dir, char err[STORE_ERROR_BYTES]);

/** The database's path, mem_free(); NULL: out of memory. */
char *folder_database(const char *dir);

#endif
