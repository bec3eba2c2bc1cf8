/* See credit_rule.h. */
#include "attendance/credit_rule.h"

#include <errno.h>
#include <string.h>

#include "media/base/macros.h"

#define DAY_S 86400
#define YEAR_HOURS_MILLI_MAX 10000000

const struct credit_rule credit_rule_usual = {
	.hour_s = 2700, .presence_percent = 90, .checks_needed = 2, .checks_of = 3, .day_hours_milli = 8000,
};

struct number_member {
	const char *name;
	size_t offset;
	int32_t min, max;
};

static const struct number_member numbers[] = {
	{ "hour_s", offsetof(struct credit_rule, hour_s), 600, 28800 },
	{ "presence_percent", offsetof(struct credit_rule, presence_percent), 1, 100 },
	{ "checks_needed", offsetof(struct credit_rule, checks_needed), 0, 100 },
	{ "checks_of", offsetof(struct credit_rule, checks_of), 1, 100 },
	{ "day_hours_milli", offsetof(struct credit_rule, day_hours_milli), 1, DAY_S / 600 * 1000 },
	{ "year_hours_milli", offsetof(struct credit_rule, year_hours_milli), 0, YEAR_HOURS_MILLI_MAX },
	{ "year_target_milli", offsetof(struct credit_rule, year_target_milli), 0, YEAR_HOURS_MILLI_MAX },
};

struct word_member {
	const char *name;
	size_t offset;
	const char *words[2];           /* for false, for true */
};

static const struct word_member words[] = {
	{ "gaps", offsetof(struct credit_rule, gaps_counted), { "excused", "counted" } },
	{ "unproved", offsetof(struct credit_rule, unproved_dropped), { "kept", "dropped" } },
};

static const char *const reason_words[CREDIT_REASONS] = {
	[CREDIT_CREDITED] = "credited", [CREDIT_PRESENCE_SHORT] = "presence_short", [CREDIT_CHECKS_MISSED] = "checks_missed",
	[CREDIT_NOT_SIGNED_IN] = "not_signed_in", [CREDIT_ON_LEAVE] = "on_leave", [CREDIT_NOT_ON_ROSTER] = "not_on_roster",
	[CREDIT_CAPPED] = "capped", [CREDIT_OVERLAP] = "overlap",
};

static int32_t *number_at(struct credit_rule *rule, const struct number_member *m)
{
	return (int32_t *)(void *)((char *)rule + m->offset);
}

static bool *word_at(struct credit_rule *rule, const struct word_member *m)
{
	return (bool *)(void *)((char *)rule + m->offset);
}

static int read_member(struct credit_rule *rule, const char *name, const json_t *value)
{
	const char *word = json_string_value(value);

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		if (strcmp(numbers[i].name, name) != 0)
			continue;
		if (!json_is_integer(value) || json_integer_value(value) < numbers[i].min || json_integer_value(value) > numbers[i].max)
			return -EINVAL;
		*number_at(rule, &numbers[i]) = (int32_t)json_integer_value(value);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		for (int b = 0; b < 2 && word && strcmp(words[i].name, name) == 0; b++) {
			if (strcmp(words[i].words[b], word) != 0)
				continue;
			*word_at(rule, &words[i]) = b;
			return 0;
		}
	}
	return -EINVAL;
}

/* The member that contradicts another; NULL: none. */
static const char *contradiction(const struct credit_rule *rule)
{
	if (rule->checks_needed > rule->checks_of)
		return "checks_needed";
	if ((int64_t)rule->day_hours_milli * rule->hour_s > (int64_t)DAY_S * 1000)
		return "day_hours_milli";
	if (rule->year_hours_milli && rule->year_hours_milli < rule->day_hours_milli)
		return "year_hours_milli";
	if (rule->year_hours_milli && rule->year_target_milli > rule->year_hours_milli)
		return "year_target_milli";
	return NULL;
}

int credit_rule_parse(struct credit_rule *ret, const json_t *from, const char **ret_field)
{
	struct credit_rule rule = credit_rule_usual;
	const char *name, *wrong;
	json_t *value;

	if (!json_is_object(from)) {
		*ret_field = "rule";
		return -EINVAL;
	}
	json_object_foreach((json_t *)from, name, value) {
		if (read_member(&rule, name, value) < 0) {
			*ret_field = name;
			return -EINVAL;
		}
	}
	wrong = contradiction(&rule);
	if (wrong) {
		*ret_field = wrong;
		return -EINVAL;
	}
	*ret = rule;
	return 0;
}

json_t *credit_rule_write(const struct credit_rule *rule)
{
	struct credit_rule copy = *rule;
	json_t *to = json_object();
	int r = to ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(numbers); i++)
		r = json_object_set_new(to, numbers[i].name, json_integer(*number_at(&copy, &numbers[i])));
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(words); i++)
		r = json_object_set_new(to, words[i].name, json_string(words[i].words[*word_at(&copy, &words[i])]));
	if (r == 0)
		return to;
	json_decref(to);
	return NULL;
}

/* ---- what it says ---- */

static int64_t counted_s(const struct credit_rule *rule, const struct credit_case *c)
{
	return c->present_s - (rule->unproved_dropped ? c->unproved_s : 0);
}

enum credit_reason credit_rule_judge(const struct credit_rule *rule, const struct credit_case *c)
{
	int64_t of_s = c->window_s - (rule->gaps_counted ? 0 : c->gap_s);
	int64_t counted = counted_s(rule, c);

	if (counted <= 0 || counted * 100 < rule->presence_percent * of_s)
		return CREDIT_PRESENCE_SHORT;
	/* met of sent at least needed of so many: no fraction is rounded away */
	if ((int64_t)c->met * rule->checks_of < (int64_t)c->sent * rule->checks_needed)
		return CREDIT_CHECKS_MISSED;
	return CREDIT_CREDITED;
}

static int32_t least_cap(int32_t a, int32_t b)
{
	return a && b ? MIN(a, b) : MAX(a, b);
}

struct credit_terms credit_rules_apply(const struct credit_rule *rules, size_t n, const struct credit_case *c)
{
	struct credit_terms t = { .reason = CREDIT_CREDITED };
	size_t least = 0;

	for (size_t i = 0; i < n; i++) {
		if (t.reason == CREDIT_CREDITED)
			t.reason = credit_rule_judge(&rules[i], c);
		if (counted_s(&rules[i], c) * rules[least].hour_s < counted_s(&rules[least], c) * rules[i].hour_s)
			least = i;
		t.day_hours_milli = least_cap(t.day_hours_milli, rules[i].day_hours_milli);
		t.year_hours_milli = least_cap(t.year_hours_milli, rules[i].year_hours_milli);
	}
	t.hour_s = rules[least].hour_s;
	t.unproved_dropped = rules[least].unproved_dropped;
	return t;
}

const char *credit_reason_word(enum credit_reason reason)
{
	return reason < CREDIT_REASONS ? reason_words[reason] : NULL;
}

int credit_reason_parse(enum credit_reason *ret, const char *word)
{
	for (size_t i = 0; word && i < CREDIT_REASONS; i++) {
		if (strcmp(reason_words[i], word) == 0) {
			*ret = (enum credit_reason)i;
			return 0;
		}
	}
	return -EINVAL;
}
