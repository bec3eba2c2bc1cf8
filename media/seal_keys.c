/* See seal_keys.h. */
#include "media/seal_keys.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

/* One session key by AES counter mode (RFC 3711 §4.3.3). GCM's shorter master salt is padded on its right to 112 bits. */
static bool derive(EVP_CIPHER_CTX *prf, const uint8_t salt[SEAL_CM_IV_BYTES], uint8_t label, uint8_t *out, size_t len)
{
	static const uint8_t zeros[32];
	uint8_t iv[SEAL_KEY_BYTES] = { 0 };
	int n;

	memcpy(iv, salt, SEAL_CM_IV_BYTES);
	iv[7] ^= label;
	return EVP_EncryptInit_ex(prf, NULL, NULL, NULL, iv) == 1 && EVP_EncryptUpdate(prf, out, &n, zeros, (int)len) == 1;
}

int seal_keys_derive(struct seal_keys *ret, enum srtp_suite suite, const uint8_t *keying, enum seal_label label)
{
	size_t salt_len = srtp_keying_bytes(suite) - srtp_key_bytes(suite);
	uint8_t master_salt[SEAL_CM_IV_BYTES] = { 0 };
	EVP_CIPHER_CTX *prf = EVP_CIPHER_CTX_new();
	bool ok;

	*ret = (struct seal_keys){ 0 };
	memcpy(master_salt, keying + SEAL_KEY_BYTES, salt_len);
	ok = prf && EVP_EncryptInit_ex(prf, EVP_aes_128_ctr(), NULL, keying, NULL) == 1 &&
	     derive(prf, master_salt, (uint8_t)label, ret->key, sizeof(ret->key)) &&
	     derive(prf, master_salt, (uint8_t)(label + 1), ret->auth, sizeof(ret->auth)) &&
	     derive(prf, master_salt, (uint8_t)(label + 2), ret->salt, salt_len);
	EVP_CIPHER_CTX_free(prf);
	OPENSSL_cleanse(master_salt, sizeof(master_salt));
	return ok ? 0 : -ENOMEM;
}

void seal_keys_done(struct seal_keys *k)
{
	OPENSSL_cleanse(k, sizeof(*k));
}
