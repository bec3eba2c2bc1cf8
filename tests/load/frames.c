/* See frames.h. */
#include "tests/load/frames.h"

#include <stdlib.h>
#include <string.h>

#include "tests/endpoint/vp9.h"

#define KEPT 64                 /* frames under way, two seconds */
#define FREEZE_US 500000

struct under_way {
	uint32_t number;
	uint16_t packets, count;        /* count 0: not known yet */
	bool key;
	uint8_t needs;                  /* how many frames before it the one lies that it builds on */
};

struct frames {
	struct totals *totals;  /* given */
	bool temporal, shown_any;
	uint32_t source;        /* who is seen: a new one begins with a keyframe */
	uint32_t shown;         /* the last frame that could be shown */
	int64_t shown_us, came_us;
	int64_t frozen_us;      /* in the window */
	struct under_way kept[KEPT];
};

struct frames *frames_new(struct totals *totals, bool temporal)
{
	struct frames *f = calloc(1, sizeof(*f));

	if (f)
		*f = (struct frames){ .totals = totals, .temporal = temporal };
	return f;
}

static bool can_show(const struct frames *f, const struct under_way *w)
{
	if (w->packets < w->count || !w->count || (f->shown_any && (int32_t)(w->number - f->shown) <= 0))
		return false;
	return w->key || (f->shown_any && w->number - f->shown <= w->needs);
}

static void count_pause(struct frames *f, int64_t us)
{
	if (!f->totals->open || us < FREEZE_US)
		return;
	f->totals->freezes++;
	f->totals->frozen_us += us;
	f->frozen_us += us;
	if (us > f->totals->longest_freeze_us)
		f->totals->longest_freeze_us = us;
}

static void show(struct frames *f, const struct under_way *w, int64_t now)
{
	uint32_t skipped = w->number - f->shown - 1;

	if (f->shown_us)
		count_pause(f, now - f->shown_us);
	if (f->shown_any && f->totals->open)
		f->totals->broken_frames += f->temporal ? skipped / 2 : skipped;
	f->totals->whole_frames += f->totals->open;
	f->shown_any = true;
	f->shown = w->number;
	f->shown_us = now;
}

static void show_next(struct frames *f, int64_t now)
{
	for (uint32_t i = 1; i <= KEPT; i++) {
		const struct under_way *w = &f->kept[(f->shown + i) % KEPT];

		if (w->number != f->shown + i || !can_show(f, w))
			continue;
		show(f, w, now);
		i = 0;
	}
}

static uint8_t needs(const struct frames *f, const struct mark *m)
{
	if (m->codec == PAYLOAD_VP9)
		return (uint8_t)vp9_needs(m->frame);
	return f->temporal && m->frame % 2 == 0 ? 2 : 1;
}

void frames_take(struct frames *f, const struct mark *m, int64_t now_us)
{
	struct under_way *w = &f->kept[m->frame % KEPT];

	if (m->source != f->source) {
		memset(f->kept, 0, sizeof(f->kept));
		f->source = m->source;
		f->shown_any = false;
	}
	f->came_us = now_us;
	if (w->number != m->frame || !w->packets)
		*w = (struct under_way){ .number = m->frame, .key = m->key, .needs = needs(f, m) };
	w->count = m->count ? m->count : w->count;
	w->packets++;
	if (can_show(f, w)) {
		show(f, w, now_us);
		show_next(f, now_us);
	}
}

bool frames_stuck(const struct frames *f, int64_t now_us)
{
	return now_us - f->came_us < FREEZE_US && now_us - f->shown_us > FREEZE_US;
}

void frames_end(struct frames *f, int64_t now_us)
{
	if (f->shown_any)
		count_pause(f, now_us - f->shown_us);
}

int64_t frames_frozen_us(const struct frames *f)
{
	return f->frozen_us;
}

void frames_restart(struct frames *f, int64_t now_us)
{
	f->frozen_us = 0;
	if (f->shown_us)
		f->shown_us = now_us;
}
