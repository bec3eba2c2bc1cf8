/*
 * NEW ─connect─► CHECKING ─pair ready─► CONNECTED ─DTLS done, fingerprint right─► UP
 *                   └──── libnice failed, handshake error, wrong fingerprint ────► FAILED
 */
#include "transport.h"

#include <errno.h>
#include <nice/agent.h>
#include <openssl/err.h>
#include <srtp2/srtp.h>
#include <string.h>
#include <sys/socket.h>

#include "datagram_bio.h"
#include "identity.h"
#include "packet.h"

#define RECEIVE_BYTES (1 << 19)

struct transport {
	struct loop *loop;                      /* given */
	const struct transport_events *events;  /* given */
	void *user;
	struct transport_cfg cfg;
	NiceAgent *agent;                       /* owned */
	guint stream;
	SSL *ssl;                               /* owned */
	srtp_t in, out;                         /* owned; NULL before UP */
	char *ufrag, *pwd;                      /* owned */
	char fingerprint[FINGERPRINT_TEXT];
	char wanted[FINGERPRINT_TEXT];          /* the peer's, from its description */
	enum transport_state state;
	struct datagram_bio bio;
	struct transport_stats stats;
	uint8_t sealed[PACKET_BYTES];
	size_t sealed_len;
	int64_t dtls_due_us;
};

static void set_state(struct transport *t, enum transport_state state)
{
	if (t->state == state)
		return;
	t->state = state;
	if (t->events->on_state)
		t->events->on_state(t->user, state);
}

static void send_dtls(void *user, const uint8_t *data, size_t len)
{
	struct transport *t = user;

	nice_agent_send(t->agent, t->stream, 1, (guint)len, (const char *)data);
}

static void make_ssl(struct transport *t)
{
	static const char *const profiles[] = {
		[SUITES_GCM_FIRST] = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80",
		[SUITES_CM_ONLY] = "SRTP_AES128_CM_SHA1_80",
		[SUITES_GCM_ONLY] = "SRTP_AEAD_AES_128_GCM",
	};
	BIO *b;

	t->bio = (struct datagram_bio){ .send = send_dtls, .user = t };
	b = datagram_bio_new(&t->bio);
	t->ssl = SSL_new(identity_context());
	SSL_set_bio(t->ssl, b, b);
	SSL_set_mtu(t->ssl, 1200);
	SSL_set_tlsext_use_srtp(t->ssl, profiles[t->cfg.suites]);
	if (t->cfg.controlled)
		SSL_set_accept_state(t->ssl);
	else
		SSL_set_connect_state(t->ssl);
	identity_fingerprint(SSL_get_certificate(t->ssl), t->fingerprint);
	if (t->cfg.lie)
		t->fingerprint[8] = t->fingerprint[8] == '0' ? '1' : '0';
}

static srtp_t make_srtp(unsigned long profile, const uint8_t *key, size_t key_len, const uint8_t *salt, size_t salt_len, bool in)
{
	srtp_policy_t policy = { 0 };
	uint8_t master[64];
	srtp_t s = NULL;

	if (profile == SRTP_AEAD_AES_128_GCM) {
		srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
		srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
	} else {
		srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
		srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
	}
	memcpy(master, key, key_len);
	memcpy(master + key_len, salt, salt_len);
	policy.ssrc.type = in ? ssrc_any_inbound : ssrc_any_outbound;
	policy.key = master;
	policy.window_size = 1024;
	return srtp_create(&s, &policy) == srtp_err_status_ok ? s : NULL;
}

