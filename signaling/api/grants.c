/* Grants: who may do what where. Nobody gives what he does not have himself, nor anything to himself. */
#include <string.h>

#include "media/base/utf8.h"
#include "signaling/api_handlers.h"

#define PURPOSE_BYTES 301

static bool is_open(const struct api_call *c, const struct fact *g)
{
	return !g->valid_to_us || g->valid_to_us > c->now_us;
}

/* ---- reading ---- */

struct filter {
	int64_t org, person;            /* 0: any */
	bool below, ended;
};

static bool is_wanted(const struct api_call *c, const struct filter *f, const struct fact *g)
{
	bool there = !f->org || (f->below ? directory_is_below(c->directory, g->org, f->org) : g->org == f->org);

	return there && (f->ended || is_open(c, g)) && api_sees_grant(c, g);
}

static void offer_grants(struct api_page *page, const struct api_call *c, const struct filter *f, int64_t person)
{
	const struct fact *g = NULL;

	while (!page->full && (g = directory_person_fact(c->directory, person, FACT_GRANT, g)))
		if (is_wanted(c, f, g) && api_page_wants(page, g->id))
			api_page_add(page, g->id, api_grant_json(c, g));
}

/* ?org= (with below=1 also below it), ?person=; without any all that the caller sees. ?ended=1: also those that ended since the server started. */
void api_grants_list(struct api_call *c)
{
	struct filter f = {
		.org = api_query_int(c, "org", 0), .person = api_query_int(c, "person", 0), .below = api_query_int(c, "below", 0) == 1, .ended = api_query_int(c, "ended", 0) == 1,
	};
	const struct person *p = NULL;
	struct api_page page;

	if ((f.org && !can_see(c->directory, &c->who, target_org(f.org), c->now_us)) || (f.person && !can_see(c->directory, &c->who, target_person(f.person), c->now_us))) {
		api_not_there(c);
		return;
	}
	api_page_begin(&page, c);
	if (f.person)
		offer_grants(&page, c, &f, f.person);
	else
		while (!page.full && (p = directory_next_person(c->directory, p)))
			offer_grants(&page, c, &f, p->id);
	api_reply(c, 200, api_page_end(&page));
}

/* ---- giving and ending ---- */

/* The own grant that lets the caller give one at an organisation, with all below or not, until a time (0: for ever). NULL: none. */
static const struct fact *find_giver(const struct api_call *c, int64_t org, bool subtree, int64_t to_us)
{
	const struct fact *g = NULL;
	enum grant_role role;

	while (c->who.person && (g = directory_person_fact(c->directory, c->who.person, FACT_GRANT, g))) {
		bool covers = g->flag ? directory_is_below(c->directory, org, g->org) : g->org == org && !subtree;
		bool lasts = !g->valid_to_us || (to_us && to_us <= g->valid_to_us);

		if (fact_holds(g, c->now_us) && grant_role_parse(&role, g->text) && grant_role_allows(role, ACT_GRANT_GIVE) && covers && lasts)
			return g;
	}
	return NULL;
}

static bool allows_anything(const struct fact *g)
{
	enum grant_role role;
	bool any = false;

	for (enum act_kind a = 0; grant_role_parse(&role, g->text) && a < ACTS; a++)
		any = any || grant_role_allows(role, a);
	return any;
}

bool api_covers_grants(const struct api_call *c, int64_t person)
{
	const struct fact *g = NULL;

	while ((g = directory_person_fact(c->directory, person, FACT_GRANT, g)))
		if (is_open(c, g) && allows_anything(g) && !find_giver(c, g->org, g->flag, g->valid_to_us))
			return false;
	return true;
}

bool api_holds_grants(const struct api_call *c, int64_t person)
{
	const struct fact *g = NULL;

	while ((g = directory_person_fact(c->directory, person, FACT_GRANT, g)))
		if (is_open(c, g))
			return true;
	return false;
}

/* A tree without an administrator could be given no further one. */
static bool leaves_administrator(const struct api_call *c, int64_t org, int64_t except_grant, int64_t except_person)
{
	const struct org *o = directory_org(c->directory, org);
	const struct fact *g = NULL;

	if (!o || o->parent || o->closed_us)
		return true;
	while ((g = directory_org_fact(c->directory, org, FACT_GRANT, g)))
		if (g->id != except_grant && g->person != except_person && g->flag && strcmp(g->text, grant_role_name(GRANT_ADMINISTRATOR)) == 0 && fact_holds(g, c->now_us) &&
		    !g->valid_to_us)
			return true;
	return false;
}

static bool is_administrator(const struct fact *g)
{
	return strcmp(g->text, grant_role_name(GRANT_ADMINISTRATOR)) == 0;
}

static void refuse_last(struct api_call *c)
{
	api_refuse(c, "last_administrator", "This is the last administrator of the whole tree: give another grant first.", NULL);
}

bool api_grants_may_end(struct api_call *c, int64_t person)
{
	const struct fact *g = NULL;
	int64_t grant;

	while ((g = directory_person_fact(c->directory, person, FACT_GRANT, g))) {
		if (!is_open(c, g))
			continue;
		if (may(c->directory, &c->who, ACT_GRANT_END, target_org(g->org), c->now_us, &grant) < 0) {
			if (api_sees_grant(c, g))
				api_refuse(c, "holds_grants", "This person holds grants that you may not end.", NULL);
			else
				api_refuse(c, "forbidden", "Your grants do not allow this here.", NULL);
			return false;
		}
		if (is_administrator(g) && !leaves_administrator(c, g->org, 0, person)) {
			refuse_last(c);
			return false;
		}
	}
	return true;
}

