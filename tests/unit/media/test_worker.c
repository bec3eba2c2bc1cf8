/* A real worker on loopback: who gets an answer, what reaches DTLS, what is counted; paths that come and go under traffic. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/base/bytes.h"
#include "media/base/mem.h"
#include "media/dtls.h"
#include "media/media.h"

#define PWD "password-of-24-chars----"
#define NO_REPLY_MS 60
#define REPLY_MS 3000

struct world {
	int64_t live;
	struct certificate *cert;
	struct media *media;
	struct path_id path;
	int known, stranger;    /* sockets */
	uint8_t reply[2048];
	ssize_t reply_len;
};

static struct world w;

static void on_wake(void *user)
{
	(void)user;
}

static int open_socket(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static struct path_id open_path(const char *ufrag)
{
	struct path_cfg cfg = { .source_number = 1, .cname = "cname", .n_slots = 1, .slots = { { true, 100, 0 } } };
	struct path_id id;

	strcpy(cfg.local.ufrag, ufrag);
	strcpy(cfg.local.pwd, PWD);
	assert_int_equal(media_path_open(w.media, &id, &cfg), 0);
	return id;
}

static int64_t metric(const char *name)
{
	char *text = NULL, *at, line[80];
	int64_t value;

	snprintf(line, sizeof(line), "\n%s ", name);
	assert_int_equal(media_write_metrics(w.media, &text), 0);
	at = strstr(text, line);
	value = at ? strtoll(at + strlen(line), NULL, 10) : -1;
	mem_free(text);
	return value;
}

/* Orders and datagrams come by different ways. */
static void wait_for_paths(int64_t n)
{
	for (int i = 0; i < 3000 && metric("huitang_media_paths") != n; i++)
		usleep(1000);
	assert_int_equal(metric("huitang_media_paths"), n);
}

static int setup(void **state)
{
	struct media_cfg cfg = { .tcp = true, .workers = 1, .wake = on_wake };
	struct sockaddr_in *in = (struct sockaddr_in *)&cfg.listen;

	(void)state;
	memset(&w, 0, sizeof(w));
	w.live = mem_live();
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(certificate_create(&w.cert), 0);
	cfg.certificate = w.cert;
	assert_int_equal(media_create(&w.media, &cfg), 0);
	w.path = open_path("oursours");
	wait_for_paths(1);
	w.known = open_socket(media_port(w.media, 0));
	w.stranger = open_socket(media_port(w.media, 0));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	w.media = media_destroy(w.media);
	certificate_destroy(w.cert);
	close(w.known);
	close(w.stranger);
	return mem_live() == w.live ? 0 : -1;
}

/* What comes back within `ms`; false for nothing. */
static bool answered(int fd, int ms)
{
	struct pollfd p = { fd, POLLIN, 0 };

	w.reply_len = poll(&p, 1, ms) > 0 ? recv(fd, w.reply, sizeof(w.reply), 0) : -1;
	return w.reply_len > 0;
}

static size_t write_check(uint8_t *out, size_t size, const char *username, const char *pwd)
{
	static const uint16_t known[] = { STUN_ATTRIBUTE_USERNAME, 0 };
	StunAgent agent;
	StunMessage msg;

	stun_agent_init(&agent, known, STUN_COMPATIBILITY_RFC5389,
	                STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
	return stun_usage_ice_conncheck_create(&agent, &msg, out, size, (const uint8_t *)username, strlen(username),
	                                       (const uint8_t *)pwd, strlen(pwd), true, true, 1234, 5678, NULL,
	                                       STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
}

static bool send_check(int fd, const char *username, const char *pwd)
{
	uint8_t out[512];
	size_t len = write_check(out, sizeof(out), username, pwd);

	return send(fd, out, len, 0) == (ssize_t)len;
}

/* The first flight of a DTLS client. */
static size_t client_hello(uint8_t *out, size_t size)
{
	SSL_CTX *ctx = SSL_CTX_new(DTLS_client_method());
	SSL *ssl = SSL_new(ctx);
	BIO *to = BIO_new(BIO_s_mem()), *from = BIO_new(BIO_s_mem());
	int n;

	BIO_set_mem_eof_return(to, -1);
	SSL_set_bio(ssl, to, from);
	SSL_set_options(ssl, SSL_OP_NO_QUERY_MTU);
	SSL_set_mtu(ssl, 1200);
	SSL_set_connect_state(ssl);
	SSL_do_handshake(ssl);
	n = BIO_read(from, out, (int)size);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	assert_in_range(n, 50, 1200);
	return (size_t)n;
}

/* Counters are written before the next datagram is read: an answered check behind it proves that it was seen. */
static void settle(void)
{
	while (answered(w.known, 0))
		;
	assert_true(send_check(w.known, "oursours:theirs", PWD));
	assert_true(answered(w.known, REPLY_MS));
}

static void only_checks_with_integrity_are_answered(void **state)
{
	uint8_t indication[20] = { 0x00, 0x11, 0, 0, 0x21, 0x12, 0xa4, 0x42 };

	(void)state;
	assert_true(send_check(w.stranger, "oursours:theirs", "wrong-password-24-chars-"));
	assert_true(send_check(w.stranger, "aliens:theirs", PWD));
	assert_int_equal(send(w.stranger, indication, sizeof(indication), 0), sizeof(indication));
	assert_false(answered(w.stranger, NO_REPLY_MS));
	settle();
	assert_int_equal(read_u16(w.reply), 0x0101);
	assert_int_equal(metric("huitang_stun_dropped_total{reason=\"unauthenticated\"}"), 2);
	assert_int_equal(metric("huitang_stun_dropped_total{reason=\"indication\"}"), 1);
	assert_int_equal(metric("huitang_stun_answered_total"), 1);
	assert_true(media_path_seen_us(w.media, w.path) > 0);
}

static void nothing_reaches_dtls_from_an_address_without_a_check(void **state)
{
	uint8_t hello[1500], srtp[100] = { 0x80, 111 }, odd[] = { 70, 1, 2, 3 };
	static uint8_t large[4000] = { 0x80, 111 };
	size_t len = client_hello(hello, sizeof(hello));

	(void)state;
	settle();
	send(w.stranger, hello, len, 0);
	send(w.stranger, srtp, sizeof(srtp), 0);
	send(w.stranger, odd, sizeof(odd), 0);
	send(w.stranger, large, sizeof(large), 0);
	assert_false(answered(w.stranger, NO_REPLY_MS));
	send(w.known, srtp, sizeof(srtp), 0);
	settle();
	assert_int_equal(metric("huitang_media_dropped_total{reason=\"address_gate\"}"), 2);
	assert_int_equal(metric("huitang_media_dropped_total{reason=\"unknown_kind\"}"), 1);
	assert_int_equal(metric("huitang_media_dropped_total{reason=\"oversize\"}"), 1);
	assert_int_equal(metric("huitang_media_dropped_total{reason=\"no_keys\"}"), 1);
	/* The same from the address that was checked: a ServerHello. */
	send(w.known, hello, len, 0);
	assert_true(answered(w.known, REPLY_MS));
	assert_int_equal(w.reply[0], 22);
	assert_int_equal(w.reply[13], 2);
}

static int open_tcp(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(media_port(w.media, 0)) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static void send_framed(int fd, const uint8_t *data, size_t len)
{
	uint8_t out[2000];

	write_u16(out, (uint16_t)len);
	memcpy(out + 2, data, len);
	assert_int_equal(send(fd, out, len + 2, 0), (ssize_t)len + 2);
}

/* The same port number by TCP: the gate is the same, and what comes out of it too. */
static void by_tcp_it_is_as_by_udp(void **state)
{
	int known = open_tcp(), stranger = open_tcp();
	uint8_t data[1500];
	size_t len;

	(void)state;
	len = client_hello(data, sizeof(data));
	send_framed(stranger, data, len);
	len = write_check(data, sizeof(data), "oursours:theirs", "wrong-password-24-chars-");
	send_framed(stranger, data, len);
	assert_false(answered(stranger, NO_REPLY_MS));
	len = write_check(data, sizeof(data), "oursours:theirs", PWD);
	send_framed(known, data, len);
	assert_true(answered(known, REPLY_MS));
	assert_int_equal(read_u16(w.reply), w.reply_len - 2);
	assert_int_equal(read_u16(w.reply + 2), 0x0101);
	len = client_hello(data, sizeof(data));
	send_framed(known, data, len);
	assert_true(answered(known, REPLY_MS));
	assert_int_equal(w.reply[2], 22);
	assert_int_equal(w.reply[2 + 13], 2);
	assert_false(answered(stranger, NO_REPLY_MS));
	assert_int_equal(metric("huitang_media_dropped_total{reason=\"address_gate\"}"), 1);
	assert_int_equal(metric("huitang_tcp_links"), 2);
	close(known);
	close(stranger);
}

static void a_closed_path_answers_nobody(void **state)
{
	uint8_t hello[1500];
	size_t len = client_hello(hello, sizeof(hello));

	(void)state;
	settle();
	media_path_close(w.media, w.path);
	wait_for_paths(0);
	w.path = open_path("another1");
	wait_for_paths(1);
	assert_true(send_check(w.stranger, "another1:theirs", PWD));
	assert_true(answered(w.stranger, REPLY_MS));
	assert_true(send_check(w.known, "oursours:theirs", PWD));
	send(w.known, hello, len, 0);
	assert_false(answered(w.known, NO_REPLY_MS));
	assert_int_equal(metric("huitang_media_paths"), 1);
}

static void paths_come_and_go_under_traffic(void **state)
{
	uint8_t hello[1500];
	size_t len = client_hello(hello, sizeof(hello));
	struct path_id ids[8] = { 0 };
	char ufrag[16], username[32];

	(void)state;
	for (int i = 0; i < 400; i++) {
		struct path_id *id = &ids[i % 8];

		if (id->generation)
			media_path_close(w.media, *id);
		snprintf(ufrag, sizeof(ufrag), "ufrag%03d", i);
		snprintf(username, sizeof(username), "%s:theirs", ufrag);
		*id = open_path(ufrag);
		media_source_gate(w.media, *id, SOURCE_MIC, true);
		media_slot_bind(w.media, *id, 0, ids[(i + 7) % 8].generation ? ids[(i + 7) % 8] : *id, SOURCE_MIC, (uint32_t)i,
		                (struct slot_wish){ .rank = RANK_TILE });
		send_check(w.stranger, username, PWD);
		send(w.stranger, hello, len, 0);
	}
	while (answered(w.stranger, NO_REPLY_MS))
		;
	settle();
	wait_for_paths(9);
}

#define WORKER_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORKER_TEST(only_checks_with_integrity_are_answered),
		WORKER_TEST(nothing_reaches_dtls_from_an_address_without_a_check),
		WORKER_TEST(by_tcp_it_is_as_by_udp),
		WORKER_TEST(a_closed_path_answers_nobody),
		WORKER_TEST(paths_come_and_go_under_traffic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
