/* See policy_lookup.h. */
#include "attendance/policy_lookup.h"

#include <string.h>

const struct fact *policy_own(const struct directory *d, int64_t org, enum policy_key key, int64_t now_us)
{
	const struct org *o = directory_org(d, org);
	const struct fact *f = NULL;

	while (o && o->n_policies > 0 && (f = directory_org_fact(d, org, FACT_POLICY, f)))
		if (fact_holds(f, now_us) && strcmp(f->text, policy_rule(key)->name) == 0)
			return f;
	return NULL;
}

/* A recorded value that this program does not know counts as the strictest. */
static struct policy_level level_of(const struct directory *d, int64_t org, enum policy_key key, int64_t now_us)
{
	const struct fact *own = policy_own(d, org, key, now_us);
	struct policy_level level = { .org = org, .set = own != NULL };

	if (own && policy_value_parse(&level.value, key, own->note) != POLICY_RIGHT)
		level.value = policy_strictest(key);
	return level;
}

size_t policy_chain(const struct directory *d, int64_t org, enum policy_key key, int64_t now_us, struct policy_level ret[ORG_DEPTH_MAX])
{
	const struct org *o = directory_org(d, org);
	size_t n = o ? MIN((size_t)o->depth + 1, (size_t)ORG_DEPTH_MAX) : 0;

	for (size_t i = n; o && i-- > 0; o = directory_org(d, o->parent))
		ret[i] = level_of(d, o->id, key, now_us);
	return n;
}

struct policy_effect policy_at(const struct directory *d, int64_t org, enum policy_key key, int64_t now_us)
{
	struct policy_level chain[ORG_DEPTH_MAX];

	return policy_effective(key, chain, policy_chain(d, org, key, now_us, chain));
}
