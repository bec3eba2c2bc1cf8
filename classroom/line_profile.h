/*
 * Line profiles: what a site on a narrow line receives and sends. One table; a seat chooses a profile, or its host does, or
 * it is left to the server, which watches the estimate of the line towards it:
 *
 *              under LINE_NARROW_BPS for LINE_NARROW_US, and something wanted is held back
 *      full ──────────────────────────────────────────────────────────────────────────────► village
 *           ◄──────────────────────────────────────────────────────────────────────────────
 *              LINE_WIDE_BPS or more for LINE_WIDE_US, or after LINE_TRY_US, if the line carries LINE_TRY_BPS
 *              (both doubled each time that it did not hold)
 *
 * Wide is measured: where the server decides, probes look as far as LINE_WIDE_BPS, though no more pictures than the village's bound are sent.
 * A line between the two is tried, since what full would need of it is not known before.
 */
#ifndef HUITANG_CLASSROOM_LINE_PROFILE_H
#define HUITANG_CLASSROOM_LINE_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#define LINE_NARROW_BPS 1500000
#define LINE_NARROW_US (10 * 1000000LL)
#define LINE_WIDE_BPS 1800000
#define LINE_WIDE_US (10 * 1000000LL)
#define LINE_TRY_BPS 800000
#define LINE_TRY_US (120 * 1000000LL)

/* In the order of the schema's enum. AUTO is a choice only: what it comes to is FULL or VILLAGE. */
enum line_profile { LINE_AUTO, LINE_FULL, LINE_VILLAGE, LINE_VOICE, LINE_PROFILES };

struct line_limits {
	uint32_t down_bps, up_bps;      /* 0: no bound */
	uint8_t videos;                 /* pictures received at once */
	uint16_t height;                /* of those, in pixels; 0: no bound */
	uint16_t up_height;             /* of what is sent, 0: no bound */
	uint8_t up_layers;              /* simulcast layers sent, bit 0 the lowest */
};

const char *line_profile_name(enum line_profile profile);

/** Of FULL, VILLAGE or VOICE. */
const struct line_limits *line_limits(enum line_profile profile);

/* How the server finds out that a line is narrow. Embedded; zeroed is wide and not looked at yet. */
struct line_watch {
	bool narrow;
	int64_t since_us;               /* it looks narrow since, or was found so then; 0: it does not */
	int64_t wide_us;                /* found narrow, it looks wide since; 0: it does not */
	unsigned turns;                 /* how often it was found narrow */
};

/**
 * Takes one look at the line. `estimate_bps` 0 is unknown and changes nothing; `held_back`: something that is watched does not go,
 * or not in the layer wanted, for want of line: a low estimate is then the line's and not that of an idle room.
 *
 * Returns whether w->narrow changed.
 */
bool line_watch_feed(struct line_watch *w, int64_t now_us, uint32_t estimate_bps, bool held_back);

#endif
