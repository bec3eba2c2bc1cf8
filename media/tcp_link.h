/*
 * One accepted TCP connection of ICE-TCP (RFC 6544): framed packets both ways, bounded, never waiting. Media thread only.
 *
 * What does not fit is not cut: a packet is taken whole or not at all, and of a picture (packets of one SSRC and timestamp) all
 * packets are taken or none, since half of one is worth nothing and costs the line as much.
 */
#ifndef HUITANG_MEDIA_TCP_LINK_H
#define HUITANG_MEDIA_TCP_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/framing.h"

#define TCP_LINK_READ_BYTES 16384                               /* at most, a turn */
#define TCP_LINK_SCRATCH_BYTES (FRAMING_MAX_BYTES + TCP_LINK_READ_BYTES)
#define TCP_LINK_GREETING_BYTES 4096                            /* waiting at most before it is let in: answers to checks */
#define TCP_LINK_WAITING_BYTES (192 * 1024)                     /* and afterwards */
#define TCP_LINK_BEGIN_BYTES (32 * 1024)                        /* no new picture begins while more waits … */
#define TCP_LINK_SMALL_BYTES 320                                /* … but voices and what is as small up to twice that */
#define TCP_LINK_STREAMS 128

struct tcp_link;

/**
 * Takes over a connected socket: TCP_NODELAY and TCP_NOTSENT_LOWAT are set where it has them.
 *
 * Owns:   *ret is the caller's; it closes `fd`, also on failure.
 * Errors: -ENOMEM.
 */
int tcp_link_create(struct tcp_link **ret, int fd);
struct tcp_link *tcp_link_destroy(struct tcp_link *l);

int tcp_link_fd(const struct tcp_link *l);

/** It may hold more from now on. Errors: -ENOMEM. */
int tcp_link_let_in(struct tcp_link *l);

/**
 * Reads once into `scratch` (TCP_LINK_SCRATCH_BYTES), behind what was left of a packet. The length, 0 when nothing has come.
 * The caller takes packets out by framing_next() and gives the rest back by tcp_link_keep().
 *
 * Errors: -ECONNRESET the peer has closed; -errno of recv().
 */
int tcp_link_read(struct tcp_link *l, uint8_t *scratch);

/** Keeps what is left of a packet, less than FRAMING_MAX_BYTES. */
void tcp_link_keep(struct tcp_link *l, const uint8_t *rest, size_t len);

/** Queues one packet of at most UINT16_MAX bytes. False: it was dropped. */
bool tcp_link_send(struct tcp_link *l, const uint8_t *data, size_t len);

/** Writes what waits, as far as the socket takes it. Errors: -errno of send(). */
int tcp_link_flush(struct tcp_link *l);

/** Bytes that wait for the socket. */
size_t tcp_link_waiting(const struct tcp_link *l);

#endif
