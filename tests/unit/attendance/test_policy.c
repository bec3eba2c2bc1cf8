/* The rules of policy, and inheritance against a plain oracle on random chains. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/policy.h"

#define LEVELS 8

static void each_key_has_a_whole_rule(void **state)
{
	(void)state;
	for (enum policy_key k = 0; k < POLICY_KEYS; k++) {
		const struct policy_rule *r = policy_rule(k);
		const struct policy_words *words[] = { &r->title, &r->reason, &r->law };
		enum policy_key again = POLICY_KEYS;

		assert_non_null(r->name);
		assert_int_equal(policy_key_parse(&again, r->name), POLICY_RIGHT);
		assert_int_equal(again, k);
		assert_true(r->min < r->max && r->usual >= r->min && r->usual <= r->max);
		assert_true(r->type != POLICY_SWITCH || (r->min == 0 && r->max == 1));
		assert_int_equal(r->type == POLICY_CHOICE, r->choices != NULL);
		for (size_t i = 0; i < 3; i++)
			assert_true(words[i]->zh && words[i]->en && strlen(words[i]->zh) > 3 && strlen(words[i]->en) > 3);
		assert_int_equal(!r->later.zh, !r->later.en);
	}
}

/* Written out by hand: name, default, strictest. */
static void the_pack_is_cautious(void **state)
{
	static const struct { const char *name, *usual, *strictest; } pack[] = {
		{ "ranking", "off", "off" },               { "behind_target_lists", "off", "off" }, { "person_level_upward", "on", "off" },
		{ "random_checks", "off", "off" },         { "online_time_credit", "off", "off" },  { "stills", "on", "off" },
		{ "tell_sites_of_looks", "on", "on" },     { "keep_presence_days", "1095", "30" },  { "keep_stills_days", "30", "1" },
		{ "keep_recordings_days", "90", "1" },     { "keep_chat_days", "180", "1" },        { "keep_answers_days", "365", "1" },
		{ "keep_findings_days", "365", "30" },     { "keep_credit_days", "1825", "365" },   { "keep_former_days", "365", "0" },
		{ "keep_imports_days", "7", "0" },         { "keep_audit_days", "1095", "3650" },
	};
	char text[POLICY_VALUE_BYTES];

	(void)state;
	assert_int_equal(sizeof(pack) / sizeof(pack[0]), POLICY_KEYS);
	for (enum policy_key k = 0; k < POLICY_KEYS; k++) {
		assert_string_equal(policy_rule(k)->name, pack[k].name);
		policy_value_write(text, k, policy_rule(k)->usual);
		assert_string_equal(text, pack[k].usual);
		policy_value_write(text, k, policy_strictest(k));
		assert_string_equal(text, pack[k].strictest);
	}
	assert_int_equal(policy_rule(POLICY_KEEP_AUDIT_DAYS)->min, 180);
}

static void values_are_read_as_they_are_written(void **state)
{
	(void)state;
	for (enum policy_key k = 0; k < POLICY_KEYS; k++)
		for (int32_t v = policy_rule(k)->min; v <= policy_rule(k)->max; v++) {
			char text[POLICY_VALUE_BYTES];
			int32_t again = -1;

			policy_value_write(text, k, v);
			assert_int_equal(policy_value_parse(&again, k, text), POLICY_RIGHT);
			assert_int_equal(again, v);
		}
}

static void what_is_no_value_is_refused(void **state)
{
	static const struct { enum policy_key key; const char *text; enum policy_fault fault; } bad[] = {
		{ POLICY_RANKING, "", POLICY_UNKNOWN },            { POLICY_RANKING, "1", POLICY_UNKNOWN },
		{ POLICY_RANKING, "ON", POLICY_UNKNOWN },          { POLICY_BEHIND_TARGET_LISTS, "on", POLICY_UNKNOWN },
		{ POLICY_KEEP_AUDIT_DAYS, "", POLICY_UNKNOWN },    { POLICY_KEEP_AUDIT_DAYS, "-1", POLICY_UNKNOWN },
		{ POLICY_KEEP_AUDIT_DAYS, "200 ", POLICY_UNKNOWN }, { POLICY_KEEP_AUDIT_DAYS, "1e3", POLICY_UNKNOWN },
		{ POLICY_KEEP_AUDIT_DAYS, "179", POLICY_RANGE },   { POLICY_KEEP_AUDIT_DAYS, "3651", POLICY_RANGE },
		{ POLICY_KEEP_AUDIT_DAYS, "99999999999999999999", POLICY_RANGE },
	};
	enum policy_key key = POLICY_STILLS;
	char text[POLICY_VALUE_BYTES];
	int32_t value = 77;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(policy_value_parse(&value, bad[i].key, bad[i].text), bad[i].fault);
	assert_int_equal(value, 77);
	assert_int_equal(policy_key_parse(&key, "Ranking"), POLICY_UNKNOWN);
	assert_int_equal(policy_key_parse(&key, ""), POLICY_UNKNOWN);
	assert_int_equal(key, POLICY_STILLS);
	policy_value_write(text, POLICY_RANKING, 2);
	assert_string_equal(text, "");
}

