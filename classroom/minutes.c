/* See minutes.h. */
#include "classroom/minutes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "classroom/json_text.h"
#include "media/base/macros.h"
#include "media/base/mem.h"

/* How many of a site's, of all. */
struct numbers {
	int64_t expected, present, leave, absent, visitors;
};

/* A site among the sites, by id. */
struct place {
	int64_t site;
	struct numbers numbers;
};

struct writing {
	const struct minutes_sources *src;
	minutes_payload_fn made;
	void *user;
	struct place *places;           /* owned, n: by id */
	size_t n;
	struct numbers all;
	json_t *text;                   /* owned: of the row under way */
	size_t bytes;                   /* of its items */
};

/* ---- rows ---- */

static int give(struct writing *w, bool last)
{
	json_t *payload = json_pack("{s:i, s:b, s:o}", "version", 1, "last", last, "text", w->text);
	char *text = payload ? json_text(payload, 0) : NULL;
	int r = text ? w->made(w->user, text) : -ENOMEM;

	mem_free(text);
	json_decref(payload);
	w->text = last ? NULL : json_object();
	w->bytes = 0;
	return r < 0 || last || w->text ? r : -ENOMEM;
}

/* One more item of a list; `item` is taken. */
static int add(struct writing *w, const char *list, json_t *item)
{
	char *text = json_text(item, 0);
	size_t bytes = text ? strlen(text) + 1 : 0;
	int r = text ? 0 : -ENOMEM;
	json_t *items;

	mem_free(text);
	if (r == 0 && w->bytes > 0 && w->bytes + bytes > MINUTES_ROW_BYTES)
		r = give(w, false);
	if (r < 0) {
		json_decref(item);
		return r;
	}
	items = json_object_get(w->text, list);
	if (!items && json_object_set_new(w->text, list, items = json_array()) < 0)
		items = NULL;
	w->bytes += bytes;
	return json_array_append_new(items, item) < 0 ? -ENOMEM : 0;
}

static int add_all(struct writing *w, const char *list, const json_t *items)
{
	const json_t *item;
	size_t i;
	int r = 0;

	json_array_foreach(items, i, item)
		if (r == 0)
			r = add(w, list, json_deep_copy(item));
	return r;
}

/* ---- who was there ---- */

enum attendance { PRESENT, LEAVE, ABSENT, VISITOR, NOBODY };

static const char *const attendances[] = { [PRESENT] = "present", [LEAVE] = "leave", [ABSENT] = "absent", [VISITOR] = "visitor" };

static enum attendance attendance_of(const struct class *c, const struct minutes_person *m)
{
	const struct class_person *p = class_person(c, m->person);
	bool expected = p ? class_expects(c, p) : m->home != 0;

	if (m->present_s > 0)
		return expected ? PRESENT : VISITOR;
	if (!expected)
		return NOBODY;
	return p && p->leave == CLASS_LEAVE_GRANTED ? LEAVE : ABSENT;
}

static void count_one(struct numbers *n, enum attendance a)
{
	n->expected += a == PRESENT || a == LEAVE || a == ABSENT;
	n->present += a == PRESENT;
	n->leave += a == LEAVE;
	n->absent += a == ABSENT;
}

static int compare_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->site > y->site) - (x->site < y->site);
}

static struct place *place_of(const struct writing *w, int64_t site)
{
	const struct place key = { .site = site };

	return bsearch(&key, w->places, w->n, sizeof(*w->places), compare_place);
}

/* At home, and as a guest where else it was. */
static void count_person(struct writing *w, const struct minutes_person *m)
{
	enum attendance a = attendance_of(w->src->class, m);
	struct place *home = place_of(w, m->home), *at = m->present_s > 0 ? place_of(w, m->site) : NULL;

	if (a == NOBODY)
		return;
	count_one(&w->all, a);
	w->all.visitors += a == VISITOR;
	if (home)
		count_one(&home->numbers, a);
	if (at && (at != home || a == VISITOR))
		at->numbers.visitors++;
}

static int count(struct writing *w)
{
	size_t i = 0;

	w->n = class_n_sites(w->src->class);
	w->places = mem_calloc(MAX(w->n, (size_t)1), sizeof(*w->places));
	if (!w->places)
		return -ENOMEM;
	for (const struct class_site *s = NULL; (s = class_next_site(w->src->class, s)); i++)
		w->places[i].site = s->id;
	qsort(w->places, w->n, sizeof(*w->places), compare_place);
	for (i = 0; i < w->src->n_persons; i++)
		count_person(w, &w->src->persons[i]);
	return 0;
}

static json_t *numbers_json(const struct numbers *n)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "expected", (json_int_t)n->expected, "present", (json_int_t)n->present, "leave", (json_int_t)n->leave, "absent",
	                 (json_int_t)n->absent, "visitors", (json_int_t)n->visitors);
}

static int add_sites(struct writing *w)
{
	int r = 0;

	for (const struct class_site *s = NULL; r == 0 && (s = class_next_site(w->src->class, s));) {
		json_t *site = numbers_json(&place_of(w, s->id)->numbers);

		if (!site)
			return -ENOMEM;
		json_object_set_new(site, "site", json_integer(s->id));
		json_object_set_new(site, "name", json_string(w->src->org_name(w->src->user, s->id)));
		json_object_set_new(site, "answer", json_string(site_answer_name(s->answer)));
		r = add(w, "sites", site);
	}
	return r;
}

