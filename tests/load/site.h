/*
 * One endpoint with its signalling: it joins, sends, receives, and leaves.
 *
 * WAITING ─site_join()─► JOINING ─keys agreed─► UP ─► LEFT
 *                           └───────────────────┴─► FAILED
 */
#ifndef LOAD_SITE_H
#define LOAD_SITE_H

#include "tests/load/incoming.h"
#include "tests/load/load.h"
#include "tests/load/outgoing.h"

enum site_state { SITE_WAITING, SITE_JOINING, SITE_UP, SITE_LEFT, SITE_FAILED };

/* A way to come in: WHIP and WHEP, our WebSocket, Janus. `visit` is what it keeps. */
struct entrance {
	/* Begins; later calls site_connect() or site_fail(). */
	void (*enter)(struct site *s);
	/* Says good-bye; the visit stays until it is done. */
	void (*leave)(struct site *s);
	/* True while the good-bye is under way. */
	bool (*is_leaving)(const struct site *s);
	/* Frees the visit; NULL is fine. */
	void (*done)(struct site *s);
};

struct site {
	struct load *load;              /* given */
	const struct entrance *entrance; /* given */
	void *visit;                    /* the entrance's */
	unsigned number;
	bool sends, receives, whole, late;
	enum site_state state;
	bool was_up;
	char why[200];                  /* of FAILED */
	int64_t begin_us, up_us;
	struct line *up, *down;         /* owned; NULL: no line */
	struct peer *peer;              /* owned; NULL before the media are known */
	struct outgoing out;
	struct incoming in;
	bool has_out, has_in;
	struct timer tick;
};

/* Roles of a site. */
struct site_role {
	bool sends, receives;
	unsigned layers;                /* of the camera: 1 or LAYERS */
	bool line, whole, late;
};

/** Owns: load->sites. NULL without memory. */
struct site *site_create(struct load *l, const struct entrance *entrance, const struct site_role *role);
void site_destroy(struct site *s);

void site_join(struct site *s, int64_t now_us);
void site_leave(struct site *s);

/** A datagram for it, from its line or from the port. */
void site_take(struct site *s, uint8_t *data, size_t len, int64_t now_us);

/** For entrances: opens the peer towards the server. False: it failed. */
bool site_open(struct site *s);

/**
 * For entrances: the other side's description has come, and an answer to it was settled by sdp_*: begins to connect. `controls` if the other
 * side is full ICE and offered.
 */
void site_connect(struct site *s, const struct description *remote, bool controls);

/** For entrances and peers: it could not join, or was ended. */
void site_fail(struct site *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** The moment of the first RTP packet, 0 when none came or none is to come. */
int64_t site_first_us(const struct site *s);

#endif
