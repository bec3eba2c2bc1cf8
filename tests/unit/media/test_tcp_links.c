/* Connections on loopback: who is let in stays, who is not goes, and neither is in another's way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/base/address.h"
#include "media/base/bytes.h"
#include "media/base/mem.h"
#include "media/counter.h"
#include "media/tcp_links.h"

#define WAIT_MS 3000

/* A gate that lets in who says so. */
struct world {
	int64_t live;
	struct tcp_links *links;
	struct counters *counters;
	uint16_t port;
	int64_t now_us;
	unsigned packets, reads, gone;
	uint8_t last[1500];
	size_t last_len;
	struct sockaddr_storage last_link, last_peer, gone_link;
	size_t n_let_in;
	struct sockaddr_storage let_in[8];
};

static struct world w;

static bool is_let_in(void *user, const struct sockaddr_storage *link)
{
	(void)user;
	for (size_t i = 0; i < w.n_let_in; i++)
		if (memcmp(&w.let_in[i], link, sizeof(*link)) == 0)
			return true;
	return false;
}

static void on_packet(void *user, uint8_t *data, size_t len, const struct sockaddr_storage *link, const struct sockaddr_storage *peer,
                      int64_t now_us)
{
	(void)user;
	(void)now_us;
	w.packets++;
	memcpy(w.last, data, len);
	w.last_len = len;
	w.last_link = *link;
	w.last_peer = *peer;
	if (data[0] == 'L' && !is_let_in(NULL, link))
		w.let_in[w.n_let_in++] = *link;
}

static void on_read(void *user, int64_t now_us)
{
	(void)user;
	(void)now_us;
	w.reads++;
}

static void on_gone(void *user, const struct sockaddr_storage *link, int64_t now_us)
{
	(void)user;
	(void)now_us;
	w.gone++;
	w.gone_link = *link;
}

static const struct tcp_links_events events = { on_packet, on_read, is_let_in, on_gone };

static uint16_t free_port(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	getsockname(fd, (struct sockaddr *)&in, &len);
	close(fd);
	return ntohs(in.sin_port);
}

static int setup(void **state)
{
	struct sockaddr_storage any = { .ss_family = AF_INET6 };
	int r;

	(void)state;
	memset(&w, 0, sizeof(w));
	w.live = mem_live();
	w.now_us = 1;
	assert_int_equal(counters_create(&w.counters, media_counter_defs, MEDIA_COUNTERS), 0);
	/* Between the two somebody else may have taken the port. */
	for (int tries = 0; !w.links && tries < 50; tries++) {
		w.port = free_port();
		address_set_port(&any, w.port);
		r = tcp_links_create(&w.links, &any, w.counters, &events, NULL);
		assert_true(r == 0 || r == -EADDRINUSE);
	}
	assert_non_null(w.links);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tcp_links_destroy(w.links);
	counters_destroy(w.counters);
	return mem_live() == w.live ? 0 : -1;
}

/* Does what is to be done, until nothing more is for a while. */
static void turn(void)
{
	struct pollfd p = { tcp_links_fd(w.links), POLLIN, 0 };

	while (poll(&p, 1, 30) > 0)
		tcp_links_turn(w.links, w.now_us);
}

static int open_peer(const char *from)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(w.port) };
	struct sockaddr_in own = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	inet_pton(AF_INET, from, &own.sin_addr);
	assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof(own)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	tcp_links_turn(w.links, w.now_us);
	return fd;
}

static void say(int fd, char what, size_t len)
{
	uint8_t out[1600];

	write_u16(out, (uint16_t)len);
	memset(out + 2, what, sizeof(out) - 2);
	assert_int_equal(send(fd, out, len + 2, MSG_NOSIGNAL), (ssize_t)len + 2);
}

/* Whether the other end has closed; something unread is no end. */
static bool closed(int fd)
{
	char c;
	ssize_t n = recv(fd, &c, 1, MSG_DONTWAIT | MSG_PEEK);

	return n == 0 || (n < 0 && errno == ECONNRESET);
}

static int64_t count(enum media_counter c)
{
	return counters_get(w.counters, c);
}

static void packets_go_both_ways(void **state)
{
	uint8_t got[16];
	int fd = open_peer("127.0.0.1");

	(void)state;
	say(fd, 'L', 40);
	turn();
	assert_int_equal(w.packets, 1);
	assert_int_equal(w.last_len, 40);
	assert_true(w.reads >= 1);
	assert_true(tcp_links_is_link(&w.last_link));
	assert_false(tcp_links_is_link(&w.last_peer));
	assert_int_equal(address_unmapped(&w.last_peer).ss_family, AF_INET);
	assert_true(tcp_links_send(w.links, &w.last_link, (const uint8_t *)"answer", 6));
	tcp_links_flush(w.links);
	assert_int_equal(recv(fd, got, sizeof(got), 0), 8);
	assert_memory_equal(got, "\0\6answer", 8);
	close(fd);
}

