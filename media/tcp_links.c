/* See tcp_links.h. */
#include "media/tcp_links.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/base/address.h"
#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/counter.h"
#include "media/tcp_link.h"

#define BACKLOG 256
#define ACCEPTS_A_TURN 16
#define EVENTS_A_TURN 16
#define LISTENER UINT32_MAX

struct entry {
	struct tcp_link *link;                  /* owned */
	struct sockaddr_storage address;        /* as a link */
	struct sockaddr_storage peer;
	uint32_t serial;
	int64_t accepted_us;
	bool pending;
	uint8_t greetings;                      /* packets while pending */
	bool dirty;                             /* something was queued since the last flush */
	bool blocked;                           /* the socket takes no more: it tells when it does */
};

struct tcp_links {
	int fd;                                 /* owned: listens */
	int epoll;                              /* owned */
	bool paused;                            /* no more descriptors: until the next tick */
	struct counters *counters;              /* given */
	const struct tcp_links_events *events;  /* given */
	void *user;
	uint32_t last_serial;
	size_t next;                            /* where to look for a free place */
	size_t highest;                         /* no entry at or above this index */
	struct entry *entries[TCP_LINKS];       /* owned */
	size_t n_pending;
	uint16_t pending[TCP_LINKS_PENDING];    /* the oldest first */
	size_t n_dirty;
	uint16_t dirty[TCP_LINKS];
	uint8_t scratch[TCP_LINK_SCRATCH_BYTES];
};

/* Laid out as IPv6 addresses are, so that whatever takes those takes these. */
static struct sockaddr_storage address_of(uint32_t index, uint32_t serial)
{
	struct sockaddr_in6 in6 = { .sin6_family = TCP_LINKS_FAMILY };
	struct sockaddr_storage a = { 0 };

	memcpy(&in6.sin6_addr.s6_addr[0], &index, sizeof(index));
	memcpy(&in6.sin6_addr.s6_addr[4], &serial, sizeof(serial));
	memcpy(&a, &in6, sizeof(in6));
	return a;
}

bool tcp_links_is_link(const struct sockaddr_storage *address)
{
	return address->ss_family == TCP_LINKS_FAMILY;
}

static struct entry *find(const struct tcp_links *t, uint32_t index, uint32_t serial)
{
	struct entry *e = index < TCP_LINKS ? t->entries[index] : NULL;

	return e && e->serial == serial ? e : NULL;
}

static struct entry *find_address(const struct tcp_links *t, const struct sockaddr_storage *address, uint32_t *ret_index)
{
	struct sockaddr_in6 in6 = address_as_in6(address);
	uint32_t serial;

	memcpy(ret_index, &in6.sin6_addr.s6_addr[0], sizeof(*ret_index));
	memcpy(&serial, &in6.sin6_addr.s6_addr[4], sizeof(serial));
	return find(t, *ret_index, serial);
}

static void watch(const struct tcp_links *t, int op, int fd, uint32_t events, uint32_t index, uint32_t serial)
{
	struct epoll_event ev = { .events = events, .data.u64 = (uint64_t)serial << 32 | index };

	epoll_ctl(t->epoll, op, fd, &ev);
}

static void leave_pending(struct tcp_links *t, size_t index)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_pending; i++)
		if (t->pending[i] != index)
			t->pending[n++] = t->pending[i];
	t->n_pending = n;
}

static void close_entry(struct tcp_links *t, size_t index)
{
	struct entry *e = t->entries[index];

	if (e->pending)
		leave_pending(t, index);
	tcp_link_destroy(e->link);
	t->entries[index] = mem_free(e);
	while (t->highest > 0 && !t->entries[t->highest - 1])
		t->highest--;
	counters_add(t->counters, COUNT_TCP_LINKS, -1);
}

static void refuse_oldest(struct tcp_links *t, size_t index)
{
	counters_add(t->counters, COUNT_TCP_REFUSED, 1);
	close_entry(t, index);
}

/* One IPv4 address, or one /64 of IPv6: what one peer has without effort. */
static bool same_place(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	struct sockaddr_storage x = address_unmapped(a), y = address_unmapped(b);
	struct sockaddr_in6 x6 = address_as_in6(&x), y6 = address_as_in6(&y);

	if (x.ss_family != y.ss_family)
		return false;
	if (x.ss_family == AF_INET6)
		return memcmp(&x6.sin6_addr, &y6.sin6_addr, 8) == 0;
	return ((const struct sockaddr_in *)&x)->sin_addr.s_addr == ((const struct sockaddr_in *)&y)->sin_addr.s_addr;
}

