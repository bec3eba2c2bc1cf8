/*
 * The last second of one source: packets in a byte arena, found by sequence number. It answers NACKs, serves newcomers from the
 * newest keyframe, and is where a slot's packets wait for their turn (media.md: Keyframes; Memory; Sending).
 */
#ifndef HUITANG_MEDIA_PACKET_RING_H
#define HUITANG_MEDIA_PACKET_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/payload.h"

/* A kept packet. `payload` is borrowed until the next ring_put(). */
struct kept_packet {
	uint16_t seq;
	uint16_t payload_len;
	bool marker;
	uint8_t codec;          /* enum codec */
	uint8_t audio_level;
	uint32_t timestamp;
	union {                 /* as it was read when the packet came; zeroes for other codecs */
		struct vp8_descriptor vp8;
		struct vp9_descriptor vp9;
	};
	int64_t capture_us;     /* in the server's clock, as it was known when the packet came */
	int64_t arrival_us;
	const uint8_t *payload;
};

_Static_assert(sizeof(struct vp9_descriptor) <= sizeof(struct vp8_descriptor), "a kept packet and its place take one line of the cache");

struct packet_ring;

/**
 * Owns:   *ret is the caller's.
 * Units:  `bytes` of payload kept at most, at least 4,096; `packets` findable by sequence number, a power of two from 16 on.
 * Errors: -EINVAL, -ENOMEM.
 */
int ring_create(struct packet_ring **ret, size_t bytes, size_t packets);
struct packet_ring *ring_destroy(struct packet_ring *r);

/** Copies a packet in, overwriting the oldest. `p->payload_len` at most 1,500. */
void ring_put(struct packet_ring *r, const struct kept_packet *p);

/** Borrowed until the next ring_put(); NULL when that packet was never there or is overwritten. */
const struct kept_packet *ring_find(const struct packet_ring *r, uint16_t seq);

/** How many sequence numbers can be told apart. */
size_t ring_span(const struct packet_ring *r);

/** What it takes. */
size_t ring_bytes(const struct packet_ring *r);

/** Forgets everything. */
void ring_clear(struct packet_ring *r);

#endif
