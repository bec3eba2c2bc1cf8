/* See dtls.h. OpenSSL talks to a BIO of ours: a read takes the one datagram at hand, a write sends one datagram. */
#include "media/dtls.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>

#include "media/base/bytes.h"
#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/certificate.h"

#define MTU_BYTES 1200
#define MAX_REFUSED 16                  /* at once */
#define FORGIVE_TICKS 20                /* one refusal is forgotten a second */
/* In the order of our liking; the last two are slow (srtp.h) and for peers that have no other. */
#define SRTP_PROFILES "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_32"
#define EXPORTER_LABEL "EXTRACTOR-dtls_srtp"
#define RECORD_ALERT 21
#define RECORD_HANDSHAKE 22
#define RECORD_HEADER_BYTES 13
#define HANDSHAKE_CLIENT_HELLO 1

struct dtls_context {
	SSL_CTX *ssl;           /* owned */
	BIO_METHOD *method;     /* owned */
};

struct dtls {
	struct dtls_context *context;   /* given: outlives us */
	dtls_send_fn *send;             /* given */
	void *user;
	SSL *ssl;                       /* owned, NULL while idle; owns its BIO */
	enum dtls_state state;
	unsigned refused;
	unsigned ticks;                 /* since one was forgotten */
	const uint8_t *in;              /* borrowed during dtls_receive(): the datagram not yet read */
	size_t in_len;
};

static int bio_read(BIO *bio, char *out, int size)
{
	struct dtls *d = BIO_get_data(bio);
	size_t n;

	BIO_clear_retry_flags(bio);
	if (!d->in) {
		BIO_set_retry_read(bio);
		return -1;
	}
	n = MIN(d->in_len, (size_t)size);
	memcpy(out, d->in, n);
	d->in = NULL;
	return (int)n;
}

static int bio_write(BIO *bio, const char *data, int len)
{
	struct dtls *d = BIO_get_data(bio);

	d->send(d->user, (const uint8_t *)data, (size_t)len);
	return len;
}

static long bio_ctrl(BIO *bio, int cmd, long num, void *ptr)
{
	(void)bio;
	(void)num;
	(void)ptr;
	/* 1 to all would make OpenSSL think that kernel TLS is on (traps.md). */
	return cmd == BIO_CTRL_FLUSH ? 1 : 0;
}

static int bio_create(BIO *bio)
{
	BIO_set_init(bio, 1);
	return 1;
}

/* Instead of OpenSSL's search for a chain: the certificate is self-signed, and its fingerprint is compared when both are known. */
static int accept_certificate(X509_STORE_CTX *ctx, void *arg)
{
	(void)ctx;
	(void)arg;
	return 1;
}

