/* See writer.h. */
#include "attendance/writer.h"

#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attendance/chain.h"
#include "attendance/change_writer.h"
#include "attendance/db.h"
#include "attendance/erasure.h"
#include "attendance/fact_digest.h"
#include "attendance/notice_digest.h"
#include "attendance/projection.h"
#include "media/base/clock.h"
#include "media/base/log.h"
#include "media/base/mem.h"

#define CHECKPOINT_PAGES 1000   /* 4 MB of log */
#define ERASED_AT_ONCE 64
#define SCRUB_AT_ONCE_BYTES (64LL << 20)        /* a VACUUM of this takes about a second, in which nothing is committed */
#define SCRUB_AGAIN_US 5000000
#define EMPTY_AGAIN_US 50000
#define NIGHT_BEGINS_HOUR 2
#define NIGHT_ENDS_HOUR 5

enum statement {
	BEGIN,
	COMMIT,
	ROLLBACK,
	ADD_ROW,
	ADD_PAYLOAD,
	OPEN_SESSION,
	CLOSE_SESSION,
	N_STATEMENTS,
};

static const char *const statements[N_STATEMENTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
	[ADD_ROW] = ("INSERT INTO journal (sequence, previous, kind, wall_us, boot_us, boot_id, room, seat, actor, commitment, hash)"
	            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
	[ADD_PAYLOAD] = "INSERT INTO journal_payload (sequence, key, payload) VALUES (?, ?, ?)",
	[OPEN_SESSION] = "INSERT INTO session (hash, account, created_us, expires_us) VALUES (?, ?, ?, ?)",
	[CLOSE_SESSION] = "DELETE FROM session WHERE hash = ?",
};

/* Whom a transaction erases; more than these wait for the list until the next start, which completes it. */
struct changes_erased {
	struct erasure list[ERASED_AT_ONCE];
	char pseudonyms[ERASED_AT_ONCE][PSEUDONYM_BYTES];
	int64_t wall_us;
	unsigned n;
};

struct head {
	int64_t sequence;
	uint8_t hash[CHAIN_HASH_BYTES];
};

struct writer {
	sqlite3 *db;                            /* given: outlives us */
	sqlite3_stmt *st[N_STATEMENTS];         /* owned */
	struct change_writer *changes;          /* owned */
	struct projection *projection;          /* owned */
	struct ballot_box *ballots;             /* owned */
	struct head committed;                  /* what is on disk */
	struct head head;                       /* with the transaction under way */
	char boot_id[CLOCK_ID_BYTES];
	int wal_pages;
	int checkpoint_at;
	char *erasure_list;                     /* owned; NULL none */
	struct changes_erased erased;           /* of the transaction under way */
	bool scrub;                             /* erasures have left traces */
	bool empty_log;                         /* votes that were counted have left traces there */
	int64_t scrub_at_us, empty_at_us;       /* wall; not before */
};

static int on_wal(void *user, sqlite3 *db, const char *name, int pages)
{
	struct writer *w = user;

	(void)db;
	(void)name;
	w->wal_pages = pages;
	return SQLITE_OK;
}

static int read_head(struct writer *w)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(w->db, &st, "SELECT sequence, hash FROM journal ORDER BY sequence DESC LIMIT 1");
	int code;

	if (r < 0)
		return r;
	code = sqlite3_step(st);
	if (code != SQLITE_ROW)
		return db_errno(code);
	if (sqlite3_column_bytes(st, 1) != CHAIN_HASH_BYTES)
		return -EBADMSG;
	w->committed.sequence = sqlite3_column_int64(st, 0);
	memcpy(w->committed.hash, sqlite3_column_blob(st, 1), CHAIN_HASH_BYTES);
	w->head = w->committed;
	return 0;
}

int writer_create(struct writer **ret, sqlite3 *db, const struct ballot_keys *keys)
{
	CLEANUP(writer_destroyp) struct writer *w = mem_zalloc(sizeof(*w));
	int r = 0;

	if (!w)
		return -ENOMEM;
	w->db = db;
	w->checkpoint_at = CHECKPOINT_PAGES;
	clock_boot_id(w->boot_id);
	for (int i = 0; i < N_STATEMENTS && r == 0; i++)
		r = db_prepare(db, &w->st[i], statements[i]);
	if (r == 0)
		r = change_writer_create(&w->changes, db);
	if (r == 0)
		r = projection_create(&w->projection, db);
	if (r == 0)
		r = ballot_box_create(&w->ballots, db, keys);
	if (r == 0)
		r = read_head(w);
	if (r < 0)
		return r;
	w->scrub = w->empty_log = erasure_left_traces(db);
	/* This also ends SQLite's own checkpoints, which would run inside a commit. */
	sqlite3_wal_hook(db, on_wal, w);
	*ret = STEAL(w);
	return 0;
}

