/* See sent_history.h. */
#include "media/sent_history.h"

#include <errno.h>

#include "media/base/macros.h"
#include "media/base/mem.h"

#define MIN_PACKETS 64
#define MAX_PACKETS 8192

int sent_history_init(struct sent_history *h, size_t packets)
{
	struct sent_record *ring;

	if (packets < MIN_PACKETS || packets > MAX_PACKETS || (packets & (packets - 1)))
		return -EINVAL;
	ring = mem_calloc(packets, sizeof(*ring));
	if (!ring)
		return -ENOMEM;
	*h = (struct sent_history){ .ring = ring, .mask = (uint16_t)(packets - 1) };
	return 0;
}

void sent_history_done(struct sent_history *h)
{
	h->ring = mem_free(h->ring);
}

void sent_history_add(struct sent_history *h, uint16_t seq, size_t bytes, int64_t now_us, uint8_t probe)
{
	unsigned skipped = h->started ? (uint16_t)(seq - h->newest - 1) : 0;

	for (unsigned i = 0; i < MIN(skipped, h->mask + 1u); i++)
		h->ring[(seq - 1 - i) & h->mask].fate = SENT_NOTHING;
	h->ring[seq & h->mask] = (struct sent_record){
		.sent_low_us = (uint32_t)now_us, .bytes = (uint16_t)MIN(bytes, UINT16_MAX), .probe = probe, .fate = SENT_WAITING,
	};
	h->newest = seq;
	h->started = true;
}

struct sent_record *sent_history_find(const struct sent_history *h, uint16_t seq)
{
	struct sent_record *r = &h->ring[seq & h->mask];

	if (!h->started || (uint16_t)(h->newest - seq) > h->mask || r->fate == SENT_NOTHING)
		return NULL;
	return r;
}
