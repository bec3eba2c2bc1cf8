/* See tcp_link.h. */
#include "media/tcp_link.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/base/bytes.h"
#include "media/base/mem.h"
#include "media/rtp.h"

#define NOTSENT_BYTES (32 * 1024)       /* the kernel's queue stays short: what we can still drop waits here */
#define UNACKED_MS 30000                /* then the peer is gone */
#define PROBES 8

/* A picture (or a piece of sound) under way. */
struct picture {
	uint32_t ssrc;
	uint32_t timestamp;
	bool known, dropped;
};

struct tcp_link {
	int fd;                                 /* owned */
	size_t rest_len;
	uint8_t rest[FRAMING_MAX_BYTES];        /* of a packet that has not come whole */
	struct picture pictures[TCP_LINK_STREAMS];
	uint8_t *out;                           /* owned: out_size bytes, of which head … tail wait */
	size_t out_size, head, tail;
};

static void set_options(int fd)
{
	int on = 1, lowat = NOTSENT_BYTES, unacked = UNACKED_MS;

	/* The tests' sockets are none of TCP. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &lowat, sizeof(lowat));
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacked, sizeof(unacked));
}

int tcp_link_create(struct tcp_link **ret, int fd)
{
	struct tcp_link *l = mem_zalloc(sizeof(*l));

	if (l)
		l->out = mem_calloc(TCP_LINK_GREETING_BYTES, 1);
	if (!l || !l->out) {
		mem_free(l);
		close(fd);
		return -ENOMEM;
	}
	l->fd = fd;
	l->out_size = TCP_LINK_GREETING_BYTES;
	set_options(fd);
	*ret = l;
	return 0;
}

struct tcp_link *tcp_link_destroy(struct tcp_link *l)
{
	if (!l)
		return NULL;
	close(l->fd);
	mem_free(l->out);
	return mem_free(l);
}

int tcp_link_fd(const struct tcp_link *l)
{
	return l->fd;
}

int tcp_link_let_in(struct tcp_link *l)
{
	uint8_t *more;

	if (l->out_size == TCP_LINK_WAITING_BYTES)
		return 0;
	more = mem_realloc(l->out, TCP_LINK_WAITING_BYTES);
	if (!more)
		return -ENOMEM;
	l->out = more;
	l->out_size = TCP_LINK_WAITING_BYTES;
	return 0;
}

int tcp_link_read(struct tcp_link *l, uint8_t *scratch)
{
	ssize_t n;

	memcpy(scratch, l->rest, l->rest_len);
	n = recv(l->fd, scratch + l->rest_len, TCP_LINK_READ_BYTES, MSG_DONTWAIT);
	if (n == 0)
		return -ECONNRESET;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	n += (ssize_t)l->rest_len;
	l->rest_len = 0;
	return (int)n;
}

void tcp_link_keep(struct tcp_link *l, const uint8_t *rest, size_t len)
{
	memcpy(l->rest, rest, len);
	l->rest_len = len;
}

/* The place of a stream, a free one, or that of another which then begins anew. */
static struct picture *picture_of(struct tcp_link *l, uint32_t ssrc)
{
	size_t first = (ssrc ^ ssrc >> 16) % TCP_LINK_STREAMS;

	for (size_t i = 0; i < PROBES; i++) {
		struct picture *p = &l->pictures[(first + i) % TCP_LINK_STREAMS];

		if (!p->known || p->ssrc == ssrc)
			return p;
	}
	return &l->pictures[first];
}

/* The picture that an RTP packet belongs to, by its header, which stays readable in SRTP; NULL for what is none. */
static struct picture *take_picture(struct tcp_link *l, const uint8_t *data, size_t len)
{
	uint32_t timestamp, ssrc;
	struct picture *p;

	if (len < RTP_HEADER_BYTES || data[0] >> 6 != 2 || !rtp_is_rtp(data, len))
		return NULL;
	timestamp = read_u32(data + 4);
	ssrc = read_u32(data + 8);
	p = picture_of(l, ssrc);
	if (!p->known || p->ssrc != ssrc || p->timestamp != timestamp)
		*p = (struct picture){ ssrc, timestamp, true, tcp_link_waiting(l) > TCP_LINK_BEGIN_BYTES * (len <= TCP_LINK_SMALL_BYTES ? 2u : 1u) };
	return p;
}

/* What waits lies in one piece, moved to the front when the end is reached: seldom, since it mostly empties. */
static bool make_room(struct tcp_link *l, size_t len)
{
	if (l->out_size - l->tail >= len)
		return true;
	if (l->out_size - tcp_link_waiting(l) < len)
		return false;
	memmove(l->out, l->out + l->head, tcp_link_waiting(l));
	l->tail -= l->head;
	l->head = 0;
	return true;
}

bool tcp_link_send(struct tcp_link *l, const uint8_t *data, size_t len)
{
	struct picture *p = take_picture(l, data, len);

	if (len > UINT16_MAX || (p && p->dropped))
		return false;
	if (!make_room(l, FRAMING_HEAD_BYTES + len)) {
		if (p)
			p->dropped = true;
		return false;
	}
	write_u16(l->out + l->tail, (uint16_t)len);
	memcpy(l->out + l->tail + FRAMING_HEAD_BYTES, data, len);
	l->tail += FRAMING_HEAD_BYTES + len;
	return true;
}

int tcp_link_flush(struct tcp_link *l)
{
	while (l->head < l->tail) {
		ssize_t n = send(l->fd, l->out + l->head, l->tail - l->head, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		l->head += (size_t)n;
	}
	l->head = l->tail = 0;
	return 0;
}

size_t tcp_link_waiting(const struct tcp_link *l)
{
	return l->tail - l->head;
}
