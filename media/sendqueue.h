/*
 * Packets on their way out of a worker: written in the clear, sealed in one batch, sent in one sendmmsg(). Media thread only.
 * A packet's place in the queue is its place on the wire. (One GSO message a frame takes this place later; the callers
 * already write a subscriber's packets one after the other.)
 */
#ifndef HUITANG_MEDIA_SENDQUEUE_H
#define HUITANG_MEDIA_SENDQUEUE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/base/counters.h"
#include "media/srtp.h"

#define SENDQUEUE_PACKETS 64
#define SENDQUEUE_PACKET_BYTES 1600     /* a 1,500-byte packet, our header instead of its own, the tag */

struct sendqueue;

/** `fd` is borrowed. Errors: -ENOMEM. */
int sendqueue_create(struct sendqueue **ret, int fd, struct counters *counters);
struct sendqueue *sendqueue_destroy(struct sendqueue *q);

/** Room for one packet of up to SENDQUEUE_PACKET_BYTES - SRTP_MAX_OVERHEAD bytes. Flushes first when full. */
uint8_t *sendqueue_begin(struct sendqueue *q);

/** The packet written at sendqueue_begin() has `len` bytes, is sealed by `srtp` (NULL: sent as it is) and goes to `to`. */
void sendqueue_commit(struct sendqueue *q, size_t len, struct srtp *srtp, bool rtcp, const struct sockaddr_storage *to,
                      socklen_t to_len);

/** Packets committed so far, ever. */
uint64_t sendqueue_committed(const struct sendqueue *q);

/** Seals and sends what waits. Before keys end, and once a turn of the loop. */
void sendqueue_flush(struct sendqueue *q);

#endif
