/*
 * media/srtp, every back end with every suite that it carries: what libsrtp2 seals we open and the other way round; nothing else is
 * opened, nothing is sealed twice, and the back ends' packets are the same byte for byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <srtp2/srtp.h>
#include <string.h>

#include "media/base/bytes.h"
#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/srtp.h"

#define BUFFER 2048
#define MIXED 80

#define GCM SUITE_AEAD_AES_128_GCM
#define CM SUITE_AES_CM_128_HMAC_SHA1_80

/* Those of ipsec-mb stand at the end: not every machine has it. */
static const struct kind { enum srtp_backend backend; enum srtp_suite suite; } kinds[] = {
	{ SRTP_BACKEND_EVP, GCM },      { SRTP_BACKEND_EVP, CM },
	{ SRTP_BACKEND_LIBSRTP, GCM },  { SRTP_BACKEND_LIBSRTP, CM },
	{ SRTP_BACKEND_AUTO, SUITE_AEAD_AES_256_GCM }, { SRTP_BACKEND_AUTO, SUITE_AES_CM_128_HMAC_SHA1_32 },
	{ SRTP_BACKEND_IPSEC_MB, GCM }, { SRTP_BACKEND_IPSEC_MB, CM },
};
static size_t n_kinds = ARRAY_LEN(kinds);

static const uint8_t keying[48] = { 0xe1, 0xf9, 0x7a, 0x0d, 0x3e, 0x01, 0x8b, 0xe0, 0xd6, 0x4f, 0xa3, 0x2c, 0x06, 0xde, 0x41,
	                            0x39, 0x0e, 0xc6, 0x75, 0xad, 0x49, 0x8a, 0xfe, 0xeb, 0xb6, 0x96, 0x0b, 0x3a, 0xab, 0xe6,
	                            0x5c, 0x11, 0x93, 0x77, 0xd0 };

static uint32_t random_state = 1;

static uint32_t random_number(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state;
}

/* An RTP packet with up to 3 CSRCs, perhaps an extension, and 0 to 1,000 bytes of payload. */
static size_t make_rtp(uint8_t *out, uint32_t ssrc, uint16_t seq)
{
	unsigned csrcs = random_number() % 4;
	unsigned words = random_number() % 4;
	size_t len = 12 + csrcs * 4;

	for (size_t i = 0; i < 1100; i++)
		out[i] = (uint8_t)random_number();
	out[0] = (uint8_t)(0x80 | csrcs | (words ? 0x10 : 0));
	out[1] = 96;
	write_u16(out + 2, seq);
	write_u32(out + 8, ssrc);
	if (words) {
		write_u16(out + len, 0xbede);
		write_u16(out + len + 2, (uint16_t)(words - 1));
		len += words * 4;
	}
	return len + random_number() % 1000;
}

static size_t make_rtcp(uint8_t *out, uint32_t ssrc)
{
	size_t words = 2 + random_number() % 60;

	for (size_t i = 0; i < words * 4; i++)
		out[i] = (uint8_t)random_number();
	out[0] = 0x80;
	out[1] = 201;
	write_u16(out + 2, (uint16_t)(words - 1));
	write_u32(out + 4, ssrc);
	return words * 4;
}

static struct srtp *our_keys(struct kind kind)
{
	struct srtp *s = NULL;

	assert_int_equal(srtp_keys_create_on(&s, kind.backend, kind.suite, keying), 0);
	return s;
}

static srtp_t their_keys(struct kind kind, srtp_ssrc_type_t direction, srtp_sec_serv_t rtcp_services)
{
	srtp_policy_t policy = { 0 };
	srtp_t ret;

	assert_int_equal(srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, (srtp_profile_t)kind.suite), srtp_err_status_ok);
	assert_int_equal(srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, (srtp_profile_t)kind.suite), srtp_err_status_ok);
	policy.rtcp.sec_serv = rtcp_services;
	policy.ssrc.type = direction;
	policy.key = (uint8_t *)keying;
	policy.window_size = 1024;
	assert_int_equal(srtp_create(&ret, &policy), srtp_err_status_ok);
	return ret;
}

