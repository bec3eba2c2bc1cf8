/* See seal_cipher.h. */
/* SHA-1 by its plain functions: OpenSSL 3's HMAC and EVP_MD_CTX_copy allocate for every packet. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "media/seal_cipher.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>

#include "media/base/bytes.h"

#define KEY_BYTES 16
#define GCM_SALT_BYTES 12
#define CM_SALT_BYTES 14
#define GCM_TAG_BYTES 16
#define SHA1_80_TAG_BYTES 10
#define HMAC_BLOCK_BYTES 64

static size_t salt_bytes(enum srtp_suite suite)
{
	return suite == SUITE_AEAD_AES_128_GCM ? GCM_SALT_BYTES : CM_SALT_BYTES;
}

size_t srtp_keying_bytes(enum srtp_suite suite)
{
	switch (suite) {
	case SUITE_AES_CM_128_HMAC_SHA1_80:
	case SUITE_AEAD_AES_128_GCM:
		return KEY_BYTES + salt_bytes(suite);
	default:
		return 0;
	}
}

size_t seal_tag_bytes(enum srtp_suite suite)
{
	return suite == SUITE_AEAD_AES_128_GCM ? GCM_TAG_BYTES : SHA1_80_TAG_BYTES;
}

/*
 * One session key by AES counter mode (RFC 3711 §4.3.3) with derivation rate 0. GCM's shorter master salt is padded on
 * its right to 112 bits (RFC 7714 §11); the memory behind `salt` is zero already.
 */
static bool derive(EVP_CIPHER_CTX *prf, const uint8_t salt[CM_SALT_BYTES], uint8_t label, uint8_t *out, size_t len)
{
	static const uint8_t zeros[32];
	uint8_t iv[KEY_BYTES] = { 0 };
	int n;

	memcpy(iv, salt, CM_SALT_BYTES);
	iv[7] ^= label;
	return EVP_EncryptInit_ex(prf, NULL, NULL, NULL, iv) == 1 && EVP_EncryptUpdate(prf, out, &n, zeros, (int)len) == 1;
}

/* The states of HMAC behind its padded keys, RFC 2104 §4. */
static void hmac_prepare(struct seal_cipher *c, const uint8_t key[SHA_DIGEST_LENGTH])
{
	uint8_t block[HMAC_BLOCK_BYTES] = { 0 };

	memcpy(block, key, SHA_DIGEST_LENGTH);
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] ^= 0x36;
	SHA1_Init(&c->hmac_inner);
	SHA1_Update(&c->hmac_inner, block, sizeof(block));
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] ^= 0x36 ^ 0x5c;
	SHA1_Init(&c->hmac_outer);
	SHA1_Update(&c->hmac_outer, block, sizeof(block));
	OPENSSL_cleanse(block, sizeof(block));
}

static bool derive_all(struct seal_cipher *c, EVP_CIPHER_CTX *prf, const uint8_t *keying, enum seal_label label)
{
	const EVP_CIPHER *cipher = c->suite == SUITE_AEAD_AES_128_GCM ? EVP_aes_128_gcm() : EVP_aes_128_ctr();
	uint8_t master_salt[CM_SALT_BYTES] = { 0 };
	uint8_t auth[SHA_DIGEST_LENGTH];
	uint8_t key[KEY_BYTES];
	bool ok;

	memcpy(master_salt, keying + KEY_BYTES, salt_bytes(c->suite));
	ok = EVP_EncryptInit_ex(prf, EVP_aes_128_ctr(), NULL, keying, NULL) == 1 &&
	     derive(prf, master_salt, (uint8_t)label, key, sizeof(key)) &&
	     derive(prf, master_salt, (uint8_t)(label + 1), auth, sizeof(auth)) &&
	     derive(prf, master_salt, (uint8_t)(label + 2), c->salt, salt_bytes(c->suite)) &&
	     EVP_EncryptInit_ex(c->evp, cipher, NULL, key, NULL) == 1;
	if (ok && c->suite == SUITE_AES_CM_128_HMAC_SHA1_80)
		hmac_prepare(c, auth);
	OPENSSL_cleanse(key, sizeof(key));
	OPENSSL_cleanse(auth, sizeof(auth));
	OPENSSL_cleanse(master_salt, sizeof(master_salt));
	return ok;
}

int seal_cipher_init(struct seal_cipher *c, enum srtp_suite suite, const uint8_t *keying, enum seal_label label)
{
	EVP_CIPHER_CTX *prf = EVP_CIPHER_CTX_new();
	bool ok;

	*c = (struct seal_cipher) { .suite = suite, .evp = EVP_CIPHER_CTX_new() };
	ok = prf && c->evp && derive_all(c, prf, keying, label);
	EVP_CIPHER_CTX_free(prf);
	return ok ? 0 : -ENOMEM;
}

void seal_cipher_done(struct seal_cipher *c)
{
	EVP_CIPHER_CTX_free(c->evp);
	OPENSSL_cleanse(c, sizeof(*c));
}

/* salt XOR SSRC XOR index, both at the end of `len` bytes (RFC 3711 §4.1.1, RFC 7714 §8.1 and §9.1: the same shape). */
static void write_iv(uint8_t *iv, size_t len, const struct seal_cipher *c, const struct seal_packet *p)
{
	uint8_t nonce[10];

	write_u32(nonce, p->ssrc);
	write_u16(nonce + 4, (uint16_t)(p->index >> 32));
	write_u32(nonce + 6, (uint32_t)p->index);
	memcpy(iv, c->salt, len);
	for (size_t i = 0; i < sizeof(nonce); i++)
		iv[len - sizeof(nonce) + i] ^= nonce[i];
}

static bool gcm_crypt(struct seal_cipher *c, const struct seal_packet *p, int encrypt)
{
	uint8_t iv[GCM_SALT_BYTES];
	int n;

	write_iv(iv, sizeof(iv), c, p);
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
	uint8_t iv[KEY_BYTES] = { 0 };
	int n;

	if (p->body_len == 0)
		return true;
	write_iv(iv, CM_SALT_BYTES, c, p);
	return EVP_EncryptInit_ex(c->evp, NULL, NULL, NULL, iv) == 1 &&
	       EVP_EncryptUpdate(c->evp, p->out + p->header_len, &n, p->in + p->header_len, (int)p->body_len) == 1;
}

/* HMAC over the encrypted packet at `data`, then the extra word. */
static void hmac_write(const struct seal_cipher *c, const struct seal_packet *p, const uint8_t *data,
                       uint8_t digest[SHA_DIGEST_LENGTH])
{
	SHA_CTX sha = c->hmac_inner;

	SHA1_Update(&sha, data, p->header_len + p->body_len);
	if (p->extra)
		SHA1_Update(&sha, p->extra, 4);
	SHA1_Final(digest, &sha);
	sha = c->hmac_outer;
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
