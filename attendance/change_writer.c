/* See change_writer.h. */
#include "attendance/change_writer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "attendance/db.h"
#include "attendance/erasure.h"
#include "media/base/mem.h"

#define SQL_BYTES 512

enum statement {
	ADD_AUDIT, ADD_ORG, MERGE_ORG, ADD_PERSON, SET_IDENTITY, MERGE_PERSON, ADD_ACCOUNT, SET_PASSWORD, CLOSE_ACCOUNT, END_SESSIONS, END_LINKS,
	ADD_SESSION, END_SESSION, ADD_LINK, END_LINK, ADD_REQUEST, ADD_NOTICE, DROP_NOTICES, READ_NOTICES, N_STATEMENTS,
};

static const char *const statements[N_STATEMENTS] = {
	[ADD_AUDIT] = "INSERT INTO audit (sequence, wall_us, act, account, person, right_grant, org, subject) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	[ADD_ORG] = "INSERT INTO org (id, code, recorded_at) VALUES (?, ?, ?)",
	[MERGE_ORG] = "UPDATE org SET merged_into = ? WHERE id = ?",
	[ADD_PERSON] = "INSERT INTO person (id, pseudonym, recorded_at) VALUES (?, ?, ?)",
	[SET_IDENTITY] = ("INSERT INTO person_identity (person, name, reading, phone, card_tail, card_key, card_hash, recorded_at)"
	                 " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (person) DO UPDATE SET name = excluded.name, reading = excluded.reading,"
	                 " phone = excluded.phone, card_tail = excluded.card_tail, card_key = excluded.card_key, card_hash = excluded.card_hash,"
	                 " recorded_at = excluded.recorded_at"),
	[MERGE_PERSON] = "UPDATE person SET merged_into = ?, merged_act = ? WHERE id = ?",
	[ADD_ACCOUNT] = "INSERT INTO account (id, login, person, org, password_hash, must_change, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
	[ADD_REQUEST] = "INSERT INTO request_key (account, key, result, recorded_at) VALUES (?, ?, ?, ?)",
	[ADD_NOTICE] = "INSERT INTO org_notice (id, org, kind, wall_us, act, class, site, about, absent, unproved, expected, sites) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[DROP_NOTICES] = "DELETE FROM org_notice WHERE wall_us < ?",
	[READ_NOTICES] = "INSERT INTO org_notice_read (account, upto) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET upto = max(upto, excluded.upto)",
	[SET_PASSWORD] = "UPDATE account SET password_hash = ?, must_change = ? WHERE id = ?",
	/* The login is free again; the row stays, since rights and the audit log name it. */
	[CLOSE_ACCOUNT] = "UPDATE account SET closed_at = ?, password_hash = '', login = login || '#' || id WHERE id = ? AND closed_at IS NULL",
	[END_SESSIONS] = "DELETE FROM session WHERE account = ?",
	[END_LINKS] = "UPDATE link SET used_at = ? WHERE account = ? AND used_at IS NULL",
	[ADD_SESSION] = "INSERT INTO session (hash, account, created_us, expires_us, device) VALUES (?, ?, ?, ?, ?)",
	[END_SESSION] = "DELETE FROM session WHERE hash = ?",
	[ADD_LINK] = "INSERT INTO link (hash, account, device, expires_us, session_life_us, recorded_at) VALUES (?, ?, ?, ?, ?, ?)",
	[END_LINK] = "UPDATE link SET used_at = ? WHERE hash = ? AND used_at IS NULL",
};

struct change_writer {
	sqlite3 *db;                                    /* given */
	sqlite3_stmt *st[N_STATEMENTS];                 /* owned */
	sqlite3_stmt *add[FACT_TYPES], *end[FACT_TYPES], *supersede[FACT_TYPES];       /* owned */
};

