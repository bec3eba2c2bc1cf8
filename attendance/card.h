/*
 * Card numbers: resident numbers of 18 digits, which are checked, and any other text of 4 to 32 characters. Of a number only two things
 * are kept: a keyed hash, by which the same number is found again, and its last two characters. 18 digits can be guessed (a birth
 * date, a county and four more), so that without the key (card_key.h) a stolen database would be as good as the numbers.
 *
 * Pure; any thread. Numbers never go into a log, a URL, an export or the journal; who holds a struct card wipes it.
 */
#ifndef HUITANG_ATTENDANCE_CARD_H
#define HUITANG_ATTENDANCE_CARD_H

#include <stdbool.h>
#include <stdint.h>

#include "attendance/card_key.h"

#define CARD_CHARACTERS_MIN 4
#define CARD_CHARACTERS_MAX 32
#define CARD_BYTES (4 * CARD_CHARACTERS_MAX + 1)
#define CARD_HASH_BYTES 32
#define CARD_TAIL_BYTES 9               /* two characters and 0 */

struct card {
	bool resident;                  /* a resident number */
	char text[CARD_BYTES];          /* normalised: NFKC, capital letters, without spaces and hyphens */
};

/* What is stored of it. */
struct card_seal {
	uint8_t hash[CARD_HASH_BYTES];  /* HMAC-SHA-256 of the text */
	char key_id[CARD_KEY_ID_BYTES]; /* of the key that made the hash */
	char tail[CARD_TAIL_BYTES];     /* the last two characters */
};

enum card_fault {
	CARD_RIGHT,
	CARD_EMPTY,
	CARD_SHORT,
	CARD_LONG,
	CARD_CHARACTERS,                /* not UTF-8, or with signs that nobody can read */
	CARD_ROUNDED,                   /* a spreadsheet kept it as a number: 1.10105E+17, 1234.0 */
	CARD_DATE,                      /* a resident number with a birth date that is none */
	CARD_CHECK,                     /* whose last character does not fit the others */
	CARD_FAULTS
};

/**
 * Reads a number as typed or imported. *ret stays untouched unless it is right.
 *
 * Spec: GB 11643-1999, ISO/IEC 7064 MOD 11-2
 */
enum card_fault card_parse(struct card *ret, const char *text);

/** The word for a fault in answers and reports of imports ("card.check"), and a sentence that names no part of the number. */
const char *card_fault_code(enum card_fault fault);
const char *card_fault_zh(enum card_fault fault);
const char *card_fault_en(enum card_fault fault);

/** Hash, key id and tail of a number that was read. */
void card_seal(struct card_seal *ret, const struct card_key *key, const struct card *card);

/** Overwrites it, also where a compiler thinks that nobody looks. */
void card_wipe(struct card *card);

#endif
