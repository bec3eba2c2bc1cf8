/* Policy: what applies at an organisation and why; setting its own values. */
#include <string.h>

#include "attendance/policy_lookup.h"
#include "signaling/api_handlers.h"

#define KEY_BYTES 48

static json_t *words(const struct policy_words *w)
{
	return json_pack("{s:s, s:s}", "zh", w->zh, "en", w->en);
}

json_t *api_policy_title(const char *name)
{
	enum policy_key key;

	return name && policy_key_parse(&key, name) == POLICY_RIGHT ? words(&policy_rule(key)->title) : NULL;
}

static json_t *value_json(enum policy_key key, int32_t value)
{
	char text[POLICY_VALUE_BYTES];

	policy_value_write(text, key, value);
	return json_string(text);
}

static json_t *choices_of(const struct policy_rule *rule)
{
	json_t *list = json_array();

	for (int32_t i = 0; rule->choices && i <= rule->max; i++)
		json_array_append_new(list, json_string(rule->choices[i]));
	return list;
}

/* Whose value it is stands there only for an organisation that the caller sees; that one above has it, always. */
static void write_source(json_t *j, const struct api_call *c, const struct policy_effect *e)
{
	json_object_set_new(j, "why", json_string(policy_why_name(e->why)));
	if (!e->org || !can_see(c->directory, &c->who, target_org(e->org), c->now_us))
		return;
	json_object_set_new(j, "org", json_integer(e->org));
	json_object_set_new(j, "org_name", json_string(directory_org(c->directory, e->org)->name));
}

static json_t *key_json(const struct api_call *c, int64_t org, enum policy_key key)
{
	static const char *const types[] = { [POLICY_SWITCH] = "switch", [POLICY_CHOICE] = "choice", [POLICY_DAYS] = "days" };
	const struct policy_rule *rule = policy_rule(key);
	const struct fact *own = policy_own(c->directory, org, key, c->now_us);
	struct policy_effect e = policy_at(c->directory, org, key, c->now_us);
	json_t *j = json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:b}", "key", rule->name, "type", types[rule->type], "value", value_json(key, e.value),
	                      "default", value_json(key, rule->usual), "title", words(&rule->title), "reason", words(&rule->reason), "law", words(&rule->law),
	                      "more_is_stricter", rule->more_is_stricter);

	json_object_set_new(j, "own", own ? json_string(own->note) : json_null());
	if (rule->later.zh)
		json_object_set_new(j, "later", words(&rule->later));
	if (rule->choices)
		json_object_set_new(j, "choices", choices_of(rule));
	if (rule->type == POLICY_DAYS) {
		json_object_set_new(j, "min", json_integer(rule->min));
		json_object_set_new(j, "max", json_integer(rule->max));
	}
	write_source(j, c, &e);
	return j;
}

static json_t *policy_json(const struct api_call *c, int64_t org)
{
	json_t *list = json_array();
	int64_t grant;
	bool sets = may(c->directory, &c->who, ACT_POLICY_SET, target_org(org), c->now_us, &grant) == 0;

	for (enum policy_key key = 0; key < POLICY_KEYS; key++)
		json_array_append_new(list, key_json(c, org, key));
	return json_pack("{s:I, s:b, s:o}", "org", (json_int_t)org, "may_set", sets, "items", list);
}

void api_policy_read(struct api_call *c)
{
	int64_t grant;

	if (api_may(c, ACT_POLICY_VIEW, target_org(c->ids[0]), &grant))
		api_reply(c, 200, policy_json(c, c->ids[0]));
}

static bool check_value(struct api_call *c, enum policy_key key, const char *text)
{
	struct policy_level chain[ORG_DEPTH_MAX];
	size_t n = policy_chain(c->directory, c->ids[0], key, c->now_us, chain);
	enum policy_fault fault = POLICY_RIGHT;
	int32_t value;

	if (text)
		fault = policy_value_parse(&value, key, text);
	if (text && fault == POLICY_RIGHT)
		fault = policy_may_set(key, chain, n, value, NULL);
	if (fault == POLICY_RIGHT)
		return true;
	api_refuse(c, policy_fault_code(fault), fault == POLICY_LAXER ? "This would be laxer than what applies above." : "There is no such value.", "value");
	return false;
}

/* {key, value, why}: value null takes the own one away. */
void api_policy_set(struct api_call *c)
{
	const char *name = "", *value = NULL, *why = "";
	const struct api_field fields[] = {
		{ "key", FIELD_TEXT, true, KEY_BYTES, &name }, { "value", FIELD_TEXT_OR_NULL, true, POLICY_VALUE_BYTES, &value }, { "why", FIELD_TEXT, true, API_REASON_BYTES, &why },
	};
	const struct fact *own;
	enum policy_key key;
	int64_t grant, org = c->ids[0];

	if (!api_fields(c, fields, ARRAY_LEN(fields)) || !api_may(c, ACT_POLICY_SET, target_org(org), &grant))
		return;
	if (policy_key_parse(&key, name) != POLICY_RIGHT) {
		api_refuse(c, policy_fault_code(POLICY_UNKNOWN), "There is no such key.", "key");
		return;
	}
	own = policy_own(c->directory, org, key, c->now_us);
	if (!api_check_place(c, org) || !check_value(c, key, value))
		return;
	if (own ? value && strcmp(own->note, value) == 0 : !value) {
		api_refuse(c, "conflict", "It is so already.", "value");
		return;
	}
	if (!api_act(c, ACT_POLICY_SET, grant, org, 0, json_pack("{s:s, s:s?, s:s?, s:s}", "key", name, "before", own ? own->note : NULL, "after", value, "why", why)))
		return;
	if (own)
		api_end_fact(c, own);
	if (value)
		api_add_fact(c, (struct fact){ .type = FACT_POLICY, .org = org, .text = name, .note = value });
}

void api_policy_done(struct api_call *c)
{
	api_policy_read(c);
}
