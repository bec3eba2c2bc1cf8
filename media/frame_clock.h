/*
 * When the next picture comes of the source that most receivers of this worker watch. A turn that begins right behind it sends it without waiting, and what
 * came just before rides along in the same messages (worker_loop.c). It is told only while pictures come regularly. Embedded, media thread only; begin with zeroes.
 */
#ifndef HUITANG_MEDIA_FRAME_CLOCK_H
#define HUITANG_MEDIA_FRAME_CLOCK_H

#include <stddef.h>
#include <stdint.h>

struct frame_clock {
	int64_t arrival_us;             /* of the packet that is being received: the worker sets it */

	const void *source;             /* whom it follows; never looked into */
	size_t watchers;                /* of it */
	uint32_t rtp;                   /* of its newest picture */
	unsigned regular;               /* pictures since the last that came out of step */
	int64_t newest_us;              /* when its last packet came, */
	int64_t steady_us;              /* and when it should have, by those before */
	int64_t period_us;
	int64_t deviation_us;           /* mean, from what was expected */
};

/** The last packet of a picture of `source` is being received; `rtp` is its timestamp. */
void frame_clock_picture(struct frame_clock *c, const void *source, size_t watchers, uint32_t rtp);

/** When a picture that is still to come at `now_us` will be there for sure; 0: not to be told. */
int64_t frame_clock_next_us(const struct frame_clock *c, int64_t now_us);

#endif
