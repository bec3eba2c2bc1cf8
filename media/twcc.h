/*
 * The receiver's half of transport-wide congestion control: remembers when each transport sequence number arrived and
 * writes the feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01). One per path that sends to us. Embedded;
 * no allocation.
 */
#ifndef HUITANG_MEDIA_TWCC_H
#define HUITANG_MEDIA_TWCC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TWCC_WINDOW 2048        /* sequence numbers remembered between two feedbacks; older ones are forgotten */

struct twcc_receiver {
	bool started;
	uint8_t feedback_count;
	int64_t base_us;        /* epoch of the reference time: the first arrival */
	uint32_t next;          /* unwrapped: first number that the next feedback covers */
	uint32_t highest;       /* unwrapped, newest seen */
	int64_t arrival_us[TWCC_WINDOW]; /* since base_us, plus 1; 0: not seen. Index is unwrapped % TWCC_WINDOW */
};

void twcc_init(struct twcc_receiver *t);

/** A packet with this number arrived. Duplicates and numbers before the last feedback are ignored. */
void twcc_on_packet(struct twcc_receiver *t, uint16_t seq, int64_t now_us);

/** True when something arrived since the last feedback. */
bool twcc_pending(const struct twcc_receiver *t);

/**
 * Writes one RTCP transport feedback (PT 205, FMT 15) and advances; 0 when nothing is pending or `size` is below 40. Call again while
 * twcc_pending(): what does not fit, and what came over 8.19 s after its predecessor, needs another.
 */
size_t twcc_write(struct twcc_receiver *t, uint8_t *out, size_t size, uint32_t sender, uint32_t media_ssrc);

#endif
