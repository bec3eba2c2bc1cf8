/*
 * The key pairs of secret ballots, each in a file of its own, mode 0400, in a folder outside data folder and backups: DIR.ballot-keys beside it when
 * nothing else is said. A ballot's file goes when it has been counted; without it nobody opens a vote any more. Names begin with an id of the
 * database, so that two servers may share the folder.
 *
 * Inside attendance/ only. Thread: any that may wait for a disk.
 */
#ifndef HUITANG_ATTENDANCE_BALLOT_KEY_H
#define HUITANG_ATTENDANCE_BALLOT_KEY_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "attendance/store.h"
#include "classroom/event.h"

#define BALLOT_KEY_BYTES 32
#define BALLOT_KEYS_ID_BYTES 9          /* eight hexadecimal digits and 0 */

struct ballot_keys {
	char folder[PATH_MAX];
	char id[BALLOT_KEYS_ID_BYTES];
};

struct ballot_pair {
	uint8_t public_key[BALLOT_KEY_BYTES], secret[BALLOT_KEY_BYTES];
};

/**
 * Names the folder ("": beside `dir`), which is made with the first key. `secret` is one of the database's own.
 *
 * Errors: -EXDEV it is inside the data folder; -ENAMETOOLONG; -errno.
 */
int ballot_keys_init(struct ballot_keys *ret, const char *folder, const char *dir, const uint8_t secret[STORE_KEY_BYTES]);

/** Makes the pair of a ballot unless it is there. Errors: -EINVAL a room whose name cannot be a file's; -errno. */
int ballot_key_make(const struct ballot_keys *k, const char *room, uint32_t ask);

/** Reads it; the caller overwrites `secret`. Errors: -ENOENT; -EPERM others may read it; -EBADMSG it is no key; -errno. */
int ballot_key_read(const struct ballot_keys *k, const char *room, uint32_t ask, struct ballot_pair *ret);

/** Overwrites and removes it, on disk. None there: 0. -errno. */
int ballot_key_unlink(const struct ballot_keys *k, const char *room, uint32_t ask);

/** Calls back for each key of this database, also of keys half made, which are removed. Errors: -errno, what `fn` gave. */
int ballot_keys_each(const struct ballot_keys *k, int (*fn)(void *user, const char *room, uint32_t ask), void *user);

#endif
