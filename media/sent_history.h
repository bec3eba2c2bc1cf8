/* What left for one subscriber, by transport-wide number, until feedback tells what became of it. Memory at init only: 8 bytes a packet. */
#ifndef HUITANG_MEDIA_SENT_HISTORY_H
#define HUITANG_MEDIA_SENT_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* SENT_AGAIN: under the same number, so that which of them arrived, and how long it took, cannot be told. */
enum sent_fate { SENT_NOTHING, SENT_WAITING, SENT_LOST, SENT_AGAIN, SENT_ARRIVED };

struct sent_record {
	uint32_t sent_low_us;           /* low bits of the time: sent_record_us() */
	uint16_t bytes;
	uint8_t probe;                  /* number of the probe, 0: none */
	uint8_t fate;                   /* enum sent_fate; the reader of the feedback writes it */
};

struct sent_history {
	struct sent_record *ring;       /* owned, by number modulo its length */
	uint16_t mask;
	bool started;
	uint16_t newest;
};

/** `packets`: a power of two, 64 to 8192. Owns: sent_history_done() ends it. Errors: -EINVAL, -ENOMEM. */
int sent_history_init(struct sent_history *h, size_t packets);
void sent_history_done(struct sent_history *h);

/** Numbers ascend; those that are left out were not sent. Over 65,535 bytes count as that. */
void sent_history_add(struct sent_history *h, uint16_t seq, size_t bytes, int64_t now_us, uint8_t probe);

/** NULL: never sent, or so long ago that its place was taken. */
struct sent_record *sent_history_find(const struct sent_history *h, uint16_t seq);

/** When it left; right for an hour. */
static inline int64_t sent_record_us(const struct sent_record *r, int64_t now_us)
{
	return now_us - (int64_t)((uint32_t)now_us - r->sent_low_us);
}

#endif