struct writer *writer_destroy(struct writer *w)
{
	if (!w)
		return NULL;
	sqlite3_wal_hook(w->db, NULL, NULL);
	for (int i = 0; i < N_STATEMENTS; i++)
		sqlite3_finalize(w->st[i]);
	change_writer_destroy(w->changes);
	projection_destroy(w->projection);
	ballot_box_destroy(w->ballots);
	mem_free(w->erasure_list);
	return mem_free(w);
}

static void list_erased(struct writer *w)
{
	for (unsigned i = 0; i < w->erased.n; i++)
		if (w->erasure_list && erasure_list_add(w->erasure_list, &w->erased.list[i], w->erased.pseudonyms[i], w->erased.wall_us) < 0)
			log_event(LOG_ERROR, "store.erasure_list_failed");
	w->scrub = w->scrub || w->erased.n > 0;
	w->empty_log = w->empty_log || w->erased.n > 0;
	w->erased.n = 0;
}

int writer_begin(struct writer *w)
{
	w->erased.n = 0;
	w->head = w->committed;
	return db_run(w->st[BEGIN]);
}

int writer_commit(struct writer *w)
{
	int r = db_run(w->st[COMMIT]);
	bool erased = w->erased.n > 0;

	if (r < 0)
		return r;
	w->committed = w->head;
	list_erased(w);
	w->empty_log = ballot_box_committed(w->ballots) || w->empty_log;
	/* Before anybody is told that it is done; while somebody reads in the log, soon after. */
	if (erased)
		writer_scrub(w, clock_wall_us());
	return 0;
}

void writer_rollback(struct writer *w)
{
	/* A full disk may have rolled it back already: then this fails, and nothing is to be done. */
	if (!sqlite3_get_autocommit(w->db))
		db_run(w->st[ROLLBACK]);
	w->head = w->committed;
	ballot_box_rolled_back(w->ballots);
}

static int add_row(struct writer *w, const struct chain_row *row, const uint8_t hash[CHAIN_HASH_BYTES])
{
	int r = db_bind(w->st[ADD_ROW], "ibiiittttbb", row->sequence, row->previous, CHAIN_HASH_BYTES, (int64_t)row->kind,
	                row->wall_us, row->boot_us, row->boot_id, row->room, row->seat, row->actor, row->commitment,
	                CHAIN_HASH_BYTES, hash, CHAIN_HASH_BYTES);

	return r < 0 ? r : db_run(w->st[ADD_ROW]);
}

static int add_payload(struct writer *w, int64_t sequence, const uint8_t key[CHAIN_KEY_BYTES], const char *payload)
{
	int r = db_bind(w->st[ADD_PAYLOAD], "ibt", sequence, key, CHAIN_KEY_BYTES, payload);

	return r < 0 ? r : db_run(w->st[ADD_PAYLOAD]);
}

int writer_event(struct writer *w, const struct event *ev, int64_t *ret_sequence)
{
	uint8_t key[CHAIN_KEY_BYTES], hash[CHAIN_HASH_BYTES];
	struct chain_row row = {
		.sequence = w->head.sequence + 1,
		.kind = ev->kind,
		.wall_us = ev->wall_us,
		.boot_us = ev->boot_us,
		.boot_id = w->boot_id,
		.room = ev->room,
		.seat = ev->seat,
		.actor = ev->actor,
	};
	int r;

	memcpy(row.previous, w->head.hash, CHAIN_HASH_BYTES);
	randombytes_buf(key, sizeof(key));
	chain_commit(row.commitment, key, ev->payload, strlen(ev->payload));
	chain_hash(hash, &row);
	r = add_row(w, &row, hash);
	if (r == 0)
		r = add_payload(w, row.sequence, key, ev->payload);
	if (r == 0)
		r = projection_event(w->projection, ev, row.sequence);
	if (r < 0)
		return r;
	w->head.sequence = row.sequence;
	memcpy(w->head.hash, hash, CHAIN_HASH_BYTES);
	*ret_sequence = row.sequence;
	return 0;
}

