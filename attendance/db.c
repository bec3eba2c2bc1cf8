/* See db.h. */
#include "attendance/db.h"

#include <errno.h>
#include <stdarg.h>

int db_errno(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EBADMSG;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG:
		return -EINVAL;
	default:
		return -EIO;
	}
}

int db_exec(sqlite3 *db, const char *sql)
{
	return db_errno(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

int db_prepare(sqlite3 *db, sqlite3_stmt **ret, const char *sql)
{
	return db_errno(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL));
}

int db_bind(sqlite3_stmt *st, const char *types, ...)
{
	int code = SQLITE_OK;
	va_list args;

	va_start(args, types);
	for (int i = 0; types[i] && code == SQLITE_OK; i++) {
		const void *data;

		switch (types[i]) {
		case 'i':
			code = sqlite3_bind_int64(st, i + 1, va_arg(args, int64_t));
			break;
		case 't':
			code = sqlite3_bind_text(st, i + 1, va_arg(args, const char *), -1, SQLITE_STATIC);
			break;
		case 'b':
			data = va_arg(args, const void *);
			code = sqlite3_bind_blob(st, i + 1, data, va_arg(args, int), SQLITE_STATIC);
			break;
		default:
			code = sqlite3_bind_null(st, i + 1);
		}
	}
	va_end(args);
	return db_errno(code);
}

int db_run(sqlite3_stmt *st)
{
	int code = sqlite3_step(st);

	sqlite3_reset(st);
	return db_errno(code);
}

int db_get_int(sqlite3 *db, const char *sql, int64_t *ret)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, sql);
	int code;

	if (r < 0)
		return r;
	code = sqlite3_step(st);
	if (code != SQLITE_ROW)
		return code == SQLITE_DONE ? -ENODATA : db_errno(code);
	*ret = sqlite3_column_int64(st, 0);
	return 0;
}

const char *db_text(sqlite3_stmt *st, int column)
{
	const char *s = (const char *)sqlite3_column_text(st, column);

	return s ? s : "";
}
