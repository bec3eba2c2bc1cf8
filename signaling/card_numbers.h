/* The key of card numbers: opened, or made, when it is first needed (attendance/card_key.h). */
#ifndef HUITANG_SIGNALING_CARD_NUMBERS_H
#define HUITANG_SIGNALING_CARD_NUMBERS_H

#include "attendance/card.h"
#include "attendance/directory.h"

struct server;

/**
 * Opens the key in the file `path`, "" for the one beside the data folder. Made only while no person has a number: a new key would
 * find none of them.
 *
 * Owns:   *ret is the caller's; card_key_close().
 * Errors: of card_key_open(); `err` then says it, unless it is "".
 */
int card_numbers_open(struct card_key **ret, const char *path, const char *data, const struct directory *d, char err[CARD_KEY_ERROR_BYTES]);

/**
 * The whole server's key. A failure is in the log.
 *
 * Errors: of card_key_open(). *ret is borrowed.
 */
int card_numbers_key(struct server *s, const struct card_key **ret);

/**
 * Whoever has the number, NULL for none; of two who have it, of the record that had it first. For what a stranger typed:
 * no key is made for it, and a missing one is tried for and logged each ten seconds at most.
 */
const struct person *card_numbers_person(struct server *s, const struct card *card);

/** The account of that person; NULL likewise. */
const struct account *card_numbers_account(struct server *s, const struct card *card);

#endif
