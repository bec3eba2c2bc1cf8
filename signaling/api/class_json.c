/* Classes as the caller sees them: a plan by who holds it, by those over it, and by whom it invited; of sites and persons only those in sight. */
#include <string.h>

#include "signaling/api_handlers.h"
#include "signaling/api_class.h"
#include "signaling/server.h"

static bool sees(const struct api_call *c, int64_t org)
{
	return can_see(c->directory, &c->who, target_org(org), c->now_us);
}

bool api_sees_class(const struct api_call *c, const struct sitting *t)
{
	enum role role;

	if (sees(c, class_plan(t->class)->org) || sitting_role(t, c->who.account, &role))
		return true;
	for (const struct class_site *s = NULL; (s = class_next_site(t->class, s));)
		if (sees(c, s->id))
			return true;
	return false;
}

static json_t *hosts_json(const struct api_call *c, const struct class_plan *p)
{
	json_t *list = json_array();
	const json_t *host;
	size_t i;

	json_array_foreach(p->hosts, i, host) {
		const struct account *a = directory_account(c->directory, json_integer_value(host));

		if (a && a->person)
			json_array_append_new(list, json_pack("{s:I, s:s}", "person", (json_int_t)a->person, "name", a->name));
	}
	return list;
}

/* How many belong to a site, and came, is for who answers for it: a member knows the organisation, and no figures of it. */
static bool tells_figures(const struct api_call *c, int64_t site)
{
	int64_t grant;

	return may(c->directory, &c->who, ACT_REPORT_VIEW, target_org(site), c->now_us, &grant) == 0;
}

/* What those sites add up to. NULL: none, or no memory. */
static json_t *count_json(const struct api_call *c, const struct class *k)
{
	size_t n = class_n_sites(k), i = 0, sites = 0;
	struct class_count *counts = mem_calloc(MAX(n, (size_t)1), sizeof(*counts)), sum = { 0 };
	json_t *j = NULL;

	if (counts && class_count(k, counts) == 0) {
		for (const struct class_site *s = NULL; (s = class_next_site(k, s)); i++) {
			if (!tells_figures(c, s->id))
				continue;
			sites++;
			sum.expected += counts[i].expected;
			sum.arrived += counts[i].arrived;
			sum.on_leave += counts[i].on_leave;
			sum.unproved += counts[i].unproved;
		}
		j = sites == 0 ? NULL : json_pack("{s:I, s:I, s:I, s:I, s:I}", "sites", (json_int_t)sites, "expected", (json_int_t)sum.expected, "arrived", (json_int_t)sum.arrived,
		              "on_leave", (json_int_t)sum.on_leave, "unproved", (json_int_t)sum.unproved);
	}
	mem_free(counts);
	return j;
}

/* The sites whose answer the caller may give. */
static json_t *own_sites_json(const struct api_call *c, const struct class *k)
{
	json_t *list = json_array();
	int64_t grant;

	for (const struct class_site *s = NULL; (s = class_next_site(k, s));) {
		const struct org *o = directory_org(c->directory, s->id);

		if (!o || !api_acts_for_site(c, ACT_CLASS_ANSWER, s->id, &grant))
			continue;
		if (json_array_size(list) < API_OWN_SITES_MAX)
			json_array_append_new(list, json_pack("{s:I, s:s, s:s}", "site", (json_int_t)s->id, "name", o->name, "answer", site_answer_name(s->answer)));
	}
	return list;
}

json_t *api_class_row(const struct api_call *c, const struct sitting *t)
{
	const struct class_plan *p = class_plan(t->class);
	const struct org *o = directory_org(c->directory, p->org);
	enum role role;
	bool enters = sitting_role(t, c->who.account, &role);

	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:b, s:I, s:I, s:s?, s:o*, s:o}", "id", (json_int_t)t->number, "room", class_room(t->class),
	                 "title", p->title, "org_name", o ? o->name : "", "kind", p->kind, "campaign", p->campaign, "way", p->way, "zone", p->zone, "start_ms",
	                 (json_int_t)(p->start_us / 1000), "end_ms", (json_int_t)(p->end_us / 1000), "state", class_state_name(class_state(t->class)), "not_held",
	                 class_not_held(t->class, c->now_us), "opened_ms",
	                 (json_int_t)(class_opened_us(t->class) / 1000), "closed_ms", (json_int_t)(class_closed_us(t->class) / 1000), "role",
	                 enters ? role_name(role) : NULL, "count", count_json(c, t->class), "own_sites", own_sites_json(c, t->class));
}

