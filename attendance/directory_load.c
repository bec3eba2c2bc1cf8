/* See directory_state.h: the directory as the database has it. */
#include "attendance/directory_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "attendance/db.h"

#define SQL_BYTES 512

typedef int (*row_fn)(struct directory *d, sqlite3_stmt *st);

static int load_rows(struct directory *d, sqlite3 *db, const char *sql, row_fn on_row)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, sql);
	int code;

	if (r < 0)
		return r;
	while ((code = sqlite3_step(st)) == SQLITE_ROW) {
		r = on_row(d, st);
		if (r < 0)
			return r == -EEXIST ? -EBADMSG : r;
	}
	return db_errno(code);
}

static int load_org(struct directory *d, sqlite3_stmt *st)
{
	int64_t id = sqlite3_column_int64(st, 0);
	int r = directory_put_org(d, id, db_text(st, 1));

	if (r == 0)
		directory_find_org(d, id)->org.merged_into = sqlite3_column_int64(st, 2);
	return r;
}

static int load_person(struct directory *d, sqlite3_stmt *st)
{
	int64_t id = sqlite3_column_int64(st, 0);
	struct identity i = {
		.name = db_text(st, 4), .reading = db_text(st, 5), .phone = db_text(st, 6), .card_tail = db_text(st, 7), .card_key = db_text(st, 8),
	};
	int r = directory_put_person(d, id, db_text(st, 1));

	if (r < 0)
		return r;
	directory_find_person(d, id)->person.merged_into = sqlite3_column_int64(st, 2);
	directory_find_person(d, id)->person.erased = sqlite3_column_int(st, 3) != 0;
	if (sqlite3_column_bytes(st, 9) == CARD_HASH_BYTES)
		memcpy(i.card_hash, sqlite3_column_blob(st, 9), CARD_HASH_BYTES);
	return sqlite3_column_type(st, 4) == SQLITE_NULL ? 0 : directory_put_identity(d, id, &i);
}

static int load_account(struct directory *d, sqlite3_stmt *st)
{
	struct account a = {
		.id = sqlite3_column_int64(st, 0), .login = db_text(st, 1), .person = sqlite3_column_int64(st, 2), .org = sqlite3_column_int64(st, 3),
		.password_hash = db_text(st, 4), .must_change = sqlite3_column_int(st, 5) != 0,
	};

	return directory_put_account(d, &a);
}

static int load_room(struct directory *d, sqlite3_stmt *st)
{
	struct room_entry *e;
	int r = directory_put_room(d, db_text(st, 0), db_text(st, 1), db_text(st, 2), &e);

	if (r < 0)
		return r;
	e->record.org = sqlite3_column_int64(st, 3);
	e->record.opened_us = sqlite3_column_int64(st, 4);
	e->record.ended_us = sqlite3_column_int64(st, 5);
	return 0;
}

static int load_right(struct directory *d, sqlite3_stmt *st)
{
	struct right r = {
		.room = (char *)db_text(st, 0), .account = sqlite3_column_int64(st, 1), .org = sqlite3_column_int64(st, 2),
		.subtree = sqlite3_column_int(st, 3) != 0, .role = (char *)db_text(st, 4),
	};

	return directory_put_right(d, &r);
}

static int load_request(struct directory *d, sqlite3_stmt *st)
{
	struct request_done done = { .result = sqlite3_column_int64(st, 2), .wall_us = sqlite3_column_int64(st, 3) };

	return directory_add_request(d, sqlite3_column_int64(st, 0), db_text(st, 1), &done, 0);
}

static int load_left(struct directory *d, sqlite3_stmt *st)
{
	struct person_entry *p = directory_find_person(d, sqlite3_column_int64(st, 0));

	if (!p)
		return -EBADMSG;
	p->person.left_us = sqlite3_column_int64(st, 2);
	if (sqlite3_column_int(st, 3))
		p->person.last_org = sqlite3_column_int64(st, 1);
	return 0;
}

static int load_session(struct directory *d, sqlite3_stmt *st)
{
	struct session s = { .account = sqlite3_column_int64(st, 1) };

	if (sqlite3_column_bytes(st, 0) != SESSION_HASH_BYTES)
		return -EBADMSG;
	memcpy(s.hash, sqlite3_column_blob(st, 0), SESSION_HASH_BYTES);
	s.created_us = sqlite3_column_int64(st, 2);
	s.expires_us = sqlite3_column_int64(st, 3);
	snprintf(s.device, sizeof(s.device), "%s", db_text(st, 4));
	return directory_add_session(d, &s);
}

static int load_link(struct directory *d, sqlite3_stmt *st)
{
	struct link l = { .account = sqlite3_column_int64(st, 1), .expires_us = sqlite3_column_int64(st, 2), .session_life_us = sqlite3_column_int64(st, 3) };

	if (sqlite3_column_bytes(st, 0) != SESSION_HASH_BYTES)
		return -EBADMSG;
	memcpy(l.hash, sqlite3_column_blob(st, 0), SESSION_HASH_BYTES);
	snprintf(l.device, sizeof(l.device), "%s", db_text(st, 4));
	return directory_add_link(d, &l);
}

