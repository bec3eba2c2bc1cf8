/* A circle that grows to EVENT_RING_MAX by doubling: most seats never hold more than a few. */
#include "signaling/event_ring.h"

#include "media/base/macros.h"
#include "media/base/mem.h"

#define RING_SMALL 16

void event_ring_init(struct event_ring *r)
{
	*r = (struct event_ring){ .first = 1 };
}

static void forget(struct event_ring *r)
{
	for (uint32_t seq = r->first; r->capacity && seq != r->last + 1; seq++)
		text_unref(r->slots[seq % r->capacity]);
	r->first = r->last + 1;
}

void event_ring_done(struct event_ring *r)
{
	forget(r);
	r->slots = mem_free(r->slots);
	r->capacity = 0;
}

static bool grow(struct event_ring *r)
{
	uint32_t capacity = r->capacity ? MIN(r->capacity * 2, EVENT_RING_MAX) : RING_SMALL;
	struct text **slots = mem_calloc(capacity, sizeof(struct text *));

	if (!slots)
		return false;
	for (uint32_t seq = r->first; r->capacity && seq != r->last + 1; seq++)
		slots[seq % capacity] = r->slots[seq % r->capacity];
	mem_free(r->slots);
	r->slots = slots;
	r->capacity = capacity;
	return true;
}

uint32_t event_ring_push(struct event_ring *r, struct text *t)
{
	uint32_t held = r->last + 1 - r->first;

	if (held == r->capacity && (r->capacity == EVENT_RING_MAX || !grow(r))) {
		if (r->capacity == EVENT_RING_MAX)
			text_unref(r->slots[r->first++ % r->capacity]);
		else
			forget(r);
	}
	r->last++;
	if (r->capacity == 0)
		r->first = r->last + 1;
	else
		r->slots[r->last % r->capacity] = text_ref(t);
	return r->last;
}

bool event_ring_covers(const struct event_ring *r, uint32_t seq)
{
	return seq <= r->last && seq + 1 >= r->first;
}

struct text *event_ring_get(const struct event_ring *r, uint32_t seq)
{
	return seq >= r->first && seq <= r->last && r->capacity ? r->slots[seq % r->capacity] : NULL;
}
