/* Bad packets: nothing answers them, nothing happens to those who behave, and a counter rises. */
#include <arpa/inet.h>
#include <glib.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/endpoint/bytes.h"
#include "tests/endpoint/identity.h"
#include "tests/endpoint/stun.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

struct show {
	struct server *server;
	struct loop *loop;
	struct whip *publisher, *viewer;
	int stranger;           /* a socket that nobody knows */
};

static void close_fd(void *fd)
{
	close(GPOINTER_TO_INT(fd));
}

static int open_stranger(const struct server *s)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(s->media_port) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&to, sizeof(to)))
		return -1;
	defer(GINT_TO_POINTER(fd), close_fd);
	return fd;
}

static bool enter(struct show *t)
{
	char *host, *viewer;

	t->server = server_stage();
	if (!t->server)
		return false;
	t->loop = stage_loop();
	t->stranger = open_stranger(t->server);
	host = defer(server_token(t->server, "demo-class", "presenter", "studio", 0), g_free);
	viewer = defer(server_token(t->server, "demo-class", "viewer", NULL, 0), g_free);
	t->publisher = publisher_open(t->server, t->loop, "demo-class", host, &(struct publisher_cfg){ .number = 10, .numbers = VP8_ALL_NUMBERS });
	t->viewer = player_open(t->server, t->loop, "demo-class", viewer, &(struct endpoint_cfg){ 0 });
	return t->publisher->status == 201 && t->viewer->status == 201 && player_wait_frames(t->viewer->endpoint, false, 15, 6000);
}

/* Bytes that come back within `ms`, -1 for none. */
static ssize_t reply_within(int fd, int ms, uint8_t *out, size_t size)
{
	struct pollfd p = { fd, POLLIN, 0 };

	return poll(&p, 1, ms) > 0 ? recv(fd, out, size, 0) : -1;
}

static void still_clean(struct show *t)
{
	uint32_t now = player_stats(t->viewer->endpoint, false).frames;

	CHECK(player_wait_frames(t->viewer->endpoint, false, now + 15, 3000), "the picture stopped");
	player_check(t->viewer->endpoint, false, 60, "viewer");
	player_check(t->viewer->endpoint, true, 60, "viewer");
	CHECK(server_alive(t->server), "the server died");
}

static double dropped(struct show *t)
{
	return server_metric(t->server, "huitang_media_dropped_total") + server_metric(t->server, "huitang_stun_dropped_total") +
	       server_metric(t->server, "huitang_dtls_dropped_total");
}

static void send_garbage(int fd)
{
	static const size_t sizes[] = { 1, 2, 3, 11, 12, 19, 20, 64, 500, 1500, 1501, 4000, 9000, 65000 };
	g_autofree uint8_t *data = g_malloc(65000);

	for (unsigned first = 0; first < 256; first += 5)
		for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
			for (size_t k = 0; k < sizes[i]; k++)
				data[k] = (uint8_t)g_random_int();
			data[0] = (uint8_t)first;
			if (send(fd, data, sizes[i], 0) < 0)
				continue;
		}
	(void)!send(fd, data, 0, 0);
}

static void garbage(void)
{
	struct show t;
	uint8_t reply[2048];
	double before;

	REQUIRE(enter(&t));
	before = dropped(&t);
	send_garbage(t.stranger);
	CHECK(reply_within(t.stranger, 300, reply, sizeof(reply)) < 0, "garbage was answered");
	still_clean(&t);
	CHECK(dropped(&t) > before, "no counter rose");
}

static void stun_without_proof(void)
{
	struct show t;
	uint8_t reply[2048], out[STUN_BYTES];
	const char *ufrag, *pwd;
	g_autofree char *right = NULL;
	double before;

	REQUIRE(enter(&t));
	before = dropped(&t);
	ufrag = endpoint_remote(t.viewer->endpoint)->ufrag;
	pwd = endpoint_remote(t.viewer->endpoint)->pwd;
	right = g_strconcat(ufrag, ":", transport_ufrag(endpoint_transport(t.viewer->endpoint)), NULL);
	struct stun_request bad[] = {
		{ .username = right },
		{ .username = right, .use_candidate = true },
		{ .username = right, .password = "not-the-right-password-at-all", .use_candidate = true },
		{ .username = "nobody99:abcd", .password = pwd, .use_candidate = true },
		{ .username = "", .password = pwd },
		{ .password = pwd },
		{ .username = right, .password = pwd, .truncated = true },
		{ .username = right, .indication = true },
		{ .username = right, .no_fingerprint = true },
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
		size_t n = stun_write(out, &bad[i]);

		CHECK(send(t.stranger, out, n, 0) == (ssize_t)n);
		CHECK(reply_within(t.stranger, 60, reply, sizeof(reply)) < 0, "request %u was answered", i);
	}
	still_clean(&t);
	CHECK(dropped(&t) > before, "no counter rose");
}