int writer_session_opened(struct writer *w, const struct session *session)
{
	int r = db_bind(w->st[OPEN_SESSION], "biii", session->hash, SESSION_HASH_BYTES, session->account, session->created_us,
	                session->expires_us);

	return r < 0 ? r : db_run(w->st[OPEN_SESSION]);
}

int writer_session_closed(struct writer *w, const uint8_t hash[SESSION_HASH_BYTES])
{
	int r = db_bind(w->st[CLOSE_SESSION], "b", hash, SESSION_HASH_BYTES);

	return r < 0 ? r : db_run(w->st[CLOSE_SESSION]);
}

int writer_ballot_opened(struct writer *w, const struct ballot_name *ballot)
{
	return ballot_box_open(w->ballots, ballot);
}

int writer_ballot_cast(struct writer *w, const struct ballot_vote *vote)
{
	return ballot_box_cast(w->ballots, vote);
}

int writer_ballot_count(struct writer *w, const struct ballot_order *order, int64_t wall_us, int64_t boot_us, int64_t *ret_sequence)
{
	struct event ev = { .room = order->ballot.room, .seat = "", .actor = "", .wall_us = wall_us, .boot_us = boot_us };
	struct ballot_outcome outcome;
	int r = ballot_box_find_end(w->ballots, &order->ballot, ret_sequence);

	if (r != -ENODATA)
		return r;
	r = ballot_box_open_votes(w->ballots, order, &outcome);
	if (r < 0)
		return r;
	ev.kind = outcome.kind;
	ev.payload = outcome.payload;
	r = writer_event(w, &ev, ret_sequence);
	return r < 0 ? r : ballot_box_end(w->ballots, &order->ballot, *ret_sequence);
}

/* The payload of an act's event. `detail` is JSON already. `facts`, `notices`: hashes of those that it wrote, "" none. */
static char *write_act(const struct act *a, const char *facts, const char *notices)
{
	json_t *detail = json_loads(a->detail, JSON_REJECT_DUPLICATES, NULL);
	json_t *all = json_pack("{s:s, s:I, s:I, s:I, s:I, s:s*, s:s*, s:o*}", "act", a->name, "account", (json_int_t)a->account, "grant", (json_int_t)a->grant,
	                        "org", (json_int_t)a->org, "subject", (json_int_t)a->subject, "facts", *facts ? facts : NULL, "notices", *notices ? notices : NULL,
	                        "detail", detail);
	char *ret = all ? json_dumps(all, JSON_COMPACT) : NULL;

	json_decref(all);
	return ret;
}

/* With those who were merged into the person: an older backup may have them by themselves. */
static int note_pseudonyms(struct writer *w, int64_t person, const char *order)
{
	static const char sql[] = "WITH RECURSIVE same (id, pseudonym) AS (SELECT id, pseudonym FROM person WHERE id = ?"
		" UNION SELECT p.id, p.pseudonym FROM person p JOIN same ON p.merged_into = same.id) SELECT id, pseudonym FROM same";
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	struct changes_erased *e = &w->erased;
	int r = db_prepare(w->db, &st, sql), code = SQLITE_DONE;

	if (r == 0)
		r = db_bind(st, "i", person);
	while (r == 0 && e->n < ERASED_AT_ONCE && (code = sqlite3_step(st)) == SQLITE_ROW) {
		e->list[e->n].person = sqlite3_column_int64(st, 0);
		snprintf(e->list[e->n].order, ERASURE_ORDER_BYTES, "%s", order);
		snprintf(e->pseudonyms[e->n++], PSEUDONYM_BYTES, "%s", db_text(st, 1));
	}
	return r < 0 || code == SQLITE_ROW ? r : db_errno(code);
}

/* What the list outside will say once this is on disk. */
static int note_erased(struct writer *w, const struct changes *c, int64_t wall_us)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < changes_n(c) && w->erased.n < ERASED_AT_ONCE; i++) {
		const struct change *change = changes_at(c, i);

		if (change->type != CHANGE_PERSON_ERASED)
			continue;
		w->erased.wall_us = wall_us;
		r = note_pseudonyms(w, change->id, change->code);
	}
	return r;
}