static enum srtp_result run(void (*batch)(struct srtp_job *, size_t), struct srtp *s, bool rtcp, const uint8_t *in, size_t len,
                            uint8_t *out, size_t *ret_len)
{
	struct srtp_job j = { .srtp = s, .in = in, .in_len = len, .out = out, .out_size = BUFFER, .rtcp = rtcp };

	batch(&j, 1);
	*ret_len = j.out_len;
	return j.result;
}

static enum srtp_result seal_as(struct srtp *s, bool rtcp, const uint8_t *in, size_t len, uint8_t *out, size_t *ret_len)
{
	return run(seal_batch, s, rtcp, in, len, out, ret_len);
}

static enum srtp_result open_one(struct srtp *s, bool rtcp, const uint8_t *in, size_t len, uint8_t *out, size_t *ret_len)
{
	return run(open_batch, s, rtcp, in, len, out, ret_len);
}

/* libsrtp2 opens and seals in place; these give it a copy. */
static bool their_open(srtp_t t, bool rtcp, const uint8_t *in, size_t len, uint8_t *out, size_t *ret_len)
{
	int n = (int)len;
	srtp_err_status_t r;

	memcpy(out, in, len);
	r = rtcp ? srtp_unprotect_rtcp(t, out, &n) : srtp_unprotect(t, out, &n);
	*ret_len = (size_t)n;
	return r == srtp_err_status_ok;
}

static size_t their_seal(srtp_t t, bool rtcp, const uint8_t *in, size_t len, uint8_t *out)
{
	int n = (int)len;

	memcpy(out, in, len);
	assert_int_equal(rtcp ? srtp_protect_rtcp(t, out, &n) : srtp_protect(t, out, &n), srtp_err_status_ok);
	return (size_t)n;
}

/* Long enough for the counter of 16 bits to turn twice, with steps of up to 31 as if packets were lost. */
static void they_open_what_we_seal(void **state)
{
	uint8_t plain[BUFFER], sealed[BUFFER], opened[BUFFER];
	size_t len, sealed_len, opened_len;

	(void)state;
	for (size_t i = 0; i < n_kinds; i++) {
		struct srtp *s = our_keys(kinds[i]);
		srtp_t t = their_keys(kinds[i], ssrc_any_inbound, sec_serv_conf_and_auth);
		uint32_t seq = 17;

		while (seq < 3 * 65536) {
			for (uint32_t ssrc = 0; ssrc < 3; ssrc++) {
				bool rtcp = random_number() % 4 == 0;

				len = rtcp ? make_rtcp(plain, ssrc) : make_rtp(plain, ssrc, (uint16_t)seq);
				assert_int_equal(seal_as(s, rtcp, plain, len, sealed, &sealed_len), SRTP_OK);
				assert_true(sealed_len <= len + SRTP_MAX_OVERHEAD);
				assert_true(their_open(t, rtcp, sealed, sealed_len, opened, &opened_len));
				assert_int_equal(opened_len, len);
				assert_memory_equal(opened, plain, len);
			}
			seq += 1 + random_number() % 31;
		}
		srtp_dealloc(t);
		srtp_keys_destroy(s);
	}
}

