/* What a path looked like in the last second (stats.h), told once a second. See path.h. */
#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/path_private.h"
#include "media/rate_control.h"
#include "media/source.h"

#define STATS_INTERVAL_US 1000000

static uint32_t bps_over(uint64_t bytes, int64_t span_us)
{
	return (uint32_t)MIN(bytes * 8000000 / (uint64_t)MAX(span_us, 1), (uint64_t)UINT32_MAX);
}

int64_t path_sent_bps(const struct path *p, int64_t now_us)
{
	return p->before ? bps_over(p->down.sent_bytes - p->before->sent_bytes, now_us - p->before->at_us) : 0;
}

static uint32_t ticks_to_us(uint32_t ticks, uint32_t rate_hz)
{
	return (uint32_t)((uint64_t)ticks * 1000000 / rate_hz);
}

/* Each without those below it, as layers of simulcast are. */
static void describe_spatial_layers(struct source_stats *ret, const struct layered *l)
{
	uint32_t below = 0;

	ret->n_layers = 0;
	for (int i = 0; i < MAX_LAYERS; i++) {
		ret->n_layers += l->bps[i] > 0;
		ret->bps[i] = l->bps[i] > below ? l->bps[i] - below : 0;
		below = MAX(below, l->bps[i]);
	}
}

static uint8_t layer_shown(const struct slot *s)
{
	if (!s->current)
		return STATS_NO_LAYER;
	return source_is_layered(s->current) ? s->spatial.highest : s->current->layer;
}

static void describe_source(struct source_stats *ret, const struct track *t, int64_t since_us)
{
	for (uint8_t i = 0; i < t->n_layers; i++) {
		const struct source *s = t->layers[i];

		if (!s)
			continue;
		ret->keyframes += s->keyframes;
		if (s->arrived_us < since_us)
			continue;
		if (!ret->sending) {
			ret->fraction_lost = s->reception.fraction_lost;
			ret->jitter_us = ticks_to_us(s->reception.jitter_q4 / 16, s->reception.rate_hz);
		}
		ret->sending = true;
		if (source_is_layered(s)) {
			describe_spatial_layers(ret, &s->layered);
			continue;
		}
		ret->n_layers++;
		ret->bps[i] = s->bps;
	}
}

static void describe_slot(struct slot_stats *ret, const struct slot *s, struct path_totals *before, int64_t span_us)
{
	uint32_t *octets = &before->slot_octets[s->number], *repeats = &before->slot_repeats[s->number];
	uint32_t *requests = &before->slot_requests[s->number];

	*ret = (struct slot_stats){
		.layer = layer_shown(s), .suspended = s->track && s->target == SLOT_SUSPENDED,
		.fraction_lost = s->fraction_lost, .jitter_us = ticks_to_us(s->jitter_rtp, s->audio ? 48000 : 90000),
		.bps = bps_over(s->octets - *octets, span_us), .repeats = s->repeats - *repeats,
		.keyframe_requests = s->keyframe_requests - *requests,
	};
	*octets = s->octets;
	*repeats = s->repeats;
	*requests = s->keyframe_requests;
}

static void describe(struct path *p, struct path_stats *ret, int64_t now_us)
{
	struct path_totals *before = p->before;
	const struct rate_control *rate = p->down.rate;
	int64_t span_us = now_us - before->at_us;

	ret->rtt_us = (uint32_t)(bwe_rtt_us(&rate->bwe) ? bwe_rtt_us(&rate->bwe) : p->up.rtt_us);
	ret->estimate_bps = rate->measured ? (uint32_t)rate_control_estimate_bps(rate) : 0;
	ret->wanted_bps = rate->sum.next_bps ? rate->sum.full_bps : 0;
	ret->sent_bps = bps_over(p->down.sent_bytes - before->sent_bytes, span_us);
	ret->received_bps = bps_over(p->received_bytes - before->received_bytes, span_us);
	ret->down_lost = (uint8_t)MIN(bwe_loss_permille(&rate->bwe) * 256 / 1000, 255u);
	for (int kind = 0; kind < SOURCE_KINDS; kind++) {
		describe_source(&ret->sources[kind], &p->tracks[kind], before->at_us);
		ret->up_lost = MAX(ret->up_lost, ret->sources[kind].fraction_lost);
	}
	ret->n_slots = p->n_slots;
	for (uint8_t i = 0; i < p->n_slots; i++)
		describe_slot(&ret->slots[i], &p->slots[i], before, span_us);
	before->at_us = now_us;
	before->sent_bytes = p->down.sent_bytes;
	before->received_bytes = p->received_bytes;
}

void path_tell_stats(struct path *p, int64_t now_us)
{
	struct media_event ev = { .type = MEDIA_STATS, .path = p->id };
	struct path_stats stats = { 0 };

	if (!p->down.open || now_us < p->stats_due_us)
		return;
	p->stats_due_us = now_us + STATS_INTERVAL_US;
	if (!p->before) {
		p->before = mem_zalloc(sizeof(*p->before));
		if (p->before)
			p->before->at_us = now_us;
		return;
	}
	describe(p, &stats, now_us);
	ev.stats = &stats;
	p->site->emit(p->site->user, &ev);
}