/* A true check without USE-CANDIDATE is answered, and moves nothing. */
static void only_nomination_moves_media(void)
{
	struct show t;
	uint8_t reply[2048], out[STUN_BYTES];
	g_autofree char *name = NULL;
	struct stun_request check;
	ssize_t n;

	REQUIRE(enter(&t));
	name = g_strconcat(endpoint_remote(t.viewer->endpoint)->ufrag, ":", transport_ufrag(endpoint_transport(t.viewer->endpoint)), NULL);
	check = (struct stun_request){ .username = name, .password = endpoint_remote(t.viewer->endpoint)->pwd };
	n = (ssize_t)stun_write(out, &check);
	CHECK(send(t.stranger, out, (size_t)n, 0) == n);
	n = reply_within(t.stranger, 1000, reply, sizeof(reply));
	CHECK(n > 0 && stun_is_success(reply, (size_t)n), "a true check is not answered");
	CHECK(reply_within(t.stranger, 400, reply, sizeof(reply)) < 0, "media moved without USE-CANDIDATE");
	still_clean(&t);
	check.use_candidate = true;
	n = (ssize_t)stun_write(out, &check);
	CHECK(send(t.stranger, out, (size_t)n, 0) == n);
	n = reply_within(t.stranger, 1000, reply, sizeof(reply));
	CHECK(n > 0 && stun_is_success(reply, (size_t)n));
	n = reply_within(t.stranger, 1000, reply, sizeof(reply));
	CHECK(n > 12 && reply[0] >> 6 == 2, "media did not follow the nomination");
}

static void ungated_handshake(void)
{
	struct show t;
	SSL *ssl = SSL_new(identity_context());
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
	uint8_t hello[2048], reply[2048];
	int n;

	SSL_set_bio(ssl, in, out);
	SSL_set_tlsext_use_srtp(ssl, "SRTP_AES128_CM_SHA1_80");
	SSL_set_mtu(ssl, 1200);
	SSL_set_connect_state(ssl);
	SSL_do_handshake(ssl);
	n = BIO_read(out, hello, sizeof(hello));
	SSL_free(ssl);
	REQUIRE(n > 100);
	REQUIRE(enter(&t));
	for (int i = 0; i < 20; i++)
		CHECK(send(t.stranger, hello, (size_t)n, 0) == n);
	CHECK(reply_within(t.stranger, 400, reply, sizeof(reply)) < 0, "a ClientHello from nowhere was answered");
	still_clean(&t);
}

static void forge(uint8_t *packet, size_t len, uint32_t ssrc)
{
	for (size_t i = 0; i < len; i++)
		packet[i] = (uint8_t)g_random_int();
	packet[0] = 0x80;
	packet[1] = 96;
	put32(packet + 8, ssrc);
}

/* From nowhere, and from the right address: forged and replayed media change nothing. */
static void forged_media(void)
{
	struct show t;
	uint8_t packet[1200], reply[2048], last[PACKET_BYTES];
	const uint8_t *sealed;
	struct transport *p;
	size_t n;
	double before;

	REQUIRE(enter(&t));
	before = dropped(&t);
	p = endpoint_transport(t.publisher->endpoint);
	loop_lock(t.loop);
	n = transport_last_sealed(p, &sealed);
	memcpy(last, sealed, n);
	loop_unlock(t.loop);
	for (unsigned i = 0; i < 200; i++) {
		forge(packet, 100 + i, get32(last + 8));
		(void)!send(t.stranger, packet, 100 + i, 0);
		(void)!send(t.stranger, last, n, 0);
		loop_lock(t.loop);
		transport_send_raw(p, packet, 100 + i);
		transport_send_raw(p, packet, 12 + i % 20);
		transport_send_raw(p, last, n);
		packet[1] = 200;
		transport_send_raw(p, packet, 20 + i);
		loop_unlock(t.loop);
	}
	CHECK(reply_within(t.stranger, 200, reply, sizeof(reply)) < 0, "forged media were answered");
	still_clean(&t);
	CHECK(dropped(&t) > before, "no counter rose");
}

/* DTLS alerts and records in clear, and a true BYE: the path lives on. */
static void alerts_and_byes(void)
{
	static const uint8_t alert[] = { 21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40 };
	static const uint8_t future[] = { 23, 254, 253, 0, 9, 0, 0, 0, 0, 0, 1, 0, 4, 1, 2, 3, 4 };
	static const uint8_t cut_short[] = { 22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1 };
	struct show t;
	uint8_t bye[64];
	struct endpoint *all[2];

	REQUIRE(enter(&t));
	all[0] = t.publisher->endpoint, all[1] = t.viewer->endpoint;
	loop_lock(t.loop);
	for (unsigned i = 0; i < 2; i++) {
		struct transport *x = endpoint_transport(all[i]);
		size_t n;

		transport_send_raw(x, alert, sizeof(alert));
		transport_send_raw(x, future, sizeof(future));
		transport_send_raw(x, cut_short, sizeof(cut_short));
		n = control_write_rr(bye, 77, NULL, 0);
		n += control_write_bye(bye + n, source_cfg(endpoint_source(t.publisher->endpoint, 1))->ssrc);
		transport_send_rtcp(x, bye, n);
	}
	loop_unlock(t.loop);
	still_clean(&t);
	CHECK(endpoint_byes(t.viewer->endpoint) == 0, "BYE was forwarded");
}

