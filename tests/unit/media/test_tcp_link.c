/* Framed packets over a stream: in whatever pieces they come; what does not fit is dropped whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/base/bytes.h"
#include "media/base/mem.h"
#include "media/tcp_link.h"
#include "tests/unit/leaves_nothing.h"

static uint8_t scratch[TCP_LINK_SCRATCH_BYTES];

struct pair {
	struct tcp_link *link;
	int peer;
};

static struct pair open_pair(int buffer_bytes)
{
	struct pair p;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	if (buffer_bytes)
		setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof(buffer_bytes));
	p.peer = fds[1];
	assert_int_equal(tcp_link_create(&p.link, fds[0]), 0);
	return p;
}

static void close_pair(struct pair *p)
{
	tcp_link_destroy(p->link);
	close(p->peer);
}

/* Reads once and adds up lengths and first bytes of the packets; -errno of framing_next(). */
static int read_packets(struct tcp_link *l, unsigned *ret_n, unsigned *ret_sum)
{
	int len = tcp_link_read(l, scratch), r;
	size_t at = 0, n;
	uint8_t *packet;

	if (len <= 0)
		return len;
	while ((r = framing_next(scratch, (size_t)len, &at, &packet, &n)) > 0) {
		*ret_n += 1;
		*ret_sum += (unsigned)n * 256 + packet[0];
	}
	if (r == 0)
		tcp_link_keep(l, scratch + at, (size_t)len - at);
	return r;
}

static size_t frame(uint8_t *out, size_t len, uint8_t first)
{
	write_u16(out, (uint16_t)len);
	memset(out + 2, first, len);
	return len + 2;
}

static void packets_come_in_whatever_pieces(void **state)
{
	static const size_t lens[] = { 20, 0, 1500, 1, 0, 700 };
	static uint8_t stream[4096];
	size_t len = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		len += frame(stream + len, lens[i], (uint8_t)(i + 1));
	for (size_t piece = 1; piece <= len; piece += piece < 8 ? 1 : 97) {
		struct pair p = open_pair(0);
		unsigned n = 0, sum = 0;

		for (size_t at = 0; at < len; at += piece) {
			size_t now = at + piece < len ? piece : len - at;

			assert_int_equal(write(p.peer, stream + at, now), (ssize_t)now);
			assert_int_equal(read_packets(p.link, &n, &sum), 0);
		}
		assert_int_equal(n, 4);
		assert_int_equal(sum, (20 + 1500 + 1 + 700) * 256 + 1 + 3 + 4 + 6);
		close_pair(&p);
	}
}

static void a_length_over_a_packet_ends_it(void **state)
{
	static const uint8_t too_long[] = { 0x05, 0xdd, 1 };   /* 1501 */
	struct pair p = open_pair(0);
	unsigned n = 0, sum = 0;

	(void)state;
	assert_int_equal(write(p.peer, too_long, sizeof(too_long)), sizeof(too_long));
	assert_int_equal(read_packets(p.link, &n, &sum), -EMSGSIZE);
	assert_int_equal(n, 0);
	close_pair(&p);
}

static void the_end_of_the_peer_is_told(void **state)
{
	struct pair p = open_pair(0);

	(void)state;
	assert_int_equal(tcp_link_read(p.link, scratch), 0);
	shutdown(p.peer, SHUT_WR);
	assert_int_equal(tcp_link_read(p.link, scratch), -ECONNRESET);
	close_pair(&p);
}

/* RTP that says by its sequence number which it is. */
static bool send_rtp(struct tcp_link *l, uint32_t ssrc, uint32_t timestamp, uint16_t seq, size_t len)
{
	uint8_t packet[1500] = { 0x80, 96 };

	write_u16(packet + 2, seq);
	write_u32(packet + 4, timestamp);
	write_u32(packet + 8, ssrc);
	return tcp_link_send(l, packet, len);
}

static size_t read_all(int fd, uint8_t *out, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size && (n = recv(fd, out + len, size - len, MSG_DONTWAIT)) > 0)
		len += (size_t)n;
	return len;
}

static void partial_writes_are_kept(void **state)
{
	static uint8_t got[TCP_LINK_WAITING_BYTES * 2];
	struct pair p = open_pair(4096);
	size_t len = 0, at = 0, n;
	uint16_t seq = 0;
	uint8_t *packet;

	(void)state;
	assert_int_equal(tcp_link_let_in(p.link), 0);
	for (int round = 0; round < 40; round++) {
		for (int i = 0; i < 3; i++)
			assert_true(send_rtp(p.link, 7, (uint32_t)round, (uint16_t)(3 * round + i), 1100));
		for (int i = 0; i < 6; i++) {
			assert_int_equal(tcp_link_flush(p.link), 0);
			len += read_all(p.peer, got + len, 1000);
		}
	}
	while (tcp_link_waiting(p.link) > 0) {
		assert_int_equal(tcp_link_flush(p.link), 0);
		len += read_all(p.peer, got + len, sizeof(got) - len);
	}
	len += read_all(p.peer, got + len, sizeof(got) - len);
	while (framing_next(got, len, &at, &packet, &n) > 0) {
		assert_int_equal(n, 1100);
		assert_int_equal(read_u16(packet + 2), seq++);
	}
	assert_int_equal(at, len);
	assert_int_equal(seq, 120);
	close_pair(&p);
}

