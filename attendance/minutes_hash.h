/*
 * What seals the minutes of a class: a hash over their text, which stands in MINUTES_SEALED. Anybody can compute it from the rows of
 * MINUTES_WRITTEN (docs/class.md):
 *
 *   canonical(x)   JSON, UTF-8, members by name, no spaces
 *   h0             BLAKE2b-256("huitang minutes 1\nclass-17\n")
 *   hi             BLAKE2b-256(h(i-1) ‖ canonical(text of the i-th row of version 1)): after its last row it is the hash of version 1
 *   of version N   BLAKE2b-256(hash of version 1 ‖ canonical(text of version N))
 *
 * Pure.
 */
#ifndef HUITANG_ATTENDANCE_MINUTES_HASH_H
#define HUITANG_ATTENDANCE_MINUTES_HASH_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define MINUTES_HASH_BYTES 32

/* Of the rows so far: zero it, or minutes_hash_init(). */
struct minutes_hash {
	uint8_t facts[MINUTES_HASH_BYTES];      /* of version 1 */
	uint8_t last[MINUTES_HASH_BYTES];       /* of the last version that is complete */
	int64_t version;                        /* that version; 0 none */
};

void minutes_hash_init(struct minutes_hash *h, int64_t class);

/** Takes a payload of MINUTES_WRITTEN, in the journal's order. Errors: -EBADMSG not the version that follows, -ENOMEM; nothing changed then. */
int minutes_hash_add(struct minutes_hash *h, const json_t *payload);

#endif
