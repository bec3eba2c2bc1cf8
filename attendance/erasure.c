/* See erasure.h. */
#include "attendance/erasure.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attendance/db.h"
#include "classroom/event.h"
#include "media/base/mem.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#define LINE_BYTES 256

#define PERSONS "(SELECT id FROM forgotten)"
#define ACCOUNTS "(SELECT id FROM account WHERE person IN " PERSONS ")"
#define PSEUDONYMS "(SELECT pseudonym FROM forgotten)"

/* In this order; ?1 is the person, ?2 the time. A person's twins are the person. Seats are found by the account that joined, before its payloads go. */
static const char *const deletions[] = {
	"CREATE TEMP TABLE IF NOT EXISTS forgotten (id INTEGER PRIMARY KEY, pseudonym TEXT)",
	"CREATE TEMP TABLE IF NOT EXISTS forgotten_seat (room TEXT, seat TEXT)",
	"DELETE FROM forgotten",
	"DELETE FROM forgotten_seat",
	"INSERT INTO forgotten WITH RECURSIVE same (id, pseudonym) AS (SELECT id, pseudonym FROM person WHERE id = ?1"
	" UNION SELECT p.id, p.pseudonym FROM person p JOIN same ON p.merged_into = same.id) SELECT id, pseudonym FROM same",
	"INSERT INTO forgotten_seat SELECT DISTINCT j.room, j.seat FROM journal j JOIN journal_payload p USING (sequence)"
	" WHERE j.kind = 20 AND (json_extract(p.payload, '$.key') IN (SELECT 'account:' || id FROM account WHERE person IN " PERSONS ")"
	" OR json_extract(p.payload, '$.person') IN " PSEUDONYMS ")",
	"DELETE FROM journal_payload WHERE sequence IN (SELECT j.sequence FROM journal j JOIN forgotten_seat f ON f.room = j.room AND f.seat = j.seat"
	" WHERE j.kind IN (20, 30, 31, 33))",
	"DELETE FROM journal_payload WHERE sequence IN (SELECT sequence FROM audit WHERE subject IN " PERSONS " AND act <> 'person.erase')",
	"DELETE FROM journal_payload WHERE sequence IN (SELECT j.sequence FROM journal j JOIN journal_payload p USING (sequence)"
	" WHERE j.kind IN (54, 55) AND json_extract(p.payload, '$.person') IN " PSEUDONYMS ")",
	/* A site names who will speak for it. Of a name that others bear it is not known whom it meant. */
	"DELETE FROM journal_payload WHERE sequence IN (SELECT j.sequence FROM journal j JOIN journal_payload p USING (sequence) WHERE j.kind IN (31, 33)"
	" AND json_extract(p.payload, '$.speaker') IN (SELECT name FROM person_identity WHERE person IN " PERSONS
	" AND name NOT IN (SELECT name FROM person_identity WHERE person NOT IN " PERSONS ")))",
	/* An appeal stands under the pseudonym of its result, which may be a twin's. */
	"DELETE FROM journal_payload WHERE sequence IN (SELECT written FROM appeal WHERE person IN " PSEUDONYMS " UNION SELECT decided FROM appeal WHERE person IN " PSEUDONYMS ")",
	"DELETE FROM session WHERE account IN " ACCOUNTS,
	"DELETE FROM link WHERE account IN " ACCOUNTS,
	"DELETE FROM request_key WHERE account IN " ACCOUNTS,
	"UPDATE account SET login = 'erased#' || id, password_hash = '', closed_at = coalesce(closed_at, ?2) WHERE person IN " PERSONS,
	"UPDATE right_grant SET purpose = '' WHERE person IN " PERSONS,
	"DELETE FROM person_identity WHERE person IN " PERSONS,
	"UPDATE person SET erased_at = coalesce(erased_at, ?2) WHERE id IN " PERSONS,
};

static_assert(EVENT_SEAT_JOINED == 20 && EVENT_CHAT == 30 && EVENT_HAND_RAISED == 31 && EVENT_FLOOR_GIVEN == 33 && EVENT_LEAVE_ASKED == 54 && EVENT_LEAVE_DECIDED == 55,
              "the kinds in the statements above");

static int run(sqlite3 *db, const char *sql, int64_t person, int64_t wall_us)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, sql);

	if (r < 0)
		return r;
	if (sqlite3_bind_parameter_count(st) >= 1)
		sqlite3_bind_int64(st, 1, person);
	if (sqlite3_bind_parameter_count(st) >= 2)
		sqlite3_bind_int64(st, 2, wall_us);
	return db_run(st);
}

/* In the file itself, so that a crash before they are overwritten is made good. */
static int set_traces(sqlite3 *db, bool on)
{
	return db_exec(db, on ? "PRAGMA user_version = 1" : "PRAGMA user_version = 0");
}

int erasure_write(sqlite3 *db, int64_t person, int64_t wall_us)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(deletions); i++)
		r = run(db, deletions[i], person, wall_us);
	if (r == 0 && sqlite3_changes(db) < 1)
		r = -EINVAL;
	return r == 0 ? set_traces(db, true) : r;
}

