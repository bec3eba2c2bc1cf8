/* How persons are written for who asks: of where they belong only what that one sees. */
#include <string.h>

#include "attendance/person_state.h"
#include "signaling/api_handlers.h"

/* Where the caller sees who belongs there; oneself where one sees the organisation. */
static bool sees_place(const struct api_call *c, const struct person *p, int64_t org)
{
	if (c->who.person == p->id)
		return can_see(c->directory, &c->who, target_org(org), c->now_us);
	return can_see_people_of(c->directory, &c->who, org, c->now_us);
}

json_t *api_list_acts(const struct api_call *c, struct target target)
{
	json_t *list = json_array();
	int64_t grant;

	for (enum act_kind a = 0; a < ACTS; a++)
		if (may(c->directory, &c->who, a, target, c->now_us, &grant) == 0)
			json_array_append_new(list, json_string(act_kind_name(a)));
	return list;
}

static void set_times(json_t *j, const struct fact *f)
{
	json_object_set_new(j, "from_ms", json_integer(f->valid_from_us / 1000));
	if (f->valid_to_us)
		json_object_set_new(j, "to_ms", json_integer(f->valid_to_us / 1000));
}

static const char *org_name(const struct api_call *c, int64_t org)
{
	const struct org *o = directory_org(c->directory, org);

	return o ? o->name : "";
}

/* Facts of one type that hold, or will, at organisations where the caller sees who belongs there. */
static json_t *list_facts(const struct api_call *c, const struct person *p, enum fact_type type, json_t *(*write)(const struct api_call *c, const struct fact *f))
{
	json_t *list = json_array();
	const struct fact *f = NULL;

	while ((f = directory_person_fact(c->directory, p->id, type, f))) {
		json_t *j;

		if ((f->valid_to_us && f->valid_to_us <= c->now_us) || (f->org && !sees_place(c, p, f->org)))
			continue;
		j = write(c, f);
		set_times(j, f);
		json_array_append_new(list, j);
	}
	return list;
}

static json_t *write_membership(const struct api_call *c, const struct fact *f)
{
	return json_pack("{s:I, s:I, s:s, s:b, s:o}", "id", (json_int_t)f->id, "org", (json_int_t)f->org, "org_name", org_name(c, f->org), "main", f->flag,
	                 "path", api_org_path(c, directory_org(c->directory, f->org)));
}

static json_t *write_post(const struct api_call *c, const struct fact *f)
{
	return json_pack("{s:I, s:I, s:s, s:s}", "id", (json_int_t)f->id, "org", (json_int_t)f->org, "org_name", org_name(c, f->org), "title", f->text);
}

static json_t *write_category(const struct api_call *c, const struct fact *f)
{
	(void)c;
	return json_pack("{s:I, s:s}", "id", (json_int_t)f->id, "name", f->text);
}

json_t *api_grant_json(const struct api_call *c, const struct fact *g)
{
	json_t *j = json_pack("{s:I, s:I, s:s, s:s, s:b, s:s, s:b}", "id", (json_int_t)g->id, "org", (json_int_t)g->org, "org_name", org_name(c, g->org), "role", g->text,
	                      "subtree", g->flag, "purpose", g->note, "holds", fact_holds(g, c->now_us));

	/* Who was given it from above may be beyond the caller's sight: that there is such a grant is not. */
	if (can_see(c->directory, &c->who, target_person(g->person), c->now_us)) {
		json_object_set_new(j, "person", json_integer(g->person));
		json_object_set_new(j, "name", json_string(directory_person(c->directory, g->person)->identity.name));
	}
	set_times(j, g);
	return j;
}

bool api_sees_grant(const struct api_call *c, const struct fact *g)
{
	int64_t grant;

	return (c->who.person && g->person == c->who.person) || may(c->directory, &c->who, ACT_GRANT_VIEW, target_org(g->org), c->now_us, &grant) == 0;
}

static json_t *list_grants(const struct api_call *c, const struct person *p)
{
	json_t *list = json_array();
	const struct fact *g = NULL;

	while ((g = directory_person_fact(c->directory, p->id, FACT_GRANT, g)))
		if ((!g->valid_to_us || g->valid_to_us > c->now_us) && api_sees_grant(c, g))
			json_array_append_new(list, api_grant_json(c, g));
	return list;
}