/* RFC 5764 §4.2: client key, server key, client salt, server salt. */
static bool derive_keys(struct transport *t)
{
	const SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(t->ssl);
	size_t salt = profile && profile->id == SRTP_AEAD_AES_128_GCM ? 12 : 14;
	uint8_t material[60];
	const uint8_t *client = material, *server = material + 16;
	const uint8_t *client_salt = material + 32, *server_salt = client_salt + salt;
	bool us = t->cfg.controlled; /* true: we are the DTLS server */

	if (!profile ||
	    SSL_export_keying_material(t->ssl, material, 32 + 2 * salt, "EXTRACTOR-dtls_srtp", 19, NULL, 0, 0) != 1)
		return false;
	t->stats.profile = (uint16_t)profile->id;
	t->out = make_srtp(profile->id, us ? server : client, 16, us ? server_salt : client_salt, salt, false);
	t->in = make_srtp(profile->id, us ? client : server, 16, us ? client_salt : server_salt, salt, true);
	return t->in && t->out;
}

static void step_dtls(struct transport *t)
{
	char ignored[1500];
	int r;

	ERR_clear_error();
	if (t->state == TRANSPORT_UP) {
		SSL_read(t->ssl, ignored, sizeof(ignored));
		if (SSL_get_shutdown(t->ssl) & SSL_RECEIVED_SHUTDOWN)
			set_state(t, TRANSPORT_FAILED);
		return;
	}
	r = SSL_do_handshake(t->ssl);
	if (r == 1)
		set_state(t, identity_is_peer(t->ssl, t->wanted) && derive_keys(t) ? TRANSPORT_UP : TRANSPORT_FAILED);
	else if (SSL_get_error(t->ssl, r) != SSL_ERROR_WANT_READ)
		set_state(t, TRANSPORT_FAILED);
}

static void on_srtp(struct transport *t, uint8_t *data, int len)
{
	bool rtcp = data[1] >= 192 && data[1] <= 223;

	if (!t->in)
		return;
	if ((rtcp ? srtp_unprotect_rtcp(t->in, data, &len) : srtp_unprotect(t->in, data, &len)) != srtp_err_status_ok) {
		t->stats.rx_bad++;
		return;
	}
	if (rtcp) {
		t->stats.rx_rtcp++;
		if (t->events->on_rtcp)
			t->events->on_rtcp(t->user, data, (size_t)len);
	} else {
		t->stats.rx_rtp++;
		if (t->events->on_rtp)
			t->events->on_rtp(t->user, data, (size_t)len);
	}
}

static void on_datagram(NiceAgent *agent, guint stream, guint component, guint len, gchar *buf, gpointer user)
{
	struct transport *t = user;
	uint8_t data[PACKET_BYTES + 64];

	(void)agent;
	(void)stream;
	(void)component;
	if (len < 12 || len > PACKET_BYTES)
		return;
	if ((uint8_t)buf[0] >= 128 && (uint8_t)buf[0] < 192) {
		memcpy(data, buf, len); /* libsrtp opens in place and wants alignment */
		on_srtp(t, data, (int)len);
	} else if ((uint8_t)buf[0] >= 20 && (uint8_t)buf[0] < 64 && t->state >= TRANSPORT_CONNECTED) {
		t->bio.datagram = (const uint8_t *)buf;
		t->bio.len = len;
		step_dtls(t);
		t->bio.datagram = NULL;
	}
}

static void on_component(NiceAgent *agent, guint stream, guint component, guint state, gpointer user)
{
	struct transport *t = user;

	(void)agent;
	(void)stream;
	(void)component;
	if ((state == NICE_COMPONENT_STATE_READY || state == NICE_COMPONENT_STATE_CONNECTED) && t->state < TRANSPORT_CONNECTED) {
		set_state(t, TRANSPORT_CONNECTED);
		step_dtls(t);
	} else if (state == NICE_COMPONENT_STATE_FAILED) {
		set_state(t, TRANSPORT_FAILED);
	}
}

static void on_tick(void *user, int64_t now)
{
	struct transport *t = user;
	struct timeval left;

	if (t->state != TRANSPORT_CONNECTED || now < t->dtls_due_us)
		return;
	t->dtls_due_us = now + 50000;
	if (DTLSv1_get_timeout(t->ssl, &left) && !left.tv_sec && !left.tv_usec)
		DTLSv1_handle_timeout(t->ssl);
}

