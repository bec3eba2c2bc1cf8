/* See org_notice.h. */
#include "attendance/org_notice.h"

#include <errno.h>
#include <string.h>

#include "attendance/db.h"
#include "attendance/writes.h"
#include "media/base/macros.h"

static const char *const names[] = {
#define NAME(kind, name) [ORG_NOTICE_##kind] = name,
	ORG_NOTICE_KINDS(NAME)
};

const char *org_notice_kind_name(enum org_notice_kind kind)
{
	return kind < ORG_NOTICE_KIND_COUNT ? names[kind] : "";
}

/* ORG_NOTICE_KIND_COUNT for a newer program's. */
static enum org_notice_kind parse_kind(const char *name)
{
	enum org_notice_kind kind = 0;

	while (kind < ORG_NOTICE_KIND_COUNT && strcmp(names[kind], name) != 0)
		kind++;
	return kind;
}

static struct org_notice read_row(sqlite3_stmt *st)
{
	return (struct org_notice){
		.id = sqlite3_column_int64(st, 0), .org = sqlite3_column_int64(st, 1), .kind = parse_kind(db_text(st, 2)), .wall_us = sqlite3_column_int64(st, 3),
		.class = sqlite3_column_int64(st, 4), .site = sqlite3_column_int64(st, 5), .about = sqlite3_column_int64(st, 6), .absent = sqlite3_column_int64(st, 7),
		.unproved = sqlite3_column_int64(st, 8), .expected = sqlite3_column_int64(st, 9), .sites = sqlite3_column_int64(st, 10),
	};
}

int org_notices_load(struct store *s, int64_t now_us, int (*on_notice)(void *user, const struct org_notice *n), void *user)
{
	static const char sql[] =
		"SELECT * FROM (SELECT id, org, kind, wall_us, class, site, about, absent, unproved, expected, sites FROM org_notice WHERE wall_us > ? ORDER BY id DESC LIMIT ?) ORDER BY id";
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(store_db(s), &st, sql), code = SQLITE_DONE;

	if (r == 0)
		r = db_bind(st, "ii", now_us - ORG_NOTICE_DAYS * 24LL * 3600 * 1000000, (int64_t)ORG_NOTICES_MAX);
	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW) {
		struct org_notice n = read_row(st);

		r = on_notice(user, &n);
	}
	return r != 0 ? r : db_errno(code);
}

int org_notices_load_read(struct store *s, int (*on_read)(void *user, int64_t account, int64_t upto), void *user)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(store_db(s), &st, "SELECT account, upto FROM org_notice_read"), code = SQLITE_DONE;

	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW)
		r = on_read(user, sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1));
	return r != 0 ? r : db_errno(code);
}

int org_notices_read(struct store *s, int64_t account, int64_t upto, uint64_t ticket)
{
	struct write_notices_read w = { .head = { .ticket = ticket }, .account = account, .upto = upto };

	return store_post(s, WRITE_NOTICES_READ, &w, sizeof(w));
}
