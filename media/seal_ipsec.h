/*
 * The two main suites on Intel's libipsec-mb (amd64): GCM packet by packet in direct calls, RTCP too; RTP of CM sealed in bursts, whose
 * SHA-1 runs over several packets at once. Where the build or the CPU has it not, seal_ipsec_available() says no and nothing else may
 * be called. Each thread that seals or opens has a manager of the library of its own (200 kB), made at its first call.
 */
#ifndef HUITANG_MEDIA_SEAL_IPSEC_H
#define HUITANG_MEDIA_SEAL_IPSEC_H

#include "media/seal_cipher.h"

#define SEAL_BURST 32

/* Keys of one direction: 1 kB (GCM) or 320 bytes (CM). */
struct seal_ipsec;

/** True when the library is there, knows this CPU and passed its self test, which the first call runs (2 ms). Thread: any. */
bool seal_ipsec_available(void);

/** `suite` is one of the two main ones; RTCP's label with GCM only. Owns: *ret is the caller's. Errors: -ENOMEM. */
int seal_ipsec_create(struct seal_ipsec **ret, enum srtp_suite suite, const uint8_t *keying, enum seal_label label);
struct seal_ipsec *seal_ipsec_destroy(struct seal_ipsec *c);

/**
 * As seal_cipher_seal() and _open(), GCM only; with `extra` at most RTP_MAX_PACKET_BYTES of header. False also without memory for this
 * thread's manager.
 */
bool seal_ipsec_seal(const struct seal_ipsec *c, const struct seal_packet *p, uint8_t *tag);
bool seal_ipsec_open(const struct seal_ipsec *c, const struct seal_packet *p, const uint8_t *tag);

/* A packet of a burst; `packet.extra` is its rollover counter. */
struct seal_ipsec_job {
	const struct seal_ipsec *cipher;
	struct seal_packet packet;
};

/** Seals up to SEAL_BURST packets of CM, best of nearly one length; the tag comes behind each body. False: none of them was. */
bool seal_ipsec_burst(const struct seal_ipsec_job *const *jobs, size_t n);

/** Begins to load the keys (`gcm`: of that suite) of a packet of `bytes` that comes soon: with hundreds of receivers they are in no near cache. */
void seal_ipsec_prefetch(const struct seal_ipsec *c, bool gcm, size_t bytes);

#endif
