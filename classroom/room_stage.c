/* Stage and spotlight. See room_floor.h. */
#include "classroom/room_floor.h"

#include <errno.h>

#include "classroom/room_state.h"

static const struct seat *present_seat(const struct entry *e)
{
	return e && seat_present(&e->seat) ? &e->seat : NULL;
}

const struct seat *room_spotlit(const struct room *r)
{
	return present_seat(r->spotlight.shown);
}

size_t room_on_stage(const struct room *r, const struct seat *ret[ROOM_LED_MAX])
{
	const struct seat *site = present_seat(r->stage.shown);
	size_t n = 0;

	if (site && !(site->role == ROLE_PRESENTER && !site->down))
		ret[n++] = site;
	for (const struct entry *e = r->presenters; e && n < ROOM_LED_MAX; e = e->presenter_next)
		ret[n++] = &e->seat;
	return n;
}

size_t room_led(const struct room *r, const struct seat *ret[ROOM_LED_MAX], bool *ret_spotlight)
{
	const struct seat *stage[ROOM_LED_MAX], *first = room_spotlit(r);
	size_t n_stage = room_on_stage(r, stage), n = 0;

	if (first)
		ret[n++] = first;
	for (size_t i = 0; i < n_stage && n < ROOM_LED_MAX; i++)
		if (stage[i] != first)
			ret[n++] = stage[i];
	*ret_spotlight = first != NULL;
	return n;
}

static bool is_cued(const struct chosen *c)
{
	return c->entry && c->entry != c->shown && seat_present(&c->entry->seat);
}

const struct seat *room_cue(const struct room *r)
{
	if (is_cued(&r->stage))
		return &r->stage.entry->seat;
	return is_cued(&r->spotlight) ? &r->spotlight.entry->seat : NULL;
}

void room_cut(struct room *r)
{
	if (r->stage.shown == r->stage.entry && r->spotlight.shown == r->spotlight.entry)
		return;
	r->stage.shown = r->stage.entry;
	r->spotlight.shown = r->spotlight.entry;
	r->version++;
	room_tell_room(r);
}

/* What was chosen is shown at once, unless there is a picture to wait for. */
static void cue(struct room *r)
{
	const struct seat *s = room_cue(r);

	if (!s || r->replaying || !(seat_live(s, SEAT_CAMERA) || seat_live(s, SEAT_SCREEN))) {
		room_cut(r);
		return;
	}
	r->events->on_cue(r->user, s);
}

static void choose(struct room *r, struct chosen *c, struct entry *e)
{
	c->entry = e;
	if (!e)
		c->shown = NULL;        /* nobody waits for nobody */
	r->version++;
	cue(r);
	room_tell_room(r);
}

static void settle_staged(struct room *r, struct entry *e, bool staged)
{
	e->seat.staged = staged;
	if (!staged && e->seat.kind != SEAT_WHIP)
		e->seat.on &= (uint8_t)~seat_blocks(&e->seat);
	if (seat_present(&e->seat))
		gates_settle(r, e);
}

void effect_stage(struct room *r, struct entry *e, bool on)
{
	struct entry *before = r->stage.entry;

	if (e->seat.role == ROLE_PRESENTER) {
		e->seat.down = !on;
		if (seat_present(&e->seat))
			gates_settle(r, e);
		room_tell_room(r);
		return;
	}
	if (before == e ? on : !on)
		return;
	if (before)
		settle_staged(r, before, false);
	if (on)
		settle_staged(r, e, true);
	choose(r, &r->stage, on ? e : NULL);
}

void effect_spotlight(struct room *r, struct entry *e, bool on)
{
	if (on ? r->spotlight.entry != e : r->spotlight.entry == e)
		choose(r, &r->spotlight, on ? e : NULL);
}

void stage_forget_site(struct room *r, struct entry *e)
{
	if (r->stage.entry != e)
		return;
	e->seat.staged = false;
	choose(r, &r->stage, NULL);
}