/* The act's further rows, behind its own. */
static int write_events(struct writer *w, const struct changes *c)
{
	int64_t sequence;
	int r = 0;

	for (size_t i = 0; r == 0 && i < changes_n(c); i++)
		if (changes_at(c, i)->type == CHANGE_EVENT)
			r = writer_event(w, changes_at(c, i)->event, &sequence);
	return r;
}

int writer_changes(struct writer *w, const struct changes *c, int64_t wall_us, int64_t boot_us, int64_t *ret_sequence)
{
	const struct act *a = changes_act(c);
	struct event ev = { .kind = EVENT_ACT, .room = "", .seat = "", .actor = a->actor, .wall_us = wall_us, .boot_us = boot_us };
	char facts[FACT_DIGEST_BYTES], notices[NOTICE_DIGEST_BYTES];
	int r = fact_digest_changes(facts, c, wall_us);
	char *payload;

	notice_digest_changes(notices, c);
	payload = r == 0 ? write_act(a, facts, notices) : NULL;

	r = payload ? 0 : -ENOMEM;

	ev.payload = payload;
	if (r == 0)
		r = writer_event(w, &ev, ret_sequence);
	if (r == 0)
		r = change_writer_write(w->changes, c, *ret_sequence, wall_us);
	if (r == 0)
		r = note_erased(w, c, wall_us);
	if (r == 0)
		r = write_events(w, c);
	free(payload);
	return r;
}

int writer_notices_read(struct writer *w, int64_t account, int64_t upto)
{
	return change_writer_notices_read(w->changes, account, upto);
}

int writer_webhook(struct writer *w, const struct webhook_write *write, int64_t now_us)
{
	return webhook_write(w->db, write, now_us);
}

int writer_set_erasure_list(struct writer *w, const char *path)
{
	mem_free(w->erasure_list);
	w->erasure_list = mem_strdup(path);
	return w->erasure_list ? 0 : -ENOMEM;
}

static int64_t size_bytes(const struct writer *w)
{
	int64_t pages = 0, page_bytes = 0;

	db_get_int(w->db, "PRAGMA page_count", &pages);
	db_get_int(w->db, "PRAGMA page_size", &page_bytes);
	return pages * page_bytes;
}

void writer_retained(struct writer *w)
{
	if (size_bytes(w) <= SCRUB_AT_ONCE_BYTES)
		w->scrub = true;
}

static bool is_time(const struct writer *w, int64_t now_wall_us)
{
	time_t now = now_wall_us / 1000000;
	struct tm local;

	if (!w->scrub || now_wall_us < w->scrub_at_us)
		return false;
	localtime_r(&now, &local);
	return size_bytes(w) <= SCRUB_AT_ONCE_BYTES || (local.tm_hour >= NIGHT_BEGINS_HOUR && local.tm_hour < NIGHT_ENDS_HOUR);
}

/* In the file deleted rows are overwritten as they go (secure_delete); in the log they stand until it is emptied, which waits for who reads in it. */
static void empty_log(struct writer *w, int64_t now_wall_us)
{
	if (!w->empty_log || now_wall_us < w->empty_at_us)
		return;
	w->empty_log = erasure_empty_log(w->db) < 0;
	w->empty_at_us = now_wall_us + EMPTY_AGAIN_US;
	if (!w->empty_log && !w->scrub)
		erasure_traces_gone(w->db);
}

void writer_scrub(struct writer *w, int64_t now_wall_us)
{
	int r;

	if (is_time(w, now_wall_us)) {
		r = erasure_rewrite(w->db);
		w->scrub = r < 0;
		w->empty_log = w->empty_log || r == 0;
		w->scrub_at_us = now_wall_us + SCRUB_AGAIN_US;
		if (r < 0 && r != -EBUSY)
			log_event(LOG_WARNING, "store.scrub_failed err=%s", strerrorname_np(-r));
	}
	empty_log(w, now_wall_us);
}

bool writer_scrubs(const struct writer *w)
{
	return w->empty_log;
}

int writer_checkpoint(struct writer *w)
{
	int log = 0, done = 0, code;

	if (w->wal_pages < w->checkpoint_at)
		return 0;
	code = sqlite3_wal_checkpoint_v2(w->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &log, &done);
	/* A reader may hold the log's end, or the disk be full: not at each commit anew. */
	w->checkpoint_at = code == SQLITE_OK && done == log ? CHECKPOINT_PAGES : w->wal_pages + CHECKPOINT_PAGES;
	return db_errno(code);
}
