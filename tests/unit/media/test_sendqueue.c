/* What leaves together: few messages, largest first, a stream in its order, numbers in sending order, padding where it pays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "media/base/bytes.h"
#include "media/base/mem.h"
#include "media/counter.h"
#include "media/rtp.h"
#include "media/sendqueue.h"

static struct world {
	int64_t live;
	int tx, rx;
	struct sockaddr_storage to;
	socklen_t to_len;
	struct counters *counters;
	struct sendqueue *queue;
	uint16_t next_number;
	uint16_t numbered[256];
	size_t n_numbered;
	int refusal;                    /* errno of a message that the kernel refuses, 0: it takes all */
	bool refuse_single;             /* also those of one packet */
	unsigned refusals;              /* so far */
	unsigned interrupted;           /* calls that a signal interrupts, from now on */
} w;

static const struct extension_ids ids = { .twcc = 3 };

/* In the place of libc's: what devices and routes refuse does not depend on those of the machine. */
int sendmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags)
{
	unsigned taken = 0;

	if (w.interrupted > 0) {
		w.interrupted--;
		errno = EINTR;
		return -1;
	}
	while (taken < n && (!w.refusal || (messages[taken].msg_hdr.msg_iovlen == 1 && !w.refuse_single)))
		taken++;
	if (taken > 0)
		return (int)syscall(SYS_sendmmsg, fd, messages, taken, flags);
	w.refusals++;
	errno = w.refusal;
	return -1;
}

static int setup(void **state)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	(void)state;
	memset(&w, 0, sizeof(w));
	w.live = mem_live();
	w.to_len = sizeof(addr);
	w.rx = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	w.tx = socket(AF_INET, SOCK_DGRAM, 0);
	bind(w.rx, (struct sockaddr *)&addr, w.to_len);
	getsockname(w.rx, (struct sockaddr *)&w.to, &w.to_len);
	w.next_number = 65530;
	counters_create(&w.counters, media_counter_defs, MEDIA_COUNTERS);
	return sendqueue_create(&w.queue, w.tx, NULL, w.counters);
}

static int teardown(void **state)
{
	(void)state;
	sendqueue_destroy(w.queue);
	counters_destroy(w.counters);
	close(w.tx);
	close(w.rx);
	return mem_live() == w.live ? 0 : -1;
}

static void on_numbered(void *user, uint16_t number, const uint8_t *packet, size_t bytes)
{
	(void)packet;
	(void)user;
	assert_true(bytes > 0);
	w.numbered[w.n_numbered++] = number;
}

static void begin(size_t padding)
{
	struct group_cfg cfg = { .to = &w.to, .to_len = w.to_len, .padding = padding, .next_number = &w.next_number, .on_numbered = on_numbered };

	sendqueue_begin_group(w.queue, &cfg);
}

/* A packet of `len` bytes of a stream, in the clear. */
static void add(uint32_t ssrc, uint16_t seq, size_t len)
{
	struct rtp_header h = { .pt = 96, .seq = seq, .ssrc = ssrc, .twcc_id = ids.twcc };
	uint8_t *out = sendqueue_begin(w.queue);
	size_t at, n = rtp_write_header(out, &h, &at);

	memset(out + n, (int)ssrc, len - n);
	sendqueue_add(w.queue, len, at);
}

static size_t messages(void)
{
	return (size_t)counters_get(w.counters, COUNT_TX_MESSAGES);
}

static size_t receive(struct rtp_view *ret, size_t max)
{
	static uint8_t buffers[256][2048];
	size_t n = 0;
	ssize_t len;

	sendqueue_flush(w.queue);
	while (n < max && (len = recv(w.rx, buffers[n], sizeof(buffers[n]), 0)) > 0) {
		assert_int_equal(rtp_parse(&ret[n], buffers[n], (size_t)len, &ids), 0);
		n++;
	}
	return n;
}

static void a_frame_is_one_message(void **state)
{
	struct rtp_view got[8];

	(void)state;
	begin(0);
	for (uint16_t i = 0; i < 4; i++)
		add(1, i, 1200);
	add(1, 4, 300);
	sendqueue_end_group(w.queue);
	assert_int_equal(receive(got, 8), 5);
	assert_int_equal(messages(), 1);
	for (uint16_t i = 0; i < 5; i++)
		assert_int_equal(got[i].seq, i);
}

static void sound_rides_behind_pictures(void **state)
{
	struct rtp_view got[8];

	(void)state;
	begin(0);
	add(9, 100, 120);
	add(1, 0, 1200);
	add(1, 1, 1200);
	sendqueue_end_group(w.queue);
	assert_int_equal(receive(got, 8), 3);
	assert_int_equal(messages(), 1);
	assert_int_equal(got[2].ssrc, 9);
	/* Numbers are those of the wire, and go on over the wrap. */
	for (uint16_t i = 0; i < 3; i++) {
		assert_int_equal(got[i].twcc_seq, (uint16_t)(65530 + i));
		assert_int_equal(w.numbered[i], got[i].twcc_seq);
	}
}