static void we_open_what_they_seal(void **state)
{
	uint8_t plain[BUFFER], sealed[BUFFER], opened[BUFFER];
	size_t len, sealed_len, opened_len;

	(void)state;
	for (size_t i = 0; i < n_kinds; i++) {
		struct srtp *s = our_keys(kinds[i]);
		srtp_t t = their_keys(kinds[i], ssrc_any_outbound, sec_serv_conf_and_auth);
		uint32_t seq = 32000;

		while (seq < 3 * 65536) {
			for (uint32_t ssrc = 0xfffffffe; ssrc != 1; ssrc++) {
				bool rtcp = random_number() % 4 == 0;

				len = rtcp ? make_rtcp(plain, ssrc) : make_rtp(plain, ssrc, (uint16_t)seq);
				sealed_len = their_seal(t, rtcp, plain, len, sealed);
				assert_int_equal(open_one(s, rtcp, sealed, sealed_len, opened, &opened_len), SRTP_OK);
				assert_int_equal(opened_len, len);
				assert_memory_equal(opened, plain, len);
				assert_int_equal(open_one(s, rtcp, sealed, sealed_len, opened, &opened_len), SRTP_REPLAYED);
				assert_int_equal(opened_len, 0);
			}
			seq += 1 + random_number() % 31;
		}
		srtp_dealloc(t);
		srtp_keys_destroy(s);
	}
}

/* Blocks of 64 arrive shuffled, each packet twice, across the turn of the counter. */
static void order_does_not_matter_and_copies_do(void **state)
{
	static uint8_t sealed[64][BUFFER];
	uint8_t plain[BUFFER], opened[BUFFER];
	size_t sealed_len[64], opened_len;
	unsigned order[128] = { 0 };

	(void)state;
	for (size_t i = 0; i < n_kinds; i++) {
		struct srtp *s = our_keys(kinds[i]);
		srtp_t t = their_keys(kinds[i], ssrc_any_outbound, sec_serv_conf_and_auth);

		for (uint32_t first = 30000; first < 30000 + 40000; first += 64) {
			bool seen[64] = { false };

			for (unsigned k = 0; k < 64; k++) {
				size_t len = make_rtp(plain, 7, (uint16_t)(first + k));

				sealed_len[k] = their_seal(t, false, plain, len, sealed[k]);
			}
			for (unsigned k = 0; k < ARRAY_LEN(order); k++) {
				unsigned other = random_number() % (k + 1);

				order[k] = order[other];
				order[other] = k % 64;
			}
			for (unsigned k = 0; k < ARRAY_LEN(order); k++) {
				enum srtp_result expected = seen[order[k]] ? SRTP_REPLAYED : SRTP_OK;

				assert_int_equal(open_one(s, false, sealed[order[k]], sealed_len[order[k]], opened, &opened_len), expected);
				seen[order[k]] = true;
			}
		}
		srtp_dealloc(t);
		srtp_keys_destroy(s);
	}
}

static size_t seal_one(struct srtp *s, bool rtcp, uint32_t ssrc, uint16_t seq, uint8_t *sealed)
{
	uint8_t plain[BUFFER];
	size_t sealed_len;
	size_t len = rtcp ? make_rtcp(plain, ssrc) : make_rtp(plain, ssrc, seq);

	assert_int_equal(seal_as(s, rtcp, plain, len, sealed, &sealed_len), SRTP_OK);
	return sealed_len;
}

static void windows_are_1024_and_128(void **state)
{
	static uint8_t sealed[1100][BUFFER];
	size_t sealed_len[1100], n;
	uint8_t opened[BUFFER];

	(void)state;
	for (size_t i = 0; i < n_kinds; i++) {
		for (int rtcp = 0; rtcp < 2; rtcp++) {
			struct srtp *out = our_keys(kinds[i]), *in = our_keys(kinds[i]);
			unsigned window = rtcp ? 128 : 1024;

			for (unsigned k = 0; k <= window; k++)
				sealed_len[k] = seal_one(out, rtcp, 5, (uint16_t)(k + 1), sealed[k]);
			assert_int_equal(open_one(in, rtcp, sealed[window], sealed_len[window], opened, &n), SRTP_OK);
			assert_int_equal(open_one(in, rtcp, sealed[0], sealed_len[0], opened, &n), SRTP_REPLAYED);
			for (unsigned k = 1; k < window; k++)
				assert_int_equal(open_one(in, rtcp, sealed[k], sealed_len[k], opened, &n), SRTP_OK);
			for (unsigned k = 0; k <= window; k++)
				assert_int_equal(open_one(in, rtcp, sealed[k], sealed_len[k], opened, &n), SRTP_REPLAYED);
			srtp_keys_destroy(in);
			srtp_keys_destroy(out);
		}
	}
}

