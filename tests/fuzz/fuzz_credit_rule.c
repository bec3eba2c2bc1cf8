/* A rule that is taken has values within bounds, and reads again as itself. */
#include "attendance/credit_rule.h"
#include "tests/fuzz/must.h"

#include <string.h>

static void check(const struct credit_rule *rule)
{
	const struct credit_case all = { .window_s = 43200, .present_s = 43200, .sent = 36, .met = 36 };
	struct credit_rule again;
	const char *field;
	json_t *json = credit_rule_write(rule);

	MUST(credit_rule_parse(&again, json, &field) == 0 && memcmp(rule, &again, sizeof(again)) == 0);
	MUST(credit_rule_judge(rule, &all) == CREDIT_CREDITED);
	MUST((int64_t)rule->day_hours_milli * rule->hour_s <= 86400000LL);
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *json = json_loadb((const char *)data, size, JSON_DECODE_ANY, NULL);
	struct credit_rule rule = { 0 };        /* padding too: it is compared */
	const char *field = NULL;
	int r = credit_rule_parse(&rule, json, &field);

	if (r == 0)
		check(&rule);
	else
		MUST(field);
	json_decref(json);
	return 0;
}