/* The columns that a type has, each behind a comma: ", org, person". */
static void columns_of(const struct fact_table *t, char *ret, size_t size)
{
	const char *all[] = { t->org, t->person, t->other, t->text, t->note, t->flag };
	size_t used = 0;

	ret[0] = 0;
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i])
			used += (size_t)snprintf(ret + used, size - used, ", %s", all[i]);
}

static int prepare_fact(struct change_writer *w, enum fact_type type)
{
	const struct fact_table *t = fact_table(type);
	char columns[128], sql[SQL_BYTES];
	int r;

	columns_of(t, columns, sizeof(columns));
	snprintf(sql, sizeof(sql), "INSERT INTO %s (id, valid_from, valid_to, recorded_at, act%s) VALUES (?1, ?2, nullif(?3, 0), ?4, ?5%s%s%s%s%s%s)", t->table,
	         columns, t->org ? ", ?6" : "", t->person ? ", ?7" : "", t->other ? ", nullif(?8, 0)" : "", t->text ? ", ?9" : "", t->note ? ", ?10" : "",
	         t->flag ? ", ?11" : "");
	r = db_prepare(w->db, &w->add[type], sql);
	snprintf(sql, sizeof(sql),
	         "INSERT INTO %s (id, valid_from, valid_to, recorded_at, act%s) SELECT ?1, valid_from, ?2, ?3, ?4%s FROM %s WHERE id = ?5 AND superseded_by IS NULL",
	         t->table, columns, columns, t->table);
	if (r == 0)
		r = db_prepare(w->db, &w->end[type], sql);
	snprintf(sql, sizeof(sql), "UPDATE %s SET superseded_by = ? WHERE id = ?", t->table);
	return r < 0 ? r : db_prepare(w->db, &w->supersede[type], sql);
}

int change_writer_create(struct change_writer **ret, sqlite3 *db)
{
	CLEANUP(change_writer_destroyp) struct change_writer *w = mem_zalloc(sizeof(*w));
	int r = 0;

	if (!w)
		return -ENOMEM;
	w->db = db;
	for (int i = 0; r == 0 && i < N_STATEMENTS; i++)
		r = db_prepare(db, &w->st[i], statements[i]);
	for (int type = 1; r == 0 && type < FACT_TYPES; type++)
		r = prepare_fact(w, type);
	if (r < 0)
		return r;
	*ret = STEAL(w);
	return 0;
}

struct change_writer *change_writer_destroy(struct change_writer *w)
{
	if (!w)
		return NULL;
	for (int i = 0; i < N_STATEMENTS; i++)
		sqlite3_finalize(w->st[i]);
	for (int type = 1; type < FACT_TYPES; type++) {
		sqlite3_finalize(w->add[type]);
		sqlite3_finalize(w->end[type]);
		sqlite3_finalize(w->supersede[type]);
	}
	return mem_free(w);
}

static int run(sqlite3_stmt *st, int bound)
{
	return bound < 0 ? bound : db_run(st);
}

static int write_audit(struct change_writer *w, const struct act *act, int64_t sequence, int64_t wall_us)
{
	return run(w->st[ADD_AUDIT], db_bind(w->st[ADD_AUDIT], "iitiiiii", sequence, wall_us, act->name, act->account, act->person, act->grant, act->org, act->subject));
}

static int write_identity(struct change_writer *w, int64_t person, const struct identity *i, int64_t wall_us)
{
	sqlite3_stmt *st = w->st[SET_IDENTITY];

	if (*i->card_tail)
		return run(st, db_bind(st, "itttttbi", person, i->name, i->reading, i->phone, i->card_tail, i->card_key, i->card_hash, CARD_HASH_BYTES, wall_us));
	return run(st, db_bind(st, "ittttt" "ni", person, i->name, i->reading, i->phone, "", "", wall_us));
}

