/*
 * Bearer tokens for scripts, OBS, guest links and tests: a JWT (RFC 7519), HS256 and nothing else, bound to a room, its
 * epoch and a role. docs/protocol.md, Tokens.
 */
#ifndef HUITANG_SIGNALING_TOKEN_H
#define HUITANG_SIGNALING_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "classroom/event.h"

#define TOKEN_MAX_BYTES 2049            /* with the 0 */
#define TOKEN_SEAT_BYTES 65             /* names beginning with "expert-" are those of a class's invited experts (expert.h) */
#define TOKEN_ID_BYTES 17
#define TOKEN_EPOCH_BYTES 33
#define TOKEN_KEY_BYTES 32
#define TOKEN_MAX_TTL_S (366LL * 24 * 3600)

struct token {
	char room[ROOM_ID_BYTES];
	char role[16];                  /* a name of enum wire_role */
	char seat[TOKEN_SEAT_BYTES];    /* "": each connection is a seat of its own */
	char id[TOKEN_ID_BYTES];        /* "": a guest link, shared by many people; else barred when a seat of it is removed */
	char epoch[TOKEN_EPOCH_BYTES];  /* of the room */
	int64_t expires_s;              /* Unix time */
};

/** Writes the token. Errors: -EINVAL a field, -ENOMEM. */
int token_write(char ret[TOKEN_MAX_BYTES], const struct token *t, const uint8_t key[TOKEN_KEY_BYTES]);

/** Checks signature, algorithm, shape and expiry; the room's epoch is the caller's to compare. Errors: -EINVAL, -EKEYEXPIRED. */
int token_read(struct token *ret, const char *text, const uint8_t key[TOKEN_KEY_BYTES], int64_t now_s);

/** True for 1 to 64 letters of A-Z a-z 0-9 . _ - */
bool token_seat_name_ok(const char *name);

#endif
