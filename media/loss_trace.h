/*
 * Which picture's packet each transport-wide number was given to, on a line that loses many. What its receiver reports as lost is then
 * repeated at once, and a lost repeat too: a NACK may be lost as well, and costs another round trip. Embedded by pointer, media thread
 * only; there is none where little is lost.
 */
#ifndef HUITANG_MEDIA_LOSS_TRACE_H
#define HUITANG_MEDIA_LOSS_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOSS_TRACE_PACKETS 1024         /* a power of two: two seconds of a large picture */

struct traced_packet {
	uint32_t ssrc;
	uint16_t number;
	uint16_t seq;
	uint16_t first;                 /* two bytes of the payload: of RTX the number of what it repeats (RFC 4588 §4) */
	bool waiting;                   /* nothing is here, or it was told already, if not */
};

struct loss_trace {
	struct traced_packet packets[LOSS_TRACE_PACKETS];
};

/** `packet`: RTP that we wrote ourselves, not sealed yet, with header extension (it has the number). What is too short is not traced. */
void loss_trace_add(struct loss_trace *t, uint16_t number, const uint8_t *packet, size_t len);

/** The packet of that number, if it was not taken before; NULL: none. Taken by this. */
const struct traced_packet *loss_trace_take(struct loss_trace *t, uint16_t number);

/** Whether the number was given to another copy of the same repeat. */
bool loss_trace_is_copy(const struct loss_trace *t, const struct traced_packet *of, uint16_t number);

#endif