/* A damaged packet is refused, whatever byte it is, and neither allocates nor spoils what comes later; so is a shortened one. */
static void damage_is_refused_and_leaves_no_trace(void **state)
{
	uint8_t sealed[BUFFER], damaged[BUFFER], opened[BUFFER];
	size_t len, n;

	(void)state;
	for (size_t i = 0; i < n_kinds; i++) {
		struct srtp *out = our_keys(kinds[i]), *in = our_keys(kinds[i]);

		for (unsigned turn = 0; turn < 12; turn++) {
			bool rtcp = turn & 1;
			int64_t before;

			len = seal_one(out, rtcp, turn / 4, (uint16_t)(100 + turn), sealed);
			before = mem_live();
			for (size_t at = 0; at < len; at++) {
				memcpy(damaged, sealed, len);
				damaged[at] ^= (uint8_t)(1u << random_number() % 8);
				assert_int_not_equal(open_one(in, rtcp, damaged, len, opened, &n), SRTP_OK);
				assert_int_equal(n, 0);
				memcpy(damaged, sealed, at);
				assert_int_not_equal(open_one(in, rtcp, damaged, at, opened, &n), SRTP_OK);
			}
			assert_int_not_equal(open_one(in, !rtcp, sealed, len, opened, &n), SRTP_OK);
			assert_int_equal(mem_live(), before);
			assert_int_equal(open_one(in, rtcp, sealed, len, opened, &n), SRTP_OK);
		}
		srtp_keys_destroy(in);
		srtp_keys_destroy(out);
	}
}

/* Forged packets with sequence numbers far ahead must not move the rollover counter. */
static void forgeries_do_not_move_the_index(void **state)
{
	uint8_t sealed[BUFFER], forged[BUFFER], opened[BUFFER];
	size_t n;

	(void)state;
	for (size_t i = 0; i < n_kinds; i++) {
		struct srtp *out = our_keys(kinds[i]), *in = our_keys(kinds[i]);

		for (uint32_t seq = 1; seq < 80000; seq += 997) {
			size_t len = seal_one(out, false, 9, (uint16_t)seq, sealed);

			memcpy(forged, sealed, len);
			write_u16(forged + 2, (uint16_t)(seq + 30000));
			assert_int_equal(open_one(in, false, forged, len, opened, &n), SRTP_BAD_TAG);
			write_u16(forged + 2, (uint16_t)(seq - 30000));
			assert_int_not_equal(open_one(in, false, forged, len, opened, &n), SRTP_OK);
			assert_int_equal(open_one(in, false, sealed, len, opened, &n), SRTP_OK);
		}
		srtp_keys_destroy(in);
		srtp_keys_destroy(out);
	}
}

/* The nonce of GCM is the index: the same number again, or one too old to remember, is refused; late but new ones are sealed. */
static void nothing_is_sealed_twice(void **state)
{
	uint8_t plain[BUFFER], sealed[BUFFER], opened[BUFFER];
	size_t len, n, m;

	(void)state;
	for (size_t i = 0; i < n_kinds; i++) {
		struct srtp *out = our_keys(kinds[i]), *in = our_keys(kinds[i]);

		for (uint32_t seq = 3000; seq < 140000; seq += 500) {
			len = make_rtp(plain, 1, (uint16_t)seq);
			assert_int_equal(seal_as(out, false, plain, len, sealed, &n), SRTP_OK);
			assert_int_equal(open_one(in, false, sealed, n, opened, &m), SRTP_OK);
			assert_int_equal(seal_as(out, false, plain, len, sealed, &n), SRTP_REPLAYED);
			assert_int_equal(n, 0);
			write_u16(plain + 2, (uint16_t)(seq - 250));
			assert_int_equal(seal_as(out, false, plain, len, sealed, &n), SRTP_OK);
			assert_int_equal(open_one(in, false, sealed, n, opened, &m), SRTP_OK);
			assert_int_equal(seal_as(out, false, plain, len, sealed, &n), SRTP_REPLAYED);
			write_u16(plain + 2, (uint16_t)(seq - 1024));
			assert_int_equal(seal_as(out, false, plain, len, sealed, &n), SRTP_REPLAYED);
		}
		/* Before the start of an SSRC there is no index. */
		len = make_rtp(plain, 2, 10);
		assert_int_equal(seal_as(out, false, plain, len, sealed, &n), SRTP_OK);
		write_u16(plain + 2, 65530);
		assert_int_equal(seal_as(out, false, plain, len, sealed, &n), SRTP_REPLAYED);
		srtp_keys_destroy(in);
		srtp_keys_destroy(out);
	}
}

