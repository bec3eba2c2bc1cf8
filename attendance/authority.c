/* See authority.h. */
#include "attendance/authority.h"

#include <errno.h>

#include "attendance/person_state.h"
#include "attendance/policy_lookup.h"
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

/* The grant of a person that allows the act at an organisation now, behind `after`; NULL for none. */
static const struct fact *next_grant(const struct directory *d, int64_t person, enum act_kind act, int64_t org, int64_t now_us, const struct fact *after)
{
	const struct fact *g = after;
	enum grant_role role;

	while (person && (g = directory_person_fact(d, person, FACT_GRANT, g)))
		if (fact_holds(g, now_us) && grant_role_parse(&role, g->text) && grant_role_allows(role, act) && covers(d, g, act, org))
			return g;
	return NULL;
}

static const struct fact *grant_at(const struct directory *d, int64_t person, enum act_kind act, int64_t org, int64_t now_us)
{
	return next_grant(d, person, act, org, now_us, NULL);
}

/* The same for an act that is about persons there: one from above counts where policy lets superiors see persons. */
static const struct fact *grant_over(const struct directory *d, int64_t person, enum act_kind act, int64_t org, int64_t now_us)
{
	const struct fact *first = grant_at(d, person, act, org, now_us), *g = first;

	while (g && g->org != org)
		g = next_grant(d, person, act, org, now_us, g);
	if (g || !first)
		return g;
	return policy_at(d, org, POLICY_PERSON_LEVEL_UPWARD, now_us).value ? first : NULL;
}

/* There may be two at one organisation: one that holds, and one that begins later. */
static bool belongs_to(const struct directory *d, int64_t person, int64_t org, int64_t now_us)
{
	const struct fact *m = NULL;

	while (person && (m = directory_person_fact(d, person, FACT_MEMBERSHIP, m)))
		if (m->org == org && fact_holds(m, now_us))
			return true;
	return false;
}

static bool sees_org(const struct directory *d, const struct principal *viewer, int64_t org, int64_t now_us)
{
	if (!directory_org(d, org))
		return false;
	if (viewer->org == org)
		return true;
	return belongs_to(d, viewer->person, org, now_us) || grant_at(d, viewer->person, ACT_ORG_VIEW, org, now_us);
}

/* By any membership that holds, of who has left by the last main one. `find` is grant_at() or grant_over(). */
static const struct fact *find_over_person(const struct directory *d, const struct principal *viewer, enum act_kind act, int64_t person, int64_t now_us,
                                           const struct fact *(*find)(const struct directory *, int64_t, enum act_kind, int64_t, int64_t))
{
	const struct fact *m = NULL, *g = NULL;
	bool belongs = false;

	while (!g && (m = directory_person_fact(d, person, FACT_MEMBERSHIP, m))) {
		if (!fact_holds(m, now_us))
			continue;
		belongs = true;
		g = find(d, viewer->person, act, m->org, now_us);
	}
	return belongs ? g : find(d, viewer->person, act, directory_person(d, person)->last_org, now_us);
}

static const struct fact *grant_over_person(const struct directory *d, const struct principal *viewer, enum act_kind act, int64_t person, int64_t now_us)
{
	return find_over_person(d, viewer, act, person, now_us, grant_over);
}

/* What a grant must allow for its holder to see the person: of a record that is only kept since it must be, more. */
static enum act_kind view_act(const struct directory *d, const struct person *p, int64_t now_us)
{
	return person_state(d, p, now_us) == PERSON_RESTRICTED ? ACT_PERSON_ERASE : ACT_PERSON_VIEW;
}

static bool sees_person(const struct directory *d, const struct principal *viewer, int64_t person, int64_t now_us)
{
	const struct person *p = directory_person(d, person);

	if (!p)
		return false;
	return viewer->person == person || grant_over_person(d, viewer, view_act(d, p, now_us), person, now_us);
}

bool can_see(const struct directory *d, const struct principal *viewer, struct target target, int64_t now_us)
{
	if (!viewer->account || target.id <= 0)
		return false;
	return target.kind == TARGET_ORG ? sees_org(d, viewer, target.id, now_us) : sees_person(d, viewer, target.id, now_us);
}

bool reaches_person(const struct directory *d, const struct principal *actor, int64_t person, int64_t now_us)
{
	if (!actor->account || !directory_person(d, person))
		return false;
	return actor->person == person || find_over_person(d, actor, ACT_PERSON_VIEW, person, now_us, grant_at);
}

bool can_see_people_of(const struct directory *d, const struct principal *viewer, int64_t org, int64_t now_us)
{
	return viewer->account && grant_over(d, viewer->person, ACT_PERSON_VIEW, org, now_us);
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
			orgs[o->first] = can_see_people_of(d, viewer, o->id, now_us);
	return 0;
}

void sight_done(struct sight *s)
{
	s->orgs = mem_free(s->orgs);
	s->viewer = (struct principal){ 0 };
}

bool sight_covers(const struct sight *s, int64_t org)
{
	const struct org *o = directory_org(s->directory, org);

	if (!o || o->first == 0 || o->first >= s->n)
		return can_see_people_of(s->directory, &s->viewer, org, s->now_us);
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
		if (sight_covers(s, m->org))
			return true;
	}
	if (belongs || !sight_covers(s, p->last_org))
		return false;
	return person_state(s->directory, p, s->now_us) != PERSON_RESTRICTED || grant_over(s->directory, s->viewer.person, ACT_PERSON_ERASE, p->last_org, s->now_us);
}

static bool is_own(const struct principal *actor, enum act_kind act, struct target target)
{
	if (target.kind == TARGET_ORG)
		return actor->org == target.id && act_is_of_own_site(act);
	return actor->person == target.id && act_is_of_oneself(act);
}

int may(const struct directory *d, const struct principal *actor, enum act_kind act, struct target target, int64_t now_us, int64_t *ret_grant)
{
	bool persons = target.kind == TARGET_PERSON || act_is_about_persons(act);
	const struct fact *g;
	int64_t org;

	if (!can_see(d, actor, target, now_us))
		return -ENOENT;
	if (is_own(actor, act, target)) {
		*ret_grant = 0;
		return 0;
	}
	org = target.kind == TARGET_PERSON ? directory_person(d, target.id)->last_org : target.id;
	g = persons ? grant_over(d, actor->person, act, org, now_us) : grant_at(d, actor->person, act, org, now_us);
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