static void check(enum policy_key key, const struct policy_level *chain, size_t n, int32_t value, int64_t org, enum policy_why why)
{
	struct policy_effect e = policy_effective(key, chain, n);

	assert_int_equal(e.value, value);
	assert_int_equal(e.org, org);
	assert_int_equal(e.why, why);
}

static void the_reason_is_told(void **state)
{
	struct policy_level off = { 1, true, 0 }, on = { 1, true, 1 }, none = { 1, false, 0 };

	(void)state;
	check(POLICY_RANKING, &on, 0, 0, 0, POLICY_BY_DEFAULT);
	check(POLICY_RANKING, &none, 1, 0, 0, POLICY_BY_DEFAULT);
	check(POLICY_RANKING, &on, 1, 1, 1, POLICY_BY_OWN);
	check(POLICY_RANKING, &off, 1, 0, 1, POLICY_BY_OWN);
	check(POLICY_RANKING, (struct policy_level[]){ on, { 2, false, 0 } }, 2, 1, 1, POLICY_BY_UPPER);
	check(POLICY_RANKING, (struct policy_level[]){ on, { 2, true, 0 } }, 2, 0, 2, POLICY_BY_OWN);
	check(POLICY_RANKING, (struct policy_level[]){ on, { 2, true, 0 }, { 3, false, 0 } }, 3, 0, 2, POLICY_BY_UPPER);
	check(POLICY_RANKING, (struct policy_level[]){ on, { 2, true, 0 }, { 3, true, 1 } }, 3, 0, 2, POLICY_BY_STRICTER_UPPER);
	check(POLICY_RANKING, (struct policy_level[]){ none, { 2, true, 1 } }, 2, 0, 0, POLICY_BY_STRICTER_UPPER);
	check(POLICY_RANKING, (struct policy_level[]){ off, { 2, true, 0 } }, 2, 0, 1, POLICY_BY_UPPER);
	check(POLICY_KEEP_AUDIT_DAYS, (struct policy_level[]){ { 1, true, 200 }, { 2, true, 400 } }, 2, 400, 2, POLICY_BY_OWN);
	check(POLICY_KEEP_STILLS_DAYS, (struct policy_level[]){ { 1, true, 200 }, { 2, true, 300 } }, 2, 200, 1, POLICY_BY_STRICTER_UPPER);
}

static void a_laxer_value_is_refused_with_what_refuses_it(void **state)
{
	struct policy_level chain[] = { { 1, true, 60 }, { 2, true, 20 }, { 3, false, 0 }, { 4, true, 50 } };
	struct policy_effect bound = { 0 };

	(void)state;
	assert_int_equal(policy_may_set(POLICY_KEEP_STILLS_DAYS, chain, 4, 21, &bound), POLICY_LAXER);
	assert_int_equal(bound.org, 2);
	assert_int_equal(bound.value, 20);
	assert_int_equal(policy_may_set(POLICY_KEEP_STILLS_DAYS, chain, 4, 20, NULL), POLICY_RIGHT);
	assert_int_equal(policy_may_set(POLICY_KEEP_STILLS_DAYS, chain, 4, 1, NULL), POLICY_RIGHT);
	assert_int_equal(policy_may_set(POLICY_KEEP_STILLS_DAYS, chain, 4, 0, NULL), POLICY_RANGE);
	assert_int_equal(policy_may_set(POLICY_KEEP_STILLS_DAYS, chain, 1, 365, NULL), POLICY_RIGHT);
	assert_int_equal(policy_may_set(POLICY_RANKING, chain, 1, 2, NULL), POLICY_UNKNOWN);
	chain[0].set = chain[1].set = false;
	assert_int_equal(policy_may_set(POLICY_KEEP_STILLS_DAYS, chain, 2, 31, &bound), POLICY_LAXER);
	assert_int_equal(bound.org, 0);
	assert_string_equal(policy_fault_code(POLICY_LAXER), "policy.laxer");
	assert_string_equal(policy_fault_code(POLICY_FAULTS), "");
	assert_string_equal(policy_why_name(POLICY_BY_STRICTER_UPPER), "stricter_upper");
}

