/* Rules of credit: what is refused and by which name, the default, what a rule says of a presence, and several together. */
#include "tests/unit/leaves_nothing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "attendance/credit_rule.h"

static int parse(struct credit_rule *ret, const char *text, const char **ret_field)
{
	static char field[64];
	json_t *json = json_loads(text, 0, NULL);
	const char *name = "";
	int r;

	assert_non_null(json);
	r = credit_rule_parse(ret, json, &name);
	snprintf(field, sizeof(field), "%s", name);
	*ret_field = field;
	json_decref(json);
	return r;
}

static struct credit_rule rule_of(const char *text)
{
	struct credit_rule rule;
	const char *field;

	assert_int_equal(parse(&rule, text, &field), 0);
	return rule;
}

static void what_is_missing_has_the_default(void **state)
{
	struct credit_rule rule = rule_of("{}");

	(void)state;
	assert_memory_equal(&rule, &credit_rule_usual, sizeof(rule));
	rule = rule_of("{\"hour_s\":3600,\"gaps\":\"counted\"}");
	assert_int_equal(rule.hour_s, 3600);
	assert_true(rule.gaps_counted);
	assert_false(rule.unproved_dropped);
	assert_int_equal(rule.presence_percent, 90);
	assert_int_equal(rule.day_hours_milli, 8000);
}

static void what_it_writes_it_reads(void **state)
{
	struct credit_rule rule = rule_of("{\"hour_s\":600,\"presence_percent\":1,\"checks_needed\":0,\"checks_of\":1,\"gaps\":\"counted\","
	                                  "\"unproved\":\"dropped\",\"day_hours_milli\":144000,\"year_hours_milli\":10000000,\"year_target_milli\":10000000}");
	json_t *json = credit_rule_write(&rule);
	struct credit_rule again;
	const char *field;

	(void)state;
	assert_int_equal(credit_rule_parse(&again, json, &field), 0);
	assert_memory_equal(&rule, &again, sizeof(rule));
	assert_int_equal(json_object_size(json), 9);
	json_decref(json);
}

static void what_is_wrong_is_refused_by_its_name(void **state)
{
	static const struct {
		const char *text, *field;
	} wrong[] = {
		{ "[]", "rule" }, { "{\"hours\":1}", "hours" }, { "{\"hour_s\":0}", "hour_s" }, { "{\"hour_s\":-2700}", "hour_s" },
		{ "{\"hour_s\":1}", "hour_s" }, { "{\"hour_s\":28801}", "hour_s" }, { "{\"hour_s\":2700.5}", "hour_s" }, { "{\"hour_s\":\"2700\"}", "hour_s" },
		{ "{\"hour_s\":null}", "hour_s" }, { "{\"hour_s\":9223372036854775807}", "hour_s" }, { "{\"presence_percent\":0}", "presence_percent" },
		{ "{\"presence_percent\":101}", "presence_percent" }, { "{\"checks_needed\":-1}", "checks_needed" }, { "{\"checks_of\":0}", "checks_of" },
		{ "{\"checks_needed\":4,\"checks_of\":3}", "checks_needed" }, { "{\"checks_of\":1}", "checks_needed" }, { "{\"gaps\":\"maybe\"}", "gaps" },
		{ "{\"gaps\":true}", "gaps" }, { "{\"unproved\":\"excused\"}", "unproved" }, { "{\"day_hours_milli\":0}", "day_hours_milli" },
		{ "{\"day_hours_milli\":-1}", "day_hours_milli" }, { "{\"day_hours_milli\":32001}", "day_hours_milli" },
		{ "{\"year_hours_milli\":-1}", "year_hours_milli" }, { "{\"year_hours_milli\":7999}", "year_hours_milli" },
		{ "{\"year_hours_milli\":10000001}", "year_hours_milli" }, { "{\"year_target_milli\":-1}", "year_target_milli" },
		{ "{\"year_target_milli\":10000001}", "year_target_milli" }, { "{\"year_hours_milli\":9000,\"year_target_milli\":9001}", "year_target_milli" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct credit_rule rule = { .hour_s = 77 };
		const char *field;

		assert_int_equal(parse(&rule, wrong[i].text, &field), -EINVAL);
		assert_string_equal(field, wrong[i].field);
		assert_int_equal(rule.hour_s, 77);
	}
}

static void a_percentage_of_the_time_that_was_taught(void **state)
{
	struct credit_case c = { .window_s = 5400, .present_s = 4860 };
	struct credit_rule counted = rule_of("{\"gaps\":\"counted\"}");

	(void)state;
	assert_int_equal(credit_rule_judge(&credit_rule_usual, &c), CREDIT_CREDITED);
	c.present_s = 4859;
	assert_int_equal(credit_rule_judge(&credit_rule_usual, &c), CREDIT_PRESENCE_SHORT);
	c = (struct credit_case){ .window_s = 5400, .present_s = 2700, .gap_s = 2700 };
	assert_int_equal(credit_rule_judge(&credit_rule_usual, &c), CREDIT_CREDITED);
	assert_int_equal(credit_rule_judge(&counted, &c), CREDIT_PRESENCE_SHORT);
	/* Nothing was taught, or nobody was there: nothing is earned by it. */
	c = (struct credit_case){ .window_s = 0 };
	assert_int_equal(credit_rule_judge(&credit_rule_usual, &c), CREDIT_PRESENCE_SHORT);
	c = (struct credit_case){ .window_s = 100, .gap_s = 100 };
	assert_int_equal(credit_rule_judge(&credit_rule_usual, &c), CREDIT_PRESENCE_SHORT);
}

static void unproved_time_is_kept_or_dropped(void **state)
{
	struct credit_case c = { .window_s = 1000, .present_s = 1000, .unproved_s = 101 };
	struct credit_rule dropped = rule_of("{\"unproved\":\"dropped\"}");

	(void)state;
	assert_int_equal(credit_rule_judge(&credit_rule_usual, &c), CREDIT_CREDITED);
	assert_int_equal(credit_rule_judge(&dropped, &c), CREDIT_PRESENCE_SHORT);
	c.unproved_s = 100;
	assert_int_equal(credit_rule_judge(&dropped, &c), CREDIT_CREDITED);
}

static void checks_needed_are_rounded_up(void **state)
{
	static const struct {
		uint32_t sent, needed;
	} of[] = { { 0, 0 }, { 1, 1 }, { 2, 2 }, { 3, 2 }, { 4, 3 }, { 5, 4 }, { 6, 4 }, { 7, 5 } };

	(void)state;
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		struct credit_case c = { .window_s = 100, .present_s = 100, .sent = of[i].sent, .met = of[i].needed };

		assert_int_equal(credit_rule_judge(&credit_rule_usual, &c), CREDIT_CREDITED);
		if (of[i].needed == 0)
			continue;
		c.met--;
		assert_int_equal(credit_rule_judge(&credit_rule_usual, &c), CREDIT_CHECKS_MISSED);
	}
}

