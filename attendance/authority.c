/* See authority.h. */
#include "attendance/authority.h"

#include <errno.h>

#include "media/base/mem.h"

struct principal principal_of(const struct directory *d, int64_t account)
{
	const struct account *a = directory_account(d, account);

	if (!a)
		return (struct principal){ 0 };
	return (struct principal){ .account = a->id, .person = a->person, .org = a->person ? 0 : a->org };
}

static bool covers(const struct directory *d, const struct fact *grant, enum act_kind act, int64_t org)
{
	return grant->flag ? directory_is_below(d, org, grant->org) : grant->org == org && !act_needs_subtree(act);
}

/* The grant of a person that allows the act at an organisation now; NULL for none. */
static const struct fact *grant_at(const struct directory *d, int64_t person, enum act_kind act, int64_t org, int64_t now_us)
{
	const struct fact *g = NULL;
	enum grant_role role;

	while (person && (g = directory_person_fact(d, person, FACT_GRANT, g)))
		if (fact_holds(g, now_us) && grant_role_parse(&role, g->text) && grant_role_allows(role, act) && covers(d, g, act, org))
			return g;
	return NULL;
}

static bool sees_org(const struct directory *d, const struct principal *viewer, int64_t org, int64_t now_us)
{
	const struct fact *m;

	if (!directory_org(d, org))
		return false;
	if (viewer->org == org)
		return true;
	m = directory_membership(d, viewer->person, org);
	return (m && fact_holds(m, now_us)) || grant_at(d, viewer->person, ACT_ORG_VIEW, org, now_us);
}

static const struct fact *grant_over_person(const struct directory *d, const struct principal *viewer, enum act_kind act, int64_t person, int64_t now_us)
{
	const struct fact *m = NULL, *g = NULL;
	bool belongs = false;

	while (!g && (m = directory_person_fact(d, person, FACT_MEMBERSHIP, m))) {
		if (!fact_holds(m, now_us))
			continue;
		belongs = true;
		g = grant_at(d, viewer->person, act, m->org, now_us);
	}
	return belongs ? g : grant_at(d, viewer->person, act, directory_person(d, person)->last_org, now_us);
}

static bool sees_person(const struct directory *d, const struct principal *viewer, int64_t person, int64_t now_us)
{
	const struct person *p = directory_person(d, person);

	if (!p)
		return false;
	return viewer->person == person || grant_over_person(d, viewer, ACT_PERSON_VIEW, person, now_us);
}

bool can_see(const struct directory *d, const struct principal *viewer, struct target target, int64_t now_us)
{
	if (!viewer->account || target.id <= 0)
		return false;
	return target.kind == TARGET_ORG ? sees_org(d, viewer, target.id, now_us) : sees_person(d, viewer, target.id, now_us);
}

int sight_init(struct sight *ret, const struct directory *d, const struct principal *viewer, int64_t now_us)
{
	size_t n = directory_n_orgs(d) + 1;
	bool *orgs = mem_calloc(n, sizeof(*orgs));
	const struct org *o = NULL;

	*ret = (struct sight){ .directory = d, .viewer = orgs ? *viewer : (struct principal){ 0 }, .now_us = now_us, .n = n, .orgs = orgs };
	if (!orgs)
		return -ENOMEM;
	while ((o = directory_next_org(d, o)))
		if (o->first > 0 && o->first < n)
			orgs[o->first] = grant_at(d, viewer->person, ACT_PERSON_VIEW, o->id, now_us) != NULL;
	return 0;
}

void sight_done(struct sight *s)
{
	s->orgs = mem_free(s->orgs);
	s->viewer = (struct principal){ 0 };
}

static bool views_people_of(const struct sight *s, int64_t org)
{
	const struct org *o = directory_org(s->directory, org);

	if (!o || o->first == 0 || o->first >= s->n)
		return grant_at(s->directory, s->viewer.person, ACT_PERSON_VIEW, org, s->now_us) != NULL;
	return s->orgs[o->first];
}

bool sight_has(const struct sight *s, const struct person *p)
{
	const struct fact *m = NULL;
	bool belongs = false;

	if (!s->viewer.account)
		return false;
	if (s->viewer.person == p->id)
		return true;
	while ((m = directory_fact_of(p, FACT_MEMBERSHIP, m))) {
		if (!fact_holds(m, s->now_us))
			continue;
		belongs = true;
		if (views_people_of(s, m->org))
			return true;
	}
	return !belongs && views_people_of(s, p->last_org);
}

int may(const struct directory *d, const struct principal *actor, enum act_kind act, struct target target, int64_t now_us, int64_t *ret_grant)
{
	int64_t org = target.id;
	const struct fact *g;

	if (!can_see(d, actor, target, now_us))
		return -ENOENT;
	if (target.kind == TARGET_PERSON)
		org = directory_person(d, target.id)->last_org;
	g = grant_at(d, actor->person, act, org, now_us);
	/* Viewing asks for no more than seeing does: any of the memberships. */
	if (!g && target.kind == TARGET_PERSON && act == ACT_PERSON_VIEW)
		g = grant_over_person(d, actor, act, target.id, now_us);
	if (!g)
		return -EACCES;
	*ret_grant = g->id;
	return 0;
}

bool may_anywhere(const struct directory *d, const struct principal *actor, enum act_kind act, int64_t now_us)
{
	const struct fact *g = NULL;
	enum grant_role role;

	while (actor->person && (g = directory_person_fact(d, actor->person, FACT_GRANT, g)))
		if (fact_holds(g, now_us) && grant_role_parse(&role, g->text) && grant_role_allows(role, act) && (g->flag || !act_needs_subtree(act)))
			return true;
	return false;
}
