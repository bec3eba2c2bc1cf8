/* struct path, shared by path.c (state), path_receive.c (RTP and RTCP in) and path_report.c (RTCP out). Only a test includes it, too. */
#ifndef HUITANG_MEDIA_PATH_PRIVATE_H
#define HUITANG_MEDIA_PATH_PRIVATE_H

#include <stdalign.h>

#include "media/base/macros.h"
#include "media/path.h"
#include "media/streams.h"

struct path {
	/* What each packet of the peer and each tick touches stands together, and in the next line the downlink begins. */
	alignas(CACHE_LINE) const struct path_site *site; /* given */
	struct path_id id;
	struct srtp *in;                        /* owned, NULL until agreed */
	struct negotiated *negotiated;          /* owned, NULL until known */
	int64_t spent_us;                       /* when what the peer has sent will have been earned back */
	struct slot *slots;                     /* owned */
	struct twcc_receiver *twcc;             /* owned, NULL until the first packet with a number */
	uint8_t n_slots;
	bool rests;                             /* at this tick */
	bool refused;                           /* wrong fingerprint, or DTLS ended: never opens again */
	bool counted;                           /* in COUNT_PATHS */
	bool consent;
	struct downlink down;                   /* owns .srtp */

	int64_t consent_us;                     /* last authenticated check from where we send to */
	uint8_t nominated_by;                   /* which of the credentials it was nominated by */
	int64_t ticked_us;
	int64_t judged_from_us;                 /* silence before is our own: a tick was late */
	int64_t silent_told_us;
	int64_t report_due_us;
	int64_t feedback_due_us;
	int64_t nacks_due_us;                   /* no source has anything to ask for before */
	int64_t stats_due_us;
	struct gate_pass pass;
	struct ice_credentials credentials[2];  /* ours, registered at the gate; "" none */
	uint8_t newest;                         /* of these; after a restart the other lives until a check on it */
	struct dtls *dtls;                      /* owned, NULL before the first flight and after the end */
	struct sockaddr_storage dtls_to;        /* where the handshake talks to */
	socklen_t dtls_to_len;

	struct uplink up;
	struct track tracks[SOURCE_KINDS];
	struct streams streams;
	uint32_t twcc_ssrc;                     /* some SSRC of the peer, for the feedback's header */
	uint32_t own_ssrc;                      /* sender of our RTCP */
	uint32_t limit_bps, look_bps;           /* media_path_limit() */
	struct path_totals {                    /* at the last statistics */
		int64_t at_us;
		uint64_t sent_bytes, received_bytes;
		uint32_t slot_octets[MAX_SLOTS], slot_repeats[MAX_SLOTS], slot_requests[MAX_SLOTS];
	} *before;                              /* owned, NULL until the path was up */
	uint64_t received_bytes;                /* RTP */
};

/* path_report.c */
void path_send_keyframe_request(struct source *s);
void path_send_nacks(struct path *p, int64_t now_us);  /* what is due of each source; it departs when more will be soon */
void path_note_holes(struct path *p, const struct source *s, int64_t now_us); /* a packet has come */
struct source *path_next_source(const struct path *p, const struct source *after); /* NULL: the first; NULL: no more */
void path_send_reports(struct path *p, int64_t now_us);

/* path_stats.c */
void path_tell_stats(struct path *p, int64_t now_us);
int64_t path_sent_bps(const struct path *p, int64_t now_us); /* since the last statistics */

#endif
