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
	uint64_t at;
	int64_t capture_us;
	uint32_t timestamp;
	uint16_t seq;
	uint16_t len;
	uint8_t codec;
	uint8_t audio_level;
	bool marker;
	bool used;
};

struct packet_ring {
	uint8_t *arena;         /* owned */
	size_t size;
	uint64_t written;
	struct entry index[RING_INDEX];
};

int ring_create(struct packet_ring **ret, size_t bytes)
{
	struct packet_ring *r;

	if (bytes < 4096)
		return -EINVAL;
	r = mem_zalloc(sizeof(*r));
	if (!r)
		return -ENOMEM;
	r->size = bytes;
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
	struct entry *e = &r->index[p->seq % RING_INDEX];
	size_t offset = r->written % r->size;

	assert(p->payload_len <= RTP_MAX_PACKET_BYTES);
	if (offset + p->payload_len > r->size) {
		r->written += r->size - offset;
		offset = 0;
	}
	if (p->payload_len > 0)
		memcpy(r->arena + offset, p->payload, p->payload_len);
	*e = (struct entry){
		.at = r->written, .capture_us = p->capture_us, .timestamp = p->timestamp, .seq = p->seq,
		.len = (uint16_t)p->payload_len, .codec = p->codec, .audio_level = p->audio_level, .marker = p->marker, .used = true,
	};
	r->written += p->payload_len;
}

bool ring_get(const struct packet_ring *r, uint16_t seq, struct kept_packet *ret)
{
	const struct entry *e = &r->index[seq % RING_INDEX];

	if (!e->used || e->seq != seq || r->written - e->at > r->size)
		return false;
	*ret = (struct kept_packet){
		.seq = e->seq, .marker = e->marker, .codec = e->codec, .audio_level = e->audio_level, .timestamp = e->timestamp,
		.capture_us = e->capture_us, .payload = r->arena + e->at % r->size, .payload_len = e->len,
	};
	return true;
}

void ring_clear(struct packet_ring *r)
{
	memset(r->index, 0, sizeof(r->index));
	r->written = 0;
}