bool erasure_left_traces(sqlite3 *db)
{
	int64_t traces = 0;

	return db_get_int(db, "PRAGMA user_version", &traces) == 0 && traces != 0;
}

int erasure_empty_log(sqlite3 *db)
{
	int log = 0, done = 0;
	int code = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, &log, &done);

	return code == SQLITE_OK && log > 0 ? -EBUSY : db_errno(code);
}

int erasure_rewrite(sqlite3 *db)
{
	return db_exec(db, "VACUUM");
}

int erasure_traces_gone(sqlite3 *db)
{
	return erasure_left_traces(db) ? set_traces(db, false) : 0;
}

/* Before anybody else reads it. */
static int scrub(sqlite3 *db)
{
	int r = erasure_rewrite(db);

	if (r == 0)
		r = erasure_empty_log(db);
	return r == 0 ? erasure_traces_gone(db) : r;
}

/* ---- the list ---- */

char *erasure_list_path(const char *dir)
{
	size_t len = strlen(dir);
	char *path;

	while (len > 1 && dir[len - 1] == '/')
		len--;
	path = mem_zalloc(len + sizeof(".erasures"));
	if (path)
		snprintf(path, len + sizeof(".erasures"), "%.*s.erasures", (int)len, dir);
	return path;
}

/* A crash may have cut off the last line. */
static bool is_cut_off(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END);
	char last;

	return end > 0 && pread(fd, &last, 1, end - 1) == 1 && last != '\n';
}

/* A new file is only there after a crash if its folder says so. */
static int sync_folder(const char *path)
{
	CLEANUP(mem_freep) char *copy = mem_strdup(path);
	int fd = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1, r = 0;

	if (!copy)
		return -ENOMEM;
	if (fd < 0)
		return -errno;
	if (fsync(fd) < 0)
		r = -errno;
	close(fd);
	return r;
}

int erasure_list_add(const char *path, const struct erasure *e, const char *pseudonym, int64_t wall_us)
{
	int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600), r = 0;
	char line[LINE_BYTES];
	int len = snprintf(line, sizeof(line), "%s\t%lld\t%s\n", e->order, (long long)(wall_us / 1000000), pseudonym);

	if (fd < 0)
		return -errno;
	if ((is_cut_off(fd) && write(fd, "\n", 1) != 1) || write(fd, line, (size_t)len) != len || fsync(fd) < 0)
		r = errno ? -errno : -EIO;
	close(fd);
	return r == 0 ? sync_folder(path) : r;
}

static int find_person(sqlite3 *db, const char *pseudonym, int64_t *ret)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, "SELECT id FROM person WHERE pseudonym = ? AND erased_at IS NULL");

	if (r == 0)
		r = db_bind(st, "t", pseudonym);
	if (r < 0)
		return r;
	*ret = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
	return 0;
}

static int replay_line(sqlite3 *db, const char *line, int64_t wall_us, int *n)
{
	const char *pseudonym = strrchr(line, '\t');
	int64_t person = 0;
	int r = pseudonym ? find_person(db, pseudonym + 1, &person) : -EBADMSG;

	if (r < 0 || !person)
		return r;
	r = erasure_write(db, person, wall_us);
	*n += r == 0;
	return r;
}

static int replay_list(sqlite3 *db, const char *path, int64_t wall_us, int *n)
{
	FILE *in = fopen(path, "re");
	char line[LINE_BYTES];
	int r = 0;

	if (!in)
		return errno == ENOENT ? 0 : -errno;
	while (r == 0 && fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = 0;
		/* A line that a crash cut off belongs to no erasure that was answered. */
		if (*line && strchr(line, '\t'))
			r = replay_line(db, line, wall_us, n);
	}
	fclose(in);
	return r;
}

static bool listed(const char *path, const char *pseudonym)
{
	FILE *in = fopen(path, "re");
	char line[LINE_BYTES];
	bool found = false;

	while (in && !found && fgets(line, sizeof(line), in)) {
		const char *at = strrchr(line, '\t');

		line[strcspn(line, "\n")] = 0;
		found = at && strcmp(at + 1, pseudonym) == 0;
	}
	if (in)
		fclose(in);
	return found;
}

/* A crash between the commit and the list. */
static int complete_list(sqlite3 *db, const char *path)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, "SELECT pseudonym, erased_at FROM person WHERE erased_at IS NOT NULL");

	while (r == 0 && sqlite3_step(st) == SQLITE_ROW)
		if (!listed(path, db_text(st, 0)))
			r = erasure_list_add(path, &(struct erasure){ .order = "?" }, db_text(st, 0), sqlite3_column_int64(st, 1));
	return r;
}

int erasure_replay(sqlite3 *db, const char *path, int64_t wall_us, int *ret_n)
{
	int r = db_exec(db, "BEGIN IMMEDIATE");

	*ret_n = 0;
	if (r == 0)
		r = replay_list(db, path, wall_us, ret_n);
	if (r == 0)
		r = db_exec(db, "COMMIT");
	if (r < 0) {
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
		return r;
	}
	r = complete_list(db, path);
	return r == 0 && *ret_n > 0 ? scrub(db) : r;
}
