/*
 * See packet_ring.h. `written` counts every byte ever put, so a packet at position p is still whole while
 * written - p <= size. A packet never wraps: the rest of the arena is skipped instead.
 */
#include "media/packet_ring.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/rtp.h"

struct entry {
	struct kept_packet packet;
	uint64_t at;
	bool used;
};

struct packet_ring {
	uint8_t *arena;         /* owned */
	size_t size;
	uint64_t written;
	size_t mask;
	struct entry index[];
};

int ring_create(struct packet_ring **ret, size_t bytes, size_t packets)
{
	struct packet_ring *r;

	if (bytes < 4096 || packets < 16 || (packets & (packets - 1)))
		return -EINVAL;
	r = mem_zalloc(sizeof(*r) + packets * sizeof(r->index[0]));
	if (!r)
		return -ENOMEM;
	r->size = bytes;
	r->mask = packets - 1;
	r->arena = mem_zalloc(bytes);
	if (!r->arena) {
		mem_free(r);
		return -ENOMEM;
	}
	*ret = r;
	return 0;
}

struct packet_ring *ring_destroy(struct packet_ring *r)
{
	if (r)
		mem_free(r->arena);
	return mem_free(r);
}

void ring_put(struct packet_ring *r, const struct kept_packet *p)
{
	struct entry *e = &r->index[p->seq & r->mask];
	size_t offset = r->written % r->size;

	assert(p->payload_len <= RTP_MAX_PACKET_BYTES);
	if (offset + p->payload_len > r->size) {
		r->written += r->size - offset;
		offset = 0;
	}
	if (p->payload_len > 0)
		memcpy(r->arena + offset, p->payload, p->payload_len);
	e->packet = *p;
	e->packet.payload = r->arena + offset;
	e->at = r->written;
	e->used = true;
	r->written += p->payload_len;
}

const struct kept_packet *ring_find(const struct packet_ring *r, uint16_t seq)
{
	const struct entry *e = &r->index[seq & r->mask];

	return e->used && e->packet.seq == seq && r->written - e->at <= r->size ? &e->packet : NULL;
}

size_t ring_span(const struct packet_ring *r)
{
	return r->mask + 1;
}

size_t ring_bytes(const struct packet_ring *r)
{
	return sizeof(*r) + ring_span(r) * sizeof(r->index[0]) + r->size;
}

void ring_clear(struct packet_ring *r)
{
	memset(r->index, 0, ring_span(r) * sizeof(r->index[0]));
	r->written = 0;
}