/* Where the class is held, or at a site of the caller's. */
static bool may_roster(const struct api_call *c, const struct sitting *t)
{
	int64_t grant;

	if (may(c->directory, &c->who, ACT_CLASS_ROSTER, target_org(class_plan(t->class)->org), c->now_us, &grant) == 0)
		return true;
	for (const struct class_site *s = NULL; may_anywhere(c->directory, &c->who, ACT_CLASS_ROSTER, c->now_us) && (s = class_next_site(t->class, s));)
		if (may(c->directory, &c->who, ACT_CLASS_ROSTER, target_org(s->id), c->now_us, &grant) == 0)
			return true;
	return false;
}

json_t *api_class_json(const struct api_call *c, const struct sitting *t)
{
	const struct class_plan *p = class_plan(t->class);
	json_t *j = api_class_row(c, t);
	int64_t grant;

	if (!j)
		return NULL;
	json_object_set_new(j, "subject", json_string(p->subject));
	json_object_set_new(j, "subtree", json_boolean(p->subtree));
	json_object_set_new(j, "agenda", p->agenda ? json_deep_copy(p->agenda) : json_array());
	json_object_set_new(j, "hosts", hosts_json(c, p));
	json_object_set_new(j, "roster", json_integer(class_roster(t->class)));
	json_object_set_new(j, "may_roster", json_boolean(may_roster(c, t)));
	if (json_is_true(json_object_get(j, "may_roster")))     /* what was written there may be about persons */
		json_object_set_new(j, "roster_why", json_string(class_roster_why(t->class)));
	json_object_set_new(j, "minutes", json_integer(class_minutes(t->class)));
	json_object_set_new(j, "may_change", json_boolean(may(c->directory, &c->who, ACT_CLASS_PLAN, target_org(p->org), c->now_us, &grant) == 0));
	if (sees(c, p->org))
		json_object_set_new(j, "org", json_integer(p->org));
	if (sees(c, p->target))
		json_object_set_new(j, "target", json_integer(p->target));
	return j;
}

json_t *api_class_site_json(const struct api_call *c, const struct class_site *s, const struct class_count *n)
{
	const struct org *o = directory_org(c->directory, s->id);
	const struct org *above = o ? directory_org(c->directory, o->parent) : NULL;
	json_t *j = json_pack("{s:I, s:s, s:s, s:s}", "site", (json_int_t)s->id, "name", o ? o->name : "", "answer", site_answer_name(s->answer), "why", s->why);

	if (j && tells_figures(c, s->id))
		json_object_update_new(j, json_pack("{s:I, s:I, s:I, s:I, s:I}", "expected", (json_int_t)n->expected, "arrived", (json_int_t)n->arrived, "on_leave",
		                                    (json_int_t)n->on_leave, "here", (json_int_t)n->here, "unproved", (json_int_t)n->unproved));
	if (above && sees(c, above->id)) {
		json_object_set_new(j, "above", json_integer(above->id));
		json_object_set_new(j, "above_name", json_string(above->name));
	}
	return j;
}

/* Of a visitor whom the caller sees by another place, or at the own site, where that one belongs is not told. */
static bool tells_home(const struct api_call *c, int64_t home, const struct person *who)
{
	int64_t grant;

	return home && (who->id == c->who.person || can_see_people_of(c->directory, &c->who, home, c->now_us) || api_acts_for_site(c, ACT_CLASS_LEAVE, home, &grant));
}

json_t *api_class_person_json(const struct api_call *c, const struct class *k, const struct class_person *p, const struct person *who)
{
	const struct org *home = directory_org(c->directory, p->home), *site = directory_org(c->directory, p->site);
	json_t *j = json_pack("{s:I, s:s, s:b, s:s}", "person", (json_int_t)who->id, "name", who->identity.name, "expected", class_expects(k, p), "leave", class_leave_name(p->leave));

	if (tells_home(c, p->home, who)) {
		json_object_set_new(j, "home", json_integer(p->home));
		json_object_set_new(j, "home_name", json_string(home ? home->name : ""));
	}
	if (p->leave != CLASS_LEAVE_NONE)
		json_object_set_new(j, "leave_why", json_string(p->leave_why));
	if (p->site) {
		json_object_set_new(j, "site", json_integer(p->site));
		json_object_set_new(j, "site_name", json_string(site ? site->name : ""));
		json_object_set_new(j, "since_ms", json_integer(p->since_us / 1000));
		json_object_set_new(j, "grade", json_string(proof_grade_name(p->grade)));
		json_object_set_new(j, "shared", json_boolean(p->shared));
		json_object_set_new(j, "late", json_boolean(p->late));
		json_object_set_new(j, "together", json_boolean(p->together));
	}
	return j;
}
