/*
 * Secret ballots of a class: asks.h has the question, the store has key and votes (attendance/ballot.h). Nothing of a vote is kept, logged or
 * told here.
 *
 *   asks_open ─► sitting_ballot_open ─► key on disk: READY ─► sitting_ballot_cast … ─► closed: counted by the store ─► asks_counted
 *
 * Thread: control.
 */
#ifndef HUITANG_SIGNALING_SITTING_BALLOT_H
#define HUITANG_SIGNALING_SITTING_BALLOT_H

#include "signaling/sitting.h"

/** Has its key made, or found again after a restart. Where that cannot be, it is closed and comes to nothing. */
void sitting_ballot_open(struct sitting *t, const struct ask *ask);

/** It was closed: has it counted. */
void sitting_ballot_count(struct sitting *t, const struct ask *ask);

/** After the journal was read: goes on with those that are open, and counts those that are closed. */
void sitting_ballots_settle(struct sitting *t);

/**
 * Seals and casts the vote that asks_answer() allowed (ASK_SEAL). `ticket` as in journal_append().
 *
 * Errors: -EAGAIN its key is not on disk yet; of ballot_seal(), ballot_cast().
 */
int sitting_ballot_cast(struct sitting *t, uint32_t ask, const char *person, uint32_t choice, uint64_t ticket);

/** How many could vote now: persons who are signed in by a device of their own. */
size_t sitting_ballot_voters(const struct sitting *t);

void sitting_ballots_forget(struct sitting *t);

#endif
