/* See view.h: the bindings kept, and what changed from one plan to the next. */
#include "classroom/view.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "classroom/view_plan.h"
#include "media/base/macros.h"
#include "media/base/mem.h"

static bool cfg_is_good(const struct view_cfg *cfg)
{
	if (!cfg->viewer || strlen(cfg->viewer) >= SEAT_ID_BYTES || cfg->n_audio > VIEW_AUDIO_MAX ||
	    cfg->n_audio + cfg->n_video > VIEW_SLOTS_MAX)
		return false;
	switch (cfg->mode) {
	case VIEW_MEETING:
		return true;
	case VIEW_PROGRAMME:
		return cfg->n_audio > 0;
	case VIEW_SEAT:
		return cfg->key != NULL;
	}
	return false;
}

int view_create(struct view **ret, const struct view_cfg *cfg)
{
	CLEANUP(mem_freep) struct view *v = NULL;

	if (!cfg_is_good(cfg))
		return -EINVAL;
	v = mem_zalloc(sizeof(*v));
	if (!v)
		return -ENOMEM;
	if (cfg->mode == VIEW_SEAT) {
		v->key = mem_strdup(cfg->key);
		if (!v->key)
			return -ENOMEM;
	}
	snprintf(v->viewer, sizeof(v->viewer), "%s", cfg->viewer);
	v->mode = cfg->mode;
	v->n_audio = cfg->n_audio;
	v->n_video = v->max_video = cfg->n_video;
	v->next_us = INT64_MAX;
	for (unsigned i = 0; i < VIEW_SLOTS_MAX; i++)
		v->slots[i].slot = (uint8_t)i;
	v->stale = true;
	*ret = STEAL(v);
	return 0;
}

struct view *view_destroy(struct view *v)
{
	if (!v)
		return NULL;
	mem_free(v->key);
	return mem_free(v);
}

struct view_wish wish_guess(size_t nth, size_t n)
{
	if (nth == 0)
		return (struct view_wish){ VIEW_STAGE, n == 1 ? 0 : 720 };
	return (struct view_wish){ VIEW_TILE, n <= 4 ? 360 : n <= 9 ? 240 : 180 };
}

/* For comparing: "as large as there is" is the highest. */
static unsigned height_of(const struct watched *w)
{
	return w->wish.height == 0 ? VIEW_HEIGHT_MAX + 1 : w->wish.height;
}

static bool first_is_highest(const struct watched *items, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (height_of(&items[i]) >= height_of(&items[0]))
			return false;
	return true;
}

/* Fills in what the page did not say. */
static void settle_wishes(struct watched *items, size_t n, size_t n_shown)
{
	bool has_stage;

	for (size_t i = 0; i < n; i++)
		if (items[i].wish.height == VIEW_HEIGHT_UNSAID)
			items[i].wish.height = wish_guess(i, n_shown).height;
	has_stage = first_is_highest(items, n);
	for (size_t i = 0; i < n; i++)
		if (items[i].wish.rank == VIEW_RANK_UNSAID)
			items[i].wish.rank = i == 0 && has_stage ? VIEW_STAGE : VIEW_TILE;
}

int view_watch(struct view *v, const struct watched *items, size_t n)
{
	if (n > VIEW_WATCH_MAX)
		return -E2BIG;
	if (n > 0)
		memcpy(v->watched, items, n * sizeof(*items));
	settle_wishes(v->watched, n, MIN(n, (size_t)v->n_video));
	v->n_watched = n;
	v->watching = v->stale = true;
	return 0;
}

int view_pin(struct view *v, const char (*seats)[SEAT_ID_BYTES], size_t n)
{
	if (n > VIEW_PINS_MAX)
		return -E2BIG;
	if (n > 0)
		memcpy(v->pins, seats, n * sizeof(*seats));
	v->n_pins = n;
	v->stale = true;
	return 0;
}

void view_bound(struct view *v, uint8_t n_video, uint16_t height)
{
	v->max_video = MIN(n_video, v->n_video);
	v->max_height = height;
	v->stale = true;
}

