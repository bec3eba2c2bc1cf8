/*
 * The last second of one source layer: packets in a byte arena, found by sequence number. It answers NACKs and serves
 * newcomers from the newest keyframe (media.md: Keyframes; Memory).
 */
#ifndef HUITANG_MEDIA_PACKET_RING_H
#define HUITANG_MEDIA_PACKET_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RING_INDEX 1024         /* packets findable by sequence number */

/* A kept packet. `payload` is borrowed until the next ring_put(). */
struct kept_packet {
	uint16_t seq;
	bool marker;
	uint8_t codec;          /* enum codec */
	uint8_t audio_level;
	uint32_t timestamp;
	int64_t capture_us;     /* in the server's clock, as it was known when the packet came */
	const uint8_t *payload;
	size_t payload_len;
};

struct packet_ring;

/**
 * Owns:   *ret is the caller's.
 * Units:  `bytes` of payload kept at most, at least 4,096.
 * Errors: -EINVAL, -ENOMEM.
 */
int ring_create(struct packet_ring **ret, size_t bytes);
struct packet_ring *ring_destroy(struct packet_ring *r);

/** Copies a packet in, overwriting the oldest. `p->payload_len` at most 1,500. */
void ring_put(struct packet_ring *r, const struct kept_packet *p);

/** False when that packet was never there or is overwritten. */
bool ring_get(const struct packet_ring *r, uint16_t seq, struct kept_packet *ret);

/** Forgets everything. */
void ring_clear(struct packet_ring *r);

#endif
