/* The key of card numbers for the whole server: opened, or made, when it is first needed (attendance/card_key.h). */
#ifndef HUITANG_SIGNALING_CARD_NUMBERS_H
#define HUITANG_SIGNALING_CARD_NUMBERS_H

#include "attendance/card.h"

struct server;

/**
 * The server's key. Made only while no person has a number: a new key would find none of them. A failure is in the log.
 *
 * Errors: of card_key_open(). *ret is borrowed.
 */
int card_numbers_key(struct server *s, const struct card_key **ret);

#endif