static int context_setup(struct dtls_context *c, const struct certificate *cert)
{
	c->method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagram");
	c->ssl = SSL_CTX_new(DTLS_server_method());
	if (!c->method || !c->ssl)
		return -ENOMEM;
	BIO_meth_set_read(c->method, bio_read);
	BIO_meth_set_write(c->method, bio_write);
	BIO_meth_set_ctrl(c->method, bio_ctrl);
	BIO_meth_set_create(c->method, bio_create);
	SSL_CTX_set_session_cache_mode(c->ssl, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_options(c->ssl, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_QUERY_MTU | SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_verify(c->ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(c->ssl, accept_certificate, NULL);
	SSL_CTX_set_max_send_fragment(c->ssl, 1400);
	SSL_CTX_set_read_ahead(c->ssl, 1);
	/* SSL_CTX_set_tlsext_use_srtp() answers 0 for success. */
	if (SSL_CTX_set_min_proto_version(c->ssl, DTLS1_2_VERSION) != 1 || SSL_CTX_set1_groups_list(c->ssl, "X25519:P-256") != 1 ||
	    SSL_CTX_set_cipher_list(c->ssl, "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:"
	                                    "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA") != 1 ||
	    SSL_CTX_use_certificate(c->ssl, cert->x509) != 1 || SSL_CTX_use_PrivateKey(c->ssl, cert->key) != 1 ||
	    SSL_CTX_set_tlsext_use_srtp(c->ssl, SRTP_PROFILES) != 0)
		return -EIO;
	return 0;
}

int dtls_context_create(struct dtls_context **ret, const struct certificate *cert)
{
	struct dtls_context *c = mem_zalloc(sizeof(*c));
	int r;

	if (!c)
		return -ENOMEM;
	r = context_setup(c, cert);
	if (r < 0) {
		dtls_context_destroy(c);
		return r;
	}
	*ret = c;
	return 0;
}

struct dtls_context *dtls_context_destroy(struct dtls_context *c)
{
	if (!c)
		return NULL;
	SSL_CTX_free(c->ssl);
	BIO_meth_free(c->method);
	return mem_free(c);
}

int dtls_create(struct dtls **ret, struct dtls_context *context, dtls_send_fn *send, void *user)
{
	struct dtls *d = mem_zalloc(sizeof(*d));

	if (!d)
		return -ENOMEM;
	d->context = context;
	d->send = send;
	d->user = user;
	*ret = d;
	return 0;
}

struct dtls *dtls_destroy(struct dtls *d)
{
	if (!d)
		return NULL;
	SSL_free(d->ssl);
	return mem_free(d);
}

bool dtls_admits(const struct dtls *d, const uint8_t *data, size_t len)
{
	uint8_t type;
	uint16_t epoch;

	if (len < RECORD_HEADER_BYTES)
		return false;
	type = data[0];
	epoch = read_u16(data + 3);
	switch (d->state) {
	case DTLS_IDLE:
		return d->refused < MAX_REFUSED && type == RECORD_HANDSHAKE && epoch == 0 && len > RECORD_HEADER_BYTES &&
		       data[RECORD_HEADER_BYTES] == HANDSHAKE_CLIENT_HELLO;
	case DTLS_SHAKING:
		return !(type == RECORD_ALERT && epoch == 0);
	case DTLS_DONE:
		/* A repeated plain flight (its Finished is encrypted) makes us repeat ours; plain alerts are nobody's. */
		return epoch == 1 || (epoch == 0 && type != RECORD_ALERT);
	default:
		return false;
	}
}

static int begin(struct dtls *d)
{
	BIO *bio;

	d->ssl = SSL_new(d->context->ssl);
	bio = BIO_new(d->context->method);
	if (!d->ssl || !bio) {
		BIO_free(bio);
		SSL_free(d->ssl);
		d->ssl = NULL;
		return -ENOMEM;
	}
	BIO_set_data(bio, d);
	SSL_set_bio(d->ssl, bio, bio);
	SSL_set_mtu(d->ssl, MTU_BYTES);
	SSL_set_accept_state(d->ssl);
	d->state = DTLS_SHAKING;
	return 0;
}

/* The peer's flight was not to OpenSSL's liking: perhaps forged, so the true one gets its chance. */
static void refuse(struct dtls *d)
{
	SSL_free(d->ssl);
	d->ssl = NULL;
	d->refused++;
	d->state = DTLS_IDLE;
}

static void shake(struct dtls *d)
{
	int r = SSL_do_handshake(d->ssl);
	int error = SSL_get_error(d->ssl, r);

	if (r == 1)
		d->state = DTLS_DONE;
	else if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
		refuse(d);
}

/* After the handshake nothing but close_notify and repeated flights is expected; bad records are dropped by OpenSSL. */
static void drain(struct dtls *d)
{
	uint8_t scratch[2048];
	int r = SSL_read(d->ssl, scratch, sizeof(scratch));

	if (r <= 0 && SSL_get_error(d->ssl, r) == SSL_ERROR_ZERO_RETURN)
		d->state = DTLS_CLOSED;
}

enum dtls_state dtls_receive(struct dtls *d, const uint8_t *data, size_t len)
{
	ERR_clear_error();
	if (d->state == DTLS_IDLE && begin(d) < 0)
		return d->state;
	d->in = data;
	d->in_len = len;
	if (d->state == DTLS_SHAKING)
		shake(d);
	else if (d->state == DTLS_DONE)
		drain(d);
	d->in = NULL;
	return d->state;
}

enum dtls_state dtls_tick(struct dtls *d)
{
	if (d->refused > 0 && ++d->ticks >= FORGIVE_TICKS) {
		d->refused--;
		d->ticks = 0;
	}
	if (d->state == DTLS_SHAKING) {
		ERR_clear_error();
		if (DTLSv1_handle_timeout(d->ssl) < 0)
			refuse(d);
	}
	return d->state;
}

enum dtls_state dtls_state(const struct dtls *d)
{
	return d->state;
}

static const EVP_MD *digest_of(enum fingerprint_hash hash)
{
	switch (hash) {
	case FINGERPRINT_SHA256:
		return EVP_sha256();
	case FINGERPRINT_SHA384:
		return EVP_sha384();
	case FINGERPRINT_SHA512:
		return EVP_sha512();
	default:
		return NULL;
	}
}

bool dtls_peer_matches(const struct dtls *d, const struct fingerprint *f)
{
	const EVP_MD *md = digest_of(f->hash);
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;
	X509 *peer;

	if (d->state != DTLS_DONE || !md)
		return false;
	peer = SSL_get0_peer_certificate(d->ssl);
	if (!peer || X509_digest(peer, md, digest, &len) != 1)
		return false;
	return len > 0 && len == f->len && memcmp(digest, f->digest, len) == 0;
}

/* The exporter gives client key, server key, client salt, server salt; srtp_keys_create() wants key then salt. */
static int create_direction(struct srtp **ret, enum srtp_suite suite, const uint8_t *key, const uint8_t *salt)
{
	size_t key_len = srtp_key_bytes(suite);
	uint8_t keying[64];
	int r;

	memcpy(keying, key, key_len);
	memcpy(keying + key_len, salt, srtp_keying_bytes(suite) - key_len);
	r = srtp_keys_create(ret, suite, keying);
	OPENSSL_cleanse(keying, sizeof(keying));
	return r;
}

int dtls_srtp_keys(const struct dtls *d, enum srtp_suite *ret_suite, struct srtp **ret_in, struct srtp **ret_out)
{
	const SRTP_PROTECTION_PROFILE *profile = d->state == DTLS_DONE ? SSL_get_selected_srtp_profile(d->ssl) : NULL;
	uint8_t material[128];
	struct srtp *in = NULL, *out = NULL;
	enum srtp_suite suite;
	size_t key, salt;
	int r;

	if (!profile)
		return -EPROTO;
	suite = (enum srtp_suite)profile->id;
	if (srtp_keying_bytes(suite) == 0)
		return -EPROTO;
	key = srtp_key_bytes(suite);
	salt = srtp_keying_bytes(suite) - key;
	if (SSL_export_keying_material(d->ssl, material, 2 * (key + salt), EXPORTER_LABEL, strlen(EXPORTER_LABEL), NULL, 0, 0) != 1)
		return -EPROTO;
	r = create_direction(&in, suite, material, material + 2 * key);
	if (r == 0)
		r = create_direction(&out, suite, material + key, material + 2 * key + salt);
	OPENSSL_cleanse(material, sizeof(material));
	if (r < 0) {
		srtp_keys_destroy(in);
		return r;
	}
	*ret_suite = suite;
	*ret_in = in;
	*ret_out = out;
	return 0;
}
