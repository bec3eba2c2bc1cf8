/*
 * How much may leave now towards one subscriber (media.md, Sending): a flush is at most 40 ms of the pacing rate and 16 packets,
 * the rest goes in ticks of 5 ms. The pacing rate is 2.5 times the estimate. Embedded and pure.
 *
 * Sound and RTX do not ask: they leave at once and are told by pacer_spent(), so that pictures wait for them and not the other
 * way round.
 */
#ifndef HUITANG_MEDIA_PACER_H
#define HUITANG_MEDIA_PACER_H

#include <stddef.h>
#include <stdint.h>

#define PACER_TICK_US 5000
#define PACER_FLUSH_US 40000
#define PACER_FLUSH_PACKETS 16
#define PACER_QUEUE_US 500000           /* what waits longer is dropped, to the next keyframe */

struct pacer {
	int64_t rate_bps;
	int64_t budget;                 /* millionths of a bit, negative: in debt */
	int64_t filled_us;              /* until when the budget is counted */
	int64_t tick_us;                /* when the present flush began */
	unsigned packets;               /* that left in it, without sound and RTX */
};

void pacer_init(struct pacer *p, int64_t estimate_bps, int64_t now_us);

/** The estimate of bwe.h; 2.5 times that is the rate from now on. Below 32 kbit/s counts as 32 kbit/s. */
void pacer_set_estimate(struct pacer *p, int64_t estimate_bps, int64_t now_us);

/** Bytes of pictures that may leave now; the last packet may be larger than what is left. 0: wait until pacer_next_us(). */
size_t pacer_budget(struct pacer *p, int64_t now_us);

/** A packet of a picture, or of padding, left. */
void pacer_spent(struct pacer *p, size_t bytes);

/** Sound, RTX or RTCP left: the line carries it, the flush does not count it. */
void pacer_spent_urgent(struct pacer *p, size_t bytes);

/** When pacer_budget() will be above 0: `now_us` or later, soon: after 40 ms, or what a packet of 1,500 bytes takes if that is longer. */
int64_t pacer_next_us(const struct pacer *p, int64_t now_us);

/** How long `queued_bytes` will take to leave. Over PACER_QUEUE_US the queue drops to the next keyframe. */
int64_t pacer_queue_us(const struct pacer *p, size_t queued_bytes);

#endif
