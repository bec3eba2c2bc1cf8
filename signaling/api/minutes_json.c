/*
 * Minutes as the caller sees them. What was said and decided is everybody's who knows of the class; sites are those in sight (all of them for who leads it),
 * and persons by name only those whom the caller sees, or who belong to the site that asks.
 */
#include <string.h>

#include "attendance/authority.h"
#include "signaling/api_class.h"
#include "signaling/server.h"

#define PERSONS_MAX 3000        /* told by name; further ones are counted */

struct telling {
	const struct api_call *call;
	const struct sitting *sitting;
	struct sight sight;
	bool leads;
	const json_t *facts;            /* the text of version 1 */
	size_t left_out;
};

static const char *text_of(const json_t *j, const char *name)
{
	const char *text = json_string_value(json_object_get(j, name));

	return text ? text : "";
}

static int64_t number_of(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

/* "" of whom nothing is known any more. */
static const char *name_of(const struct api_call *c, const char *pseudonym)
{
	const struct person *p = *pseudonym ? directory_pseudonym(c->directory, pseudonym) : NULL;

	return p && !p->erased ? p->identity.name : "";
}

static bool sees_site(const struct telling *w, int64_t site)
{
	return w->leads || can_see(w->call->directory, &w->call->who, target_org(site), w->call->now_us);
}

static bool sees_person(const struct telling *w, const json_t *j, const struct person *p)
{
	int64_t own = w->call->who.org;

	if (own && (own == number_of(j, "home") || own == number_of(j, "site")))
		return true;
	if (!p || p->id == w->call->who.person)
		return p;
	/* By a further membership alone: what is of that one. */
	return sight_has(&w->sight, p) && (sight_covers(&w->sight, p->last_org) || sight_covers(&w->sight, number_of(j, "home")) || sight_covers(&w->sight, number_of(j, "site")));
}

/* ---- names ---- */

/* As it was called when the minutes were made, else as now. */
static const char *site_name(const struct telling *w, int64_t site)
{
	const struct org *o = directory_org(w->call->directory, site);
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(w->facts, "sites"), i, row)
		if (number_of(row, "site") == site)
			return text_of(row, "name");
	return o ? o->name : "";
}

/* A person, a site or a guest: {name, what else}. */
static json_t *who_json(const struct telling *w, const json_t *from)
{
	json_t *j = json_deep_copy(from);
	const char *name = text_of(from, "name");

	if (json_object_get(from, "person"))
		name = name_of(w->call, text_of(from, "person"));
	else if (json_object_get(from, "site"))
		name = site_name(w, number_of(from, "site"));
	json_object_set_new(j, "name", json_string(name));
	json_object_del(j, "person");
	json_object_del(j, "site");
	return j;
}

static json_t *who_list(const struct telling *w, const json_t *from)
{
	json_t *list = json_array();
	const json_t *one;
	size_t i;

	json_array_foreach(from, i, one)
		json_array_append_new(list, who_json(w, one));
	return list;
}

static json_t *version_json(const struct telling *w, const json_t *from)
{
	json_t *j = json_deep_copy(from);
	const char *by = text_of(from, "by");

	json_object_set_new(j, "by_name", json_string(name_of(w->call, by)));
	json_object_set_new(j, "by_server", json_boolean(!*by));
	json_object_del(j, "by");
	return j;
}

static json_t *versions_json(const struct telling *w, const json_t *from)
{
	json_t *list = json_array();
	const json_t *one;
	size_t i;

	json_array_foreach(from, i, one)
		json_array_append_new(list, version_json(w, one));
	return list;
}

/* ---- who was there ---- */

static const char *const counted[] = { "expected", "present", "leave", "absent", "visitors" };

/* Sites in sight, and what they add up to where that is not the whole. */
static json_t *sites_json(const struct telling *w, json_t *numbers)
{
	json_t *list = json_array();
	int64_t sum[ARRAY_LEN(counted)] = { 0 };
	const json_t *all = json_object_get(w->facts, "sites"), *row;
	size_t i;

	json_array_foreach(all, i, row) {
		if (!sees_site(w, number_of(row, "site")))
			continue;
		json_array_append_new(list, json_deep_copy(row));
		for (size_t k = 0; k < ARRAY_LEN(counted); k++)
			sum[k] += number_of(row, counted[k]);
	}
	for (size_t k = 0; k < ARRAY_LEN(counted) && json_array_size(list) < json_array_size(all); k++)
		json_object_set_new(numbers, counted[k], json_integer(sum[k]));
	return list;
}

