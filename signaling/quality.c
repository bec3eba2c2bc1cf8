/* See quality.h. */
#include "signaling/quality.h"

#include <errno.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/mem.h"

#define MINUTES_STEP 60                 /* rows taken at once: an hour */

struct slot_ring {
	size_t n;                       /* ever written */
	struct quality_slot_second rows[QUALITY_SLOT_SECONDS];
};

/* The sums of a span, from which its row is made. */
struct sums {
	uint32_t start_s, seconds, with_rtt, with_estimate;
	uint64_t rtt_ms, estimate_kbps, sent_kbps, received_kbps, down_lost, up_lost, suspended_s, layer_s[MAX_LAYERS];
	uint32_t rtt_max_ms, estimate_min_kbps, down_lost_max, up_lost_max;
	uint64_t freezes, dropped, freeze_ms, cpu_limited;
};

struct quality {
	size_t n_seconds;               /* ever written */
	struct quality_second *seconds; /* owned: QUALITY_SECONDS, NULL while retired */
	struct slot_ring *slots[MAX_SLOTS]; /* owned, NULL until something flows */
	size_t n_minutes, places;       /* ever written; rows taken */
	struct quality_minute *minutes; /* owned */
	struct sums minute, total;
};

int quality_create(struct quality **ret)
{
	struct quality *q = mem_zalloc(sizeof(*q));

	if (!q)
		return -ENOMEM;
	*ret = q;
	return 0;
}

struct quality *quality_destroy(struct quality *q)
{
	if (!q)
		return NULL;
	mem_free(q->seconds);
	for (size_t i = 0; i < MAX_SLOTS; i++)
		mem_free(q->slots[i]);
	mem_free(q->minutes);
	return mem_free(q);
}

static uint16_t cut16(uint64_t value)
{
	return (uint16_t)MIN(value, (uint64_t)UINT16_MAX);
}

static uint8_t cut8(uint64_t value)
{
	return (uint8_t)MIN(value, (uint64_t)UINT8_MAX);
}

static struct quality_second second_of(uint32_t at_s, const struct path_stats *s)
{
	struct quality_second row = {
		.at_s = at_s, .rtt_ms = cut16((s->rtt_us + 999) / 1000), .estimate_kbps = cut16(s->estimate_bps / 1000),
		.sent_kbps = cut16(s->sent_bps / 1000), .received_kbps = cut16(s->received_bps / 1000), .down_lost = s->down_lost,
		.up_lost = s->up_lost, .layer = STATS_NO_LAYER,
	};

	for (unsigned i = 0; i < MIN(s->n_slots, MAX_SLOTS); i++) {
		row.suspended += s->slots[i].suspended;
		if (s->slots[i].layer != STATS_NO_LAYER && (row.layer == STATS_NO_LAYER || s->slots[i].layer > row.layer))
			row.layer = s->slots[i].layer;
	}
	return row;
}

static void add_second(struct sums *m, const struct quality_second *row, const struct path_stats *s)
{
	m->seconds++;
	m->with_rtt += row->rtt_ms != 0;
	m->with_estimate += row->estimate_kbps != 0;
	m->rtt_ms += row->rtt_ms;
	m->estimate_kbps += row->estimate_kbps;
	m->sent_kbps += row->sent_kbps;
	m->received_kbps += row->received_kbps;
	m->down_lost += row->down_lost;
	m->up_lost += row->up_lost;
	m->suspended_s += row->suspended;
	for (unsigned i = 0; i < MIN(s->n_slots, MAX_SLOTS); i++)
		if (s->slots[i].layer < MAX_LAYERS)
			m->layer_s[s->slots[i].layer]++;
	m->rtt_max_ms = MAX(m->rtt_max_ms, row->rtt_ms);
	m->down_lost_max = MAX(m->down_lost_max, row->down_lost);
	m->up_lost_max = MAX(m->up_lost_max, row->up_lost);
	if (row->estimate_kbps && (!m->estimate_min_kbps || row->estimate_kbps < m->estimate_min_kbps))
		m->estimate_min_kbps = row->estimate_kbps;
}

