/*
 * The database's tables by version (docs/database.md). A migration is a row here: never change one that was released, add
 * the next. Each runs in a transaction with its row in schema_version, so that a kill leaves the version before or after.
 */
#ifndef HUITANG_ATTENDANCE_SCHEMA_H
#define HUITANG_ATTENDANCE_SCHEMA_H

#include <sqlite3.h>
#include <stddef.h>

#define SCHEMA_APPLICATION_ID 0x48756974        /* "Huit": PRAGMA application_id of our files */

struct migration {
	const char *what;       /* one line for schema_version */
	const char *sql;
};

/** The migrations in order; version i+1 is what row i makes. *ret_n of them. */
const struct migration *schema_migrations(size_t *ret_n);

/**
 * Brings a database to version `n` by the migrations that it lacks. *ret_version is what was found, when that is known.
 *
 * Errors: -EPROTO it is newer than `n`; -EBADMSG it has tables of something else; -EINVAL a migration's SQL;
 *         others of db_errno(). What was not committed is rolled back.
 */
int schema_migrate(sqlite3 *db, const struct migration *list, size_t n, int *ret_version);

/** The version of a database, 0 for an empty one. Errors: -EBADMSG not ours, others of db_errno(). */
int schema_version(sqlite3 *db, int *ret);

#endif
