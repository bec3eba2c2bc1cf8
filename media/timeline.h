/*
 * The RTP timestamps of one slot, going on over all sources that it shows (media.md, Clocks): RTP = base + (capture time -
 * epoch) x rate. Receivers see steady frames, no step back, and corrections of at most 5 ms a second. Embedded and pure.
 */
#ifndef HUITANG_MEDIA_TIMELINE_H
#define HUITANG_MEDIA_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#define TIMELINE_FRAMES 32              /* a second of pictures: repaired packets are no later */

struct timeline {
	bool audio;
	bool any;                       /* something was placed */
	bool settling;                  /* just switched: timestamps run towards the clock, 1 ms a frame at least */
	bool slewing;
	uint32_t base_rtp;              /* at epoch_us */
	int64_t epoch_us;
	uint32_t in;                    /* newest frame as the source numbers it */
	int64_t out;                    /* the same in ticks since the epoch: 32 bits turn over within a long day */
	int64_t floor;                  /* settling: no timestamp below */
	int64_t changed_us;             /* last slew step */
	unsigned dropped;               /* audio packets left out while settling */
	unsigned n_frames;              /* placed since the switch; the newest is at (n_frames - 1) % TIMELINE_FRAMES */
	struct { uint32_t in, out; } frames[TIMELINE_FRAMES]; /* the last frames of this source, for their late packets */
};

void timeline_init(struct timeline *t, bool audio, uint32_t base_rtp, int64_t epoch_us);

/** The slot clock at a server time. */
uint32_t timeline_rtp(const struct timeline *t, int64_t at_us);

/** The timestamp of the newest frame that was placed. */
uint32_t timeline_newest(const struct timeline *t);

/** The timestamp under which a frame of this source left, one of the last TIMELINE_FRAMES. False: it did not. */
bool timeline_find(const struct timeline *t, uint32_t in_rtp, uint32_t *ret);

/** A source takes over with `first_rtp`, captured at `first_us`; its newest kept frame was captured at `newest_us` (without: first_us). */
void timeline_begin(struct timeline *t, uint32_t first_rtp, int64_t first_us, int64_t newest_us, int64_t now_us);

/**
 * The timestamp of a packet in the slot's clock; all packets of a frame get the same. `newest`: none with a later number was placed.
 * Whatever the source's timestamps do, what leaves stays within 100 ms (sound) or 20 ms (pictures) ahead of `now_us`, and within a
 * second of `capture_us`; a leap counts as a new beginning. False: leave the packet out, its time is over or not yet there.
 */
bool timeline_place(struct timeline *t, uint32_t in_rtp, bool newest, int64_t capture_us, int64_t now_us, uint32_t *ret);

#endif
