/* A room's making and reading. See room.h. */
#include "classroom/room_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/utf8.h"

static bool cfg_is_good(const struct room_cfg *cfg)
{
	return utf8_fits(cfg->id, ROOM_ID_BYTES) && cfg->id[0] && utf8_fits(cfg->title, ROOM_TITLE_BYTES) &&
	       utf8_fits(cfg->org, SEAT_ORG_BYTES) && cfg->random && cfg->events;
}

int room_create(struct room **ret, const struct room_cfg *cfg)
{
	struct room *r;

	if (!cfg_is_good(cfg))
		return -EINVAL;
	r = mem_zalloc(sizeof(*r));
	if (!r)
		return -ENOMEM;
	r->events = cfg->events;
	r->user = cfg->user;
	r->random = cfg->random;
	snprintf(r->id, sizeof(r->id), "%s", cfg->id);
	snprintf(r->title, sizeof(r->title), "%s", cfg->title);
	snprintf(r->org, sizeof(r->org), "%s", cfg->org);
	r->opens_as_lobby = cfg->lobby;
	r->seats_max = cfg->seats_max ? cfg->seats_max : ROOM_SEATS_MAX;
	*ret = r;
	return 0;
}

struct room *room_destroy(struct room *r)
{
	if (!r)
		return NULL;
	seats_clear(r);
	bar_clear(&r->bars);
	chat_clear(&r->chat);
	mem_free(r->present);
	for (unsigned i = 0; i < LIVE_LISTS; i++)
		mem_free(r->live[i]);
	return mem_free(r);
}

static void random_id(struct room *r, char ret[ROOM_EPOCH_BYTES])
{
	uint64_t id;

	r->random(r->user, &id, sizeof(id));
	snprintf(ret, ROOM_EPOCH_BYTES, "%016llx", (unsigned long long)id);
}

enum verdict room_open(struct room *r, struct instant now)
{
	char epoch[ROOM_EPOCH_BYTES];
	enum verdict v;

	if (r->open)
		return VERDICT_OK;
	r->now_us = now.boot_us;
	random_id(r, epoch);
	v = room_record(r, now, EVENT_ROOM_OPENED, "", "",
	           json_pack("{s:s, s:s, s:s, s:o*}", "title", r->title, "org", r->org, "epoch", epoch, "lobby", r->opens_as_lobby ? json_true() : NULL));
	if (v == VERDICT_OK)
		effect_open(r, epoch, r->opens_as_lobby, now.wall_us);
	return v;
}

void room_admit(struct room *r, struct instant now)
{
	r->now_us = now.boot_us;
	if (r->open && r->lobby)
		effect_admit(r);
}

const char *room_id(const struct room *r)
{
	return r->id;
}

const char *room_title(const struct room *r)
{
	return r->title;
}

const char *room_org(const struct room *r)
{
	return r->org;
}

const char *room_epoch(const struct room *r)
{
	return r->epoch;
}

int64_t room_opened_us(const struct room *r)
{
	return r->opened_us;
}

enum room_state room_state(const struct room *r)
{
	if (!r->open)
		return ROOM_CLOSED;
	if (r->lobby)
		return ROOM_LOBBY;
	return r->locked ? ROOM_LOCKED : ROOM_OPEN;
}

bool room_ended(const struct room *r)
{
	return r->ended;
}

enum room_mute room_mute_rule(const struct room *r)
{
	return r->mute;
}

size_t room_here(const struct room *r)
{
	return r->n_present;
}

uint64_t room_version(const struct room *r)
{
	return r->version;
}

static struct seat *seat_of(struct entry *e)
{
	return e ? &e->seat : NULL;
}

struct seat *room_seat(const struct room *r, const char *id)
{
	return seat_of(seats_find(r, id));
}

const struct seat *room_next_seat(const struct room *r, const struct seat *after)
{
	const struct entry *e = after ? entry_of(after)->hh_id.next : r->by_id;

	return e ? &e->seat : NULL;
}

struct seat *room_seat_by_key(const struct room *r, const char *key, enum seat_kind kind)
{
	return seat_of(seats_find_key(r, key, kind));
}

bool room_bars(const struct room *r, const char *key)
{
	return bar_has(r->bars, key);
}

struct seat *room_host(const struct room *r)
{
	return seat_of(r->host);
}

bool room_may(const struct room *r, const char *seat, enum action action)
{
	const struct entry *e = seats_find(r, seat);

	return e && seat_present(&e->seat) && permission_allows(e->seat.role, action, room_state(r));
}

/* The first place whose id is greater than `after`. */
static size_t place_after(const struct room *r, const char *after)
{
	size_t lo = 0, hi = r->n_present;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (strcmp(r->present[mid]->seat.id, after) <= 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

size_t room_roster(const struct room *r, const char *after, const struct seat **ret, size_t n)
{
	size_t i = place_after(r, after), count = 0;

	for (; i < r->n_present && count < n; i++)
		ret[count++] = &r->present[i]->seat;
	return count;
}

size_t room_chat_lines(const struct room *r, const struct chat_line **ret, size_t n)
{
	return chat_last(&r->chat, ret, n);
}
