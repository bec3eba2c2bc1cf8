/* See demo_members.h. */
#include "attendance/demo_members.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "attendance/db.h"
#include "attendance/demo.h"
#include "attendance/demo_people.h"

#define FIRST_PERSONS 6         /* host, expert, … of demo.c */
#define SECRETARY "书记"

enum statement { ADD_PERSON, ADD_IDENTITY, ADD_KIND, ADD_MEMBERSHIP, ADD_POST, ADD_CATEGORY, ADD_GRANT, ADD_ACCOUNT, BRANCHES, N_STATEMENTS };

static const char *const statements[N_STATEMENTS] = {
	[ADD_PERSON] = "INSERT INTO person (id, pseudonym, recorded_at) VALUES (?, lower(hex(randomblob(8))), ?)",
	[ADD_IDENTITY] = "INSERT INTO person_identity (person, name, reading, phone, card_tail, card_key, recorded_at) VALUES (?, ?, '', ?, '', '', ?)",
	[ADD_KIND] = "INSERT INTO person_kind (person, kind, valid_from, recorded_at) VALUES (?, 'member', ?, ?)",
	[ADD_MEMBERSHIP] = "INSERT INTO membership (person, org, main, valid_from, recorded_at) VALUES (?, ?, 1, ?, ?)",
	[ADD_POST] = "INSERT INTO post (person, org, title, valid_from, recorded_at) VALUES (?, ?, ?, ?, ?)",
	[ADD_CATEGORY] = "INSERT INTO category (person, name, valid_from, recorded_at) VALUES (?, ?, ?, ?)",
	[ADD_GRANT] = "INSERT INTO right_grant (person, org, role, subtree, purpose, valid_from, recorded_at) VALUES (?, ?, 'leader', 1, '演示：书记管理本支部', ?, ?)",
	[ADD_ACCOUNT] = ("INSERT INTO account (login, person, org, password_hash, recorded_at)"
	                " SELECT '" DEMO_SECRETARY "', ?, ?, password_hash, recorded_at FROM account WHERE login = 'host'"),
	[BRANCHES] = "SELECT org FROM org_name WHERE kind = 'branch' AND superseded_by IS NULL ORDER BY org",
};

struct filling {
	sqlite3_stmt *st[N_STATEMENTS];
	int64_t now_us, person;
};

static int run(sqlite3_stmt *st, int bound)
{
	return bound < 0 ? bound : db_run(st);
}

static int64_t day_us(const char *date)
{
	struct tm tm = { 0 };

	strptime(date, "%Y-%m-%d", &tm);
	return ((int64_t)timegm(&tm) - 8 * 3600) * 1000000;
}

static int add_identity(struct filling *f, const struct demo_person *p)
{
	int r = run(f->st[ADD_PERSON], db_bind(f->st[ADD_PERSON], "ii", f->person, f->now_us));

	if (r == 0)
		r = run(f->st[ADD_IDENTITY], db_bind(f->st[ADD_IDENTITY], "itti", f->person, p->name, p->phone, f->now_us));
	return r < 0 ? r : run(f->st[ADD_KIND], db_bind(f->st[ADD_KIND], "iii", f->person, day_us(p->joined), f->now_us));
}

static int add_categories(struct filling *f, const struct demo_person *p)
{
	int r = 0;

	for (int i = 0; r == 0 && i < DEMO_CATEGORIES && p->categories[i]; i++)
		r = run(f->st[ADD_CATEGORY], db_bind(f->st[ADD_CATEGORY], "itii", f->person, p->categories[i], f->now_us, f->now_us));
	return r;
}

static int add_post(struct filling *f, int64_t org, const char *post, bool first)
{
	int r = run(f->st[ADD_POST], db_bind(f->st[ADD_POST], "iitii", f->person, org, post, f->now_us, f->now_us));

	if (r < 0 || strcmp(post, SECRETARY) != 0)
		return r;
	r = run(f->st[ADD_GRANT], db_bind(f->st[ADD_GRANT], "iiii", f->person, org, f->now_us, f->now_us));
	return r < 0 || !first ? r : run(f->st[ADD_ACCOUNT], db_bind(f->st[ADD_ACCOUNT], "ii", f->person, org));
}

static int add_member(struct filling *f, int64_t org, const char *post, bool first)
{
	struct demo_person p;
	int r;

	demo_person(&p, (unsigned)++f->person);
	r = add_identity(f, &p);
	if (r == 0)
		r = run(f->st[ADD_MEMBERSHIP], db_bind(f->st[ADD_MEMBERSHIP], "iiii", f->person, org, f->now_us, f->now_us));
	if (r == 0)
		r = add_categories(f, &p);
	return r < 0 || !post ? r : add_post(f, org, post, first);
}

static int add_branch(struct filling *f, int64_t org, unsigned branch)
{
	unsigned members = demo_branch_members(branch);
	int r = 0;

	for (unsigned n = 0; r == 0 && n < members; n++)
		r = add_member(f, org, demo_post(n, members), branch == 0);
	return r;
}

static int add_all(struct filling *f, sqlite3 *db)
{
	unsigned branch = 0;
	int r = db_exec(db, "BEGIN IMMEDIATE");

	while (r == 0 && sqlite3_step(f->st[BRANCHES]) == SQLITE_ROW)
		r = add_branch(f, sqlite3_column_int64(f->st[BRANCHES], 0), branch++);
	sqlite3_reset(f->st[BRANCHES]);
	return r < 0 ? r : db_exec(db, "COMMIT");
}

int demo_members_fill(sqlite3 *db, int64_t now_wall_us)
{
	struct filling f = { .now_us = now_wall_us };
	int64_t others = 0;
	int r = db_get_int(db, "SELECT max(id) FROM person", &f.person);

	if (r == 0)
		r = db_get_int(db, "SELECT count(*) FROM org_edge WHERE act IS NOT NULL", &others);
	/* Only where the demo city is as demo.c has just made it. */
	if (r < 0 || f.person != FIRST_PERSONS || others > 0)
		return r;
	for (int i = 0; r == 0 && i < N_STATEMENTS; i++)
		r = db_prepare(db, &f.st[i], statements[i]);
	if (r == 0)
		r = add_all(&f, db);
	if (r < 0 && !sqlite3_get_autocommit(db))
		db_exec(db, "ROLLBACK");
	for (int i = 0; i < N_STATEMENTS; i++)
		sqlite3_finalize(f.st[i]);
	return r;
}
