/* See port.h. */
#include "tests/load/port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/endpoint/loop.h"
#include "tests/load/line.h"

#define MESSAGES 32
#define MESSAGE_BYTES 65536
#define MOST_WAIT_US 10000000           /* a stamp older than that is not believed: the wall clock was set */
#define ROUNDS 64                       /* recvmmsg calls of one turn, so that timers come in time */
#define QUEUE 64
#define SHARED_BUFFER (64 << 20)
#define EACH_BUFFER (1 << 20)

struct own {                            /* a socket of one endpoint */
	struct watch watch;
	struct port *port;
	unsigned endpoint;
};

struct queued {
	struct sockaddr_in to;
	unsigned endpoint;
	uint16_t len;
	bool rtcp;
	struct srtp *srtp;
	struct line *line;
	union {
		char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
		struct cmsghdr align;
	} control;
	uint8_t data[PORT_BYTES + SRTP_MAX_OVERHEAD];
};

struct port {
	struct hub *hub;                        /* given */
	const struct port_events *events;       /* given */
	void *user;
	bool each;
	uint32_t first;                         /* address of endpoint 0 */
	int shared;                             /* -1: none */
	uint16_t shared_port;
	uint32_t shared_overflow;
	struct own *own[PORT_ENDPOINTS];        /* owned */
	struct port_stats stats;
	struct mmsghdr in[MESSAGES];
	struct iovec in_bytes[MESSAGES];
	struct sockaddr_in in_from[MESSAGES];
	char in_control[MESSAGES][256];
	uint8_t (*buffers)[MESSAGE_BYTES];      /* owned */
	struct queued queue[QUEUE];
	unsigned n_queued;
};

static int set_buffer(int fd, int bytes)
{
	int got = 0;
	socklen_t len = sizeof(got);

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &got, &len);
	return got;
}

static int open_socket(const struct sockaddr_in *local, int buffer, int *ret_given)
{
	static const int on = 1;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), e;

	if (fd < 0)
		return -errno;
	setsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, sizeof(on));
	setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	*ret_given = set_buffer(fd, buffer);
	if (bind(fd, (const struct sockaddr *)local, sizeof(*local)) == 0)
		return fd;
	e = -errno;
	close(fd);
	return e;
}

static uint16_t bound_port(int fd)
{
	struct sockaddr_in a = { 0 };
	socklen_t len = sizeof(a);

	getsockname(fd, (struct sockaddr *)&a, &len);
	return a.sin_port;
}

int port_create(struct port **ret, struct hub *hub, const struct port_cfg *cfg, const struct port_events *events, void *user)
{
	struct port *p = calloc(1, sizeof(*p));
	struct sockaddr_in any = { .sin_family = AF_INET };

	if (!p)
		return -ENOMEM;
	*p = (struct port){ .hub = hub, .each = cfg->each, .first = ntohl(cfg->first.s_addr), .events = events, .user = user, .shared = -1 };
	p->buffers = malloc(sizeof(*p->buffers) * MESSAGES);
	if (!p->buffers) {
		free(p);
		return -ENOMEM;
	}
	if (!cfg->each)
		p->shared = open_socket(&any, SHARED_BUFFER, &p->stats.receive_buffer_bytes);
	if (!cfg->each && p->shared < 0) {
		int e = p->shared;

		port_destroy(p);
		return e;
	}
	p->shared_port = cfg->each ? 0 : bound_port(p->shared);
	*ret = p;
	return 0;
}

struct port *port_destroy(struct port *p)
{
	if (!p)
		return NULL;
	for (unsigned i = 0; i < PORT_ENDPOINTS; i++)
		port_close(p, i);
	if (p->shared >= 0)
		close(p->shared);
	free(p->buffers);
	free(p);
	return NULL;
}

/* In. */

/* What the kernel says of one message. */
struct told {
	size_t segment;                 /* length of its datagrams, 0: it is one */
	uint32_t local;                 /* the address that it came to */
	uint32_t overflow;
	int64_t wall_us;                /* when it came, 0 not said */
};

static void read_control(struct msghdr *m, struct told *ret)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			ret->local = ntohl(info.ipi_addr.s_addr);
		} else if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO) {
			int size;

			memcpy(&size, CMSG_DATA(c), sizeof(size));
			ret->segment = (size_t)size;
		} else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
			memcpy(&ret->overflow, CMSG_DATA(c), sizeof(ret->overflow));
		} else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
			struct timespec t;

			memcpy(&t, CMSG_DATA(c), sizeof(t));
			ret->wall_us = t.tv_sec * 1000000ll + t.tv_nsec / 1000;
		}
	}
}

