/* See sealer.h. */
#include "tests/bench/sealer.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_IPSEC_MB
#define LINUX 1
#define NO_COMPAT_IMB_API_053
#include <intel-ipsec-mb.h>
#endif

#define SALT_BYTES 12

struct sealer {
	void (*seal)(struct sealer *s, size_t viewer, uint8_t *out, size_t header_len, const uint8_t *body, size_t body_len,
	             const uint8_t *iv);
	size_t n_viewers;
	uint8_t (*salts)[SALT_BYTES];
	EVP_CIPHER_CTX **evp;           /* by viewer; NULL without */
#ifdef HAVE_IPSEC_MB
	IMB_MGR *mb;
	struct gcm_key_data *keys;      /* by viewer */
	struct gcm_context_data context;
#endif
};

static void key_of(size_t viewer, uint8_t key[16])
{
	memset(key, 0x5a, 16);
	memcpy(key, &viewer, sizeof(viewer));
}

static void seal_none(struct sealer *s, size_t viewer, uint8_t *out, size_t header_len, const uint8_t *body, size_t body_len,
                      const uint8_t *iv)
{
	(void)s, (void)viewer, (void)iv;
	memcpy(out + header_len, body, body_len);
	memset(out + header_len + body_len, 0, SEALER_TAG_BYTES);
}

static void seal_evp(struct sealer *s, size_t viewer, uint8_t *out, size_t header_len, const uint8_t *body, size_t body_len,
                     const uint8_t *iv)
{
	EVP_CIPHER_CTX *c = s->evp[viewer];
	int n;

	if (EVP_EncryptInit_ex(c, NULL, NULL, NULL, iv) != 1 || EVP_EncryptUpdate(c, NULL, &n, out, (int)header_len) != 1 ||
	    EVP_EncryptUpdate(c, out + header_len, &n, body, (int)body_len) != 1 ||
	    EVP_EncryptFinal_ex(c, out + header_len + n, &n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, SEALER_TAG_BYTES, out + header_len + body_len) != 1)
		abort();
}

static int use_evp(struct sealer *s)
{
	uint8_t key[16];

	s->evp = calloc(s->n_viewers, sizeof(struct evp *));
	if (!s->evp)
		return -ENOMEM;
	for (size_t v = 0; v < s->n_viewers; v++) {
		key_of(v, key);
		s->evp[v] = EVP_CIPHER_CTX_new();
		if (!s->evp[v] || EVP_EncryptInit_ex(s->evp[v], EVP_aes_128_gcm(), NULL, key, NULL) != 1)
			return -ENOMEM;
	}
	s->seal = seal_evp;
	return 0;
}

#ifdef HAVE_IPSEC_MB
static void seal_mb(struct sealer *s, size_t viewer, uint8_t *out, size_t header_len, const uint8_t *body, size_t body_len,
                    const uint8_t *iv)
{
	IMB_AES128_GCM_ENC(s->mb, &s->keys[viewer], &s->context, out + header_len, body, body_len, iv, out, header_len,
	                   out + header_len + body_len, SEALER_TAG_BYTES);
}

static int use_mb(struct sealer *s)
{
	IMB_ARCH arch = IMB_ARCH_NONE;
	uint8_t key[16];

	s->mb = alloc_mb_mgr(0);
	if (s->mb)
		init_mb_mgr_auto(s->mb, &arch);
	if (!s->mb || arch == IMB_ARCH_NONE || imb_get_errno(s->mb) || !(s->mb->features & IMB_FEATURE_SELF_TEST_PASS))
		return -ENOTSUP;
	s->keys = aligned_alloc(64, s->n_viewers * sizeof(*s->keys));
	if (!s->keys)
		return -ENOMEM;
	for (size_t v = 0; v < s->n_viewers; v++) {
		key_of(v, key);
		IMB_AES128_GCM_PRE(s->mb, key, &s->keys[v]);
	}
	s->seal = seal_mb;
	return 0;
}
#else
static int use_mb(struct sealer *s)
{
	(void)s;
	return -ENOTSUP;
}
#endif

static int use(struct sealer *s, const char *method)
{
	if (strcmp(method, "mb") == 0)
		return use_mb(s);
	if (strcmp(method, "evp") == 0)
		return use_evp(s);
	if (strcmp(method, "none") != 0)
		return -EINVAL;
	s->seal = seal_none;
	return 0;
}

int sealer_create(struct sealer **ret, const char *method, size_t n_viewers)
{
	struct sealer *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->n_viewers = n_viewers;
	s->salts = calloc(n_viewers, sizeof(*s->salts));
	r = s->salts ? use(s, method) : -ENOMEM;
	if (r < 0) {
		sealer_destroy(s);
		return r;
	}
	for (size_t v = 0; v < n_viewers; v++)
		memcpy(s->salts[v], &v, sizeof(v));
	*ret = s;
	return 0;
}

struct sealer *sealer_destroy(struct sealer *s)
{
	if (!s)
		return NULL;
	for (size_t v = 0; s->evp && v < s->n_viewers; v++)
		EVP_CIPHER_CTX_free(s->evp[v]);
#ifdef HAVE_IPSEC_MB
	if (s->mb)
		free_mb_mgr(s->mb);
	free(s->keys);
#endif
	free(s->evp);
	free(s->salts);
	free(s);
	return NULL;
}

void sealer_seal(struct sealer *s, size_t viewer, uint8_t *out, size_t header_len, const uint8_t *body, size_t body_len,
                 uint32_t ssrc, uint64_t index)
{
	uint8_t iv[SALT_BYTES] = { 0 };         /* RFC 7714 §8.1 */

	for (int i = 0; i < 4; i++)
		iv[2 + i] = (uint8_t)(ssrc >> (24 - 8 * i));
	for (int i = 0; i < 6; i++)
		iv[6 + i] = (uint8_t)(index >> (40 - 8 * i));
	for (int i = 0; i < SALT_BYTES; i++)
		iv[i] ^= s->salts[viewer][i];
	s->seal(s, viewer, out, header_len, body, body_len, iv);
}
