/* See person_state.h. */
#include "attendance/person_state.h"

#include "attendance/policy_lookup.h"
#include "media/base/macros.h"

#define DAY_US (24LL * 3600 * 1000000)

/* Now or later; a right is a tie as well. */
static bool has_ties(const struct person *p, int64_t now_us)
{
	static const enum fact_type ties[] = { FACT_MEMBERSHIP, FACT_GRANT };

	for (size_t i = 0; i < ARRAY_LEN(ties); i++)
		for (const struct fact *f = NULL; (f = directory_fact_of(p, ties[i], f));)
			if (!f->valid_to_us || f->valid_to_us > now_us)
				return true;
	return false;
}

static bool is_former(const struct person *p, int64_t now_us)
{
	return !p->erased && !p->merged_into && p->left_us && p->left_us <= now_us && !has_ties(p, now_us);
}

static int64_t after(const struct directory *d, const struct person *p, enum policy_key key, int64_t now_us)
{
	return p->left_us + policy_at(d, p->last_org, key, now_us).value * DAY_US;
}

enum person_state person_state(const struct directory *d, const struct person *p, int64_t now_us)
{
	if (p->erased)
		return PERSON_ERASED;
	return is_former(p, now_us) && now_us >= after(d, p, POLICY_KEEP_FORMER_DAYS, now_us) ? PERSON_RESTRICTED : PERSON_ACTIVE;
}

const char *person_state_name(enum person_state state)
{
	static const char *const names[] = { [PERSON_ACTIVE] = "active", [PERSON_RESTRICTED] = "restricted", [PERSON_ERASED] = "erased" };

	return names[state];
}

int64_t person_erase_us(const struct directory *d, const struct person *p, int64_t now_us)
{
	static const enum policy_key legal[] = { POLICY_KEEP_FORMER_DAYS, POLICY_KEEP_PRESENCE_DAYS, POLICY_KEEP_CREDIT_DAYS, POLICY_KEEP_AUDIT_DAYS };
	int64_t ret = 0;

	if (!is_former(p, now_us))
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(legal); i++)
		ret = MAX(ret, after(d, p, legal[i], now_us));
	return ret;
}
