/* Coming and going. */
#include "classroom/room_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/utf8.h"

#define ID_TRIES 16

static bool join_is_good(const struct join *j)
{
	return utf8_fits(j->key, SEAT_KEY_BYTES) && j->key[0] && (!j->via || utf8_fits(j->via, SEAT_KEY_BYTES)) &&
	       utf8_fits(j->name, SEAT_NAME_BYTES) && utf8_is_name(j->name) && utf8_fits(j->org, SEAT_ORG_BYTES) &&
	       j->site >= 0 && j->n_orgs <= SEAT_ORGS_MAX && (!j->person || utf8_fits(j->person, PERSON_ID_BYTES)) &&
	       (unsigned)j->kind < SEAT_KINDS && (unsigned)j->granted < ROLES;
}

/* Was it host by a grant that is gone. */
static bool lost_host(const struct room *r, const struct join *j, const struct entry *known)
{
	return known && (known == r->host || known == r->rightful) && known->seat.granted == ROLE_HOST && j->granted != ROLE_HOST;
}

static enum role browser_role(const struct room *r, const struct join *j, const struct entry *known)
{
	if (known && (known == r->host || known == r->rightful) && !lost_host(r, j, known))
		return ROLE_HOST;
	if (j->granted == ROLE_HOST && host_is_free(r))
		return ROLE_HOST;
	if (known && known->seat.granted == j->granted)
		return known->seat.role;
	return j->granted == ROLE_HOST ? ROLE_COHOST : j->granted;
}

static enum role role_for(const struct room *r, const struct join *j, const struct entry *known)
{
	switch (j->kind) {
	case SEAT_WHIP:
		return ROLE_PRESENTER;
	case SEAT_WHEP:
		return j->granted == ROLE_INSPECTOR ? ROLE_INSPECTOR : ROLE_VIEWER;
	default:
		return browser_role(r, j, known);
	}
}

/* Whether whoever is granted this may come in by this kind of connection, now. */
static enum verdict may_join(const struct room *r, const struct join *j, const struct entry *known, enum role role)
{
	enum role as = j->kind == SEAT_BROWSER ? j->granted : role;
	bool present = known && seat_present(&known->seat);

	if (!r->open)
		return VERDICT_ENDED;
	if (bar_has(r->bars, j->key) || (j->via && j->via[0] && bar_has(r->bars, j->via)))
		return VERDICT_REMOVED;
	if (j->kind == SEAT_WHIP && !permission_allows(j->granted, ACTION_PUBLISH_CAMERA, ROOM_OPEN))
		return VERDICT_FORBIDDEN;
	if (!known && !permission_allows(as, ACTION_JOIN, room_state(r)))
		return r->locked ? VERDICT_LOCKED : VERDICT_FORBIDDEN;
	if (!present && r->n_present >= r->seats_max)
		return VERDICT_FULL;
	if (!known && HASH_CNT(hh_id, r->by_id) >= ROOM_KNOWN_MAX && !seats_forgettable(r))
		return VERDICT_FULL;
	return VERDICT_OK;
}

/* What is on at the start: as wanted, as far as role, blocks and the room's mute let it. */
static uint8_t initial_on(const struct room *r, const struct join *j, const struct entry *known, enum role role)
{
	struct seat as = { .kind = j->kind, .role = role };
	uint8_t wanted = (uint8_t)((j->mic ? SEAT_BIT(SEAT_MIC) : 0) | (j->camera ? SEAT_BIT(SEAT_CAMERA) : 0));
	bool allowed = known && r->mute == ROOM_MUTE_HARD && !known->seat.room_muted && !role_leads(known->seat.role);

	if (j->kind == SEAT_WHIP)
		return seat_publishable(&as, room_state(r));
	if (r->mute != ROOM_MUTE_NONE && !role_leads(role) && !allowed)
		wanted &= (uint8_t)~SEAT_BIT(SEAT_MIC);
	if (known && role != ROLE_HOST)
		wanted &= (uint8_t)~known->seat.blocked;
	return wanted & seat_publishable(&as, room_state(r));
}

