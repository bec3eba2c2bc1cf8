/* The protection profiles that we speak, in numbers (RFC 5764 §4.1.2, RFC 7714 §14.2). */
#ifndef HUITANG_MEDIA_SRTP_SUITE_H
#define HUITANG_MEDIA_SRTP_SUITE_H

#include "media/srtp.h"

struct srtp_suite_facts {
	enum srtp_suite suite;
	bool gcm;                       /* else counter mode and HMAC-SHA1 */
	bool rare;                      /* only libsrtp2 carries it */
	uint8_t key_bytes;
	uint8_t salt_bytes;
	uint8_t rtp_tag_bytes;
	uint8_t rtcp_tag_bytes;
};

/** NULL for what is no suite of ours. */
const struct srtp_suite_facts *srtp_suite_facts(enum srtp_suite suite);

#endif
