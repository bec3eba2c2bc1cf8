/* See look_tell.h. */
#include "media/base/hash.h"
#include "signaling/look_tell.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "attendance/authority.h"
#include "attendance/policy_lookup.h"
#include "media/base/clock.h"
#include "signaling/meeting.h"
#include "signaling/room_right.h"
#include "signaling/server.h"
#include "signaling/wall.h"

/* The organisation and person of an account; of an own seat without one (a phone's) the pseudonym says whose it is. */
static void place_of_account(const struct server *s, const struct seat *seat, int64_t *ret_org, int64_t *ret_person)
{
	const struct account *a = NULL;
	const struct person *p = *seat->person ? directory_pseudonym(s->directory, seat->person) : NULL;
	int64_t account;

	if (sscanf(seat->key, "account:%" SCNd64, &account) == 1)
		a = directory_account(s->directory, account);
	if (p || a) {
		*ret_org = p ? p->last_org : a->org;
		*ret_person = p ? p->id : a->person;
	}
}

void look_place(const struct server *s, const char *room, const char *seat, int64_t *ret_org, int64_t *ret_person)
{
	const struct meeting *m = server_find_meeting(s, room);
	const struct seat *there = m ? room_seat(m->room, seat) : NULL;
	struct room_place place = { 0 };

	room_place(s, room, &place);
	*ret_org = place.org;
	*ret_person = 0;
	if (there && there->site)
		*ret_org = there->site;
	else if (there)
		place_of_account(s, there, ret_org, ret_person);
}

bool look_is_told(const struct server *s, int64_t org)
{
	return policy_at(s->directory, org, POLICY_TELL_SITES_OF_LOOKS, clock_wall_us()).value != 0;
}

/* Of the grant that lets the account watch there; where the room's right is another, the account's own. 0: none. */
static int64_t org_of_looker(const struct server *s, int64_t account, int64_t org)
{
	struct principal who = principal_of(s->directory, account);
	const struct account *a = directory_account(s->directory, account);
	const struct fact *grant = NULL;
	int64_t id;

	if (may(s->directory, &who, ACT_WATCH, target_org(org), clock_wall_us(), &id) == 0)
		grant = directory_fact(s->directory, FACT_GRANT, id);
	return grant ? grant->org : a ? a->org : 0;
}

static void add_org(struct looked_at *l, int64_t org)
{
	size_t at = 0;

	while (at < l->n && l->orgs[at] < org)
		at++;
	if (org <= 0 || l->n == LOOKERS_MAX || (at < l->n && l->orgs[at] == org))
		return;
	memmove(&l->orgs[at + 1], &l->orgs[at], (l->n - at) * sizeof(l->orgs[0]));
	l->orgs[at] = org;
	l->n++;
}

/* One's own wall is no news to oneself. */
static struct looked_at find_looks(const struct meeting *m, const struct client *c)
{
	struct looked_at found = { .round = c->looks.round };
	const struct wall_slot *slot;
	int64_t org, person;

	look_place(m->server, m->id, c->seat, &org, &person);
	if (!look_is_told(m->server, org))
		return found;
	DL_FOREACH(m->watched, slot) {
		int64_t account = slot->wall->dialog.account;

		if (strcmp(slot->want.seat, c->seat) != 0 || (c->dialog.account && account == c->dialog.account))
			continue;
		found.looking = true;
		add_org(&found, org_of_looker(m->server, account, org));
	}
	return found;
}

static bool same(const struct looked_at *a, const struct looked_at *b)
{
	return a->looking == b->looking && a->n == b->n && memcmp(a->orgs, b->orgs, a->n * sizeof(a->orgs[0])) == 0;
}

static json_t *write_looks(const struct server *s, const struct looked_at *l)
{
	json_t *orgs = json_array();

	for (size_t i = 0; i < l->n; i++) {
		const struct org *o = directory_org(s->directory, l->orgs[i]);

		if (o)
			json_array_append_new(orgs, json_string(o->name));
	}
	return json_pack("{s:b, s:o}", "looking", l->looking, "orgs", orgs);
}

static void tell(struct client *c)
{
	struct looked_at now = find_looks(c->meeting, c);

	if (same(&now, &c->looks))
		return;
	c->looks = now;
	client_send_event(c, "looks", write_looks(c->server, &now));
}

void look_tell(struct meeting *m, const char *seat)
{
	struct client *c = meeting_client(m, seat);

	if (c && !m->server->closing)
		tell(c);
}

void look_tell_anew(struct client *c)
{
	c->looks = (struct looked_at){ 0 };
	look_tell(c->meeting, c->seat);
}

void look_tell_all(struct server *s)
{
	uint64_t round = ++s->look_round;
	struct meeting *m, *next;

	HASH_ITER(hh, s->meetings, m, next) {
		const struct wall_slot *slot;

		DL_FOREACH(m->watched, slot) {
			struct client *c = meeting_client(m, slot->want.seat);

			if (!c || c->looks.round == round || s->closing)
				continue;
			c->looks.round = round;
			tell(c);
		}
	}
}
