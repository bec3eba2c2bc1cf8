/* See timeline.h. */
#include "media/timeline.h"

#include <stdlib.h>

#include "media/base/macros.h"

#define REPLAY_SPAN_US 50000            /* a replayed second is squeezed into the last 50 ms of the slot's clock */
#define SLEW_DEAD_ZONE_US 10000         /* errors below this stay: lips and sound tolerate 60 ms */
#define SLEW_US_PER_S 5000
#define SLEW_DONE_US 1000
#define LEAP_US 1000000                 /* off by more than this is another time, not drift */
#define VIDEO_AHEAD_US 20000            /* of real time: early frames of an uneven line */
#define AUDIO_AHEAD_US 100000
#define AUDIO_SILENCE_US 120000         /* the longest Opus packet: a larger step reads as DTX */
#define AUDIO_STEP_US 20000             /* one packet, left out or skipped */
#define AUDIO_OFF_US 40000              /* how far sound may be off before: no packet is given away for a late start */
#define AUDIO_STEP_INTERVAL_US 4000000
#define MAX_AUDIO_DROPPED 25
#define AUDIO_FRAME_US 20000
#define VIDEO_FRAME_US 33333

static int64_t ticks(const struct timeline *t, int64_t span_us)
{
	return span_us * (t->audio ? 48000 : 90000) / 1000000;
}

/* Ticks since the epoch. */
static int64_t clock_at(const struct timeline *t, int64_t at_us)
{
	return ticks(t, at_us - t->epoch_us);
}

static uint32_t rtp_of(const struct timeline *t, int64_t at)
{
	return t->base_rtp + (uint32_t)at;
}

void timeline_init(struct timeline *t, bool audio, uint32_t base_rtp, int64_t epoch_us)
{
	*t = (struct timeline){ .audio = audio, .base_rtp = base_rtp, .epoch_us = epoch_us };
}

uint32_t timeline_rtp(const struct timeline *t, int64_t at_us)
{
	return rtp_of(t, clock_at(t, at_us));
}

uint32_t timeline_newest(const struct timeline *t)
{
	return rtp_of(t, t->out);
}

/* From now on no timestamp below `from`, nor below a frame after the last that left. */
static void begin_settling(struct timeline *t, int64_t from)
{
	int64_t next = t->out + ticks(t, t->audio ? AUDIO_FRAME_US : VIDEO_FRAME_US);

	t->settling = true;
	t->slewing = false;
	t->dropped = 0;
	t->floor = t->any ? MAX(from, next) : from;
}

void timeline_begin(struct timeline *t, uint32_t first_rtp, int64_t first_us, int64_t newest_us, int64_t now_us)
{
	int64_t from = clock_at(t, MIN(first_us, now_us));

	/* A replay fits into the last 50 ms before its newest frame. */
	if (!t->audio)
		from = MAX(from, clock_at(t, MIN(newest_us, now_us) - REPLAY_SPAN_US));
	begin_settling(t, from);
	/* No frame of the new source has been seen. */
	t->in = first_rtp - 1;
	t->n_frames = 0;
}

/* After a switch: the clock's timestamp, but never at or below what was sent; a millisecond a frame until the clock is reached. */
static bool settle(struct timeline *t, int64_t target, int64_t now, int64_t *ret)
{
	if (t->floor <= target) {
		t->settling = false;
		*ret = target;
		return true;
	}
	if (!t->audio) {
		*ret = t->floor;
		t->floor += t->floor < now + ticks(t, VIDEO_AHEAD_US) ? ticks(t, 1000) : 1;
		return true;
	}
	/* Sound cannot be squeezed: what the old source has said in this time is left out of the new. */
	if (t->floor > now + ticks(t, AUDIO_AHEAD_US) ||
	    (t->floor - target > ticks(t, SLEW_DEAD_ZONE_US) && t->dropped++ < MAX_AUDIO_DROPPED))
		return false;
	t->settling = false;
	*ret = t->floor;
	return true;
}

static int64_t slew(struct timeline *t, int64_t out, int64_t target, int64_t now_us)
{
	int64_t error = target - out;
	int64_t most = ticks(t, MIN(now_us - t->changed_us, 1000000) * SLEW_US_PER_S / 1000000);

	if (!t->slewing && llabs(error) <= ticks(t, SLEW_DEAD_ZONE_US)) {
		t->changed_us = now_us;
		return out;
	}
	t->slewing = llabs(error) > ticks(t, SLEW_DONE_US);
	if (most <= 0)
		return out;
	t->changed_us = now_us;
	return out + CLAMP(error, -most, most);
}

