/*
 * Media as the control thread sees it: paths to endpoints, what they send (sources) and what is sent to them (slots).
 * Behind it stand N worker threads, each with one port (architecture.md, decision 1). Calls post copied values and
 * return at once; answers come as events through media_dispatch(). A path stays on its worker for life; a slot can
 * show any source, of another worker by a mirror that gets each packet once (handover.h).
 */
#ifndef HUITANG_MEDIA_MEDIA_H
#define HUITANG_MEDIA_MEDIA_H

#include <netinet/in.h>

#include "media/base/counters.h"
#include "media/negotiated.h"
#include "media/stats.h"

struct media;
struct certificate;                     /* dtls.h */

/* Names a path across threads. generation 0 names nothing. */
struct path_id {
	uint16_t worker;
	uint16_t index;
	uint32_t generation;
};

static inline bool path_id_equal(struct path_id a, struct path_id b)
{
	return a.worker == b.worker && a.index == b.index && a.generation == b.generation;
}

struct slot_cfg {
	bool audio;
	uint32_t ssrc;
	uint32_t rtx_ssrc;              /* video only, else 0 */
};

struct path_cfg {
	uint16_t worker;                /* below media_workers() */
	struct ice_credentials local;   /* ours, as written into the SDP */
	uint32_t source_number;         /* becomes the CSRC of what others get from this path; not 0 */
	char cname[CNAME_BYTES];        /* one for all slots */
	uint8_t n_slots;
	struct slot_cfg slots[MAX_SLOTS];
};

/* How important a slot's picture is to who watches; a shared screen goes before all of them. */
enum slot_rank { RANK_STAGE, RANK_SPOTLIGHT, RANK_TILE, SLOT_RANKS };

/* What the viewer wants of a slot's picture: which simulcast layer fits follows from it and from the viewer's line. */
struct slot_wish {
	enum slot_rank rank;
	uint16_t height;                /* in pixels, as shown; 0: as large as there is */
};

enum path_down_reason {
	PATH_DOWN_CONSENT,              /* no valid check for 30 s */
	PATH_DOWN_DTLS,                 /* the handshake failed, or the peer closed */
	PATH_DOWN_FINGERPRINT,          /* the certificate is not the one that the SDP named */
};

enum media_event_type {
	MEDIA_PATH_UP,                  /* keys agreed and fingerprint matched; media may flow */
	MEDIA_PATH_DOWN,                /* nothing more is sent; the path stays until media_path_close() */
	MEDIA_PATH_SILENT,              /* what is sent waits for feedback for half a second: the way may be broken. Said again each 3 s */
	MEDIA_SOURCE_STARTED,           /* first packet of a source kind, or first of another codec */
	MEDIA_VOICE,                    /* a mic began or ended to speak (RFC 6464 level, or any packet without it) */
	MEDIA_SLOT_SWITCHED,            /* the first packet of the bound source left */
	MEDIA_SLOT_QUIET,               /* the slot shows nothing more: unbound, source ended or gated */
	MEDIA_SLOT_SUSPENDED,           /* the viewer's line has no room for the picture; _SWITCHED follows when it has */
	MEDIA_SOURCE_READY,             /* the best picture of a source that was cued flows, from a keyframe that is kept; or it will not come in time */
	MEDIA_LAYERS,                   /* which simulcast layers of a source somebody wants has changed; at first all are */
	MEDIA_STATS,                    /* each second, for each path that is up */
};

struct media_event {
	enum media_event_type type;
	struct path_id path;
	union {
		struct { enum path_down_reason reason; } down;
		struct { enum source_kind kind; enum codec codec; } started;
		struct { enum source_kind kind; } ready;
		struct { enum source_kind kind; bool speaking; } voice;
		struct {
			uint8_t slot;
			uint32_t binding;       /* the number given to media_slot_bind() */
			uint32_t rtp;           /* first RTP timestamp in the slot's clock (switched only) */
		} slot;
		struct { enum source_kind kind; uint8_t mask; } layers; /* bit 0: the lowest layer */
		const struct path_stats *stats; /* stats.h; borrowed until the callback returns */
	};
};