/*
 * When a message arrived, by the kernel's stamp: how long it then waited for this thread is no delay of the server's. `behind_us` is what the
 * monotonic clock is behind the wall's.
 */
static int64_t arrival_of(const struct told *t, int64_t now, int64_t behind_us)
{
	int64_t at = t->wall_us - behind_us;

	return t->wall_us && at <= now && now - at < MOST_WAIT_US ? at : now;
}

static void take_message(struct port *p, struct mmsghdr *m, uint8_t *data, const struct own *own, int64_t now, int64_t behind_us)
{
	struct told t = { .overflow = own ? 0 : p->shared_overflow };
	unsigned endpoint;

	read_control(&m->msg_hdr, &t);
	endpoint = own ? own->endpoint : t.local - p->first;
	if (!own) {
		p->stats.overflow += t.overflow - p->shared_overflow;
		p->shared_overflow = t.overflow;
	}
	if (endpoint >= PORT_ENDPOINTS || m->msg_len > MESSAGE_BYTES)
		return;
	if (!t.segment)
		t.segment = m->msg_len;
	now = arrival_of(&t, now, behind_us);
	for (size_t at = 0; at < m->msg_len; at += t.segment)
		p->events->on_datagram(p->user, endpoint, data + at, MIN(t.segment, m->msg_len - at), now);
}

static int64_t wall_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * 1000000ll + t.tv_nsec / 1000;
}

static int receive(struct port *p, int fd, const struct own *own)
{
	int64_t now, behind_us;
	int n;

	for (unsigned i = 0; i < MESSAGES; i++) {
		p->in_bytes[i] = (struct iovec){ p->buffers[i], MESSAGE_BYTES };
		p->in[i].msg_hdr = (struct msghdr){
			.msg_name = &p->in_from[i], .msg_namelen = sizeof(p->in_from[i]), .msg_iov = &p->in_bytes[i], .msg_iovlen = 1,
			.msg_control = p->in_control[i], .msg_controllen = sizeof(p->in_control[i]),
		};
	}
	n = recvmmsg(fd, p->in, own ? 8 : MESSAGES, MSG_DONTWAIT, NULL);
	now = now_us();
	behind_us = wall_us() - now;
	for (int i = 0; i < n; i++)
		take_message(p, &p->in[i], p->buffers[i], own, now, behind_us);
	return n;
}

void port_receive(struct port *p, int64_t now_us)
{
	(void)now_us;
	for (unsigned i = 0; i < ROUNDS && !p->each; i++)
		if (receive(p, p->shared, NULL) < MESSAGES)
			return;
}

static void on_own(struct watch *w, uint32_t events)
{
	struct own *o = (struct own *)(void *)w;

	(void)events;
	receive(o->port, w->fd, o);
}

static int open_own(struct port *p, unsigned endpoint, const struct sockaddr_in *local, struct sockaddr_in *ret)
{
	struct own *o = calloc(1, sizeof(*o));
	int r, given;

	if (!o)
		return -ENOMEM;
	*o = (struct own){ .watch.on_ready = on_own, .port = p, .endpoint = endpoint };
	r = o->watch.fd = open_socket(local, EACH_BUFFER, &given);
	if (r >= 0)
		r = hub_watch(p->hub, &o->watch, EPOLLIN);
	if (r < 0) {
		if (o->watch.fd >= 0)
			close(o->watch.fd);
		free(o);
		return r;
	}
	p->stats.receive_buffer_bytes = given;
	p->own[endpoint] = o;
	*ret = *local;
	ret->sin_port = bound_port(o->watch.fd);
	return 0;
}

/* The address that this machine uses towards `remote`. */
static int local_towards(const struct in_addr *remote, struct in_addr *ret)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr = *remote, .sin_port = htons(9) };
	socklen_t len = sizeof(to);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), r = -errno;

	if (fd < 0)
		return r;
	r = connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0 || getsockname(fd, (struct sockaddr *)&to, &len) < 0 ? -errno : 0;
	close(fd);
	if (r == 0)
		*ret = to.sin_addr;
	return r;
}

bool port_is_near(const struct in_addr *remote)
{
	struct in_addr local = { 0 };

	return ntohl(remote->s_addr) >> 24 == 127 || (local_towards(remote, &local) == 0 && local.s_addr == remote->s_addr);
}

