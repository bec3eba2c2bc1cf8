/* The DTLS server against an OpenSSL client: keys agree, fingerprints are compared, and nothing plain ends a handshake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "media/base/mem.h"
#include "media/certificate.h"
#include "media/dtls.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#define MAX_FLIGHT 32

struct datagram {
	size_t len;
	uint8_t data[2048];
};

struct world {
	int64_t live;
	struct certificate *server_cert, *client_cert;
	struct dtls_context *context;
	struct dtls *server;
	SSL_CTX *client_ctx;
	SSL *client;
	BIO *to_client, *from_client;
	struct datagram sent[MAX_FLIGHT];       /* by the server */
	size_t n_sent;
};

static struct world w;

static void on_send(void *user, const uint8_t *data, size_t len)
{
	(void)user;
	assert_in_range(len, 1, 1500);
	assert_true(w.n_sent < MAX_FLIGHT);
	w.sent[w.n_sent].len = len;
	memcpy(w.sent[w.n_sent++].data, data, len);
}

static int accept_any(int ok, X509_STORE_CTX *ctx)
{
	(void)ok;
	(void)ctx;
	return 1;
}

static void create_client(const char *profiles)
{
	w.client_ctx = SSL_CTX_new(DTLS_client_method());
	SSL_CTX_use_certificate(w.client_ctx, w.client_cert->x509);
	SSL_CTX_use_PrivateKey(w.client_ctx, w.client_cert->key);
	SSL_CTX_set_verify(w.client_ctx, SSL_VERIFY_PEER, accept_any);
	if (profiles)
		assert_int_equal(SSL_CTX_set_tlsext_use_srtp(w.client_ctx, profiles), 0);
	w.client = SSL_new(w.client_ctx);
	w.to_client = BIO_new(BIO_s_mem());
	w.from_client = BIO_new(BIO_s_mem());
	BIO_set_mem_eof_return(w.to_client, -1);
	BIO_set_mem_eof_return(w.from_client, -1);
	SSL_set_bio(w.client, w.to_client, w.from_client);
	SSL_set_options(w.client, SSL_OP_NO_QUERY_MTU);
	SSL_set_mtu(w.client, 1200);
	SSL_set_connect_state(w.client);
}

static int setup(void **state)
{
	(void)state;
	memset(&w, 0, sizeof(w));
	w.live = mem_live();
	assert_int_equal(certificate_create(&w.server_cert), 0);
	assert_int_equal(certificate_create(&w.client_cert), 0);
	assert_int_equal(dtls_context_create(&w.context, w.server_cert), 0);
	assert_int_equal(dtls_create(&w.server, w.context, on_send, NULL), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	SSL_free(w.client);
	SSL_CTX_free(w.client_ctx);
	dtls_destroy(w.server);
	dtls_context_destroy(w.context);
	certificate_destroy(w.server_cert);
	certificate_destroy(w.client_cert);
	return mem_live() == w.live ? 0 : -1;
}

/* Records of the client's output, one datagram each, to the server. */
static void client_to_server(void)
{
	uint8_t flight[16384];
	int n = BIO_read(w.from_client, flight, sizeof(flight));

	for (int at = 0; at + 13 <= n;) {
		int len = 13 + (flight[at + 11] << 8 | flight[at + 12]);

		if (dtls_admits(w.server, flight + at, (size_t)len))
			dtls_receive(w.server, flight + at, (size_t)len);
		at += len;
	}
}

static void server_to_client(void)
{
	for (size_t i = 0; i < w.n_sent; i++)
		BIO_write(w.to_client, w.sent[i].data, (int)w.sent[i].len);
	w.n_sent = 0;
}

static void shake(void)
{
	for (int i = 0; i < 10 && dtls_state(w.server) != DTLS_DONE; i++) {
		SSL_do_handshake(w.client);
		client_to_server();
		server_to_client();
	}
	SSL_do_handshake(w.client);
}

static void all_suites_give_the_same_keys_to_both(void **state)
{
	static const struct { const char *profiles; enum srtp_suite expected; } offers[] = {
		{ "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM", SUITE_AEAD_AES_128_GCM },
		{ "SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80", SUITE_AES_CM_128_HMAC_SHA1_80 },
		{ "SRTP_AES128_CM_SHA1_32:SRTP_AEAD_AES_256_GCM", SUITE_AEAD_AES_256_GCM },
		{ "SRTP_AES128_CM_SHA1_32", SUITE_AES_CM_128_HMAC_SHA1_32 },
	};

	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
		uint8_t material[120], keying[48], packet[64] = { 0x80, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9, 'h', 'i' };
		struct srtp *in = NULL, *out = NULL, *peer = NULL;
		enum srtp_suite suite;
		size_t key, salt;

		if (i > 0) {
			teardown(state);
			setup(state);
		}
		create_client(offers[i].profiles);
		shake();
		assert_int_equal(dtls_state(w.server), DTLS_DONE);
		assert_int_equal(dtls_srtp_keys(w.server, &suite, &in, &out), 0);
		assert_int_equal(suite, offers[i].expected);
		key = srtp_key_bytes(suite);
		salt = srtp_keying_bytes(suite) - key;
		assert_int_equal(SSL_export_keying_material(w.client, material, 2 * (key + salt), "EXTRACTOR-dtls_srtp", 19, NULL, 0, 0), 1);
		memcpy(keying, material, key);
		memcpy(keying + key, material + 2 * key, salt);
		assert_int_equal(srtp_keys_create(&peer, suite, keying), 0);
		struct srtp_job job = { .srtp = peer, .in = packet, .in_len = 14, .out = packet, .out_size = sizeof(packet) };
		seal_batch(&job, 1);
		assert_int_equal(job.result, SRTP_OK);
		job.srtp = in;
		job.in_len = job.out_len;
		open_batch(&job, 1);
		assert_int_equal(job.result, SRTP_OK);
		assert_memory_equal(packet + 12, "hi", 2);
		srtp_keys_destroy(in);
		srtp_keys_destroy(out);
		srtp_keys_destroy(peer);
	}
}

