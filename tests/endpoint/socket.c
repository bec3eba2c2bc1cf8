/* RFC 6455 client. The reader runs on the loop, under its lock; senders block on the caller's thread. */
#include "socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bytes.h"

#define WRITE_US 30000000
#define UPGRADE_MS 30000

struct socket {
	struct loop *loop;      /* given */
	int fd;
	GSource *reader;        /* owned */
	GByteArray *in;         /* owned: bytes of frames to come */
	GByteArray *message;    /* owned: fragments of a message */
	GQueue *texts;          /* owned */
	bool closed;
	unsigned code;
	pthread_mutex_t sending;
};

static int write_all(struct socket *s, const uint8_t *d, size_t len)
{
	int64_t deadline = now_us() + WRITE_US;

	while (len) {
		ssize_t n = send(s->fd, d, len, MSG_NOSIGNAL);
		struct pollfd p = { s->fd, POLLOUT, 0 };

		if (n > 0) {
			d += n;
			len -= (size_t)n;
		} else if (n < 0 && errno != EAGAIN) {
			return -EPIPE;
		} else if (now_us() > deadline) {
			return -EPIPE;
		} else {
			poll(&p, 1, 100);
		}
	}
	return 0;
}

static int send_frame(struct socket *s, bool fin, unsigned op, const uint8_t *data, size_t len)
{
	g_autofree uint8_t *out = g_malloc(len + 14);
	uint32_t mask = g_random_int();
	size_t n = 2;
	int r;

	out[0] = (uint8_t)((fin ? 0x80 : 0) | op);
	out[1] = 0x80 | (uint8_t)(len < 126 ? len : len < 65536 ? 126 : 127);
	if (len >= 65536) {
		put64(out + n, len);
		n += 8;
	} else if (len >= 126) {
		put16(out + n, (uint32_t)len);
		n += 2;
	}
	put32(out + n, mask);
	n += 4;
	for (size_t i = 0; i < len; i++)
		out[n + i] = data[i] ^ (uint8_t)(mask >> (24 - i % 4 * 8));
	pthread_mutex_lock(&s->sending);
	r = write_all(s, out, n + len);
	pthread_mutex_unlock(&s->sending);
	return r;
}

static void on_frame(struct socket *s, unsigned head, const uint8_t *data, size_t len)
{
	switch (head & 15) {
	case 0:
	case SOCKET_TEXT:
		g_byte_array_append(s->message, data, (guint)len);
		if (!(head & 0x80))
			break;
		g_queue_push_tail(s->texts, g_strndup((const char *)s->message->data, s->message->len));
		g_byte_array_set_size(s->message, 0);
		break;
	case SOCKET_CLOSE:
		s->code = len >= 2 ? get16(data) : 0;
		break;
	case SOCKET_PING:
		send_frame(s, true, 10, data, len);
		break;
	default:
		break;
	}
}

/* Bytes of the first whole frame in `in`, 0 while it is not there. */
static size_t take_frame(struct socket *s)
{
	const uint8_t *d = s->in->data;
	size_t head = 2, len, have = s->in->len;

	if (have < 2)
		return 0;
	len = d[1] & 127;
	head += len == 126 ? 2 : len == 127 ? 8 : 0;
	if (have < head)
		return 0;
	if (len == 126)
		len = get16(d + 2);
	else if (len == 127)
		len = (size_t)get64(d + 2);
	if (have < head + len)
		return 0;
	on_frame(s, d[0], d + head, len);
	return head + len;
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer user)
{
	struct socket *s = user;
	uint8_t buf[16384];
	ssize_t n;
	size_t used;

	(void)condition;
	n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
	if (n == 0 || (n < 0 && errno != EAGAIN)) {
		s->closed = true;
		return G_SOURCE_REMOVE;
	}
	if (n > 0)
		g_byte_array_append(s->in, buf, (guint)n);
	while ((used = take_frame(s)))
		g_byte_array_remove_range(s->in, 0, (guint)used);
	return G_SOURCE_CONTINUE;
}

static int connect_tcp(const char *host, uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, host, &to.sin_addr);
	if (fd < 0)
		return -errno;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	close(fd);
	return -ECONNREFUSED;
}

