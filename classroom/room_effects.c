/* What each event does to the room: the same for an act just recorded and for a journal that is read again. */
#include "classroom/room_state.h"

#include <stdio.h>
#include <string.h>

#include "media/base/macros.h"

static void forget_all(struct room *r)
{
	seats_clear(r);
	bar_clear(&r->bars);
	chat_clear(&r->chat);
	r->rules.n = 0;
}

void effect_open(struct room *r, const char *epoch, bool lobby, int64_t wall_us)
{
	forget_all(r);
	snprintf(r->epoch, sizeof(r->epoch), "%s", epoch);
	r->opened_us = wall_us;
	r->open = true;
	r->ended = r->locked = false;
	r->lobby = lobby;
	r->mute = ROOM_MUTE_NONE;
	r->version++;
	room_tell_room(r);
}

void effect_end(struct room *r)
{
	forget_all(r);
	r->open = r->locked = r->lobby = false;
	r->ended = true;
	r->mute = ROOM_MUTE_NONE;
	r->version++;
	room_tell_room(r);
}

void effect_admit(struct room *r)
{
	r->lobby = false;
	for (size_t i = 0; i < r->n_present; i++)
		gates_settle(r, r->present[i]);
	r->version++;
	room_tell_room(r);
}

void effect_lock(struct room *r, bool locked)
{
	r->locked = locked;
	room_tell_room(r);
}

static void switch_off(struct seat *s, uint8_t mask)
{
	if (s->kind != SEAT_WHIP)
		s->on &= (uint8_t)~mask;
}

/* Brings one mic under the room's rule; whether anything changed. */
static bool mute_one(const struct room *r, struct seat *s)
{
	bool was_muted = s->room_muted;
	uint8_t was_on = s->on;

	s->room_muted = mute_covers(r, s);
	if (r->mute != ROOM_MUTE_NONE && !role_leads(s->role))
		switch_off(s, SEAT_BIT(SEAT_MIC));
	return s->room_muted != was_muted || s->on != was_on;
}

size_t effect_mute_all(struct room *r, enum room_mute rule)
{
	struct entry *e, *tmp;
	size_t muted = 0;

	r->mute = rule;
	if (rule == ROOM_MUTE_HARD)
		effect_forget_allowed_mics(r);
	HASH_ITER(hh_id, r->by_id, e, tmp) {
		uint8_t was_open = e->seat.gates & SEAT_BIT(SEAT_MIC);

		if (mute_one(r, &e->seat) && seat_present(&e->seat))
			gates_settle(r, e);
		muted += was_open && !(e->seat.gates & SEAT_BIT(SEAT_MIC));
	}
	room_tell_room(r);
	return muted;
}

