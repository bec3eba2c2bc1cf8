/* See bwe_sim.h. Time goes in steps of a millisecond. */
#include "tests/unit/media/bwe_sim.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/rtcp.h"

#define STEP_US (1 * SIM_MS)
#define PACKET_BYTES 1200
#define AUDIO_BYTES 160
#define DOWNLOAD_BYTES 1500
#define AUDIO_US (20 * SIM_MS)
#define AUDIO_BPS (AUDIO_BYTES * 8 * 50)
#define FRAME_US 33333
#define KEYFRAME_TIMES 4

static uint32_t random_below(struct sim *s, uint32_t bound)
{
	s->random = s->random * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(s->random >> 4) * bound >> 28);
}

void sim_init(struct sim *s, const struct sim_step *steps, size_t n_steps)
{
	const char *seed = getenv("BWE_SIM_SEED");

	memset(s, 0, sizeof(*s));
	s->steps = steps;
	s->n_steps = n_steps;
	s->delay_us = 50 * SIM_MS;
	s->queue_us = 300 * SIM_MS;
	s->feedback_interval_us = 50 * SIM_MS;
	s->random = seed ? (uint32_t)strtoul(seed, NULL, 10) * 7919 : 1;
}

struct sim_flow *sim_add(struct sim *s, enum sim_source kind, int64_t begin_us)
{
	struct sim_flow *f = &s->flows[s->n_flows++];
	int r = bwe_init(&f->bwe, &(struct bwe_cfg){ .transport_feedback = true, .history_packets = 1024 }, begin_us);

	assert(r == 0);
	(void)r;
	f->kind = kind;
	f->begin_us = f->audio_us = f->frame_us = f->feedback_us = f->allocate_us = begin_us;
	f->wanted_bps = 10000000;
	pacer_init(&f->pacer, BWE_START_BPS, begin_us);
	allocation_init(&f->allocation, begin_us);
	twcc_init(&f->receiver);
	return f;
}

struct allocation_slot *sim_add_camera(struct sim_flow *f, enum allocation_rank rank, uint16_t wanted_px)
{
	struct allocation_slot *slot = &f->slots[f->n_slots++];

	*slot = (struct allocation_slot){
		.rank = rank, .wanted_px = wanted_px, .current = { ALLOCATION_SUSPENDED, false },
		.layers = { { true, 180, 150000, 0 }, { true, 360, 500000, 0 }, { true, 720, 1500000, 0 } },
	};
	return slot;
}

struct sim_flow *sim_add_page(struct sim *s, size_t n, bool ahead)
{
	struct sim_flow *f = sim_add(s, SIM_LAYERS, 0);

	f->opens = ahead;
	f->picture_bytes = 4000;
	f->bwe.delay_bps = 1000000;
	pacer_init(&f->pacer, 1000000, 0);
	for (size_t i = 0; i < n; i++)
		sim_add_camera(f, ALLOCATION_TILE, 180);
	return f;
}

void sim_done(struct sim *s)
{
	for (size_t i = 0; i < s->n_flows; i++)
		bwe_done(&s->flows[i].bwe);
}

static const struct sim_step *step_now(const struct sim *s)
{
	size_t i = s->n_steps - 1;

	while (i > 0 && s->steps[i].at_us > s->now_us)
		i--;
	return &s->steps[i];
}

static struct sim_second *second(struct sim *s, struct sim_flow *f, int64_t at_us)
{
	(void)s;
	return &f->seconds[CLAMP(at_us / SIM_S, 0, SIM_SECONDS - 1)];
}

/* Through the bottleneck: waits, or is dropped, and is lost by chance behind it. */
static void transmit(struct sim *s, struct sim_flow *f, size_t bytes, bool padding)
{
	const struct sim_step *line = step_now(s);
	int64_t wait_us = MAX(s->busy_us - s->now_us, 0);
	struct sim_second *sec = second(s, f, s->now_us);
	int64_t arrival_us;
	uint8_t probe = 0;

	if (f->probe.number) {
		probe = f->probe.number;
		f->probe_bytes += (int64_t)bytes;
	}
	bwe_on_sent(&f->bwe, f->seq, bytes, s->now_us, probe);
	sec->queue_max_us = MAX(sec->queue_max_us, MIN(wait_us, s->queue_us));
	if (wait_us > s->queue_us) {
		f->seq++;
		sec->lost++;
		return;
	}
	s->busy_us = s->now_us + wait_us + (int64_t)bytes * 8 * 1000000 / line->bps;
	if (random_below(s, 1000) < line->loss_permille) {
		f->seq++;
		sec->lost++;
		return;
	}
	sec->arrived++;
	sec->queue_sum_us += wait_us;
	arrival_us = s->busy_us + s->delay_us + (s->jitter_us ? random_below(s, (uint32_t)s->jitter_us) : 0);
	s->last_arrival_us = MAX(s->last_arrival_us, arrival_us);
	assert(s->n < SIM_IN_FLIGHT);
	s->in_flight[(s->first + s->n++) % SIM_IN_FLIGHT] = (struct sim_packet){
		(uint8_t)(f - s->flows), padding, f->seq++, (uint16_t)bytes, s->last_arrival_us,
	};
}

