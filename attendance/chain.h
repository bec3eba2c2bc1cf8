/*
 * The chain of journal rows, pure (records.md, The chain; docs/database.md has the byte layout). A row's hash covers the hash
 * before it and a commitment to the payload; payload and key lie apart, so that erasing them leaves the chain valid.
 */
#ifndef HUITANG_ATTENDANCE_CHAIN_H
#define HUITANG_ATTENDANCE_CHAIN_H

#include <stddef.h>
#include <stdint.h>

#include "classroom/event.h"

#define CHAIN_HASH_BYTES 32
#define CHAIN_KEY_BYTES 32

/* What is hashed of a row. Texts are borrowed. */
struct chain_row {
	int64_t sequence;
	uint8_t previous[CHAIN_HASH_BYTES];     /* zeroes before the first */
	uint32_t kind;
	int64_t wall_us;
	int64_t boot_us;
	const char *boot_id;
	const char *room;
	const char *seat;
	const char *actor;
	uint8_t commitment[CHAIN_HASH_BYTES];
};

/* A row as stored. `payload` NULL: erased. */
struct chain_stored {
	struct chain_row row;
	uint8_t hash[CHAIN_HASH_BYTES];
	const void *payload;
	size_t payload_len;
	uint8_t key[CHAIN_KEY_BYTES];
};

enum chain_fault {
	CHAIN_OK,
	CHAIN_SEQUENCE,         /* a row is missing, doubled or out of order */
	CHAIN_PREVIOUS,         /* does not continue the row before */
	CHAIN_HASH,             /* the row was changed */
	CHAIN_PAYLOAD,          /* the payload or its key was changed */
};

/* Verification in progress: zero it, then give it each row in order. */
struct chain_check {
	int64_t sequence;               /* of the last good row */
	uint8_t head[CHAIN_HASH_BYTES]; /* its hash */
	uint64_t erased;                /* rows without payload */
};

void chain_commit(uint8_t ret[CHAIN_HASH_BYTES], const uint8_t key[CHAIN_KEY_BYTES], const void *payload, size_t len);
void chain_hash(uint8_t ret[CHAIN_HASH_BYTES], const struct chain_row *row);

/** Takes the next row; on a fault the check stays as it was. */
enum chain_fault chain_check_row(struct chain_check *c, const struct chain_stored *s);

#endif
