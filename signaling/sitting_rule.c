/* See sitting_rule.h. */
#include "signaling/sitting_rule.h"

#include "attendance/credit_rule_lookup.h"
#include "signaling/server.h"

/* Killed behind it and before CLASS_OPENED, a class is opened again. */
static bool is_chosen(const struct class *c, const struct credit_rule_level *level)
{
	size_t n;
	const json_t *const *rules = class_rules(c, &n);

	for (size_t i = 0; i < n; i++)
		if (json_integer_value(json_object_get(rules[i], "org")) == level->org && json_integer_value(json_object_get(rules[i], "version")) == level->version)
			return true;
	return false;
}

int sitting_choose_rules(struct sitting *t, struct instant now)
{
	struct credit_rule_level levels[CREDIT_RULES_MAX];
	size_t n = credit_rule_chain(t->server->directory, class_plan(t->class)->org, now.wall_us, levels);
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		if (!is_chosen(t->class, &levels[i]))
			r = sitting_write(t, now, EVENT_RULE_CHOSEN, "", "", json_pack("{s:o, s:I, s:I}", "rule", credit_rule_write(&levels[i].rule), "org", (json_int_t)levels[i].org, "version",
			                  (json_int_t)levels[i].version), 0);
	return r;
}
