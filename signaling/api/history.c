/* What held over time of an organisation or a person: past places and posts, each as far as the caller may see where it was. */
#include "attendance/history.h"

#include "attendance/fact.h"
#include "signaling/api_handlers.h"

static const char *const names[FACT_TYPES] = {
	[FACT_PARENT] = "parent", [FACT_NAME] = "name", [FACT_KIND] = "kind", [FACT_MEMBERSHIP] = "membership", [FACT_POST] = "post",
	[FACT_CATEGORY] = "category", [FACT_GRANT] = "grant", [FACT_POLICY] = "policy",
	[FACT_ORG_PHONE] = "phone",
};

static int64_t number(const json_t *row, const char *name)
{
	return json_integer_value(json_object_get(row, name));
}

static bool may_at(const struct api_call *c, enum act_kind act, int64_t org)
{
	int64_t grant;

	return may(c->directory, &c->who, act, target_org(org), c->now_us, &grant) == 0;
}

/* Where it was must be in the caller's sight, of a person among those whose people the caller sees, unless it is the own history. */
static bool shows(const struct api_call *c, const json_t *row)
{
	int64_t org = number(row, "org");
	bool own = c->who.person && number(row, "person") == c->who.person;

	switch (number(row, "type")) {
	case FACT_GRANT:
		return own || may_at(c, ACT_GRANT_VIEW, org);
	case FACT_POLICY:
		return may_at(c, ACT_POLICY_VIEW, org);
	default:
		return own || !org || (number(row, "person") ? can_see_people_of(c->directory, &c->who, org, c->now_us) : can_see(c->directory, &c->who, target_org(org), c->now_us));
	}
}

static void set_org(json_t *j, const struct api_call *c, const char *id, const char *name, int64_t org)
{
	const struct org *o = directory_org(c->directory, org);

	if (!o)
		return;
	json_object_set_new(j, id, json_integer(org));
	json_object_set_new(j, name, json_string(o->name));
}

static json_t *write_row(const struct api_call *c, const json_t *row)
{
	int64_t type = number(row, "type"), to_us = number(row, "to_us"), parent = number(row, "other");
	json_t *j = json_pack("{s:s, s:I, s:O, s:O, s:O, s:I, s:I, s:I, s:O}", "what", names[type], "id", (json_int_t)number(row, "id"), "text", json_object_get(row, "text"),
	                      "note", json_object_get(row, "note"), "flag", json_object_get(row, "flag"), "from_ms", (json_int_t)(number(row, "from_us") / 1000),
	                      "recorded_ms", (json_int_t)(number(row, "recorded_us") / 1000), "act", (json_int_t)number(row, "act"), "superseded",
	                      json_object_get(row, "superseded"));

	set_org(j, c, "org", "org_name", number(row, "org"));
	if (to_us)
		json_object_set_new(j, "to_ms", json_integer(to_us / 1000));
	if (type == FACT_POLICY)
		json_object_set_new(j, "title", api_policy_title(json_string_value(json_object_get(row, "text"))));
	if (type == FACT_PARENT && can_see(c->directory, &c->who, target_org(parent), c->now_us))
		set_org(j, c, "parent", "parent_name", parent);
	return j;
}

static void reply_rows(struct api_call *c, const json_t *rows)
{
	json_t *items = json_array(), *row;
	size_t i;

	json_array_foreach((json_t *)rows, i, row)
		if (number(row, "type") > 0 && number(row, "type") < FACT_TYPES && shows(c, row))
			json_array_append_new(items, write_row(c, row));
	api_reply(c, 200, json_pack("{s:o}", "items", items));
}

static bool may_read(struct api_call *c, struct target target)
{
	int64_t grant;

	if (target.kind == TARGET_ORG)
		return api_may(c, ACT_ORG_VIEW, target, &grant);
	return api_seen_person(c, target.id) != NULL;
}

static void found_org(struct api_call *c, const json_t *rows)
{
	if (may_read(c, target_org(c->ids[0])))
		reply_rows(c, rows);
}

static void found_person(struct api_call *c, const json_t *rows)
{
	if (!may_read(c, target_person(c->ids[0])))
		return;
	api_looked(c, ACT_PERSON_VIEW, target_person(c->ids[0]), "history", 0);
	reply_rows(c, rows);
}

/* ?all=1: also rows whose place later ones have taken, as they were recorded then. */
void api_org_history(struct api_call *c)
{
	struct history_query q = { .org = c->ids[0], .all = api_query_int(c, "all", 0) == 1 };

	if (may_read(c, target_org(q.org)))
		api_read(c, history_read, &q, sizeof(q), found_org);
}

void api_person_history(struct api_call *c)
{
	struct history_query q = { .person = c->ids[0], .all = api_query_int(c, "all", 0) == 1 };

	if (may_read(c, target_person(q.person)))
		api_read(c, history_read, &q, sizeof(q), found_person);
}
