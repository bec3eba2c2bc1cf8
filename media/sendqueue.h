/*
 * Packets on their way out of a worker: written in the clear, sealed in one batch, sent by one sendmmsg(). Media thread only.
 *
 * A group is what leaves to one subscriber at one moment. Its packets are put into few GSO messages (UDP_SEGMENT: equal sizes but
 * the last, which may be shorter): largest first, those of one stream in their order; packets a little shorter than their
 * predecessor are padded (RFC 3550 §5.1) where that lets the message go on. Transport-wide numbers are given in the order that results.
 */
#ifndef HUITANG_MEDIA_SENDQUEUE_H
#define HUITANG_MEDIA_SENDQUEUE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/base/counters.h"
#include "media/srtp.h"

#define SENDQUEUE_PACKET_BYTES 1600     /* a 1,500-byte packet, our header instead of its own, the tag */
#define SENDQUEUE_GROUP 32              /* packets of one group */

struct sendqueue;
struct tcp_links;

/** `fd` and `links` (NULL for none; what goes to their addresses goes there) are borrowed. Errors: -ENOMEM. */
int sendqueue_create(struct sendqueue **ret, int fd, struct tcp_links *links, struct counters *counters);
struct sendqueue *sendqueue_destroy(struct sendqueue *q);

/** Room for one packet of up to SENDQUEUE_PACKET_BYTES - SRTP_MAX_OVERHEAD bytes. Flushes first when full. */
uint8_t *sendqueue_begin(struct sendqueue *q);

/** The packet written at sendqueue_begin() has `len` bytes, is sealed by `srtp` (NULL: sent as it is) and goes to `to`. */
void sendqueue_commit(struct sendqueue *q, size_t len, struct srtp *srtp, bool rtcp, const struct sockaddr_storage *to,
                      socklen_t to_len);

struct group_cfg {
	struct srtp *srtp;
	const struct sockaddr_storage *to;
	socklen_t to_len;
	size_t padding;                 /* bytes that a packet may grow so that it has the size of those before it */
	uint16_t *next_number;          /* transport-wide, counted up; NULL: packets have none */
	/* For each, in sending order; `packet` in the clear; `bytes` without seal, IP and UDP. */
	void (*on_numbered)(void *user, uint16_t number, const uint8_t *packet, size_t bytes);
	void *user;
};

/** Begins a group; until sendqueue_end_group() only its packets are written. `cfg` is copied, what it points to lives until then. */
void sendqueue_begin_group(struct sendqueue *q, const struct group_cfg *cfg);

/**
 * The RTP packet written at sendqueue_begin() belongs to the group. `number_at` is where its transport-wide number goes, 0 for none.
 * The caller looks at sendqueue_group_room() before.
 */
void sendqueue_add(struct sendqueue *q, size_t len, size_t number_at);

/**
 * What is sealed of the packet added last is copied to `data` when the queue is flushed, and its length, at most `size`, to *ret_len; what
 * is longer leaves *ret_len as it is. Both live until then. For few packets.
 */
void sendqueue_keep(struct sendqueue *q, uint8_t *data, size_t size, uint16_t *ret_len);

/** How many more packets the group may take. */
size_t sendqueue_group_room(const struct sendqueue *q);

void sendqueue_end_group(struct sendqueue *q);

/** Packets committed so far, ever. */
uint64_t sendqueue_committed(const struct sendqueue *q);

/** Seals and sends what waits. Before keys end, and once a turn of the loop. Not within a group. */
void sendqueue_flush(struct sendqueue *q);

#endif