static int load_fact(struct directory *d, sqlite3_stmt *st)
{
	struct fact f = {
		.type = (enum fact_type)sqlite3_column_int(st, 0), .id = sqlite3_column_int64(st, 1),
		.valid_from_us = sqlite3_column_int64(st, 2), .valid_to_us = sqlite3_column_int64(st, 3),
		.org = sqlite3_column_int64(st, 4), .person = sqlite3_column_int64(st, 5), .other = sqlite3_column_int64(st, 6),
		.text = db_text(st, 7), .note = db_text(st, 8), .flag = sqlite3_column_int(st, 9) != 0,
	};

	return directory_put_fact(d, &f);
}

static const char *column(const char *name)
{
	return name ? name : "NULL";
}

/* Parents and names are kept when they have ended: a closed organisation still has its place and its name. Who was forgotten again after a restore has facts that no act ended. */
static int load_facts(struct directory *d, sqlite3 *db, enum fact_type type, int64_t now_wall_us)
{
	const struct fact_table *t = fact_table(type);
	bool lasting = type == FACT_PARENT || type == FACT_NAME;
	char sql[SQL_BYTES];

	snprintf(sql, sizeof(sql),
	         "SELECT %d, id, valid_from, valid_to, %s, %s, %s, %s, %s, %s FROM %s WHERE superseded_by IS NULL"
	         " AND (%d OR valid_to IS NULL OR valid_to > %lld)%s ORDER BY valid_from, id",
	         (int)type, column(t->org), column(t->person), column(t->other), column(t->text), column(t->note), column(t->flag), t->table,
	         lasting, (long long)now_wall_us, t->person && type != FACT_KIND ? " AND person NOT IN (SELECT id FROM person WHERE erased_at IS NOT NULL)" : "");
	return load_rows(d, db, sql, load_fact);
}

/* Ids of rows that were superseded are not used again either. */
static int load_last_ids(struct directory *d, sqlite3 *db)
{
	int r = db_get_int(db, "SELECT coalesce(max(id), 0) FROM account", &d->last_account);

	for (int type = 1; r == 0 && type < FACT_TYPES; type++) {
		char sql[SQL_BYTES];

		snprintf(sql, sizeof(sql), "SELECT coalesce(max(id), 0) FROM %s", fact_table(type)->table);
		r = db_get_int(db, sql, &d->last_fact[type]);
	}
	return r;
}

#define NOW "valid_to IS NULL AND superseded_by IS NULL"

static const struct {
	const char *sql;
	row_fn on_row;
} loads[] = {
	{ "SELECT id, code, merged_into FROM org ORDER BY id", load_org },
	{ "SELECT p.id, p.pseudonym, p.merged_into, p.erased_at IS NOT NULL, i.name, i.reading, i.phone, i.card_tail, i.card_key, i.card_hash FROM person p"
	  " LEFT JOIN person_identity i ON i.person = p.id ORDER BY p.id", load_person },
	{ "SELECT person, org, valid_to, main FROM membership WHERE superseded_by IS NULL AND valid_to IS NOT NULL ORDER BY valid_to, id", load_left },
	{ "SELECT id, login, person, org, password_hash, must_change FROM account WHERE closed_at IS NULL ORDER BY id", load_account },
	{ "SELECT id, title, epoch, org, opened_us, ended_us FROM room", load_room },
	{ "SELECT room, account, org, subtree, role FROM room_right WHERE " NOW
	  " ORDER BY room, ifnull(account, 0), ifnull(org, 0), id", load_right },
	{ "SELECT hash, account, created_us, expires_us, device FROM session", load_session },
	{ "SELECT account, key, result, recorded_at FROM request_key ORDER BY recorded_at", load_request },
	{ "SELECT hash, account, expires_us, session_life_us, device FROM link WHERE used_at IS NULL", load_link },
};

int directory_load(struct directory **ret, sqlite3 *db, int64_t now_wall_us)
{
	CLEANUP(directory_destroyp) struct directory *d = mem_zalloc(sizeof(*d));
	int r = d ? name_order_open(&d->order) : -ENOMEM;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(loads); i++)
		r = load_rows(d, db, loads[i].sql, loads[i].on_row);
	for (int type = 1; r == 0 && type < FACT_TYPES; type++)
		r = load_facts(d, db, type, now_wall_us);
	if (r == 0)
		r = load_last_ids(d, db);
	if (r == 0)
		r = directory_number(d);
	if (r < 0)
		return r;
	directory_sort_people(d);
	directory_name_accounts(d);
	directory_drop_expired_sessions(d, now_wall_us);
	*ret = STEAL(d);
	return 0;
}

struct directory *directory_destroy(struct directory *d)
{
	if (!d)
		return NULL;
	directory_drop_all(d);
	directory_drop_rooms(d);
	directory_drop_links(d);
	directory_drop_requests(d);
	mem_free(d->sessions);
	mem_free(d->by_name);
	name_order_close(d->order);
	return mem_free(d);
}
