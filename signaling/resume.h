/*
 * The token by which a client takes its seat back (media.md, Coming back).
 *
 *   token = base64url( identity 16 | nonce 16 | place 16 | mac 16 )
 *
 * identity names the client for the room's life (a guest's key is made of it, so that a guest is the same seat after a
 * server restart too); nonce changes at each use; place is a digest of room and epoch; mac is keyed, so that only tokens
 * of ours reach any table.
 */
#ifndef HUITANG_SIGNALING_RESUME_H
#define HUITANG_SIGNALING_RESUME_H

#include <stdbool.h>
#include <stdint.h>

#define RESUME_PART_BYTES 16
#define RESUME_TOKEN_BYTES 87           /* 86 characters and 0 */
#define RESUME_KEY_BYTES 32
#define RESUME_GRACE_US 30000000

struct resume_claim {
	uint8_t identity[RESUME_PART_BYTES];
	uint8_t nonce[RESUME_PART_BYTES];
	uint8_t place[RESUME_PART_BYTES];
};

/* Which nonces take the seat back. Embedded. */
struct resume {
	uint8_t current[RESUME_PART_BYTES];
	uint8_t previous[RESUME_PART_BYTES];
	bool has_previous;
};

/** A first nonce; none before it is valid. */
void resume_init(struct resume *r);

/** Gives a new nonce; the one used to come back, which must be valid, stays valid until resume_confirm(). */
void resume_rotate(struct resume *r, const uint8_t used[RESUME_PART_BYTES]);

/** The first message on the new socket came: the previous nonce is over. */
void resume_confirm(struct resume *r);

bool resume_accepts(const struct resume *r, const uint8_t nonce[RESUME_PART_BYTES]);

/** The digest of a room in one of its epochs. */
void resume_place(uint8_t ret[RESUME_PART_BYTES], const char *room, const char *epoch);

void resume_write(char ret[RESUME_TOKEN_BYTES], const struct resume_claim *claim, const uint8_t key[RESUME_KEY_BYTES]);

/** Errors: -EINVAL, not a token of this key. */
int resume_read(struct resume_claim *ret, const char *token, const uint8_t key[RESUME_KEY_BYTES]);

#endif
