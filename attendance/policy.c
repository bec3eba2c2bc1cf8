/* See policy.h; what the keys are stands in policy_rules.c. */
#include "attendance/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const switch_words[] = { "off", "on" };

static const char *const *words_of(const struct policy_rule *rule)
{
	return rule->type == POLICY_SWITCH ? switch_words : rule->choices;
}

enum policy_fault policy_key_parse(enum policy_key *ret, const char *name)
{
	for (enum policy_key k = 0; k < POLICY_KEYS; k++)
		if (strcmp(policy_rule(k)->name, name) == 0) {
			*ret = k;
			return POLICY_RIGHT;
		}
	return POLICY_UNKNOWN;
}

static enum policy_fault check_range(const struct policy_rule *rule, int32_t value)
{
	if (value >= rule->min && value <= rule->max)
		return POLICY_RIGHT;
	return rule->type == POLICY_DAYS ? POLICY_RANGE : POLICY_UNKNOWN;
}

static enum policy_fault parse_days(int32_t *ret, const struct policy_rule *rule, const char *text)
{
	size_t digits = strspn(text, "0123456789");
	int32_t value;

	if (digits == 0 || text[digits])
		return POLICY_UNKNOWN;
	if (digits > 6)
		return POLICY_RANGE;
	value = (int32_t)strtol(text, NULL, 10);
	if (check_range(rule, value) == POLICY_RIGHT)
		*ret = value;
	return check_range(rule, value);
}

enum policy_fault policy_value_parse(int32_t *ret, enum policy_key key, const char *text)
{
	const struct policy_rule *rule = policy_rule(key);

	if (rule->type == POLICY_DAYS)
		return parse_days(ret, rule, text);
	for (int32_t v = rule->min; v <= rule->max; v++)
		if (strcmp(words_of(rule)[v], text) == 0) {
			*ret = v;
			return POLICY_RIGHT;
		}
	return POLICY_UNKNOWN;
}

void policy_value_write(char ret[POLICY_VALUE_BYTES], enum policy_key key, int32_t value)
{
	const struct policy_rule *rule = policy_rule(key);

	if (rule->type == POLICY_DAYS)
		snprintf(ret, POLICY_VALUE_BYTES, "%d", value);
	else
		snprintf(ret, POLICY_VALUE_BYTES, "%s", check_range(rule, value) == POLICY_RIGHT ? words_of(rule)[value] : "");
}

int32_t policy_strictest(enum policy_key key)
{
	const struct policy_rule *rule = policy_rule(key);

	return rule->more_is_stricter ? rule->max : rule->min;
}

bool policy_is_laxer(enum policy_key key, int32_t a, int32_t b)
{
	return policy_rule(key)->more_is_stricter ? a < b : a > b;
}

/* One step down: what applies above, and the next organisation's own value. */
static struct policy_effect step(enum policy_key key, struct policy_effect above, const struct policy_level *level)
{
	above.why = above.org ? POLICY_BY_UPPER : POLICY_BY_DEFAULT;
	if (!level->set || level->value == above.value)
		return above;
	if (policy_is_laxer(key, above.value, level->value))
		return (struct policy_effect){ level->value, level->org, POLICY_BY_OWN };
	above.why = POLICY_BY_STRICTER_UPPER;
	return above;
}

static struct policy_effect at_root(enum policy_key key, const struct policy_level *root)
{
	if (root->set)
		return (struct policy_effect){ root->value, root->org, POLICY_BY_OWN };
	return (struct policy_effect){ policy_rule(key)->usual, 0, POLICY_BY_DEFAULT };
}

struct policy_effect policy_effective(enum policy_key key, const struct policy_level *chain, size_t n)
{
	struct policy_effect effect = { policy_rule(key)->usual, 0, POLICY_BY_DEFAULT };

	if (n > 0)
		effect = at_root(key, &chain[0]);
	for (size_t i = 1; i < n; i++)
		effect = step(key, effect, &chain[i]);
	return effect;
}

enum policy_fault policy_may_set(enum policy_key key, const struct policy_level *chain, size_t n, int32_t value, struct policy_effect *ret_bound)
{
	enum policy_fault fault = check_range(policy_rule(key), value);
	struct policy_effect above;

	if (fault != POLICY_RIGHT || n < 2)
		return fault;
	above = policy_effective(key, chain, n - 1);
	if (!policy_is_laxer(key, value, above.value))
		return POLICY_RIGHT;
	if (ret_bound)
		*ret_bound = above;
	return POLICY_LAXER;
}

const char *policy_fault_code(enum policy_fault fault)
{
	static const char *const codes[POLICY_FAULTS] = { "", "policy.unknown", "policy.range", "policy.laxer" };

	return (unsigned)fault < POLICY_FAULTS ? codes[fault] : "";
}

const char *policy_why_name(enum policy_why why)
{
	static const char *const names[] = { "default", "own", "upper", "stricter_upper" };

	return (unsigned)why < sizeof(names) / sizeof(names[0]) ? names[why] : "";
}
