/*
 * How much one subscriber's line carries: bandwidth estimation at the sender, one per path. Embedded; memory is taken at init
 * only, no system call, time passed in. Media thread.
 *
 *   bwe_on_sent ──► sent_history ──┐
 *                                  ▼ what arrived, when, in which probe
 *   bwe_on_feedback ──► delay_trend  (queue grows, drains)  ──► overuse: below what arrives; normal: a little more
 *                  │    queue_blame  (is it ours?)
 *                  ├──► acked_rate   (what arrives)         ──► bounds every step
 *                  ├──► probe        (what a probe reached) ──► up at once
 *                  └──► loss_control (lost by crowding or by chance?) ──► a cap
 *   bwe_on_remb, bwe_on_receiver_report: for receivers without transport feedback
 *
 * A server often has little to send. Then the estimate neither falls nor rises by itself: up it goes only to 1.15 times what was
 * seen to arrive (to that at once, unless the line has been full), or to what a probe reached; so the path must send the probes that bwe_probe_wanted() asks for. Probes are asked
 * for only while bwe_set_wanted() is above the estimate.
 *
 * Spec: draft-ietf-rmcat-gcc-02, with the differences that docs/congestion.md tells.
 */
#ifndef HUITANG_MEDIA_BWE_H
#define HUITANG_MEDIA_BWE_H

#include "media/acked_rate.h"
#include "media/delay_trend.h"
#include "media/loss_control.h"
#include "media/probe.h"
#include "media/probe_plan.h"
#include "media/queue_blame.h"
#include "media/sent_history.h"
#include "media/twcc_feedback.h"

#define BWE_FLOOR_BPS 64000             /* defaults of bwe_set_bounds() */
#define BWE_CEILING_BPS 20000000
#define BWE_START_BPS 500000
#define BWE_START_REPORTS_BPS 2500000   /* where nothing can be measured but loss */

struct bwe_cfg {
	bool transport_feedback;        /* negotiated; else REMB and receiver reports count */
	size_t history_packets;         /* power of two, 64 to 8192: 1.5 s of packets; 8 bytes each. 1024 suits 29 slots, 256 a player */
	int64_t start_bps;              /* 0: BWE_START_BPS or BWE_START_REPORTS_BPS */
};

struct bwe {
	struct sent_history sent;       /* owns memory */
	int64_t waiting_us;             /* since when packets wait for feedback, 0: none does */
	uint32_t waiting, held;         /* how many, and for how many of them silence was held against the line already */
	int64_t sent_bytes, arrived_bytes; /* with numbers, and those of them that are known to have arrived */
	int64_t feedback_us;            /* when the last came, 0: none */
	bool transport_feedback;        /* negotiated */
	bool deaf;                      /* but none comes: as if it were not */
	int64_t floor_bps, ceiling_bps;
	int64_t wanted_bps, least_bps;
	int64_t delay_bps;              /* what delay and probes allow */
	int64_t remb_bps;               /* 0: none */
	int64_t full_bps;               /* what arrived when the line was full last, 0: not known */
	int64_t dropped_us;             /* last drop, 0: none */
	int64_t drained_us;             /* last that a long queue made */
	int64_t crowded_us;             /* when our own queue was long last, 0: never */
	int64_t raised_us;              /* last look at raising */
	int64_t rtt_us;
	int64_t report_rtt_us;          /* when a receiver report told the round trip last, 0: never */
	int64_t reference_us;           /* newest reference time, unwrapped */
	bool has_reference;
	struct acked_rate acked;
	struct delay_trend trend;
	struct queue_blame blame;
	struct loss_control loss;
	uint32_t told_arrived, told_lost; /* packets of which transport feedback has told, ever */
	struct probe probe;
	struct probe_plan plan;
};

/** Owns: bwe_done() ends it. Errors: -EINVAL cfg, -ENOMEM. */
int bwe_init(struct bwe *b, const struct bwe_cfg *cfg, int64_t now_us);
void bwe_done(struct bwe *b);