/* It can be shown no longer. */
void stage_forget(struct room *r, struct entry *e)
{
	stage_forget_site(r, e);
	if (r->spotlight.entry == e)
		choose(r, &r->spotlight, NULL);
	if (r->stage.shown == e)
		r->stage.shown = NULL;
	if (r->spotlight.shown == e)
		r->spotlight.shown = NULL;
}

void stage_settle_presenter(struct room *r, struct entry *e)
{
	bool on = seat_present(&e->seat) && e->seat.role == ROLE_PRESENTER && !e->seat.down;

	if (e->presents == on)
		return;
	e->presents = on;
	if (on)
		DL_APPEND2(r->presenters, e, presenter_prev, presenter_next);
	else
		DL_DELETE2(r->presenters, e, presenter_prev, presenter_next);
	r->version++;
	room_tell_room(r);
}

/* ---- acts ---- */

/* Anybody here who can be seen: being shown is no act upon a seat that reach would guard. */
static enum verdict find_shown(struct room *r, struct instant now, const char *actor, const char *target, enum action action, struct entry **ret_by, struct entry **ret)
{
	enum verdict v = room_find_actor(r, now, actor, action, ret_by);
	struct entry *e = seats_find(r, target);

	if (v != VERDICT_OK)
		return v;
	if (!e || !seat_present(&e->seat))
		return VERDICT_NO_SEAT;
	*ret = e;
	return VERDICT_OK;
}

static bool may_be_shown(const struct room *r, const struct seat *s)
{
	return s->kind != SEAT_WHEP && permission_allows(s->role, ACTION_BE_SEEN, room_state(r));
}

static bool is_on_stage(const struct room *r, const struct entry *e)
{
	return e->seat.role == ROLE_PRESENTER ? !e->seat.down : r->stage.entry == e;
}

enum verdict room_stage(struct room *r, struct instant now, const char *actor, const char *target, bool on)
{
	struct entry *by, *e, *before = r->stage.entry;
	enum verdict v = find_shown(r, now, actor, target, ACTION_STAGE, &by, &e);

	if (v != VERDICT_OK || is_on_stage(r, e) == on)
		return v;
	if (on && !may_be_shown(r, &e->seat))
		return VERDICT_FORBIDDEN;
	if (!role_leads(by->seat.role) && (role_leads(e->seat.role) || e->seat.role == ROLE_PRESENTER) && by != e)
		return VERDICT_FORBIDDEN;
	v = room_record(r, now, EVENT_STAGE_CHANGED, e->seat.id, by->seat.id, json_pack("{s:b}", "on", on));
	if (v != VERDICT_OK)
		return v;
	if (before)
		before->was_on = before->seat.on;
	effect_stage(r, e, on);
	if (before)
		room_note_off(r, now, before, by);
	if (by != e)
		room_tell_notice(r, e, on ? NOTICE_ON_STAGE : NOTICE_OFF_STAGE, by);
	return VERDICT_OK;
}

enum verdict room_spotlight(struct room *r, struct instant now, const char *actor, const char *target, bool on)
{
	struct entry *by, *e;
	enum verdict v = find_shown(r, now, actor, target, ACTION_SPOTLIGHT, &by, &e);

	if (v != VERDICT_OK || (r->spotlight.entry == e) == on)
		return v;
	if (on && !may_be_shown(r, &e->seat))
		return VERDICT_FORBIDDEN;
	v = room_record(r, now, EVENT_SPOTLIGHT_CHANGED, e->seat.id, by->seat.id, json_pack("{s:b}", "on", on));
	if (v != VERDICT_OK)
		return v;
	effect_spotlight(r, e, on);
	if (by != e && on)
		room_tell_notice(r, e, NOTICE_SPOTLIT, by);
	return VERDICT_OK;
}

static int apply_shown(const struct application *a, void (*effect)(struct room *r, struct entry *e, bool on))
{
	const json_t *on = json_object_get(a->payload, "on");

	if (!json_is_boolean(on))
		return -EBADMSG;
	if (a->e)
		effect(a->r, a->e, json_is_true(on));
	return 0;
}

int apply_stage(const struct application *a)
{
	return apply_shown(a, effect_stage);
}

int apply_spotlight(const struct application *a)
{
	return apply_shown(a, effect_spotlight);
}
