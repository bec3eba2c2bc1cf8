/*
 * SRTP and SRTCP in batches (RFC 3711, RFC 7714). One `struct srtp` holds one direction's keys of one path. Three libraries
 * do the work behind the same two calls:
 *
 *              AEAD_AES_128_GCM   AES_CM_128_HMAC_SHA1_80   AEAD_AES_256_GCM, AES_CM_128_HMAC_SHA1_32
 *   evp        RTP, RTCP          RTP, RTCP                 (libsrtp's)     OpenSSL with kept contexts: everywhere
 *   ipsec-mb   RTP, RTCP          sealing RTP in bursts     (libsrtp's)     libipsec-mb on amd64; the rest is evp's
 *   libsrtp    RTP, RTCP          RTP, RTCP                 RTP, RTCP       libsrtp2: slow, for comparison and rare suites
 *
 * No name here may be one of libsrtp2's (srtp_create, srtp_cipher_init…): its shared library would call ours instead.
 * A (key, SSRC, ROC‖SEQ) is sealed once: the sealer keeps a 1,024-packet window per SSRC and refuses a second time.
 */
#ifndef HUITANG_MEDIA_SRTP_H
#define HUITANG_MEDIA_SRTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum srtp_suite {               /* values of the IANA DTLS-SRTP protection profiles */
	SUITE_NONE = 0,
	SUITE_AES_CM_128_HMAC_SHA1_80 = 0x0001,
	SUITE_AES_CM_128_HMAC_SHA1_32 = 0x0002,
	SUITE_AEAD_AES_128_GCM = 0x0007,
	SUITE_AEAD_AES_256_GCM = 0x0008,
};

enum srtp_backend {
	SRTP_BACKEND_AUTO,      /* ipsec-mb where build and CPU have it and its self test passed, else evp */
	SRTP_BACKEND_EVP,
	SRTP_BACKEND_IPSEC_MB,
	SRTP_BACKEND_LIBSRTP,
};

#define SRTP_MAX_OVERHEAD 20    /* bytes that sealing may add: RTCP index word and a 16-byte tag */
#define SRTP_MAX_SSRCS 256      /* per direction; further SSRCs give SRTP_NO_ROOM */

enum srtp_result {
	SRTP_OK,
	SRTP_BAD_TAG,           /* forged, damaged, or of another key */
	SRTP_REPLAYED,          /* open: seen or too old (1,024 RTP, 128 RTCP). seal: would reuse the nonce */
	SRTP_MALFORMED,         /* shorter than its headers say */
	SRTP_NO_ROOM,           /* output too small, or SRTP_MAX_SSRCS reached */
};

/* One packet. Opening works in place (out may equal in); sealing works out of place or in place. */
struct srtp_job {
	struct srtp *srtp;      /* given: whose keys; jobs of one batch may differ in it */
	const uint8_t *in;
	size_t in_len;
	uint8_t *out;
	size_t out_size;
	size_t out_len;         /* ret */
	bool rtcp;
	enum srtp_result result; /* ret */
};

struct srtp;

/** Takes a back end for the keys made from now on. Thread: any, at start. Errors: -ENOTSUP (this build or CPU has it not). */
int srtp_backend_choose(enum srtp_backend b);

/** The one in use, never SRTP_BACKEND_AUTO. Thread: any. */
enum srtp_backend srtp_backend(void);

/** "auto", "evp", "ipsec-mb", "libsrtp". */
const char *srtp_backend_name(enum srtp_backend b);

/** Bytes of a suite's master key, and of master key plus salt; 0 for what is no suite of ours. */
size_t srtp_key_bytes(enum srtp_suite suite);
size_t srtp_keying_bytes(enum srtp_suite suite);

/**
 * Derives session keys for one direction (RFC 3711 §4.3, key derivation rate 0).
 *
 * Owns:   *ret is the caller's. `keying` is master key then salt, srtp_keying_bytes() long, not kept.
 * Thread: one at a time.
 * Errors: -EINVAL suite, -ENOMEM.
 */
int srtp_keys_create(struct srtp **ret, enum srtp_suite suite, const uint8_t *keying);

/** The same on a back end that need not be the chosen one. Errors: -ENOTSUP too. */
int srtp_keys_create_on(struct srtp **ret, enum srtp_backend b, enum srtp_suite suite, const uint8_t *keying);
struct srtp *srtp_keys_destroy(struct srtp *s);

/**
 * Seals or opens each job in order; each job's result stands alone. A job that fails has out_len 0 and rubbish in `out` (in place: the
 * packet is lost). What was not authenticated changes no state and allocates nothing; an SSRC's first good packet allocates 200 bytes.
 * Header, CSRCs and extensions of RTP and the first 8 bytes of RTCP are authenticated, the rest is encrypted too. RTCP that a peer
 * sends with E = 0 (authenticated only) is taken, but not always by libsrtp2, which also wants `out` to hold in_len bytes when it opens.
 * SRTP_NO_ROOM also stands for no memory. Buffers of different jobs do not overlap: they may be worked on in any order.
 */
void seal_batch(struct srtp_job *jobs, size_t n);
void open_batch(struct srtp_job *jobs, size_t n);

#endif
