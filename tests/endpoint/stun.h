/* STUN by hand (RFC 5389, RFC 8445): whole or spoiled binding requests, answers to them, and reading both. */
#ifndef ENDPOINT_STUN_H
#define ENDPOINT_STUN_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STUN_BYTES 512

struct stun_request {
	const char *username;           /* "theirs:ours"; NULL leaves it out */
	const char *password;           /* theirs; NULL: no MESSAGE-INTEGRITY */
	bool use_candidate;
	bool controlled;                /* ICE-CONTROLLED instead of ICE-CONTROLLING */
	bool no_fingerprint;
	bool indication;                /* a keepalive */
	bool truncated;                 /* the last attribute says more bytes than are there */
};

/** Returns the length; the transaction id is random. */
size_t stun_write(uint8_t out[STUN_BYTES], const struct stun_request *r);

/** The success response to a binding request that came from `from`, with the password of who was asked. Returns its length. */
size_t stun_write_success(uint8_t out[STUN_BYTES], const uint8_t *request, const struct sockaddr_in *from, const char *password);

/** True when the message is whole and its MESSAGE-INTEGRITY is right for the password. */
bool stun_is_authentic(const uint8_t *data, size_t len, const char *password);

/** True for a binding request; *ret_use_candidate tells whether it nominates. */
bool stun_is_request(const uint8_t *data, size_t len, bool *ret_use_candidate);

/** True for a binding success response. */
bool stun_is_success(const uint8_t *data, size_t len);

/** True for any STUN message. */
bool stun_is_stun(const uint8_t *data, size_t len);

#endif
