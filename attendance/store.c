/* See store.h. What runs on the store thread is in committer.c. */
#include "attendance/store.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attendance/committer.h"
#include "attendance/database.h"
#include "attendance/db.h"
#include "attendance/demo.h"
#include "attendance/demo_members.h"
#include "attendance/directory_state.h"
#include "attendance/erasure.h"
#include "attendance/folder.h"
#include "attendance/journal.h"
#include "attendance/read_thread.h"
#include "attendance/retention.h"
#include "attendance/writes.h"
#include "media/base/clock.h"
#include "media/base/mem.h"

#define TOKEN_KEY "token"

struct store {
	struct store_cfg cfg;                   /* dir is not kept */
	int lock_fd;                            /* owned */
	sqlite3 *db;                            /* owned; the committer's thread uses it once that has started */
	struct committer *committer;            /* owned */
	struct read_thread *reading;            /* owned */
	struct directory *directory;            /* owned */
	struct ballot_keys ballot_keys;         /* before the committer, which uses it */
	uint8_t token_key[STORE_KEY_BYTES];
	enum store_state state;
	int64_t retained_us;                    /* store_retained_us() */
	int forgotten;                          /* persons erased anew at the opening, for the journal */
	bool started;
};

struct store_reader {
	sqlite3 *db;                            /* owned */
	struct directory *directory;            /* owned; NULL until asked for */
};

sqlite3 *store_db(struct store *s)
{
	return s->db;
}

const struct ballot_keys *store_ballot_keys(const struct store *s)
{
	return &s->ballot_keys;
}

sqlite3 *store_reader_db(struct store_reader *r)
{
	return r->db;
}

static int forget_old_requests(sqlite3 *db, int64_t now_wall_us)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, "DELETE FROM request_key WHERE recorded_at < ?");

	if (r == 0)
		r = db_bind(st, "i", now_wall_us - REQUEST_KEPT_US);
	return r < 0 ? r : db_run(st);
}

static int forget_expired_sessions(sqlite3 *db, int64_t now_wall_us)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, "DELETE FROM session WHERE expires_us <= ?");

	if (r == 0)
		r = db_bind(st, "i", now_wall_us);
	return r < 0 ? r : db_run(st);
}

/* The folder may come from a backup that still knows whom we have forgotten since. */
static int forget_again(struct store *s, const struct store_cfg *cfg, char **ret_list)
{
	int r, n = 0;

	*ret_list = cfg->erasure_list && *cfg->erasure_list ? mem_strdup(cfg->erasure_list) : erasure_list_path(cfg->dir);
	if (!*ret_list)
		return -ENOMEM;
	r = erasure_replay(s->db, *ret_list, clock_wall_us(), &n);
	s->forgotten = n;
	return r;
}

/* Where the keys of ballots are; those that nothing needs any more go. */
static int open_ballots(struct store *s, const struct store_cfg *cfg, char err[STORE_ERROR_BYTES])
{
	int r = database_secret(s->db, TOKEN_KEY, true, s->token_key);

	if (r < 0)
		return database_say(err, cfg->dir, r);
	r = ballot_keys_init(&s->ballot_keys, cfg->ballot_keys ? cfg->ballot_keys : "", cfg->dir, s->token_key);
	if (r < 0) {
		snprintf(err, STORE_ERROR_BYTES, "folder of the keys of ballots: %s",
		         r == -EXDEV ? "is inside the data folder, and so in its backups; it must be elsewhere" : strerror(-r));
		return r;
	}
	r = ballot_box_sweep(s->db, &s->ballot_keys);
	return r < 0 ? database_say(err, cfg->dir, r) : 0;
}

