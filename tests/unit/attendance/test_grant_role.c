/* Every cell of the table of roles and acts against an expectation written out by hand, act by act. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "attendance/grant_role.h"

/*
 * One letter a role: administrator, leader, inspector; a star where the grant must have its subtree. `own`: who may without a grant in what is the own, the site
 * (s), and a person in the own matter (p).
 */
static const struct {
	enum act_kind act;
	const char *name, *allowed, *own;
} expected[] = {
	{ ACT_ORG_VIEW, "org.view", "ali" },
	{ ACT_ORG_CREATE, "org.create", "a*" },
	{ ACT_ORG_RENAME, "org.rename", "a" },
	{ ACT_ORG_MOVE, "org.move", "a*" },
	{ ACT_ORG_MERGE, "org.merge", "a*" },
	{ ACT_ORG_CLOSE, "org.close", "a" },
	{ ACT_PERSON_VIEW, "person.view", "ali" },
	{ ACT_PERSON_CONTACT, "person.contact", "al" },
	{ ACT_PERSON_CREATE, "person.create", "al" },
	{ ACT_PERSON_UPDATE, "person.update", "al" },
	{ ACT_PERSON_TRANSFER, "person.transfer", "al" },
	{ ACT_PERSON_MERGE, "person.merge", "a" },
	{ ACT_PERSON_ERASE, "person.erase", "a" },
	{ ACT_PERSON_EXPORT, "person.export", "a" },
	{ ACT_MEMBERSHIP_SET, "membership.set", "al" },
	{ ACT_POST_SET, "post.set", "al" },
	{ ACT_CATEGORY_SET, "category.set", "al" },
	{ ACT_GRANT_VIEW, "grant.view", "ali" },
	{ ACT_GRANT_GIVE, "grant.give", "a" },
	{ ACT_GRANT_END, "grant.end", "a" },
	{ ACT_POLICY_VIEW, "policy.view", "ali" },
	{ ACT_POLICY_SET, "policy.set", "a*" },
	{ ACT_IMPORT_RUN, "import.run", "a" },
	{ ACT_IMPORT_PROFILE, "import.profile", "a" },
	{ ACT_AUDIT_VIEW, "audit.view", "ali" },
	{ ACT_AUDIT_EXPORT, "audit.export", "a" },
	{ ACT_SESSION_VIEW, "session.view", "al" },
	{ ACT_SESSION_END, "session.end", "al" },
	{ ACT_DEVICE_PAIR, "device.pair", "al" },
	{ ACT_DEVICE_END, "device.end", "al" },
	{ ACT_LINK_MAKE, "link.make", "al" },
	{ ACT_ACCOUNT_SET, "account.set", "a" },
	{ ACT_ROOM_PLAN, "room.plan", "al" },
	{ ACT_WATCH, "watch", "ali" },
	{ ACT_WEBHOOK_SET, "webhook.set", "a*" },
	{ ACT_RULE_SET, "rule.set", "a*" },
	{ ACT_CLASS_PLAN, "class.plan", "al" },
	{ ACT_CLASS_CANCEL, "class.cancel", "al" },
	{ ACT_CLASS_ROSTER, "class.roster", "al" },
	{ ACT_CLASS_ANSWER, "class.answer", "al", "s" },
	{ ACT_CLASS_LEAVE, "class.leave", "al", "sp" },
	{ ACT_CLASS_LEAVE_DECIDE, "class.leave_decide", "al" },
	{ ACT_CLASS_EXPERT, "class.expert", "al" },
	{ ACT_APPEAL_WRITE, "appeal.write", "al", "p" },
	{ ACT_APPEAL_DECIDE, "appeal.decide", "al" },
	{ ACT_REPORT_VIEW, "report.view", "ali", "s" },
	{ ACT_REPORT_EXPORT, "report.export", "ali" },
	{ ACT_CLASS_MINUTES, "class.minutes", "al" },
	{ ACT_CLASS_SEAL, "class.seal", "al" },
	{ ACT_CLASS_CHECK, "class.check", "ali" }, { ACT_FINDING_VIEW, "finding.view", "ali", "s" }, { ACT_FINDING_WRITE, "finding.write", "ali" },
	{ ACT_FINDING_ANSWER, "finding.answer", "al", "s" }, { ACT_NOTICE_VIEW, "notice.view", "ali", "s" },
};

static const char *const role_names[GRANT_ROLES] = {
	[GRANT_ADMINISTRATOR] = "administrator", [GRANT_LEADER] = "leader", [GRANT_INSPECTOR] = "inspector",
	[GRANT_EXPERT] = "expert", [GRANT_MEMBER] = "member",
};

static void each_cell_is_as_written(void **state)
{
	(void)state;
	assert_int_equal(sizeof(expected) / sizeof(expected[0]), ACTS);
	for (unsigned a = 0; a < ACTS; a++) {
		assert_int_equal(expected[a].act, a);
		assert_string_equal(act_kind_name(a), expected[a].name);
		assert_int_equal(act_needs_subtree(a), strchr(expected[a].allowed, '*') != NULL);
		assert_int_equal(act_is_of_own_site(a), expected[a].own && strchr(expected[a].own, 's'));
		assert_int_equal(act_is_of_oneself(a), expected[a].own && strchr(expected[a].own, 'p'));
		for (unsigned role = 0; role < GRANT_ROLES; role++) {
			bool allowed = role != GRANT_EXPERT && role != GRANT_MEMBER && strchr(expected[a].allowed, role_names[role][0]);

			if (grant_role_allows(role, a) != allowed)
				fail_msg("%s, %s: expected %d", role_names[role], expected[a].name, allowed);
		}
	}
}

static void what_is_not_in_the_table_is_denied(void **state)
{
	enum grant_role role = GRANT_MEMBER;

	(void)state;
	assert_false(grant_role_allows(GRANT_ROLES, ACT_ORG_VIEW));
	assert_false(grant_role_allows((enum grant_role)-1, ACT_ORG_VIEW));
	assert_false(grant_role_allows(GRANT_ADMINISTRATOR, ACTS));
	assert_false(grant_role_allows(GRANT_ADMINISTRATOR, (enum act_kind)-1));
	assert_true(act_needs_subtree(ACTS));
	assert_false(act_is_of_own_site(ACTS));
	assert_false(act_is_of_oneself(ACTS));
	assert_false(grant_role_parse(&role, ""));
	assert_false(grant_role_parse(&role, "Leader"));
	assert_int_equal(role, GRANT_MEMBER);
}

static void names_are_read_as_written(void **state)
{
	enum grant_role role;

	(void)state;
	for (unsigned r = 0; r < GRANT_ROLES; r++) {
		assert_string_equal(grant_role_name(r), role_names[r]);
		assert_true(grant_role_parse(&role, role_names[r]));
		assert_int_equal(role, r);
	}
}

static void only_administrators_give_and_no_more_than_they_have(void **state)
{
	(void)state;
	for (unsigned r = 0; r < GRANT_ROLES; r++) {
		bool administrator = r == GRANT_ADMINISTRATOR;

		assert_int_equal(grant_role_may_give(r, true, true), administrator);
		assert_int_equal(grant_role_may_give(r, true, false), administrator);
		assert_int_equal(grant_role_may_give(r, false, false), administrator);
		assert_false(grant_role_may_give(r, false, true));
	}
	assert_false(grant_role_may_give(GRANT_ROLES, true, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_cell_is_as_written),
		cmocka_unit_test(what_is_not_in_the_table_is_denied),
		cmocka_unit_test(names_are_read_as_written),
		cmocka_unit_test(only_administrators_give_and_no_more_than_they_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
