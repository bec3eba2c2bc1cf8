/*
 * The append-only journal of events: what happened, in order, each row chained to the one before (chain.h, docs/database.md).
 * An append returns at once; on_done() of store_dispatch() follows when the row is on disk.
 */
#ifndef HUITANG_ATTENDANCE_JOURNAL_H
#define HUITANG_ATTENDANCE_JOURNAL_H

#include <stdint.h>

#include "attendance/chain.h"
#include "attendance/store.h"
#include "classroom/event.h"

#define JOURNAL_PAYLOAD_MAX 65536       /* bytes of JSON text */
#define JOURNAL_SEATS_ALIVE_MAX 1024    /* ids in one EVENT_SEATS_ALIVE: more go into a second event */

/* One row as read. Pointers are borrowed until the callback returns. */
struct journal_row {
	int64_t sequence;               /* from 1, no holes */
	struct event event;             /* payload "" when it was erased */
	const char *boot_id;            /* boot_us values of one boot can be subtracted */
};

/* Non-zero ends the reading and is returned. */
typedef int (*journal_row_fn)(void *user, const struct journal_row *row);

/**
 * Appends one event, copied, after all that were appended before.
 *
 * With a ticket (not 0) on_done() says once whether it is on disk; 0 asks for no answer. An event that cannot be written
 * now (disk full) is kept, tried again and written in order with the time that it carries. So the journal has what the
 * room did, or the process died and nobody was told that it was recorded. Refuse new acts while store_state() is
 * STORE_FAILING; facts (a seat left, proofs of life) are appended all the same.
 * EVENT_ROOM_OPENED and EVENT_ROOM_ENDED also set the room's row (epoch, opened, ended) in the same transaction.
 *
 * Thread: control, after store_start().
 * Errors: -ENOBUFS STORE_QUEUE_MAX writes wait; -EMSGSIZE payload; -EINVAL an id too long; -ENOMEM. Nothing was appended then.
 */
int journal_append(struct store *s, const struct event *ev, uint64_t ticket);

/**
 * Calls back for each event of each room that was opened and has not ended, from its last EVENT_ROOM_OPENED on, in order
 * of sequence over all rooms. EVENT_SEATS_ALIVE is left out. Memory is bounded: rows are read one by one.
 *
 * Thread: control, between store_open() and store_start().
 * Errors: what on_row returned; -EBADMSG, -EIO, -ENOMEM.
 */
int journal_replay(struct store *s, journal_row_fn on_row, void *user);

/**
 * Calls back for each row of a room (NULL: of all) from `from` to `to` inclusive, in order.
 *
 * Errors: what on_row returned; -EBADMSG, -EIO, -ENOMEM.
 */
int journal_read(struct store_reader *r, const char *room, int64_t from, int64_t to, journal_row_fn on_row, void *user);

/* One row as it is stored, with what the chain needs. Borrowed until the callback returns. Non-zero ends the reading and is returned. */
typedef int (*journal_stored_fn)(void *user, const struct chain_stored *stored);

/** As journal_read(), with hashes, commitments and keys. */
int journal_read_stored(struct store_reader *r, const char *room, int64_t from, int64_t to, journal_stored_fn on_stored, void *user);

/**
 * Verifies the whole chain: *ret has the last good row, its hash and the number of erased rows; *ret_fault what is wrong
 * with the row after it, CHAIN_OK when there is none.
 *
 * Errors: -EBADMSG, -EIO, -ENOMEM.
 */
int journal_verify(struct store_reader *r, struct chain_check *ret, enum chain_fault *ret_fault);

/** The row with that hash, of a chain that is good: so a head that was kept elsewhere shows that nothing was cut off behind it. Errors: -ENODATA there is none; as above. */
int journal_find_head(struct store_reader *r, const uint8_t head[CHAIN_HASH_BYTES], int64_t *ret_sequence);

#endif