/* Where a row of a list says that somebody belongs: the main organisation, or the first of those where the caller sees people. */
static const struct org *place_of(const struct api_call *c, const struct person *p)
{
	const struct fact *f = NULL;

	if (p->main_org && sees_place(c, p, p->main_org))
		return directory_org(c->directory, p->main_org);
	while ((f = directory_person_fact(c->directory, p->id, FACT_MEMBERSHIP, f)))
		if (fact_holds(f, c->now_us) && sees_place(c, p, f->org))
			return directory_org(c->directory, f->org);
	return NULL;
}

static json_t *list_titles(const struct api_call *c, const struct person *p)
{
	json_t *list = json_array();
	const struct fact *f = NULL;

	while ((f = directory_person_fact(c->directory, p->id, FACT_POST, f)))
		if (fact_holds(f, c->now_us) && sees_place(c, p, f->org))
			json_array_append_new(list, json_string(f->text));
	return list;
}

json_t *api_person_row(const struct api_call *c, const struct person *p)
{
	const struct org *o = place_of(c, p);
	json_t *j = json_pack("{s:I, s:s, s:s, s:o}", "id", (json_int_t)p->id, "name", p->identity.name, "kind", p->kind, "posts", list_titles(c, p));

	if (o) {
		json_object_set_new(j, "org", json_integer(o->id));
		json_object_set_new(j, "org_name", json_string(o->name));
		json_object_set_new(j, "main", json_boolean(o->id == p->main_org));
	}
	if (p->merged_into)
		json_object_set_new(j, "merged", json_true());
	else if (!api_person_belongs(c, p))
		json_object_set_new(j, "left", json_true());
	return j;
}

bool api_person_belongs(const struct api_call *c, const struct person *p)
{
	const struct fact *f = NULL;

	while ((f = directory_person_fact(c->directory, p->id, FACT_MEMBERSHIP, f)))
		if (fact_holds(f, c->now_us))
			return true;
	return false;
}

/* A contact is for those who must reach people, and for oneself. */
static bool shows_phone(const struct api_call *c, const struct person *p)
{
	int64_t grant;

	return (c->who.person && c->who.person == p->id) || may(c->directory, &c->who, ACT_PERSON_CONTACT, target_person(p->id), c->now_us, &grant) == 0;
}

static void set_state(json_t *j, const struct api_call *c, const struct person *p)
{
	int64_t erase_us = person_erase_us(c->directory, p, c->now_us);

	json_object_set_new(j, "state", json_string(person_state_name(person_state(c->directory, p, c->now_us))));
	if (erase_us)
		json_object_set_new(j, "erase_ms", json_integer(erase_us / 1000));
}

json_t *api_person_json(const struct api_call *c, const struct person *p)
{
	json_t *j = api_person_row(c, p);
	const struct account *a = directory_account(c->directory, p->account);

	json_object_set_new(j, "reading", json_string(p->identity.reading));
	json_object_set_new(j, "card_tail", json_string(p->identity.card_tail));
	json_object_set_new(j, "posts", list_facts(c, p, FACT_POST, write_post));
	json_object_set_new(j, "memberships", list_facts(c, p, FACT_MEMBERSHIP, write_membership));
	json_object_set_new(j, "categories", list_facts(c, p, FACT_CATEGORY, write_category));
	json_object_set_new(j, "grants", list_grants(c, p));
	json_object_set_new(j, "account", json_string(a ? a->login : ""));
	json_object_set_new(j, "may", api_list_acts(c, target_person(p->id)));
	if (shows_phone(c, p))
		json_object_set_new(j, "phone", json_string(p->identity.phone));
	if (p->merged_into && can_see(c->directory, &c->who, target_person(p->merged_into), c->now_us))
		json_object_set_new(j, "merged_into", json_integer(p->merged_into));
	if (!*p->identity.name)
		json_object_set_new(j, "erased", json_true());
	set_state(j, c, p);
	return j;
}
