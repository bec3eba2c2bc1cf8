/*
 * DTLS datagrams that wait for their step, which costs as much as hundreds of packets. Embedded in a worker; media thread only.
 *
 * Those of handshakes that have begun go first: so few are under way at a time when hundreds come at once, each of them is over
 * sooner, and the memory that it needs serves the next. One in four is a first flight all the same, if any waits: nobody keeps
 * newcomers out by sending without end. Bounded: a full queue, and a path that has its share of it, lose what comes (senders repeat).
 */
#ifndef HUITANG_MEDIA_HANDSHAKES_H
#define HUITANG_MEDIA_HANDSHAKES_H

#include <sys/socket.h>

#include "media/media.h"
#include "media/rtp.h"

#define HANDSHAKES_WAITING 256
#define HANDSHAKES_A_PATH 16            /* of them: nobody fills the queue alone; a flight with a long certificate takes 6 */

struct handshake_packet {
	struct path_id id;
	struct sockaddr_storage from;
	socklen_t from_len;
	uint16_t len;
	uint16_t next;                  /* in its list */
	uint8_t data[RTP_MAX_PACKET_BYTES];
};

struct handshakes {
	struct handshake_packet *packets; /* owned, HANDSHAKES_WAITING */
	uint8_t *of_path;               /* owned: how many wait, by index of the path */
	struct handshake_list { uint16_t first, last; } idle, fresh, begun;
	uint16_t n;
	uint8_t turn;
};

/** For paths of index 0 to n_paths - 1. Owns: handshakes_done() ends it. Errors: -ENOMEM; `h` may then be given to handshakes_done(). */
int handshakes_init(struct handshakes *h, size_t n_paths);
void handshakes_done(struct handshakes *h);

/** `begun`: the path's handshake is under way, or over. Copies the datagram, of at most RTP_MAX_PACKET_BYTES. Errors: -ENOSPC. */
int handshakes_add(struct handshakes *h, struct path_id id, bool begun, const uint8_t *data, size_t len, const struct sockaddr_storage *from,
                   socklen_t from_len);

/** The next, taken out; valid until the next handshakes_add(). NULL: none waits. */
const struct handshake_packet *handshakes_take(struct handshakes *h);

static inline bool handshakes_wait(const struct handshakes *h)
{
	return h->n > 0;
}

#endif
