/* Life and dispatch of an endpoint's way; ICE is in check.c, DTLS in handshake.c. */
#include "tests/load/peer.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "tests/load/check.h"
#include "tests/load/handshake.h"

static void random_text(char *out, size_t n)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/";

	for (size_t i = 0; i + 1 < n; i++)
		out[i] = letters[g_random_int_range(0, 64)];
	out[n - 1] = 0;
}

int peer_create(struct peer **ret, unsigned endpoint, const struct in_addr *remote, const struct peer_cfg *cfg,
                const struct peer_events *events, void *user)
{
	struct peer *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return -ENOMEM;
	*p = (struct peer){ .cfg = *cfg, .events = events, .user = user, .endpoint = endpoint };
	r = port_open(cfg->port, endpoint, remote, &p->local);
	if (r < 0) {
		free(p);
		return r;
	}
	random_text(p->ufrag, sizeof(p->ufrag));
	random_text(p->pwd, sizeof(p->pwd));
	check_init(p);
	handshake_init(p);
	*ret = p;
	return 0;
}

struct peer *peer_destroy(struct peer *p)
{
	if (!p)
		return NULL;
	port_flush(p->cfg.port); /* what waits there points to our keys */
	port_close(p->cfg.port, p->endpoint);
	hub_cancel(&p->check);
	handshake_done(p);
	srtp_keys_destroy(p->in);
	srtp_keys_destroy(p->out);
	if (p->reference)
		srtp_dealloc(p->reference);
	free(p);
	return NULL;
}

void peer_fail(struct peer *p, const char *why)
{
	if (p->state == PEER_FAILED)
		return;
	p->state = PEER_FAILED;
	hub_cancel(&p->check);
	hub_cancel(&p->handshake);
	p->events->on_failed(p->user, why);
}

void peer_connect(struct peer *p, const struct peer_remote *r)
{
	g_strlcpy(p->remote_ufrag, r->ufrag, sizeof(p->remote_ufrag));
	g_strlcpy(p->remote_pwd, r->pwd, sizeof(p->remote_pwd));
	g_strlcpy(p->wanted, r->fingerprint, sizeof(p->wanted));
	p->remote = r->address;
	p->controlled = r->controls;
	p->state = PEER_CHECKING;
	check_begin(p);
}

static void take_rtcp(struct peer *p, uint8_t *data, size_t len, int64_t now)
{
	struct srtp_job j = { .srtp = p->in, .in = data, .in_len = len, .out = data, .out_size = len, .rtcp = true };

	open_batch(&j, 1);
	if (j.result == SRTP_OK)
		p->events->on_rtcp(p->user, data, j.out_len, now);
	else
		p->bad_tags++;
}

static bool is_dtls(const uint8_t *data)
{
	return data[0] >= 20 && data[0] < 64; /* RFC 7983 */
}

void peer_take(struct peer *p, uint8_t *data, size_t len, int64_t now_us)
{
	if (len > 0 && (is_dtls(data) || handshake_waits(p)) && p->state >= PEER_HANDSHAKE)
		handshake_put_off(p, data, len, now_us);
	else
		peer_take_now(p, data, len, now_us);
}

void peer_take_now(struct peer *p, uint8_t *data, size_t len, int64_t now_us)
{
	if (len < 12 || p->state == PEER_FAILED)
		return;
	if (data[0] >= 128 && data[0] < 192) { /* RFC 7983, RFC 5761 */
		if (p->state != PEER_UP)
			return;
		if (data[1] >= 192 && data[1] <= 223)
			take_rtcp(p, data, len, now_us);
		else
			p->events->on_rtp(p->user, data, len, now_us);
	} else if (data[0] < 4) {
		check_take(p, data, len, now_us);
	} else if (is_dtls(data) && p->state >= PEER_HANDSHAKE) {
		handshake_take(p, data, len, now_us);
	}
}

int peer_open(struct peer *p, uint8_t *data, size_t len)
{
	struct srtp_job j = { .srtp = p->in, .in = data, .in_len = len, .out = data, .out_size = len };
	int n = (int)len;

	if (p->reference)
		return srtp_unprotect(p->reference, data, &n) == srtp_err_status_ok ? n : -EBADMSG;
	open_batch(&j, 1);
	return j.result == SRTP_OK ? (int)j.out_len : -EBADMSG;
}

void peer_send(struct peer *p, size_t len, bool rtcp)
{
	port_send(p->cfg.port, p->endpoint, &p->remote, len, p->out, rtcp, p->cfg.up);
}

size_t peer_seal(struct peer *p, uint8_t *data, size_t len)
{
	struct srtp_job j = { .srtp = p->out, .in = data, .in_len = len, .out = data, .out_size = PORT_BYTES };

	seal_batch(&j, 1);
	return j.result == SRTP_OK ? j.out_len : 0;
}

void peer_send_sealed(struct peer *p, size_t len)
{
	port_send(p->cfg.port, p->endpoint, &p->remote, len, NULL, false, p->cfg.up);
}
