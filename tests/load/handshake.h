/* DTLS 1.2 of an endpoint, and the SRTP keys that come of it (RFC 5764). */
#ifndef LOAD_HANDSHAKE_H
#define LOAD_HANDSHAKE_H

#include <stddef.h>
#include <stdint.h>

struct peer;

/** Sets p->fingerprint too. */
void handshake_init(struct peer *p);
void handshake_begin(struct peer *p, int64_t now_us);

/** A DTLS record for it. */
void handshake_take(struct peer *p, const uint8_t *data, size_t len, int64_t now_us);

#endif
