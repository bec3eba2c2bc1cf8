/*
 * See twcc.h. A feedback is planned first (how many numbers fit, and what becomes of each), then written: status chunks
 * stand before the deltas. Times are counted in ticks of 250 µs; rounding each arrival to a tick, and not each delta,
 * keeps errors from adding up.
 */
#include "media/twcc.h"

#include <string.h>

#include "media/base/bytes.h"
#include "media/base/macros.h"

#define RTCP_RTPFB 205
#define FORMAT_TRANSPORT 15
#define HEADER_BYTES 20                 /* RTCP header, SSRCs, base, count, reference time, feedback count */
#define MIN_BYTES 40
#define TICK_US 250
#define TICKS_PER_REFERENCE 256         /* 64 ms */
#define VECTOR_SYMBOLS 7                /* two bits each */
#define MAX_RUN 0x1fff

enum symbol { SYMBOL_LOST, SYMBOL_SMALL, SYMBOL_LARGE }; /* the value is the size of the delta too */

struct plan {
	size_t n;
	uint32_t reference;
	uint8_t symbols[TWCC_WINDOW];
	int16_t deltas[TWCC_WINDOW];
};

void twcc_init(struct twcc_receiver *t)
{
	memset(t, 0, sizeof(*t));
}

static int64_t *slot(struct twcc_receiver *t, uint32_t number)
{
	return &t->arrival_us[number % TWCC_WINDOW];
}

/* Makes `number` the highest: what lies between is not seen, what falls out of the window is forgotten. */
static void advance(struct twcc_receiver *t, uint32_t number)
{
	if (number - t->highest >= TWCC_WINDOW)
		memset(t->arrival_us, 0, sizeof(t->arrival_us));
	else
		for (uint32_t i = t->highest + 1; i != number; i++)
			*slot(t, i) = 0;
	*slot(t, number) = 0;
	t->highest = number;
	if ((int32_t)(number - t->next) >= TWCC_WINDOW)
		t->next = number - TWCC_WINDOW + 1;
}

void twcc_on_packet(struct twcc_receiver *t, uint16_t seq, int64_t now_us)
{
	uint32_t number = t->highest + (uint32_t)(int16_t)(seq - (uint16_t)t->highest);

	if (!t->started) {
		t->started = true;
		t->base_us = now_us;
		t->next = t->highest = number = seq;
	}
	if ((int32_t)(number - t->next) < 0)
		return;
	if ((int32_t)(number - t->highest) > 0)
		advance(t, number);
	if (*slot(t, number) == 0)
		*slot(t, number) = MAX(now_us - t->base_us, 0) + 1;
}

bool twcc_pending(const struct twcc_receiver *t)
{
	return t->started && (int32_t)(t->highest - t->next) >= 0;
}

/* Ticks since base_us, -1 when the number was not seen. */
static int64_t arrival_ticks(struct twcc_receiver *t, uint32_t number)
{
	int64_t arrival = *slot(t, number);

	return arrival ? (arrival - 1) / TICK_US : -1;
}

/* The first arrival to report gives the reference time. There is one: the highest was seen. */
static int64_t first_ticks(struct twcc_receiver *t)
{
	uint32_t number = t->next;

	while (number != t->highest && *slot(t, number) == 0)
		number++;
	return arrival_ticks(t, number);
}

/* With runs of 7 and more a chunk carries at least 7 symbols, but for the last one. */
static size_t most_bytes(size_t n, size_t delta_bytes)
{
	return HEADER_BYTES + (n + VECTOR_SYMBOLS - 1) / VECTOR_SYMBOLS * 2 + delta_bytes + 3;
}

static void plan_feedback(struct plan *p, struct twcc_receiver *t, size_t size)
{
	int64_t last = first_ticks(t) / TICKS_PER_REFERENCE * TICKS_PER_REFERENCE;
	size_t delta_bytes = 0;

	p->reference = (uint32_t)(last / TICKS_PER_REFERENCE) & 0xffffff;
	p->n = 0;
	for (uint32_t number = t->next; (int32_t)(t->highest - number) >= 0; number++) {
		int64_t ticks = arrival_ticks(t, number);
		int64_t delta = ticks - last;
		enum symbol s = SYMBOL_LOST;

		if (ticks >= 0) {
			if (delta < INT16_MIN || delta > INT16_MAX)
				return;
			s = delta >= 0 && delta <= UINT8_MAX ? SYMBOL_SMALL : SYMBOL_LARGE;
			last = ticks;
			p->deltas[p->n] = (int16_t)delta;
		}
		delta_bytes += s;
		if (most_bytes(p->n + 1, delta_bytes) > size)
			return;
		p->symbols[p->n++] = (uint8_t)s;
	}
}

static size_t run_length(const uint8_t *symbols, size_t n)
{
	size_t run = 1;

	while (run < n && run < MAX_RUN && symbols[run] == symbols[0])
		run++;
	return run;
}

/* One status chunk for the front of `symbols`; returns how many it carries. */
static size_t write_chunk(uint8_t *out, const uint8_t *symbols, size_t n)
{
	size_t run = run_length(symbols, n);
	size_t taken = MIN(n, (size_t)VECTOR_SYMBOLS);
	uint16_t chunk = 0xc000;

	if (run >= taken) {
		write_u16(out, (uint16_t)(symbols[0] << 13 | run));
		return run;
	}
	for (size_t i = 0; i < taken; i++)
		chunk |= (uint16_t)(symbols[i] << (2 * (VECTOR_SYMBOLS - 1 - i)));
	write_u16(out, chunk);
	return taken;
}

static size_t write_deltas(uint8_t *out, const struct plan *p)
{
	size_t len = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (p->symbols[i] == SYMBOL_SMALL) {
			out[len++] = (uint8_t)p->deltas[i];
		} else if (p->symbols[i] == SYMBOL_LARGE) {
			write_u16(out + len, (uint16_t)p->deltas[i]);
			len += 2;
		}
	}
	return len;
}

static void write_header(uint8_t *out, const struct twcc_receiver *t, const struct plan *p, size_t len)
{
	out[0] = 0x80 | FORMAT_TRANSPORT;
	out[1] = RTCP_RTPFB;
	write_u16(out + 2, (uint16_t)(len / 4 - 1));
	write_u16(out + 12, (uint16_t)t->next);
	write_u16(out + 14, (uint16_t)p->n);
	write_u24(out + 16, p->reference);
	out[19] = t->feedback_count;
}

size_t twcc_write(struct twcc_receiver *t, uint8_t *out, size_t size, uint32_t sender, uint32_t media_ssrc)
{
	size_t len = HEADER_BYTES;
	struct plan p;

	if (!twcc_pending(t) || size < MIN_BYTES)
		return 0;
	plan_feedback(&p, t, size);
	for (size_t i = 0; i < p.n; len += 2)
		i += write_chunk(out + len, p.symbols + i, p.n - i);
	len += write_deltas(out + len, &p);
	while (len % 4)
		out[len++] = 0;
	write_header(out, t, &p, len);
	write_u32(out + 4, sender);
	write_u32(out + 8, media_ssrc);
	t->feedback_count++;
	t->next += (uint32_t)p.n;
	return len;
}
