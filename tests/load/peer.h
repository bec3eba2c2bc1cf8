/*
 * One endpoint's way to the server: ICE checks, DTLS 1.2 as the client, SRTP both ways (RFC 8445, RFC 5764, RFC 7675).
 *
 * NEW ─peer_connect()─► CHECKING ─check answered─► HANDSHAKE ─keys, fingerprint right─► UP
 *                          └──────────── no answer, refused, wrong fingerprint, closed ──► FAILED
 */
#ifndef LOAD_PEER_H
#define LOAD_PEER_H

#include <glib.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <srtp2/srtp.h>
#include <stdbool.h>

#include "tests/endpoint/datagram_bio.h"
#include "tests/endpoint/identity.h"
#include "tests/load/hub.h"
#include "tests/load/line.h"
#include "tests/load/port.h"

enum peer_state { PEER_NEW, PEER_CHECKING, PEER_HANDSHAKE, PEER_UP, PEER_FAILED };

struct peer_events {
	void (*on_up)(void *user, int64_t now_us);
	void (*on_failed)(void *user, const char *why);
	/* As it came: sealed. May be written to. */
	void (*on_rtp)(void *user, uint8_t *data, size_t len, int64_t now_us);
	/* Opened. */
	void (*on_rtcp)(void *user, const uint8_t *data, size_t len, int64_t now_us);
};

struct peer_cfg {
	struct hub *hub;                /* given, as the next ones */
	struct port *port;
	struct line *up;                /* NULL: none */
	enum srtp_suite suite;
	bool by_libsrtp;                /* peer_open() opens by libsrtp2 */
};

struct peer {
	struct peer_cfg cfg;
	const struct peer_events *events;       /* given */
	void *user;
	unsigned endpoint;
	enum peer_state state;
	bool controlled;                /* the other side nominates */
	bool nominated;                 /* it did */
	bool checked;                   /* a check of ours was answered */
	struct sockaddr_in local, remote;
	char ufrag[9], pwd[25];
	char remote_ufrag[257], remote_pwd[257];
	char fingerprint[FINGERPRINT_TEXT], wanted[FINGERPRINT_TEXT];
	unsigned unanswered;            /* checks since the last answer */
	struct timer check, handshake;
	struct chore steps;             /* of the handshake */
	bool shaking;                   /* the first has been done */
	GQueue waiting;                 /* owned datagrams that wait for it */
	SSL *ssl;                       /* owned, as the next ones */
	struct datagram_bio bio;
	struct srtp *in, *out;
	srtp_t reference;
	uint64_t bad_tags;              /* RTCP that did not open */
};

struct peer_remote {
	const char *ufrag, *pwd, *fingerprint;
	struct sockaddr_in address;
	bool controls;                  /* full ICE, and it offered */
};

/** Opens a port towards `remote`, an address to come. Owns: the caller's. Errors: -errno. */
int peer_create(struct peer **ret, unsigned endpoint, const struct in_addr *remote, const struct peer_cfg *cfg,
                const struct peer_events *events, void *user);
struct peer *peer_destroy(struct peer *p);

/** Begins to check. */
void peer_connect(struct peer *p, const struct peer_remote *r);

/** A datagram for it. */
void peer_take(struct peer *p, uint8_t *data, size_t len, int64_t now_us);

/** The same without waiting for a step of the handshake, from whoever made it wait. */
void peer_take_now(struct peer *p, uint8_t *data, size_t len, int64_t now_us);

/** Opens a received RTP packet in place. Returns its length, or negative when it is not authentic or was seen before. */
int peer_open(struct peer *p, uint8_t *data, size_t len);

/** Sends what was written to port_room(), sealed. Not before UP. */
void peer_send(struct peer *p, size_t len, bool rtcp);

/** Seals an RTP packet in place, in a room of PORT_BYTES; returns its length, 0: it was refused. */
size_t peer_seal(struct peer *p, uint8_t *data, size_t len);

/** Sends what was written to port_room() as it is. */
void peer_send_sealed(struct peer *p, size_t len);

/** Ends in FAILED, with a sentence that lives for ever. */
void peer_fail(struct peer *p, const char *why);

#endif
