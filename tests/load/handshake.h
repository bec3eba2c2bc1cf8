/* DTLS 1.2 of an endpoint, and the SRTP keys that come of it (RFC 5764). */
#ifndef LOAD_HANDSHAKE_H
#define LOAD_HANDSHAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct peer;

/** Sets p->fingerprint too. */
void handshake_init(struct peer *p);
void handshake_done(struct peer *p);
void handshake_begin(struct peer *p);

/**
 * A datagram of DTLS, or any that came behind one which still waits: steps cost as much as hundreds of packets, and must not hold up what
 * other endpoints send (hub.h). Whatever is no DTLS goes back to peer_take_now() in its turn.
 */
void handshake_put_off(struct peer *p, const uint8_t *data, size_t len, int64_t now_us);
bool handshake_waits(const struct peer *p);

/** Its turn has come. */
void handshake_take(struct peer *p, const uint8_t *data, size_t len, int64_t now_us);

#endif
