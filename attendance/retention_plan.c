/* See retention_plan.h. */
#include "attendance/retention_plan.h"

#include <errno.h>

#include "attendance/policy_lookup.h"
#include "media/base/macros.h"
#include "media/base/mem.h"

#define DAY_US (24LL * 3600 * 1000000)
#define AUDIT_DAYS_BY_LAW 180

static int64_t before(enum policy_key key, int32_t days, int64_t now_us)
{
	if (policy_rule(key)->type != POLICY_DAYS)
		return INT64_MIN;
	if (key == POLICY_KEEP_AUDIT_DAYS)
		days = MAX(days, AUDIT_DAYS_BY_LAW);
	return now_us - days * DAY_US;
}

static void fill(struct retention_rule *rule, const struct directory *d, const struct org *o, int64_t now_us)
{
	const struct org *up = o;

	rule->org = o->id;
	for (unsigned i = 0; up->parent && i < ORG_DEPTH_MAX; i++)
		up = directory_org(d, up->parent);
	rule->root = up->id;
	for (enum policy_key key = 0; key < POLICY_KEYS; key++)
		rule->before_us[key] = before(key, policy_at(d, o->id, key, now_us).value, now_us);
}

static void fill_none(struct retention_rule *rule, const struct retention_plan *plan)
{
	for (enum policy_key key = 0; key < POLICY_KEYS; key++)
		rule->before_us[key] = before(key, policy_rule(key)->usual, plan->now_us);
	for (size_t i = 1; i < plan->n; i++)
		rule->before_us[POLICY_KEEP_AUDIT_DAYS] = MIN(rule->before_us[POLICY_KEEP_AUDIT_DAYS], plan->rules[i].before_us[POLICY_KEEP_AUDIT_DAYS]);
}

int retention_plan_make(struct retention_plan **ret, size_t *ret_bytes, const struct directory *d, int64_t now_us)
{
	size_t bytes = sizeof(struct retention_plan) + (directory_n_orgs(d) + 1) * sizeof(struct retention_rule);
	struct retention_plan *plan = mem_zalloc(bytes);
	const struct org *o = NULL;

	if (!plan)
		return -ENOMEM;
	plan->now_us = now_us;
	plan->n = 1;
	plan->newest_us = INT64_MIN;
	while ((o = directory_next_org(d, o)))
		fill(&plan->rules[plan->n++], d, o, now_us);
	fill_none(&plan->rules[0], plan);
	for (size_t i = 0; i < plan->n; i++)
		for (enum policy_key key = 0; key < POLICY_KEYS; key++)
			plan->newest_us = MAX(plan->newest_us, plan->rules[i].before_us[key]);
	*ret = plan;
	*ret_bytes = bytes;
	return 0;
}

const struct retention_rule *retention_rule_of(const struct retention_plan *plan, int64_t org)
{
	size_t lo = 1, hi = plan->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (plan->rules[mid].org < org)
			lo = mid + 1;
		else
			hi = mid;
	}
	return &plan->rules[org && lo < plan->n && plan->rules[lo].org == org ? lo : 0];
}