static void fill_mixed(struct srtp_job *jobs, struct srtp **out, uint8_t plain[][BUFFER], uint8_t buffers[][BUFFER], size_t *len)
{
	for (unsigned k = 0; k < MIXED; k++) {
		bool rtcp = k % 5 == 0;

		len[k] = rtcp ? make_rtcp(plain[k], k) : make_rtp(plain[k], k % 3, (uint16_t)k);
		memcpy(buffers[k], plain[k], len[k]);
		jobs[k] = (struct srtp_job) { .srtp = out[k % n_kinds], .in = k % 4 < 2 ? buffers[k] : plain[k], .in_len = len[k],
			                      .out = buffers[k], .out_size = BUFFER, .rtcp = rtcp };
	}
	jobs[7].in_len = 11;
	jobs[8].out_size = len[8] + 1;
}

static void batches_mix_keys_kinds_and_places(void **state)
{
	static uint8_t plain[MIXED][BUFFER], buffers[MIXED][BUFFER];
	struct srtp *out[ARRAY_LEN(kinds)], *in[ARRAY_LEN(kinds)];
	static struct srtp_job jobs[MIXED];
	size_t len[MIXED];

	(void)state;
	for (size_t i = 0; i < n_kinds; i++) {
		out[i] = our_keys(kinds[i]);
		in[i] = our_keys(kinds[i]);
	}
	fill_mixed(jobs, out, plain, buffers, len);
	seal_batch(jobs, MIXED);
	for (unsigned k = 0; k < MIXED; k++) {
		assert_int_equal(jobs[k].result, k == 7 ? SRTP_MALFORMED : k == 8 ? SRTP_NO_ROOM : SRTP_OK);
		jobs[k].srtp = in[k % n_kinds];
		jobs[k].in = buffers[k];
		jobs[k].in_len = jobs[k].out_len;
	}
	open_batch(jobs, MIXED);
	for (unsigned k = 0; k < MIXED; k++) {
		if (k == 7 || k == 8) {
			assert_int_equal(jobs[k].result, SRTP_MALFORMED);
			continue;
		}
		assert_int_equal(jobs[k].result, SRTP_OK);
		assert_int_equal(jobs[k].out_len, len[k]);
		assert_memory_equal(buffers[k], plain[k], len[k]);
	}
	for (size_t i = 0; i < n_kinds; i++) {
		srtp_keys_destroy(out[i]);
		srtp_keys_destroy(in[i]);
	}
}

/* The lengths of one batch: nothing behind the header, all about a block's and a cache line's edge, whole packets, all alike. */
static size_t odd_length(unsigned turn, unsigned k)
{
	switch (turn % 4) {
	case 0:
		return k % 80;
	case 1:
		return 1172 + k % 3;
	case 2:
		return k % 2 ? 0 : random_number() % 1400;
	default:
		return 100;
	}
}

