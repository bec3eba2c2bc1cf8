/* See replay.h. */
#include "media/replay.h"

#include <string.h>

static uint64_t bit_of(uint64_t index)
{
	return UINT64_C(1) << (index % 64);
}

bool replay_is_fresh(const struct replay *r, const uint64_t *bits, size_t n_words, uint64_t index)
{
	if (!r->started || index > r->newest)
		return true;
	if (r->newest - index >= n_words * 64)
		return false;
	return !(bits[index / 64 % n_words] & bit_of(index));
}

void replay_take(struct replay *r, uint64_t *bits, size_t n_words, uint64_t index)
{
	if (!r->started || (index > r->newest && index - r->newest >= n_words * 64)) {
		memset(bits, 0, n_words * sizeof(*bits));
		r->newest = index;
		r->started = true;
	}
	while (r->newest < index) {
		r->newest++;
		bits[r->newest / 64 % n_words] &= ~bit_of(r->newest);
	}
	bits[index / 64 % n_words] |= bit_of(index);
}
