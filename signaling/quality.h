/*
 * How one seat's line was, for the whole meeting: a ring of seconds (five minutes), a short ring of seconds for each slot, and one
 * row a minute for twelve hours; what is older than that is overwritten. Pure: time is passed in.
 *
 *   MEDIA_STATS, each second ──► quality_feed() ──► seconds, slots' seconds, the running minute ──► minutes
 *   stats.report of the page ──► quality_report() ──┘ (what only a browser knows: freezes, dropped frames, a slow computer)
 */
#ifndef HUITANG_SIGNALING_QUALITY_H
#define HUITANG_SIGNALING_QUALITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/stats.h"

#define QUALITY_SECONDS 300
#define QUALITY_SLOT_SECONDS 60
#define QUALITY_MINUTES_MAX (12 * 60)
#define QUALITY_NOW_SECONDS 10          /* what is called "now" is their mean */

struct quality;

/* Losses count in 1/256 of the packets, as in stats.h; figures that do not fit are the largest that do. */
struct quality_second {
	uint32_t at_s;                  /* boot clock */
	uint16_t rtt_ms;                /* 0 unknown */
	uint16_t estimate_kbps;         /* 0 unknown */
	uint16_t sent_kbps, received_kbps;
	uint8_t down_lost, up_lost;
	uint8_t suspended;              /* slots */
	uint8_t layer;                  /* the highest in any slot; STATS_NO_LAYER none */
	uint8_t freezes;                /* reported in this second */
};

struct quality_slot_second {
	uint32_t at_s;
	uint16_t kbps;
	uint16_t jitter_ms;
	uint8_t lost;
	uint8_t layer;
	uint8_t freezes;
	bool suspended;
};

struct quality_minute {
	uint32_t start_s;               /* Unix time */
	uint16_t seconds;               /* with figures */
	uint16_t rtt_ms, rtt_max_ms;
	uint16_t estimate_kbps, estimate_min_kbps;
	uint16_t sent_kbps, received_kbps;
	uint8_t down_lost, down_lost_max, up_lost, up_lost_max;
	uint16_t suspended_s;           /* slot-seconds */
	uint16_t layer_s[MAX_LAYERS];   /* slot-seconds in each layer */
	uint16_t freezes, dropped;
	uint32_t freeze_ms;
	uint8_t cpu_limited;            /* reports that said so */
};

/* What a browser says of the time since its last report. */
struct quality_report {
	uint16_t freezes;
	uint32_t freeze_ms;
	uint16_t dropped;               /* frames that were decoded and not shown, or not decoded */
	bool cpu_limited;               /* the encoder makes pictures smaller since the computer is too slow */
	uint8_t slot_freezes[MAX_SLOTS];
};

/** Owns: *ret is the caller's. Errors: -ENOMEM. */
int quality_create(struct quality **ret);
struct quality *quality_destroy(struct quality *q);

/** A second's figures. `at_s` by the boot clock, `wall_s` Unix time. Without memory what is not kept yet stays so. */
void quality_feed(struct quality *q, uint32_t at_s, uint32_t wall_s, const struct path_stats *s);

/** Counts into the last second and the running minute. */
void quality_report(struct quality *q, const struct quality_report *r);

/** The seat has gone: only the minutes are kept, the running one included. It may be fed again. */
void quality_retire(struct quality *q);

/** The mean of the last seconds, loss by its mean and freezes by their sum; false: nothing came in them. */
bool quality_now(const struct quality *q, uint32_t at_s, struct quality_second *ret);

/** The last seconds, oldest first; returns how many of at most `n`. */
size_t quality_seconds(const struct quality *q, struct quality_second *ret, size_t n);

/** Likewise of one slot. */
size_t quality_slot_seconds(const struct quality *q, uint8_t slot, struct quality_slot_second *ret, size_t n);

/** Likewise of minutes, with the running one last. */
size_t quality_minutes(const struct quality *q, struct quality_minute *ret, size_t n);

/** The whole meeting as one row; start_s is the first minute's, `seconds` is cut at 65,535. */
void quality_total(const struct quality *q, struct quality_minute *ret);

#endif