/** A profile's bounds; the estimate stays within them. Sound must fit into the floor. */
void bwe_set_bounds(struct bwe *b, int64_t floor_bps, int64_t ceiling_bps);

/** The estimate at which the viewer would have all that is on the screen (allocation's full_bps); above it nothing is probed. */
void bwe_set_wanted(struct bwe *b, int64_t wanted_bps);

/** Not one picture fits into the estimate: a newcomer's line is probed again soon. */
static inline void bwe_set_dark(struct bwe *b, bool dark)
{
	b->plan.dark = dark;
}

/** What must be sent for the pictures that are shown (allocation's least_bps): no trial of whether loss is by chance goes, or goes on, below it. */
void bwe_set_least(struct bwe *b, int64_t least_bps);

/** A packet leaves again under the number that it had; `asked`: the receiver has said that it lacks it. */
void bwe_on_repeated(struct bwe *b, uint16_t number, bool asked, int64_t now_us);

/**
 * A packet with transport-wide number `seq` left; numbers ascend by 1. All packets of one flush have the same now_us: they are
 * one group in the delay gradient. `bytes` as on the wire, with or without IP and UDP, but always alike. `probe`: the number of
 * the probe in whose time it left, media too, else 0.
 */
void bwe_on_sent(struct bwe *b, uint16_t seq, size_t bytes, int64_t now_us, uint8_t probe);

void bwe_on_feedback(struct bwe *b, const struct twcc_feedback *fb, int64_t now_us);

/** What the receiver estimates. Taken from receivers without transport feedback only. */
void bwe_on_remb(struct bwe *b, uint64_t bps, int64_t now_us);

/**
 * `fraction_lost` in 1/256 over all streams of the path, weighted by the caller, once per compound; `rtt_us` 0: not known; `sent_bps`
 * over the last second or so. Of receivers with transport feedback only the round trip is taken.
 */
void bwe_on_receiver_report(struct bwe *b, uint8_t fraction_lost, int64_t rtt_us, int64_t sent_bps, int64_t now_us);

/** Since when packets wait for feedback of a receiver that has given some; 0: none do, or it gives none. */
static inline int64_t bwe_waits_since_us(const struct bwe *b)
{
	return b->feedback_us ? b->waiting_us : 0;
}

/**
 * Each 10 to 50 ms: ends of probes; a line that falls silent (half each second in which packets leave, and back by a probe); a receiver that negotiated
 * feedback and never sends any is taken for one without after 3 s.
 */
void bwe_tick(struct bwe *b, int64_t now_us);

/**
 * The probe to send now; number 0: none. Asking begins it: for duration_us the path sends at rate_bps, spread evenly over its ticks,
 * media first and padding or RTX for the rest, until `bytes` have left, and gives the number to bwe_on_sent(). Sent or not, the
 * probe ends by itself.
 */
struct bwe_probe {
	uint8_t number;
	uint32_t bytes;
	uint32_t packet_bytes;          /* no packet of padding larger than this: the probe needs some packets to be read */
	int64_t rate_bps;
	int64_t duration_us;            /* 15 ms or more */
};
struct bwe_probe bwe_probe_wanted(struct bwe *b, int64_t now_us);

int64_t bwe_estimate_bps(const struct bwe *b);
int64_t bwe_rtt_us(const struct bwe *b);                /* smoothed, 0: not known yet */
int64_t bwe_acked_bps(const struct bwe *b);             /* what arrived over the last 500 ms */
unsigned bwe_loss_permille(const struct bwe *b);        /* of the last second with enough packets */
enum delay_state bwe_state(const struct bwe *b);

/** Whether what is lost now is lost to our own crowding: our queue is long, or was a second ago. */
bool bwe_is_crowded(const struct bwe *b, int64_t now_us);

/** Whether anything has told yet that the line carries less than was sent: a drop, a probe that did not pass, loss, a long queue. */
bool bwe_has_met_limit(const struct bwe *b);

#endif
