/* See grant_role.h. */
#include "attendance/grant_role.h"

#include <assert.h>
#include <string.h>

#include "media/base/macros.h"

/* Who may: A administrator, L leader, I inspector. Experts and members have no act on records: what they see of themselves is no grant's. */
enum { A = 1 << GRANT_ADMINISTRATOR, L = 1 << GRANT_LEADER, I = 1 << GRANT_INSPECTOR };

/*
 * HERE: of the organisation itself. BELOW: it changes what lies below as well, so that a grant for one organisation alone is not enough. PERSONS: at an
 * organisation it is about its persons.
 */
enum { HERE, BELOW, PERSONS };

/* ROW(act, its name, who may, how far it reaches) */
#define ACT_ROWS(ROW) \
	ROW(ORG_VIEW, "org.view", A | L | I, HERE)                          \
	ROW(ORG_CREATE, "org.create", A, BELOW)                             \
	ROW(ORG_RENAME, "org.rename", A, HERE)                              \
	ROW(ORG_MOVE, "org.move", A, BELOW)                                 \
	ROW(ORG_MERGE, "org.merge", A, BELOW)                               \
	ROW(ORG_CLOSE, "org.close", A, HERE)                                \
	ROW(PERSON_VIEW, "person.view", A | L | I, PERSONS)                 \
	ROW(PERSON_CONTACT, "person.contact", A | L, PERSONS)               \
	ROW(PERSON_CREATE, "person.create", A | L, HERE)                    \
	ROW(PERSON_UPDATE, "person.update", A | L, PERSONS)                 \
	ROW(PERSON_TRANSFER, "person.transfer", A | L, HERE)                \
	ROW(PERSON_MERGE, "person.merge", A, PERSONS)                       \
	ROW(PERSON_ERASE, "person.erase", A, PERSONS)                       \
	ROW(PERSON_EXPORT, "person.export", A, HERE)                        \
	ROW(MEMBERSHIP_SET, "membership.set", A | L, HERE)                  \
	ROW(POST_SET, "post.set", A | L, HERE)                              \
	ROW(CATEGORY_SET, "category.set", A | L, HERE)                      \
	ROW(GRANT_VIEW, "grant.view", A | L | I, HERE)                      \
	ROW(GRANT_GIVE, "grant.give", A, HERE)                              \
	ROW(GRANT_END, "grant.end", A, HERE)                                \
	ROW(POLICY_VIEW, "policy.view", A | L | I, HERE)                    \
	ROW(POLICY_SET, "policy.set", A, BELOW)                             \
	ROW(IMPORT_RUN, "import.run", A, HERE)                              \
	ROW(IMPORT_PROFILE, "import.profile", A, HERE)                      \
	ROW(AUDIT_VIEW, "audit.view", A | L | I, HERE)                      \
	ROW(AUDIT_EXPORT, "audit.export", A, HERE)                          \
	ROW(SESSION_VIEW, "session.view", A | L, HERE)                      \
	ROW(SESSION_END, "session.end", A | L, HERE)                        \
	ROW(DEVICE_PAIR, "device.pair", A | L, HERE)                        \
	ROW(DEVICE_END, "device.end", A | L, HERE)                          \
	ROW(LINK_MAKE, "link.make", A | L, HERE)                            \
	ROW(ACCOUNT_SET, "account.set", A, HERE)                            \
	ROW(ROOM_PLAN, "room.plan", A | L, HERE)                            \
	ROW(WATCH, "watch", A | L | I, HERE)                                \
	ROW(WEBHOOK_SET, "webhook.set", A, BELOW)                           \
	ROW(RULE_SET, "rule.set", A, BELOW)                                 \
	ROW(CLASS_PLAN, "class.plan", A | L, HERE)                          \
	ROW(CLASS_CANCEL, "class.cancel", A | L, HERE)                      \
	ROW(CLASS_ROSTER, "class.roster", A | L, HERE)                      \
	ROW(CLASS_ANSWER, "class.answer", A | L, HERE)                      \
	ROW(CLASS_LEAVE, "class.leave", A | L, HERE)                        \
	ROW(CLASS_LEAVE_DECIDE, "class.leave_decide", A | L, HERE)          \
	ROW(CLASS_EXPERT, "class.expert", A | L, HERE)                  \
	ROW(APPEAL_WRITE, "appeal.write", A | L, HERE)                      \
	ROW(APPEAL_DECIDE, "appeal.decide", A | L, HERE) \
	ROW(REPORT_VIEW, "report.view", A | L | I, HERE)                    \
	ROW(REPORT_EXPORT, "report.export", A | L | I, HERE)                  \
	ROW(CLASS_MINUTES, "class.minutes", A | L, HERE)                    \
	ROW(CLASS_SEAL, "class.seal", A | L, HERE)                          \
	ROW(CLASS_CHECK, "class.check", A | L | I, HERE)                    \
	ROW(FINDING_VIEW, "finding.view", A | L | I, HERE)                  \
	ROW(FINDING_WRITE, "finding.write", A | L | I, HERE)                \
	ROW(FINDING_ANSWER, "finding.answer", A | L, HERE)                  \
	ROW(NOTICE_VIEW, "notice.view", A | L | I, HERE)

#define ONE_ROW(act, name, who, reach) +1
#define TABLE_ROW(act, name, who, reach) [ACT_##act] = { name, who, reach },

static const struct {
	const char *name;
	unsigned roles;
	int reach;
} acts[] = { ACT_ROWS(TABLE_ROW) };

/* As many rows as acts, and -Woverride-init refuses two of one: each act has its row. */
static_assert((0 ACT_ROWS(ONE_ROW)) == ACTS && ARRAY_LEN(acts) == ACTS, "an act has no row in ACT_ROWS");

static const char *const roles[GRANT_ROLES] = {
	[GRANT_ADMINISTRATOR] = "administrator", [GRANT_LEADER] = "leader", [GRANT_INSPECTOR] = "inspector",
	[GRANT_EXPERT] = "expert", [GRANT_MEMBER] = "member",
};

const char *act_kind_name(enum act_kind act)
{
	assert(act < ACTS);
	return acts[act].name;
}

const char *grant_role_name(enum grant_role role)
{
	assert(role < GRANT_ROLES);
	return roles[role];
}

bool grant_role_parse(enum grant_role *ret, const char *name)
{
	for (enum grant_role r = 0; r < GRANT_ROLES; r++) {
		if (strcmp(roles[r], name) == 0) {
			*ret = r;
			return true;
		}
	}
	return false;
}

bool grant_role_allows(enum grant_role role, enum act_kind act)
{
	return act < ACTS && role < GRANT_ROLES && (acts[act].roles & 1u << role);
}

bool act_needs_subtree(enum act_kind act)
{
	return act >= ACTS || acts[act].reach == BELOW;
}

bool act_is_about_persons(enum act_kind act)
{
	return act >= ACTS || acts[act].reach == PERSONS;
}

bool grant_role_may_give(enum grant_role giver, bool giver_subtree, bool subtree)
{
	return grant_role_allows(giver, ACT_GRANT_GIVE) && (giver_subtree || !subtree);
}
