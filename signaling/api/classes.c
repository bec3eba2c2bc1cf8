/* Classes: what is planned, for whom, and who answered. What happens in them is the WebSocket's (signaling/handlers/class_*.c). */
#include <stdlib.h>
#include <string.h>

#include "attendance/class_record.h"
#include "signaling/api_class.h"
#include "signaling/api_handlers.h"
#include "signaling/server.h"

#define SITES_A_ROW 1000

/* ---- reading ---- */

static int compare_start(const void *a, const void *b)
{
	const struct sitting *x = *(struct sitting *const *)a, *y = *(struct sitting *const *)b;
	int64_t s = class_plan(x->class)->start_us, t = class_plan(y->class)->start_us;

	return s != t ? (s > t) - (s < t) : (x->number > y->number) - (x->number < y->number);
}

/* Of a class that is over for good the numbers stand in its minutes. */
static json_t *row_json(const struct api_call *c, const struct sitting *t)
{
	json_t *row = api_class_row(c, t);

	if (row && class_state(t->class) == CLASS_SEALED)
		json_object_del(row, "count");
	return row;
}

static void list(struct api_call *c, struct sitting **all, size_t n)
{
	struct api_page page;

	qsort(all, n, sizeof(*all), compare_start);
	api_page_begin(&page, c);
	for (size_t i = 0; i < n && !page.full; i++)
		if (api_page_wants(&page, all[i]->number))
			api_page_add(&page, all[i]->number, row_json(c, all[i]));
	api_reply(c, 200, api_page_end(&page));
}

static struct class_records_query window(const struct api_call *c)
{
	return (struct class_records_query){ api_query_time(c, "from_ms", 0), api_query_time(c, "to_ms", INT64_MAX / 1000 * 1000) };
}

static bool is_listed(const struct api_call *c, const struct sitting *t, const struct class_records_query *q)
{
	return class_plan(t->class)->end_us >= q->from_us && class_plan(t->class)->start_us <= q->to_us && api_sees_class(c, t);
}

static void found_sealed(struct api_call *c, const json_t *rows)
{
	const struct class_records_query q = window(c);
	size_t n = 0, recalled = 0, all = HASH_COUNT(c->server->sittings) + json_array_size(rows);
	struct sitting **listed = mem_calloc(all + 1, sizeof(struct sitting *)), **sealed = mem_calloc(json_array_size(rows) + 1, sizeof(struct sitting *));
	const json_t *record;
	size_t i;

	for (struct sitting *t = NULL; listed && sealed && (t = sitting_next(c->server, t));)
		if (is_listed(c, t, &q))
			listed[n++] = t;
	if (listed && sealed)
		json_array_foreach(rows, i, record) {
			struct sitting *t = api_class_recall(c->server, record);

			if (!t)
				continue;
			sealed[recalled++] = t;
			if (is_listed(c, t, &q) && !sitting_find(c->server, t->number))
				listed[n++] = t;
		}
	if (listed && sealed)
		list(c, listed, n);
	else
		api_refuse(c, "overloaded", "The server is short of memory.", NULL);
	for (i = 0; i < recalled; i++)
		api_class_forget(sealed[i]);
	mem_free(listed);
	mem_free(sealed);
}

/* By their start, those that the caller sees; ?from_ms=, ?to_ms=: that are not over by then, that have begun by then. Of sealed ones the latest (class_record.h). */
void api_classes_list(struct api_call *c)
{
	const struct class_records_query q = window(c);

	if (q.from_us > c->server->sealed_until_us || c->server->sealed_until_us == 0)
		found_sealed(c, NULL);
	else
		api_read(c, class_records_read, &q, sizeof(q), found_sealed);
}

static void show_class(struct api_call *c, struct sitting *t, const json_t *rows)
{
	(void)rows;
	api_reply(c, 200, api_class_json(c, t));
}