static void of_several_the_least_holds(void **state)
{
	struct credit_rule rules[3] = { credit_rule_usual, rule_of("{\"hour_s\":3600,\"year_hours_milli\":40000}"),
	                                rule_of("{\"unproved\":\"dropped\",\"day_hours_milli\":4000,\"year_hours_milli\":32000}") };
	struct credit_case c = { .window_s = 5400, .present_s = 5400, .unproved_s = 540 };
	struct credit_terms t = credit_rules_apply(rules, 3, &c);

	(void)state;
	assert_int_equal(t.reason, CREDIT_CREDITED);
	assert_int_equal(t.hour_s, 3600);
	assert_false(t.unproved_dropped);
	assert_int_equal(t.day_hours_milli, 4000);
	assert_int_equal(t.year_hours_milli, 32000);
	c.unproved_s = 541;                             /* one of them refuses */
	assert_int_equal(credit_rules_apply(rules, 3, &c).reason, CREDIT_PRESENCE_SHORT);
	t = credit_rules_apply(rules, 1, &c);
	assert_int_equal(t.reason, CREDIT_CREDITED);
	assert_int_equal(t.year_hours_milli, 0);
}

static void reasons_have_words(void **state)
{
	(void)state;
	for (int i = 0; i < CREDIT_REASONS; i++) {
		enum credit_reason reason;

		assert_int_equal(credit_reason_parse(&reason, credit_reason_word((enum credit_reason)i)), 0);
		assert_int_equal(reason, i);
	}
	assert_null(credit_reason_word(CREDIT_REASONS));
	assert_int_equal(credit_reason_parse(&(enum credit_reason){ 0 }, "rich"), -EINVAL);
	assert_int_equal(credit_reason_parse(&(enum credit_reason){ 0 }, NULL), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(what_is_missing_has_the_default),
		LEAVES_NOTHING(what_it_writes_it_reads),
		LEAVES_NOTHING(what_is_wrong_is_refused_by_its_name),
		LEAVES_NOTHING(a_percentage_of_the_time_that_was_taught),
		LEAVES_NOTHING(unproved_time_is_kept_or_dropped),
		LEAVES_NOTHING(checks_needed_are_rounded_up),
		LEAVES_NOTHING(of_several_the_least_holds),
		LEAVES_NOTHING(reasons_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
