/*
 * RTP and RTCP of one direction on libsrtp2, which carries the rarer suites (AEAD_AES_256_GCM, AES_CM_128_HMAC_SHA1_32) and, for
 * comparison, the main ones. Slower by ten and more, 18 to 30 kB a session. It keeps indices and windows of its own beside
 * srtp.c's; memory that it takes for a new SSRC is taken behind the tag, and is not mem.h's.
 */
#ifndef HUITANG_MEDIA_SEAL_SESSION_H
#define HUITANG_MEDIA_SEAL_SESSION_H

#include "media/srtp.h"

struct seal_session;

/** Owns: *ret is the caller's. Errors: -EINVAL suite, -ENOMEM. */
int seal_session_create(struct seal_session **ret, enum srtp_suite suite, const uint8_t *keying);
struct seal_session *seal_session_destroy(struct seal_session *s);

/**
 * Seals or opens a whole packet, which srtp.c has looked at: `out` has room for in_len and, sealing, for the trailers. RTCP with
 * E = 0 may be refused.
 */
enum srtp_result seal_session_seal(struct seal_session *s, struct srtp_job *j);
enum srtp_result seal_session_open(struct seal_session *s, struct srtp_job *j);

#endif