void sim_add_download(struct sim *s, int64_t begin_us, int64_t end_us)
{
	s->download = (struct sim_download){ .on = true, .begin_us = begin_us, .end_us = end_us, .window = 10, .threshold = 1000 };
}

/* Once a round trip, however many were lost. */
static void halve(struct sim *s, struct sim_download *d)
{
	if (s->now_us - d->halved_us < 2 * s->delay_us + s->queue_us)
		return;
	d->halved_us = s->now_us;
	d->threshold = d->window = MAX(d->window / 2, 2.0);
}

static void take_answers(struct sim *s, struct sim_download *d)
{
	while (d->n > 0 && llabs(d->acked_at_us[d->first]) <= s->now_us) {
		bool lost = d->acked_at_us[d->first] < 0;

		d->first = (d->first + 1) % ARRAY_LEN(d->acked_at_us);
		d->n--;
		d->outstanding--;
		if (lost)
			halve(s, d);
		else
			d->window += d->window < d->threshold ? 1 : 1 / d->window;
	}
}

static void download(struct sim *s)
{
	struct sim_download *d = &s->download;

	take_answers(s, d);
	if (!d->on || s->now_us < d->begin_us || s->now_us >= d->end_us)
		return;
	while ((double)d->outstanding < d->window && d->n < ARRAY_LEN(d->acked_at_us)) {
		int64_t wait_us = MAX(s->busy_us - s->now_us, 0);
		int64_t answer_us = s->now_us + wait_us + 2 * s->delay_us;

		if (wait_us <= s->queue_us) {
			s->busy_us = s->now_us + wait_us + DOWNLOAD_BYTES * 8 * INT64_C(1000000) / step_now(s)->bps;
			d->bits[MIN((s->now_us + wait_us) / SIM_S, SIM_SECONDS - 1)] += DOWNLOAD_BYTES * 8;
		}
		d->acked_at_us[(d->first + d->n++) % ARRAY_LEN(d->acked_at_us)] = wait_us <= s->queue_us ? answer_us : -answer_us;
		d->outstanding++;
	}
}

static void receive(struct sim *s)
{
	for (; s->n > 0 && s->in_flight[s->first].arrival_us <= s->now_us; s->n--, s->first = (s->first + 1) % SIM_IN_FLIGHT) {
		const struct sim_packet *p = &s->in_flight[s->first];
		struct sim_flow *f = &s->flows[p->flow];
		struct sim_second *sec = second(s, f, p->arrival_us);

		twcc_on_packet(&f->receiver, p->seq, p->arrival_us);
		*(p->padding ? &sec->padding_bits : &sec->bits) += p->bytes * 8;
	}
}

static void answer(struct sim *s, struct sim_flow *f)
{
	if (s->now_us < f->feedback_us)
		return;
	f->feedback_us = s->now_us + s->feedback_interval_us;
	while (twcc_pending(&f->receiver)) {
		uint8_t data[1200];
		size_t len = twcc_write(&f->receiver, data, sizeof(data), 1, 2);
		size_t i = 0;

		if (s->feedback_lost_too && random_below(s, 1000) < step_now(s)->loss_permille)
			continue;
		while (i < ARRAY_LEN(s->answers) && s->answers[i].used)
			i++;
		assert(i < ARRAY_LEN(s->answers));
		s->answers[i].used = true;
		s->answers[i].flow = (uint8_t)(f - s->flows);
		s->answers[i].at_us = s->now_us + s->delay_us;
		s->answers[i].len = len;
		memcpy(s->answers[i].data, data, len);
	}
}

struct reading {
	struct sim_flow *flow;
	int64_t now_us;
};

