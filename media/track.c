/* See track.h. */
#include "media/track.h"

#include <errno.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/handover.h"
#include "media/slot.h"
#include "media/source.h"

#define UNWANTED_US 5000000
#define CUE_US 1500000                  /* a picture that is about to be shown is waited for so long */
#define LACKING_US 2000000              /* so long a browser may take to begin a layer */
#define LAYER_STOPPED_US 400000         /* behind the newest packet of its track: the layer does not flow */

void track_init(struct track *t, struct uplink *up, enum source_kind kind)
{
	*t = (struct track){ .up = up, .kind = kind, .n_layers = 1, .wanted = 1 };
}

void track_set_layers(struct track *t, uint8_t n_layers)
{
	t->n_layers = CLAMP(n_layers, (uint8_t)1, (uint8_t)MAX_LAYERS);
	t->wanted = (uint8_t)((1u << t->n_layers) - 1);
	handover_state(t);
}

void track_done(struct track *t)
{
	handover_gone(t);
	for (int i = 0; i < MAX_LAYERS; i++)
		t->layers[i] = source_destroy(t->layers[i]);
	while (t->slots.n > 0)
		slot_on_track_gone(t->slots.slots[t->slots.n - 1], t);
	slot_list_done(&t->slots);
}

static void emit_started(struct track *t)
{
	struct media_event ev = { .type = MEDIA_SOURCE_STARTED, .path = t->up->path };

	ev.started.kind = t->kind;
	ev.started.codec = t->codec;
	t->up->emit(t->up->user, &ev);
}

void track_on_stream(struct track *t, struct source *s, bool news, int64_t now_us)
{
	if (news && t->codec != s->codec) {
		t->codec = s->codec;
		emit_started(t);
	}
	for (size_t i = t->slots.n; i-- > 0;)
		slot_aim(t->slots.slots[i], now_us);
}

int track_receive(struct track *t, uint8_t layer, const struct rtp_view *pkt, enum codec codec, bool repaired, int64_t now_us)
{
	struct source **s = &t->layers[layer];
	int r;

	if (layer >= t->n_layers)
		return -EINVAL;
	if (!*s && repaired)
		return 0;
	if (!*s) {
		r = source_create(s, t, layer, codec);
		if (r < 0)
			return r;
	}
	return source_receive(*s, pkt, codec, repaired, now_us);
}

void track_set_gate(struct track *t, bool open, int64_t now_us)
{
	if (t->gate == open)
		return;
	t->gate = open;
	handover_state(t);
	for (int i = 0; i < t->n_layers; i++)
		if (t->layers[i])
			source_on_gate(t->layers[i], open, now_us);
}

const struct source *track_layered(const struct track *t)
{
	for (int i = 0; i < t->n_layers; i++)
		if (t->layers[i] && source_is_layered(t->layers[i]))
			return t->layers[i];
	return NULL;
}

/* How many layers its sender can be told to leave out or not, and the lowest. */
static unsigned depth(const struct track *t)
{
	const struct source *layered = track_layered(t);

	return MAX(t->n_layers, layered ? source_layers(layered) : 0u);
}

/* Whether a layer was ever there. */
static bool has_come(const struct track *t, const struct source *layered, unsigned layer)
{
	return layered ? layered->layered.seen & 1u << layer : t->layers[layer] != NULL;
}

/* What a slot needs of spatial layers: with each those below it. */
static unsigned spatial_layers(const struct slot *s, const struct source *layered)
{
	unsigned mask = s->target == SLOT_SUSPENDED ? 0 : (2u << MIN(s->target, source_layers(layered) - 1)) - 1;

	return mask | (s->current == layered ? (2u << s->spatial.highest) - 1 : 0);
}

/* A sender that is short of line or time stops its upper layers; all layers of a still screen may rest together. */
static bool flows(const struct track *t, const struct source *s)
{
	for (int i = 0; i < t->n_layers; i++)
		if (t->layers[i] && t->layers[i]->arrived_us - s->arrived_us > LAYER_STOPPED_US)
			return false;
	return s->began_us != 0;
}

/* Asked for, and not sent: the sender's line does not carry it. */
static bool is_lacking(const struct track *t, unsigned layer, int64_t now_us)
{
	const struct source *s = t->layers[layer];

	return s && t->wanted & 1u << layer && now_us - t->wanted_us[layer] >= LACKING_US && !flows(t, s);
}