/* Everything that needs the database before the thread has it. */
static int fill(struct store *s, const char *dir, const char *erasure_list)
{
	struct committer_cfg cfg = { .db = s->db, .ballot_keys = &s->ballot_keys, .erasure_list = erasure_list, .wake = s->cfg.wake, .user = s->cfg.user };
	int64_t now_us = clock_wall_us();
	int r = 0;

	cfg.database_path = folder_database(dir);
	if (!cfg.database_path)
		return -ENOMEM;
	if (s->cfg.demo)
		r = demo_fill(s->db, now_us);
	if (r == 0 && s->cfg.demo && s->cfg.demo_members)
		r = demo_members_fill(s->db, now_us);
	if (r == 0)
		r = forget_expired_sessions(s->db, now_us);
	if (r == 0)
		r = forget_old_requests(s->db, now_us);
	if (r == 0)
		r = retention_last(s->db, &s->retained_us);
	if (r == 0)
		r = directory_load(&s->directory, s->db, now_us);
	if (r == 0)
		r = committer_create(&s->committer, &cfg);
	mem_free((void *)cfg.database_path);
	return r;
}

static int open_reading(struct store *s, const char *dir, char err[STORE_ERROR_BYTES])
{
	struct store_reader *reader = NULL;
	int r = store_open_reader(&reader, dir, err);

	if (r < 0)
		return r;
	r = read_thread_create(&s->reading, reader, s->cfg.wake, s->cfg.user);
	return r < 0 ? database_say(err, dir, r) : 0;
}

int store_open(struct store **ret, const struct store_cfg *cfg, char err[STORE_ERROR_BYTES])
{
	CLEANUP(store_closep) struct store *s = NULL;
	CLEANUP(mem_freep) char *list = NULL;
	int r;

	if (sodium_init() >= 0)
		s = mem_zalloc(sizeof(*s));
	if (!s)
		return database_say(err, cfg->dir, -ENOMEM);
	s->cfg = *cfg;
	s->cfg.dir = s->cfg.erasure_list = s->cfg.ballot_keys = NULL;
	s->lock_fd = -1;
	r = folder_take(&s->lock_fd, cfg->dir, err);
	if (r < 0)
		return r;
	r = database_open(&s->db, cfg->dir, err);
	if (r < 0)
		return r;
	r = cfg->draft ? db_exec(s->db, "PRAGMA synchronous = NORMAL") : 0;
	r = r < 0 ? database_say(err, cfg->dir, r) : open_ballots(s, cfg, err);
	if (r < 0)
		return r;
	r = forget_again(s, cfg, &list);
	if (r == 0)
		r = fill(s, cfg->dir, list);
	if (r < 0)
		return database_say(err, cfg->dir, r);
	r = open_reading(s, cfg->dir, err);
	if (r < 0)
		return r;
	*ret = STEAL(s);
	return 0;
}

static int append_own(struct store *s, enum event_kind kind)
{
	struct event ev = {
		.kind = kind, .room = "", .seat = "", .actor = "", .payload = "{}",
		.wall_us = clock_wall_us(), .boot_us = clock_boot_us(),
	};

	return journal_append(s, &ev, 0);
}

int store_start(struct store *s)
{
	int r = append_own(s, EVENT_SERVER_STARTED);

	for (; r == 0 && s->forgotten > 0; s->forgotten--)
		r = append_own(s, EVENT_FORGOTTEN_AGAIN);
	if (r == 0)
		r = committer_start(s->committer);
	if (r == 0)
		s->started = true;
	return r < 0 ? r : read_thread_start(s->reading);
}

struct store *store_close(struct store *s)
{
	if (!s)
		return NULL;
	/* Before the writer's connection, whose closing checkpoints. */
	read_thread_destroy(s->reading);
	if (s->started)
		append_own(s, EVENT_SERVER_STOPPED);
	committer_destroy(s->committer);
	directory_destroy(s->directory);
	sqlite3_close(s->db);
	/* After the database: who takes the folder next must find it closed. */
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	return mem_free(s);
}

int store_post(struct store *s, enum write_type type, const void *data, size_t len)
{
	return committer_post(s->committer, type, data, len);
}