/* The home's name stands with its site, but where it was not invited; `site` is where a guest of another branch's was. */
static json_t *person_json(const struct telling *w, const json_t *from, const struct person *p)
{
	int64_t home = number_of(from, "home"), at = number_of(from, "site");
	const struct org *o = home && !class_site(w->sitting->class, home) && sees_site(w, home) ? directory_org(w->call->directory, home) : NULL;
	const struct org *site = at ? directory_org(w->call->directory, at) : NULL;
	json_t *j = json_pack("{s:s, s:s}", "name", p && !p->erased ? p->identity.name : "", "state", text_of(from, "state"));

	if (j && home && sees_site(w, home))
		json_object_set_new(j, "home", json_integer(home));
	if (j && o)
		json_object_set_new(j, "home_name", json_string(o->name));
	if (j && site)
		json_object_set_new(j, "site", json_integer(at));
	if (j && site)
		json_object_set_new(j, "site_name", json_string(site->name));
	if (j && *text_of(from, "leave"))
		json_object_set_new(j, "leave", json_string(text_of(from, "leave")));
	return j;
}

/* Those that were absent, or all others. */
static void add_persons(struct telling *w, json_t *list, bool absent)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(w->facts, "persons"), i, row) {
		const struct person *p = directory_pseudonym(w->call->directory, text_of(row, "person"));

		if ((strcmp(text_of(row, "state"), "absent") == 0) != absent || !sees_person(w, row, p))
			continue;
		if (json_array_size(list) < PERSONS_MAX)
			json_array_append_new(list, person_json(w, row, p));
		else
			w->left_out++;
	}
}

/* The absent last: of very many they are left out first. */
static json_t *persons_json(struct telling *w)
{
	json_t *list = json_array();

	add_persons(w, list, false);
	add_persons(w, list, true);
	return list;
}

/* ---- all ---- */

static json_t *list_of(const json_t *from, const char *name)
{
	const json_t *list = json_object_get(from, name);

	return json_is_array(list) ? json_deep_copy(list) : json_array();
}

/* What people wrote: the version's, empty where nothing is. */
static void add_edit(json_t *j, const json_t *edit)
{
	static const char *const lines[] = { "place", "recorder", "conclusion" };

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		json_object_set_new(j, lines[i], json_string(text_of(edit, lines[i])));
	json_object_set_new(j, "notes", list_of(edit, "notes"));
	json_object_set_new(j, "speeches", list_of(edit, "speeches"));
}

static void add_facts(json_t *j, struct telling *w)
{
	const json_t *facts = json_object_get(w->facts, "facts");
	json_t *numbers = json_deep_copy(json_object_get(facts, "numbers")), *sites = sites_json(w, numbers), *copy = json_deep_copy(facts);

	json_object_del(copy, "numbers");
	json_object_del(copy, "org");
	json_object_set_new(copy, "hosts", who_list(w, json_object_get(facts, "hosts")));
	json_object_update(j, copy);
	json_decref(copy);
	json_object_set_new(j, "numbers", numbers);
	json_object_set_new(j, "sites_all", json_integer((json_int_t)json_array_size(json_object_get(w->facts, "sites"))));
	json_object_set_new(j, "sites", sites);
	json_object_set_new(j, "persons", persons_json(w));
	json_object_set_new(j, "persons_left_out", json_integer((json_int_t)w->left_out));
	json_object_set_new(j, "agenda", list_of(w->facts, "agenda"));
	json_object_set_new(j, "speakers", who_list(w, json_object_get(w->facts, "speakers")));
	json_object_set_new(j, "asks", list_of(w->facts, "asks"));
	json_object_set_new(j, "gaps", list_of(w->facts, "gaps"));
}

static bool may_act(const struct telling *w, enum act_kind act)
{
	int64_t grant;

	if (class_state(w->sitting->class) != CLASS_CLOSED)
		return false;
	return w->leads || may(w->call->directory, &w->call->who, act, target_org(class_plan(w->sitting->class)->org), w->call->now_us, &grant) == 0;
}

json_t *api_minutes_json(const struct api_call *c, const struct sitting *t, const json_t *rows)
{
	struct telling w = { .call = c, .sitting = t, .leads = api_leads_class(c, t), .facts = json_object_get(rows, "facts") };
	json_t *sealed = json_object_get(rows, "sealed"), *j;

	if (sight_init(&w.sight, c->directory, &c->who, c->now_us) < 0)
		return NULL;
	j = json_pack("{s:I, s:I, s:o, s:b, s:b}", "version", (json_int_t)number_of(rows, "version"), "latest", (json_int_t)class_minutes(t->class), "versions",
	              versions_json(&w, json_object_get(rows, "versions")), "may_write", may_act(&w, ACT_CLASS_MINUTES), "may_seal", may_act(&w, ACT_CLASS_SEAL));
	if (j) {
		add_facts(j, &w);
		add_edit(j, json_object_get(rows, "edit"));
	}
	if (j && sealed)
		json_object_set_new(j, "sealed", version_json(&w, sealed));
	sight_done(&w.sight);
	return j;
}
