/*
 * DTLS 1.2, server side, for SRTP keys (RFC 6347, RFC 5764): certificate, one context a worker, one handshake a path.
 *
 *   IDLE ──ClientHello──► SHAKING ──Finished──► DONE ──close_notify──► CLOSED
 *     ▲                      │
 *     └────── refused ───────┘ 16 at once, then one a second
 *
 * A datagram from a gated address may still be forged, so nothing before the Finished may end a path: plain alerts are
 * dropped, and a handshake that OpenSSL refuses begins anew, as soon as the rate allows (safety.md, rule 2).
 */
#ifndef HUITANG_MEDIA_DTLS_H
#define HUITANG_MEDIA_DTLS_H

#include "media/negotiated.h"
#include "media/srtp.h"

struct certificate;
struct dtls_context;
struct dtls;

/**
 * A fresh P-256 key and self-signed certificate with a random serial (Firefox refuses two of one issuer and serial, traps.md).
 *
 * Owns:   *ret is the caller's and must outlive what uses it.
 * Errors: -ENOMEM, -EIO from OpenSSL.
 */
int certificate_create(struct certificate **ret);
struct certificate *certificate_destroy(struct certificate *c);
void certificate_fingerprint(const struct certificate *c, struct fingerprint *ret);

/** Shared by the paths of one worker. Thread: that worker's. Errors: -ENOMEM, -EIO. */
int dtls_context_create(struct dtls_context **ret, const struct certificate *cert);
struct dtls_context *dtls_context_destroy(struct dtls_context *c);

enum dtls_state { DTLS_IDLE, DTLS_SHAKING, DTLS_DONE, DTLS_CLOSED };

/* Called from within dtls_receive() and dtls_tick(): one datagram to the peer. */
typedef void dtls_send_fn(void *user, const uint8_t *data, size_t len);

/** Owns: *ret is the caller's; `context` must outlive it. Errors: -ENOMEM. */
int dtls_create(struct dtls **ret, struct dtls_context *context, dtls_send_fn *send, void *user);
struct dtls *dtls_destroy(struct dtls *d);

/** True for what may start or go on with a handshake in this state; the rest is dropped unread. */
bool dtls_admits(const struct dtls *d, const uint8_t *data, size_t len);

/** Takes one admitted datagram. Returns the state after it. About 0.75 ms of CPU for a whole handshake. */
enum dtls_state dtls_receive(struct dtls *d, const uint8_t *data, size_t len);

/** Repeats a lost flight when its time has come, forgets refusals. Each 50 ms until DTLS_DONE. */
enum dtls_state dtls_tick(struct dtls *d);

enum dtls_state dtls_state(const struct dtls *d);

/** True when the peer's certificate has this fingerprint. DTLS_DONE only; else false. Spec: RFC 8122 §5. */
bool dtls_peer_matches(const struct dtls *d, const struct fingerprint *f);

/** Keys for both directions (RFC 5764 §4.2). DTLS_DONE only. Errors: -EPROTO without a common SRTP suite, -ENOMEM. */
int dtls_srtp_keys(const struct dtls *d, enum srtp_suite *ret_suite, struct srtp **ret_in, struct srtp **ret_out);

#endif
