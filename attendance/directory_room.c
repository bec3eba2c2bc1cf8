/* See directory.h, Rooms. Sorted arrays: read often, changed rarely. */
#include "attendance/directory_state.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static_assert(offsetof(struct room_entry, record) == 0, "rooms are handed out as room_record pointers");

static int compare_room_id(const void *key, const void *element)
{
	return strcmp(key, (*(struct room_entry *const *)element)->id);
}

static struct room_entry *room_entry(const struct directory *d, const char *id)
{
	struct room_entry **e = d->n_rooms ? bsearch(id, d->rooms, d->n_rooms, sizeof(*e), compare_room_id) : NULL;

	return e ? *e : NULL;
}

const struct room_record *directory_room(const struct directory *d, const char *id)
{
	struct room_entry *e = room_entry(d, id);

	return e ? &e->record : NULL;
}

const struct room_record *const *directory_rooms(const struct directory *d, size_t *ret_n)
{
	*ret_n = d->n_rooms;
	return (const struct room_record *const *)d->rooms;
}

static int compare_right(const struct right *r, const char *room, int64_t account, int64_t org)
{
	int c = strcmp(r->room, room);

	if (c == 0)
		c = (r->account > account) - (r->account < account);
	return c ? c : (r->org > org) - (r->org < org);
}

/* Of an account or of an organisation; `above`: only one that covers what is below it. */
static const struct right *room_right(const struct directory *d, const char *room, int64_t account, int64_t org, bool above)
{
	size_t lo = 0, hi = d->n_rights;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (compare_right(&d->rights[mid], room, account, org) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo < d->n_rights && above && !d->rights[lo].subtree && compare_right(&d->rights[lo], room, account, org) == 0)
		lo++;
	return lo < d->n_rights && compare_right(&d->rights[lo], room, account, org) == 0 ? &d->rights[lo] : NULL;
}

const char *directory_role(const struct directory *d, const char *room, int64_t account)
{
	const struct account *a = directory_account(d, account);
	const struct right *r;
	const struct org *o;
	size_t depth = 0;

	if (!a)
		return NULL;
	r = room_right(d, room, account, 0, false);
	for (o = directory_org(d, a->org); o && !r && depth < ORG_DEPTH_MAX; o = directory_org(d, o->parent))
		r = room_right(d, room, 0, o->id, depth++ > 0);
	return r ? r->role : NULL;
}

static struct room_entry *room_entry_destroy(struct room_entry *e)
{
	if (!e)
		return NULL;
	mem_free(e->id);
	mem_free(e->title);
	mem_free(e->epoch);
	return mem_free(e);
}

DEFINE_CLEANUP(struct room_entry, room_entry_destroy)

int directory_put_room(struct directory *d, const char *id, const char *title, const char *epoch, struct room_entry **ret)
{
	CLEANUP(room_entry_destroyp) struct room_entry *e = mem_zalloc(sizeof(*e));
	size_t at = 0;

	if (!e)
		return -ENOMEM;
	e->record.id = e->id = mem_strdup(id);
	e->record.title = e->title = mem_strdup(title);
	e->record.epoch = e->epoch = mem_strdup(epoch);
	if (!e->id || !e->title || !e->epoch || directory_grow(&d->rooms, d->n_rooms, sizeof(struct room_entry *)) < 0)
		return -ENOMEM;
	while (at < d->n_rooms && strcmp(d->rooms[at]->id, id) < 0)
		at++;
	memmove(&d->rooms[at + 1], &d->rooms[at], (d->n_rooms - at) * sizeof(struct room_entry *));
	d->n_rooms++;
	*ret = e;
	d->rooms[at] = STEAL(e);
	return 0;
}

int directory_room_opened(struct directory *d, const char *room, const char *title, const char *epoch, int64_t wall_us)
{
	struct room_entry *e = room_entry(d, room);
	CLEANUP(mem_freep) char *copy = NULL;
	int r;

	if (!e) {
		r = directory_put_room(d, room, title, epoch, &e);
		if (r < 0)
			return r;
	} else {
		copy = mem_strdup(epoch);
		if (!copy)
			return -ENOMEM;
		mem_free(e->epoch);
		e->record.epoch = e->epoch = STEAL(copy);
	}
	if (e->record.opened_us == 0 || e->record.ended_us != 0)
		e->record.opened_us = wall_us;
	e->record.ended_us = 0;
	return 0;
}

void directory_room_ended(struct directory *d, const char *room, int64_t wall_us)
{
	struct room_entry *e = room_entry(d, room);

	if (e)
		e->record.ended_us = wall_us;
}

int directory_put_right(struct directory *d, const struct right *right)
{
	struct right r = { .account = right->account, .org = right->org, .subtree = right->subtree };

	if (directory_grow(&d->rights, d->n_rights, sizeof(*d->rights)) < 0)
		return -ENOMEM;
	r.room = mem_strdup(right->room);
	r.role = mem_strdup(right->role);
	d->rights[d->n_rights++] = r;
	return r.room && r.role ? 0 : -ENOMEM;
}

void directory_drop_rooms(struct directory *d)
{
	for (size_t i = 0; i < d->n_rooms; i++)
		room_entry_destroy(d->rooms[i]);
	for (size_t i = 0; i < d->n_rights; i++) {
		mem_free(d->rights[i].room);
		mem_free(d->rights[i].role);
	}
	mem_free(d->rooms);
	mem_free(d->rights);
}
