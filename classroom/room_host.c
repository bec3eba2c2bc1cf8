/*
 * Roles, and who is host. See room.h.
 *
 *   host's line dies ── HOST_GRACE_US ──► acting host: a co-host, else a presenter, else who was granted `host`; each the one that came first
 *   host leaves on purpose ── at once ──► host, likewise
 *   comes back ─────────────────────────► host again, and who acted is what it was before
 */
#include "classroom/room_floor.h"
#include "classroom/room_state.h"

#include "media/base/macros.h"

bool mute_covers(const struct room *r, const struct seat *s)
{
	if (role_leads(s->role) || r->mute == ROOM_MUTE_NONE)
		return false;
	if (r->mute == ROOM_MUTE_HARD)
		return source_rules_say(&r->rules, s, SEAT_MIC) != RULE_ALLOW;
	return s->kind == SEAT_WHIP;
}

/* What follows from a role: blocks, hand, floor, stage. */
static void follow_role(struct room *r, struct entry *e, enum role before)
{
	enum role role = e->seat.role;

	if (role_leads(before) != role_leads(role))
		e->seat.room_muted = mute_covers(r, &e->seat);
	if (before != role)
		rules_settle(r, e);     /* who comes back as the same keeps what was allowed in spite of a rule */
	if (!permission_allows(role, ACTION_RAISE_HAND, ROOM_OPEN))
		effect_hand_down(r, e);
	if (r->floor.holder == e && !permission_allows(role, ACTION_PUBLISH_MIC, ROOM_OPEN))
		effect_floor_end(r);
	if (!permission_allows(role, ACTION_BE_SEEN, ROOM_OPEN))
		stage_forget(r, e);
}

static void step_down(struct room *r, struct entry *e)
{
	struct seat *s = &e->seat;

	s->role = s->acting ? s->before : ROLE_COHOST;
	s->acting = false;
	follow_role(r, e, ROLE_HOST);
	if (s->kind != SEAT_WHIP)
		s->on &= (uint8_t)~seat_blocks(s);
	s->on &= seat_publishable(s, room_state(r));
	if (seat_present(s))
		gates_settle(r, e);
}

static void become_host(struct room *r, struct entry *e, enum role before, bool acting)
{
	struct entry *old = r->host;

	if (old != e) {
		if (e == r->rightful || !acting)
			r->rightful = NULL;
		else if (!r->rightful)
			r->rightful = old;
		e->seat.acting = r->rightful != NULL;
		e->seat.before = before;
	}
	r->host = e;
	room_tell_room(r);
	e->seat.blocked = 0;
	if (old && old != e)
		step_down(r, old);
}

void role_put(struct room *r, struct entry *e, enum role role, bool acting)
{
	bool is_new = !e->seat.known;
	enum role before = is_new ? ROLE_COHOST : e->seat.role, was = e->seat.role;

	if (role == ROLE_PRESENTER && before != ROLE_PRESENTER) {
		e->seat.down = false;
		if (r->stage.entry == e)
			stage_forget_site(r, e);
	}
	e->seat.role = role;
	e->seat.known = true;
	if (before != role)
		room_tell_hands(r);     /* others may see them now */
	follow_role(r, e, was);
	if (role == ROLE_HOST)
		become_host(r, e, before, acting);
	else
		host_forget(r, e);
}

void host_forget(struct room *r, struct entry *e)
{
	if (r->host == e)
		r->host = NULL;
	if (r->rightful != e)
		return;
	r->rightful = NULL;
	if (r->host)
		r->host->seat.acting = false;
}

/* ---- succession ---- */

bool host_may_be(const struct entry *e)
{
	return e->seat.kind == SEAT_BROWSER && !e->seat.by_link && e->seat.role != ROLE_VIEWER && e->seat.role != ROLE_INSPECTOR;
}

static bool is_here(const struct entry *e)
{
	return e->seat.presence == PRESENCE_HERE;
}

/* It went, and wanted to. */
static bool left(const struct seat *s)
{
	return !seat_present(s) && s->left_reason == LEAVE_LEFT;
}

bool host_is_free(const struct room *r)
{
	const struct seat *host = r->host ? &r->host->seat : NULL;

	if (!host || left(host))
		return true;
	return host->presence != PRESENCE_HERE && r->now_us - host->lost_us >= HOST_GRACE_US;
}

bool host_acts(const struct room *r)
{
	return r->rightful || (r->host && !left(&r->host->seat));
}

/* The lower the sooner; -1 never. */
static int turn_of(const struct entry *e)
{
	if (e->seat.role == ROLE_COHOST)
		return 0;
	if (e->seat.role == ROLE_PRESENTER)
		return 1;
	return e->seat.granted == ROLE_HOST ? 2 : -1;
}

static bool goes_before(const struct entry *a, const struct entry *b)
{
	int turn_a = turn_of(a), turn_b = turn_of(b);

	return turn_a != turn_b ? turn_a < turn_b : a->seat.joined_us < b->seat.joined_us;
}

static struct entry *first_in_turn(const struct room *r)
{
	struct entry *best = NULL;

	for (size_t i = 0; i < r->n_present; i++) {
		struct entry *e = r->present[i];

		if (e == r->host || !is_here(e) || !host_may_be(e) || turn_of(e) < 0)
			continue;
		if (!best || goes_before(e, best))
			best = e;
	}
	return best;
}

static struct entry *successor(const struct room *r)
{
	return r->host && !is_here(r->host) ? first_in_turn(r) : NULL;
}

static void make_host(struct room *r, struct instant now, struct entry *e, bool acting)
{
	if (room_record(r, now, EVENT_SEAT_ROLE, e->seat.id, "", payload_write_role(ROLE_HOST, acting)) != VERDICT_OK)
		return;         /* again at the next tick */
	effect_role(r, e, ROLE_HOST, acting);
	room_tell_notice_by(r, e, acting ? NOTICE_ACTING_HOST : NOTICE_YOU_ARE_HOST, "");
}

void host_pass(struct room *r, struct instant now)
{
	struct entry *next = r->host ? NULL : first_in_turn(r);

	if (next)
		make_host(r, now, next, false);
}

void host_tick(struct room *r, struct instant now)
{
	struct entry *next;

	if (r->rightful && is_here(r->rightful)) {
		make_host(r, now, r->rightful, false);
		return;
	}
	next = host_is_free(r) ? successor(r) : NULL;
	if (next)
		make_host(r, now, next, host_acts(r));
}

int64_t host_due_us(const struct room *r)
{
	if (r->rightful && is_here(r->rightful))
		return r->now_us;
	if (!successor(r))
		return INT64_MAX;
	return left(&r->host->seat) ? r->now_us : r->host->seat.lost_us + HOST_GRACE_US;
}
