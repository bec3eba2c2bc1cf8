/* See loss_trace.h. */
#include "media/loss_trace.h"

#include "media/base/bytes.h"

#define FIXED_BYTES 12                  /* RFC 3550 §5.1 */
#define EXTENSION_BYTES 4

void loss_trace_add(struct loss_trace *t, uint16_t number, const uint8_t *packet, size_t len)
{
	size_t payload_at = FIXED_BYTES + 4u * (packet[0] & 0x0f) + EXTENSION_BYTES;
	struct traced_packet *p = &t->packets[number % LOSS_TRACE_PACKETS];

	p->waiting = false;
	if (len < payload_at)
		return;
	payload_at += 4u * read_u16(packet + payload_at - 2);
	if (len < payload_at + 2)
		return;
	*p = (struct traced_packet){ .ssrc = read_u32(packet + 8), .number = number, .seq = read_u16(packet + 2), .first = read_u16(packet + payload_at), .waiting = true };
}

const struct traced_packet *loss_trace_take(struct loss_trace *t, uint16_t number)
{
	struct traced_packet *p = &t->packets[number % LOSS_TRACE_PACKETS];

	if (!p->waiting || p->number != number)
		return NULL;
	p->waiting = false;
	return p;
}

bool loss_trace_is_copy(const struct loss_trace *t, const struct traced_packet *of, uint16_t number)
{
	const struct traced_packet *p = &t->packets[number % LOSS_TRACE_PACKETS];

	return p->number == number && p->ssrc == of->ssrc && p->first == of->first;
}
