/* See renumber.h. */
#include "media/renumber.h"

#include "media/base/macros.h"
#include "media/rtp.h"

#define SPAN 0x4000             /* packets: half of what seq_newer() tells apart */

void renumber_begin(struct renumber *r, uint16_t in, uint16_t out)
{
	r->newest = 0;
	r->n = 1;
	r->steps[0].from_in = in;
	r->steps[0].delta = (uint16_t)(out - in);
}

void renumber_leave_out(struct renumber *r, uint16_t in)
{
	uint16_t delta = (uint16_t)(r->steps[r->newest].delta - 1);

	/* Packets of one picture follow each other. */
	if (r->steps[r->newest].from_in != in) {
		r->newest = (uint8_t)((r->newest + 1) % RENUMBER_STEPS);
		r->n = MIN((uint8_t)(r->n + 1), (uint8_t)RENUMBER_STEPS);
	}
	r->steps[r->newest].from_in = (uint16_t)(in + 1);
	r->steps[r->newest].delta = delta;
}

void renumber_pass(struct renumber *r, uint16_t in)
{
	if ((uint16_t)(in - r->steps[r->newest].from_in) < SPAN)
		return;
	r->steps[r->newest].from_in = (uint16_t)(in - SPAN / 2);
	r->n = 1;
}

bool renumber_find(const struct renumber *r, uint16_t in, uint16_t *ret_out)
{
	for (uint8_t i = 0; i < r->n; i++) {
		uint8_t at = (uint8_t)((r->newest + RENUMBER_STEPS - i) % RENUMBER_STEPS);

		if (seq_newer(r->steps[at].from_in, in))
			continue;
		*ret_out = (uint16_t)(in + r->steps[at].delta);
		return true;
	}
	return false;
}

bool renumber_find_kept(const struct renumber *r, uint16_t in, uint16_t *ret_out)
{
	for (uint8_t i = 0; i < r->n; i++) {
		uint8_t at = (uint8_t)((r->newest + RENUMBER_STEPS - i) % RENUMBER_STEPS), behind = (uint8_t)((at + 1) % RENUMBER_STEPS);

		if (seq_newer(r->steps[at].from_in, in))
			continue;
		/* As many stayed out right before the step behind as its numbers are less. */
		if (i > 0 && (uint16_t)(r->steps[behind].from_in - in) <= (uint16_t)(r->steps[at].delta - r->steps[behind].delta))
			return false;
		*ret_out = (uint16_t)(in + r->steps[at].delta);
		return true;
	}
	return false;
}
