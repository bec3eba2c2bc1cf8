/* See rate_control.h. */
#include "media/rate_control.h"

#include <errno.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/downlink.h"
#include "media/slot.h"
#include "media/source.h"

#define HISTORY_SEAT 1024               /* packets of 29 slots in a second and a half */
#define HISTORY_PLAYER 256
#define PLAYER_SLOTS 4
#define START_BPS 1000000
#define ALLOCATE_US 200000
#define NEWCOMER_US 3000000             /* until the first probes have told what the line carries */
#define DARK_US 7000000                 /* where nothing is shown, until something is tried */
#define DARK_MAX_US (8 * DARK_US)
#define FEEDBACKS_A_SECOND 200          /* receivers send ten to twenty; one names up to 2,048 packets */
#define FEW_FRAMES_PX 200               /* pictures this small need no 30 frames a second */
#define SOUND_BPS 48000                 /* of a voice not yet measured */
#define REDUNDANT_BPS 32000             /* the frames before, once */
#define HEADERS_BPS 24000               /* of sound that flows all the time */
#define WIDE_BPS 2500000
#define UNSEEN_TALL 4320                /* "as large as there is" */

int rate_control_create(struct rate_control **ret, const struct negotiated *n, int64_t now_us)
{
	struct bwe_cfg cfg = { .transport_feedback = n->down.twcc != 0,
		               .history_packets = n->n_slots > PLAYER_SLOTS ? HISTORY_SEAT : HISTORY_PLAYER };
	struct rate_control *r = mem_zalloc_line(sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	/* Who tells nothing but loss is not held back before there is any. */
	r->measured = cfg.transport_feedback || n->remb_down;
	cfg.start_bps = r->measured ? START_BPS : BWE_CEILING_BPS;
	err = bwe_init(&r->bwe, &cfg, now_us);
	if (err < 0) {
		mem_free(r);
		return err;
	}
	pacer_init(&r->pacer, cfg.start_bps, now_us);
	allocation_init(&r->allocation, now_us);
	r->wide = cfg.start_bps >= WIDE_BPS;
	r->begin_us = now_us;
	r->care_most = SOUND_CARE_MOST;
	r->stale = true;
	*ret = r;
	return 0;
}

struct rate_control *rate_control_destroy(struct rate_control *r)
{
	if (r)
		bwe_done(&r->bwe);
	return mem_free(r);
}

int64_t rate_control_estimate_bps(const struct rate_control *r)
{
	return bwe_estimate_bps(&r->bwe);
}

void rate_control_limit(struct rate_control *r, uint32_t bps, uint32_t look_bps)
{
	int64_t ceiling_bps = bps ? MAX(bps, look_bps) : BWE_CEILING_BPS;

	bwe_set_bounds(&r->bwe, MIN(BWE_FLOOR_BPS, bps ? bps : BWE_CEILING_BPS), ceiling_bps);
	r->limit_bps = bps;
	r->look_bps = look_bps;
	r->stale = true;
}

/* What arrived, and how far the slots may go. */

static void follow(struct rate_control *r, int64_t before_bps, int64_t now_us)
{
	int64_t bps = bwe_estimate_bps(&r->bwe);
	bool changed = first_view_update(&r->first_view, &r->bwe, now_us);

	pacer_set_estimate(&r->pacer, first_view_pace_bps(&r->first_view, &r->bwe), now_us);
	r->wide = bps >= WIDE_BPS && bps >= r->sum.used_bps + r->sum.used_bps / 2;
	/* Down at once, up in its own time. */
	r->stale = r->stale || bps < before_bps - before_bps / 20 || changed;
}

void rate_control_on_sent(struct rate_control *r, uint16_t number, size_t bytes, int64_t now_us)
{
	bwe_on_sent(&r->bwe, number, bytes, now_us, r->probe.number);
	r->probe_left_bytes -= r->probe.number ? (int64_t)bytes : 0;
}

bool rate_control_on_feedback(struct rate_control *r, const struct twcc_feedback *fb, int64_t now_us)
{
	int64_t before_bps = bwe_estimate_bps(&r->bwe);

	if (now_us - r->feedbacks_us >= 1000000) {
		r->feedbacks_us = now_us;
		r->feedbacks = 0;
	}
	if (r->feedbacks++ >= FEEDBACKS_A_SECOND)
		return false;
	bwe_on_feedback(&r->bwe, fb, now_us);
	follow(r, before_bps, now_us);
	return true;
}

void rate_control_on_remb(struct rate_control *r, uint64_t bps, int64_t now_us)
{
	int64_t before_bps = bwe_estimate_bps(&r->bwe);

	bwe_on_remb(&r->bwe, bps, now_us);
	follow(r, before_bps, now_us);
}

void rate_control_on_loss(struct rate_control *r, uint8_t fraction_lost, int64_t rtt_us, int64_t sent_bps, int64_t now_us)
{
	int64_t before_bps = bwe_estimate_bps(&r->bwe);

	bwe_on_receiver_report(&r->bwe, fraction_lost, rtt_us, sent_bps, now_us);
	follow(r, before_bps, now_us);
}

/* Sharing out. */

static int64_t usable_bps(const struct rate_control *r)
{
	return MIN(bwe_estimate_bps(&r->bwe), r->limit_bps ? r->limit_bps : BWE_CEILING_BPS);
}

static void describe_spatial_layers(struct allocation_slot *a, const struct layered *l)
{
	for (int i = 0; i < MAX_LAYERS; i++)
		if (l->seen & 1u << i)
			a->layers[i] = (struct allocation_layer){ true, l->height_px[i], l->bps[i], l->half_bps[i] };
}

static void describe_layers(struct allocation_slot *a, const struct track *t)
{
	const struct source *layered = track_layered(t);

	if (layered) {
		describe_spatial_layers(a, &layered->layered);
		return;
	}
	for (int i = 0; i < t->n_layers; i++) {
		const struct source *s = t->layers[i];

		/* A layer that its sender was told to leave out would come again. */
		if (s)
			a->layers[i] = (struct allocation_layer){ true, s->height_px, s->bps, s->half_bps };
	}
}

/* What goes along with sound where much is lost is sound, too, and no line is filled with it. */
static void bound_care(struct rate_control *r, const struct downlink *d)
{
	int64_t left_bps = usable_bps(r) * 3 / 4, once_bps = 0;

	for (uint32_t left = d->sounds; left; left &= left - 1) {
		const struct track *t = d->slots[__builtin_ctz(left)].track;
		const struct source *s = t ? track_pick(t, 0) : NULL;

		left_bps -= s ? s->bps + MIN(s->bps, (uint32_t)HEADERS_BPS) : 0;
		once_bps += s ? MIN(s->bps, (uint32_t)REDUNDANT_BPS) : 0;
	}
	r->care_most = once_bps ? (uint8_t)CLAMP(left_bps / once_bps, 0, SOUND_CARE_MOST) : SOUND_CARE_MOST;
}

static bool describe(struct allocation_slot *a, const struct slot *s)
{
	const struct track *t = s->track;

	*a = (struct allocation_slot){ .audio = s->audio, .rank = ALLOCATION_TILE };
	if (!t || !track_pick(t, 0))
		return false;
	describe_layers(a, t);
	if (s->audio) {
		/* And what goes along with it where much is lost. */
		a->layers[0].bps = MAX(a->layers[0].bps, (uint32_t)SOUND_BPS) + s->down->care.level * (uint32_t)REDUNDANT_BPS;
		return true;
	}
	a->rank = t->kind == SOURCE_SCREEN ? ALLOCATION_SCREEN : (enum allocation_rank)(ALLOCATION_STAGE + s->wish.rank);
	a->wanted_px = s->wish.height ? s->wish.height : UNSEEN_TALL;
	a->few_frames = a->wanted_px <= FEW_FRAMES_PX;
	a->current.layer = s->target == SLOT_SUSPENDED ? ALLOCATION_SUSPENDED : (int8_t)s->target;
	a->current.half = s->temporal.wanted != TEMPORAL_ALL;
	return true;
}

/* A trial that makes a queue has failed: sound waits in it, too. The next comes later, and later. */
static bool is_tried(struct rate_control *r, int64_t now_us)
{
	int64_t tried_us = (now_us - r->dark_us) % (r->dark_wait_us + NEWCOMER_US) - r->dark_wait_us;

	if (tried_us > 0 && bwe_is_crowded(&r->bwe, now_us)) {
		r->dark_us = now_us;
		r->dark_wait_us = MIN(2 * r->dark_wait_us, DARK_MAX_US);
	}
	return tried_us >= 0 && r->dark_us < now_us;
}

/*
 * Before anything is known of the line the first picture is shown all the same: a newcomer that sees nothing leaves. And where
 * every picture is suspended it is tried for three seconds after seven: without pictures there may be nothing that a line could be measured by.
 */
static void keep_first(struct rate_control *r, struct allocation_slot *a, size_t n, int64_t now_us)
{
	struct allocation_slot *first = NULL;
	bool dark = true;

	for (size_t i = 0; i < n; i++) {
		if (a[i].audio)
			continue;
		dark = dark && a[i].target.layer == ALLOCATION_SUSPENDED;
		if (!first || a[i].rank < first->rank)
			first = &a[i];
	}
	if (!first || !dark) {
		r->dark_us = r->dark_wait_us = 0;
		return;
	}
	r->dark_us = r->dark_us ? r->dark_us : now_us;
	r->dark_wait_us = MAX(r->dark_wait_us, DARK_US);
	if (now_us - r->begin_us <= NEWCOMER_US || is_tried(r, now_us))
		first->target = (struct allocation_choice){ 0 };
}

/* A newcomer's first seconds count from its first picture on, however long the path was there before. A player has only one: it needs no more. */
static void begin_view(struct rate_control *r, const struct downlink *d, const struct allocation_slot *a, size_t n, int64_t now_us)
{
	bool picture = false;

	for (size_t i = 0; i < n; i++)
		picture = picture || !a[i].audio;
	if (!picture || !d->open || d->n_slots <= PLAYER_SLOTS || !r->measured || r->first_view.begin_us)
		return;
	first_view_begin(&r->first_view, &r->bwe, now_us);
	allocation_init(&r->allocation, now_us);
	r->begin_us = now_us;
}

/* The highest temporal layer of half the pictures. */
static uint8_t half_of(const struct slot *s)
{
	const struct source *source = s->current ? s->current : track_pick(s->track, 0);
	uint8_t highest = source ? source->layered.highest_tid : 0;

	return highest > 0 ? (uint8_t)(MIN(highest, TEMPORAL_ALL) - 1) : 0;
}

static void share_out(struct rate_control *r, struct downlink *d, int64_t now_us)
{
	struct allocation_slot a[MAX_SLOTS];
	struct slot *of[MAX_SLOTS];
	size_t n = 0;

	for (uint8_t i = 0; i < d->n_slots; i++) {
		of[n] = &d->slots[i];
		n += describe(&a[n], &d->slots[i]);
	}
	r->stale = false;
	r->allocated_us = now_us;
	bound_care(r, d);
	if (n == 0)
		return;
	begin_view(r, d, a, n, now_us);
	/* Pictures may need more than when a trial began. */
	if (r->bwe.loss.trial)
		bwe_set_least(&r->bwe, allocation_least_bps(a, n));
	allocation_run(&r->allocation, a, n, usable_bps(r), now_us, &r->sum);
	if (r->first_view.bps > 0)
		allocation_show_lowest(a, n, r->first_view.bps);
	keep_first(r, a, n, now_us);
	for (size_t i = 0; i < n; i++) {
		if (a[i].audio)
			continue;
		of[i]->temporal.wanted = a[i].target.half ? half_of(of[i]) : TEMPORAL_ALL;
		slot_set_target(of[i], a[i].target.layer == ALLOCATION_SUSPENDED ? SLOT_SUSPENDED : (uint8_t)a[i].target.layer, now_us);
	}
	/* However little is wanted now: a line that was narrow is looked at again, or nobody would learn that it is wide. */
	bwe_set_wanted(&r->bwe, MAX(MAX(r->sum.full_bps, r->look_bps), (uint32_t)START_BPS));
	bwe_set_least(&r->bwe, r->sum.least_bps);
	bwe_set_dark(&r->bwe, r->dark_us > 0);
}

void rate_control_tick(struct rate_control *r, struct downlink *d, int64_t now_us)
{
	int64_t before_bps = bwe_estimate_bps(&r->bwe);

	bwe_tick(&r->bwe, now_us);
	follow(r, before_bps, now_us);
	if (r->stale || now_us - r->allocated_us >= ALLOCATE_US)
		share_out(r, d, now_us);
	if (r->probe.number && now_us >= r->probe_end_us)
		r->probe.number = 0;
	if (r->probe.number || !d->open)
		return;
	r->probe = bwe_probe_wanted(&r->bwe, now_us);
	r->probe_end_us = now_us + r->probe.duration_us;
	r->probe_left_bytes = r->probe.bytes;
	if (r->probe.number)
		departures_soon(d->departures, &d->departure);
}

/* As much as the probe is behind its rate, whatever the intervals of departures are. */
size_t rate_control_padding(struct rate_control *r, int64_t now_us)
{
	int64_t begun_us = r->probe_end_us - r->probe.duration_us;
	int64_t due, sent;

	if (!r->probe.number)
		return 0;
	if (now_us >= r->probe_end_us + DEPARTURE_WAIT_US || r->probe_left_bytes <= 0) {
		r->probe.number = 0;
		return 0;
	}
	due = r->probe.rate_bps * (now_us - begun_us + DEPARTURE_WAIT_US) / 8 / 1000000;
	sent = r->probe.bytes - r->probe_left_bytes;
	return (size_t)CLAMP(due - sent, 0, r->probe_left_bytes);
}
