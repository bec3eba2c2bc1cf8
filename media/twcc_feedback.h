/*
 * The sender's half of transport-wide congestion control, read: which of the numbers that we gave out arrived, and when
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1). Pure; bwe.h says what follows from it.
 */
#ifndef HUITANG_MEDIA_TWCC_FEEDBACK_H
#define HUITANG_MEDIA_TWCC_FEEDBACK_H

#include <stddef.h>
#include <stdint.h>

#define TWCC_FEEDBACK_PACKETS 2048      /* numbers that one feedback may cover; a longer one is refused */
#define TWCC_TICK_US 250
#define TWCC_REFERENCE_US INT64_C(64000)
#define TWCC_REFERENCE_WRAP_US (TWCC_REFERENCE_US << 24) /* after 12 days the reference time begins anew */
#define TWCC_LOST INT32_MIN

struct twcc_feedback {
	uint16_t base;                  /* first number covered */
	uint16_t n;                     /* how many, 1 to TWCC_FEEDBACK_PACKETS */
	uint8_t count;                  /* of the feedback itself, modulo 256 */
	int64_t reference_us;           /* receiver's clock, below TWCC_REFERENCE_WRAP_US */
	int32_t arrival_ticks[TWCC_FEEDBACK_PACKETS]; /* since the reference, may be negative; TWCC_LOST: did not arrive */
};

/**
 * Reads one feedback. `body` is what stands behind the RTCP header, `len` bytes without the packet's padding. Bytes behind the
 * last delta are not looked at, and neither is the part of a run or vector that goes past the count (libwebrtc reads so too).
 *
 * Errors: -EBADMSG: shorter than it says, a count of 0 or too large, an empty run, a reserved symbol. *ret is then undefined.
 */
int twcc_feedback_parse(struct twcc_feedback *ret, const uint8_t *body, size_t len);

#endif
