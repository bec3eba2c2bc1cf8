/* What applies at an organisation of a tree: own values, values above, and values that cannot be read any more. */
#include "fixture.h"

#include "attendance/policy_lookup.h"

/* 1 > 2 > 3 */
static void make_tree(const struct fixture *f)
{
	assert_int_equal(fixture_sql(f,
	                             "INSERT INTO org (id, recorded_at) VALUES (1, 1), (2, 1), (3, 1);"
	                             "INSERT INTO org_edge (org, parent, valid_from, recorded_at) VALUES (1, NULL, 1, 1), (2, 1, 1, 1), (3, 2, 1, 1);"
	                             "INSERT INTO org_name (org, name, kind, valid_from, recorded_at) VALUES (1, 'a', 'city', 1, 1), (2, 'b', 'county', 1, 1), (3, 'c', 'branch', 1, 1);"
	                             "INSERT INTO policy_value (org, key, value, valid_from, recorded_at) VALUES (1, 'ranking', 'on', 1, 1), (2, 'ranking', 'off', 1, 1),"
	                             " (3, 'ranking', 'on', 1, 1), (2, 'stills', 'no such value', 1, 1)"), SQLITE_OK);
}

static void the_stricter_of_own_and_above_applies(void **state)
{
	struct policy_effect e;
	const struct directory *d;
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_open(&f, false);
	f.store = store_close(f.store);
	make_tree(&f);
	fixture_open(&f, false);
	d = store_directory(f.store);
	e = policy_at(d, 1, POLICY_RANKING, 2);
	assert_true(e.value == 1 && e.org == 1 && e.why == POLICY_BY_OWN);
	e = policy_at(d, 3, POLICY_RANKING, 2);
	assert_true(e.value == 0 && e.org == 2 && e.why == POLICY_BY_STRICTER_UPPER);
	e = policy_at(d, 3, POLICY_STILLS, 2);
	assert_int_equal(e.value, policy_strictest(POLICY_STILLS));
	e = policy_at(d, 99, POLICY_RANKING, 2);
	assert_true(e.value == policy_rule(POLICY_RANKING)->usual && e.org == 0 && e.why == POLICY_BY_DEFAULT);
	assert_non_null(policy_own(d, 3, POLICY_RANKING, 2));
	assert_null(policy_own(d, 3, POLICY_STILLS, 2));
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_stricter_of_own_and_above_applies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
