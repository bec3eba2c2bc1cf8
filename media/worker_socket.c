/* A worker's port: its UDP socket, and TCP under the same number. See worker.h. */
#include "media/worker_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/udp.h>
#include <unistd.h>

#include "media/base/address.h"
#include "media/base/log.h"

#define SOCKET_BUFFER_BYTES (4 << 20)
#define PORTS_TRIED 16                  /* for one that is free for UDP and TCP, when any will do */

static void ask_buffer(int fd, int force, int plain)
{
	int bytes = SOCKET_BUFFER_BYTES;

	if (setsockopt(fd, SOL_SOCKET, force, &bytes, sizeof(bytes)) < 0)
		setsockopt(fd, SOL_SOCKET, plain, &bytes, sizeof(bytes));
}

static int buffer_given(int fd, int option)
{
	socklen_t len = sizeof(int);
	int bytes = 0;

	getsockopt(fd, SOL_SOCKET, option, &bytes, &len);
	return bytes;
}

static int open_socket(struct worker *w, const struct sockaddr_storage *listen)
{
	int on = 1, only = !address_takes_both(listen), never = IP_PMTUDISC_PROBE;
	struct sockaddr_storage bound = { 0 };
	socklen_t len = sizeof(bound);

	w->fd = socket(listen->ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (w->fd < 0)
		return -errno;
	ask_buffer(w->fd, SO_RCVBUFFORCE, SO_RCVBUF);
	ask_buffer(w->fd, SO_SNDBUFFORCE, SO_SNDBUF);
	setsockopt(w->fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
	setsockopt(w->fd, SOL_UDP, UDP_GRO, &on, sizeof(on));
	/* Nothing of ours needs fragments: then the kernel need not draw a number for each message (3 to 6 % of sending). */
	setsockopt(w->fd, IPPROTO_IP, IP_MTU_DISCOVER, &never, sizeof(never));
	if (listen->ss_family == AF_INET6)
		setsockopt(w->fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only));
	if (bind(w->fd, (const struct sockaddr *)listen, address_len(listen)) < 0)
		return -errno;
	getsockname(w->fd, (struct sockaddr *)&bound, &len);
	w->port = address_port(&bound);
	log_event(LOG_INFO, "worker.listening worker=%u port=%u rcvbuf=%d sndbuf=%d", w->number, w->port, buffer_given(w->fd, SO_RCVBUF),
	          buffer_given(w->fd, SO_SNDBUF));
	return 0;
}

static int open_tcp(struct worker *w, const struct sockaddr_storage *listen)
{
	struct sockaddr_storage at = *listen;

	address_set_port(&at, w->port);
	return tcp_links_create(&w->links, &at, w->counters, &worker_tcp_events, w);
}

/* Each message that comes with a stamp costs a little: only where it is of use. */
void worker_stamp_arrivals(struct worker *w, bool on)
{
	int value = on;

	if (w->stamped == on)
		return;
	w->stamped = on;
	setsockopt(w->fd, SOL_SOCKET, SO_TIMESTAMPNS, &value, sizeof(value));
}

/* One port number for both. Where any will do, that of UDP may be taken for TCP: then another. */
int worker_open_sockets(struct worker *w, const struct sockaddr_storage *listen, bool tcp)
{
	int r = open_socket(w, listen);

	for (int i = 1; r == 0 && tcp; i++) {
		r = open_tcp(w, listen);
		if (r != -EADDRINUSE || address_port(listen) != 0 || i == PORTS_TRIED)
			break;
		close(w->fd);
		r = open_socket(w, listen);
	}
	return r;
}
