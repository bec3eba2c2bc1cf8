/*
 * TURN and STUN servers that clients may use where nothing else gets through, and short-lived credentials for them: coturn's
 * `use-auth-secret` (draft-uberti-behave-turn-rest-00). coturn and we share a secret, and never speak with each other.
 */
#ifndef HUITANG_SIGNALING_TURN_H
#define HUITANG_SIGNALING_TURN_H

#include <stdbool.h>
#include <stdint.h>

#define TURN_SECRET_BYTES 257
#define TURN_USERNAME_BYTES 64
#define TURN_PASSWORD_BYTES 29          /* base64 of 20 bytes, and 0 */

struct turn_credential {
	char username[TURN_USERNAME_BYTES];     /* until when, and whose: "1790000000:SEAT" */
	char password[TURN_PASSWORD_BYTES];
};

/** True for a stun:, stuns:, turn: or turns: address (RFC 7064, RFC 7065) of plain characters, at most 255. */
bool turn_is_url(const char *url);

/** True when its server asks for a credential. */
bool turn_needs_credential(const char *url);

/** Reads the one line of a file, 16 to 256 characters. Errors: -errno; -EINVAL another content. */
int turn_read_secret(char ret[TURN_SECRET_BYTES], const char *path);

/** A credential of `who` (at most 40 characters) that coturn takes until `until_s` (Unix time). */
void turn_write_credential(struct turn_credential *ret, const char *secret, const char *who, int64_t until_s);

#endif
