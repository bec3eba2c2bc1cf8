/* Numbers by chance that are the same in each run: set random_state at the start of a test. */
#ifndef HUITANG_TEST_RANDOM_H
#define HUITANG_TEST_RANDOM_H

#include <stdint.h>

static uint32_t random_state;

/** 0 to bound - 1. */
static inline uint32_t random_below(uint32_t bound)
{
	random_state = random_state * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(random_state >> 4) * bound >> 28);
}

#endif