static void found_class(struct api_call *c, const json_t *rows)
{
	api_class_stored(c, rows, rows, show_class);
}

void api_class_read(struct api_call *c)
{
	api_class_shown(c, show_class, found_class);
}

/* Sites in sight, in the order of invitation. */
static void show_sites(struct api_call *c, struct sitting *t, const json_t *rows)
{
	struct class_count *counts = mem_calloc(class_n_sites(t->class) + 1, sizeof(*counts));
	struct api_page page;
	size_t i = 0;

	(void)rows;
	if (!counts || class_count(t->class, counts) < 0) {
		mem_free(counts);
		api_refuse(c, "overloaded", "The server is short of memory.", NULL);
		return;
	}
	api_page_begin(&page, c);
	for (const struct class_site *s = NULL; !page.full && (s = class_next_site(t->class, s)); i++)
		if (can_see(c->directory, &c->who, target_org(s->id), c->now_us) && api_page_wants(&page, s->id))
			api_page_add(&page, s->id, api_class_site_json(c, s, &counts[i]));
	mem_free(counts);
	api_reply(c, 200, api_page_end(&page));
}

static void found_sites(struct api_call *c, const json_t *rows)
{
	api_class_stored(c, rows, rows, show_sites);
}

void api_class_sites(struct api_call *c)
{
	api_class_shown(c, show_sites, found_sites);
}

static bool belongs(const struct class_person *p, int64_t site)
{
	return !site || p->home == site || p->site == site || p->leave_site == site;
}

/* Persons in sight, by name; ?site=: of that home, or signed in there. */
static void show_people(struct api_call *c, struct sitting *t, const json_t *rows)
{
	int64_t site = api_query_int(c, "site", 0);
	const struct person *const *people;
	struct api_page page;
	size_t n;

	(void)rows;
	people = directory_people(c->directory, &n);
	api_page_begin(&page, c);
	for (size_t i = 0; i < n && !page.full; i++) {
		const struct class_person *p = class_person(t->class, people[i]->pseudonym);

		if (p && belongs(p, site) && api_sees_class_person(c, t, p, people[i]) && api_page_wants(&page, people[i]->id))
			api_page_add(&page, people[i]->id, api_class_person_json(c, t->class, p, people[i]));
	}
	if (json_array_size(page.items) > 0)
		api_looked(c, ACT_PERSON_VIEW, target_org(site ? site : class_plan(t->class)->org), "class", t->number);
	api_reply(c, 200, api_page_end(&page));
}

static void found_people(struct api_call *c, const json_t *rows)
{
	api_class_stored(c, rows, rows, show_people);
}

void api_class_people(struct api_call *c)
{
	api_class_shown(c, show_people, found_people);
}

/* ---- planning ---- */

bool api_class_fine(struct api_call *c, enum class_fault fault, const char *field)
{
	if (fault == CLASS_FINE)
		return true;
	api_refuse(c, class_fault_code(fault), class_fault_text(fault), field);
	return false;
}

bool api_may_class(struct api_call *c, enum act_kind act, const struct sitting *t, int64_t *ret_grant)
{
	if (may(c->directory, &c->who, act, target_org(class_plan(t->class)->org), c->now_us, ret_grant) == 0)
		return true;
	api_refuse(c, "forbidden", "Your grants do not allow this here.", NULL);
	return false;
}

void api_class_event(struct api_call *c, const struct sitting *t, enum event_kind kind, json_t *payload)
{
	char room[ROOM_ID_BYTES];
	const struct person *p = directory_person(c->directory, c->who.person);

	snprintf(room, sizeof(room), "class-%lld", (long long)(t ? t->number : c->result));
	api_event(c, kind, room, p ? p->pseudonym : "", payload);
}

static bool is_site(const struct org *o)
{
	return !o->closed_us && (strcmp(o->kind, "branch") == 0 || strcmp(o->kind, "station") == 0 || strcmp(o->kind, "joint") == 0);
}