static void keep_credentials(struct transport *t)
{
	g_clear_pointer(&t->ufrag, g_free);
	g_clear_pointer(&t->pwd, g_free);
	nice_agent_get_local_credentials(t->agent, t->stream, &t->ufrag, &t->pwd);
}

static void add_relay(struct transport *t)
{
	const struct relay *r = &t->cfg.relay;

	if (!r->address[0])
		return;
	g_object_set(t->agent, "force-relay", TRUE, NULL);
	nice_agent_set_relay_info(t->agent, t->stream, 1, r->address, r->port, r->username, r->password,
	                          r->tcp ? NICE_RELAY_TYPE_TURN_TCP : NICE_RELAY_TYPE_TURN_UDP);
}

/* What waits for a thread that is not let run is not lost by us; by force where we may, else as much as the machine gives. */
static void widen_sockets(struct transport *t)
{
	GPtrArray *sockets = nice_agent_get_sockets(t->agent, t->stream, 1);
	const int bytes = RECEIVE_BYTES;

	for (guint i = 0; i < sockets->len; i++) {
		int fd = g_socket_get_fd(g_ptr_array_index(sockets, i));

		if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
			setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	}
	g_ptr_array_unref(sockets);
}

static void make_agent(struct transport *t)
{
	NiceAgentOption options = NICE_AGENT_OPTION_NONE;
	NiceAddress local;

	if (!t->cfg.no_consent)
		options |= NICE_AGENT_OPTION_CONSENT_FRESHNESS;
	t->agent = nice_agent_new_full(loop_context(t->loop), NICE_COMPATIBILITY_RFC5245, options);
	g_object_set(t->agent, "controlling-mode", !t->cfg.controlled, "upnp", FALSE, "ice-tcp", t->cfg.tcp, "ice-udp", !t->cfg.tcp, NULL);
	nice_address_init(&local);
	nice_address_set_from_string(&local, t->cfg.local ? t->cfg.local : "127.0.0.1");
	nice_agent_add_local_address(t->agent, &local);
	t->stream = nice_agent_add_stream(t->agent, 1);
	g_signal_connect(t->agent, "component-state-changed", G_CALLBACK(on_component), t);
	add_relay(t);
	nice_agent_attach_recv(t->agent, t->stream, 1, loop_context(t->loop), on_datagram, t);
	nice_agent_gather_candidates(t->agent, t->stream);
	widen_sockets(t);
	keep_credentials(t);
}

struct transport *transport_create(struct loop *l, const struct transport_cfg *cfg, const struct transport_events *events,
                                   void *user)
{
	static gsize once;
	struct transport *t = g_new0(struct transport, 1);

	if (g_once_init_enter(&once)) {
		srtp_init();
		g_once_init_leave(&once, 1);
	}
	t->loop = l;
	t->cfg = *cfg;
	t->events = events;
	t->user = user;
	make_agent(t);
	make_ssl(t);
	loop_add(l, on_tick, t);
	return t;
}

struct transport *transport_destroy(struct transport *t)
{
	if (!t)
		return NULL;
	loop_remove(t->loop, t);
	g_signal_handlers_disconnect_by_data(t->agent, t);
	nice_agent_attach_recv(t->agent, t->stream, 1, loop_context(t->loop), NULL, NULL);
	nice_agent_remove_stream(t->agent, t->stream);
	SSL_free(t->ssl);
	g_object_unref(t->agent);
	if (t->in)
		srtp_dealloc(t->in);
	if (t->out)
		srtp_dealloc(t->out);
	g_free(t->ufrag);
	g_free(t->pwd);
	g_free(t);
	return NULL;
}

const char *transport_ufrag(const struct transport *t)
{
	return t->ufrag;
}

const char *transport_pwd(const struct transport *t)
{
	return t->pwd;
}

const char *transport_fingerprint(const struct transport *t)
{
	return t->fingerprint;
}

static void free_candidate(gpointer c)
{
	nice_candidate_free(c);
}