static uint64_t mean(uint64_t sum, uint32_t n)
{
	return n ? (sum + n / 2) / n : 0;
}

static struct quality_minute row_of(const struct sums *m)
{
	struct quality_minute row = {
		.start_s = m->start_s, .seconds = cut16(m->seconds), .rtt_ms = cut16(mean(m->rtt_ms, m->with_rtt)), .rtt_max_ms = cut16(m->rtt_max_ms),
		.estimate_kbps = cut16(mean(m->estimate_kbps, m->with_estimate)), .estimate_min_kbps = cut16(m->estimate_min_kbps),
		.sent_kbps = cut16(mean(m->sent_kbps, m->seconds)), .received_kbps = cut16(mean(m->received_kbps, m->seconds)),
		.down_lost = cut8(mean(m->down_lost, m->seconds)), .down_lost_max = cut8(m->down_lost_max),
		.up_lost = cut8(mean(m->up_lost, m->seconds)), .up_lost_max = cut8(m->up_lost_max), .suspended_s = cut16(m->suspended_s),
		.freezes = cut16(m->freezes), .dropped = cut16(m->dropped), .freeze_ms = (uint32_t)MIN(m->freeze_ms, (uint64_t)UINT32_MAX),
		.cpu_limited = cut8(m->cpu_limited),
	};

	for (unsigned i = 0; i < MAX_LAYERS; i++)
		row.layer_s[i] = cut16(m->layer_s[i]);
	return row;
}

/* Room for one more row: the hours of a meeting are taken one by one. */
static bool reserve_minute(struct quality *q)
{
	struct quality_minute *rows;

	if (q->n_minutes < q->places || q->places == QUALITY_MINUTES_MAX)
		return true;
	rows = mem_zalloc((q->places + MINUTES_STEP) * sizeof(*rows));
	if (!rows)
		return false;
	if (q->places)
		memcpy(rows, q->minutes, q->places * sizeof(*rows));
	mem_free(q->minutes);
	q->minutes = rows;
	q->places += MINUTES_STEP;
	return true;
}

static void end_minute(struct quality *q)
{
	if (q->minute.seconds && reserve_minute(q))
		q->minutes[q->n_minutes++ % q->places] = row_of(&q->minute);
	q->minute = (struct sums){ 0 };
}

static void feed_slot(struct quality *q, unsigned slot, uint32_t at_s, const struct slot_stats *s)
{
	struct slot_ring *ring = q->slots[slot];

	if (!ring && s->layer == STATS_NO_LAYER && !s->suspended)
		return;
	if (!ring)
		ring = q->slots[slot] = mem_zalloc(sizeof(*ring));
	if (!ring)
		return;
	ring->rows[ring->n++ % QUALITY_SLOT_SECONDS] = (struct quality_slot_second){
		.at_s = at_s, .kbps = cut16(s->bps / 1000), .jitter_ms = cut16((s->jitter_us + 999) / 1000), .lost = s->fraction_lost,
		.layer = s->layer, .suspended = s->suspended,
	};
}

void quality_feed(struct quality *q, uint32_t at_s, uint32_t wall_s, const struct path_stats *s)
{
	struct quality_second row = second_of(at_s, s);

	if (q->minute.seconds && wall_s / 60 != q->minute.start_s / 60)
		end_minute(q);
	if (!q->minute.start_s)
		q->minute.start_s = wall_s / 60 * 60;
	if (!q->total.start_s)
		q->total.start_s = q->minute.start_s;
	add_second(&q->minute, &row, s);
	add_second(&q->total, &row, s);
	if (!q->seconds)
		q->seconds = mem_zalloc(QUALITY_SECONDS * sizeof(*q->seconds));
	if (q->seconds)
		q->seconds[q->n_seconds++ % QUALITY_SECONDS] = row;
	for (unsigned i = 0; i < MIN(s->n_slots, MAX_SLOTS); i++)
		feed_slot(q, i, at_s, &s->slots[i]);
}

