/*
 * The roster by hand: persons put on it and taken off once it was frozen and until the class is closed, as a further version with the reason (docs/class.md). By who may
 * where the class is held, or, for those who belong there, at their own site.
 */
#include <stdlib.h>
#include <string.h>

#include "media/base/mem.h"
#include "media/base/utf8.h"
#include "signaling/api_class.h"
#include "signaling/api_handlers.h"

#define CHANGES_MAX 500                 /* persons in one act */
#define PERSONS_A_ROW 1000

struct roster_change {
	const json_t *add, *remove;     /* ids of persons; NULL none */
	const char *why;
	int64_t site;                   /* where those are expected whose own organisation was not invited; 0: nowhere */
	bool everywhere;                /* the caller may where the class is held */
	int64_t grant;                  /* by which it is done */
};

/* Who is on the next version, and where. */
struct line {
	const char *person;             /* given: pseudonym */
	int64_t home;
};

struct version {
	struct line *list;              /* owned, n */
	size_t n;
};

/* ---- what is asked ---- */

static bool are_persons(const json_t *list)
{
	const json_t *id;
	size_t i;

	json_array_foreach(list, i, id)
		if (!json_is_integer(id) || json_integer_value(id) <= 0)
			return false;
	return !list || (json_is_array(list) && json_array_size(list) <= CHANGES_MAX);
}

static bool read_change(struct api_call *c, struct roster_change *ret)
{
	const json_t *why = json_object_get(c->body, "why"), *site = json_object_get(c->body, "site");
	size_t known = (why != NULL) + (site != NULL);

	*ret = (struct roster_change){ .add = json_object_get(c->body, "add"), .remove = json_object_get(c->body, "remove"), .why = json_string_value(why), .site = json_integer_value(site) };
	known += (ret->add != NULL) + (ret->remove != NULL);
	if (!are_persons(ret->add) || !are_persons(ret->remove) || (site && (!json_is_integer(site) || ret->site <= 0)) || known != json_object_size(c->body))
		api_refuse(c, "bad_message", "A member of the body has another shape than it should, or is not known here.", NULL);
	else if (!utf8_fits(ret->why, API_REASON_BYTES) || strspn(ret->why, " \t\r\n") == strlen(ret->why))
		api_refuse(c, "bad_message", "A roster is changed with a reason.", "why");
	return !c->request->replied;
}

static bool check_time(struct api_call *c, const struct sitting *t)
{
	static const enum class_fault faults[CLASS_STATES] = { [CLASS_CANCELLED] = CLASS_FAULT_CANCELLED, [CLASS_CLOSED] = CLASS_FAULT_CLOSED, [CLASS_SEALED] = CLASS_FAULT_SEALED };

	if (!api_class_fine(c, faults[class_state(t->class)], NULL))
		return false;
	return api_class_fine(c, class_roster(t->class) == 0 ? CLASS_FAULT_UNFROZEN : CLASS_FINE, NULL);
}

/* Where somebody is expected: as frozen, at the own site, or where the caller says. */
static int64_t home_of(const struct sitting *t, const struct person *p, const struct roster_change *change)
{
	const struct class_person *known = class_person(t->class, p->pseudonym);

	if (known && known->home)
		return known->home;
	return class_site(t->class, p->main_org) ? p->main_org : change->site;
}

/* One person of the lists, in sight and under the caller's hand for this. */
static const struct person *check_person(struct api_call *c, const struct sitting *t, struct roster_change *change, const json_t *id, bool adds)
{
	const struct person *p = directory_person(c->directory, json_integer_value(id));
	const struct class_person *known = p ? class_person(t->class, p->pseudonym) : NULL;
	bool on = known && class_expects(t->class, known);

	if (!p || p->erased || (adds && p->merged_into) || (!can_see(c->directory, &c->who, target_person(p->id), c->now_us) && !(known && api_sees_class_person(c, t, known, p)))) {
		api_not_there(c);
		return NULL;
	}
	if (adds == on) {
		api_class_fine(c, on ? CLASS_FAULT_ALREADY : CLASS_FAULT_PERSON, adds ? "add" : "remove");
		return NULL;
	}
	if (!class_site(t->class, home_of(t, p, change))) {
		api_class_fine(c, CLASS_FAULT_SITE, "site");
		return NULL;
	}
	if (!change->everywhere && may(c->directory, &c->who, ACT_CLASS_ROSTER, target_org(home_of(t, p, change)), c->now_us, &change->grant) < 0) {
		api_refuse(c, "forbidden", "Your grants do not allow this here.", NULL);
		return NULL;
	}
	return p;
}

/* ---- the next version ---- */

