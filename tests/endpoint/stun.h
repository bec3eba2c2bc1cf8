/* STUN by hand for hostile tests (RFC 5389, RFC 8445): whole or spoiled binding requests, and reading replies. */
#ifndef ENDPOINT_STUN_H
#define ENDPOINT_STUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STUN_BYTES 512

struct stun_request {
	const char *username;           /* "theirs:ours"; NULL leaves it out */
	const char *password;           /* theirs; NULL: no MESSAGE-INTEGRITY */
	bool use_candidate;
	bool no_fingerprint;
	bool indication;                /* a keepalive */
	bool truncated;                 /* the last attribute says more bytes than are there */
};

/** Returns the length; the transaction id is random. */
size_t stun_write(uint8_t out[STUN_BYTES], const struct stun_request *r);

/** True for a binding success response. */
bool stun_is_success(const uint8_t *data, size_t len);

/** True for any STUN message. */
bool stun_is_stun(const uint8_t *data, size_t len);

#endif
