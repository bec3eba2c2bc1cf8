/*
 * DTLS 1.2 for one path, server side (RFC 6347, RFC 5764): the handshake, the peer's fingerprint and the SRTP keys.
 */
#ifndef HUITANG_MEDIA_DTLS_H
#define HUITANG_MEDIA_DTLS_H

#include "media/negotiated.h"
#include "media/srtp.h"

struct certificate;

/**
 * A fresh P-256 key and self-signed certificate with a random serial (Firefox refuses two of one issuer and serial, traps.md).
 *
 * Owns:   *ret is the caller's and must outlive what uses it.
 * Errors: -ENOMEM, -EIO from OpenSSL.
 */
int certificate_create(struct certificate **ret);
struct certificate *certificate_destroy(struct certificate *c);
void certificate_fingerprint(const struct certificate *c, struct fingerprint *ret);

#endif
