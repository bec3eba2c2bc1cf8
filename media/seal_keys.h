/*
 * Session keys of the two suites with 128-bit keys, derived from a DTLS handshake's master key (RFC 3711 §4.3, derivation
 * rate 0; RFC 7714 §11), and the IV that they make with a packet's numbers.
 */
#ifndef HUITANG_MEDIA_SEAL_KEYS_H
#define HUITANG_MEDIA_SEAL_KEYS_H

#include <string.h>

#include "media/base/bytes.h"
#include "media/srtp.h"

#define SEAL_KEY_BYTES 16
#define SEAL_AUTH_BYTES 20              /* HMAC-SHA1 */
#define SEAL_GCM_IV_BYTES 12
#define SEAL_CM_IV_BYTES 14             /* AES-CM: the last two of 16 count blocks */

/** Label of RFC 3711 §4.3.2 for the cipher key; authentication key and salt are the next two. */
enum seal_label { SEAL_LABEL_RTP = 0, SEAL_LABEL_RTCP = 3 };

/* On the stack of who sets up a cipher; end it with seal_keys_done(). */
struct seal_keys {
	uint8_t key[SEAL_KEY_BYTES];
	uint8_t auth[SEAL_AUTH_BYTES];  /* CM only */
	uint8_t salt[SEAL_CM_IV_BYTES]; /* GCM: 12 bytes, then zeros */
};

/** `suite` is one of the two main ones. Errors: -ENOMEM; *ret is then to be ended all the same. */
int seal_keys_derive(struct seal_keys *ret, enum srtp_suite suite, const uint8_t *keying, enum seal_label label);

/** Leaves no key on the stack. */
void seal_keys_done(struct seal_keys *k);

/**
 * salt XOR SSRC XOR index, both at the end of `len` bytes (RFC 3711 §4.1.1, RFC 7714 §8.1 and §9.1: the same shape). `index` is
 * 48 bits of ROC‖SEQ, or 31 of SRTCP.
 */
static inline void seal_write_iv(uint8_t *iv, size_t len, const uint8_t salt[SEAL_CM_IV_BYTES], uint32_t ssrc, uint64_t index)
{
	uint8_t *at = iv + len - 10;

	memcpy(iv, salt, len);
	write_u32(at, read_u32(at) ^ ssrc);
	write_u16(at + 4, (uint16_t)(read_u16(at + 4) ^ index >> 32));
	write_u32(at + 6, (uint32_t)(read_u32(at + 6) ^ index));
}

#endif
