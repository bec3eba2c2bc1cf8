/* source.rule, source.places: who may switch what on, by role, subtree or site. */
#include <errno.h>

#include "attendance/authority.h"
#include "classroom/room_floor.h"
#include "media/base/hash.h"
#include "media/base/macros.h"
#include "signaling/commands.h"

#define PLACES_MAX 500          /* schema.json */

/* Whether a seat of this room belongs there or below. */
static bool has_seats(const struct room *room, int64_t org)
{
	for (const struct seat *s = NULL; (s = room_next_seat(room, s));)
		for (unsigned k = 0; k < s->n_orgs; k++)
			if (s->orgs[k] == org)
				return true;
	return false;
}

/* Of others the leader learns nothing, nor whether they exist; whose seat will come only later must be in the account's sight. */
static bool may_name(const struct call *c, int64_t org)
{
	struct principal who = principal_of(c->server->directory, c->socket->account);

	return has_seats(c->meeting->room, org) || can_see(c->server->directory, &who, target_org(org), c->now.wall_us);
}

int source_rule_handle(struct call *c)
{
	const json_t *role = json_object_get(c->message.body, "role"), *org = json_object_get(c->message.body, "org");
	bool subtree = json_is_true(json_object_get(c->message.body, "subtree"));
	struct source_rule rule = { .source = call_source(c), .org = json_integer_value(org), .word = (enum rule_word)message_enum(&c->message, "rule", &wire_enum_rule) };
	size_t changed = 0;
	int r;

	if (!role == !org)
		return refuse(&c->why, WIRE_BAD_MESSAGE, "role");
	if (org && rule.word != RULE_CLEAR && !may_name(c, rule.org))
		return refuse(&c->why, WIRE_BAD_MESSAGE, "org");
	rule.scope = role ? RULE_ROLE : subtree ? RULE_SUBTREE : RULE_SITE;
	if (role)
		rule.role = (enum role)message_enum(&c->message, "role", &wire_enum_role);
	r = call_verdict(c, room_rule_source(c->meeting->room, c->now, c->client->seat, &rule, &changed));
	if (r == 0)
		json_object_set_new(c->reply, "changed", json_integer((json_int_t)changed));
	return r;
}

struct place {
	int64_t org;
	size_t seats;
	bool site;
	UT_hash_handle hh;
};

static void forget(struct place **places)
{
	struct place *p, *next;

	HASH_ITER(hh, *places, p, next) {
		HASH_DEL(*places, p);
		mem_free(p);
	}
}

static int count(struct place **places, int64_t org, bool site)
{
	struct place *p;

	HASH_FIND(hh, *places, &org, sizeof(org), p);
	if (!p && !(p = mem_zalloc(sizeof(*p))))
		return -ENOMEM;
	if (p->org == 0) {
		p->org = org;
		HASH_ADD(hh, *places, org, sizeof(p->org), p);
		if (!HASH_ADDED(hh, p)) {
			mem_free(p);
			return -ENOMEM;
		}
	}
	p->seats++;
	p->site = p->site || site;
	return 0;
}

/* Most seats first: what is worth a rule; of as many the one that was made first. */
static int by_seats(const struct place *a, const struct place *b)
{
	if (a->seats != b->seats)
		return a->seats > b->seats ? -1 : 1;
	return a->org < b->org ? -1 : a->org > b->org;
}

static int gather(struct place **places, const struct room *room)
{
	const struct seat *seats[64];
	const char *after = "";
	size_t n;
	int r = 0;

	do {
		n = room_roster(room, after, seats, ARRAY_LEN(seats));
		for (size_t i = 0; i < n; i++)
			for (unsigned k = 0; r == 0 && k < seats[i]->n_orgs; k++)
				r = count(places, seats[i]->orgs[k], k == 0);
		after = n ? seats[n - 1]->id : after;
	} while (r == 0 && n == ARRAY_LEN(seats));
	return r;
}

int source_places_handle(struct call *c)
{
	struct place *places = NULL;
	json_t *list = json_array();
	int r = gather(&places, c->meeting->room);

	HASH_SORT(places, by_seats);
	for (const struct place *p = places; p && json_array_size(list) < PLACES_MAX; p = p->hh.next) {
		const struct org *o = directory_org(c->server->directory, p->org);

		if (o)
			json_array_append_new(list, json_pack("{s:I, s:s, s:I, s:b}", "org", (json_int_t)p->org, "name", o->name, "seats", (json_int_t)p->seats, "site", p->site));
	}
	forget(&places);
	json_object_set_new(c->reply, "places", list);
	return r;
}