struct media_cfg {
	struct sockaddr_storage listen; /* worker i takes the port + i */
	bool tcp;                       /* ICE-TCP on the same port numbers (RFC 6544, passive) */
	unsigned workers;               /* 1 to 64 */
	const struct certificate *certificate; /* given: outlives media */
	void (*wake)(void *user);       /* any thread: makes the control thread call media_dispatch() soon */
	void *user;
};

/**
 * Starts the workers.
 *
 * Owns:   *ret is the caller's; media_destroy() ends paths and joins the threads.
 * Thread: control; so are all calls below but for media_counters' readers.
 * Errors: -EINVAL cfg, -ENOMEM, -errno of socket(), bind() (-EADDRINUSE), pthread_create().
 */
int media_create(struct media **ret, const struct media_cfg *cfg);
struct media *media_destroy(struct media *m);

unsigned media_workers(const struct media *m);

/** The worker with the fewest paths. */
uint16_t media_least_loaded(const struct media *m);

/** Paths of a worker. */
size_t media_paths(const struct media *m, uint16_t worker);

/** Bound port of a worker, of UDP and TCP. */
uint16_t media_port(const struct media *m, uint16_t worker);

/** Takes what the workers reported; `on_event` is called for each, and may call any function here. */
void media_dispatch(struct media *m, void (*on_event)(void *user, const struct media_event *ev), void *user);

/** Prometheus text of all workers, mem_free(). Errors: -ENOMEM. */
int media_write_metrics(const struct media *m, char **ret);

/**
 * Opens a path: from now on checks for its ufrag are answered and a DTLS handshake may begin.
 *
 * Errors: -EINVAL cfg, -ENOSPC (4,096 paths on the worker), -ENOMEM.
 * Spec:   RFC 8445 §2.5 (lite), RFC 5764
 */
int media_path_open(struct media *m, struct path_id *ret, const struct path_cfg *cfg);

/** Tells what was negotiated. Keys are used once the fingerprint has matched. Once a path. Errors: -ESTALE, -ENOMEM. */
int media_path_negotiated(struct media *m, struct path_id path, const struct negotiated *n);

/** ICE restart (RFC 8445 §2.4): both credentials are answered until the first valid check on the new. Errors: -ESTALE, -ENOMEM. */
int media_path_restart(struct media *m, struct path_id path, const struct ice_credentials *local);

/** Ends the path with its sources and slots; slots of others that showed it go quiet. Stale ids are ignored. */
void media_path_close(struct media *m, struct path_id path);

/** clock_boot_us() of the last authenticated packet (STUN, SRTP, SRTCP), 0 for none or a stale id. */
int64_t media_path_seen_us(const struct media *m, struct path_id path);

/** Opens or shuts the gate of a source: shut, its packets are dropped at the door. New paths start with all shut. */
int media_source_gate(struct media *m, struct path_id path, enum source_kind kind, bool open);

/**
 * A picture is about to be shown to many: its best layer is wanted from now on as if somebody watched it, and a keyframe of it is asked for.
 * MEDIA_SOURCE_READY follows, within 1.5 s; of a path that ends or a gate that is shut it may not. Again: anew. Errors: -ESTALE, -ENOMEM.
 */
int media_source_cue(struct media *m, struct path_id path, enum source_kind kind);

/**
 * Shows a source in a slot, in the simulcast layer that `wish` and the viewer's line allow. Video changes over at a keyframe,
 * which is asked for; until then, at most 1 s, the old source runs on. `binding` comes back in the events.
 * `source.generation` 0 unbinds; `wish` is then ignored, as it is for sound.
 *
 * Errors: -ESTALE (path), -EINVAL (slot number), -ENOMEM.
 * Spec:   media.md, Slots; Switching
 */
int media_slot_bind(struct media *m, struct path_id path, uint8_t slot, struct path_id source, enum source_kind kind,
                    uint32_t binding, struct slot_wish wish);

/** The page shows the slot's picture at another size or place. Errors: -ESTALE, -EINVAL (slot number), -ENOMEM. */
int media_slot_want(struct media *m, struct path_id path, uint8_t slot, struct slot_wish wish);

/**
 * At most `bps` of sound and pictures is sent to the path, whatever its line can carry (site profile); 0: no bound. Probes measure the line
 * up to `look_bps` all the same, where that is more. Errors: -ESTALE, -ENOMEM.
 */
int media_path_limit(struct media *m, struct path_id path, uint32_t bps, uint32_t look_bps);

#endif