/* Room among the pending for one from `peer`. Who comes by the right way is let in within a round trip, long before it is the oldest. */
static void make_room(struct tcp_links *t, const struct sockaddr_storage *peer)
{
	size_t n = 0, oldest = 0;

	for (size_t i = t->n_pending; i > 0; i--) {
		if (same_place(&t->entries[t->pending[i - 1]]->peer, peer)) {
			n++;
			oldest = t->pending[i - 1];
		}
	}
	if (n >= TCP_LINKS_PENDING_OF_ONE)
		refuse_oldest(t, oldest);
	else if (t->n_pending == TCP_LINKS_PENDING)
		refuse_oldest(t, t->pending[0]);
}

static int free_index(struct tcp_links *t)
{
	for (size_t i = 0; i < TCP_LINKS; i++) {
		size_t index = (t->next + i) % TCP_LINKS;

		if (!t->entries[index]) {
			t->next = index + 1;
			return (int)index;
		}
	}
	return -ENOSPC;
}

static int add(struct tcp_links *t, int fd, const struct sockaddr_storage *peer, int64_t now_us)
{
	struct entry *e;
	int index, r;

	make_room(t, peer);
	index = free_index(t);
	e = index >= 0 ? mem_zalloc(sizeof(*e)) : NULL;
	if (!e) {
		close(fd);
		return index < 0 ? index : -ENOMEM;
	}
	r = tcp_link_create(&e->link, fd);
	if (r < 0) {
		mem_free(e);
		return r;
	}
	e->serial = ++t->last_serial;
	e->address = address_of((uint32_t)index, e->serial);
	e->peer = *peer;
	e->accepted_us = now_us;
	e->pending = true;
	t->entries[index] = e;
	t->highest = MAX(t->highest, (size_t)index + 1);
	t->pending[t->n_pending++] = (uint16_t)index;
	watch(t, EPOLL_CTL_ADD, fd, EPOLLIN, (uint32_t)index, e->serial);
	counters_add(t->counters, COUNT_TCP_LINKS, 1);
	return 0;
}

static void pause_listening(struct tcp_links *t, bool pause)
{
	if (t->paused == pause)
		return;
	t->paused = pause;
	watch(t, EPOLL_CTL_MOD, t->fd, pause ? 0 : EPOLLIN, LISTENER, 0);
}

static void accept_some(struct tcp_links *t, int64_t now_us)
{
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		struct sockaddr_storage peer = { 0 };
		socklen_t len = sizeof(peer);
		int fd = accept4(t->fd, (struct sockaddr *)&peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0) {
			/* Without descriptors it would be ready for ever. */
			if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
				pause_listening(t, true);
			return;
		}
		counters_add(t->counters, COUNT_TCP_ACCEPTED, 1);
		if (add(t, fd, &peer, now_us) < 0)
			counters_add(t->counters, COUNT_TCP_REFUSED, 1);
	}
}

/* A check may have let it in. */
static int look_at_gate(struct tcp_links *t, size_t index)
{
	struct entry *e = t->entries[index];

	if (!e->pending || !t->events->is_let_in(t->user, &e->address))
		return 0;
	e->pending = false;
	leave_pending(t, index);
	return tcp_link_let_in(e->link);
}

static int read_packets(struct tcp_links *t, size_t index, int64_t now_us)
{
	struct entry *e = t->entries[index];
	int len = tcp_link_read(e->link, t->scratch), r;
	size_t at = 0, n;
	uint8_t *packet;

	if (len <= 0)
		return len;
	while ((r = framing_next(t->scratch, (size_t)len, &at, &packet, &n)) > 0) {
		if (e->pending && ++e->greetings > TCP_LINKS_GREETINGS) {
			r = -EPROTO;
			break;
		}
		t->events->on_packet(t->user, packet, n, &e->address, &e->peer, now_us);
	}
	t->events->on_read(t->user, now_us);
	if (r == 0)
		tcp_link_keep(e->link, t->scratch + at, (size_t)len - at);
	return r < 0 ? r : look_at_gate(t, index);
}

static void close_gone(struct tcp_links *t, size_t index, int64_t now_us)
{
	struct entry *e = t->entries[index];

	if (!e->pending)
		t->events->on_gone(t->user, &e->address, now_us);
	close_entry(t, index);
}