static void the_peers_fingerprint_is_compared(void **state)
{
	struct fingerprint f;

	(void)state;
	create_client("SRTP_AEAD_AES_128_GCM");
	certificate_fingerprint(w.client_cert, &f);
	assert_false(dtls_peer_matches(w.server, &f));
	shake();
	assert_true(dtls_peer_matches(w.server, &f));
	f.digest[31] ^= 1;
	assert_false(dtls_peer_matches(w.server, &f));
	f.digest[31] ^= 1;
	f.len = 0;
	assert_false(dtls_peer_matches(w.server, &f));
	f.len = 32;
	f.hash = FINGERPRINT_SHA512;
	assert_false(dtls_peer_matches(w.server, &f));
	f.hash = FINGERPRINT_NONE;
	assert_false(dtls_peer_matches(w.server, &f));
}

static void plain_forgeries_do_not_end_a_handshake(void **state)
{
	/* A fatal plain alert; a ClientHello that makes no sense. */
	static const uint8_t alert[] = { 21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40 };
	static const uint8_t hello[] = { 22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 3, 0, 16, 1, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 0xde, 0xad, 0xbe, 0xef };
	static const uint8_t garbage[] = { 22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 4, 0xff, 0xff, 1 };

	(void)state;
	create_client("SRTP_AEAD_AES_128_GCM");
	assert_false(dtls_admits(w.server, alert, sizeof(alert)));
	assert_true(dtls_admits(w.server, hello, sizeof(hello)));
	assert_int_not_equal(dtls_receive(w.server, hello, sizeof(hello)), DTLS_CLOSED);
	w.n_sent = 0;
	SSL_do_handshake(w.client);
	client_to_server();
	assert_int_equal(dtls_state(w.server), DTLS_SHAKING);
	assert_false(dtls_admits(w.server, alert, sizeof(alert)));
	if (dtls_admits(w.server, garbage, sizeof(garbage)))
		dtls_receive(w.server, garbage, sizeof(garbage));
	server_to_client();
	shake();
	assert_int_equal(dtls_state(w.server), DTLS_DONE);
	assert_false(dtls_admits(w.server, alert, sizeof(alert)));
	dtls_receive(w.server, hello, sizeof(hello));
	dtls_receive(w.server, garbage, sizeof(garbage));
	assert_int_equal(dtls_state(w.server), DTLS_DONE);
}