static int write_account(struct change_writer *w, const struct account *a, int64_t wall_us)
{
	sqlite3_stmt *st = w->st[ADD_ACCOUNT];
	int bound = a->person ? db_bind(st, "itiitii", a->id, a->login, a->person, a->org, a->password_hash, (int64_t)a->must_change, wall_us) :
	                        db_bind(st, "itnitii", a->id, a->login, a->org, a->password_hash, (int64_t)a->must_change, wall_us);

	return run(st, bound);
}

static int end_sessions(struct change_writer *w, int64_t account, int64_t wall_us)
{
	int r = run(w->st[END_SESSIONS], db_bind(w->st[END_SESSIONS], "i", account));

	return r < 0 ? r : run(w->st[END_LINKS], db_bind(w->st[END_LINKS], "ii", wall_us, account));
}

static int write_session(struct change_writer *w, const struct session *s)
{
	sqlite3_stmt *st = w->st[ADD_SESSION];

	return run(st, db_bind(st, "biiit", s->hash, SESSION_HASH_BYTES, s->account, s->created_us, s->expires_us, s->device));
}

static int write_link(struct change_writer *w, const struct link *l, int64_t wall_us)
{
	sqlite3_stmt *st = w->st[ADD_LINK];

	return run(st, db_bind(st, "bitiii", l->hash, SESSION_HASH_BYTES, l->account, l->device, l->expires_us, l->session_life_us, wall_us));
}

/* Once: a second use finds it used. */
static int end_link(struct change_writer *w, const struct link *l, int64_t wall_us)
{
	int r = run(w->st[END_LINK], db_bind(w->st[END_LINK], "ib", wall_us, l->hash, SESSION_HASH_BYTES));

	return r == 0 && sqlite3_changes(w->db) != 1 ? -EINVAL : r;
}

static int write_password(struct change_writer *w, const struct account *a, int64_t wall_us)
{
	int r = run(w->st[SET_PASSWORD], db_bind(w->st[SET_PASSWORD], "tii", a->password_hash, (int64_t)a->must_change, a->id));

	return r < 0 ? r : end_sessions(w, a->id, wall_us);
}

static int close_account(struct change_writer *w, int64_t id, int64_t wall_us)
{
	int r = run(w->st[CLOSE_ACCOUNT], db_bind(w->st[CLOSE_ACCOUNT], "ii", wall_us, id));

	return r < 0 ? r : end_sessions(w, id, wall_us);
}

/* A fact's columns have fixed numbers, since a type has only some of them. */
static int write_fact(struct change_writer *w, const struct fact *f, int64_t sequence, int64_t wall_us)
{
	sqlite3_stmt *st = w->add[f->type];
	const struct fact_table *t = fact_table(f->type);
	int code = SQLITE_OK;

	sqlite3_clear_bindings(st);
	code |= sqlite3_bind_int64(st, 1, f->id);
	code |= sqlite3_bind_int64(st, 2, f->valid_from_us);
	code |= sqlite3_bind_int64(st, 3, f->valid_to_us);
	code |= sqlite3_bind_int64(st, 4, wall_us);
	code |= sqlite3_bind_int64(st, 5, sequence);
	code |= t->org ? sqlite3_bind_int64(st, 6, f->org) : SQLITE_OK;
	code |= t->person ? sqlite3_bind_int64(st, 7, f->person) : SQLITE_OK;
	code |= t->other ? sqlite3_bind_int64(st, 8, f->other) : SQLITE_OK;
	code |= t->text ? sqlite3_bind_text(st, 9, f->text, -1, SQLITE_STATIC) : SQLITE_OK;
	code |= t->note ? sqlite3_bind_text(st, 10, f->note, -1, SQLITE_STATIC) : SQLITE_OK;
	code |= t->flag ? sqlite3_bind_int(st, 11, f->flag) : SQLITE_OK;
	return code ? -ENOMEM : db_run(st);
}

