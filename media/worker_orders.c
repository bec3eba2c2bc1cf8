/* What control and other workers order. See worker.h. */
#include "media/worker_private.h"

#include <assert.h>

#include "media/base/clock.h"
#include "media/base/log.h"
#include "media/base/macros.h"
#include "media/source.h"

/* Orders from control. */

static void do_open(struct worker *w, const struct order_open *o, int64_t now_us)
{
	int r;

	/* Control gives an index anew only after it ordered the old path closed, and orders keep their order. */
	assert(!w->paths[o->id.index]);
	atomic_store_explicit(&w->seen_us[o->id.index], 0, memory_order_relaxed);
	r = path_create(&w->paths[o->id.index], &w->site, o->id, &o->cfg, now_us);
	if (r < 0) {
		struct media_event ev = { .type = MEDIA_PATH_DOWN, .path = o->id };

		ev.down.reason = PATH_DOWN_DTLS;
		worker_emit(w, &ev);
		log_event(LOG_ERROR, "worker.path_refused worker=%u err=%d", w->number, r);
		return;
	}
	w->highest = MAX(w->highest, (size_t)o->id.index + 1);
}

static void do_close(struct worker *w, const struct order_close *o)
{
	struct path *p = worker_find_path(w, o->id);

	if (!p)
		return;
	w->paths[o->id.index] = path_destroy(p);
	while (w->highest > 0 && !w->paths[w->highest - 1])
		w->highest--;
}

/* Wherever it is: of another worker there is a mirror. NULL for none. */
static struct track *find_track(struct worker *w, struct path_id id, enum source_kind kind, int64_t now_us)
{
	struct path *p;

	if (id.generation == 0)
		return NULL;
	if (id.worker != w->number)
		return mirrors_track(&w->mirrors, id, kind, now_us);
	p = worker_find_path(w, id);
	return p ? path_track(p, kind) : NULL;
}

static void do_bind(struct worker *w, const struct order_bind *o, int64_t now_us)
{
	struct path *p = worker_find_path(w, o->id);
	struct slot *slot = p ? path_slot(p, o->slot) : NULL;

	if (!slot)
		return;
	slot_want(slot, o->wish);
	slot_bind(slot, find_track(w, o->source, o->kind, now_us), o->binding, now_us);
}

static void do_want(struct worker *w, const struct order_want *o)
{
	struct path *p = worker_find_path(w, o->id);
	struct slot *slot = p ? path_slot(p, o->slot) : NULL;

	if (slot)
		slot_want(slot, o->wish);
}

static void do_limit(struct worker *w, const struct order_limit *o)
{
	struct path *p = worker_find_path(w, o->id);

	if (p)
		path_limit(p, o->bps, o->look_bps);
}

static void do_negotiated(struct worker *w, const struct order_negotiated *o, int64_t now_us)
{
	struct path *p = worker_find_path(w, o->id);

	if (p && path_negotiated(p, &o->negotiated, now_us) < 0)
		log_event(LOG_ERROR, "worker.no_memory worker=%u", w->number);
}

static void do_restart(struct worker *w, const struct order_restart *o)
{
	struct path *p = worker_find_path(w, o->id);

	if (p && path_restart(p, &o->local) < 0)
		log_event(LOG_WARNING, "worker.restart_failed worker=%u", w->number);
}

static void do_gate(struct worker *w, const struct order_gate *o, int64_t now_us)
{
	struct path *p = worker_find_path(w, o->id);

	if (p)
		track_set_gate(path_track(p, o->kind), o->open, now_us);
}

static void do_cue(struct worker *w, const struct order_track *o, int64_t now_us)
{
	struct path *p = worker_find_path(w, o->id);

	if (p)
		track_cue(path_track(p, o->kind), now_us);
}

/* Orders from other workers: it can be that the path has closed meanwhile. */

static void do_subscribe(struct worker *w, const struct order_subscribe *o, int64_t now_us)
{
	struct order_track gone = { .id = o->id, .kind = o->kind };
	struct path *p = worker_find_path(w, o->id);

	if (p)
		handover_subscribe(path_track(p, o->kind), o->reader, o->serial, now_us);
	else if (mailbox_post(exchange_orders(w->exchange, o->reader), ORDER_GONE, &gone, sizeof(gone)) < 0)
		log_event(LOG_ERROR, "worker.no_memory worker=%u", w->number);
}

static void do_unsubscribe(struct worker *w, const struct order_subscribe *o)
{
	struct path *p = worker_find_path(w, o->id);

	if (p)
		handover_unsubscribe(path_track(p, o->kind), o->reader);
}

static void do_keyframe(struct worker *w, const struct order_keyframe *o, int64_t now_us)
{
	struct path *p = worker_find_path(w, o->id);
	struct source *s = p && o->layer < MAX_LAYERS ? path_track(p, o->kind)->layers[o->layer] : NULL;

	if (s)
		source_want_keyframe(s, now_us);
}

static void do_layers(struct worker *w, const struct order_layers *o)
{
	struct path *p = worker_find_path(w, o->id);

	if (p)
		handover_want(path_track(p, o->kind), o->reader, o->mask);
}

static void do_gone(struct worker *w, const struct order_track *o)
{
	mirrors_on_gone(&w->mirrors, o->id, o->kind);
}

static void obey(struct worker *w, const struct letter *l, int64_t now_us)
{
	switch ((enum worker_order)l->type) {
	case ORDER_OPEN:
		do_open(w, l->data, now_us);
		break;
	case ORDER_NEGOTIATED:
		do_negotiated(w, l->data, now_us);
		break;
	case ORDER_RESTART:
		do_restart(w, l->data);
		break;
	case ORDER_CLOSE:
		do_close(w, l->data);
		break;
	case ORDER_GATE:
		do_gate(w, l->data, now_us);
		break;
	case ORDER_CUE:
		do_cue(w, l->data, now_us);
		break;
	case ORDER_BIND:
		do_bind(w, l->data, now_us);
		break;
	case ORDER_WANT:
		do_want(w, l->data);
		break;
	case ORDER_LIMIT:
		do_limit(w, l->data);
		break;
	case ORDER_SUBSCRIBE:
		do_subscribe(w, l->data, now_us);
		break;
	case ORDER_UNSUBSCRIBE:
		do_unsubscribe(w, l->data);
		break;
	case ORDER_KEYFRAME:
		do_keyframe(w, l->data, now_us);
		break;
	case ORDER_LAYERS:
		do_layers(w, l->data);
		break;
	case ORDER_GONE:
		do_gone(w, l->data);
		break;
	case ORDER_STOP:
		w->stop = true;
		break;
	}
}

void worker_take_orders(struct worker *w)
{
	struct letter *l;

	while (!w->stop && (l = mailbox_take(w->orders))) {
		obey(w, l, clock_boot_us());
		letter_free(l);
	}
}