static int new_id(struct room *r, char ret[SEAT_ID_BYTES])
{
	uint64_t id;

	for (unsigned i = 0; i < ID_TRIES; i++) {
		r->random(r->user, &id, sizeof(id));
		snprintf(ret, SEAT_ID_BYTES, "%016llx", (unsigned long long)id);
		if (!seats_find(r, ret))
			return 0;
	}
	return -ENOMEM;
}

/* Everything that may fail: the seat if it is new, its texts, its place among the present. */
static int prepare(struct room *r, const struct joined_payload *p, struct entry **e, struct seat_texts *ret)
{
	struct seat_texts texts;
	char id[SEAT_ID_BYTES];

	if (seats_reserve(r) < 0 || seat_texts_init(&texts, p) < 0)
		return -ENOMEM;
	if (!*e && (new_id(r, id) < 0 || seats_add(r, e, id, p) < 0)) {
		seat_texts_done(&texts);
		return -ENOMEM;
	}
	*ret = texts;
	return 0;
}

enum verdict room_join(struct room *r, struct instant now, const struct join *join, struct joined *ret)
{
	struct entry *known, *e;
	struct joined_payload p;
	struct seat_texts texts;
	struct joined joined;
	enum verdict v;
	bool passes;

	if (!join_is_good(join))
		return VERDICT_BAD;
	r->now_us = now.boot_us;
	known = e = seats_find_key(r, join->key, join->kind);
	p = (struct joined_payload){ .key = join->key, .via = join->via ? join->via : "", .name = join->name, .org = join->org,
		                     .site = join->site, .person = join->person ? join->person : "",
		                     .role = role_for(r, join, known), .granted = join->granted, .kind = join->kind, .by_link = join->by_link };
	p.acting = p.role == ROLE_HOST && known != r->host && (!known || known != r->rightful) && host_acts(r);
	p.n_orgs = join->n_orgs;
	memcpy(p.orgs, join->orgs, sizeof(p.orgs));
	p.on = initial_on(r, join, known, p.role);
	v = may_join(r, join, known, p.role);
	if (v != VERDICT_OK)
		return v;
	if (prepare(r, &p, &e, &texts) < 0)
		return VERDICT_NO_MEMORY;
	v = room_record(r, now, EVENT_SEAT_JOINED, e->seat.id, "", payload_write_joined(&p));
	if (v != VERDICT_OK) {
		seat_texts_done(&texts);
		if (!known)
			seats_forget(r, e);
		return v;
	}
	passes = lost_host(r, join, known);
	joined = (struct joined){ &e->seat, known && seat_present(&e->seat), known != NULL };
	effect_join(r, e, &p, &texts);
	if (passes)
		host_pass(r, now);
	*ret = joined;
	return VERDICT_OK;
}

void room_away(struct room *r, struct instant now, const char *seat)
{
	struct entry *e = seats_find(r, seat);

	if (!e || e->seat.presence != PRESENCE_HERE)
		return;
	r->now_us = now.boot_us;
	(void)room_record(r, now, EVENT_SEAT_AWAY, e->seat.id, "", json_object());
	effect_presence(r, e, PRESENCE_AWAY);
}

enum verdict room_return(struct room *r, struct instant now, const char *seat)
{
	struct entry *e = seats_find(r, seat);

	if (!e || !seat_present(&e->seat))
		return VERDICT_NO_SEAT;
	if (e->seat.presence == PRESENCE_HERE)
		return VERDICT_OK;
	r->now_us = now.boot_us;
	(void)room_record(r, now, EVENT_SEAT_RETURNED, e->seat.id, "", json_object());
	effect_presence(r, e, PRESENCE_HERE);
	host_tick(r, now);
	return VERDICT_OK;
}

void room_leave(struct room *r, struct instant now, const char *seat, enum leave_reason reason)
{
	struct entry *e = seats_find(r, seat);

	if (!e || !seat_present(&e->seat))
		return;
	r->now_us = now.boot_us;
	(void)room_record(r, now, EVENT_SEAT_LEFT, e->seat.id, "", json_pack("{s:s}", "reason", leave_reason_name(reason)));
	effect_leave(r, e, reason);
	if (reason == LEAVE_LEFT && r->open)
		host_tick(r, now);
}
