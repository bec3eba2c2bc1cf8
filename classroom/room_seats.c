/* The tables of a room's seats: known by id and by key, present by id, gone by age. */
#include "classroom/room_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "media/base/macros.h"

struct entry *seats_find(const struct room *r, const char *id)
{
	struct entry *found = NULL;

	if (id)
		HASH_FIND(hh_id, r->by_id, id, strlen(id), found);
	return found;
}

struct entry *seats_find_key(const struct room *r, const char *key, enum seat_kind kind)
{
	struct entry *found = NULL;

	if (key && (unsigned)kind < SEAT_KINDS)
		HASH_FIND(hh_key, r->by_key[kind], key, strlen(key), found);
	return found;
}

int seat_texts_init(struct seat_texts *ret, const struct joined_payload *p)
{
	struct seat_texts texts = { .name = mem_strdup(p->name), .org = mem_strdup(p->org), .via = mem_strdup(p->via) };

	if (!texts.name || !texts.org || !texts.via) {
		seat_texts_done(&texts);
		return -ENOMEM;
	}
	*ret = texts;
	return 0;
}

void seat_texts_done(struct seat_texts *texts)
{
	texts->name = mem_free(texts->name);
	texts->org = mem_free(texts->org);
	texts->via = mem_free(texts->via);
}

static struct entry *entry_destroy(struct entry *e)
{
	if (!e)
		return NULL;
	mem_free(e->seat.key);
	mem_free(e->seat.name);
	mem_free(e->seat.org);
	mem_free(e->seat.via);
	mem_free(e->seat.speaker);
	return mem_free(e);
}

DEFINE_CLEANUP(struct entry, entry_destroy)

int seats_add(struct room *r, struct entry **ret, const char *id, const struct joined_payload *p)
{
	CLEANUP(entry_destroyp) struct entry *e = mem_zalloc(sizeof(*e));
	size_t id_len = strlen(id), key_len = strlen(p->key);

	if (!e)
		return -ENOMEM;
	e->seat.key = mem_strdup(p->key);
	if (!e->seat.key)
		return -ENOMEM;
	snprintf(e->seat.id, sizeof(e->seat.id), "%s", id);
	e->seat.kind = p->kind;
	e->seat.presence = PRESENCE_GONE;
	HASH_ADD_KEYPTR(hh_id, r->by_id, e->seat.id, id_len, e);
	if (!HASH_ADDED(hh_id, e))
		return -ENOMEM;
	HASH_ADD_KEYPTR(hh_key, r->by_key[p->kind], e->seat.key, key_len, e);
	if (!HASH_ADDED(hh_key, e)) {
		HASH_DELETE(hh_id, r->by_id, e);
		return -ENOMEM;
	}
	e->seat.number = ++r->last_number;
	*ret = STEAL(e);
	return 0;
}

static void forget_entry(struct room *r, struct entry *e)
{
	e->seat.name[0] = 0;
	effect_hand_down(r, e);
	if (r->floor.holder == e)
		r->floor.speaker[0] = 0;
	chat_forget(&r->chat, e->seat.id);
}

void room_forget(struct room *r, const char *person)
{
	struct entry *e, *next;

	HASH_ITER(hh_id, r->by_id, e, next)
		if (*person && strcmp(e->seat.person, person) == 0)
			forget_entry(r, e);
}

/* Nothing is told: what shows them hears of the seat's end, or of the room's. */
static void leave_lists(struct room *r, struct entry *e)
{
	host_forget(r, e);
	if (e->seat.hand)
		DL_DELETE2(r->hands, e, hand_prev, hand_next);
	if (e->presents)
		DL_DELETE2(r->presenters, e, presenter_prev, presenter_next);
	if (r->floor.holder == e)
		r->floor = (struct floor){ 0 };
	for (size_t i = 0; i < 2; i++) {
		struct chosen *c = i == 0 ? &r->stage : &r->spotlight;

		c->entry = c->entry == e ? NULL : c->entry;
		c->shown = c->shown == e ? NULL : c->shown;
	}
}

void seats_forget(struct room *r, struct entry *e)
{
	if (e->prev)
		DL_DELETE(r->gone, e);
	leave_lists(r, e);
	HASH_DELETE(hh_key, r->by_key[e->seat.kind], e);
	HASH_DELETE(hh_id, r->by_id, e);
	entry_destroy(e);
}

void seats_clear(struct room *r)
{
	struct entry *e, *tmp;

	r->n_present = r->n_live[LIVE_AUDIO] = r->n_live[LIVE_VIDEO] = 0;
	r->voices = NULL;
	HASH_ITER(hh_id, r->by_id, e, tmp)
		seats_forget(r, e);
}

int seats_reserve(struct room *r)
{
	size_t places = r->places ? r->places * 2 : 16;
	void *array;

	if (r->n_present < r->places)
		return 0;
	array = mem_realloc(r->present, places * sizeof(*r->present));
	if (!array)
		return -ENOMEM;
	r->present = array;
	for (unsigned i = 0; i < LIVE_LISTS; i++) {
		array = mem_realloc(r->live[i], 2 * places * sizeof(*r->live[i]));
		if (!array)
			return -ENOMEM;
		r->live[i] = array;
	}
	r->places = places;
	return 0;
}

/* Nothing is lost by forgetting it: it would come back as it would come new. */
static bool is_plain(const struct room *r, const struct entry *e)
{
	const struct seat *s = &e->seat;

	return e != r->host && e != r->rightful && s->role == s->granted && s->blocked == 0 && !s->hand && !s->has_floor && !s->down &&
	       r->stage.entry != e && r->spotlight.entry != e;
}

struct entry *seats_forgettable(const struct room *r)
{
	for (struct entry *e = r->gone; e; e = e->next)
		if (is_plain(r, e))
			return e;
	return NULL;
}
