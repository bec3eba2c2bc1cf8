/*
 * The TCP side of a worker's port (ICE-TCP passive, RFC 6544): who connects, who is let in by a check, who goes.
 * Media thread only, but for create and destroy.
 *
 *   accepted ─► pending: 5 s at most, 256 in all, 32 of one place; the oldest makes room for the newest
 *                  │ an authenticated check let its address through the gate
 *                  ▼
 *               let in: as long as the gate knows its address
 *
 * To the gate, the paths and the send queue a link is an address, of a family that no kernel has, never given twice.
 */
#ifndef HUITANG_MEDIA_TCP_LINKS_H
#define HUITANG_MEDIA_TCP_LINKS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/base/counters.h"

#define TCP_LINKS 4096
#define TCP_LINKS_PENDING 256
#define TCP_LINKS_PENDING_OF_ONE 32
#define TCP_LINKS_PENDING_US 5000000
#define TCP_LINKS_GREETINGS 32          /* packets of one that is not let in: then it is closed */

/* `link` is the address by which it is known here, `peer` that of the other end of the connection; borrowed until return. */
struct tcp_links_events {
	/* `data` may be changed, and stays until on_read(). */
	void (*on_packet)(void *user, uint8_t *data, size_t len, const struct sockaddr_storage *link, const struct sockaddr_storage *peer,
	                  int64_t now_us);
	/* All of one reading was given. */
	void (*on_read)(void *user, int64_t now_us);
	bool (*is_let_in)(void *user, const struct sockaddr_storage *link);
	/* Closed by the peer: it was let in, and nothing more comes from there. */
	void (*on_gone)(void *user, const struct sockaddr_storage *link, int64_t now_us);
};

struct tcp_links;

#define TCP_LINKS_FAMILY 0xfe00         /* of a link's address */

/**
 * Listens on an address and port. `events` and `counters` outlive it.
 *
 * Errors: -ENOMEM, -errno of socket(), bind() (-EADDRINUSE), listen().
 */
int tcp_links_create(struct tcp_links **ret, const struct sockaddr_storage *listen, struct counters *counters,
                     const struct tcp_links_events *events, void *user);
struct tcp_links *tcp_links_destroy(struct tcp_links *t);

/** True while anybody is connected. */
bool tcp_links_any(const struct tcp_links *t);

/** Readable while there is something to do for tcp_links_turn(). Borrowed. */
int tcp_links_fd(const struct tcp_links *t);

/** Accepts, reads and writes what is ready, a bounded part. */
void tcp_links_turn(struct tcp_links *t, int64_t now_us);

/** Each second: closes who was not let in in time, and whose address the gate has forgotten. */
void tcp_links_tick(struct tcp_links *t, int64_t now_us);

/** True for the address of a link. */
bool tcp_links_is_link(const struct sockaddr_storage *address);

/** Queues a packet for a link; false and counted when it was dropped, or the link is gone. */
bool tcp_links_send(struct tcp_links *t, const struct sockaddr_storage *link, const uint8_t *data, size_t len);

/** Writes what was queued since the last call: one system call a link. */
void tcp_links_flush(struct tcp_links *t);

#endif
