/* One thread, two sockets. */
#include "nat.h"

#include <arpa/inet.h>
#include <glib.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stage.h"

struct nat {
	pthread_t thread;
	atomic_bool end;
	atomic_int outside;             /* towards the server; the thread closes the one before */
	int inside;
	uint16_t port;
	struct sockaddr_in client;      /* the last that sent */
	struct sockaddr_in server;
};

static int open_outside(const struct nat *n)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	return connect(fd, (const struct sockaddr *)&n->server, sizeof(n->server)) == 0 ? fd : -1;
}

static void pass(struct nat *n, int outside)
{
	socklen_t len = sizeof(n->client);
	char buf[2048];
	ssize_t r;

	while ((r = recvfrom(n->inside, buf, sizeof(buf), 0, (struct sockaddr *)&n->client, &len)) > 0)
		(void)!send(outside, buf, (size_t)r, 0);
	while ((r = recv(outside, buf, sizeof(buf), 0)) > 0)
		sendto(n->inside, buf, (size_t)r, 0, (const struct sockaddr *)&n->client, sizeof(n->client));
}

static void *run(void *arg)
{
	struct nat *n = arg;
	int used = atomic_load(&n->outside);

	while (!atomic_load(&n->end)) {
		int outside = atomic_load(&n->outside);
		struct pollfd p[] = { { n->inside, POLLIN, 0 }, { outside, POLLIN, 0 } };

		if (outside != used)
			close(used);
		used = outside;
		if (poll(p, 2, 20) > 0)
			pass(n, outside);
	}
	close(used);
	return NULL;
}

static void nat_free(void *nat)
{
	struct nat *n = nat;

	atomic_store(&n->end, true);
	pthread_join(n->thread, NULL);
	close(n->inside);
	g_free(n);
}

struct nat *nat_stage(uint16_t server_port)
{
	struct nat *n = g_new0(struct nat, 1);
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(own);

	n->server = own;
	n->server.sin_port = htons(server_port);
	n->inside = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bind(n->inside, (struct sockaddr *)&own, sizeof(own));
	getsockname(n->inside, (struct sockaddr *)&own, &len);
	n->port = ntohs(own.sin_port);
	atomic_init(&n->outside, open_outside(n));
	pthread_create(&n->thread, NULL, run, n);
	return defer(n, nat_free);
}

uint16_t nat_port(const struct nat *n)
{
	return n->port;
}

void nat_change(struct nat *n)
{
	atomic_store(&n->outside, open_outside(n));
}