static json_t *person_json(const struct class *c, const struct minutes_person *m, enum attendance a)
{
	const struct class_person *p = class_person(c, m->person);
	json_t *j = json_pack("{s:s, s:I, s:s}", "person", m->person, "home", (json_int_t)m->home, "state", attendances[a]);

	if (j && m->present_s > 0 && m->site && m->site != m->home)
		json_object_set_new(j, "site", json_integer(m->site));
	if (j && a == ABSENT && p && p->leave != CLASS_LEAVE_NONE)      /* asked, and not granted */
		json_object_set_new(j, "leave", json_string(class_leave_name(p->leave)));
	return j;
}

static int add_persons(struct writing *w)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < w->src->n_persons; i++) {
		enum attendance a = attendance_of(w->src->class, &w->src->persons[i]);

		if (a != NOBODY)
			r = add(w, "persons", person_json(w->src->class, &w->src->persons[i], a));
	}
	return r;
}

/* ---- what was asked ---- */

static json_t *option_json(const struct ask *ask, unsigned i)
{
	json_t *j = json_pack("{s:s, s:I}", "text", ask->spec.options[i], "votes", (json_int_t)ask->tally.options[i]);

	if (j && ask->spec.kind == ASK_QUIZ && ask->spec.right & 1u << i)
		json_object_set_new(j, "right", json_true());
	return j;
}

static json_t *ask_json(const struct ask *ask)
{
	json_t *options = json_array();
	json_t *j = json_pack("{s:I, s:s, s:s, s:s, s:I, s:o}", "ask", (json_int_t)ask->id, "kind", ask_kind_name(ask->spec.kind), "audience", ask_audience_name(ask->spec.audience), "prompt",
	                      ask->spec.prompt, "answered", (json_int_t)ask->tally.answered, "options", options);

	for (unsigned i = 0; j && i < ask->spec.n_options; i++)
		json_array_append_new(options, option_json(ask, i));
	if (j && ask->state == ASK_VOID)
		json_object_set_new(j, "void", json_string(ask_void_name(ask->why_void)));
	if (j && ask->spec.kind == ASK_BALLOT && ask->unanimous)
		json_object_set_new(j, "unanimous", json_true());
	if (j && ask->spoiled)
		json_object_set_new(j, "spoiled", json_integer(ask->spoiled));
	return j;
}

static int add_asks(struct writing *w)
{
	const struct ask *ask;
	int r = 0;

	for (uint32_t id = 1; r == 0 && (ask = asks_get(w->src->asks, id)); id++)
		if (ask->spec.kind != ASK_CHECK)
			r = add(w, "asks", ask_json(ask));
	return r;
}

static unsigned count_checks(const struct asks *asks)
{
	const struct ask *ask;
	unsigned n = 0;

	for (uint32_t id = 1; (ask = asks_get(asks, id)); id++)
		n += ask->spec.kind == ASK_CHECK;
	return n;
}

bool minutes_can_be(const struct asks *asks)
{
	const struct ask *ask;

	for (uint32_t id = 1; (ask = asks_get(asks, id)); id++)
		if (ask->state == ASK_OPEN || (ask->spec.kind == ASK_BALLOT && ask->state == ASK_CLOSED))
			return false;
	return true;
}

/* ---- all of it ---- */

static int add_facts(struct writing *w)
{
	const struct class *c = w->src->class;
	const struct class_plan *p = class_plan(c);
	json_t *facts = json_pack("{s:I, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "class", (json_int_t)class_number(c), "org", (json_int_t)p->org, "org_name",
	                          w->src->org_name(w->src->user, p->org), "title", p->title, "kind", p->kind, "campaign", p->campaign, "way", p->way, "subject", p->subject, "zone", p->zone);
	json_t *numbers = numbers_json(&w->all);

	if (!facts || !numbers || json_object_set_new(w->text, "facts", facts) < 0) {
		json_decref(numbers);
		return -ENOMEM;
	}
	json_object_set_new(facts, "numbers", numbers);
	json_object_set_new(facts, "start_ms", json_integer(p->start_us / 1000));
	json_object_set_new(facts, "end_ms", json_integer(p->end_us / 1000));
	json_object_set_new(facts, "opened_ms", json_integer(class_opened_us(c) / 1000));
	json_object_set_new(facts, "closed_ms", json_integer(class_closed_us(c) / 1000));
	json_object_set_new(facts, "taught_s", json_integer(class_taught_us(c, class_closed_us(c)) / 1000000));
	json_object_set_new(facts, "roster", json_integer(class_roster(c)));
	json_object_set_new(facts, "checks", json_integer(count_checks(w->src->asks)));
	return json_object_set_new(facts, "hosts", w->src->hosts ? json_deep_copy(w->src->hosts) : json_array()) < 0 ? -ENOMEM : 0;
}

static int add_lists(struct writing *w)
{
	int r = add_all(w, "agenda", class_plan(w->src->class)->agenda);

	if (r == 0)
		r = add_sites(w);
	if (r == 0)
		r = add_all(w, "speakers", w->src->speakers);
	if (r == 0)
		r = add_asks(w);
	if (r == 0)
		r = add_all(w, "gaps", w->src->gaps);
	return r < 0 ? r : add_persons(w);
}

int minutes_write(const struct minutes_sources *src, minutes_payload_fn made, void *user)
{
	struct writing w = { .src = src, .made = made, .user = user, .text = json_object() };
	int r = w.text ? count(&w) : -ENOMEM;

	if (r == 0)
		r = add_facts(&w);
	if (r == 0)
		r = add_lists(&w);
	if (r == 0)
		r = give(&w, true);
	json_decref(w.text);
	mem_free(w.places);
	return r;
}
