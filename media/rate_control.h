/*
 * How much goes to one subscriber, and in which layers: the estimate of its line (bwe.h) sets the pacer (pacer.h) and is shared out
 * among the slots (allocation.h); probes ask whether the line carries more. One per downlink, from the moment that the answer is known.
 * Media thread only.
 */
#ifndef HUITANG_MEDIA_RATE_CONTROL_H
#define HUITANG_MEDIA_RATE_CONTROL_H

#include <stdalign.h>

#include "media/allocation.h"
#include "media/base/macros.h"
#include "media/bwe.h"
#include "media/first_view.h"
#include "media/negotiated.h"
#include "media/pacer.h"

struct downlink;

struct rate_control {
	/* What each departure touches stands together, up to the first members of bwe: two lines of the cache. */
	alignas(CACHE_LINE) struct pacer pacer;
	bool measured;                  /* the receiver tells more than loss */
	bool wide;                      /* the line carries more than is ever shown */
	bool stale;                     /* what is wanted has changed since the last run */
	int64_t probe_end_us;
	int64_t probe_left_bytes;
	struct bwe_probe probe;         /* number 0: none runs */
	struct bwe bwe;                 /* owns memory */
	struct allocation allocation;
	struct first_view first_view;   /* only of who is measured */
	struct allocation_sum sum;      /* of the last run */
	uint8_t care_most;              /* how much care of sound (sound_care.h) three quarters of the line carry */
	uint32_t limit_bps, look_bps;   /* 0: no bound, no further than what is wanted */
	int64_t begin_us;
	int64_t dark_us;                /* since when every picture that is wanted is suspended, or one was tried in vain; 0: not so */
	int64_t dark_wait_us;           /* until one is tried */
	unsigned feedbacks;             /* in the second that began at feedbacks_us */
	int64_t feedbacks_us;
	int64_t allocated_us;           /* last run */
};

/** Owns: *ret is the caller's. Errors: -ENOMEM. */
int rate_control_create(struct rate_control **ret, const struct negotiated *n, int64_t now_us);
struct rate_control *rate_control_destroy(struct rate_control *r);

/** A packet of `bytes` with a transport-wide number leaves. */
void rate_control_on_sent(struct rate_control *r, uint16_t number, size_t bytes, int64_t now_us);

/** Something came from the receiver: transport feedback (false: too many came this second, it was not read), REMB, or the sum of a compound's report blocks. */
bool rate_control_on_feedback(struct rate_control *r, const struct twcc_feedback *fb, int64_t now_us);
void rate_control_on_remb(struct rate_control *r, uint64_t bps, int64_t now_us);
void rate_control_on_loss(struct rate_control *r, uint8_t fraction_lost, int64_t rtt_us, int64_t sent_bps, int64_t now_us);

/** media_path_limit(). */
void rate_control_limit(struct rate_control *r, uint32_t bps, uint32_t look_bps);

/** Shares the estimate out among the slots when that is due, begins probes. Each 50 ms. */
void rate_control_tick(struct rate_control *r, struct downlink *d, int64_t now_us);

/** Bytes of padding that the running probe wants in this departure; 0: none runs. */
size_t rate_control_padding(struct rate_control *r, int64_t now_us);

/** What goes at once: 0 while nothing is known. */
int64_t rate_control_estimate_bps(const struct rate_control *r);

#endif
