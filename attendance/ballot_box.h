/*
 * The votes of secret ballots in the database: taken, counted, gone. Inside attendance/ only. Thread: the store's; within its transactions.
 * -EINVAL is the write's own fault, other errors are the database's.
 */
#ifndef HUITANG_ATTENDANCE_BALLOT_BOX_H
#define HUITANG_ATTENDANCE_BALLOT_BOX_H

#include <sqlite3.h>

#include "attendance/ballot.h"
#include "attendance/ballot_key.h"
#include "media/base/macros.h"

#define BALLOT_PAYLOAD_BYTES 512

struct ballot_box;

struct ballot_name {
	char room[ROOM_ID_BYTES];
	uint32_t ask;
};

struct ballot_vote {
	struct ballot_name ballot;
	char voter[PERSON_ID_BYTES];
	uint8_t sealed[BALLOT_SEALED_BYTES];
};

struct ballot_order {           /* to count */
	struct ballot_name ballot;
	uint32_t n_options, most;
};

struct ballot_outcome {
	enum event_kind kind;           /* EVENT_BALLOT_COUNTED, EVENT_BALLOT_VOID */
	char payload[BALLOT_PAYLOAD_BYTES];
};

/** Owns: *ret is the caller's. `db` and `keys` outlive it. Errors: -ENOMEM, -EIO. */
int ballot_box_create(struct ballot_box **ret, sqlite3 *db, const struct ballot_keys *keys);
struct ballot_box *ballot_box_destroy(struct ballot_box *b);

/** Makes the key. */
int ballot_box_open(struct ballot_box *b, const struct ballot_name *ballot);
int ballot_box_cast(struct ballot_box *b, const struct ballot_vote *vote);

/** The row in which the ballot was counted; -ENODATA: not yet. */
int ballot_box_find_end(struct ballot_box *b, const struct ballot_name *ballot, int64_t *ret_sequence);

/** Opens all votes and tells what is to be written. Changes nothing. */
int ballot_box_open_votes(struct ballot_box *b, const struct ballot_order *order, struct ballot_outcome *ret);

/** Deletes the votes and says in which row they were counted; the key goes with ballot_box_committed(). */
int ballot_box_end(struct ballot_box *b, const struct ballot_name *ballot, int64_t sequence);

/** After the transaction: unlinks the keys of what was counted in it. True: something was deleted that should be overwritten. */
bool ballot_box_committed(struct ballot_box *b);

/** The transaction was taken back. */
void ballot_box_rolled_back(struct ballot_box *b);

/** At the start: removes the keys of ballots that are over or never began. Errors: of db_errno(). */
int ballot_box_sweep(sqlite3 *db, const struct ballot_keys *keys);

/* Tests only: called at each step, NULL for none. */
enum ballot_step { BALLOT_STEP_KEY_MADE, BALLOT_STEP_CAST, BALLOT_STEP_OPENED, BALLOT_STEP_WRITTEN, BALLOT_STEP_DELETED, BALLOT_STEP_COMMITTED, BALLOT_STEP_UNLINKED, BALLOT_STEPS };
extern void (*ballot_box_fault)(enum ballot_step step);

DEFINE_CLEANUP(struct ballot_box, ballot_box_destroy)

#endif