json_t *api_class_sites_of(const struct api_call *c, const struct class_plan *p)
{
	json_t *sites = json_array();
	const struct org *o = NULL;

	while (p->subtree && (o = directory_next_org(c->directory, o)))
		if (is_site(o) && directory_is_below(c->directory, o->id, p->target))
			json_array_append_new(sites, json_integer(o->id));
	if (json_array_size(sites) == 0)
		json_array_append_new(sites, json_integer(p->target));
	return sites;
}

/* Those that were not invited before. */
static void invite(struct api_call *c, const struct sitting *t, const struct class_plan *p)
{
	json_t *sites = api_class_sites_of(c, p), *row = json_array();
	const json_t *site;
	size_t i;

	json_array_foreach(sites, i, site) {
		if (t && class_site(t->class, json_integer_value(site)))
			continue;
		json_array_append(row, (json_t *)(uintptr_t)site);
		if (json_array_size(row) < SITES_A_ROW)
			continue;
		api_class_event(c, t, EVENT_SITES_INVITED, json_pack("{s:o}", "sites", row));
		row = json_array();
	}
	if (json_array_size(row) > 0)
		api_class_event(c, t, EVENT_SITES_INVITED, json_pack("{s:O}", "sites", row));
	json_decref(row);
	json_decref(sites);
}

static bool check_members(struct api_call *c)
{
	static const char *const known[] = { "org", "title", "kind", "campaign", "way", "subject", "start_ms", "end_ms", "zone", "target", "subtree", "agenda", "hosts" };
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		n += json_object_get(c->body, known[i]) != NULL;
	if (n == json_object_size(c->body))
		return true;
	api_refuse(c, "bad_message", "The body has members that are not known here.", NULL);
	return false;
}

/* Persons become the accounts by which they sign in; none: who plans it. NULL: refused. */
static json_t *host_accounts(struct api_call *c, const json_t *persons)
{
	json_t *accounts = json_array();
	const json_t *id;
	size_t i;

	json_array_foreach(persons, i, id) {
		const struct person *p = directory_person(c->directory, json_integer_value(id));

		if (!p || !p->account || !can_see(c->directory, &c->who, target_person(p->id), c->now_us)) {
			json_decref(accounts);
			api_class_fine(c, CLASS_FAULT_HOSTS, "hosts");
			return NULL;
		}
		json_array_append_new(accounts, json_integer(p->account));
	}
	if (json_array_size(accounts) == 0)
		json_array_append_new(accounts, json_integer(c->who.account));
	return accounts;
}

/* The caller invites the own subtree only: what lies at or below the organisation that holds it. */
static bool check_target(struct api_call *c, const struct class_plan *p, int64_t grant)
{
	const struct fact *g = directory_fact(c->directory, FACT_GRANT, grant);

	if (!can_see(c->directory, &c->who, target_org(p->target), c->now_us) || !directory_is_below(c->directory, p->target, p->org) || directory_org(c->directory, p->target)->closed_us) {
		api_refuse(c, "not_found", "There is no such thing, or it is not yours to see.", "target");
		return false;
	}
	if ((p->subtree || p->target != p->org) && !(g && g->flag)) {
		api_refuse(c, "forbidden", "Your grants do not allow this here.", "target");
		return false;
	}
	return true;
}

/* The body as a plan that may be made. *ret_hosts lives as long as the plan is used. */
static bool read_plan(struct api_call *c, struct class_plan *ret, int64_t org, int64_t *ret_grant, json_t **ret_hosts)
{
	const char *field = NULL;

	if (!check_members(c))
		return false;
	if (class_plan_parse(ret, c->body) < 0) {
		api_refuse(c, "bad_message", "A member of the body has another shape than it should.", NULL);
		return false;
	}
	ret->org = org ? org : ret->org;
	ret->target = ret->target ? ret->target : ret->org;
	if (!api_may(c, ACT_CLASS_PLAN, target_org(ret->org), ret_grant) || !api_check_place(c, ret->org) || !check_target(c, ret, *ret_grant))
		return false;
	*ret_hosts = host_accounts(c, ret->hosts);
	if (!*ret_hosts)
		return false;
	ret->hosts = *ret_hosts;
	return api_class_fine(c, class_plan_check(ret, c->now_us, &field), field);
}

