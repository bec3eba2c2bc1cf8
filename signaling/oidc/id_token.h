/*
 * ID tokens: who the provider says that signed in, believed when it is signed by one of the provider's keys, for us, for this attempt and now.
 * Signatures are checked by libjose. Of algorithms RS256 and ES256 are taken and no others, above all not `none` and no HMAC.
 *
 * Pure; any thread. Spec: OpenID Connect Core 1.0 §3.1.3.7, RFC 7515, RFC 7517, RFC 8725
 */
#ifndef HUITANG_SIGNALING_OIDC_ID_TOKEN_H
#define HUITANG_SIGNALING_OIDC_ID_TOKEN_H

#include <jansson.h>
#include <stdint.h>

#define ID_TOKEN_MAX 16384              /* characters */
#define ID_TOKEN_SKEW_S 120             /* by how much the provider's clock may differ from ours */

enum id_token_fault {
	ID_TOKEN_RIGHT,
	ID_TOKEN_MALFORMED,
	ID_TOKEN_ALGORITHM,
	ID_TOKEN_KEY_UNKNOWN,           /* ask for the keys again: they may have changed */
	ID_TOKEN_SIGNATURE,
	ID_TOKEN_ISSUER,
	ID_TOKEN_AUDIENCE,
	ID_TOKEN_EXPIRED,               /* or not valid yet */
	ID_TOKEN_NONCE,
	ID_TOKEN_FAULTS
};

struct id_token_expected {
	const char *issuer, *client, *nonce;
	int64_t now_s;                  /* Unix time */
};

/**
 * Checks a token with the provider's keys, `jwks` as it publishes them.
 *
 * Owns: *ret are the claims, the caller's, json_decref(); untouched unless it is right.
 */
enum id_token_fault id_token_check(json_t **ret, const char *token, const json_t *jwks, const struct id_token_expected *expected);

/** For the log and the counters. */
const char *id_token_fault_name(enum id_token_fault fault);

#endif