static void a_stream_keeps_its_order_whatever_its_sizes(void **state)
{
	struct rtp_view got[8];
	uint16_t next[3] = { 0 };

	(void)state;
	begin(0);
	add(1, 0, 200);
	add(1, 1, 1200);
	add(2, 0, 800);
	add(1, 2, 700);
	add(2, 1, 900);
	sendqueue_end_group(w.queue);
	assert_int_equal(receive(got, 8), 5);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(got[i].seq, next[got[i].ssrc]++);
}

static void nearly_equal_packets_are_padded(void **state)
{
	struct rtp_view got[8];

	(void)state;
	begin(8);
	add(1, 0, 1001);
	add(1, 1, 1001);
	add(1, 2, 1000);
	add(1, 3, 1000);
	add(2, 0, 500);
	sendqueue_end_group(w.queue);
	assert_int_equal(receive(got, 8), 5);
	assert_int_equal(messages(), 1);
	/* What was padded is still what it was. */
	assert_int_equal(got[2].len, 1001);
	assert_int_equal(got[2].payload_len, got[0].payload_len - 1);
	for (size_t i = 0; i < got[3].payload_len; i++)
		assert_int_equal(got[3].payload[i], 1);
	assert_int_equal(counters_get(w.counters, COUNT_TX_PADDING_BYTES), 2);
}

static void nothing_is_padded_without_leave_or_need(void **state)
{
	struct rtp_view got[8];

	(void)state;
	begin(8);
	add(1, 0, 1000);
	add(1, 1, 999);                         /* the last may be shorter as it is */
	sendqueue_end_group(w.queue);
	begin(8);
	add(2, 0, 1000);
	add(3, 0, 900);                         /* too far */
	add(4, 0, 800);
	sendqueue_end_group(w.queue);
	assert_int_equal(receive(got, 8), 5);
	assert_int_equal(messages(), 1 + 2);
	assert_int_equal(counters_get(w.counters, COUNT_TX_PADDING_BYTES), 0);
}

static void groups_go_on_when_the_queue_is_full(void **state)
{
	struct rtp_view got[5 * SENDQUEUE_GROUP];
	size_t n;

	(void)state;
	for (uint16_t group = 0; group < 5; group++) {
		begin(0);
		assert_int_equal(sendqueue_group_room(w.queue), SENDQUEUE_GROUP);
		for (uint16_t i = 0; i < SENDQUEUE_GROUP; i++)
			add(1, (uint16_t)(group * SENDQUEUE_GROUP + i), 100);
		assert_int_equal(sendqueue_group_room(w.queue), 0);
		sendqueue_end_group(w.queue);
	}
	n = receive(got, 5 * SENDQUEUE_GROUP);
	assert_int_equal(n, 5 * SENDQUEUE_GROUP);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(got[i].seq, i);
	assert_int_equal(counters_get(w.counters, COUNT_TX_PACKETS), n);
	assert_int_equal(sendqueue_committed(w.queue), n);
}

static void a_refused_seal_leaves_the_others_whole(void **state)
{
	static const uint8_t keying[28] = { 7 };
	struct srtp *keys = NULL;
	struct rtp_view got[8];
	struct group_cfg cfg = { .to = &w.to, .to_len = w.to_len };

	(void)state;
	assert_int_equal(srtp_keys_create(&keys, SUITE_AEAD_AES_128_GCM, keying), 0);
	cfg.srtp = keys;
	sendqueue_begin_group(w.queue, &cfg);
	add(1, 5, 600);
	add(1, 5, 600);                         /* the same number again would be the same nonce */
	add(1, 6, 600);
	sendqueue_end_group(w.queue);
	assert_int_equal(receive(got, 8), 2);
	assert_int_equal(got[0].seq, 5);
	assert_int_equal(got[1].seq, 6);
	assert_int_equal(got[1].len, 616);
	assert_int_equal(counters_get(w.counters, COUNT_SEAL_REFUSED), 1);
	srtp_keys_destroy(keys);
}

/* Two messages of several packets to one peer, and what arrives of them: all, in their order. */
static void send_two_messages(uint16_t first)
{
	struct rtp_view got[8];
	size_t n;

	begin(0);
	for (uint16_t i = 0; i < 3; i++)
		add(1, (uint16_t)(first + i), 1200);
	sendqueue_end_group(w.queue);
	begin(0);
	for (uint16_t i = 3; i < 5; i++)
		add(1, (uint16_t)(first + i), 1000);
	sendqueue_end_group(w.queue);
	n = receive(got, 8);
	assert_int_equal(n, 5);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(got[i].seq, (uint16_t)(first + i));
}

