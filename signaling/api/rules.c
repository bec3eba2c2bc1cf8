/* Credit rules of an organisation: what applies there, by whose rule, and what a rule would change; setting the own one. */
#include <stdlib.h>
#include <string.h>

#include "attendance/credit_rule_lookup.h"
#include "signaling/api_handlers.h"

#define RULE_BYTES 1000
#define LESSON_S 5400                   /* the class by which a rule is explained */
#define CHECKS_SENT 3

struct rules {
	struct credit_rule_level list[CREDIT_RULES_MAX + 1];
	size_t n;
};

static void read_rules(const struct api_call *c, int64_t org, struct rules *ret)
{
	ret->n = credit_rule_chain(c->directory, org, c->now_us, ret->list);
}

/* The rules as they would be with this own one (NULL: with none). */
static void replace_own(struct rules *r, int64_t org, const struct credit_rule *own)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->n; i++)
		if (r->list[i].org != org)
			r->list[kept++] = r->list[i];
	if (own)
		r->list[kept++] = (struct credit_rule_level){ .org = org, .rule = *own };
	r->n = kept;
}

/* ---- what rules come to ---- */

static int64_t needed_s(const struct credit_rule *r)
{
	return ((int64_t)LESSON_S * r->presence_percent + 99) / 100;
}

static int64_t needed_checks(const struct credit_rule *r)
{
	return (CHECKS_SENT * (int64_t)r->checks_needed + r->checks_of - 1) / r->checks_of;
}

static int64_t gives_milli(const struct credit_rule *r)
{
	return 1000LL * LESSON_S / r->hour_s;
}

static int64_t day_cap(const struct credit_rule *r)
{
	return r->day_hours_milli;
}

static int64_t year_cap(const struct credit_rule *r)
{
	return r->year_hours_milli;
}

static int64_t target(const struct credit_rule *r)
{
	return r->year_target_milli;
}

static int64_t counts_gaps(const struct credit_rule *r)
{
	return r->gaps_counted;
}

static int64_t drops_unproved(const struct credit_rule *r)
{
	return r->unproved_dropped;
}

/* Which of several values binds: the strictest, 0 of the caps being none. */
static const struct {
	const char *name;
	int64_t (*value)(const struct credit_rule *r);
	bool least;
} effects[] = {
	{ "presence_s", needed_s, false },        { "checks", needed_checks, false },          { "milli_hours", gives_milli, true },
	{ "day_hours_milli", day_cap, true },     { "year_hours_milli", year_cap, true },      { "year_target_milli", target, false },
	{ "gaps_counted", counts_gaps, false },   { "unproved_dropped", drops_unproved, false },
};

static bool binds(int64_t value, int64_t than, bool least)
{
	if (least)
		return value && (!than || value < than);
	return value > than;
}

static json_t *effect_json(const struct api_call *c, const struct rules *r, size_t at)
{
	int64_t value = r->n ? effects[at].value(&r->list[0].rule) : effects[at].value(&credit_rule_usual), org = r->n ? r->list[0].org : 0;
	json_t *j;

	for (size_t i = 1; i < r->n; i++) {
		int64_t other = effects[at].value(&r->list[i].rule);

		if (!binds(other, value, effects[at].least))
			continue;
		value = other;
		org = r->list[i].org;
	}
	j = json_pack("{s:I}", "value", (json_int_t)value);
	if (j && org && can_see(c->directory, &c->who, target_org(org), c->now_us))
		json_object_set_new(j, "org_name", json_string(directory_org(c->directory, org)->name));
	if (j)
		json_object_set_new(j, "why", json_string(!r->n ? "default" : org == c->ids[0] ? "own" : "upper"));
	return j;
}

static json_t *effects_json(const struct api_call *c, const struct rules *r)
{
	json_t *all = json_pack("{s:i, s:i}", "lesson_s", LESSON_S, "checks_sent", CHECKS_SENT);

	for (size_t i = 0; all && i < ARRAY_LEN(effects); i++)
		json_object_set_new(all, effects[i].name, effect_json(c, r, i));
	return all;
}

/* ---- reading ---- */

static json_t *level_json(const struct api_call *c, const struct credit_rule_level *l)
{
	json_t *j = json_pack("{s:b, s:I, s:o}", "own", l->org == c->ids[0], "since_ms", (json_int_t)(l->since_us / 1000), "rule", credit_rule_write(&l->rule));

	if (j && can_see(c->directory, &c->who, target_org(l->org), c->now_us)) {
		json_object_set_new(j, "org", json_integer(l->org));
		json_object_set_new(j, "org_name", json_string(directory_org(c->directory, l->org)->name));
	}
	return j;
}

