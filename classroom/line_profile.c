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

static int64_t try_after_us(const struct line_watch *w)
{
	return MIN(LINE_TRY_US << MIN(w->turns - 1, 4u), LINE_TRY_MAX_US);
}

static bool turn(struct line_watch *w, int64_t since_us)
{
	w->narrow = !w->narrow;
	w->since_us = since_us;
	w->turns += w->narrow;
	return true;
}

static bool looks_narrow(struct line_watch *w, int64_t now_us, bool holds)
{
	if (!holds)
		w->since_us = 0;
	else if (!w->since_us)
		w->since_us = now_us;
	return holds && now_us - w->since_us >= LINE_NARROW_US;
}

bool line_watch_feed(struct line_watch *w, int64_t now_us, uint32_t estimate_bps, bool held_back)
{
	if (!estimate_bps)
		return false;
	if (!w->narrow)
		return looks_narrow(w, now_us, held_back && estimate_bps < LINE_NARROW_BPS) && turn(w, now_us);
	return estimate_bps >= LINE_TRY_BPS && now_us - w->since_us >= try_after_us(w) && turn(w, 0);
}
