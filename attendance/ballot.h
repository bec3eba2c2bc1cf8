/*
 * Secret ballots (records.md, Secret ballot). Each has a key pair whose secret key is a file outside data folder and backups (ballot_key.h). A
 * vote is sealed to the public key, always of one length, and stands in the voter's row until the count: nobody can open it who has only the
 * database or only the key, and nothing else of it stands anywhere.
 *
 *   asks_open() ── ballot_open() ──────── ballot_seal(), ballot_cast() ──────── asks_close() ── ballot_count() ── ballot_read_result()
 *   (event 70)     (key on disk, then       (each voter's last vote holds;        (event 73)     (event 77 or 78,   asks_counted()
 *                   ballot_public_key())     acknowledged by on_done)                             votes and key gone)
 *
 * Counting is one transaction: the event with the totals is written and the votes are deleted; then the key is unlinked. Killed at any
 * step, the ballot is either not counted yet and can be, or counted and has lost its key at the next start at the latest. After a restart post
 * ballot_open() again for each ballot that is open, and ballot_count() for each that is closed and not counted.
 *
 * Not promised: protection from whoever controls the running server, or recovers an unlinked file.
 *
 * Thread: control, after store_start(). Writes are answered by on_done() of store_dispatch(); one of a ballot that is over gives -EINVAL, and so does
 * one whose key cannot be made or read (the log says why).
 */
#ifndef HUITANG_ATTENDANCE_BALLOT_H
#define HUITANG_ATTENDANCE_BALLOT_H

#include <stdint.h>

#include "attendance/store.h"
#include "classroom/event.h"

#define BALLOT_PUBLIC_KEY_BYTES 32
#define BALLOT_SEALED_BYTES 64          /* whatever was chosen */
#define BALLOT_OPTIONS_MAX 16
#define BALLOT_VOTES_MIN 5              /* fewer are not counted: a result would tell who chose what */

struct ballot_result_args {
	char room[ROOM_ID_BYTES];
	uint32_t ask;
};

/**
 * Makes the key, unless it is there. -EINVAL from on_done(): it cannot be made, or votes are there whose key is lost: close it and let it be counted.
 *
 * Errors, of all that posts: -EINVAL a room whose name cannot be a file's; -ENOBUFS, -ENOMEM.
 */
int ballot_open(struct store *s, const char *room, uint32_t ask, uint64_t ticket);

/** Reads a small file. Once ballot_open() is done. Errors: -ENOENT, -EPERM, -EBADMSG, -errno. */
int ballot_public_key(const struct store *s, const char *room, uint32_t ask, uint8_t ret[BALLOT_PUBLIC_KEY_BYTES]);

/** Seals a choice, a mask of 1 << option: one that asks_answer() allowed. Takes a tenth of a millisecond. Thread: any. Errors: -EINVAL the key. */
int ballot_seal(uint8_t ret[BALLOT_SEALED_BYTES], const uint8_t public_key[BALLOT_PUBLIC_KEY_BYTES], uint32_t choice);

/** The vote of a voter, in place of the one before. `voter` is a pseudonym. Also -EINVAL: it is none. */
int ballot_cast(struct store *s, const char *room, uint32_t ask, const char *voter, const uint8_t sealed[BALLOT_SEALED_BYTES], uint64_t ticket);

/**
 * Counts, after ASK_CLOSED was appended; on_done() has the row of BALLOT_COUNTED or BALLOT_VOID. Done already: that row again. Votes of options that are
 * none, or of more than `most`, are spoiled.
 */
int ballot_count(struct store *s, const char *room, uint32_t ask, unsigned n_options, unsigned most, int64_t wall_us, int64_t boot_us, uint64_t ticket);

/** store_read_fn with ballot_result_args: the event of a ballot that is over, for ballot_parse_result(). Errors: -ENODATA not yet. */
int ballot_read_result(struct store_reader *r, const void *args, size_t len, char **ret_text);

/** store_read_fn with ballot_result_args: how many have voted, a number. */
int ballot_read_turnout(struct store_reader *r, const void *args, size_t len, char **ret_text);

/** Kind, time and payload of what ballot_read_result() gave, borrowed from `text`; room, seat and actor are left alone. Errors: -EBADMSG. */
int ballot_parse_result(struct event *ret, const char *text);

#endif
