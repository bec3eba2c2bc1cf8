/*
 * The UDP side of all endpoints: datagrams in by recvmmsg and GRO, out by sendmmsg, sealed just before. Either one socket for
 * all, where an endpoint is an address of its own (IP_PKTINFO tells which), or a socket for each.
 *
 * The one socket is read once a tick and not when it becomes readable: whoever sends to it then never pays for waking this
 * thread, as nobody does who sends to a network card.
 */
#ifndef LOAD_PORT_H
#define LOAD_PORT_H

#include <netinet/in.h>
#include <stdbool.h>

#include "media/srtp.h"
#include "tests/load/hub.h"

#define PORT_ENDPOINTS 60000
#define PORT_BYTES 1500         /* the longest datagram that is sent */

struct port;
struct line;

struct port_events {
	/* `data` may be written to, up to `len`; borrowed until return. `now_us`: when it arrived, by the kernel. */
	void (*on_datagram)(void *user, unsigned endpoint, uint8_t *data, size_t len, int64_t now_us);
};

struct port_cfg {
	bool each;                      /* a socket for each endpoint */
	struct in_addr first;           /* the address of endpoint 0; the next one's follows it. This machine has all of them */
};

/** Owns: the caller's; it outlives no hub. Errors: -errno. */
int port_create(struct port **ret, struct hub *hub, const struct port_cfg *cfg, const struct port_events *events, void *user);
struct port *port_destroy(struct port *p);

/** True when the address is this machine's own: only then can one socket do for all endpoints. */
bool port_is_near(const struct in_addr *remote);

/** Gives an endpoint its address, told in *ret. `remote` says which interface it must reach. Errors: -errno; -EADDRNOTAVAIL: not this machine's. */
int port_open(struct port *p, unsigned endpoint, const struct in_addr *remote, struct sockaddr_in *ret);
void port_close(struct port *p, unsigned endpoint);

/** Reads what came to the one socket; nothing to do with a socket for each. */
void port_receive(struct port *p, int64_t now_us);

/*
 * Room for one datagram of PORT_BYTES, to be filled and given to port_send() before the next call. `srtp`: seals with it, NULL
 * sends as it is. `line`: takes the sealed datagram instead of the socket; NULL none.
 */
uint8_t *port_room(struct port *p);
void port_send(struct port *p, unsigned endpoint, const struct sockaddr_in *to, size_t len, struct srtp *srtp, bool rtcp,
               struct line *line);

/** Sends what waits; called at the end of each turn and whenever the queue is full. */
void port_flush(struct port *p);

struct port_stats {
	uint64_t overflow;              /* datagrams that the kernel dropped since our sockets were full */
	uint64_t send_failed;
	int receive_buffer_bytes;       /* what the one socket was given */
};
void port_stats(const struct port *p, struct port_stats *ret);

#endif