/* True, sealed RTCP full of nonsense and a thousand keyframe requests. */
static void rtcp_flood(void)
{
	struct show t;
	uint8_t junk[200];
	uint32_t before, ssrc;
	static const uint16_t seqs[] = { 1, 2, 3, 40, 50, 60, 1000, 2000, 40000, 65535 };

	REQUIRE(enter(&t));
	before = publisher_stats(t.publisher->endpoint, 1).plis;
	loop_lock(t.loop);
	ssrc = sink_cfg(endpoint_sink_of_kind(t.viewer->endpoint, false))->ssrc;
	for (unsigned i = 0; i < 1000; i++) {
		endpoint_send_pli(t.viewer->endpoint, ssrc);
		endpoint_send_nack(t.viewer->endpoint, ssrc, seqs, G_N_ELEMENTS(seqs));
		for (unsigned k = 0; k < sizeof(junk); k++)
			junk[k] = (uint8_t)g_random_int();
		junk[0] = (uint8_t)(0x80 | i % 64);
		junk[1] = (uint8_t)(200 + i % 8);
		put16(junk + 2, i % 3 ? i : 48);
		transport_send_rtcp(endpoint_transport(t.viewer->endpoint), junk, 20 + i % 46 * 4);
	}
	loop_unlock(t.loop);
	still_clean(&t);
	CHECK(publisher_stats(t.publisher->endpoint, 1).plis - before <= 4, "%u requests passed on",
	      publisher_stats(t.publisher->endpoint, 1).plis - before);
}

/* Truncated VP8 descriptors, RTX without a number, unknown types: sealed by one who may send. */
static void malformed_media(void)
{
	struct show t;
	uint8_t packet[64];
	uint32_t ssrc, rtx;

	REQUIRE(enter(&t));
	loop_lock(t.loop);
	ssrc = source_cfg(endpoint_source(t.publisher->endpoint, 1))->ssrc;
	rtx = source_cfg(endpoint_source(t.publisher->endpoint, 1))->rtx_ssrc;
	for (unsigned i = 0; i < 200; i++) {
		size_t n = 12 + i % 6;

		memset(packet, 0xff, sizeof(packet));
		packet[0] = i % 5 == 4 ? 0xbf : 0x80; /* with padding, extension and 15 CSRCs that are not there */
		packet[1] = (uint8_t)(i % 3 == 0 ? 97 : i % 3 == 1 ? 127 : 97);
		put16(packet + 2, 40000 + i);
		put32(packet + 8, i % 3 == 1 ? ssrc + 1 + i : rtx);
		transport_send_rtp(endpoint_transport(t.publisher->endpoint), packet, n);
	}
	loop_unlock(t.loop);
	still_clean(&t);
}

static void false_fingerprint(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	g_autofree char *host = NULL, *viewer = NULL;
	struct whip *p, *v;

	REQUIRE(s);
	host = server_token(s, "demo-class", "presenter", "studio", 0);
	viewer = server_token(s, "demo-class", "viewer", NULL, 0);
	v = player_open(s, l, "demo-class", viewer, &(struct endpoint_cfg){ 0 });
	p = publisher_open(s, l, "demo-class", host, &(struct publisher_cfg){ .endpoint.transport.lie = true, .number = 10 });
	REQUIRE(p->status == 201 && v->status == 201);
	REQUIRE(endpoint_wait_up(v->endpoint, 5000));
	endpoint_wait_up(p->endpoint, 2000);
	g_usleep(500000); /* nothing to wait for: media must not come */
	CHECK(player_transport(v->endpoint).rx_rtp == 0, "media of a false certificate were forwarded");
	CHECK(player_transport(p->endpoint).rx_rtcp == 0, "a false certificate got RTCP");
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "garbage from strangers is not answered and harms nobody", garbage },
		{ "STUN without integrity or of a foreign ufrag is not answered", stun_without_proof },
		{ "only a nominated check moves the media", only_nomination_moves_media },
		{ "a handshake from an address without a check is not answered", ungated_handshake },
		{ "forged and replayed media change nothing", forged_media },
		{ "DTLS alerts in clear and BYE do not end a path", alerts_and_byes },
		{ "nonsense in RTCP and a thousand requests change nothing", rtcp_flood },
		{ "malformed media of a true sender harm nobody", malformed_media },
		{ "a certificate that the SDP did not name gets and gives nothing", false_fingerprint },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 120);
}
