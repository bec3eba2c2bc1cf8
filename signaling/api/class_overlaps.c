/*
 * Other classes that ask for the same sites at the same time. They are allowed (overlapping time counts once, docs/class.md), and told: to who plans
 * before it is planned, and on the class's page to whoever sees the sites.
 */
#include "signaling/api_class.h"
#include "signaling/api_handlers.h"
#include "signaling/server.h"

#define OVERLAPS_MAX 20         /* told by name; of more, as many as these */

struct overlap_query {
	int64_t start_us, end_us;
	int64_t except;                 /* the class itself */
	const json_t *sites;            /* [id…] */
};

/* Of one that is over, or was called off, nobody need know. */
static bool is_at_that_time(const struct sitting *t, const struct overlap_query *q, int64_t now_us)
{
	const struct class_plan *p = class_plan(t->class);
	enum class_state state = class_state(t->class);

	if (t->number == q->except || p->start_us >= q->end_us || p->end_us <= q->start_us || class_not_held(t->class, now_us))
		return false;
	return state == CLASS_PLANNED || state == CLASS_OPEN || state == CLASS_PAUSED;
}

/* {class, title, org_name, start_ms, end_ms, sites, site_name: of the first}; NULL: no site in common that the caller sees. */
static json_t *overlap_json(const struct api_call *c, const struct sitting *t, const json_t *sites)
{
	const struct class_plan *p = class_plan(t->class);
	const struct org *holder = directory_org(c->directory, p->org), *first = NULL;
	json_int_t n = 0;
	const json_t *site;
	size_t i;

	json_array_foreach(sites, i, site) {
		int64_t id = json_integer_value(site);

		if (!class_site(t->class, id) || !can_see(c->directory, &c->who, target_org(id), c->now_us))
			continue;
		first = first ? first : directory_org(c->directory, id);
		n++;
	}
	if (n == 0)
		return NULL;
	return json_pack("{s:I, s:s, s:s, s:I, s:I, s:I, s:s}", "class", (json_int_t)t->number, "title", p->title, "org_name", holder ? holder->name : "", "start_ms",
	                 (json_int_t)(p->start_us / 1000), "end_ms", (json_int_t)(p->end_us / 1000), "sites", n, "site_name", first ? first->name : "");
}

static json_t *overlaps(const struct api_call *c, const struct overlap_query *q)
{
	json_t *list = json_array();

	for (struct sitting *t = NULL; json_array_size(list) < OVERLAPS_MAX && (t = sitting_next(c->server, t));) {
		json_t *row = is_at_that_time(t, q, c->now_us) ? overlap_json(c, t, q->sites) : NULL;

		if (row)
			json_array_append_new(list, row);
	}
	return list;
}

/* Of one that has begun it is too late to say. */
static void show(struct api_call *c, struct sitting *t, const json_t *rows)
{
	struct overlap_query q = { .except = c->ids[0] };
	json_t *sites;

	(void)rows;
	q.start_us = class_plan(t->class)->start_us;
	q.end_us = class_plan(t->class)->end_us;
	q.sites = sites = json_array();
	for (const struct class_site *s = NULL; class_state(t->class) == CLASS_PLANNED && (s = class_next_site(t->class, s));)
		json_array_append_new(sites, json_integer(s->id));
	api_reply(c, 200, json_pack("{s:o}", "items", overlaps(c, &q)));
	json_decref(sites);
}

static void found(struct api_call *c, const json_t *rows)
{
	api_class_stored(c, rows, rows, show);
}

void api_class_overlaps(struct api_call *c)
{
	api_class_shown(c, show, found);
}

/* ?org= or ?target=, ?subtree=1, ?start_ms=, ?end_ms=, ?except=: as the plan would be. */
void api_plan_overlaps(struct api_call *c)
{
	struct class_plan p = { .org = api_query_int(c, "org", 0), .subtree = api_query_int(c, "subtree", 0) > 0 };
	struct overlap_query q = {
		.start_us = api_query_time(c, "start_ms", 0), .end_us = api_query_time(c, "end_ms", 0), .except = api_query_int(c, "except", 0),
	};
	json_t *sites;

	p.target = api_query_int(c, "target", p.org);
	if (!directory_org(c->directory, p.target) || !can_see(c->directory, &c->who, target_org(p.target), c->now_us)) {
		api_not_there(c);
		return;
	}
	q.sites = sites = api_class_sites_of(c, &p);
	api_reply(c, 200, json_pack("{s:o}", "items", overlaps(c, &q)));
	json_decref(sites);
}