/* What it cannot send shows when it is read: a dead socket is readable. */
static void flush_entry(struct tcp_links *t, size_t index)
{
	struct entry *e = t->entries[index];
	bool blocked;

	tcp_link_flush(e->link);
	blocked = tcp_link_waiting(e->link) > 0;
	if (blocked != e->blocked)
		watch(t, EPOLL_CTL_MOD, tcp_link_fd(e->link), blocked ? EPOLLIN | EPOLLOUT : EPOLLIN, (uint32_t)index, e->serial);
	e->blocked = blocked;
}

static void on_ready(struct tcp_links *t, const struct epoll_event *ev, int64_t now_us)
{
	uint32_t index = (uint32_t)ev->data.u64;
	struct entry *e = find(t, index, (uint32_t)(ev->data.u64 >> 32));

	if (index == LISTENER) {
		accept_some(t, now_us);
		return;
	}
	if (!e)
		return; /* closed since the event came up */
	if (ev->events & EPOLLOUT)
		flush_entry(t, index);
	if (ev->events & ~(uint32_t)EPOLLOUT && read_packets(t, index, now_us) < 0)
		close_gone(t, index, now_us);
}

void tcp_links_turn(struct tcp_links *t, int64_t now_us)
{
	struct epoll_event events[EVENTS_A_TURN];
	int n = epoll_wait(t->epoll, events, EVENTS_A_TURN, 0);

	for (int i = 0; i < n; i++)
		on_ready(t, &events[i], now_us);
}

void tcp_links_tick(struct tcp_links *t, int64_t now_us)
{
	pause_listening(t, false);
	while (t->n_pending > 0 && now_us - t->entries[t->pending[0]]->accepted_us > TCP_LINKS_PENDING_US)
		refuse_oldest(t, t->pending[0]);
	for (size_t i = 0; i < t->highest; i++)
		if (t->entries[i] && !t->entries[i]->pending && !t->events->is_let_in(t->user, &t->entries[i]->address))
			close_entry(t, i);
}

bool tcp_links_send(struct tcp_links *t, const struct sockaddr_storage *link, const uint8_t *data, size_t len)
{
	uint32_t index;
	struct entry *e = find_address(t, link, &index);

	if (!e || !tcp_link_send(e->link, data, len)) {
		counters_add(t->counters, COUNT_TCP_DROPPED, 1);
		return false;
	}
	if (!e->dirty && !e->blocked && t->n_dirty < TCP_LINKS) {
		e->dirty = true;
		t->dirty[t->n_dirty++] = (uint16_t)index;
	}
	return true;
}

void tcp_links_flush(struct tcp_links *t)
{
	for (size_t i = 0; i < t->n_dirty; i++) {
		struct entry *e = t->entries[t->dirty[i]];

		if (!e)
			continue;
		e->dirty = false;
		flush_entry(t, t->dirty[i]);
	}
	t->n_dirty = 0;
}

static int open_listener(struct tcp_links *t, const struct sockaddr_storage *listen_on)
{
	int on = 1, only = !address_takes_both(listen_on);

	t->fd = socket(listen_on->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (t->fd < 0)
		return -errno;
	setsockopt(t->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (listen_on->ss_family == AF_INET6)
		setsockopt(t->fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only));
	if (bind(t->fd, (const struct sockaddr *)listen_on, address_len(listen_on)) < 0 || listen(t->fd, BACKLOG) < 0)
		return -errno;
	t->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (t->epoll < 0)
		return -errno;
	watch(t, EPOLL_CTL_ADD, t->fd, EPOLLIN, LISTENER, 0);
	return 0;
}

int tcp_links_create(struct tcp_links **ret, const struct sockaddr_storage *listen, struct counters *counters,
                     const struct tcp_links_events *events, void *user)
{
	struct tcp_links *t = mem_zalloc(sizeof(*t));
	int r;

	if (!t)
		return -ENOMEM;
	t->fd = t->epoll = -1;
	t->counters = counters;
	t->events = events;
	t->user = user;
	r = open_listener(t, listen);
	if (r < 0) {
		tcp_links_destroy(t);
		return r;
	}
	*ret = t;
	return 0;
}

struct tcp_links *tcp_links_destroy(struct tcp_links *t)
{
	if (!t)
		return NULL;
	while (t->highest > 0)
		close_entry(t, t->highest - 1);
	if (t->epoll >= 0)
		close(t->epoll);
	if (t->fd >= 0)
		close(t->fd);
	return mem_free(t);
}

bool tcp_links_any(const struct tcp_links *t)
{
	return t->highest > 0;
}

int tcp_links_fd(const struct tcp_links *t)
{
	return t->epoll;
}
