/* See wire.h. */
#include "tests/load/wire.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(struct wire *w, const char *why)
{
	if (w->closed)
		return;
	w->closed = true;
	hub_unwatch(w->hub, &w->watch);
	w->on_closed(w, why);
}

static void push(struct wire *w)
{
	while (w->out->len && !w->closed) {
		ssize_t n = send(w->watch.fd, w->out->data, w->out->len, MSG_NOSIGNAL);

		if (n > 0)
			g_byte_array_remove_range(w->out, 0, (guint)n);
		else if (errno == EAGAIN)
			break;
		else if (errno != EINTR)
			die(w, strerror(errno));
	}
	if (!w->closed)
		hub_rewatch(w->hub, &w->watch, w->out->len ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void pull(struct wire *w)
{
	uint8_t buf[65536];
	ssize_t n = recv(w->watch.fd, buf, sizeof(buf), 0);

	if (n > 0 && w->in->len + (size_t)n <= WIRE_MOST) {
		g_byte_array_append(w->in, buf, (guint)n);
		w->on_bytes(w);
	} else if (n > 0) {
		die(w, "too much waits to be read");
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		die(w, n ? strerror(errno) : "closed by the server");
	}
}

static void on_ready(struct watch *watch, uint32_t events)
{
	struct wire *w = (struct wire *)(void *)watch;
	int e = 0;
	socklen_t len = sizeof(e);

	if (!w->connected) {
		getsockopt(w->watch.fd, SOL_SOCKET, SO_ERROR, &e, &len);
		if (e) {
			die(w, strerror(e));
			return;
		}
		w->connected = true;
	}
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		pull(w);
	if (events & EPOLLOUT && !w->closed)
		push(w);
}

int wire_open(struct wire *w, struct hub *hub, const struct sockaddr_in *to)
{
	static const int on = 1;
	int r;

	w->hub = hub;
	w->watch = (struct watch){ socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on_ready };
	w->connected = false;
	w->closed = true; /* until it is watched */
	w->in = g_byte_array_new();
	w->out = g_byte_array_new();
	if (w->watch.fd < 0)
		return -errno;
	setsockopt(w->watch.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(w->watch.fd, (const struct sockaddr *)to, sizeof(*to)) < 0 && errno != EINPROGRESS)
		return -errno;
	r = hub_watch(hub, &w->watch, EPOLLIN | EPOLLOUT);
	w->closed = r < 0;
	return r;
}

void wire_close(struct wire *w)
{
	if (!w->in)
		return;
	if (!w->closed)
		hub_unwatch(w->hub, &w->watch);
	w->closed = true;
	if (w->watch.fd >= 0)
		close(w->watch.fd);
	w->watch.fd = -1;
	g_byte_array_unref(w->in);
	g_byte_array_unref(w->out);
	w->in = w->out = NULL;
}

void wire_write(struct wire *w, const void *data, size_t len)
{
	g_byte_array_append(w->out, data, (guint)len);
	if (w->connected && !w->closed)
		push(w);
}

void wire_take(struct wire *w, size_t len)
{
	g_byte_array_remove_range(w->in, 0, (guint)MIN(len, w->in->len));
}
