/*
 * The data folder and the one thread that writes it (architecture.md, decision 8). DIR/huitang.db is SQLite in WAL with
 * synchronous=FULL; DIR/lock is held with flock() for as long as a server owns the folder. docs/database.md describes
 * tables, chain and migrations.
 *
 *   store_open() ── store_directory(), journal_replay() ── store_start() ── journal_append(), session_open() … ── store_close()
 *   (control thread, no other thread yet)                  (store thread runs; it alone touches the database)
 *
 * Writes are posted as copied values and answered through store_dispatch() after they are on disk. Commands that read
 * (`report`, `token`) use store_reader from a process of their own, while a server runs or not.
 */
#ifndef HUITANG_ATTENDANCE_STORE_H
#define HUITANG_ATTENDANCE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/base/macros.h"

#define STORE_ERROR_BYTES 512
#define STORE_QUEUE_MAX 100000  /* writes posted and not yet answered */
#define STORE_READS_MAX 64
#define STORE_KEY_BYTES 32

struct store;
struct store_reader;
struct directory;               /* account.h */
struct retention_plan;

enum store_state {
	STORE_OK,
	STORE_FAILING,          /* the last commit failed (disk full, I/O error); it is tried again each half second */
};

struct store_cfg {
	const char *dir;                /* data folder; created with mode 0700 when missing */
	const char *erasure_list;       /* file outside the folder and its backups (erasure.h); NULL or "": DIR.erasures beside it */
	const char *ballot_keys;        /* folder outside the data folder and its backups, of the keys of secret ballots (ballot.h); NULL or "": DIR.ballot-keys beside it */
	bool demo;                      /* fills a folder without organisations with the demo city; else changes nothing */
	bool demo_members;              /* and the city's branches with members */
	bool draft;                     /* nobody trusts the folder before store_close(): what is answered may be lost with the machine until then, the folder stays whole */
	void (*wake)(void *user);       /* store thread: makes the control thread call store_dispatch() soon */
	void *user;
};

/* Called by store_dispatch(). Any may be NULL. */
struct store_events {
	/**
	 * Once for each write with a ticket other than 0: it is on disk (`error` 0, `sequence` is the journal row's or 0 for
	 * what is no event), or it cannot be written now (`error` -ENOSPC, -EIO, …). Then it is kept and tried again as
	 * long as the process lives, since memory has acted on it, but nothing more is said about it.
	 */
	void (*on_done)(void *user, uint64_t ticket, int64_t sequence, int error);
	void (*on_state)(void *user, enum store_state state);

	/** The answer to store_read(): `text` is borrowed, NULL with an error. */
	void (*on_read)(void *user, uint64_t ticket, const char *text, int error);
};

/**
 * Reads the database: *ret_text is made by malloc(). Runs in a read transaction of its own, for 5 s at most.
 *
 * Thread: the read thread. `args` are a copy of what was posted, aligned for any type.
 */
typedef int (*store_read_fn)(struct store_reader *r, const void *args, size_t len, char **ret_text);

/**
 * Takes the folder: creates it, locks it, opens or creates the database, migrates it and loads the directory.
 *
 * Owns:   *ret is the caller's; end it with store_close(). `cfg` is copied.
 * Thread: control; so are all calls below.
 * Errors: -EBUSY another server owns the folder; -EACCES, -EROFS, … unwritable; -EPROTO a newer schema than this program;
 *         -EBADMSG not our database, or damaged; -ENOSPC; -ENOMEM. `err` then says it in a sentence for the user.
 */
int store_open(struct store **ret, const struct store_cfg *cfg, char err[STORE_ERROR_BYTES]);

/**
 * Starts the store thread and appends EVENT_SERVER_STARTED. Once.
 *
 * Errors: -ENOMEM, -errno of pthread_create().
 */
int store_start(struct store *s);

/**
 * Writes what was posted, appends EVENT_SERVER_STOPPED when the store was started, joins the thread, checkpoints and lets
 * the folder go. Accepts NULL; returns NULL.
 */
struct store *store_close(struct store *s);

/** Takes what the store thread reported. `events` and `user` are used until return. */
void store_dispatch(struct store *s, const struct store_events *events, void *user);

/**
 * Asks the database what memory does not have, without waiting: on_read() answers. At most STORE_READS_MAX wait. Only after store_start().
 *
 * Errors: -ENOBUFS, -ENOMEM.
 */
int store_read(struct store *s, store_read_fn fn, const void *args, size_t len, uint64_t ticket);

/**
 * Begins a run of the erasing by days (retention.h), or goes on with one that a killed server left. on_done() says with the ticket when it
 * has come to its end; meanwhile others' writes go first. Ignored while one is under way: no answer then.
 *
 * Errors: -ENOMEM, -ENOBUFS.
 */
int store_retain(struct store *s, const struct retention_plan *plan, uint64_t ticket);

/** When the last run that was finished before store_open() began, wall; 0: none, or the last was cut off. */
int64_t store_retained_us(const struct store *s);

/**
 * Writes nothing: on_done() says when all that was posted before is on disk. For who asks again for what was done but perhaps not yet written.
 *
 * Errors: -ENOBUFS, -ENOMEM.
 */
int store_wait(struct store *s, uint64_t ticket);

/** As last seen by store_dispatch(). */
enum store_state store_state(const struct store *s);

/** Organisations, accounts and rooms as the control thread keeps them (account.h). Lives as long as the store. */
struct directory *store_directory(struct store *s);

/** The key that signs tokens and links, made with the database. `ret` is STORE_KEY_BYTES long. */
void store_token_key(const struct store *s, uint8_t ret[STORE_KEY_BYTES]);

/** Prometheus text, mem_free(). Errors: -ENOMEM. */
int store_write_metrics(const struct store *s, char **ret);

/**
 * Opens the folder for reading: query_only, short transactions, never a checkpoint. From another process than the server.
 *
 * Owns:   *ret is the caller's; end it with store_reader_close().
 * Errors: -ENOENT no database there; -EPROTO a schema of another version; -EBADMSG; -EACCES; -ENOMEM. `err` says it.
 */
int store_open_reader(struct store_reader **ret, const char *dir, char err[STORE_ERROR_BYTES]);
struct store_reader *store_reader_close(struct store_reader *r);

/** Loads the directory on first use. Owns: the reader's. NULL: out of memory or damaged. */
const struct directory *store_reader_directory(struct store_reader *r);

/** Errors: -EBADMSG. */
int store_reader_token_key(struct store_reader *r, uint8_t ret[STORE_KEY_BYTES]);

DEFINE_CLEANUP(struct store, store_close)
DEFINE_CLEANUP(struct store_reader, store_reader_close)

#endif