static int write_end(struct change_writer *w, const struct change *c, int64_t sequence, int64_t wall_us)
{
	sqlite3_stmt *end = w->end[c->fact.type], *supersede = w->supersede[c->fact.type];
	int r = run(end, db_bind(end, "iiiii", c->into, c->fact.valid_to_us, wall_us, sequence, c->id));

	if (r == 0 && sqlite3_changes(w->db) != 1)
		return -EINVAL;
	return r < 0 ? r : run(supersede, db_bind(supersede, "ii", c->into, c->id));
}

/* Those that are too old go first: their numbers may be given out again. */
static int write_notice(struct change_writer *w, const struct org_notice *n, int64_t sequence)
{
	sqlite3_stmt *st = w->st[ADD_NOTICE], *drop = w->st[DROP_NOTICES];
	int r = run(drop, db_bind(drop, "i", n->wall_us - ORG_NOTICE_DAYS * 24LL * 3600 * 1000000));

	return r < 0 ? r : run(st, db_bind(st, "iitiiiiiiiii", n->id, n->org, org_notice_kind_name(n->kind), n->wall_us, sequence, n->class, n->site, n->about, n->absent,
	                                   n->unproved, n->expected, n->sites));
}

int change_writer_notices_read(struct change_writer *w, int64_t account, int64_t upto)
{
	return run(w->st[READ_NOTICES], db_bind(w->st[READ_NOTICES], "ii", account, upto));
}

static int write_change(struct change_writer *w, const struct change *c, int64_t sequence, int64_t wall_us)
{
	switch (c->type) {
	case CHANGE_ORG:
		return run(w->st[ADD_ORG], db_bind(w->st[ADD_ORG], "iti", c->id, c->code, wall_us));
	case CHANGE_ORG_MERGED:
		return run(w->st[MERGE_ORG], db_bind(w->st[MERGE_ORG], "ii", c->into, c->id));
	case CHANGE_PERSON:
		return run(w->st[ADD_PERSON], db_bind(w->st[ADD_PERSON], "iti", c->id, c->code, wall_us));
	case CHANGE_IDENTITY:
		return write_identity(w, c->id, &c->identity, wall_us);
	case CHANGE_PERSON_MERGED:
		return run(w->st[MERGE_PERSON], db_bind(w->st[MERGE_PERSON], "iii", c->into, sequence, c->id));
	case CHANGE_PERSON_ERASED:
		return erasure_write(w->db, c->id, wall_us);
	case CHANGE_FACT:
		return write_fact(w, &c->fact, sequence, wall_us);
	case CHANGE_FACT_ENDS:
		return write_end(w, c, sequence, wall_us);
	case CHANGE_ACCOUNT:
		return write_account(w, &c->account, wall_us);
	case CHANGE_PASSWORD:
		return write_password(w, &c->account, wall_us);
	case CHANGE_ACCOUNT_CLOSED:
		return close_account(w, c->id, wall_us);
	case CHANGE_SESSION:
		return write_session(w, c->session);
	case CHANGE_SESSION_ENDS:
		return run(w->st[END_SESSION], db_bind(w->st[END_SESSION], "b", c->session->hash, SESSION_HASH_BYTES));
	case CHANGE_LINK:
		return write_link(w, c->link, wall_us);
	case CHANGE_LINK_ENDS:
		return end_link(w, c->link, wall_us);
	case CHANGE_NOTICE:
		return write_notice(w, &c->notice, sequence);
	case CHANGE_EVENT:
		return 0;       /* the writer's: it has the chain */
	case CHANGE_REQUEST:
		return run(w->st[ADD_REQUEST], db_bind(w->st[ADD_REQUEST], "itii", c->id, c->code, c->request.result, c->request.wall_us));
	}
	return -EINVAL;
}

int change_writer_write(struct change_writer *w, const struct changes *c, int64_t sequence, int64_t wall_us)
{
	int r = write_audit(w, changes_act(c), sequence, wall_us);

	for (size_t i = 0; r == 0 && i < changes_n(c); i++)
		r = write_change(w, changes_at(c, i), sequence, wall_us);
	return r;
}
