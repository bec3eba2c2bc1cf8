/*
 * See allocation.h. Each slot has a ladder of rungs (half of a layer, the layer, half of the next, ...) up to what is wanted; the
 * passes climb them in the order of the header. A rung that the slot has now may use all of the estimate, a higher one only the
 * part that stayed free for some time: that difference is the hysteresis.
 */
#include "media/allocation.h"

#include "media/base/macros.h"

#define MAX_RUNGS (2 * ALLOCATION_LAYERS)
#define HEADROOM(bps) ((bps) * 6 / 5)           /* estimate that a step up to bps needs */
#define USABLE(bps) ((bps) * 5 / 6)
#define HOLD_MIN_US INT64_C(2000000)
#define HOLD_MAX_US INT64_C(32000000)
#define BLAME_US INT64_C(20000000)
#define CALM_HOLDS 8
#define START_US INT64_C(3000000)

/* One video slot on its ladder. Rung 0 is nothing; rung i > 0 stands at [i - 1]. */
struct climber {
	struct allocation_slot *slot;
	uint8_t top;                    /* the rung that is wanted; 0: not wanted, or nothing live */
	uint8_t has;                    /* the highest rung that it has now */
	uint8_t at;                     /* the rung granted so far */
	uint8_t second;                 /* the rung that makes a face seen: the second layer, or top */
	struct allocation_choice choices[MAX_RUNGS];
	int64_t bps[MAX_RUNGS];
};

struct climb {
	struct climber climbers[ALLOCATION_SLOTS];
	size_t n;
	int64_t used_bps;
	int64_t keep_bps;               /* limit for what is there */
	int64_t raise_bps;              /* limit for more */
	int64_t next_bps;               /* least sum with a rung that was refused, 0: none */
};

static int64_t layer_bps(const struct allocation_slot *s, int layer)
{
	static const uint32_t guess_bps[ALLOCATION_LAYERS] = { 150000, 500000, 1500000 };

	return s->layers[layer].bps ? s->layers[layer].bps : guess_bps[layer];
}

/* The lowest live layer that is tall enough, else the tallest; -1: none is live. */
static int wanted_layer(const struct allocation_slot *s)
{
	int best = -1;

	for (int i = 0; i < ALLOCATION_LAYERS; i++) {
		if (!s->layers[i].live)
			continue;
		best = i;
		if (s->layers[i].height_px * 8 >= s->wanted_px * 7)
			break;
	}
	return best;
}

static int place(struct allocation_choice c)
{
	return c.layer * 2 + !c.half;
}

static void add_rung(struct climber *c, int layer, bool half, int64_t bps)
{
	c->choices[c->top] = (struct allocation_choice){ (int8_t)layer, half };
	c->bps[c->top] = bps;
	c->top++;
	if (place(c->choices[c->top - 1]) <= place(c->slot->current))
		c->has = c->top;
}

static void build_ladder(struct climber *c, struct allocation_slot *s)
{
	int last = s->wanted_px ? wanted_layer(s) : -1;
	int layers = 0;

	*c = (struct climber){ .slot = s };
	for (int i = 0; i <= last; i++) {
		int64_t bps = layer_bps(s, i), half_bps = s->layers[i].half_bps;
		bool halves = half_bps > 0 && half_bps < bps;

		if (!s->layers[i].live)
			continue;
		if (halves && (c->top == 0 || half_bps > c->bps[c->top - 1]))
			add_rung(c, i, true, half_bps);
		if (!halves || !s->few_frames)
			add_rung(c, i, false, bps);
		if (++layers <= 2)
			c->second = c->top;
	}
}

/* Rank, then height downwards, then the caller's order: 29 slots that mostly stand in order already. */
static size_t sort_slots(struct allocation_slot *slots, size_t n, uint32_t *keys)
{
	size_t sorted = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t key = (uint32_t)slots[i].rank << 24 | (uint32_t)(0xffff - slots[i].wanted_px) << 8 | (uint32_t)i;
		size_t at = sorted;

		if (slots[i].audio)
			continue;
		for (; at > 0 && keys[at - 1] > key; at--)
			keys[at] = keys[at - 1];
		keys[at] = key;
		sorted++;
	}
	return sorted;
}