static void on_transport_feedback(void *user, const struct twcc_feedback *fb)
{
	struct reading *r = user;

	bwe_on_feedback(&r->flow->bwe, fb, r->now_us);
}

/* In the order of sending: the oldest first. */
static void deliver_answers(struct sim *s)
{
	for (;;) {
		size_t oldest = ARRAY_LEN(s->answers);
		struct reading r;

		for (size_t i = 0; i < ARRAY_LEN(s->answers); i++)
			if (s->answers[i].used && s->answers[i].at_us <= s->now_us &&
			    (oldest == ARRAY_LEN(s->answers) || s->answers[i].at_us < s->answers[oldest].at_us))
				oldest = i;
		if (oldest == ARRAY_LEN(s->answers))
			return;
		r = (struct reading){ &s->flows[s->answers[oldest].flow], s->now_us };
		rtcp_parse(s->answers[oldest].data, s->answers[oldest].len,
		           &(struct rtcp_handlers){ .on_transport_feedback = on_transport_feedback }, &r);
		s->answers[oldest].used = false;
	}
}

static size_t count_shown(const struct sim_flow *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n_slots; i++)
		n += f->slots[i].current.layer != ALLOCATION_SUSPENDED;
	return n;
}

static void allocate(struct sim *s, struct sim_flow *f)
{
	size_t shown = count_shown(f);

	allocation_run(&f->allocation, f->slots, f->n_slots, bwe_estimate_bps(&f->bwe), s->now_us, &f->sum);
	if (f->opens)
		first_view_begin(&f->first_view, &f->bwe, s->now_us + 1);
	if (f->first_view.bps > 0)
		allocation_show_lowest(f->slots, f->n_slots, f->first_view.bps);
	for (size_t i = 0; i < f->n_slots; i++) {
		f->layer_changes += f->slots[i].target.layer != f->slots[i].current.layer;
		f->queued_bytes += f->slots[i].current.layer == ALLOCATION_SUSPENDED && f->slots[i].target.layer >= 0 ? f->picture_bytes : 0;
		f->slots[i].current = f->slots[i].target;
	}
	/* What a suspended slot still had to send is not sent. */
	if (f->picture_bytes && count_shown(f) < shown)
		f->queued_bytes = f->queued_bytes * count_shown(f) / shown;
	bwe_set_wanted(&f->bwe, f->sum.full_bps);
	bwe_set_least(&f->bwe, f->sum.least_bps);
}

static int64_t media_bps(struct sim *s, struct sim_flow *f)
{
	int64_t bps = 0;

	if (f->kind == SIM_FIXED) {
		bwe_set_wanted(&f->bwe, f->wanted_bps);
		return f->fixed_bps;
	}
	if (f->kind == SIM_ELASTIC) {
		bwe_set_wanted(&f->bwe, f->wanted_bps);
		return MAX(MIN(bwe_estimate_bps(&f->bwe), f->wanted_bps) * 95 / 100 - AUDIO_BPS, 10000);
	}
	if (s->now_us >= f->allocate_us) {
		f->allocate_us = s->now_us + 200 * SIM_MS;
		allocate(s, f);
	}
	for (size_t i = 0; i < f->n_slots; i++)
		if (f->slots[i].current.layer >= 0)
			bps += f->slots[i].layers[f->slots[i].current.layer].bps;
	return bps;
}

/* A frame of all pictures together, its size 15 % up or down. A queue over 500 ms is dropped, as media.md says. */
static void make_frame(struct sim *s, struct sim_flow *f)
{
	int64_t bytes = media_bps(s, f) * FRAME_US / 8000000 * (85 + random_below(s, 31)) / 100;

	if (f->keyframe_us && s->now_us >= f->next_keyframe_us) {
		f->next_keyframe_us = s->now_us + f->keyframe_us;
		bytes *= KEYFRAME_TIMES;
	}
	if (pacer_queue_us(&f->pacer, f->queued_bytes) > PACER_QUEUE_US) {
		f->dropped_bytes += f->queued_bytes;
		f->queued_bytes = 0;
	}
	f->queued_bytes += (size_t)bytes;
}

static void flush(struct sim *s, struct sim_flow *f)
{
	if (s->now_us < f->flush_us)
		return;
	while (f->queued_bytes > 0 && pacer_budget(&f->pacer, s->now_us) > 0 && !first_view_waits(&f->first_view, &f->bwe)) {
		size_t bytes = MIN(f->queued_bytes, (size_t)PACKET_BYTES);

		transmit(s, f, bytes, false);
		pacer_spent(&f->pacer, bytes);
		f->queued_bytes -= bytes;
	}
	f->flush_us = pacer_next_us(&f->pacer, s->now_us);
}