static void pictures_are_dropped_whole_when_much_waits(void **state)
{
	struct pair p = open_pair(0);
	size_t before;

	(void)state;
	assert_int_equal(tcp_link_let_in(p.link), 0);
	/* One that has begun goes on, however long. */
	for (uint16_t i = 0; i < 100; i++)
		assert_true(send_rtp(p.link, 1, 1000, i, 1200));
	before = tcp_link_waiting(p.link);
	assert_in_range(before, TCP_LINK_BEGIN_BYTES * 3, TCP_LINK_WAITING_BYTES);
	/* No new one begins, on any stream, and none of its packets gets in later. */
	assert_false(send_rtp(p.link, 1, 2000, 100, 1200));
	assert_false(send_rtp(p.link, 2, 500, 0, 1200));
	assert_false(send_rtp(p.link, 3, 500, 0, 100));
	assert_int_equal(tcp_link_waiting(p.link), before);
	assert_int_equal(tcp_link_flush(p.link), 0);
	assert_int_equal(tcp_link_waiting(p.link), 0);
	assert_false(send_rtp(p.link, 1, 2000, 101, 1200));
	assert_false(send_rtp(p.link, 2, 500, 1, 1200));
	assert_true(send_rtp(p.link, 1, 3000, 102, 1200));
	assert_true(send_rtp(p.link, 2, 600, 2, 1200));
	close_pair(&p);
}

static void voices_and_control_get_through_longer(void **state)
{
	uint8_t rtcp[100] = { 0x81, 200 }, stun[100] = { 0 };
	struct pair p = open_pair(0);
	uint16_t seq = 0;

	(void)state;
	assert_int_equal(tcp_link_let_in(p.link), 0);
	while (tcp_link_waiting(p.link) <= TCP_LINK_BEGIN_BYTES)
		assert_true(send_rtp(p.link, 1, 1000, seq++, 1200));
	assert_false(send_rtp(p.link, 1, 2000, seq, 1200));
	for (uint32_t t = 0; tcp_link_waiting(p.link) <= 2 * TCP_LINK_BEGIN_BYTES; t++)
		assert_true(send_rtp(p.link, 2, t, (uint16_t)t, 120));
	assert_false(send_rtp(p.link, 2, 5000, 0, 120));
	while (tcp_link_waiting(p.link) + 102 <= TCP_LINK_WAITING_BYTES) {
		assert_true(tcp_link_send(p.link, rtcp, sizeof(rtcp)));
		if (tcp_link_waiting(p.link) + 102 <= TCP_LINK_WAITING_BYTES)
			assert_true(tcp_link_send(p.link, stun, sizeof(stun)));
	}
	assert_false(tcp_link_send(p.link, rtcp, sizeof(rtcp)));
	close_pair(&p);
}

/* Fifty streams at once, one packet of each in turn, as a wall of thumbnails sends them. */
static void many_streams_are_told_apart(void **state)
{
	struct pair p = open_pair(0);
	uint32_t ssrc[50];

	(void)state;
	assert_int_equal(tcp_link_let_in(p.link), 0);
	for (uint32_t i = 0; i < 50; i++)
		ssrc[i] = (i + 1) * 2654435761u;
	for (uint16_t part = 0; part < 3; part++)
		for (int i = 0; i < 50; i++)
			assert_int_equal(send_rtp(p.link, ssrc[i], 9, part, 1200), i < 28);
	close_pair(&p);
}

static void before_it_is_let_in_little_waits(void **state)
{
	uint8_t stun[100] = { 0 };
	struct pair p = open_pair(0);

	(void)state;
	for (int i = 0; i < TCP_LINK_GREETING_BYTES / 102; i++)
		assert_true(tcp_link_send(p.link, stun, sizeof(stun)));
	assert_false(tcp_link_send(p.link, stun, sizeof(stun)));
	close_pair(&p);
}

static void want_of_memory_is_told(void **state)
{
	struct pair p = open_pair(0);
	struct tcp_link *l;
	int fds[2];

	(void)state;
	mem_fail_at(1);
	assert_int_equal(tcp_link_let_in(p.link), -ENOMEM);
	assert_int_equal(tcp_link_let_in(p.link), 0);
	close_pair(&p);
	for (uint64_t nth = 1; nth <= 2; nth++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
		mem_fail_at(nth);
		assert_int_equal(tcp_link_create(&l, fds[0]), -ENOMEM);
		assert_int_equal(write(fds[0], "x", 1), -1); /* closed */
		close(fds[1]);
	}
	mem_fail_at(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(packets_come_in_whatever_pieces),
		LEAVES_NOTHING(a_length_over_a_packet_ends_it),
		LEAVES_NOTHING(the_end_of_the_peer_is_told),
		LEAVES_NOTHING(partial_writes_are_kept),
		LEAVES_NOTHING(pictures_are_dropped_whole_when_much_waits),
		LEAVES_NOTHING(voices_and_control_get_through_longer),
		LEAVES_NOTHING(many_streams_are_told_apart),
		LEAVES_NOTHING(before_it_is_let_in_little_waits),
		LEAVES_NOTHING(want_of_memory_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
