/* See look_sight.h. */
#include "signaling/look_sight.h"

#include <string.h>

#include "media/base/clock.h"
#include "media/base/mem.h"
#include "signaling/server.h"

static void work_out(struct look_sight *v)
{
	const struct directory *d = v->server->directory;
	const struct org *o = NULL;
	int64_t now_us = clock_wall_us(), grant;

	v->any = false;
	v->round = v->server->rights_round;
	v->n = directory_n_orgs(d) + 1;
	v->orgs = mem_calloc(v->n, sizeof(*v->orgs));
	if (!v->orgs || !may_anywhere(d, &v->who, ACT_WATCH, now_us))
		return;
	while ((o = directory_next_org(d, o)))
		if (o->first > 0 && o->first < v->n)
			v->any = (v->orgs[o->first] = may(d, &v->who, ACT_WATCH, target_org(o->id), now_us, &grant) == 0) || v->any;
}

void look_sight_init(struct look_sight *ret, const struct server *s, int64_t account)
{
	*ret = (struct look_sight){ .server = s, .who = principal_of(s->directory, account) };
	work_out(ret);
}

void look_sight_done(struct look_sight *v)
{
	v->orgs = mem_free(v->orgs);
}

bool look_sight_update(struct look_sight *v)
{
	struct look_sight was = *v;
	bool changed;

	if (v->round == v->server->rights_round)
		return false;
	v->who = principal_of(v->server->directory, v->who.account);
	work_out(v);
	changed = !was.orgs || !v->orgs || was.n != v->n || memcmp(was.orgs, v->orgs, v->n * sizeof(*v->orgs)) != 0;
	mem_free(was.orgs);
	return changed;
}

bool look_sight_has(const struct look_sight *v, int64_t org)
{
	const struct org *o = directory_org(v->server->directory, org);

	return o && v->orgs && o->first > 0 && o->first < v->n && v->orgs[o->first];
}

bool look_sight_has_seat(const struct look_sight *v, int64_t org, int64_t person)
{
	return look_sight_has(v, org) && (!person || can_see(v->server->directory, &v->who, target_person(person), clock_wall_us()));
}
