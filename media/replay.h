/*
 * A sliding window over packet indices that says which were taken already (RFC 3711 §3.3.2). The bits lie in the
 * owner's array, `n_words` of 64 each, and turn with the index, so that a step forward clears only what it passes.
 */
#ifndef HUITANG_MEDIA_REPLAY_H
#define HUITANG_MEDIA_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct replay {
	bool started;
	uint64_t newest;        /* highest index taken; without meaning before `started` */
};

/** True when `index` was not taken and is not too old to know. */
bool replay_is_fresh(const struct replay *r, const uint64_t *bits, size_t n_words, uint64_t index);

/** Takes a fresh index. */
void replay_take(struct replay *r, uint64_t *bits, size_t n_words, uint64_t index);

#endif
