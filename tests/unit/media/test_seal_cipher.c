/* media/seal_cipher: the published vectors of RFC 3711 Appendix B (counter mode, key derivation) and RFC 7714 §16 and §17 (GCM). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/hmac.h>
#include <string.h>

#include "media/seal_cipher.h"

static size_t unhex(uint8_t *out, const char *text)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	for (; *text; text++) {
		const char *d = strchr(digits, *text);

		if (!d)
			continue;
		out[n / 2] = (uint8_t)(n % 2 ? out[n / 2] << 4 | (d - digits) : d - digits);
		n++;
	}
	return n / 2;
}

/* A cipher with a given session key: the vectors stand below key derivation. */
static void set_up(struct seal_cipher *c, enum srtp_suite suite, const char *key_hex, const char *salt_hex)
{
	static const uint8_t any[30];
	uint8_t key[16];

	assert_int_equal(seal_cipher_init(c, suite, any, SEAL_LABEL_RTP), 0);
	unhex(key, key_hex);
	unhex(c->salt, salt_hex);
	assert_int_equal(EVP_EncryptInit_ex(c->evp, NULL, NULL, key, NULL), 1);
}

#define GCM_KEY "000102030405060708090a0b0c0d0e0f"
#define GCM_SALT "51756964 2070726f 2071756f"
#define RTCP_PLAIN                                                                                                      \
	"81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef deadbeef deadbeef " \
	"deadbeef"

struct vector {
	const char *plain, *sealed, *tag, *extra;
	size_t header_len;
	uint32_t ssrc;
	uint64_t index;
};

static void check(const struct vector *v)
{
	uint8_t plain[128], sealed[128], tag[16], extra[4], out[128], out_tag[16];
	size_t len = unhex(plain, v->plain);
	struct seal_cipher c;

	unhex(sealed, v->sealed);
	unhex(tag, v->tag);
	set_up(&c, SUITE_AEAD_AES_128_GCM, GCM_KEY, GCM_SALT);
	struct seal_packet p = { .in = plain, .out = out, .header_len = v->header_len, .body_len = len - v->header_len,
		                 .ssrc = v->ssrc, .index = v->index, .extra = v->extra ? extra : NULL };
	if (v->extra)
		unhex(extra, v->extra);
	assert_true(seal_cipher_seal(&c, &p, out_tag));
	assert_memory_equal(out, sealed, len);
	assert_memory_equal(out_tag, tag, sizeof(tag));
	p.in = sealed;
	assert_true(seal_cipher_open(&c, &p, tag));
	assert_memory_equal(out, plain, len);
	tag[15] ^= 1;
	assert_false(seal_cipher_open(&c, &p, tag));
	seal_cipher_done(&c);
}

static void gcm_is_that_of_rfc_7714(void **state)
{
	static const struct vector vectors[] = {
		/* §16.1.1 */
		{ "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070 61727465 73207472 6573",
		  "8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b 36de3adf 8833",
		  "899d7f27 beb16a91 52cf765e e4390cce", NULL, 12, 0x5501a0b2, 0xf17b },
		/* §17.1 */
		{ RTCP_PLAIN,
		  "81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda 4ce09b46 86303ded "
		  "0bb9275b",
		  "c84aa458 96cf4d2f c5abf872 45d9eade", "800005d4", 8, 0x4d617273, 0x5d4 },
		/* §17.3: authenticated only */
		{ RTCP_PLAIN, RTCP_PLAIN, "841dd968 3dd78ec9 2ae58790 125f62b3", "000005d4", 52, 0x4d617273, 0x5d4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		check(&vectors[i]);
}

/* B.2: the keystream is what a packet of zeros becomes. */
static void counter_mode_is_that_of_rfc_3711(void **state)
{
	uint8_t zeros[48] = { 0 }, out[48], expected[48], tag[16];
	struct seal_packet p = { .in = zeros, .out = out, .body_len = sizeof(zeros) };
	struct seal_cipher c;

	(void)state;
	set_up(&c, SUITE_AES_CM_128_HMAC_SHA1_80, "2b7e151628aed2a6abf7158809cf4f3c", "f0f1f2f3f4f5f6f7f8f9fafbfcfd");
	assert_true(seal_cipher_seal(&c, &p, tag));
	unhex(expected, "e03ead0935c95e80e166b16dd92b4eb4 d23513162b02d0f72a43a2fe4a5f97ab 41e95b3bb0a2e8dd477901e4fca894c0");
	assert_memory_equal(out, expected, sizeof(expected));
	seal_cipher_done(&c);
}

/* B.3: cipher key, salt and authentication key; the keys are seen by what they do. */
static void keys_are_derived_as_in_rfc_3711(void **state)
{
	uint8_t keying[30], salt[14], key[16], auth[20], zeros[16] = { 0 }, a[16], b[16], tag[16], digest[20];
	EVP_CIPHER_CTX *aes = EVP_CIPHER_CTX_new();
	unsigned digest_len;
	struct seal_cipher c;
	int n;

	(void)state;
	unhex(keying, "e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6");
	unhex(salt, "30cbbc08863d8c85d49db34a9ae1");
	unhex(key, "c61e7a93744f39ee10734afe3ff7a087");
	unhex(auth, "cebe321f6ff7716b6fd4ab49af256a156d38baa4");
	assert_int_equal(seal_cipher_init(&c, SUITE_AES_CM_128_HMAC_SHA1_80, keying, SEAL_LABEL_RTP), 0);
	assert_memory_equal(c.salt, salt, sizeof(salt));
	assert_int_equal(EVP_EncryptInit_ex(c.evp, NULL, NULL, NULL, zeros), 1);
	assert_int_equal(EVP_EncryptUpdate(c.evp, a, &n, zeros, sizeof(zeros)), 1);
	assert_int_equal(EVP_EncryptInit_ex(aes, EVP_aes_128_ctr(), NULL, key, zeros), 1);
	assert_int_equal(EVP_EncryptUpdate(aes, b, &n, zeros, sizeof(zeros)), 1);
	assert_memory_equal(a, b, sizeof(a));
	struct seal_packet p = { .in = zeros, .out = a, .header_len = sizeof(zeros) };
	assert_true(seal_cipher_seal(&c, &p, tag));
	HMAC(EVP_sha1(), auth, sizeof(auth), zeros, sizeof(zeros), digest, &digest_len);
	assert_memory_equal(tag, digest, 10);
	EVP_CIPHER_CTX_free(aes);
	seal_cipher_done(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gcm_is_that_of_rfc_7714),
		cmocka_unit_test(counter_mode_is_that_of_rfc_3711),
		cmocka_unit_test(keys_are_derived_as_in_rfc_3711),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