static bool check_terms(struct api_call *c, const struct fact *g)
{
	enum grant_role role;

	if (!grant_role_parse(&role, g->text)) {
		api_refuse(c, "bad_message", "There is no such role.", "role");
		return false;
	}
	if (!utf8_is_name(g->note)) {
		api_refuse(c, "bad_message", "A grant has a purpose.", "purpose");
		return false;
	}
	if (g->valid_to_us && (g->valid_to_us <= c->now_us || g->valid_to_us <= g->valid_from_us)) {
		api_refuse(c, "bad_message", "A grant ends after it begins, and in the future.", "to_ms");
		return false;
	}
	if (g->valid_from_us && g->valid_from_us < c->now_us) {
		api_refuse(c, "bad_message", "A grant cannot begin in the past.", "from_ms");
		return false;
	}
	return true;
}

static bool check_new(struct api_call *c, const struct fact *g)
{
	const struct fact *other = NULL;

	while ((other = directory_person_fact(c->directory, g->person, FACT_GRANT, other))) {
		if (is_open(c, other) && other->org == g->org && strcmp(other->text, g->text) == 0 && other->flag == g->flag &&
		    (!other->valid_to_us || (g->valid_to_us && g->valid_to_us <= other->valid_to_us))) {
			api_refuse(c, "conflict", "This person has that grant already.", NULL);
			return false;
		}
	}
	return true;
}

static json_t *describe(const struct fact *g)
{
	return json_pack("{s:s, s:b, s:s, s:I, s:I}", "role", g->text, "subtree", g->flag, "purpose", g->note, "from_ms", (json_int_t)(g->valid_from_us / 1000),
	                 "to_ms", (json_int_t)(g->valid_to_us / 1000));
}

void api_grant_give(struct api_call *c)
{
	struct fact g = { .type = FACT_GRANT, .other = c->who.account, .text = "", .note = "" };
	const struct api_field fields[] = {
		{ "person", FIELD_ID, true, 0, &g.person }, { "org", FIELD_ID, true, 0, &g.org }, { "role", FIELD_TEXT, true, 16, &g.text },
		{ "subtree", FIELD_BOOL, true, 0, &g.flag }, { "from_ms", FIELD_TIME_MS, false, 0, &g.valid_from_us },
		{ "to_ms", FIELD_TIME_MS, false, 0, &g.valid_to_us }, { "purpose", FIELD_TEXT, true, PURPOSE_BYTES, &g.note },
	};
	const struct fact *giver;
	const struct person *p;
	int64_t grant;

	if (!api_fields(c, fields, ARRAY_LEN(fields)) || !api_may(c, ACT_GRANT_GIVE, target_org(g.org), &grant))
		return;
	p = api_seen_person(c, g.person);
	if (!p || !api_check_present(c, p) || !api_check_place(c, g.org) || !check_terms(c, &g))
		return;
	if (p->id == c->who.person) {
		api_refuse(c, "own_grant", "Nobody gives a grant to himself.", "person");
		return;
	}
	giver = find_giver(c, g.org, g.flag, g.valid_to_us);
	if (!giver) {
		api_refuse(c, "forbidden", "Nobody gives more than he has: not for all below, and not for longer.", g.flag ? "subtree" : "to_ms");
		return;
	}
	if (!api_person_belongs(c, p)) {
		api_refuse(c, "conflict", "Who has left is given no grant.", "person");
		return;
	}
	if (!check_new(c, &g) || !api_act(c, ACT_GRANT_GIVE, giver->id, g.org, p->id, describe(&g)))
		return;
	api_add_fact(c, g);
	c->result = changes_at(c->changes, 0)->fact.id;
}

void api_grant_given(struct api_call *c)
{
	const struct fact *g = directory_fact(c->directory, FACT_GRANT, c->result);

	if (g && api_sees_grant(c, g))
		api_reply(c, 201, api_grant_json(c, g));
	else
		http_reply(c->request, 204, NULL, NULL);
}

/* One whom the caller does not see was given the grant from above, and is ended from there. */
void api_grant_end(struct api_call *c)
{
	const struct fact *g = directory_fact(c->directory, FACT_GRANT, c->ids[0]);
	const char *why = "";
	const struct api_field fields[] = { { "why", FIELD_TEXT, true, API_REASON_BYTES, &why } };
	int64_t grant;

	c->result = c->ids[0];
	if (!g || !api_sees_grant(c, g)) {
		api_not_there(c);
		return;
	}
	if (!api_fields(c, fields, ARRAY_LEN(fields)))
		return;
	if (!can_see(c->directory, &c->who, target_org(g->org), c->now_us) || !reaches_person(c->directory, &c->who, g->person, c->now_us)) {
		api_refuse(c, "forbidden", "Your grants do not allow this here.", NULL);
		return;
	}
	if (!api_may(c, ACT_GRANT_END, target_org(g->org), &grant))
		return;
	if (!is_open(c, g))
		api_refuse(c, "conflict", "This grant has ended already.", NULL);
	else if (is_administrator(g) && !leaves_administrator(c, g->org, g->id, 0))
		refuse_last(c);
	else if (api_act(c, ACT_GRANT_END, grant, g->org, g->person, json_pack("{s:o, s:s}", "before", describe(g), "why", why)))
		api_end_fact(c, g);
}

void api_grant_ended(struct api_call *c)
{
	http_reply(c->request, 204, NULL, NULL);
}
