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

/* Sixteen times as long at most. */
static int64_t patient_us(const struct line_watch *w, int64_t at_first_us)
{
	return at_first_us << MIN(w->turns - 1, 4u);
}

static bool turn(struct line_watch *w, int64_t since_us)
{
	w->narrow = !w->narrow;
	w->since_us = since_us;
	w->wide_us = 0;
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

static bool looks_wide(struct line_watch *w, int64_t now_us, uint32_t estimate_bps)
{
	if (estimate_bps < LINE_WIDE_BPS)
		w->wide_us = 0;
	else if (!w->wide_us)
		w->wide_us = now_us;
	return w->wide_us && now_us - w->wide_us >= patient_us(w, LINE_WIDE_US);
}

static bool worth_a_try(const struct line_watch *w, int64_t now_us, uint32_t estimate_bps)
{
	return estimate_bps >= LINE_TRY_BPS && now_us - w->since_us >= patient_us(w, LINE_TRY_US);
}

bool line_watch_feed(struct line_watch *w, int64_t now_us, uint32_t estimate_bps, bool held_back)
{
	if (!estimate_bps)
		return false;
	if (!w->narrow)
		return looks_narrow(w, now_us, held_back && estimate_bps < LINE_NARROW_BPS) && turn(w, now_us);
	return (looks_wide(w, now_us, estimate_bps) || worth_a_try(w, now_us, estimate_bps)) && turn(w, 0);
}
