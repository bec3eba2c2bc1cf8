/*
 * Which number a source's packets get in a slot: a constant apart, but that what stays out takes none. A packet that comes late gets
 * the number that it would have had in its time, not one that another has meanwhile. Pure.
 */
#ifndef HUITANG_MEDIA_RENUMBER_H
#define HUITANG_MEDIA_RENUMBER_H

#include <stdbool.h>
#include <stdint.h>

#define RENUMBER_STEPS 16       /* a second of every other picture of 30 left out */

/* Embedded; renumber_begin() before use. */
struct renumber {
	uint8_t newest;         /* of the steps, a ring */
	uint8_t n;
	struct { uint16_t from_in, delta; } steps[RENUMBER_STEPS]; /* out - in, from this incoming number on */
};

/** Another source: its packet `in` gets the number `out`. */
void renumber_begin(struct renumber *r, uint16_t in, uint16_t out);

/** Packet `in`, the newest yet, stays out: those behind it move up. What is missing before it keeps its numbers. */
void renumber_leave_out(struct renumber *r, uint16_t in);

/** Packet `in`, the newest yet, goes. What lies further back than numbers can tell apart is forgotten. */
void renumber_pass(struct renumber *r, uint16_t in);

/** The number of a packet that is newer than all that were left out. */
static inline uint16_t renumber_next(const struct renumber *r, uint16_t in)
{
	return (uint16_t)(in + r->steps[r->newest].delta);
}

/** The number of any packet. False: it is from before what is remembered. */
bool renumber_find(const struct renumber *r, uint16_t in, uint16_t *ret_out);

/** The number of a packet that did not stay out. False: it did, or is from before what is remembered. */
bool renumber_find_kept(const struct renumber *r, uint16_t in, uint16_t *ret_out);

#endif