static void add_report(struct sums *m, const struct quality_report *r)
{
	m->freezes += r->freezes;
	m->freeze_ms += r->freeze_ms;
	m->dropped += r->dropped;
	m->cpu_limited += r->cpu_limited;
}

void quality_report(struct quality *q, const struct quality_report *r)
{
	add_report(&q->minute, r);
	add_report(&q->total, r);
	if (q->n_seconds) {
		struct quality_second *last = &q->seconds[(q->n_seconds - 1) % QUALITY_SECONDS];

		last->freezes = cut8((uint64_t)last->freezes + r->freezes);
	}
	for (unsigned i = 0; i < MAX_SLOTS; i++) {
		struct slot_ring *ring = q->slots[i];
		struct quality_slot_second *last = ring ? &ring->rows[(ring->n - 1) % QUALITY_SLOT_SECONDS] : NULL;

		if (last)
			last->freezes = cut8((uint64_t)last->freezes + r->slot_freezes[i]);
	}
}

void quality_retire(struct quality *q)
{
	end_minute(q);
	q->seconds = mem_free(q->seconds);
	q->n_seconds = 0;
	for (size_t i = 0; i < MAX_SLOTS; i++)
		q->slots[i] = mem_free(q->slots[i]);
}

bool quality_now(const struct quality *q, uint32_t at_s, struct quality_second *ret)
{
	struct sums m = { 0 };
	struct quality_second row = { .at_s = at_s };
	struct path_stats none = { 0 };
	size_t freezes = 0;

	for (size_t i = q->n_seconds; i > 0 && q->n_seconds - i < QUALITY_NOW_SECONDS; i--) {
		const struct quality_second *s = &q->seconds[(i - 1) % QUALITY_SECONDS];

		if (at_s - s->at_s > QUALITY_NOW_SECONDS)
			break;
		add_second(&m, s, &none);
		freezes += s->freezes;
		if (m.seconds == 1) {
			row.layer = s->layer;
			row.suspended = s->suspended;
		}
	}
	if (!m.seconds)
		return false;
	row.rtt_ms = cut16(mean(m.rtt_ms, m.with_rtt));
	row.estimate_kbps = cut16(mean(m.estimate_kbps, m.with_estimate));
	row.sent_kbps = cut16(mean(m.sent_kbps, m.seconds));
	row.received_kbps = cut16(mean(m.received_kbps, m.seconds));
	row.down_lost = cut8(mean(m.down_lost, m.seconds));
	row.up_lost = cut8(mean(m.up_lost, m.seconds));
	row.freezes = cut8(freezes);
	*ret = row;
	return true;
}

size_t quality_seconds(const struct quality *q, struct quality_second *ret, size_t n)
{
	n = MIN(n, MIN(q->n_seconds, (size_t)QUALITY_SECONDS));
	for (size_t i = 0; i < n; i++)
		ret[i] = q->seconds[(q->n_seconds - n + i) % QUALITY_SECONDS];
	return n;
}

size_t quality_slot_seconds(const struct quality *q, uint8_t slot, struct quality_slot_second *ret, size_t n)
{
	const struct slot_ring *ring = slot < MAX_SLOTS ? q->slots[slot] : NULL;

	n = ring ? MIN(n, MIN(ring->n, (size_t)QUALITY_SLOT_SECONDS)) : 0;
	for (size_t i = 0; i < n; i++)
		ret[i] = ring->rows[(ring->n - n + i) % QUALITY_SLOT_SECONDS];
	return n;
}

size_t quality_minutes(const struct quality *q, struct quality_minute *ret, size_t n)
{
	size_t running = q->minute.seconds > 0, kept;

	if (n == 0)
		return 0;
	kept = MIN(n - running, MIN(q->n_minutes, q->places));
	for (size_t i = 0; i < kept; i++)
		ret[i] = q->minutes[(q->n_minutes - kept + i) % q->places];
	if (running)
		ret[kept] = row_of(&q->minute);
	return kept + running;
}

void quality_total(const struct quality *q, struct quality_minute *ret)
{
	*ret = row_of(&q->total);
}
