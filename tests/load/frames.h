/*
 * What a decoder would make of one video stream, by the marks of its packets: which frames are whole, which could be shown
 * (all that they build on was), how long the picture stood still.
 */
#ifndef LOAD_FRAMES_H
#define LOAD_FRAMES_H

#include <stdbool.h>

#include "tests/endpoint/payload.h"
#include "tests/load/totals.h"

struct frames;

/** `temporal`: frames of odd number are of the upper temporal layer. Owns: the caller's, free(); NULL without memory. */
struct frames *frames_new(struct totals *totals, bool temporal);

/** With `count` 0 another packet of the frame will tell how many there are: of VP9 that with the marker. */
void frames_take(struct frames *f, const struct mark *m, int64_t now_us);

/** True when frames come but none could be shown for half a second: time to ask for a keyframe. */
bool frames_stuck(const struct frames *f, int64_t now_us);

/** Ends what is under way: a picture that stands still at the end is a freeze too. */
void frames_end(struct frames *f, int64_t now_us);

/** How long it stood still in the window, all freezes together. */
int64_t frames_frozen_us(const struct frames *f);

/** The window begins: what stood still before it does not count. */
void frames_restart(struct frames *f, int64_t now_us);

#endif