/* Headers of make_rtp() with a body of `len`. */
static size_t make_long_rtp(uint8_t *out, uint32_t ssrc, uint16_t seq, size_t len)
{
	size_t header;

	make_rtp(out, ssrc, seq);
	header = 12 + (out[0] & 15) * 4u + (out[0] & 0x10 ? 4 + read_u16(out + 12 + (out[0] & 15) * 4u + 2) * 4u : 0);
	for (size_t i = 0; i < len; i++)
		out[header + i] = (uint8_t)random_number();
	return header + len;
}

/* Two SSRCs; sequence numbers leap, so that the counter of 16 bits turns; every second packet out of place. */
static void seal_alike(struct srtp *s, unsigned n, uint8_t plain[][BUFFER], const size_t *len, uint8_t sealed[][BUFFER],
                       struct srtp_job *jobs)
{
	for (unsigned k = 0; k < n; k++) {
		memcpy(sealed[k], plain[k], len[k]);
		jobs[k] = (struct srtp_job){ .srtp = s, .in = k % 2 ? plain[k] : sealed[k], .in_len = len[k], .out = sealed[k],
			                     .out_size = BUFFER };
	}
	seal_batch(jobs, n);
}

/* Batches of 1 to 100 packets: less than a burst, more than two. */
static void all_back_ends_write_the_same_bytes(void **state)
{
	static uint8_t plain[100][BUFFER], sealed[ARRAY_LEN(kinds)][100][BUFFER];
	static struct srtp_job jobs[ARRAY_LEN(kinds)][100];
	struct srtp *s[ARRAY_LEN(kinds)];
	size_t len[100];
	uint32_t seq = 65000;

	(void)state;
	for (size_t i = 0; i < n_kinds; i++)
		s[i] = our_keys(kinds[i]);
	for (unsigned turn = 0; turn < 300; turn++) {
		unsigned n = 1 + random_number() % 100;

		for (unsigned k = 0; k < n; k++, seq += 1 + random_number() % 40)
			len[k] = make_long_rtp(plain[k], k % 2 ? 0xfffffffe : 5, (uint16_t)seq, odd_length(turn, k));
		for (size_t i = 0; i < n_kinds; i++)
			seal_alike(s[i], n, plain, len, sealed[i], jobs[i]);
		for (size_t i = 0; i < n_kinds; i++) {
			size_t reference = kinds[i].suite == GCM ? 0 : kinds[i].suite == CM ? 1 : i;

			for (unsigned k = 0; k < n; k++) {
				assert_int_equal(jobs[i][k].result, SRTP_OK);
				assert_int_equal(jobs[i][k].out_len, jobs[reference][k].out_len);
				assert_memory_equal(sealed[i][k], sealed[reference][k], jobs[i][k].out_len);
			}
		}
	}
	for (size_t i = 0; i < n_kinds; i++)
		srtp_keys_destroy(s[i]);
}

/* In one batch a packet is sealed once, and the second copy of an arriving one is refused. */
static void copies_in_one_batch_are_refused(void **state)
{
	static uint8_t plain[40][BUFFER], sealed[40][BUFFER], opened[40][BUFFER];
	struct srtp_job jobs[40];

	(void)state;
	for (size_t i = 0; i < n_kinds; i++) {
		struct srtp *out = our_keys(kinds[i]), *in = our_keys(kinds[i]);

		for (unsigned k = 0; k < 40; k++) {
			size_t len = make_rtp(plain[k], 3, (uint16_t)(k / 2));

			jobs[k] = (struct srtp_job){ .srtp = out, .in = plain[k], .in_len = len, .out = sealed[k], .out_size = BUFFER };
		}
		seal_batch(jobs, 40);
		for (unsigned k = 0; k < 40; k++) {
			assert_int_equal(jobs[k].result, k % 2 ? SRTP_REPLAYED : SRTP_OK);
			assert_int_equal(jobs[k].out_len == 0, k % 2);
			if (k % 2 == 0)
				jobs[k + 1].in_len = jobs[k].in_len = jobs[k].out_len;
			jobs[k].srtp = in;
			jobs[k].in = sealed[k - k % 2];
			jobs[k].out = opened[k];
		}
		open_batch(jobs, 40);
		for (unsigned k = 0; k < 40; k++)
			assert_int_equal(jobs[k].result, k % 2 ? SRTP_REPLAYED : SRTP_OK);
		srtp_keys_destroy(out);
		srtp_keys_destroy(in);
	}
}