/* Hellos with post-quantum key shares span several records; here a padded one and small records do. */
static void a_hello_in_fragments_is_put_together(void **state)
{
	uint8_t protocols[1500];

	(void)state;
	for (size_t at = 0; at < sizeof(protocols); at += 100) {
		memset(protocols + at, 'p', 100);
		protocols[at] = 99;
	}
	create_client("SRTP_AEAD_AES_128_GCM");
	assert_int_equal(SSL_set_alpn_protos(w.client, protocols, sizeof(protocols)), 0);
	SSL_set_mtu(w.client, 300);
	SSL_do_handshake(w.client);
	assert_true(BIO_ctrl_pending(w.from_client) > 1500);
	shake();
	assert_int_equal(dtls_state(w.server), DTLS_DONE);
}

static void records_of_other_epochs_change_nothing(void **state)
{
	uint8_t record[64] = { 0 };

	(void)state;
	create_client("SRTP_AEAD_AES_128_GCM");
	SSL_do_handshake(w.client);
	client_to_server();
	for (int round = 0; round < 2; round++) {
		for (int type = 20; type <= 24; type++) {
			for (int epoch = 1; epoch < 5; epoch++) {
				memcpy(record, (uint8_t[]){ (uint8_t)type, 0xfe, 0xfd, 0, (uint8_t)epoch, 0, 0, 0, 0, 0xff, 0xff, 0, 51 }, 13);
				if (dtls_admits(w.server, record, sizeof(record)))
					dtls_receive(w.server, record, sizeof(record));
			}
		}
		if (round == 0)
			server_to_client();
		shake();
		assert_int_equal(dtls_state(w.server), DTLS_DONE);
	}
}

static void refusals_have_a_rate_but_end_nothing(void **state)
{
	static const uint8_t hello[] = { 22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 3, 0, 16, 1, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 0xde, 0xad, 0xbe, 0xef };
	int taken = 0;

	(void)state;
	/* A minute of forged hellos, 20 ticks a second. */
	for (int i = 0; i < 1200; i++) {
		for (int k = 0; k < 10 && dtls_admits(w.server, hello, sizeof(hello)); k++) {
			w.n_sent = 0;
			taken += dtls_receive(w.server, hello, sizeof(hello)) == DTLS_IDLE;
		}
		assert_int_equal(dtls_tick(w.server), DTLS_IDLE);
	}
	assert_in_range(taken, 60, 80);
	/* They stop, and the true one gets in. */
	for (int i = 0; i < 40; i++)
		dtls_tick(w.server);
	w.n_sent = 0;
	create_client("SRTP_AEAD_AES_128_GCM");
	shake();
	assert_int_equal(dtls_state(w.server), DTLS_DONE);
}

static void a_peer_without_srtp_gets_no_keys(void **state)
{
	struct srtp *in = NULL, *out = NULL;
	enum srtp_suite suite;

	(void)state;
	assert_int_equal(dtls_srtp_keys(w.server, &suite, &in, &out), -EPROTO);
	create_client(NULL);
	shake();
	assert_int_equal(dtls_srtp_keys(w.server, &suite, &in, &out), -EPROTO);
	assert_null(in);
}

static void close_notify_ends(void **state)
{
	(void)state;
	create_client("SRTP_AEAD_AES_128_GCM");
	shake();
	server_to_client();
	SSL_do_handshake(w.client);
	SSL_shutdown(w.client);
	client_to_server();
	assert_int_equal(dtls_state(w.server), DTLS_CLOSED);
}

#define DTLS_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DTLS_TEST(all_suites_give_the_same_keys_to_both),
		DTLS_TEST(the_peers_fingerprint_is_compared),
		DTLS_TEST(plain_forgeries_do_not_end_a_handshake),
		DTLS_TEST(a_hello_in_fragments_is_put_together),
		DTLS_TEST(records_of_other_epochs_change_nothing),
		DTLS_TEST(refusals_have_a_rate_but_end_nothing),
		DTLS_TEST(a_peer_without_srtp_gets_no_keys),
		DTLS_TEST(close_notify_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
