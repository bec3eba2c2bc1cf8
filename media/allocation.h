/*
 * Which layer each slot of one subscriber gets out of the estimate. Pure: the path describes its slots, calls
 * allocation_run() when the estimate moved or at least each 200 ms, and brings the slots to their targets.
 *
 * Who gets what, in this order, as far as the estimate goes:
 *
 *   1. sound: always, whatever the estimate
 *   2. screen, stage, spotlight: the lowest layer of each
 *   3. the screen: all that is wanted (text is to be read); stage, then spotlight: the second layer, so that a face is seen
 *   4. tiles: the lowest layer, largest tile first
 *   5. stage, then spotlight: all that is wanted
 *   6. tiles: a layer more for all, largest first, before any gets two more
 *
 * "Wanted" is the lowest live layer that is as tall as the tile on the viewer's screen (7/8 of it suffice), or the tallest.
 * A slot for which the lowest layer is too much is suspended: the client shows the last picture as a still and says so, which
 * beats a stream that freezes. Where temporal layers can be dropped, half the frames of a layer are a step of their own below it,
 * and all that a slot with few_frames gets.
 *
 * Hysteresis: what a slot has now it keeps as long as the estimate covers it, and it goes down at once when that is not so. Up it
 * goes when the sum stays below 1/1.2 of the lowest estimate of the last 2 s. A step down within 20 s after a step up doubles
 * those 2 s, up to 32 s; eight times as long without one halves them. In the first 3 s the present estimate counts, so that a newcomer need not wait.
 */
#ifndef HUITANG_MEDIA_ALLOCATION_H
#define HUITANG_MEDIA_ALLOCATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ALLOCATION_SLOTS 64             /* the most that one run takes */
#define ALLOCATION_LAYERS 3
#define ALLOCATION_SUSPENDED (-1)
#define ALLOCATION_BUCKETS 8

enum allocation_rank { ALLOCATION_SCREEN, ALLOCATION_STAGE, ALLOCATION_SPOTLIGHT, ALLOCATION_TILE };

struct allocation_layer {
	bool live;                      /* packets come, or would if somebody watched */
	uint16_t height_px;             /* 0: not known, taken as too low for every tile */
	uint32_t bps;                   /* measured over a second or two; 0: not known yet, 150, 500, 1,500 kbit/s by place */
	uint32_t half_bps;              /* without the droppable temporal layers; 0: there are none */
};

struct allocation_choice {
	int8_t layer;                   /* 0 to 2, or ALLOCATION_SUSPENDED */
	bool half;                      /* drop what temporal layers can be dropped */
};

struct allocation_slot {
	bool audio;                     /* layers[0].bps is all that counts */
	enum allocation_rank rank;
	uint16_t wanted_px;             /* height on the viewer's screen; 0: not seen, suspended */
	bool few_frames;                /* a small tile: half the frames do, where they can be dropped */
	struct allocation_layer layers[ALLOCATION_LAYERS]; /* ascending */
	struct allocation_choice current; /* what is forwarded or being switched to; a new source begins as suspended */
	struct allocation_choice target; /* out */
};

struct allocation {
	int64_t begin_us;
	int64_t hold_us;                /* the present length of the window */
	int64_t bucket_us;              /* when the newest bucket began */
	uint8_t newest;
	uint32_t lowest_bps[ALLOCATION_BUCKETS];
	int64_t raised_us;              /* last step up, 0: none */
	int64_t calm_us;                /* since when no step up failed */
};

struct allocation_sum {
	uint32_t used_bps;              /* by the targets, sound too */
	uint32_t next_bps;              /* estimate from which the next step up fits; 0: all have what is wanted */
	uint32_t full_bps;              /* estimate from which all fits: there is no sense in probing beyond */
	uint32_t least_bps;             /* below that a picture which is shown would be suspended */
	uint8_t suspended;              /* slots that are wanted and live and get nothing */
};

void allocation_init(struct allocation *a, int64_t now_us);

/** Sets `target` of each of the `n` slots, at most ALLOCATION_SLOTS; the others are left as they are. */
void allocation_run(struct allocation *a, struct allocation_slot *slots, size_t n, int64_t estimate_bps, int64_t now_us,
                    struct allocation_sum *ret);

/** What must be sent for the pictures that are shown now, sound too: below that one of them would be suspended. */
int64_t allocation_least_bps(const struct allocation_slot *slots, size_t n);

/** Afterwards: those that were left suspended get their lowest layer, in the same order, as long as all lowest layers and sound fit into `bps`. */
void allocation_show_lowest(struct allocation_slot *slots, size_t n, int64_t bps);

#endif