static void check_bound(struct kind kind)
{
	struct srtp *out = our_keys(kind), *more = our_keys(kind), *in = our_keys(kind);
	uint8_t sealed[BUFFER], plain[BUFFER], opened[BUFFER];
	size_t n, m;

	for (uint32_t k = 0; k < SRTP_MAX_SSRCS; k++) {
		n = seal_one(out, false, k * 0x01000000u + k, 1, sealed);
		assert_int_equal(open_one(in, false, sealed, n, opened, &m), SRTP_OK);
	}
	n = make_rtp(plain, 12345, 1);
	assert_int_equal(seal_as(out, false, plain, n, sealed, &m), SRTP_NO_ROOM);
	n = seal_one(more, false, 12345, 1, sealed);
	assert_int_equal(open_one(in, false, sealed, n, opened, &m), SRTP_NO_ROOM);
	/* Those that are known go on. */
	for (uint32_t k = 0; k < SRTP_MAX_SSRCS; k++) {
		n = seal_one(out, false, k * 0x01000000u + k, 2, sealed);
		assert_int_equal(open_one(in, false, sealed, n, opened, &m), SRTP_OK);
	}
	srtp_keys_destroy(in);
	srtp_keys_destroy(out);
	srtp_keys_destroy(more);
}

static void ssrcs_have_a_bound(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_kinds; i++)
		check_bound(kinds[i]);
}

/* A peer may leave RTCP in the clear (E = 0); its tag still counts. Not promised by libsrtp2. */
static void clear_rtcp_is_authenticated(void **state)
{
	uint8_t plain[BUFFER], sealed[BUFFER], opened[BUFFER];
	size_t len, sealed_len, n;

	(void)state;
	for (size_t i = 0; i < n_kinds; i++) {
		if (kinds[i].backend == SRTP_BACKEND_LIBSRTP || kinds[i].backend == SRTP_BACKEND_AUTO)
			continue;
		srtp_t t = their_keys(kinds[i], ssrc_any_outbound, sec_serv_auth);
		struct srtp *in = our_keys(kinds[i]);

		for (unsigned k = 0; k < 100; k++) {
			len = make_rtcp(plain, k % 3);
			sealed_len = their_seal(t, true, plain, len, sealed);
			assert_memory_equal(sealed, plain, len);
			sealed[len / 2] ^= 1;
			assert_int_equal(open_one(in, true, sealed, sealed_len, opened, &n), SRTP_BAD_TAG);
			sealed[len / 2] ^= 1;
			assert_int_equal(open_one(in, true, sealed, sealed_len, opened, &n), SRTP_OK);
			assert_int_equal(n, len);
			assert_memory_equal(opened, plain, len);
		}
		srtp_dealloc(t);
		srtp_keys_destroy(in);
	}
}

/* 20 SSRCs, a packet each. False when memory ran out somewhere; nothing else may go wrong. */
static bool exchange(struct kind kind)
{
	uint8_t plain[BUFFER], sealed[BUFFER], opened[BUFFER];
	struct srtp *out = NULL, *in = NULL;
	bool ok = srtp_keys_create_on(&out, kind.backend, kind.suite, keying) == 0 &&
	          srtp_keys_create_on(&in, kind.backend, kind.suite, keying) == 0;

	for (uint32_t k = 0; ok && k < 20; k++) {
		size_t len = make_rtp(plain, k, 1), n;
		enum srtp_result r = seal_as(out, false, plain, len, sealed, &n);

		if (r == SRTP_OK)
			r = open_one(in, false, sealed, n, opened, &n);
		assert_true(r == SRTP_OK || r == SRTP_NO_ROOM);
		ok = r == SRTP_OK;
	}
	srtp_keys_destroy(in);
	srtp_keys_destroy(out);
	return ok;
}

