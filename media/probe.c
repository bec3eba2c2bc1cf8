/* See probe.h. */
#include "media/probe.h"

#include "media/base/macros.h"

#define MIN_PACKETS 5
#define MIN_SPAN_US 14000               /* ticks of 5 ms make 15 ms of it */
#define LOSS_PERMILLE 250
#define STRETCH 1.1                     /* arriving so much slower than sent is noise */
#define TAKEN_PERCENT 95                /* of what a full line carried: its queue has to drain again */

void probe_init(struct probe *p)
{
	*p = (struct probe){ 0 };
}

void probe_begin(struct probe *p, int64_t rate_bps, int64_t duration_us, int64_t now_us)
{
	*p = (struct probe){
		.number = (uint8_t)(p->number == UINT8_MAX ? 1 : p->number + 1), .running = true, .rate_bps = rate_bps, .begin_us = now_us,
		.end_us = now_us + duration_us,
	};
}

void probe_sent(struct probe *p, uint8_t number)
{
	p->sent += p->running && number == p->number;
}

void probe_arrived(struct probe *p, uint8_t number, size_t bytes, int64_t sent_us, int64_t arrival_us)
{
	int64_t since_us = sent_us - p->begin_us;
	double sent, arrival;

	if (!p->running || number != p->number)
		return;
	if (p->arrived == 0) {
		p->first_arrival_us = arrival_us;
		p->first_sent_us = since_us;
	}
	if (since_us != p->last_sent_us)
		p->last_bytes = 0;
	p->last_sent_us = since_us;
	p->last_bytes += (int64_t)bytes;
	p->bytes += (int64_t)bytes;
	p->arrived++;
	sent = (double)since_us / 1000;
	arrival = (double)(arrival_us - p->first_arrival_us) / 1000;
	p->sum_sent += sent;
	p->sum_arrival += arrival;
	p->sum_sent2 += sent * sent;
	p->sum_both += sent * arrival;
}

void probe_lost(struct probe *p, uint8_t number)
{
	if (p->running && number == p->number)
		p->lost++;
}

/* Milliseconds of arrival per millisecond of sending: above 1 the line was full. */
static double stretch(const struct probe *p)
{
	double n = p->arrived;
	double spread = n * p->sum_sent2 - p->sum_sent * p->sum_sent;

	return spread > 0 ? (n * p->sum_both - p->sum_sent * p->sum_arrival) / spread : 1;
}

enum probe_verdict probe_end(struct probe *p, unsigned chance_permille, int64_t *ret_bps)
{
	int64_t span_us = p->last_sent_us - p->first_sent_us;
	unsigned all = p->arrived + p->lost;
	double slower = stretch(p);
	bool crowded = p->lost * 1000 > all * (chance_permille + LOSS_PERMILLE);
	int64_t bps;

	p->running = false;
	if (all < MIN_PACKETS)
		return p->sent < MIN_PACKETS ? PROBE_VOID : PROBE_UNHEARD;
	/* All left in one go and came: we have not measured anything. */
	if (span_us < MIN_SPAN_US && p->lost == 0)
		return PROBE_VOID;
	if (p->arrived < MIN_PACKETS || span_us < MIN_SPAN_US)
		return PROBE_FAILED;
	bps = (p->bytes - p->last_bytes) * 8 * 1000000 / span_us;
	/* What chance took would have been carried. */
	if (!crowded)
		bps = bps * (int64_t)all / p->arrived;
	if (slower < STRETCH && !crowded) {
		*ret_bps = MIN(bps, p->rate_bps);
		return PROBE_PASSED;
	}
	*ret_bps = MIN((int64_t)((double)bps / MAX(slower, 1.0)) * TAKEN_PERCENT / 100, p->rate_bps);
	return PROBE_LIMITED;
}