/* Where the seat of `id` stands or belongs among the present. */
static size_t present_place(const struct room *r, const char *id)
{
	size_t lo = 0, hi = r->n_present;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (strcmp(r->present[mid]->seat.id, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void present_add(struct room *r, struct entry *e)
{
	size_t i = present_place(r, e->seat.id);

	memmove(&r->present[i + 1], &r->present[i], (r->n_present - i) * sizeof(*r->present));
	r->present[i] = e;
	r->n_present++;
	if (e->prev)
		DL_DELETE(r->gone, e);
	e->prev = e->next = NULL;
}

static void present_remove(struct room *r, struct entry *e)
{
	size_t i = present_place(r, e->seat.id);

	r->n_present--;
	memmove(&r->present[i], &r->present[i + 1], (r->n_present - i) * sizeof(*r->present));
	DL_APPEND(r->gone, e);
}

static void take_texts(struct seat *s, struct seat_texts *texts)
{
	struct seat_texts old = { s->name, s->org, s->via };

	s->name = STEAL(texts->name);
	s->org = STEAL(texts->org);
	s->via = STEAL(texts->via);
	seat_texts_done(&old);
}

/* Media of a new connection begin with shut gates, and nothing has come yet. */
static void shut(struct room *r, struct entry *e)
{
	e->seat.on = e->seat.sending = 0;
	gates_settle(r, e);
}

void effect_forget(struct room *r)
{
	struct entry *e;

	while (HASH_CNT(hh_id, r->by_id) > ROOM_KNOWN_MAX && (e = seats_forgettable(r)) != NULL)
		seats_forget(r, e);
}

void effect_join(struct room *r, struct entry *e, const struct joined_payload *p, struct seat_texts *texts)
{
	bool is_new = !e->seat.name;
	bool moved = e->seat.n_orgs != p->n_orgs || memcmp(e->seat.orgs, p->orgs, sizeof(p->orgs)) != 0;

	take_texts(&e->seat, texts);
	if (seat_present(&e->seat))
		shut(r, e);
	else
		present_add(r, e);
	e->seat.presence = PRESENCE_HERE;
	e->seat.joined_us = r->now_us;
	e->seat.lost_us = 0;
	e->seat.granted = p->granted;
	e->seat.by_link = p->by_link;
	e->seat.site = p->site;
	e->seat.n_orgs = p->n_orgs;
	memcpy(e->seat.orgs, p->orgs, sizeof(e->seat.orgs));
	snprintf(e->seat.person, sizeof(e->seat.person), "%s", p->person);
	role_put(r, e, p->role, p->acting);
	if (is_new)
		e->seat.room_muted = mute_covers(r, &e->seat);
	if (is_new || moved)
		rules_settle(r, e);
	e->seat.line_narrow = false;
	e->seat.on = p->on;
	switch_off(&e->seat, seat_blocks(&e->seat));
	r->version++;
	gates_settle(r, e);
	effect_forget(r);
}

void effect_presence(struct room *r, struct entry *e, enum presence presence)
{
	e->seat.presence = presence;
	e->seat.lost_us = presence == PRESENCE_HERE ? 0 : r->now_us;
	room_tell_seat(r, e);
}

/* Guests' WHIP and WHEP seats have nothing to come back with. */
static bool is_fleeting(const struct room *r, const struct entry *e)
{
	return e != r->host && e->seat.kind != SEAT_BROWSER && strncmp(e->seat.key, "guest:", 6) == 0;
}

/* A restart is not its doing: it comes back to what it had. */
static void give_up(struct room *r, struct entry *e, enum leave_reason reason)
{
	if (reason == LEAVE_SERVER)
		return;
	effect_hand_down(r, e);
	if (r->floor.holder == e)
		effect_floor_end(r);
	stage_forget(r, e);
	if (r->rightful == e && (reason == LEAVE_LEFT || reason == LEAVE_REMOVED))
		host_forget(r, e);
}

void effect_leave(struct room *r, struct entry *e, enum leave_reason reason)
{
	e->seat.presence = PRESENCE_GONE;
	e->seat.left_reason = reason;
	e->seat.gone_us = r->now_us;
	if (e->seat.lost_us == 0)
		e->seat.lost_us = r->now_us;
	present_remove(r, e);
	r->version++;
	shut(r, e);
	give_up(r, e, reason);
	if (r->host == e)
		room_tell_room(r);
	if (reason == LEAVE_REMOVED || reason == LEAVE_ENDED)
		room_tell_ended(r, e, reason);
	if (is_fleeting(r, e))
		seats_forget(r, e);
}

void effect_role(struct room *r, struct entry *e, enum role role, bool acting)
{
	role_put(r, e, role, acting);
	switch_off(&e->seat, seat_blocks(&e->seat));
	e->seat.on &= seat_publishable(&e->seat, room_state(r));
	gates_settle(r, e);
}

void effect_block(struct room *r, struct entry *e, enum seat_source source, bool blocked)
{
	uint8_t bit = (uint8_t)SEAT_BIT(source);

	if (blocked) {
		e->seat.blocked |= bit;
		switch_off(&e->seat, bit);
	} else {
		e->seat.blocked &= (uint8_t)~bit;
		e->seat.denied &= (uint8_t)~source_rule_mask(source);
		if (source == SEAT_MIC)
			e->seat.room_muted = false;
	}
	gates_settle(r, e);
}

void effect_source(struct room *r, struct entry *e, enum seat_source source, bool on)
{
	if (on)
		e->seat.on |= (uint8_t)SEAT_BIT(source);
	else
		e->seat.on &= (uint8_t)~SEAT_BIT(source);
	gates_settle(r, e);
}
