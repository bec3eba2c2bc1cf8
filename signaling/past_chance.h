/* What would be chance in life, but the same in each demo. Pure. */
#ifndef HUITANG_SIGNALING_PAST_CHANCE_H
#define HUITANG_SIGNALING_PAST_CHANCE_H

#include <stdint.h>

/* What is drawn: each for itself. */
enum chance { CHANCE_ANSWERS, CHANCE_DECLINES, CHANCE_SITE_ARRIVES, CHANCE_SITE_LATE, CHANCE_LEAVE, CHANCE_COMES, CHANCE_ARRIVES, CHANCE_LATE, CHANCE_GOES, CHANCE_DELEGATE, CHANCE_CHECK, CHANCE_OPTION };

/** A number below `n`, always the same for the three. */
static inline unsigned chance_below(int64_t class, int64_t who, unsigned what, unsigned n)
{
	uint64_t x = (uint64_t)class * 0x9e3779b97f4a7c15u + (uint64_t)who * 0xbf58476d1ce4e5b9u + what * 0x94d049bb133111ebu;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return (unsigned)((x ^ (x >> 31)) % n);
}

#endif