static void who_is_not_let_in_goes_in_time(void **state)
{
	int in = open_peer("127.0.0.1"), idle = open_peer("127.0.0.1"), bad = open_peer("127.0.0.1");

	(void)state;
	say(in, 'L', 40);
	say(bad, 'x', 40);
	turn();
	tcp_links_tick(w.links, w.now_us + TCP_LINKS_PENDING_US);
	assert_false(closed(in) || closed(idle) || closed(bad));
	tcp_links_tick(w.links, w.now_us + TCP_LINKS_PENDING_US + 1);
	assert_true(closed(idle) && closed(bad));
	assert_false(closed(in));
	assert_int_equal(count(COUNT_TCP_REFUSED), 2);
	assert_int_equal(w.gone, 0);
	/* The gate forgets it: the path is over. */
	w.n_let_in = 0;
	tcp_links_tick(w.links, w.now_us);
	assert_true(closed(in));
	assert_int_equal(count(COUNT_TCP_LINKS), 0);
	close(in);
	close(idle);
	close(bad);
}

static void one_place_crowds_nobody_out(void **state)
{
	int other = open_peer("127.0.0.2"), in = open_peer("127.0.0.1"), fds[TCP_LINKS_PENDING_OF_ONE + 4];

	(void)state;
	say(in, 'L', 40);
	turn();
	for (int i = 0; i < TCP_LINKS_PENDING_OF_ONE + 4; i++)
		fds[i] = open_peer("127.0.0.1");
	turn();
	for (int i = 0; i < TCP_LINKS_PENDING_OF_ONE + 4; i++) {
		assert_int_equal(closed(fds[i]), i < 4);
		close(fds[i]);
	}
	assert_false(closed(other) || closed(in));
	close(other);
	close(in);
}

static void the_oldest_pending_makes_room(void **state)
{
	static int fds[TCP_LINKS_PENDING + 10];
	char from[32];

	(void)state;
	for (int i = 0; i < TCP_LINKS_PENDING + 10; i++) {
		snprintf(from, sizeof(from), "127.0.1.%d", 1 + i / 2);
		fds[i] = open_peer(from);
	}
	turn();
	for (int i = 0; i < TCP_LINKS_PENDING + 10; i++)
		assert_int_equal(closed(fds[i]), i < 10);
	say(fds[12], 'L', 20);
	turn();
	assert_int_equal(w.packets, 1);
	assert_int_equal(count(COUNT_TCP_LINKS), TCP_LINKS_PENDING);
	for (int i = 0; i < TCP_LINKS_PENDING + 10; i++)
		close(fds[i]);
}

static void a_nonsense_stream_ends_alone(void **state)
{
	int good = open_peer("127.0.0.1"), bad = open_peer("127.0.0.1"), chatty = open_peer("127.0.0.1");

	(void)state;
	say(good, 'L', 1500);
	say(bad, 'L', 1501);
	for (int i = 0; i <= TCP_LINKS_GREETINGS; i++)
		say(chatty, 'x', 20);
	turn();
	assert_true(closed(bad) && closed(chatty));
	assert_false(closed(good));
	assert_int_equal(w.packets, 1 + TCP_LINKS_GREETINGS);
	close(good);
	close(bad);
	close(chatty);
}

static void an_ended_link_is_told_and_never_meant_again(void **state)
{
	int first = open_peer("127.0.0.1"), pending = open_peer("127.0.0.1"), second;
	struct sockaddr_storage link;

	(void)state;
	say(first, 'L', 20);
	turn();
	link = w.last_link;
	close(first);
	close(pending);
	turn();
	assert_int_equal(w.gone, 1);
	assert_memory_equal(&w.gone_link, &link, sizeof(link));
	for (int i = 0; i < 3; i++) {
		second = open_peer("127.0.0.1");
		say(second, 'L', 20);
		turn();
		assert_memory_not_equal(&w.last_link, &link, sizeof(link));
		close(second);
		turn();
	}
	assert_false(tcp_links_send(w.links, &link, (const uint8_t *)"x", 1));
	assert_int_equal(count(COUNT_TCP_DROPPED), 1);
	assert_int_equal(count(COUNT_TCP_LINKS), 0);
}

/* A peer that reads nothing: what does not fit is dropped, and what waited comes when it reads. */
static void a_slow_peer_gets_what_was_kept(void **state)
{
	static uint8_t packet[1000] = { 0x81, 200 }, got[1 << 16];
	int fd = open_peer("127.0.0.1");
	size_t sent = 0, bytes = 0;

	(void)state;
	say(fd, 'L', 20);
	turn();
	for (int i = 0; i < 20000 && count(COUNT_TCP_DROPPED) == 0; i++) {
		sent += tcp_links_send(w.links, &w.last_link, packet, sizeof(packet));
		if (i % 8 == 0)
			tcp_links_flush(w.links);
	}
	assert_int_equal(count(COUNT_TCP_DROPPED), 1);
	while (bytes < sent * 1002) {
		struct pollfd p = { fd, POLLIN, 0 };
		ssize_t n;

		tcp_links_turn(w.links, w.now_us);
		assert_true(poll(&p, 1, WAIT_MS) > 0);
		n = recv(fd, got, sizeof(got), MSG_DONTWAIT);
		assert_true(n > 0);
		bytes += (size_t)n;
	}
	assert_int_equal(bytes, sent * 1002);
	close(fd);
}

#define LINKS_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LINKS_TEST(packets_go_both_ways),
		LINKS_TEST(who_is_not_let_in_goes_in_time),
		LINKS_TEST(one_place_crowds_nobody_out),
		LINKS_TEST(the_oldest_pending_makes_room),
		LINKS_TEST(a_nonsense_stream_ends_alone),
		LINKS_TEST(an_ended_link_is_told_and_never_meant_again),
		LINKS_TEST(a_slow_peer_gets_what_was_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
