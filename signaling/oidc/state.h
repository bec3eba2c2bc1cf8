/*
 * What a browser keeps between leaving for the provider and coming back: sealed in a cookie, so that the server remembers nothing of whoever
 * only begins, and nobody can push others out of a table.
 *
 * Pure but for random numbers; any thread. Spec: OpenID Connect Core 1.0 §3.1.2.1, RFC 7636
 */
#ifndef HUITANG_SIGNALING_OIDC_STATE_H
#define HUITANG_SIGNALING_OIDC_STATE_H

#include <stdint.h>

#define OIDC_KEY_BYTES 32
#define OIDC_STATE_LIFE_US (10LL * 60 * 1000000)
#define OIDC_WORD_BYTES 44              /* 32 random bytes as base64url, and 0 */
#define OIDC_PAGE_BYTES 100
#define OIDC_COOKIE_BYTES 512

struct oidc_state {
	int64_t expires_us;             /* wall */
	char state[OIDC_WORD_BYTES];    /* comes back in the address: this browser began it */
	char nonce[OIDC_WORD_BYTES];    /* comes back in the ID token: it was made for this */
	char verifier[OIDC_WORD_BYTES]; /* PKCE: who redeems the code is who asked for it */
	char page[OIDC_PAGE_BYTES];     /* of ours, where the browser goes on */
};

/** `page` that is no path of ours becomes "/". */
void oidc_state_make(struct oidc_state *ret, const char *page, int64_t now_wall_us);

/** Sealed with the key: nobody reads or alters it. */
void oidc_state_seal(char ret[OIDC_COOKIE_BYTES], const struct oidc_state *state, const uint8_t key[OIDC_KEY_BYTES]);

/** Errors: -EBADMSG not ours; -ETIME too old. *ret stays untouched then. */
int oidc_state_open(struct oidc_state *ret, const char *cookie, const uint8_t key[OIDC_KEY_BYTES], int64_t now_wall_us);

/** The code challenge of a verifier, by S256. */
void oidc_challenge(char ret[OIDC_WORD_BYTES], const char *verifier);

#endif
