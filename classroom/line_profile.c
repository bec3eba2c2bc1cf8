/* See line_profile.h. */
#include "classroom/line_profile.h"

#include "media/base/macros.h"

/*
 * The village: one speaker at 360p in about 500 kbit/s, one slide in about 600, four voices in 100, and 180p with a voice back:
 * half of 2 Mbit/s is left to others in the house.
 */
static const struct {
	const char *name;
	struct line_limits limits;
} profiles[LINE_PROFILES] = {
	[LINE_AUTO] = { "auto", { 0 } },
	[LINE_FULL] = { "full", { .videos = UINT8_MAX, .up_layers = 7 } },
	[LINE_VILLAGE] = { "village", { .down_bps = 1200000, .up_bps = 200000, .videos = 2, .height = 360, .up_height = 180, .up_layers = 1 } },
	[LINE_VOICE] = { "voice", { .down_bps = 160000, .up_bps = 48000 } },
};

const char *line_profile_name(enum line_profile profile)
{
	return (unsigned)profile < LINE_PROFILES ? profiles[profile].name : "";
}

const struct line_limits *line_limits(enum line_profile profile)
{
	return &profiles[(unsigned)profile < LINE_PROFILES && profile != LINE_AUTO ? profile : LINE_FULL].limits;
}

static bool turn(struct line_watch *w, int64_t now_us)
{
	w->narrow = !w->narrow;
	w->since_us = 0;
	w->narrow_since_us = now_us;
	w->turns += w->narrow;
	return true;
}

/* Whether `holds` has held for `span_us`. */
static bool has_held(struct line_watch *w, int64_t now_us, bool holds, int64_t span_us)
{
	if (!holds)
		w->since_us = 0;
	else if (!w->since_us)
		w->since_us = now_us;
	return holds && now_us - w->since_us >= span_us;
}

static int64_t try_after_us(const struct line_watch *w)
{
	return MIN(LINE_TRY_US << MIN(w->turns - 1, 4u), LINE_TRY_MAX_US);
}

bool line_watch_feed(struct line_watch *w, int64_t now_us, uint32_t estimate_bps, bool busy)
{
	if (!estimate_bps)
		return false;
	if (!w->narrow)
		return has_held(w, now_us, busy && estimate_bps < LINE_NARROW_BPS, LINE_NARROW_US) && turn(w, now_us);
	if (has_held(w, now_us, estimate_bps >= LINE_WIDE_BPS, LINE_WIDE_US))
		return turn(w, now_us);
	return estimate_bps >= LINE_TRY_BPS && now_us - w->narrow_since_us >= try_after_us(w) && turn(w, now_us);
}