/*
 * The lowest layer always: it is what a newcomer sees at once. A layer that is shown until a better one comes is wanted, too. So is one
 * that has not come yet: a browser may find out only after half a minute that its line carries it, and nobody aims at what never was.
 * Where the one aimed at does not come (any more), the next below is better than the lowest.
 */
static uint8_t layers_wanted(const struct track *t, int64_t now_us)
{
	const struct source *layered = track_layered(t);
	unsigned n = depth(t), mask = 1 | (t->cued_us ? 1u << (n - 1) : 0);

	for (unsigned i = 0; i < n; i++)
		mask |= has_come(t, layered, i) ? 0 : 1u << i;
	for (size_t i = 0; i < t->slots.n; i++) {
		const struct slot *s = t->slots.slots[i];

		if (layered) {
			mask |= spatial_layers(s, layered);
			continue;
		}
		if (s->target != SLOT_SUSPENDED) {
			unsigned best = MIN(s->target, t->n_layers - 1u);

			mask |= 1u << best;
			while (best > 0 && is_lacking(t, best, now_us))
				mask |= 1u << --best;
		}
		if (s->current && s->current->track == t)
			mask |= 1u << s->current->layer;
	}
	for (unsigned i = 0; i < n; i++)
		if (t->readers_want[i])
			mask |= 1u << i;
	return (uint8_t)mask;
}

/* More at once; fewer only when that lasts, since an encoder that begins anew costs a keyframe. */
static void tell_layers(struct track *t, int64_t now_us)
{
	struct media_event ev = { .type = MEDIA_LAYERS, .path = t->up->path };
	uint8_t wanted = layers_wanted(t, now_us);

	if (!(wanted & ~t->wanted)) {
		t->unwanted_us = wanted == t->wanted ? 0 : t->unwanted_us ? t->unwanted_us : now_us;
		if (t->unwanted_us == 0 || now_us - t->unwanted_us < UNWANTED_US)
			return;
	} else {
		wanted |= t->wanted;
	}
	for (unsigned i = 0; i < MAX_LAYERS; i++)
		if (wanted & ~t->wanted & 1u << i)
			t->wanted_us[i] = now_us;
	t->wanted = wanted;
	t->unwanted_us = 0;
	ev.layers.kind = t->kind;
	ev.layers.mask = wanted;
	t->up->emit(t->up->user, &ev);
}

static void emit_ready(struct track *t)
{
	struct media_event ev = { .type = MEDIA_SOURCE_READY, .path = t->up->path };

	t->cued_us = 0;
	ev.ready.kind = t->kind;
	t->up->emit(t->up->user, &ev);
}

/* The best layer, or when it does not come in time whatever flows: that has a keyframe, too, since the cue began. */
static void tick_cue(struct track *t, int64_t now_us)
{
	const struct source *layered = track_layered(t);
	struct source *best = layered ? t->layers[layered->layer] : t->layers[t->n_layers - 1];

	if (!t->cued_us)
		return;
	if ((best && flows(t, best) && source_has_fresh_keyframe(best, now_us)) || now_us - t->cued_us >= CUE_US)
		emit_ready(t);
	else if (best && best->began_us)
		source_want_keyframe(best, now_us);
}

void track_cue(struct track *t, int64_t now_us)
{
	struct source *flowing = track_pick(t, MAX_LAYERS - 1);

	t->cued_us = now_us;
	if (t->gate && depth(t) > 1)
		tell_layers(t, now_us);
	if (flowing && !source_has_fresh_keyframe(flowing, now_us))
		source_want_keyframe(flowing, now_us);
	tick_cue(t, now_us);
}

void track_tick(struct track *t, int64_t now_us)
{
	tick_cue(t, now_us);
	if (t->gate && depth(t) > 1)
		tell_layers(t, now_us);
	handover_tick(t);
	for (int i = 0; i < t->n_layers; i++)
		if (t->layers[i])
			source_tick(t->layers[i], now_us);
}

struct source *track_pick(const struct track *t, uint8_t most)
{
	struct source *best = NULL;

	for (int i = 0; i < t->n_layers && !(best && i > most); i++) {
		struct source *s = t->layers[i];

		if (s && flows(t, s))
			best = s;
	}
	return best;
}
