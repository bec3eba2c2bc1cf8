/*
 * One encrypted way to a peer: libnice's full agent (one component, UDP or TCP), DTLS by OpenSSL, SRTP by libsrtp2. None of the
 * server's own ICE, DTLS or SRTP code is in it. All calls and callbacks under the loop's lock.
 */
#ifndef ENDPOINT_TRANSPORT_H
#define ENDPOINT_TRANSPORT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"

enum transport_suites { SUITES_GCM_FIRST, SUITES_CM_ONLY, SUITES_GCM_ONLY };

/* CONNECTED: a pair was nominated. UP: keys agreed, fingerprint matched. */
enum transport_state { TRANSPORT_NEW, TRANSPORT_CHECKING, TRANSPORT_CONNECTED, TRANSPORT_UP, TRANSPORT_FAILED };

/* A TURN server; `address` "" for none. */
struct relay {
	char address[64];
	uint16_t port;
	bool tcp;
	char username[80], password[80];
};

struct transport_cfg {
	struct relay relay;     /* the only way out: nothing but its relayed address is used */
	enum transport_suites suites;
	bool controlled;        /* controlled and DTLS server: the other end of a self-test */
	bool tcp;               /* by TCP, active, and nothing else */
	bool no_consent;        /* stop checking once connected (libnice's keepalives are then indications) */
	uint16_t through_port;  /* the peer is reached by this port of its address, whatever its candidates say; 0: as they say */
	const char *local;      /* address to send from; NULL: 127.0.0.1 */
	bool lie;               /* announce another fingerprint than that of the certificate in use */
};

/* `data` is the opened packet, borrowed until return. */
struct transport_events {
	void (*on_state)(void *user, enum transport_state state);
	void (*on_rtp)(void *user, const uint8_t *data, size_t len);
	void (*on_rtcp)(void *user, const uint8_t *data, size_t len);
};

/* What the peer's description said. Borrowed during the call. */
struct remote {
	const char *ufrag, *pwd;
	const char *fingerprint;        /* "sha-256 AB:CD:…" */
	const char *const *candidates;  /* values of a=candidate, with the word "candidate:" */
	unsigned n_candidates;
};

struct transport_stats {
	uint64_t rx_rtp, rx_rtcp;       /* opened */
	uint64_t rx_bad;                /* did not open: forged, replayed, or of other keys */
	uint64_t tx_rtp, tx_rtcp;
	uint16_t profile;               /* agreed DTLS-SRTP profile, 0 before */
};

struct transport;

/** Owns: the caller's. `events` must outlive it. */
struct transport *transport_create(struct loop *l, const struct transport_cfg *cfg, const struct transport_events *events,
                                   void *user);
struct transport *transport_destroy(struct transport *t);

const char *transport_ufrag(const struct transport *t);
const char *transport_pwd(const struct transport *t);
const char *transport_fingerprint(const struct transport *t);

/** "candidate:…" of our one host address, to be freed with g_free(); NULL while gathering. */
char *transport_candidate(struct transport *t);

/** Begins checks, or takes the peer's new credentials after transport_restart(). Errors: -EINVAL a candidate or credentials that libnice refuses. */
int transport_connect(struct transport *t, const struct remote *r);

/** New local credentials; the DTLS association and the keys stay (RFC 8445 §9). */
void transport_restart(struct transport *t);

/** Seals a copy and sends it. Errors: -ENOTCONN, -EIO. */
int transport_send_rtp(struct transport *t, const uint8_t *data, size_t len);
int transport_send_rtcp(struct transport *t, const uint8_t *data, size_t len);

/** Sends bytes as they are from the address that the peer knows. */
int transport_send_raw(struct transport *t, const uint8_t *data, size_t len);

/** The last RTP packet as it was sealed, for replays; the length, 0 for none. */
size_t transport_last_sealed(const struct transport *t, const uint8_t **ret);

/** The peer's address as selected. False before. */
bool transport_peer(struct transport *t, struct sockaddr_in *ret);

/** Sends the DTLS close_notify. */
void transport_close_dtls(struct transport *t);

enum transport_state transport_state(const struct transport *t);
const struct transport_stats *transport_stats(const struct transport *t);

#endif