/* ---- random chains ---- */

static size_t generate(enum policy_key key, struct policy_level *chain)
{
	const struct policy_rule *r = policy_rule(key);
	size_t n = 1 + (size_t)rand() % LEVELS;

	for (size_t i = 0; i < n; i++)
		chain[i] = (struct policy_level){ (int64_t)i + 1, rand() % 2, r->min + rand() % (r->max - r->min + 1) };
	return n;
}

/* The root's value or the default, and the strictest of all set ones. */
static int32_t strictest_of(enum policy_key key, const struct policy_level *chain, size_t n)
{
	int32_t value = n > 0 && chain[0].set ? chain[0].value : policy_rule(key)->usual;

	for (size_t i = 1; i < n; i++)
		if (chain[i].set)
			value = policy_rule(key)->more_is_stricter ? (chain[i].value > value ? chain[i].value : value) : chain[i].value < value ? chain[i].value : value;
	return value;
}

static void check_effect(enum policy_key key, const struct policy_level *chain, size_t n)
{
	struct policy_effect e = policy_effective(key, chain, n);

	assert_int_equal(e.value, strictest_of(key, chain, n));
	for (size_t above = 1; above <= n; above++)
		assert_false(policy_is_laxer(key, e.value, policy_effective(key, chain, above).value));
	/* Whose it is has set it; the last one's own value is told from others'. */
	if (e.org == 0)
		assert_int_equal(e.value, policy_rule(key)->usual);
	else
		assert_true(chain[e.org - 1].set && chain[e.org - 1].value == e.value);
	assert_int_equal(e.why == POLICY_BY_OWN, e.org == (int64_t)n);
	assert_int_equal(e.why == POLICY_BY_STRICTER_UPPER, n > 1 && chain[n - 1].set && chain[n - 1].value != e.value);
	assert_int_equal(e.why == POLICY_BY_DEFAULT, e.org == 0 && e.why != POLICY_BY_STRICTER_UPPER);
}

static void no_chain_is_laxer_below(void **state)
{
	struct policy_level chain[LEVELS];

	(void)state;
	srand(4);
	for (int i = 0; i < 20000; i++) {
		enum policy_key key = (enum policy_key)(rand() % POLICY_KEYS);

		check_effect(key, chain, generate(key, chain));
	}
}

/* What may be set applies at once; what may not would not have. */
static void what_may_be_set_applies(void **state)
{
	struct policy_level chain[LEVELS];

	(void)state;
	srand(5);
	for (int i = 0; i < 20000; i++) {
		enum policy_key key = (enum policy_key)(rand() % POLICY_KEYS);
		const struct policy_rule *r = policy_rule(key);
		size_t n = generate(key, chain);
		int32_t value = r->min + rand() % (r->max - r->min + 1);
		enum policy_fault fault = policy_may_set(key, chain, n, value, NULL);

		chain[n - 1].set = true;
		chain[n - 1].value = value;
		assert_int_equal(fault == POLICY_RIGHT, policy_effective(key, chain, n).value == value);
		assert_true(fault == POLICY_RIGHT || fault == POLICY_LAXER);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_has_a_whole_rule),
		cmocka_unit_test(the_pack_is_cautious),
		cmocka_unit_test(values_are_read_as_they_are_written),
		cmocka_unit_test(what_is_no_value_is_refused),
		cmocka_unit_test(the_reason_is_told),
		cmocka_unit_test(a_laxer_value_is_refused_with_what_refuses_it),
		cmocka_unit_test(no_chain_is_laxer_below),
		cmocka_unit_test(what_may_be_set_applies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
