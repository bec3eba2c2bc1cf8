/* See handshake.h. */
#include "tests/load/handshake.h"

#include <openssl/err.h>
#include <string.h>

#include "tests/endpoint/loop.h"
#include "tests/load/peer.h"

#define LOOK_US 10000            /* how often the retransmission timer is looked at */
#define RETRY_US 50000           /* the first retransmission, as browsers have it; then doubled */
#define MOST_RETRY_US 1000000

struct waiting {
	int64_t came_us;
	size_t len;
	uint8_t data[];
};

static void send_dtls(void *user, const uint8_t *data, size_t len)
{
	struct peer *p = user;

	if (len > PORT_BYTES)
		return;
	memcpy(port_room(p->cfg.port), data, len);
	port_send(p->cfg.port, p->endpoint, &p->remote, len, NULL, false, p->cfg.up);
}

/* RFC 5764 §4.2: client key, server key, client salt, server salt. */
static bool take_keys(struct peer *p)
{
	const SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(p->ssl);
	size_t salt = srtp_keying_bytes(p->cfg.suite) - 16;
	uint8_t material[60], ours[30], theirs[30];
	srtp_policy_t policy = { .ssrc.type = ssrc_any_inbound, .key = theirs, .window_size = 1024 };

	if (!profile || profile->id != p->cfg.suite ||
	    SSL_export_keying_material(p->ssl, material, 32 + 2 * salt, "EXTRACTOR-dtls_srtp", 19, NULL, 0, 0) != 1)
		return false;
	memcpy(ours, material, 16);
	memcpy(ours + 16, material + 32, salt);
	memcpy(theirs, material + 16, 16);
	memcpy(theirs + 16, material + 32 + salt, salt);
	if (p->cfg.suite == SUITE_AEAD_AES_128_GCM)
		srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
	else
		srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
	policy.rtcp = policy.rtp;
	if (p->cfg.by_libsrtp && srtp_create(&p->reference, &policy) != srtp_err_status_ok)
		return false;
	return srtp_keys_create(&p->out, p->cfg.suite, ours) == 0 && srtp_keys_create(&p->in, p->cfg.suite, theirs) == 0;
}

static void finish(struct peer *p, int64_t now)
{
	hub_cancel(&p->handshake);
	if (!identity_is_peer(p->ssl, p->wanted)) {
		peer_fail(p, "the server's certificate is not the one that its description names");
	} else if (!take_keys(p)) {
		peer_fail(p, "the server did not take the SRTP suite");
	} else {
		p->state = PEER_UP;
		p->events->on_up(p->user, now);
	}
}

static void step(struct peer *p, int64_t now)
{
	char ignored[1500];
	int r;

	ERR_clear_error();
	if (p->state == PEER_UP) {
		SSL_read(p->ssl, ignored, sizeof(ignored));
		if (SSL_get_shutdown(p->ssl) & SSL_RECEIVED_SHUTDOWN)
			peer_fail(p, "the server closed DTLS");
		return;
	}
	r = SSL_do_handshake(p->ssl);
	if (r == 1)
		finish(p, now);
	else if (SSL_get_error(p->ssl, r) != SSL_ERROR_WANT_READ)
		peer_fail(p, "DTLS handshake refused");
}

static void on_due(struct timer *t, int64_t now)
{
	struct peer *p = OWNER_OF(t, struct peer, handshake);
	struct timeval left;

	/* An answer that waits for us is no loss. */
	if (!handshake_waits(p) && DTLSv1_get_timeout(p->ssl, &left) && !left.tv_sec && !left.tv_usec && DTLSv1_handle_timeout(p->ssl) < 0)
		peer_fail(p, "no end of the DTLS handshake");
	else
		hub_set(p->cfg.hub, &p->handshake, now + LOOK_US);
}

static unsigned next_timeout(SSL *ssl, unsigned last_us)
{
	(void)ssl;
	return last_us ? MIN(2 * last_us, MOST_RETRY_US) : RETRY_US;
}

static void on_turn(struct chore *c, int64_t now)
{
	struct peer *p = OWNER_OF(c, struct peer, steps);
	struct waiting *w;

	if (p->state == PEER_HANDSHAKE && !p->shaking) {
		p->shaking = true;
		step(p, now);
	}
	while ((w = g_queue_pop_head(&p->waiting))) {
		peer_take_now(p, w->data, w->len, w->came_us);
		g_free(w);
	}
}

void handshake_init(struct peer *p)
{
	BIO *b;

	p->bio = (struct datagram_bio){ .send = send_dtls, .user = p };
	b = datagram_bio_new(&p->bio);
	p->handshake.fire = on_due;
	p->steps.run = on_turn;
	g_queue_init(&p->waiting);
	p->ssl = SSL_new(identity_context());
	SSL_set_bio(p->ssl, b, b);
	SSL_set_mtu(p->ssl, 1200);
	DTLS_set_timer_cb(p->ssl, next_timeout);
	SSL_set_tlsext_use_srtp(p->ssl, p->cfg.suite == SUITE_AEAD_AES_128_GCM ? "SRTP_AEAD_AES_128_GCM" : "SRTP_AES128_CM_SHA1_80");
	SSL_set_connect_state(p->ssl);
	identity_fingerprint(SSL_get_certificate(p->ssl), p->fingerprint);
}

void handshake_done(struct peer *p)
{
	hub_cancel(&p->handshake);
	hub_drop(p->cfg.hub, &p->steps);
	g_queue_clear_full(&p->waiting, g_free);
	SSL_free(p->ssl);
}

void handshake_begin(struct peer *p)
{
	hub_set(p->cfg.hub, &p->handshake, now_us() + LOOK_US);
	hub_put_off(p->cfg.hub, &p->steps);
}

void handshake_put_off(struct peer *p, const uint8_t *data, size_t len, int64_t now_us)
{
	struct waiting *w = g_malloc(sizeof(*w) + len);

	w->came_us = now_us;
	w->len = len;
	memcpy(w->data, data, len);
	g_queue_push_tail(&p->waiting, w);
	hub_put_off(p->cfg.hub, &p->steps);
}

bool handshake_waits(const struct peer *p)
{
	return p->steps.waits;
}

void handshake_take(struct peer *p, const uint8_t *data, size_t len, int64_t now_us)
{
	p->bio.datagram = data;
	p->bio.len = len;
	step(p, now_us);
	p->bio.datagram = NULL;
}