/* Beyond the MTU of one peer's route: that is no reason to send to the others singly. */
static void a_message_that_is_too_large_for_its_route_leaves_one_by_one(void **state)
{
	static const int too_large[] = { EMSGSIZE, EINVAL };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		w.refusal = too_large[i];
		w.refusals = 0;
		send_two_messages((uint16_t)(i * 20));
		assert_int_equal(w.refusals, 2);
		w.refusal = 0;
		send_two_messages((uint16_t)(i * 20 + 10));
	}
	assert_int_equal(counters_get(w.counters, COUNT_TX_PACKETS), 4 * 5);
	assert_int_equal(counters_get(w.counters, COUNT_TX_FAILED), 0);
	assert_int_equal(messages(), 2 * 2);
}

static void a_device_that_cannot_cut_messages_is_not_asked_again(void **state)
{
	(void)state;
	w.refusal = EIO;
	send_two_messages(0);
	assert_int_equal(w.refusals, 2);
	send_two_messages(10);
	assert_int_equal(w.refusals, 2);
	assert_int_equal(counters_get(w.counters, COUNT_TX_PACKETS), 2 * 5);
	assert_int_equal(counters_get(w.counters, COUNT_TX_FAILED), 0);
	assert_int_equal(messages(), 5);
}

/* A packet that is refused alone is lost, like on any line, and what stands behind it goes on. */
static void what_is_refused_alone_is_lost_and_counted(void **state)
{
	struct rtp_view got[8];

	(void)state;
	w.refusal = EMSGSIZE;
	w.refuse_single = true;
	begin(0);
	add(1, 0, 1200);
	sendqueue_end_group(w.queue);
	assert_int_equal(receive(got, 8), 0);
	assert_int_equal(counters_get(w.counters, COUNT_TX_FAILED), 1);
	w.refusal = 0;
	send_two_messages(1);
	w.interrupted = 3;
	send_two_messages(6);
	assert_int_equal(counters_get(w.counters, COUNT_TX_PACKETS), 2 * 5);
	assert_int_equal(counters_get(w.counters, COUNT_TX_FAILED), 1);
}

static void what_a_packet_was_sealed_to_can_be_kept(void **state)
{
	static const uint8_t keying[28] = { 7 };
	struct group_cfg cfg = { .to = &w.to, .to_len = w.to_len };
	uint16_t len[2] = { 0 };
	uint8_t kept[2][256];
	struct rtp_view got[8];

	(void)state;
	assert_int_equal(srtp_keys_create(&cfg.srtp, SUITE_AEAD_AES_128_GCM, keying), 0);
	sendqueue_begin_group(w.queue, &cfg);
	add(1, 5, 100);
	sendqueue_keep(w.queue, kept[0], sizeof(kept[0]), &len[0]);
	add(2, 6, 600);                         /* leaves first */
	sendqueue_keep(w.queue, kept[1], sizeof(kept[1]), &len[1]);
	sendqueue_end_group(w.queue);
	assert_int_equal(len[0], 0);
	assert_int_equal(receive(got, 8), 2);
	assert_int_equal(len[0], 116);
	assert_memory_equal(kept[0], got[1].data, 116);
	assert_int_equal(len[1], 0);            /* too long */
	memcpy(sendqueue_begin(w.queue), kept[0], len[0]);
	sendqueue_commit(w.queue, len[0], NULL, false, &w.to, w.to_len);
	assert_int_equal(receive(got, 8), 1);
	assert_memory_equal(kept[0], got[0].data, 116);
	srtp_keys_destroy(cfg.srtp);
}

#define QUEUE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		QUEUE_TEST(a_frame_is_one_message),
		QUEUE_TEST(sound_rides_behind_pictures),
		QUEUE_TEST(a_stream_keeps_its_order_whatever_its_sizes),
		QUEUE_TEST(nearly_equal_packets_are_padded),
		QUEUE_TEST(nothing_is_padded_without_leave_or_need),
		QUEUE_TEST(groups_go_on_when_the_queue_is_full),
		QUEUE_TEST(a_refused_seal_leaves_the_others_whole),
		QUEUE_TEST(a_message_that_is_too_large_for_its_route_leaves_one_by_one),
		QUEUE_TEST(a_device_that_cannot_cut_messages_is_not_asked_again),
		QUEUE_TEST(what_is_refused_alone_is_lost_and_counted),
		QUEUE_TEST(what_a_packet_was_sealed_to_can_be_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
