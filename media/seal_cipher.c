/* See seal_cipher.h. */
/* SHA-1 by its plain functions: OpenSSL 3's HMAC and EVP_MD_CTX_copy allocate for every packet. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "media/seal_cipher.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

#define GCM_TAG_BYTES 16
#define SHA1_80_TAG_BYTES 10
#define HMAC_BLOCK_BYTES 64

static struct seal_hmac_state hash_block(const uint8_t block[HMAC_BLOCK_BYTES])
{
	SHA_CTX sha;

	SHA1_Init(&sha);
	SHA1_Update(&sha, block, HMAC_BLOCK_BYTES);
	return (struct seal_hmac_state){ { sha.h0, sha.h1, sha.h2, sha.h3, sha.h4 } };
}

static SHA_CTX resume(const struct seal_hmac_state *state)
{
	return (SHA_CTX){ .h0 = state->h[0], .h1 = state->h[1], .h2 = state->h[2], .h3 = state->h[3], .h4 = state->h[4],
		          .Nl = HMAC_BLOCK_BYTES * 8 };
}

/* The states of HMAC behind its padded keys, RFC 2104 §4. */
static void hmac_prepare(struct seal_cipher *c, const uint8_t key[SEAL_AUTH_BYTES])
{
	uint8_t block[HMAC_BLOCK_BYTES] = { 0 };

	memcpy(block, key, SEAL_AUTH_BYTES);
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] ^= 0x36;
	c->hmac_inner = hash_block(block);
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] ^= 0x36 ^ 0x5c;
	c->hmac_outer = hash_block(block);
	OPENSSL_cleanse(block, sizeof(block));
}

int seal_cipher_init(struct seal_cipher *c, enum srtp_suite suite, const uint8_t *keying, enum seal_label label)
{
	const EVP_CIPHER *cipher = suite == SUITE_AEAD_AES_128_GCM ? EVP_aes_128_gcm() : EVP_aes_128_ctr();
	struct seal_keys keys;
	int r = seal_keys_derive(&keys, suite, keying, label);

	*c = (struct seal_cipher){ .suite = suite, .evp = EVP_CIPHER_CTX_new() };
	if (r == 0 && (!c->evp || EVP_EncryptInit_ex(c->evp, cipher, NULL, keys.key, NULL) != 1))
		r = -ENOMEM;
	memcpy(c->salt, keys.salt, sizeof(c->salt));
	if (suite == SUITE_AES_CM_128_HMAC_SHA1_80)
		hmac_prepare(c, keys.auth);
	seal_keys_done(&keys);
	return r;
}

void seal_cipher_done(struct seal_cipher *c)
{
	EVP_CIPHER_CTX_free(c->evp);
	OPENSSL_cleanse(c, sizeof(*c));
}

static bool gcm_crypt(struct seal_cipher *c, const struct seal_packet *p, int encrypt)
{
	uint8_t iv[SEAL_GCM_IV_BYTES];
	int n;

	seal_write_iv(iv, sizeof(iv), c->salt, p->ssrc, p->index);
	return EVP_CipherInit_ex(c->evp, NULL, NULL, NULL, iv, encrypt) == 1 &&
	       EVP_CipherUpdate(c->evp, NULL, &n, p->in, (int)p->header_len) == 1 &&
	       (!p->extra || EVP_CipherUpdate(c->evp, NULL, &n, p->extra, 4) == 1) &&
	       (p->body_len == 0 || EVP_CipherUpdate(c->evp, p->out + p->header_len, &n, p->in + p->header_len,
	                                             (int)p->body_len) == 1);
}

static bool gcm_seal(struct seal_cipher *c, const struct seal_packet *p, uint8_t *tag)
{
	uint8_t none[1];
	int n;

	return gcm_crypt(c, p, 1) && EVP_CipherFinal_ex(c->evp, none, &n) == 1 &&
	       EVP_CIPHER_CTX_ctrl(c->evp, EVP_CTRL_AEAD_GET_TAG, GCM_TAG_BYTES, tag) == 1;
}

static bool gcm_open(struct seal_cipher *c, const struct seal_packet *p, const uint8_t *tag)
{
	uint8_t expected[GCM_TAG_BYTES];
	uint8_t none[1];
	int n;

	memcpy(expected, tag, sizeof(expected));
	return gcm_crypt(c, p, 0) && EVP_CIPHER_CTX_ctrl(c->evp, EVP_CTRL_AEAD_SET_TAG, sizeof(expected), expected) == 1 &&
	       EVP_CipherFinal_ex(c->evp, none, &n) == 1;
}

/* Counter mode is its own inverse. */
static bool cm_crypt(struct seal_cipher *c, const struct seal_packet *p)
{
	uint8_t iv[SEAL_KEY_BYTES] = { 0 };
	int n;

	if (p->body_len == 0)
		return true;
	seal_write_iv(iv, SEAL_CM_IV_BYTES, c->salt, p->ssrc, p->index);
	return EVP_EncryptInit_ex(c->evp, NULL, NULL, NULL, iv) == 1 &&
	       EVP_EncryptUpdate(c->evp, p->out + p->header_len, &n, p->in + p->header_len, (int)p->body_len) == 1;
}

/* HMAC over the encrypted packet at `data`, then the extra word. */
static void hmac_write(const struct seal_cipher *c, const struct seal_packet *p, const uint8_t *data,
                       uint8_t digest[SHA_DIGEST_LENGTH])
{
	SHA_CTX sha = resume(&c->hmac_inner);

	SHA1_Update(&sha, data, p->header_len + p->body_len);
	if (p->extra)
		SHA1_Update(&sha, p->extra, 4);
	SHA1_Final(digest, &sha);
	sha = resume(&c->hmac_outer);
	SHA1_Update(&sha, digest, SHA_DIGEST_LENGTH);
	SHA1_Final(digest, &sha);
}

static bool cm_seal(struct seal_cipher *c, const struct seal_packet *p, uint8_t *tag)
{
	uint8_t digest[SHA_DIGEST_LENGTH];

	if (!cm_crypt(c, p))
		return false;
	hmac_write(c, p, p->out, digest);
	memcpy(tag, digest, SHA1_80_TAG_BYTES);
	return true;
}

static bool cm_open(struct seal_cipher *c, const struct seal_packet *p, const uint8_t *tag)
{
	uint8_t digest[SHA_DIGEST_LENGTH];

	hmac_write(c, p, p->in, digest);
	return CRYPTO_memcmp(digest, tag, SHA1_80_TAG_BYTES) == 0 && cm_crypt(c, p);
}

bool seal_cipher_seal(struct seal_cipher *c, const struct seal_packet *p, uint8_t *tag)
{
	if (p->out != p->in)
		memcpy(p->out, p->in, p->header_len);
	return c->suite == SUITE_AEAD_AES_128_GCM ? gcm_seal(c, p, tag) : cm_seal(c, p, tag);
}

bool seal_cipher_open(struct seal_cipher *c, const struct seal_packet *p, const uint8_t *tag)
{
	if (p->out != p->in)
		memcpy(p->out, p->in, p->header_len);
	return c->suite == SUITE_AEAD_AES_128_GCM ? gcm_open(c, p, tag) : cm_open(c, p, tag);
}