/* Pictures: drift is slewed; none is left out, so one that would be ahead of real time follows its predecessor closely. */
static int64_t step_video(struct timeline *t, int64_t out, int64_t target, int64_t now_us)
{
	int64_t ahead = clock_at(t, now_us + VIDEO_AHEAD_US);

	return MAX(MIN(slew(t, out, target, now_us), ahead), t->out + 1);
}

/*
 * Receivers play sound sample by sample: a timestamp a little off is an overlap or a hole. So sound is put right in silence
 * (a gap that reads as DTX), else by a whole packet's time now and then. False: leave this packet out, its time is over.
 */
static bool step_audio(struct timeline *t, int64_t *out, int64_t target, int64_t now_us)
{
	int64_t error = target - *out;
	int64_t step = ticks(t, AUDIO_STEP_US);

	if (*out - t->out > ticks(t, AUDIO_SILENCE_US)) {
		*out = MAX(target, t->out + ticks(t, AUDIO_FRAME_US));
	} else if (now_us - t->changed_us >= AUDIO_STEP_INTERVAL_US && llabs(error) >= ticks(t, AUDIO_OFF_US)) {
		t->changed_us = now_us;
		if (error < 0)
			return false;
		*out += step;
	}
	return *out <= clock_at(t, now_us + AUDIO_AHEAD_US);
}

/* False: leave the packet out; the time that it stood for is gone with it. */
static bool place_next(struct timeline *t, uint32_t in_rtp, int64_t target, int64_t now_us, int64_t *ret)
{
	bool placed = true;

	*ret = t->out + (int32_t)(in_rtp - t->in);
	if (!t->settling && llabs(target - *ret) > ticks(t, LEAP_US))
		begin_settling(t, target);
	if (t->settling) {
		placed = settle(t, target, clock_at(t, now_us), ret);
		t->changed_us = now_us;
	} else if (t->audio) {
		placed = step_audio(t, ret, target, now_us);
	} else {
		*ret = step_video(t, *ret, target, now_us);
	}
	if (!placed && !t->settling)
		t->in = in_rtp;
	return placed;
}

/* A late packet of an older frame, or pictures that are shown in another order than sent; not a clock that was put back. */
static bool is_earlier_frame(const struct timeline *t, int32_t ahead, bool newest, int64_t target)
{
	return !newest || (ahead < 0 && ahead > -ticks(t, LEAP_US) && target - t->out - ahead < 2 * ticks(t, LEAP_US));
}

static void remember_frame(struct timeline *t, uint32_t in_rtp, uint32_t out_rtp)
{
	t->frames[t->n_frames % TIMELINE_FRAMES].in = in_rtp;
	t->frames[t->n_frames % TIMELINE_FRAMES].out = out_rtp;
	t->n_frames++;
}

bool timeline_find(const struct timeline *t, uint32_t in_rtp, uint32_t *ret)
{
	/* Nearly always the newest. */
	for (unsigned i = 1; i <= MIN(t->n_frames, TIMELINE_FRAMES); i++) {
		unsigned at = (t->n_frames - i) % TIMELINE_FRAMES;

		if (t->frames[at].in == in_rtp) {
			*ret = t->frames[at].out;
			return true;
		}
	}
	return false;
}

bool timeline_place(struct timeline *t, uint32_t in_rtp, bool newest, int64_t capture_us, int64_t now_us, uint32_t *ret)
{
	int64_t target = clock_at(t, MIN(capture_us, now_us));
	int32_t ahead = (int32_t)(in_rtp - t->in);
	int64_t out;

	if (ahead <= 0 && timeline_find(t, in_rtp, ret))
		return true;
	if (is_earlier_frame(t, ahead, newest, target)) {
		/* As far from the newest as it was. */
		*ret = rtp_of(t, t->out + ahead);
		return llabs(ahead) < ticks(t, LEAP_US);
	}
	if (!place_next(t, in_rtp, target, now_us, &out))
		return false;
	t->in = in_rtp;
	t->out = out;
	t->any = true;
	*ret = rtp_of(t, out);
	remember_frame(t, in_rtp, *ret);
	return true;
}