static void no_memory_is_survived(void **state)
{
	int64_t before = mem_live();

	(void)state;
	for (size_t i = 0; i < n_kinds; i++) {
		uint64_t nth = 1;
		bool ok;

		do {
			mem_fail_at(nth++);
			ok = exchange(kinds[i]);
			assert_int_equal(mem_live(), before);
		} while (!ok);
		mem_fail_at(0);
		assert_true(nth > 2 * 4);       /* keys, then a table and streams that grow */
	}
}

static void bad_suites_are_refused(void **state)
{
	struct srtp *s = NULL;

	(void)state;
	assert_int_equal(srtp_keying_bytes(SUITE_AEAD_AES_128_GCM), 28);
	assert_int_equal(srtp_keying_bytes(SUITE_AES_CM_128_HMAC_SHA1_80), 30);
	assert_int_equal(srtp_keying_bytes(SUITE_AEAD_AES_256_GCM), 44);
	assert_int_equal(srtp_key_bytes(SUITE_AEAD_AES_256_GCM), 32);
	assert_int_equal(srtp_keying_bytes(SUITE_NONE), 0);
	assert_int_equal(srtp_keys_create(&s, SUITE_NONE, keying), -EINVAL);
	assert_int_equal(srtp_keys_create(&s, (enum srtp_suite)5, keying), -EINVAL);
	assert_null(s);
	assert_null(srtp_keys_destroy(NULL));
}

static void a_back_end_is_chosen(void **state)
{
	struct srtp *s = NULL;

	(void)state;
	assert_int_not_equal(srtp_backend(), SRTP_BACKEND_AUTO);
	assert_int_equal(srtp_backend_choose(SRTP_BACKEND_LIBSRTP), 0);
	assert_string_equal(srtp_backend_name(srtp_backend()), "libsrtp");
	assert_int_equal(srtp_keys_create(&s, GCM, keying), 0);
	srtp_keys_destroy(s);
	if (srtp_backend_choose(SRTP_BACKEND_IPSEC_MB) < 0)
		assert_int_equal(srtp_backend(), SRTP_BACKEND_LIBSRTP);
	assert_int_equal(srtp_backend_choose(SRTP_BACKEND_AUTO), 0);
}

static int64_t live_before;

static int count_before(void **state)
{
	(void)state;
	live_before = mem_live();
	return 0;
}

static int count_after(void **state)
{
	(void)state;
	return mem_live() == live_before ? 0 : -1;
}

#define COUNTED(test) cmocka_unit_test_setup_teardown(test, count_before, count_after)

int main(void)
{
	const struct CMUnitTest tests[] = {
		COUNTED(they_open_what_we_seal),
		COUNTED(we_open_what_they_seal),
		COUNTED(order_does_not_matter_and_copies_do),
		COUNTED(windows_are_1024_and_128),
		COUNTED(damage_is_refused_and_leaves_no_trace),
		COUNTED(forgeries_do_not_move_the_index),
		COUNTED(nothing_is_sealed_twice),
		COUNTED(batches_mix_keys_kinds_and_places),
		COUNTED(all_back_ends_write_the_same_bytes),
		COUNTED(copies_in_one_batch_are_refused),
		COUNTED(ssrcs_have_a_bound),
		COUNTED(clear_rtcp_is_authenticated),
		COUNTED(no_memory_is_survived),
		COUNTED(bad_suites_are_refused),
		COUNTED(a_back_end_is_chosen),
	};

	struct srtp *s = NULL;

	srtp_init();
	if (srtp_keys_create_on(&s, SRTP_BACKEND_IPSEC_MB, GCM, keying) < 0)
		n_kinds -= 2;
	srtp_keys_destroy(s);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