/* Goes up to rung `to`, as far as the limits allow. */
static void climb_to(struct climb *m, struct climber *c, uint8_t to)
{
	for (to = MIN(to, c->top); c->at < to; c->at++) {
		int64_t more = c->bps[c->at] - (c->at ? c->bps[c->at - 1] : 0);

		if (m->used_bps + more > (c->at + 1 <= c->has ? m->keep_bps : m->raise_bps)) {
			if (m->next_bps == 0 || m->used_bps + more < m->next_bps)
				m->next_bps = m->used_bps + more;
			return;
		}
		m->used_bps += more;
	}
}

/* The passes 2 to 5 of the header. */
static void climb_by_rank(struct climb *m)
{
	size_t tiles = 0;

	while (tiles < m->n && m->climbers[tiles].slot->rank != ALLOCATION_TILE)
		tiles++;
	for (size_t i = 0; i < tiles; i++)
		climb_to(m, &m->climbers[i], 1);
	for (size_t i = 0; i < tiles; i++)
		climb_to(m, &m->climbers[i],
		         m->climbers[i].slot->rank == ALLOCATION_SCREEN ? m->climbers[i].top : m->climbers[i].second);
	for (size_t i = tiles; i < m->n; i++)
		climb_to(m, &m->climbers[i], 1);
	for (size_t i = 0; i < tiles; i++)
		climb_to(m, &m->climbers[i], m->climbers[i].top);
}

/* Pass 6: a rung each, until nobody gets one. */
static void climb_together(struct climb *m)
{
	for (uint8_t rung = 2; rung <= MAX_RUNGS; rung++)
		for (size_t i = 0; i < m->n; i++)
			if (m->climbers[i].at == rung - 1)
				climb_to(m, &m->climbers[i], rung);
}

static int64_t audio_bps(const struct allocation_slot *slots, size_t n)
{
	int64_t bps = 0;

	for (size_t i = 0; i < n; i++)
		if (slots[i].audio)
			bps += slots[i].layers[0].bps;
	return bps;
}

static void fill_buckets(struct allocation *a, uint32_t bps, int64_t now_us)
{
	for (size_t i = 0; i < ALLOCATION_BUCKETS; i++)
		a->lowest_bps[i] = bps;
	a->bucket_us = now_us;
}

/* The lowest estimate within the window. */
static int64_t lowest_bps(struct allocation *a, uint32_t bps, int64_t now_us)
{
	int64_t length_us = a->hold_us / ALLOCATION_BUCKETS;
	uint32_t lowest = bps;

	if (now_us - a->bucket_us > 2 * a->hold_us)
		fill_buckets(a, bps, now_us);
	for (; now_us - a->bucket_us >= length_us; a->bucket_us += length_us) {
		a->newest = (uint8_t)((a->newest + 1) % ALLOCATION_BUCKETS);
		a->lowest_bps[a->newest] = bps;
	}
	a->lowest_bps[a->newest] = MIN(a->lowest_bps[a->newest], bps);
	for (size_t i = 0; i < ALLOCATION_BUCKETS; i++)
		lowest = MIN(lowest, a->lowest_bps[i]);
	return now_us - a->begin_us < START_US ? bps : lowest;
}

/* A step up that had to be taken back soon makes the next one wait longer. */
static void learn(struct allocation *a, bool up, bool down, uint32_t bps, int64_t now_us)
{
	if (up) {
		a->raised_us = now_us;
	} else if (down && a->raised_us && now_us - a->raised_us < BLAME_US && now_us - a->begin_us >= START_US) {
		a->hold_us = MIN(a->hold_us * 2, HOLD_MAX_US);
		a->raised_us = 0;
		a->calm_us = now_us;
		fill_buckets(a, bps, now_us);
	} else if (now_us - a->calm_us >= CALM_HOLDS * a->hold_us) {
		a->hold_us = MAX(a->hold_us / 2, HOLD_MIN_US);
		a->calm_us = now_us;
	}
}