static json_t *rules_json(const struct api_call *c, const struct rules *r)
{
	json_t *list = json_array(), *all;
	int64_t grant;

	for (size_t i = 0; i < r->n; i++)
		json_array_append_new(list, level_json(c, &r->list[i]));
	all = json_pack("{s:I, s:b, s:o, s:o, s:o}", "org", (json_int_t)c->ids[0], "may_set",
	                may(c->directory, &c->who, ACT_RULE_SET, target_org(c->ids[0]), c->now_us, &grant) == 0, "rules", list, "effects", effects_json(c, r), "usual",
	                credit_rule_write(&credit_rule_usual));
	return all;
}

static bool read_rule(struct api_call *c, const json_t *from, struct credit_rule *ret)
{
	const char *field = NULL;

	if (credit_rule_parse(ret, from, &field) == 0)
		return true;
	api_refuse(c, "rule.member", "This member of the rule is not known, out of its bounds, or contradicts another.", field);
	return false;
}

/* ?preview= a rule as JSON, "none" without an own one: what would apply then, as `preview`. Nothing is set. */
static bool add_preview(struct api_call *c, struct rules *r, json_t *all)
{
	char text[RULE_BYTES];
	struct credit_rule rule;
	json_t *from = NULL;
	bool good = true;

	if (!http_has_query(c->request, "preview"))
		return true;
	if (!http_query(c->request, "preview", text, sizeof(text))) {
		api_refuse(c, "too_large", "The rule is too long.", "preview");
		return false;
	}
	if (strcmp(text, "none") != 0) {
		from = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
		good = read_rule(c, from, &rule);
	}
	if (good) {
		replace_own(r, c->ids[0], from ? &rule : NULL);
		json_object_set_new(all, "preview", effects_json(c, r));
	}
	json_decref(from);
	return good;
}

void api_rules_read(struct api_call *c)
{
	struct rules r;
	json_t *all;
	int64_t grant;

	if (!api_may(c, ACT_POLICY_VIEW, target_org(c->ids[0]), &grant))
		return;
	read_rules(c, c->ids[0], &r);
	all = rules_json(c, &r);
	if (all && !add_preview(c, &r, all))
		json_decref(all);
	else
		api_reply(c, 200, all);
}

/* ---- setting ---- */

static bool check_room(struct api_call *c, const struct rules *r, const struct fact *own)
{
	if (own || r->n < CREDIT_RULES_MAX)
		return true;
	api_refuse(c, "too_many", "So many organisations above have a rule that there is no room for another.", "rule");
	return false;
}

/* {rule?, why}: without a rule the own one is taken away. */
void api_rule_set(struct api_call *c)
{
	const json_t *from = NULL;
	const char *why = "";
	const struct api_field fields[] = { { "rule", FIELD_OBJECT, false, 0, &from }, { "why", FIELD_TEXT, true, API_REASON_BYTES, &why } };
	int64_t grant, org = c->ids[0];
	const struct fact *own;
	struct credit_rule rule;
	struct rules r;
	json_t *before, *after;
	char *text;

	if (!api_fields(c, fields, ARRAY_LEN(fields)) || !api_may(c, ACT_RULE_SET, target_org(org), &grant) || !api_check_place(c, org))
		return;
	if (from && !read_rule(c, from, &rule))
		return;
	read_rules(c, org, &r);
	own = credit_rule_own(c->directory, org, c->now_us);
	if (!check_room(c, &r, own))
		return;
	before = own ? json_loads(own->note, 0, NULL) : NULL;
	after = from ? credit_rule_write(&rule) : NULL;
	text = after ? json_dumps(after, JSON_COMPACT) : NULL;
	if (api_act(c, ACT_RULE_SET, grant, org, 0, json_pack("{s:o*, s:o*, s:s}", "before", before, "after", after, "why", why))) {
		if (own)
			api_end_fact(c, own);
		if (text)
			api_add_fact(c, (struct fact){ .type = FACT_CREDIT_RULE, .org = org, .note = text });
	}
	free(text);
}

void api_rule_done(struct api_call *c)
{
	api_rules_read(c);
}
