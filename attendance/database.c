/* See database.h. */
#include "attendance/database.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attendance/db.h"
#include "attendance/folder.h"
#include "attendance/schema.h"
#include "media/base/mem.h"

#define BUSY_MS 5000

static const char *reason(int error)
{
	switch (error) {
	case -EPROTO:
		return "was written by a newer version of huitang than this one";
	case -EBADMSG:
		return "is damaged, or is not a database of huitang";
	case -ENOSPC:
		return "cannot be written: the disk is full";
	case -EROFS:
	case -EACCES:
		return "cannot be written: no permission";
	case -EBUSY:
		return "is locked by another program";
	case -ENOMEM:
		return "cannot be opened: out of memory";
	case -EINVAL:
		return "could not be brought to this version";
	default:
		return "cannot be read or written";
	}
}

int database_say(char err[STORE_ERROR_BYTES], const char *dir, int error)
{
	snprintf(err, STORE_ERROR_BYTES, "data folder %s: the database %s %s", dir, DATABASE_NAME, reason(error));
	return error;
}

static int open_file(sqlite3 **ret, const char *dir, int flags)
{
	CLEANUP(mem_freep) char *path = folder_database(dir);
	CLEANUP(database_closep) sqlite3 *db = NULL;
	int r;

	if (!path)
		return -ENOMEM;
	r = db_errno(sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_PRIVATECACHE, NULL));
	if (r < 0)
		return r;
	sqlite3_busy_timeout(db, BUSY_MS);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	r = db_exec(db, "PRAGMA trusted_schema = OFF");
	if (r < 0)
		return r;
	*ret = STEAL(db);
	return 0;
}

static int use_wal(sqlite3 *db)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, "PRAGMA journal_mode = WAL");
	int code;

	if (r < 0)
		return r;
	code = sqlite3_step(st);
	if (code != SQLITE_ROW)
		return db_errno(code);
	return strcmp(db_text(st, 0), "wal") == 0 ? 0 : -EIO;
}

static int prepare_writer(sqlite3 *db)
{
	const struct migration *list;
	int version = 0, r;
	size_t n;

	/* Before anything is changed in a file that may not be ours or may be newer. */
	list = schema_migrations(&n);
	r = schema_version(db, &version);
	if (r == 0 && (size_t)version > n)
		r = -EPROTO;
	if (r == 0)
		r = use_wal(db);
	if (r == 0)
		r = db_exec(db, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
		                "PRAGMA journal_size_limit = 16777216");
	return r < 0 ? r : schema_migrate(db, list, n, &version);
}

int database_open(sqlite3 **ret, const char *dir, char err[STORE_ERROR_BYTES])
{
	CLEANUP(database_closep) sqlite3 *db = NULL;
	mode_t mask = umask(077);       /* SQLite gives the log the mode of the database */
	int r = open_file(&db, dir, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);

	if (r == 0)
		r = prepare_writer(db);
	umask(mask);
	if (r < 0)
		return database_say(err, dir, r);
	*ret = STEAL(db);
	return 0;
}

static int prepare_reader(sqlite3 *db)
{
	int version = 0, r = db_exec(db, "PRAGMA query_only = ON");
	size_t n;

	/* The last to close would checkpoint; only the server does that. */
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	if (r == 0)
		r = schema_version(db, &version);
	if (r < 0)
		return r;
	schema_migrations(&n);
	if ((size_t)version > n)
		return -EPROTO;
	return (size_t)version < n ? -ESTALE : 0;
}

static int say_missing(char err[STORE_ERROR_BYTES], const char *dir)
{
	snprintf(err, STORE_ERROR_BYTES, "data folder %s: there is no database in it; `huitang serve --data %s` makes one", dir, dir);
	return -ENOENT;
}

int database_open_reader(sqlite3 **ret, const char *dir, char err[STORE_ERROR_BYTES])
{
	CLEANUP(mem_freep) char *path = folder_database(dir);
	CLEANUP(database_closep) sqlite3 *db = NULL;
	int r;

	if (!path)
		return database_say(err, dir, -ENOMEM);
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return say_missing(err, dir);
	r = open_file(&db, dir, SQLITE_OPEN_READWRITE);
	if (r == 0)
		r = prepare_reader(db);
	if (r == -ESTALE) {
		snprintf(err, STORE_ERROR_BYTES, "data folder %s: the database is of an older version; `huitang serve` brings it to this one", dir);
		return -EPROTO;
	}
	if (r < 0)
		return database_say(err, dir, r);
	*ret = STEAL(db);
	return 0;
}

static int make_secret(sqlite3 *db, const char *name, uint8_t ret[STORE_KEY_BYTES])
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	uint8_t key[STORE_KEY_BYTES];
	int r = db_prepare(db, &st, "INSERT INTO secret (name, value) VALUES (?, ?)");

	if (r < 0)
		return r;
	randombytes_buf(key, sizeof(key));
	r = db_bind(st, "tb", name, key, STORE_KEY_BYTES);
	if (r == 0)
		r = db_run(st);
	if (r == 0)
		memcpy(ret, key, sizeof(key));
	return r;
}

int database_secret(sqlite3 *db, const char *name, bool make, uint8_t ret[STORE_KEY_BYTES])
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, "SELECT value FROM secret WHERE name = ?");
	int code;

	if (r == 0)
		r = db_bind(st, "t", name);
	if (r < 0)
		return r;
	code = sqlite3_step(st);
	if (code == SQLITE_DONE)
		return make ? make_secret(db, name, ret) : -ENODATA;
	if (code != SQLITE_ROW)
		return db_errno(code);
	if (sqlite3_column_bytes(st, 0) != STORE_KEY_BYTES)
		return -EBADMSG;
	memcpy(ret, sqlite3_column_blob(st, 0), STORE_KEY_BYTES);
	return 0;
}