static void probe(struct sim *s, struct sim_flow *f)
{
	int64_t elapsed_us = s->now_us - f->probe_begin_us;

	if (f->probe.number == 0) {
		f->probe = bwe_probe_wanted(&f->bwe, s->now_us);
		f->probe_begin_us = s->now_us;
		f->probe_bytes = 0;
		f->probes += f->probe.number != 0;
		return;
	}
	if (elapsed_us % PACER_TICK_US != 0)
		return;
	while (f->probe_bytes * 8000000 < f->probe.rate_bps * elapsed_us && f->probe_bytes < f->probe.bytes)
		transmit(s, f, f->probe.packet_bytes, true);
	if (elapsed_us >= f->probe.duration_us)
		f->probe.number = 0;
}

/* The queue is empty, and nobody waits for a place in the line. */
static void note_shown(struct sim *s, struct sim_flow *f)
{
	bool all = f->n_slots > 0 && f->queued_bytes == 0 && !f->shown_us;

	for (size_t i = 0; i < f->n_slots; i++)
		all = all && f->slots[i].current.layer >= 0;
	if (all)
		f->shown_us = s->now_us;
}

static void send(struct sim *s, struct sim_flow *f)
{
	bwe_tick(&f->bwe, s->now_us);
	/* The path looks each 50 ms. */
	if (first_view_update(&f->first_view, &f->bwe, s->now_us))
		f->allocate_us = MIN(f->allocate_us, s->now_us + 50 * SIM_MS - s->now_us % (50 * SIM_MS));
	pacer_set_estimate(&f->pacer, first_view_pace_bps(&f->first_view, &f->bwe), s->now_us);
	if (s->now_us >= f->audio_us) {
		f->audio_us += AUDIO_US;
		transmit(s, f, AUDIO_BYTES, false);
		pacer_spent_urgent(&f->pacer, AUDIO_BYTES);
	}
	if (s->now_us >= f->frame_us) {
		f->frame_us += FRAME_US;
		make_frame(s, f);
		f->flush_us = MIN(f->flush_us, pacer_next_us(&f->pacer, s->now_us));
	}
	flush(s, f);
	note_shown(s, f);
	probe(s, f);
	second(s, f, s->now_us)->estimate_bps = bwe_estimate_bps(&f->bwe);
}

void sim_run(struct sim *s, int64_t until_us)
{
	for (; s->now_us < until_us; s->now_us += STEP_US) {
		receive(s);
		download(s);
		for (size_t i = 0; i < s->n_flows; i++)
			answer(s, &s->flows[i]);
		deliver_answers(s);
		for (size_t i = 0; i < s->n_flows; i++)
			if (s->now_us >= s->flows[i].begin_us)
				send(s, &s->flows[i]);
	}
}

int64_t sim_bits(const struct sim_flow *f, int from_s, int to_s)
{
	int64_t bits = 0;

	for (int i = from_s; i < to_s; i++)
		bits += f->seconds[i].bits;
	return bits;
}

int64_t sim_queue_mean_us(const struct sim_flow *f, int from_s, int to_s)
{
	int64_t sum_us = 0, n = 0;

	for (int i = from_s; i < to_s; i++) {
		sum_us += f->seconds[i].queue_sum_us;
		n += f->seconds[i].arrived;
	}
	return n ? sum_us / n : 0;
}

int64_t sim_queue_max_us(const struct sim_flow *f, int from_s, int to_s)
{
	int64_t max_us = 0;

	for (int i = from_s; i < to_s; i++)
		max_us = MAX(max_us, f->seconds[i].queue_max_us);
	return max_us;
}

unsigned sim_lost_permille(const struct sim_flow *f, int from_s, int to_s)
{
	int64_t lost = 0, arrived = 0;

	for (int i = from_s; i < to_s; i++) {
		lost += f->seconds[i].lost;
		arrived += f->seconds[i].arrived;
	}
	return (unsigned)(lost * 1000 / MAX(lost + arrived, 1));
}

int sim_seconds_until(const struct sim_flow *f, int64_t bps, int from_s, int to_s)
{
	for (int i = from_s; i < to_s; i++)
		if (f->seconds[i].bits >= bps)
			return i - from_s;
	return to_s - from_s;
}
