/*
 * Bytes from outside as SRTP and SRTCP of all suites and back ends, opened in place and beside: nothing may be accepted without the key, and
 * nothing be remembered. Then the bytes as a packet of ours: what seals must open to the same.
 */
#include <string.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/srtp.h"
#include "tests/fuzz/must.h"

/* Those of ipsec-mb, which not every machine has, stand at the end. */
static const struct kind { enum srtp_backend backend; enum srtp_suite suite; } kinds[] = {
	{ SRTP_BACKEND_EVP, SUITE_AEAD_AES_128_GCM },
	{ SRTP_BACKEND_EVP, SUITE_AES_CM_128_HMAC_SHA1_80 },
	{ SRTP_BACKEND_LIBSRTP, SUITE_AEAD_AES_256_GCM },
	{ SRTP_BACKEND_LIBSRTP, SUITE_AES_CM_128_HMAC_SHA1_32 },
	{ SRTP_BACKEND_IPSEC_MB, SUITE_AEAD_AES_128_GCM },
	{ SRTP_BACKEND_IPSEC_MB, SUITE_AES_CM_128_HMAC_SHA1_80 },
};

/* The seeds are sealed under keys of zeros, so that none of them opens here. */
static const uint8_t keying[48] = { 0xf0, 0x22, 0x9e };

static bool create(struct srtp **ret, struct kind kind)
{
	return srtp_keys_create_on(ret, kind.backend, kind.suite, keying) == 0;
}

/* A live stream to attack: SSRC 0x01020304 has sent RTP number 65535 and an SRTCP packet. */
static struct srtp *with_stream(struct kind kind)
{
	static const uint8_t rtp[16] = { 0x80, 96, 0xff, 0xff, 0, 0, 0, 0, 1, 2, 3, 4, 'l', 'i', 'v', 'e' };
	static const uint8_t rtcp[8] = { 0x80, 201, 0, 1, 1, 2, 3, 4 };
	struct srtp *out = NULL, *in = NULL;
	uint8_t a[64], b[64];

	MUST(create(&out, kind) && create(&in, kind));
	struct srtp_job jobs[2] = { { .srtp = out, .in = rtp, .in_len = sizeof(rtp), .out = a, .out_size = sizeof(a) },
		                    { .srtp = out, .in = rtcp, .in_len = sizeof(rtcp), .out = b, .out_size = sizeof(b), .rtcp = true } };
	seal_batch(jobs, 2);
	for (size_t i = 0; i < 2; i++) {
		jobs[i].srtp = in;
		jobs[i].in = jobs[i].out;
		jobs[i].in_len = jobs[i].out_len;
	}
	open_batch(jobs, 2);
	MUST(jobs[0].result == SRTP_OK && jobs[1].result == SRTP_OK);
	srtp_keys_destroy(out);
	return in;
}

static void check_refused(struct srtp *s, const uint8_t *data, size_t size, bool rtcp)
{
	uint8_t *same = mem_memdup(data, size);
	uint8_t *beside = mem_zalloc(size + 1);
	int64_t live = mem_live();
	struct srtp_job jobs[2] = { { .srtp = s, .in = data, .in_len = size, .out = beside, .out_size = size, .rtcp = rtcp },
		                    { .srtp = s, .in = same, .in_len = size, .out = same, .out_size = size, .rtcp = rtcp } };

	open_batch(jobs, 2);
	for (size_t i = 0; i < 2; i++)
		MUST(jobs[i].result != SRTP_OK && jobs[i].out_len == 0);
	MUST(mem_live() == live);
	mem_free(same);
	mem_free(beside);
}

static void check_round_trip(struct kind kind, const uint8_t *data, size_t size, bool rtcp)
{
	uint8_t *sealed = mem_zalloc(size + SRTP_MAX_OVERHEAD);
	struct srtp *out = NULL, *in = NULL;

	MUST(create(&out, kind) && create(&in, kind));
	struct srtp_job j = { .srtp = out, .in = data, .in_len = size, .out = sealed, .out_size = size + SRTP_MAX_OVERHEAD, .rtcp = rtcp };
	seal_batch(&j, 1);
	MUST(j.result == SRTP_OK || j.result == SRTP_MALFORMED);
	if (j.result == SRTP_OK) {
		size_t room = kind.backend == SRTP_BACKEND_LIBSRTP ? j.out_len : size; /* srtp.h */
		struct srtp_job back = { .srtp = in, .in = sealed, .in_len = j.out_len, .out = sealed, .out_size = room, .rtcp = rtcp };

		open_batch(&back, 1);
		MUST(back.result == SRTP_OK && back.out_len == size && memcmp(sealed, data, size) == 0);
	}
	srtp_keys_destroy(out);
	srtp_keys_destroy(in);
	mem_free(sealed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct srtp *live[ARRAY_LEN(kinds)];
	bool all = srtp_backend_choose(SRTP_BACKEND_IPSEC_MB) == 0;

	for (size_t i = 0; i < ARRAY_LEN(kinds) - (all ? 0 : 2); i++) {
		if (!live[i])
			live[i] = with_stream(kinds[i]);
		for (int rtcp = 0; rtcp < 2; rtcp++) {
			check_refused(live[i], data, size, rtcp);
			check_round_trip(kinds[i], data, size, rtcp);
		}
	}
	return 0;
}
