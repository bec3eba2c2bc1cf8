/*
 * One media worker: a thread with one port (UDP, and TCP for who cannot do without), its paths, and the loop that receives, forwards and sends in batches.
 * Talks with the control thread by two mailboxes only.
 *
 *   recvmmsg ─► demultiplex (RFC 7983) ─┬ STUN ─► ice ─► gate, path
 *                                       ├ DTLS ─► handshakes, some steps a turn
 *                                       └ SRTP ─► open_batch ─► path ─► source ─► slots ─► sendqueue ─► seal_batch ─► sendmmsg
 */
#ifndef HUITANG_MEDIA_WORKER_H
#define HUITANG_MEDIA_WORKER_H

#include <netinet/in.h>
#include <stdatomic.h>

#include "media/base/mailbox.h"
#include "media/dtls.h"
#include "media/exchange.h"
#include "media/media.h"

#define WORKER_PATHS 4096

/* Letters to a worker; the structs below are their bodies. */
enum worker_order { ORDER_OPEN, ORDER_NEGOTIATED, ORDER_RESTART, ORDER_CLOSE, ORDER_GATE, ORDER_CUE, ORDER_BIND, ORDER_WANT, ORDER_LIMIT, ORDER_STOP,
	/* from other workers (handover.h) */
	ORDER_SUBSCRIBE, ORDER_UNSUBSCRIBE, ORDER_KEYFRAME, ORDER_LAYERS, ORDER_GONE };

struct order_open {
	struct path_id id;
	struct path_cfg cfg;
};

struct order_negotiated {
	struct path_id id;
	struct negotiated negotiated;
};

struct order_restart {
	struct path_id id;
	struct ice_credentials local;
};

struct order_close {
	struct path_id id;
};

struct order_gate {
	struct path_id id;
	enum source_kind kind;
	bool open;
};

struct order_bind {
	struct path_id id;
	struct path_id source;          /* generation 0: unbind */
	enum source_kind kind;
	uint32_t binding;
	uint8_t slot;
	struct slot_wish wish;
};

struct order_want {
	struct path_id id;
	struct slot_wish wish;
	uint8_t slot;
};

struct order_limit {
	struct path_id id;
	uint32_t bps, look_bps;
};

/* Of ORDER_SUBSCRIBE and _UNSUBSCRIBE. */
struct order_subscribe {
	struct path_id id;
	enum source_kind kind;
	uint16_t reader;                /* who asks */
	uint32_t serial;                /* comes back with the state */
};

struct order_keyframe {
	struct path_id id;
	enum source_kind kind;
	uint8_t layer;
};

struct order_layers {
	struct path_id id;
	enum source_kind kind;
	uint16_t reader;                /* whose slots want these */
	uint8_t mask;
};

/* Of ORDER_GONE. */
struct order_track {
	struct path_id id;
	enum source_kind kind;
};

struct worker;

/**
 * Binds the port, with `tcp` for ICE-TCP as well, and starts the thread. Events are posted to `reports` as struct media_event (letter type 0); a struct path_stats follows that of MEDIA_STATS.
 *
 * Owns:   *ret is the caller's. `reports`, `cert` and `exchange` must outlive it.
 * Thread: control.
 * Errors: -ENOMEM, -errno of socket(), bind(), pthread_create().
 */
int worker_start(struct worker **ret, uint16_t number, const struct sockaddr_storage *listen, bool tcp, const struct certificate *cert,
                 struct mailbox *reports, struct exchange *exchange);

/** Stops the thread, waits for it, frees all. Thread: control. */
struct worker *worker_stop(struct worker *w);

/** Thread: control. Errors: -ENOMEM. */
int worker_post(struct worker *w, enum worker_order order, const void *body, size_t len);

/** Any thread. */
uint16_t worker_port(const struct worker *w);
struct counters *worker_counters(const struct worker *w);

/** When the path at `index` last sent something authenticated; 0 never. Any thread. */
int64_t worker_seen_us(const struct worker *w, uint16_t index);

#endif
