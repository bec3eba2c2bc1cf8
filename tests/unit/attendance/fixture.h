/* A data folder that goes away again, a store on it, and waiting for what it answers. */
#ifndef HUITANG_TESTS_ATTENDANCE_FIXTURE_H
#define HUITANG_TESTS_ATTENDANCE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <ftw.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "attendance/directory.h"
#include "attendance/db.h"
#include "attendance/interval.h"
#include "attendance/journal.h"
#include "attendance/store.h"
#include "media/base/clock.h"
#include "media/base/mem.h"

#define WAIT_MS 30000

struct fixture {
	char dir[64];
	struct store *store;
	int wake_fd;
	int64_t live;                   /* mem_live() at the start, and so at the end */
	uint64_t last_ticket;           /* of on_done */
	int64_t last_sequence;
	int last_error;
	unsigned done, errors;
	uint64_t last_read;             /* of on_read */
	int last_read_error;
	char *read_text;                /* owned */
	unsigned states[2];             /* times that each state was told */
};

static inline int fixture_unlink(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void fixture_init(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	f->live = mem_live();
	snprintf(f->dir, sizeof(f->dir), "/tmp/huitang-test-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	f->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	assert_true(f->wake_fd >= 0);
}

static inline void fixture_done(struct fixture *f)
{
	f->store = store_close(f->store);
	free(f->read_text);
	assert_int_equal(mem_live(), f->live);
	close(f->wake_fd);
	nftw(f->dir, fixture_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void fixture_wake(void *user)
{
	struct fixture *f = user;
	uint64_t one = 1;
	ssize_t ignored = write(f->wake_fd, &one, sizeof(one));

	(void)ignored;
}

static inline int fixture_try_open(struct fixture *f, bool demo, char err[STORE_ERROR_BYTES])
{
	struct store_cfg cfg = { .dir = f->dir, .demo = demo, .wake = fixture_wake, .user = f };

	err[0] = 0;
	return store_open(&f->store, &cfg, err);
}

static inline void fixture_open(struct fixture *f, bool demo)
{
	char err[STORE_ERROR_BYTES];
	int r = fixture_try_open(f, demo, err);

	if (r < 0)
		print_error("%s\n", err);
	assert_int_equal(r, 0);
}

static inline void fixture_start(struct fixture *f, bool demo)
{
	fixture_open(f, demo);
	assert_int_equal(store_start(f->store), 0);
}

static inline void fixture_on_done(void *user, uint64_t ticket, int64_t sequence, int error)
{
	struct fixture *f = user;

	f->last_ticket = ticket;
	f->last_sequence = sequence;
	f->last_error = error;
	f->done++;
	f->errors += error != 0;
}

static inline void fixture_on_state(void *user, enum store_state state)
{
	struct fixture *f = user;

	f->states[state]++;
}

static inline void fixture_on_read(void *user, uint64_t ticket, const char *text, int error)
{
	struct fixture *f = user;

	f->last_read = ticket;
	f->last_read_error = error;
	free(f->read_text);
	f->read_text = text ? strdup(text) : NULL;
}

static inline void fixture_dispatch(struct fixture *f, int timeout_ms)
{
	static const struct store_events events = { .on_done = fixture_on_done, .on_state = fixture_on_state, .on_read = fixture_on_read };
	struct pollfd p = { .fd = f->wake_fd, .events = POLLIN };
	uint64_t seen;
	ssize_t ignored;

	poll(&p, 1, timeout_ms);
	ignored = read(f->wake_fd, &seen, sizeof(seen));
	(void)ignored;
	store_dispatch(f->store, &events, f);
}

static inline void fixture_wait(struct fixture *f, uint64_t ticket)
{
	int64_t end_us = clock_boot_us() + WAIT_MS * 1000LL;

	while (f->last_ticket != ticket && clock_boot_us() < end_us)
		fixture_dispatch(f, 100);
	assert_int_equal(f->last_ticket, ticket);
}

static inline int fixture_append(struct fixture *f, enum event_kind kind, const char *room, const char *seat, const char *payload,
                                 uint64_t ticket)
{
	struct event ev = {
		.kind = kind, .room = room, .seat = seat, .actor = "", .payload = payload,
		.wall_us = clock_wall_us(), .boot_us = clock_boot_us(),
	};

	return journal_append(f->store, &ev, ticket);
}

static inline struct store_reader *fixture_reader(const struct fixture *f)
{
	struct store_reader *r = NULL;
	char err[STORE_ERROR_BYTES];

	if (store_open_reader(&r, f->dir, err) < 0)
		print_error("%s\n", err);
	assert_non_null(r);
	return r;
}

/* Rows of the chain when all of it is good. */
static inline int64_t fixture_verify(const struct fixture *f)
{
	struct store_reader *r = fixture_reader(f);
	enum chain_fault fault = CHAIN_OK;
	struct chain_check check = { 0 };

	assert_int_equal(journal_verify(r, &check, &fault), 0);
	store_reader_close(r);
	assert_int_equal(fault, CHAIN_OK);
	return check.sequence;
}

/* Runs SQL on the database from outside, while no store is open. */
static inline int fixture_sql(const struct fixture *f, const char *sql)
{
	char path[128];
	sqlite3 *db;
	int r;

	snprintf(path, sizeof(path), "%s/huitang.db", f->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	r = sqlite3_exec(db, sql, NULL, NULL, NULL);
	sqlite3_close(db);
	return r;
}

#endif