void api_class_plan(struct api_call *c)
{
	struct class_plan p;
	json_t *hosts = NULL;
	int64_t grant;

	if (read_plan(c, &p, 0, &grant, &hosts)) {
		p.number = c->result = sittings_next_number(c->server);
		if (api_act(c, ACT_CLASS_PLAN, grant, p.org, 0, json_pack("{s:I, s:s, s:I}", "class", (json_int_t)p.number, "title", p.title, "start_ms", (json_int_t)(p.start_us / 1000)))) {
			api_class_event(c, NULL, EVENT_CLASS_PLANNED, class_plan_write(&p));
			invite(c, NULL, &p);
		}
	}
	json_decref(hosts);
}

void api_class_planned(struct api_call *c)
{
	char location[64];
	struct sitting *t = sitting_find(c->server, c->result);

	if (!t || !api_sees_class(c, t)) {
		http_reply(c->request, 204, NULL, NULL);
		return;
	}
	snprintf(location, sizeof(location), "/api/v1/classes/%lld", (long long)c->result);
	http_add_header(c->request, "location:", location);
	api_reply(c, 201, api_class_json(c, t));
}

/* The class of the path, still only planned, which the caller may change. */
static struct sitting *planned_class(struct api_call *c, enum act_kind act, int64_t *ret_grant)
{
	struct sitting *t = api_seen_class(c);

	if (!t || !api_may_class(c, act, t, ret_grant))
		return NULL;
	if (!api_class_fine(c, class_state(t->class) == CLASS_CANCELLED ? CLASS_FAULT_CANCELLED : class_state(t->class) == CLASS_PLANNED ? CLASS_FINE : CLASS_FAULT_NOT_PLANNED, NULL))
		return NULL;
	return t;
}

void api_class_change(struct api_call *c)
{
	int64_t grant;
	struct sitting *t = planned_class(c, ACT_CLASS_PLAN, &grant);
	json_t *hosts = NULL, *before;
	struct class_plan p;
	bool same;

	if (!t)
		return;
	before = api_class_json(c, t);
	same = api_unchanged(c, before);
	json_decref(before);
	if (same && read_plan(c, &p, class_plan(t->class)->org, &grant, &hosts)) {
		p.number = t->number;
		if (api_act(c, ACT_CLASS_PLAN, grant, p.org, 0,
		            json_pack("{s:I, s:s, s:o, s:o}", "class", (json_int_t)p.number, "title", p.title, "before", class_plan_write(class_plan(t->class)), "after", class_plan_write(&p)))) {
			api_class_event(c, t, EVENT_CLASS_PLANNED, class_plan_write(&p));
			invite(c, t, &p);
		}
	}
	json_decref(hosts);
}

void api_class_cancel(struct api_call *c)
{
	const char *why = "";
	const struct api_field fields[] = { { "why", FIELD_TEXT, true, API_REASON_BYTES, &why } };
	int64_t grant;
	struct sitting *t = planned_class(c, ACT_CLASS_CANCEL, &grant);

	if (!t || !api_fields(c, fields, ARRAY_LEN(fields)))
		return;
	if (api_act(c, ACT_CLASS_CANCEL, grant, class_plan(t->class)->org, 0, json_pack("{s:I, s:s, s:s}", "class", (json_int_t)t->number, "title", class_plan(t->class)->title, "why", why)))
		api_class_event(c, t, EVENT_CLASS_CANCELLED, json_pack("{s:s}", "why", why));
}

void api_class_done(struct api_call *c)
{
	api_class_read(c);
}
