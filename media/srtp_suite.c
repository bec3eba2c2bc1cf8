/* See srtp_suite.h; and which back end carries a suite, see srtp.h. */
#include "media/srtp_suite.h"

#include <errno.h>
#include <stdatomic.h>

#include "media/base/macros.h"
#include "media/seal_ipsec.h"

static const struct srtp_suite_facts suites[] = {
	{ SUITE_AEAD_AES_128_GCM, .gcm = true, .key_bytes = 16, .salt_bytes = 12, .rtp_tag_bytes = 16, .rtcp_tag_bytes = 16 },
	{ SUITE_AES_CM_128_HMAC_SHA1_80, .key_bytes = 16, .salt_bytes = 14, .rtp_tag_bytes = 10, .rtcp_tag_bytes = 10 },
	{ SUITE_AEAD_AES_256_GCM, .gcm = true, .rare = true, .key_bytes = 32, .salt_bytes = 12, .rtp_tag_bytes = 16, .rtcp_tag_bytes = 16 },
	{ SUITE_AES_CM_128_HMAC_SHA1_32, .rare = true, .key_bytes = 16, .salt_bytes = 14, .rtp_tag_bytes = 4, .rtcp_tag_bytes = 10 },
};

static const char *const names[] = { "auto", "evp", "ipsec-mb", "libsrtp" };

static _Atomic enum srtp_backend chosen = SRTP_BACKEND_AUTO;

const struct srtp_suite_facts *srtp_suite_facts(enum srtp_suite suite)
{
	for (size_t i = 0; i < ARRAY_LEN(suites); i++)
		if (suites[i].suite == suite)
			return &suites[i];
	return NULL;
}

size_t srtp_key_bytes(enum srtp_suite suite)
{
	const struct srtp_suite_facts *f = srtp_suite_facts(suite);

	return f ? f->key_bytes : 0;
}

size_t srtp_keying_bytes(enum srtp_suite suite)
{
	const struct srtp_suite_facts *f = srtp_suite_facts(suite);

	return f ? (size_t)f->key_bytes + f->salt_bytes : 0;
}

const char *srtp_backend_name(enum srtp_backend b)
{
	return names[b];
}

int srtp_backend_choose(enum srtp_backend b)
{
	if (b == SRTP_BACKEND_IPSEC_MB && !seal_ipsec_available())
		return -ENOTSUP;
	atomic_store_explicit(&chosen, b, memory_order_relaxed);
	return 0;
}

enum srtp_backend srtp_backend(void)
{
	enum srtp_backend b = atomic_load_explicit(&chosen, memory_order_relaxed);

	if (b != SRTP_BACKEND_AUTO)
		return b;
	return seal_ipsec_available() ? SRTP_BACKEND_IPSEC_MB : SRTP_BACKEND_EVP;
}
