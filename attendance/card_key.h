/*
 * The key of card numbers: 32 random bytes in a file of their own, mode 0400, outside data folder and backups, so that neither of these
 * alone tells a number. Whoever loses it keeps all persons, but no number is found again until it is entered anew.
 */
#ifndef HUITANG_ATTENDANCE_CARD_KEY_H
#define HUITANG_ATTENDANCE_CARD_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/base/macros.h"

#define CARD_KEY_BYTES 32
#define CARD_KEY_ID_BYTES 9             /* eight hex digits and 0 */
#define CARD_KEY_ERROR_BYTES 512

struct card_key;

/**
 * Writes where the key of a data folder is when nothing else is said: DIR.card-key beside it. The folder must exist.
 *
 * Errors: -ENOENT, -EACCES, …; -ENAMETOOLONG; -EINVAL: the folder is the root of the file system.
 */
int card_key_path(char *ret, size_t size, const char *dir);

/**
 * Reads the key. When the file is missing and `make`, it is made: complete or not at all, also when two programs do it at once. Let
 * `make` be false when the database has numbers already: another key would find none of them.
 *
 * Owns:   *ret is the caller's; end it with card_key_close(), which overwrites it. The bytes are kept out of swap and core dumps.
 * Thread: any that may read a file.
 * Errors: -ENOENT missing; -EPERM others may read or write it, or it is another user's; -EBADMSG not 32 bytes or no regular file;
 *         -EXDEV inside the data folder `dir`; -EACCES, -EROFS, -EIO, -ENOMEM. `err` then says it in a sentence.
 */
int card_key_open(struct card_key **ret, const char *path, const char *dir, bool make, char err[CARD_KEY_ERROR_BYTES]);
struct card_key *card_key_close(struct card_key *key);

/** CARD_KEY_BYTES; borrowed. */
const uint8_t *card_key_bytes(const struct card_key *key);

/** Which key it is, to stand in each row that it sealed: the first eight hex digits of its BLAKE2b. Borrowed. */
const char *card_key_id(const struct card_key *key);

DEFINE_CLEANUP(struct card_key, card_key_close)

#endif
