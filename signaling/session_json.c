/* See session_json.h. */
#include "signaling/session_json.h"

#include <string.h>

#include "attendance/grant_role.h"
#include "classroom/seat.h"

static bool has_children(const struct org *o)
{
	const struct org *child = o ? o->child : NULL;

	while (child && child->closed_us)
		child = child->sibling;
	return child != NULL;
}

/* What a grant makes of somebody, the greater the more: a home page shows what one answers for. */
static int rank_of(const struct directory *d, const struct fact *g)
{
	enum grant_role role;

	if (!grant_role_parse(&role, g->text))
		return 0;
	switch (role) {
	case GRANT_ADMINISTRATOR:
		return 4;
	case GRANT_INSPECTOR:
		return 3;
	case GRANT_LEADER:
		return g->flag && has_children(directory_org(d, g->org)) ? 3 : 2;
	case GRANT_EXPERT:
		return 1;
	default:
		return 0;
	}
}

static const char *home_of(const struct directory *d, const struct account *a, int64_t now_us)
{
	static const char *const homes[] = { "member", "expert", "branch", "superior", "administrator" };
	const struct person *p = directory_person(d, a->person);
	const struct fact *g = NULL;
	int rank = p && strcmp(p->kind, "talent") == 0 ? 1 : 0;

	if (!p)
		return "branch";
	while ((g = directory_person_fact(d, p->id, FACT_GRANT, g)))
		if (fact_holds(g, now_us))
			rank = MAX(rank, rank_of(d, g));
	return homes[rank];
}

static json_t *list_grants(const struct directory *d, int64_t person, int64_t now_us)
{
	json_t *list = json_array();
	const struct fact *g = NULL;

	while (person && (g = directory_person_fact(d, person, FACT_GRANT, g))) {
		const struct org *o = directory_org(d, g->org);

		if (fact_holds(g, now_us))
			json_array_append_new(list, json_pack("{s:s, s:I, s:s, s:b}", "role", g->text, "org", (json_int_t)g->org, "org_name", o ? o->name : "", "subtree", g->flag));
	}
	return list;
}

json_t *session_json_write(const struct directory *d, const struct account *a, int64_t now_us)
{
	char org[SEAT_ORG_BYTES];

	directory_account_org(d, a, org, sizeof(org));
	return json_pack("{s:s, s:I, s:s, s:s, s:I, s:I, s:s, s:o, s:b, s:b}", "account", a->login, "account_id", (json_int_t)a->id, "name", a->name, "org", org, "org_id", (json_int_t)a->org,
	                 "person", (json_int_t)a->person, "home", home_of(d, a, now_us), "grants", list_grants(d, a->person, now_us), "must_change", a->must_change, "has_password", *a->password_hash != 0);
}
