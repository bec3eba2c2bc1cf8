/* See source_rules.h. */
#include "classroom/source_rules.h"

#include <errno.h>
#include <string.h>

#define FAR 255                 /* nearness of a role's rule: every organisation's is nearer */
#define NOT_COVERED (-1)

static const char *const words[RULE_WORDS] = { "clear", "allow", "deny" };

const char *rule_word_name(enum rule_word word)
{
	return (unsigned)word < RULE_WORDS ? words[word] : "";
}

int rule_word_parse(enum rule_word *ret, const char *name)
{
	for (unsigned i = 0; name && i < RULE_WORDS; i++)
		if (strcmp(words[i], name) == 0) {
			*ret = (enum rule_word)i;
			return 0;
		}
	return -EINVAL;
}

bool source_rule_is_good(const struct source_rule *rule)
{
	if ((unsigned)rule->source > SEAT_SCREEN || (unsigned)rule->word >= RULE_WORDS)
		return false;
	if (rule->scope == RULE_ROLE)
		return rule->role == ROLE_PRESENTER || rule->role == ROLE_PARTICIPANT;
	return (rule->scope == RULE_SUBTREE || rule->scope == RULE_SITE) && rule->org > 0;
}

static bool same_place(const struct source_rule *a, const struct source_rule *b)
{
	return a->source == b->source && a->scope == b->scope && (a->scope == RULE_ROLE ? a->role == b->role : a->org == b->org);
}

static size_t place_of(const struct source_rules *rules, const struct source_rule *rule)
{
	size_t i = 0;

	while (i < rules->n && !same_place(&rules->list[i], rule))
		i++;
	return i;
}

bool source_rules_has(const struct source_rules *rules, const struct source_rule *rule)
{
	size_t i = place_of(rules, rule);

	return i == rules->n ? rule->word == RULE_CLEAR : rules->list[i].word == rule->word;
}

int source_rules_set(struct source_rules *rules, const struct source_rule *rule)
{
	size_t i = place_of(rules, rule);

	if (rule->word == RULE_CLEAR) {
		if (i == rules->n)
			return 0;
		rules->n--;
		memmove(&rules->list[i], &rules->list[i + 1], (rules->n - i) * sizeof(rules->list[0]));
		return 0;
	}
	if (i == SOURCE_RULES_MAX)
		return -ENOSPC;
	rules->list[i] = *rule;
	if (rule->scope == RULE_ROLE)
		rules->list[i].org = 0;
	else
		rules->list[i].role = ROLE_HOST;        /* none: an organisation's rule has no role */
	rules->n += i == rules->n;
	return 0;
}

/* How far above the seat the rule stands, 0 its own site; NOT_COVERED. */
static int distance(const struct source_rule *rule, const struct seat *s)
{
	if (role_leads(s->role))
		return NOT_COVERED;
	if (rule->scope == RULE_ROLE)
		return s->role == rule->role ? FAR : NOT_COVERED;
	if (rule->scope == RULE_SITE)
		return s->n_orgs > 0 && s->orgs[0] == rule->org ? 0 : NOT_COVERED;
	for (int i = 0; i < s->n_orgs; i++)
		if (s->orgs[i] == rule->org)
			return i + 1;
	return NOT_COVERED;
}

bool source_rule_covers(const struct source_rule *rule, const struct seat *s)
{
	return distance(rule, s) != NOT_COVERED;
}

enum rule_word source_rules_say(const struct source_rules *rules, const struct seat *s, enum seat_source source)
{
	enum rule_word word = RULE_CLEAR;
	int nearest = FAR + 1;

	for (size_t i = 0; i < rules->n; i++) {
		const struct source_rule *rule = &rules->list[i];
		int at = distance(rule, s);

		if (rule->source != source || at == NOT_COVERED || at >= nearest)
			continue;
		nearest = at;
		word = rule->word;
	}
	return word;
}

uint8_t source_rules_denied(const struct source_rules *rules, const struct seat *s)
{
	uint8_t denied = 0;

	for (unsigned source = 0; source <= SEAT_SCREEN; source++)
		if (source_rules_say(rules, s, (enum seat_source)source) == RULE_DENY)
			denied |= source_rule_mask((enum seat_source)source);
	return denied;
}