void view_unwatch(struct view *v)
{
	v->watching = false;
	v->stale = true;
}

void view_reset(struct view *v)
{
	for (unsigned i = 0; i < VIEW_SLOTS_MAX; i++)
		v->slots[i].seat[0] = '\0';
	v->stale = true;
}

int64_t view_next_us(const struct view *v)
{
	return v->next_us;
}

size_t view_bindings(const struct view *v, struct binding *ret)
{
	size_t n = (size_t)v->n_audio + v->n_video;

	memcpy(ret, v->slots, n * sizeof(*ret));
	return n;
}

bool plan_may_show(const struct plan *p, struct shown s)
{
	return s.seat && seat_live(s.seat, s.source) && strcmp(s.seat->id, p->view->viewer) != 0;
}

const struct seat *plan_fixed_seat(const struct plan *p)
{
	static const enum seat_kind kinds[] = { SEAT_BROWSER, SEAT_WHIP };
	const struct seat *s;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		s = room_seat_by_key(p->room, p->view->key, kinds[i]);
		if (s && seat_present(s))
			return s;
	}
	return NULL;
}

/* What a slot shows, as far as it still may. */
static struct shown still_shown(const struct plan *p, const struct binding *b)
{
	struct shown s = { b->seat[0] ? room_seat(p->room, b->seat) : NULL, b->source, b->wish };

	return plan_may_show(p, s) ? s : (struct shown){ 0 };
}

static void plan_init(struct plan *p)
{
	const struct view *v = p->view;

	for (unsigned i = 0; i < v->n_audio; i++)
		p->audio[i] = still_shown(p, &v->slots[i]);
	for (unsigned i = 0; i < v->n_video; i++)
		p->video[i] = still_shown(p, &v->slots[v->n_audio + i]);
}

static bool is_bound(const struct binding *b, struct shown s)
{
	if (!s.seat)
		return !b->seat[0];
	return b->source == s.source && strcmp(b->seat, s.seat->id) == 0;
}

static void settle_wish(struct view *v, struct binding *b, struct view_wish wish)
{
	if (b->wish.rank != wish.rank || b->wish.height != wish.height)
		v->rewished |= 1u << b->slot;
	b->wish = wish;
}

/* Binds where the plan differs: `empty` asks for the slots that become empty, else for the others. */
static size_t apply_plan(struct plan *p, bool empty, struct binding *ret)
{
	struct view *v = p->view;
	size_t n = 0;

	for (unsigned i = 0; i < v->n_audio + v->n_video; i++) {
		struct shown s = i < v->n_audio ? p->audio[i] : p->video[i - v->n_audio];
		struct binding *b = &v->slots[i];

		if ((s.seat == NULL) != empty)
			continue;
		if (is_bound(b, s)) {
			settle_wish(v, b, s.wish);
			continue;
		}
		snprintf(b->seat, sizeof(b->seat), "%s", s.seat ? s.seat->id : "");
		b->source = s.source;
		b->wish = s.wish;
		b->number = ++v->last_number;
		v->rewished &= ~(1u << i);
		ret[n++] = *b;
	}
	return n;
}

size_t view_update(struct view *v, const struct room *r, int64_t now_us, struct binding *ret)
{
	struct plan p = { .view = v, .room = r, .now_us = now_us, .next_us = INT64_MAX };
	size_t n;

	if (!v->stale && v->version == room_version(r) && now_us < v->next_us)
		return 0;
	if (room_may(r, v->viewer, ACTION_WATCH)) {
		plan_init(&p);
		plan_audio(&p);
		plan_video(&p);
	}
	v->stale = false;
	v->version = room_version(r);
	v->next_us = p.next_us;
	n = apply_plan(&p, true, ret);
	return n + apply_plan(&p, false, ret + n);
}

size_t view_wishes(struct view *v, struct binding *ret)
{
	size_t n = 0;

	for (unsigned i = 0; i < v->n_audio + v->n_video; i++)
		if (v->rewished & (1u << i))
			ret[n++] = v->slots[i];
	v->rewished = 0;
	return n;
}