static bool is_in(const struct api_call *c, const json_t *ids, const char *pseudonym)
{
	const struct person *p = directory_pseudonym(c->directory, pseudonym);
	const json_t *id;
	size_t i;

	json_array_foreach(ids, i, id)
		if (p && json_integer_value(id) == p->id)
			return true;
	return false;
}

static void keep_others(const struct api_call *c, const struct sitting *t, const struct roster_change *change, struct version *v)
{
	for (const struct class_person *p = NULL; (p = class_next_person(t->class, p));)
		if (class_expects(t->class, p) && !is_in(c, change->remove, p->id))
			v->list[v->n++] = (struct line){ p->id, p->home };
}

/* Twice in one list is once too much. */
static bool has(const struct version *v, const char *pseudonym)
{
	for (size_t i = v->n; i-- > 0;)
		if (strcmp(v->list[i].person, pseudonym) == 0)
			return true;
	return false;
}

static bool add_persons(struct api_call *c, const struct sitting *t, struct roster_change *change, struct version *v)
{
	const json_t *id;
	size_t i;

	json_array_foreach(change->remove, i, id)
		if (!check_person(c, t, change, id, false))
			return false;
	json_array_foreach(change->add, i, id) {
		const struct person *p = check_person(c, t, change, id, true);

		if (!p)
			return false;
		if (!has(v, p->pseudonym))
			v->list[v->n++] = (struct line){ p->pseudonym, home_of(t, p, change) };
	}
	return true;
}

static int order_lines(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	return (x->home > y->home) - (x->home < y->home);
}

static json_t *row_json(const struct sitting *t, const struct roster_change *change, int64_t home, json_t *persons, bool last)
{
	return json_pack("{s:I, s:I, s:o, s:b, s:s}", "version", (json_int_t)class_roster(t->class) + 1, "site", (json_int_t)home, "persons", persons, "last", last, "why", change->why);
}

/* The whole version again, a site after another. */
static void write_version(struct api_call *c, const struct sitting *t, const struct roster_change *change, struct version *v)
{
	json_t *persons = json_array();

	qsort(v->list, v->n, sizeof(*v->list), order_lines);
	for (size_t i = 0; i < v->n; i++) {
		bool ends = i + 1 == v->n || v->list[i + 1].home != v->list[i].home || json_array_size(persons) + 1 == PERSONS_A_ROW;

		json_array_append_new(persons, json_string(v->list[i].person));
		if (!ends)
			continue;
		api_class_event(c, t, EVENT_ROSTER_FROZEN, row_json(t, change, v->list[i].home, persons, i + 1 == v->n));
		persons = json_array();
	}
	if (v->n == 0)
		api_class_event(c, t, EVENT_ROSTER_FROZEN, row_json(t, change, 0, json_array(), true));
	json_decref(persons);
}

static void change_roster(struct api_call *c, const struct sitting *t, struct roster_change *change, struct version *v)
{
	keep_others(c, t, change, v);
	if (!add_persons(c, t, change, v))
		return;
	if (api_act(c, ACT_CLASS_ROSTER, change->grant, class_plan(t->class)->org, 0,
	            json_pack("{s:I, s:s, s:I, s:I, s:I, s:s}", "class", (json_int_t)t->number, "title", class_plan(t->class)->title, "version", (json_int_t)class_roster(t->class) + 1, "added",
	                      (json_int_t)json_array_size(change->add), "removed", (json_int_t)json_array_size(change->remove), "why", change->why)))
		write_version(c, t, change, v);
}

/* {add?: [person…], remove?: [person…], site?, why} */
void api_class_roster(struct api_call *c)
{
	struct sitting *t = api_seen_class(c);
	struct roster_change change;
	struct version v = { 0 };

	if (!t || !read_change(c, &change) || !check_time(c, t))
		return;
	if (change.site && !can_see(c->directory, &c->who, target_org(change.site), c->now_us)) {
		api_not_there(c);
		return;
	}
	if (!api_class_fine(c, json_array_size(change.add) + json_array_size(change.remove) == 0 ? CLASS_FAULT_ALREADY : CLASS_FINE, "add"))
		return;
	change.everywhere = may(c->directory, &c->who, ACT_CLASS_ROSTER, target_org(class_plan(t->class)->org), c->now_us, &change.grant) == 0;
	v.list = mem_calloc(class_n_persons(t->class) + json_array_size(change.add) + 1, sizeof(*v.list));
	if (v.list)
		change_roster(c, t, &change, &v);
	else
		api_refuse(c, "overloaded", "The server is short of memory.", NULL);
	mem_free(v.list);
}
