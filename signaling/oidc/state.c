/* See state.h. */
#include "signaling/oidc/state.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#define RANDOM_BYTES 32
#define SEALED_BYTES (crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + sizeof(struct oidc_state))
#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

static_assert(OIDC_WORD_BYTES == sodium_base64_ENCODED_LEN(RANDOM_BYTES, VARIANT), "43 characters and 0");
static_assert(sodium_base64_ENCODED_LEN(SEALED_BYTES, VARIANT) <= OIDC_COOKIE_BYTES, "a cookie");

static void draw(char ret[OIDC_WORD_BYTES])
{
	uint8_t bytes[RANDOM_BYTES];

	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2base64(ret, OIDC_WORD_BYTES, bytes, sizeof(bytes), VARIANT);
}

/* A path of this server: nothing that a browser takes for another host. */
static bool is_page(const char *page)
{
	if (page[0] != '/' || page[1] == '/' || strlen(page) >= OIDC_PAGE_BYTES)
		return false;
	return strspn(page, "/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~%") == strlen(page);
}

void oidc_state_make(struct oidc_state *ret, const char *page, int64_t now_wall_us)
{
	memset(ret, 0, sizeof(*ret));
	ret->expires_us = now_wall_us + OIDC_STATE_LIFE_US;
	draw(ret->state);
	draw(ret->nonce);
	draw(ret->verifier);
	strcpy(ret->page, is_page(page) ? page : "/");
}

void oidc_state_seal(char ret[OIDC_COOKIE_BYTES], const struct oidc_state *state, const uint8_t key[OIDC_KEY_BYTES])
{
	uint8_t sealed[SEALED_BYTES];

	randombytes_buf(sealed, crypto_secretbox_NONCEBYTES);
	crypto_secretbox_easy(sealed + crypto_secretbox_NONCEBYTES, (const uint8_t *)state, sizeof(*state), sealed, key);
	sodium_bin2base64(ret, OIDC_COOKIE_BYTES, sealed, sizeof(sealed), VARIANT);
}

int oidc_state_open(struct oidc_state *ret, const char *cookie, const uint8_t key[OIDC_KEY_BYTES], int64_t now_wall_us)
{
	uint8_t sealed[SEALED_BYTES];
	struct oidc_state state;
	size_t len;

	if (sodium_base642bin(sealed, sizeof(sealed), cookie, strnlen(cookie, OIDC_COOKIE_BYTES), NULL, &len, NULL, VARIANT) != 0 || len != sizeof(sealed))
		return -EBADMSG;
	if (crypto_secretbox_open_easy((uint8_t *)&state, sealed + crypto_secretbox_NONCEBYTES, sizeof(sealed) - crypto_secretbox_NONCEBYTES, sealed, key) != 0)
		return -EBADMSG;
	if (now_wall_us >= state.expires_us)
		return -ETIME;
	*ret = state;
	return 0;
}

void oidc_challenge(char ret[OIDC_WORD_BYTES], const char *verifier)
{
	uint8_t digest[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(digest, (const uint8_t *)verifier, strlen(verifier));
	sodium_bin2base64(ret, OIDC_WORD_BYTES, digest, sizeof(digest), VARIANT);
}
