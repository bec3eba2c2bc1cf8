/*
 * One WebSocket: puts messages together, bounds what comes in and what waits to go out. Whose it is, a dialog says.
 *
 *   open ─► hello ─► join or resume (dialog attached) ─► … ─► closing: what waits is sent, then closed
 */
#ifndef HUITANG_SIGNALING_SOCKET_H
#define HUITANG_SIGNALING_SOCKET_H

#include "media/base/hash.h"

#include "attendance/account.h"
#include "signaling/companion_claim.h"
#include "signaling/http.h"
#include "signaling/limiter.h"
#include "signaling/message.h"
#include "signaling/resume.h"
#include "signaling/text.h"
#include "signaling/token.h"

#define SOCKET_QUEUE_BYTES (1024 * 1024)        /* waiting to go out; beyond it the reader is too slow and is closed */

struct companion;
struct dialog;
struct outgoing;
struct looker;
struct lws;
struct notice_watch;
struct server;

struct socket {
	struct server *server;          /* given */
	struct lws *wsi;                /* given: outlives the socket */
	uint64_t serial;
	char peer[HTTP_ADDRESS_BYTES];
	int64_t account;                /* signed in by cookie, 0 none */
	uint8_t session[SESSION_HASH_BYTES]; /* with an account: which sign-in */
	bool greeted;
	bool has_token;
	struct token token;
	bool has_claim;                 /* a resume token of ours that names no living dialog: its identity comes back */
	struct resume_claim claim;
	struct dialog *dialog;          /* borrowed; clears itself */
	bool has_visit;                 /* hello brought a phone's claim */
	struct companion_claim visit;
	struct companion *companion;    /* owned */
	struct notice_watch *notices;   /* owned */
	struct looker *looker;          /* owned */

	char *in;                       /* owned: the message so far */
	size_t in_len, in_size;
	struct outgoing *out;           /* owned list */
	size_t out_bytes;
	bool closing;
	struct bucket bucket;
	unsigned refused;               /* messages over the rate in a row */
	int64_t opened_us, pinged_us;
	bool ping_due;
	int64_t proof_us;               /* last sign of life */
	UT_hash_handle hh;
};

/** libwebsockets' callbacks. Return what the callback returns. `session` is read when there is an account. */
int socket_on_open(struct server *s, struct lws *wsi, struct socket **slot, int64_t account, const uint8_t session[SESSION_HASH_BYTES]);
int socket_on_receive(struct socket *k, const char *data, size_t len);
int socket_on_writable(struct socket *k);
void socket_on_pong(struct socket *k);
struct socket *socket_on_closed(struct socket *k);

/** Queues text; with `seq` not 0 it is an event, which gets that number. */
void socket_send(struct socket *k, uint32_t seq, struct text *t);

/** Queues {"reply": id, "error": …}. */
void socket_send_refusal(struct socket *k, int64_t id, const struct refusal *why);

/** Closes once what waits is sent. */
void socket_close(struct socket *k);

/** Each second: who has said no hello by now is closed, others are pinged now and then. */
void socket_on_second(struct socket *k, int64_t now_us);

#endif