int port_open(struct port *p, unsigned endpoint, const struct in_addr *remote, struct sockaddr_in *ret)
{
	bool near = port_is_near(remote);
	struct sockaddr_in local = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(p->first + endpoint) };

	if (endpoint >= PORT_ENDPOINTS)
		return -ENOSPC;
	if (!near && !p->each)
		return -EADDRNOTAVAIL;
	if (!near) {
		int r = local_towards(remote, &local.sin_addr);

		if (r < 0)
			return r;
	}
	if (p->each)
		return open_own(p, endpoint, &local, ret);
	local.sin_port = p->shared_port;
	*ret = local;
	return 0;
}

void port_close(struct port *p, unsigned endpoint)
{
	struct own *o = p->own[endpoint];

	if (!o)
		return;
	hub_unwatch(p->hub, &o->watch);
	close(o->watch.fd);
	free(o);
	p->own[endpoint] = NULL;
}

/* Out. */

uint8_t *port_room(struct port *p)
{
	if (p->n_queued == QUEUE)
		port_flush(p);
	return p->queue[p->n_queued].data;
}

void port_send(struct port *p, unsigned endpoint, const struct sockaddr_in *to, size_t len, struct srtp *srtp, bool rtcp,
               struct line *line)
{
	struct queued *q = &p->queue[p->n_queued++];

	q->to = *to;
	q->endpoint = endpoint;
	q->len = (uint16_t)len;
	q->srtp = srtp;
	q->rtcp = rtcp;
	q->line = line;
}

static void seal(struct port *p)
{
	struct srtp_job jobs[QUEUE];
	struct queued *of[QUEUE];
	unsigned n = 0;

	for (unsigned i = 0; i < p->n_queued; i++) {
		struct queued *q = &p->queue[i];

		if (!q->srtp)
			continue;
		of[n] = q;
		jobs[n++] = (struct srtp_job){
			.srtp = q->srtp, .in = q->data, .in_len = q->len, .out = q->data, .out_size = sizeof(q->data), .rtcp = q->rtcp,
		};
	}
	seal_batch(jobs, n);
	for (unsigned i = 0; i < n; i++)
		of[i]->len = (uint16_t)jobs[i].out_len; /* 0 when it failed */
}

static void fill_message(struct port *p, struct queued *q, struct mmsghdr *m, struct iovec *v)
{
	struct in_pktinfo info = { .ipi_spec_dst.s_addr = htonl(p->first + q->endpoint) };
	struct cmsghdr *c = &q->control.align;

	*v = (struct iovec){ q->data, q->len };
	m->msg_hdr = (struct msghdr){ .msg_name = &q->to, .msg_namelen = sizeof(q->to), .msg_iov = v, .msg_iovlen = 1 };
	if (p->each)
		return;
	c->cmsg_level = IPPROTO_IP;
	c->cmsg_type = IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(c), &info, sizeof(info));
	m->msg_hdr.msg_control = q->control.bytes;
	m->msg_hdr.msg_controllen = sizeof(q->control.bytes);
}

static void send_all(struct port *p, int fd, struct mmsghdr *m, unsigned n)
{
	for (unsigned at = 0; at < n;) {
		int sent = sendmmsg(fd, m + at, n - at, 0);

		if (sent > 0) {
			at += (unsigned)sent;
		} else if (errno != EINTR) {
			p->stats.send_failed++;
			at++;
		}
	}
}

/* Runs of datagrams for one socket go out by one call. */
static void send_queue(struct port *p)
{
	struct mmsghdr m[QUEUE];
	struct iovec v[QUEUE];
	unsigned n = 0;
	int fd = -1;

	for (unsigned i = 0; i < p->n_queued; i++) {
		struct queued *q = &p->queue[i];
		int its = !p->each ? p->shared : p->own[q->endpoint] ? p->own[q->endpoint]->watch.fd : -1;

		if (!q->len || q->line || its < 0)
			continue;
		if (its != fd && n) {
			send_all(p, fd, m, n);
			n = 0;
		}
		fd = its;
		fill_message(p, q, &m[n], &v[n]);
		n++;
	}
	if (n)
		send_all(p, fd, m, n);
}

void port_flush(struct port *p)
{
	if (!p->n_queued)
		return;
	seal(p);
	for (unsigned i = 0; i < p->n_queued; i++) {
		struct queued *q = &p->queue[i];

		if (q->len && q->line)
			line_take(q->line, &q->to, q->data, q->len, now_us());
	}
	send_queue(p);
	p->n_queued = 0;
}

void port_stats(const struct port *p, struct port_stats *ret)
{
	*ret = p->stats;
}