static uint32_t to_u32(int64_t bps)
{
	return (uint32_t)CLAMP(bps, 0, UINT32_MAX);
}

/* Writes the targets and sums up. */
static void settle(struct allocation *a, struct climb *m, struct allocation_sum *ret, uint32_t estimate_bps, int64_t sound_bps,
                   int64_t now_us)
{
	bool up = false, down = false;
	int64_t full_bps = sound_bps, least_bps = sound_bps;

	*ret = (struct allocation_sum){ .used_bps = to_u32(m->used_bps), .next_bps = to_u32(HEADROOM(m->next_bps)) };
	for (size_t i = 0; i < m->n; i++) {
		const struct climber *c = &m->climbers[i];

		c->slot->target = c->at ? c->choices[c->at - 1] : (struct allocation_choice){ ALLOCATION_SUSPENDED, false };
		ret->suspended = (uint8_t)(ret->suspended + (c->top > 0 && c->at == 0));
		full_bps += c->top ? c->bps[c->top - 1] : 0;
		least_bps += c->at > 0 ? c->bps[0] : 0;
		up |= c->at > c->has;
		down |= c->at < c->has;
	}
	ret->full_bps = to_u32(HEADROOM(full_bps));
	ret->least_bps = to_u32(least_bps);
	learn(a, up, down, estimate_bps, now_us);
}

void allocation_init(struct allocation *a, int64_t now_us)
{
	*a = (struct allocation){ .begin_us = now_us, .hold_us = HOLD_MIN_US, .calm_us = now_us };
	fill_buckets(a, 0, now_us);
}

void allocation_run(struct allocation *a, struct allocation_slot *slots, size_t n, int64_t estimate_bps, int64_t now_us,
                    struct allocation_sum *ret)
{
	uint32_t estimate = to_u32(estimate_bps);
	uint32_t keys[ALLOCATION_SLOTS];
	int64_t sound_bps;
	struct climb m;

	n = MIN(n, (size_t)ALLOCATION_SLOTS);
	sound_bps = audio_bps(slots, n);
	m.n = sort_slots(slots, n, keys);
	m.used_bps = sound_bps;
	m.keep_bps = estimate;
	m.raise_bps = USABLE(lowest_bps(a, estimate, now_us));
	m.next_bps = 0;
	for (size_t i = 0; i < n; i++)
		if (slots[i].audio)
			slots[i].target = (struct allocation_choice){ 0, false };
	for (size_t i = 0; i < m.n; i++)
		build_ladder(&m.climbers[i], &slots[keys[i] & 0xff]);
	climb_by_rank(&m);
	climb_together(&m);
	settle(a, &m, ret, estimate, sound_bps, now_us);
}

int64_t allocation_least_bps(const struct allocation_slot *slots, size_t n)
{
	int64_t bps = audio_bps(slots, n);
	struct climber c;

	for (size_t i = 0; i < n; i++) {
		struct allocation_slot s = slots[i];

		if (s.audio || s.current.layer == ALLOCATION_SUSPENDED)
			continue;
		build_ladder(&c, &s);
		bps += c.top > 0 ? c.bps[0] : 0;
	}
	return bps;
}

void allocation_show_lowest(struct allocation_slot *slots, size_t n, int64_t bps)
{
	uint32_t keys[ALLOCATION_SLOTS];
	int64_t used_bps;
	size_t videos;

	n = MIN(n, (size_t)ALLOCATION_SLOTS);
	used_bps = audio_bps(slots, n);
	videos = sort_slots(slots, n, keys);
	for (size_t i = 0; i < videos; i++) {
		struct allocation_slot *s = &slots[keys[i] & 0xff];
		struct climber c;

		build_ladder(&c, s);
		if (c.top == 0)
			continue;
		used_bps += c.bps[0];
		if (used_bps > bps)
			return;
		if (s->target.layer == ALLOCATION_SUSPENDED)
			s->target = c.choices[0];
	}
}
