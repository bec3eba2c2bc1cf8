/*
 * One encrypted path to one endpoint on its worker's shared port: ICE state, DTLS, SRTP keys, its sources and slots, RTCP.
 * Media thread only.
 */
#ifndef HUITANG_MEDIA_PATH_H
#define HUITANG_MEDIA_PATH_H

#include "media/dtls.h"
#include "media/gate.h"
#include "media/ice.h"
#include "media/media.h"
#include "media/sendqueue.h"
#include "media/slot.h"
#include "media/track.h"
#include "media/twcc.h"

/* What a worker gives to its paths; outlives them. */
struct frame_clock;

struct path_site {
	struct gate *gate;
	struct sendqueue *queue;
	struct departures *departures;
	struct frame_clock *frames;     /* of what most watch */
	struct source **fresh;          /* head of the list of sources with news (source_forward) */
	struct counters *counters;
	const struct handover *handover; /* NULL without other workers */
	struct dtls_context *dtls;
	int64_t wall_minus_boot_us;
	void (*emit)(void *user, const struct media_event *ev);
	void *user;
};

struct path;

/** Owns: *ret is the caller's. Errors: -EEXIST (ufrag), -ENOMEM. */
int path_create(struct path **ret, const struct path_site *site, struct path_id id, const struct path_cfg *cfg, int64_t now_us);
struct path *path_destroy(struct path *p);

struct path_id path_id(const struct path *p);
struct path *path_of_pass(struct gate_pass *pass);

/** Errors: -EALREADY, -ENOMEM. */
int path_negotiated(struct path *p, const struct negotiated *n, int64_t now_us);
/** Errors: -EEXIST, -ENOMEM. */
int path_restart(struct path *p, const struct ice_credentials *local);

/** An authenticated check with this password came from `from`. */
void path_on_check(struct path *p, const char *pwd, bool use_candidate, const struct sockaddr_storage *from, socklen_t from_len,
                   int64_t now_us);

/** A connection by which it was let in has closed: the gate forgets it, and if media went there, they stop until another way is nominated. */
void path_on_address_gone(struct path *p, const struct sockaddr_storage *address, int64_t now_us);

/** True when this DTLS datagram may go on to path_on_dtls(). */
bool path_admits_dtls(const struct path *p, const uint8_t *data, size_t len);
/** True once a handshake has begun. */
bool path_shakes(const struct path *p);
void path_on_dtls(struct path *p, const uint8_t *data, size_t len, const struct sockaddr_storage *from, socklen_t from_len,
                  int64_t now_us);

/** Keys for what comes in, NULL before they are agreed and the fingerprint matched. */
struct srtp *path_open_keys(struct path *p);

/**
 * Whether the peer has sent more than any peer needs: what comes then is dropped unopened. Only opened packets count, each one
 * path_spend(), so that nobody can use up another's share by forgeries.
 */
bool path_floods(const struct path *p, int64_t now_us);
void path_spend(struct path *p, int64_t now_us);

/** Opened packets. */
void path_on_rtp(struct path *p, const uint8_t *data, size_t len, int64_t now_us);
void path_on_rtcp(struct path *p, const uint8_t *data, size_t len, int64_t now_us);

/** As media_path_limit(). */
void path_limit(struct path *p, uint32_t bps, uint32_t look_bps);

struct track *path_track(struct path *p, enum source_kind kind);
struct slot *path_slot(struct path *p, uint8_t number);         /* NULL when there is none */

/** Its downlink's time has come (departures.h). */
struct path *path_of_departure(struct departure *d);
void path_depart(struct path *p, int64_t now_us);

/** What will depart soon is fetched ahead of its time. */
void path_prefetch(const struct departures *d, int64_t now_us);

/** The same for a path, which is not read for that; and for what path_on_rtcp() and path_tick() will touch, when the path itself has come. */
enum path_foresight { FORESEE_PATH, FORESEE_RTCP, FORESEE_TICK };
void path_foresee(const struct path *p, enum path_foresight what);

/** Each 50 ms: feedback, repair, reports, timeouts. */
void path_tick(struct path *p, int64_t now_us);

#endif