static int ask_upgrade(int fd, const char *host, uint16_t port, const char *path, const char *origin, const char *cookie)
{
	g_autofree char *from = origin ? g_strdup_printf("Origin: %s\r\n", origin) : g_strdup("");
	g_autofree char *session = cookie ? g_strdup_printf("Cookie: %s\r\n", cookie) : g_strdup("");
	g_autofree char *text = g_strdup_printf(
		"GET %s HTTP/1.1\r\nHost: %s:%u\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n%s%s"
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
		"Sec-WebSocket-Protocol: huitang\r\n\r\n", path, host, port, from, session);

	return send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text) ? 0 : -EPIPE;
}

/* Reads up to the empty line, byte by byte so that no frame is swallowed; the status. */
static int read_upgrade(int fd)
{
	char head[4096];
	size_t n = 0;
	int status = 0;

	while (n + 1 < sizeof(head)) {
		struct pollfd p = { fd, POLLIN, 0 };

		if (poll(&p, 1, UPGRADE_MS) <= 0 || recv(fd, head + n, 1, 0) != 1)
			return 0;
		head[++n] = 0;
		if (n >= 4 && !memcmp(head + n - 4, "\r\n\r\n", 4))
			break;
	}
	sscanf(head, "HTTP/1.%*d %d", &status);
	return status;
}

static void attach(struct socket *s)
{
	s->reader = g_unix_fd_source_new(s->fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
	g_source_set_callback(s->reader, G_SOURCE_FUNC(on_readable), s, NULL);
	g_source_attach(s->reader, loop_context(s->loop));
}

static void detach(struct socket *s)
{
	if (!s->reader)
		return;
	g_source_destroy(s->reader);
	g_source_unref(s->reader);
	s->reader = NULL;
}

struct socket *socket_open(struct loop *l, const char *host, uint16_t port, const char *path, const char *origin,
                           const char *cookie, int *ret_status)
{
	int fd = connect_tcp(host, port), status = 0;
	struct socket *s;

	if (fd >= 0 && ask_upgrade(fd, host, port, path, origin, cookie) == 0)
		status = read_upgrade(fd);
	if (ret_status)
		*ret_status = status;
	if (status != 101) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	s = g_new0(struct socket, 1);
	s->loop = l;
	s->fd = fd;
	s->in = g_byte_array_new();
	s->message = g_byte_array_new();
	s->texts = g_queue_new();
	pthread_mutex_init(&s->sending, NULL);
	loop_lock(l);
	attach(s);
	loop_unlock(l);
	return s;
}

struct socket *socket_close(struct socket *s)
{
	if (!s)
		return NULL;
	loop_lock(s->loop);
	detach(s);
	loop_unlock(s->loop);
	close(s->fd);
	g_byte_array_unref(s->in);
	g_byte_array_unref(s->message);
	g_queue_free_full(s->texts, g_free);
	pthread_mutex_destroy(&s->sending);
	g_free(s);
	return NULL;
}

void socket_kill(struct socket *s)
{
	struct linger hard = { 1, 0 };
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	loop_lock(s->loop);
	detach(s);
	s->closed = true;
	loop_unlock(s->loop);
	dup2(fd, s->fd); /* closes the socket and keeps the number ours */
	close(fd);
}

int socket_send(struct socket *s, enum socket_opcode op, const void *data, size_t len)
{
	return send_frame(s, true, op, data, len);
}

int socket_send_pieces(struct socket *s, const void *data, size_t len, size_t piece)
{
	for (size_t at = 0; at < len; at += piece) {
		size_t n = MIN(piece, len - at);
		int r = send_frame(s, at + n == len, at ? 0 : SOCKET_TEXT, (const uint8_t *)data + at, n);

		if (r < 0)
			return r;
	}
	return 0;
}

int socket_send_raw(struct socket *s, const void *data, size_t len)
{
	return write_all(s, data, len);
}

char *socket_take(struct socket *s)
{
	char *text;

	loop_lock(s->loop);
	text = g_queue_pop_head(s->texts);
	loop_unlock(s->loop);
	return text;
}

bool socket_closed(struct socket *s, unsigned *ret_code)
{
	bool closed;

	loop_lock(s->loop);
	closed = s->closed;
	if (ret_code)
		*ret_code = s->code;
	loop_unlock(s->loop);
	return closed;
}

void socket_stop_reading(struct socket *s, bool stop)
{
	loop_lock(s->loop);
	detach(s);
	if (!stop)
		attach(s);
	loop_unlock(s->loop);
}