char *transport_candidate(struct transport *t)
{
	GSList *list = nice_agent_get_local_candidates(t->agent, t->stream, 1);
	char *line = list ? nice_agent_generate_local_candidate_sdp(t->agent, list->data) : NULL;

	g_slist_free_full(list, free_candidate);
	return line && g_str_has_prefix(line, "a=") ? memmove(line, line + 2, strlen(line) - 1) : line;
}

static GSList *parse_candidates(struct transport *t, const struct remote *r)
{
	GSList *list = NULL;

	for (unsigned i = 0; i < r->n_candidates; i++) {
		g_autofree char *line = g_strconcat("a=", r->candidates[i], NULL);
		NiceCandidate *c = nice_agent_parse_remote_candidate_sdp(t->agent, t->stream, line);

		if (c && t->cfg.through_port)
			nice_address_set_port(&c->addr, t->cfg.through_port);
		if (c && c->component_id == 1 && c->transport == (t->cfg.tcp ? NICE_CANDIDATE_TRANSPORT_TCP_PASSIVE : NICE_CANDIDATE_TRANSPORT_UDP))
			list = g_slist_append(list, c);
		else if (c)
			nice_candidate_free(c);
	}
	return list;
}

int transport_connect(struct transport *t, const struct remote *r)
{
	GSList *list = parse_candidates(t, r);
	int n;

	g_strlcpy(t->wanted, r->fingerprint, sizeof(t->wanted));
	if (t->state == TRANSPORT_NEW)
		set_state(t, TRANSPORT_CHECKING);
	if (!nice_agent_set_remote_credentials(t->agent, t->stream, r->ufrag, r->pwd)) {
		g_slist_free_full(list, free_candidate);
		return -EINVAL;
	}
	n = nice_agent_set_remote_candidates(t->agent, t->stream, 1, list);
	g_slist_free_full(list, free_candidate);
	return n > 0 ? 0 : -EINVAL;
}

void transport_restart(struct transport *t)
{
	nice_agent_restart_stream(t->agent, t->stream);
	keep_credentials(t);
}

int transport_send_raw(struct transport *t, const uint8_t *data, size_t len)
{
	return nice_agent_send(t->agent, t->stream, 1, (guint)len, (const char *)data) == (int)len ? 0 : -EIO;
}

int transport_send_rtp(struct transport *t, const uint8_t *data, size_t len)
{
	int n = (int)len;

	if (t->state != TRANSPORT_UP)
		return -ENOTCONN;
	memcpy(t->sealed, data, len);
	if (srtp_protect(t->out, t->sealed, &n) != srtp_err_status_ok)
		return -EIO;
	t->sealed_len = (size_t)n;
	t->stats.tx_rtp++;
	return transport_send_raw(t, t->sealed, t->sealed_len);
}

int transport_send_rtcp(struct transport *t, const uint8_t *data, size_t len)
{
	uint8_t buf[PACKET_BYTES];
	int n = (int)len;

	if (t->state != TRANSPORT_UP)
		return -ENOTCONN;
	memcpy(buf, data, len);
	if (srtp_protect_rtcp(t->out, buf, &n) != srtp_err_status_ok)
		return -EIO;
	t->stats.tx_rtcp++;
	return transport_send_raw(t, buf, (size_t)n);
}

size_t transport_last_sealed(const struct transport *t, const uint8_t **ret)
{
	*ret = t->sealed;
	return t->sealed_len;
}

bool transport_peer(struct transport *t, struct sockaddr_in *ret)
{
	NiceCandidate *local, *remote;

	if (!nice_agent_get_selected_pair(t->agent, t->stream, 1, &local, &remote))
		return false;
	nice_address_copy_to_sockaddr(&remote->addr, (struct sockaddr *)ret);
	return true;
}

void transport_close_dtls(struct transport *t)
{
	SSL_shutdown(t->ssl);
}

enum transport_state transport_state(const struct transport *t)
{
	return t->state;
}

const struct transport_stats *transport_stats(const struct transport *t)
{
	return &t->stats;
}
