/* See timeline.h. */
#include "media/timeline.h"

#include "media/base/macros.h"

#define REPLAY_SPAN_US 50000            /* a replayed second is squeezed into the last 50 ms of the slot's clock */
#define SLEW_DEAD_ZONE_US 10000         /* errors below this stay: lips and sound tolerate 60 ms */
#define SLEW_US_PER_S 5000
#define SLEW_DONE_US 1000
#define AUDIO_STEP_US 20000             /* one packet: how far sound may be off before a packet is left out or time is skipped */
#define AUDIO_STEP_INTERVAL_US 4000000
#define MAX_AUDIO_DROPPED 25
#define AUDIO_FRAME_RTP 960             /* 20 ms */
#define VIDEO_FRAME_RTP 3000            /* 1/30 s */

static uint32_t ticks(const struct timeline *t, int64_t span_us)
{
	return (uint32_t)(span_us * (t->audio ? 48000 : 90000) / 1000000);
}

static bool rtp_newer(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

void timeline_init(struct timeline *t, bool audio, uint32_t base_rtp, int64_t epoch_us)
{
	*t = (struct timeline){ .audio = audio, .base_rtp = base_rtp, .epoch_us = epoch_us };
}

uint32_t timeline_rtp(const struct timeline *t, int64_t at_us)
{
	return t->base_rtp + ticks(t, at_us - t->epoch_us);
}

static uint32_t target_rtp(const struct timeline *t, int64_t capture_us, int64_t now_us)
{
	uint32_t target = timeline_rtp(t, capture_us);
	uint32_t now_rtp = timeline_rtp(t, now_us);

	return rtp_newer(target, now_rtp) ? now_rtp : target;
}

/* No timestamp below a frame after the last sent; and a replay (video) fits into the last 50 ms before the newest frame. */
static uint32_t settling_floor(const struct timeline *t, int64_t first_us, int64_t newest_us, int64_t now_us)
{
	uint32_t floor = target_rtp(t, first_us, now_us);

	if (!t->audio) {
		uint32_t replayed = target_rtp(t, newest_us, now_us) - ticks(t, REPLAY_SPAN_US);

		floor = rtp_newer(replayed, floor) ? replayed : floor;
	}
	if (t->any) {
		uint32_t next = t->out + (t->audio ? AUDIO_FRAME_RTP : VIDEO_FRAME_RTP);

		floor = rtp_newer(next, floor) ? next : floor;
	}
	return floor;
}

void timeline_begin(struct timeline *t, uint32_t first_rtp, int64_t first_us, int64_t newest_us, int64_t now_us)
{
	t->settling = true;
	t->slewing = false;
	t->dropped = 0;
	t->floor = settling_floor(t, first_us, newest_us, now_us);
	/* No frame of the new source has been seen. */
	t->in = t->before_in = first_rtp - 1;
	t->before_out = t->out;
}

/* After a switch: the clock's timestamp, but never at or below what was sent; a millisecond a frame until the clock is reached. */
static bool settle(struct timeline *t, uint32_t target, uint32_t *ret)
{
	if (!rtp_newer(t->floor, target)) {
		t->settling = false;
		*ret = target;
		return true;
	}
	if (!t->audio) {
		*ret = t->floor;
		t->floor += ticks(t, 1000);
		return true;
	}
	/* Sound cannot be squeezed: what the old source has said in this time is left out of the new. */
	if (t->floor - target > ticks(t, SLEW_DEAD_ZONE_US) && t->dropped++ < MAX_AUDIO_DROPPED)
		return false;
	t->settling = false;
	*ret = t->floor;
	return true;
}

static uint32_t slew(struct timeline *t, uint32_t out, uint32_t target, int64_t now_us)
{
	int32_t error = (int32_t)(target - out);
	int32_t size = error < 0 ? -error : error;
	int32_t most = (int32_t)ticks(t, MIN(now_us - t->changed_us, 1000000) * SLEW_US_PER_S / 1000000);

	if (!t->slewing && size <= (int32_t)ticks(t, SLEW_DEAD_ZONE_US)) {
		t->changed_us = now_us;
		return out;
	}
	t->slewing = size > (int32_t)ticks(t, SLEW_DONE_US);
	if (most == 0)
		return out;
	t->changed_us = now_us;
	out += (uint32_t)CLAMP(error, -most, most);
	return rtp_newer(out, t->out) ? out : t->out + 1;
}

/*
 * Receivers play sound sample by sample: a timestamp a little off is an overlap or a hole. So sound is put right in silence
 * (a gap that reads as DTX), else by a whole packet's time now and then. False: leave this packet out, its time is over.
 */
static bool step_audio(struct timeline *t, uint32_t in_gap, uint32_t *out, uint32_t target, int64_t now_us)
{
	int32_t error = (int32_t)(target - *out);

	if (in_gap > 2 * AUDIO_FRAME_RTP) {
		if (rtp_newer(target, t->out + AUDIO_FRAME_RTP - 1))
			*out = target;
		return true;
	}
	if (now_us - t->changed_us < AUDIO_STEP_INTERVAL_US)
		return true;
	if (error >= (int32_t)ticks(t, AUDIO_STEP_US)) {
		t->changed_us = now_us;
		*out += ticks(t, AUDIO_STEP_US);
	} else if (error <= -(int32_t)ticks(t, AUDIO_STEP_US)) {
		t->changed_us = now_us;
		t->in += in_gap;
		return false;
	}
	return true;
}

bool timeline_place(struct timeline *t, uint32_t in_rtp, int64_t capture_us, int64_t now_us, uint32_t *ret)
{
	uint32_t target = target_rtp(t, capture_us, now_us);
	uint32_t out;

	if (in_rtp == t->in) {
		*ret = t->out;
		return true;
	}
	if (!rtp_newer(in_rtp, t->in)) {
		*ret = in_rtp == t->before_in ? t->before_out : in_rtp - t->in + t->out;
		return true;
	}
	if (t->settling) {
		if (!settle(t, target, &out))
			return false;
		t->changed_us = now_us;
	} else {
		out = in_rtp - t->in + t->out;
		if (!t->audio)
			out = slew(t, out, target, now_us);
		else if (!step_audio(t, in_rtp - t->in, &out, target, now_us))
			return false;
	}
	t->before_in = t->in;
	t->before_out = t->out;
	t->in = in_rtp;
	t->out = *ret = out;
	t->any = true;
	return true;
}
