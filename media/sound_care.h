/*
 * How much care sound needs on the way to one receiver: the share of packets that its line loses, counted over about half a second, says how
 * many earlier frames go along with each, or how often each is sent. At once when more are lost, less again only after a while without. What we lost by
 * sending more than the line carries is not to be counted: more would make it worse.
 * Embedded and pure.
 */
#ifndef HUITANG_MEDIA_SOUND_CARE_H
#define HUITANG_MEDIA_SOUND_CARE_H

#include <stdint.h>

#define SOUND_CARE_MOST 3

struct sound_care {
	uint8_t level;                  /* 0: none is needed, up to SOUND_CARE_MOST */
	float arrived, lost;            /* what counts of the packets so far */
	int64_t counted_us;
	int64_t level_us;               /* when the level was last needed */
};

/** Packets of which the receiver has told. */
void sound_care_count(struct sound_care *c, unsigned arrived, unsigned lost);

/** It has reported 1/256 of `packets` as lost, of which each was sent so many `times`: what did not come even once. */
void sound_care_report(struct sound_care *c, uint32_t packets, uint8_t fraction_lost, unsigned times);

/** It has asked for sound. */
void sound_care_asked(struct sound_care *c, int64_t now_us);

/** The line carries no more than this level. */
void sound_care_bound(struct sound_care *c, uint8_t most);

/** Each 50 to 100 ms. */
void sound_care_tick(struct sound_care *c, int64_t now_us);

#endif
