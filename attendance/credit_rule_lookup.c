/* See credit_rule_lookup.h. */
#include "attendance/credit_rule_lookup.h"

const struct fact *credit_rule_own(const struct directory *d, int64_t org, int64_t now_us)
{
	const struct fact *f = NULL;

	while ((f = directory_org_fact(d, org, FACT_CREDIT_RULE, f)))
		if (fact_holds(f, now_us))
			return f;
	return NULL;
}

static bool read_level(const struct fact *f, struct credit_rule_level *ret)
{
	json_t *json = json_loads(f->note, 0, NULL);
	const char *field;
	bool good = credit_rule_parse(&ret->rule, json, &field) == 0;

	json_decref(json);
	ret->org = f->org;
	ret->version = f->id;
	ret->since_us = f->valid_from_us;
	return good;
}

size_t credit_rule_chain(const struct directory *d, int64_t org, int64_t now_us, struct credit_rule_level ret[CREDIT_RULES_MAX])
{
	struct credit_rule_level upward[CREDIT_RULES_MAX];
	const struct org *o = directory_org(d, org);
	size_t n = 0;

	for (unsigned i = 0; o && i < ORG_DEPTH_MAX && n < CREDIT_RULES_MAX; i++, o = directory_org(d, o->parent)) {
		const struct fact *own = credit_rule_own(d, o->id, now_us);

		n += own && read_level(own, &upward[n]);
	}
	for (size_t i = 0; i < n; i++)
		ret[i] = upward[n - 1 - i];
	return n;
}
