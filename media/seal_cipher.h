/*
 * The transforms of SRTP with one session key: AEAD_AES_128_GCM (RFC 7714) and AES_CM_128_HMAC_SHA1_80 (RFC 3711), on
 * OpenSSL. Indices, replay and the order of trailers are srtp.c's.
 */
#ifndef HUITANG_MEDIA_SEAL_CIPHER_H
#define HUITANG_MEDIA_SEAL_CIPHER_H

#include <openssl/evp.h>

#include "media/seal_keys.h"

/* SHA-1 behind one block: what is left of a padded HMAC key, so that a packet hashes only itself. */
struct seal_hmac_state {
	uint32_t h[5];
};

/* Embedded. */
struct seal_cipher {
	enum srtp_suite suite;
	EVP_CIPHER_CTX *evp;    /* owned; keeps the key, each packet sets the IV */
	uint8_t salt[SEAL_CM_IV_BYTES];
	struct seal_hmac_state hmac_inner;      /* CM only */
	struct seal_hmac_state hmac_outer;
};

/* A packet on its way through: `header_len` bytes stay clear, `body_len` follow; `out` has room for both and may equal `in`. */
struct seal_packet {
	const uint8_t *in;
	uint8_t *out;
	size_t header_len;
	size_t body_len;
	uint32_t ssrc;
	uint64_t index;         /* 48 bits ROC‖SEQ, or 31 bits of SRTCP */
	const uint8_t *extra;   /* 4 bytes that are authenticated too, or NULL */
};

/** Errors: -ENOMEM. End it with seal_cipher_done(), also after an error. */
int seal_cipher_init(struct seal_cipher *c, enum srtp_suite suite, const uint8_t *keying, enum seal_label label);
void seal_cipher_done(struct seal_cipher *c);

/** Copies the header, encrypts the body and writes the tag at `tag`. False when OpenSSL fails. */
bool seal_cipher_seal(struct seal_cipher *c, const struct seal_packet *p, uint8_t *tag);

/** The way back; false when `tag` is wrong, `out` then holds rubbish. */
bool seal_cipher_open(struct seal_cipher *c, const struct seal_packet *p, const uint8_t *tag);

#endif