static void take_report(struct store *s, const struct committer_report *rep, const struct store_events *events, void *user)
{
	bool changed = rep->state != s->state;

	s->state = rep->state;
	for (size_t i = 0; i < rep->n && events->on_done; i++)
		events->on_done(user, rep->answers[i].ticket, rep->answers[i].sequence, rep->answers[i].error);
	if (changed && events->on_state)
		events->on_state(user, s->state);
}

void store_dispatch(struct store *s, const struct store_events *events, void *user)
{
	struct read_answer a;
	struct letter *l;

	while ((l = committer_take(s->committer))) {
		take_report(s, l->data, events, user);
		letter_free(l);
	}
	while (read_thread_take(s->reading, &a)) {
		if (events->on_read)
			events->on_read(user, a.ticket, a.text, a.error);
		free(a.text);
	}
}

int store_read(struct store *s, store_read_fn fn, const void *args, size_t len, uint64_t ticket)
{
	return read_thread_post(s->reading, fn, args, len, ticket);
}

int store_retain(struct store *s, const struct retention_plan *plan, uint64_t ticket)
{
	size_t bytes = plan->n * sizeof(plan->rules[0]);
	struct write_retention *w = mem_zalloc(sizeof(*w) + bytes);
	int r;

	if (!w)
		return -ENOMEM;
	w->head.ticket = ticket;
	w->plan = *plan;
	memcpy(w->plan.rules, plan->rules, bytes);
	r = store_post(s, WRITE_RETENTION, w, sizeof(*w) + bytes);
	mem_free(w);
	return r;
}

int store_webhook(struct store *s, const struct webhook_write *write, uint64_t ticket)
{
	size_t bytes = write->n * sizeof(write->sequences[0]);
	struct write_webhook *w = mem_zalloc(sizeof(*w) + bytes);
	int r;

	if (!w)
		return -ENOMEM;
	w->head.ticket = ticket;
	w->write = *write;
	memcpy(w->write.sequences, write->sequences, bytes);
	r = store_post(s, WRITE_WEBHOOK, w, sizeof(*w) + bytes);
	mem_free(w);
	return r;
}

int64_t store_retained_us(const struct store *s)
{
	return s->retained_us;
}

int store_wait(struct store *s, uint64_t ticket)
{
	const struct write_head head = { .ticket = ticket };
	return store_post(s, WRITE_NOTHING, &head, sizeof(head));
}

enum store_state store_state(const struct store *s)
{
	return s->state;
}

struct directory *store_directory(struct store *s)
{
	return s->directory;
}

void store_token_key(const struct store *s, uint8_t ret[STORE_KEY_BYTES])
{
	memcpy(ret, s->token_key, STORE_KEY_BYTES);
}

int store_write_metrics(const struct store *s, char **ret)
{
	return committer_write_metrics(s->committer, ret);
}

int store_open_reader(struct store_reader **ret, const char *dir, char err[STORE_ERROR_BYTES])
{
	CLEANUP(store_reader_closep) struct store_reader *r = mem_zalloc(sizeof(*r));
	int e;

	if (!r || sodium_init() < 0)
		return database_say(err, dir, -ENOMEM);
	e = database_open_reader(&r->db, dir, err);
	if (e < 0)
		return e;
	*ret = STEAL(r);
	return 0;
}

struct store_reader *store_reader_close(struct store_reader *r)
{
	if (!r)
		return NULL;
	directory_destroy(r->directory);
	sqlite3_close(r->db);
	return mem_free(r);
}

const struct directory *store_reader_directory(struct store_reader *r)
{
	if (!r->directory && directory_load(&r->directory, r->db, clock_wall_us()) < 0)
		return NULL;
	return r->directory;
}

int store_reader_token_key(struct store_reader *r, uint8_t ret[STORE_KEY_BYTES])
{
	int e = database_secret(r->db, TOKEN_KEY, false, ret);

	return e == -ENODATA ? -EBADMSG : e;
}
