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

/* Who may without a grant, in what is the own: the site's sign-in at its organisation, a person in the own matter. */
enum { NOBODY = 0, SITE = 1 << 0, SELF = 1 << 1 };

/* ROW(act, its name, who may by a grant, how far it reaches, who may without one) */
#define ACT_ROWS(ROW) \
	ROW(ORG_VIEW, "org.view", A | L | I, HERE, NOBODY)                         \
	ROW(ORG_CREATE, "org.create", A, BELOW, NOBODY)                            \
	ROW(ORG_RENAME, "org.rename", A, HERE, NOBODY)                             \
	ROW(ORG_MOVE, "org.move", A, BELOW, NOBODY)                                \
	ROW(ORG_MERGE, "org.merge", A, BELOW, NOBODY)                              \
	ROW(ORG_CLOSE, "org.close", A, HERE, NOBODY)                               \
	ROW(PERSON_VIEW, "person.view", A | L | I, PERSONS, NOBODY)                \
	ROW(PERSON_CONTACT, "person.contact", A | L, PERSONS, NOBODY)              \
	ROW(PERSON_CREATE, "person.create", A | L, HERE, NOBODY)                   \
	ROW(PERSON_UPDATE, "person.update", A | L, PERSONS, NOBODY)                \
	ROW(PERSON_TRANSFER, "person.transfer", A | L, HERE, NOBODY)               \
	ROW(PERSON_MERGE, "person.merge", A, PERSONS, NOBODY)                      \
	ROW(PERSON_ERASE, "person.erase", A, PERSONS, NOBODY)                      \
	ROW(PERSON_EXPORT, "person.export", A, HERE, NOBODY)                       \
	ROW(MEMBERSHIP_SET, "membership.set", A | L, HERE, NOBODY)                 \
	ROW(POST_SET, "post.set", A | L, HERE, NOBODY)                             \
	ROW(CATEGORY_SET, "category.set", A | L, HERE, NOBODY)                     \
	ROW(GRANT_VIEW, "grant.view", A | L | I, HERE, NOBODY)                     \
	ROW(GRANT_GIVE, "grant.give", A, HERE, NOBODY)                             \
	ROW(GRANT_END, "grant.end", A, HERE, NOBODY)                               \
	ROW(POLICY_VIEW, "policy.view", A | L | I, HERE, NOBODY)                   \
	ROW(POLICY_SET, "policy.set", A, BELOW, NOBODY)                            \
	ROW(IMPORT_RUN, "import.run", A, HERE, NOBODY)                             \
	ROW(IMPORT_PROFILE, "import.profile", A, HERE, NOBODY)                     \
	ROW(AUDIT_VIEW, "audit.view", A | L | I, HERE, NOBODY)                     \
	ROW(AUDIT_EXPORT, "audit.export", A, HERE, NOBODY)                         \
	ROW(SESSION_VIEW, "session.view", A | L, HERE, NOBODY)                     \
	ROW(SESSION_END, "session.end", A | L, HERE, NOBODY)                       \
	ROW(DEVICE_PAIR, "device.pair", A | L, HERE, NOBODY)                       \
	ROW(DEVICE_END, "device.end", A | L, HERE, NOBODY)                         \
	ROW(LINK_MAKE, "link.make", A | L, HERE, NOBODY)                           \
	ROW(ACCOUNT_SET, "account.set", A, HERE, NOBODY)                           \
	ROW(ROOM_PLAN, "room.plan", A | L, HERE, NOBODY)                           \
	ROW(WATCH, "watch", A | L | I, HERE, NOBODY)                               \
	ROW(WEBHOOK_SET, "webhook.set", A, BELOW, NOBODY)                          \
	ROW(RULE_SET, "rule.set", A, BELOW, NOBODY)                                \
	ROW(CLASS_PLAN, "class.plan", A | L, HERE, NOBODY)                         \
	ROW(CLASS_CANCEL, "class.cancel", A | L, HERE, NOBODY)                     \
	ROW(CLASS_ROSTER, "class.roster", A | L, HERE, NOBODY)                     \
	ROW(CLASS_ANSWER, "class.answer", A | L, HERE, SITE)                       \
	ROW(CLASS_LEAVE, "class.leave", A | L, PERSONS, SITE | SELF)               \
	ROW(CLASS_LEAVE_DECIDE, "class.leave_decide", A | L, HERE, NOBODY)         \
	ROW(CLASS_EXPERT, "class.expert", A | L, HERE, NOBODY)                     \
	ROW(APPEAL_WRITE, "appeal.write", A | L, HERE, SELF)                       \
	ROW(APPEAL_DECIDE, "appeal.decide", A | L, HERE, NOBODY)                   \
	ROW(REPORT_VIEW, "report.view", A | L | I, HERE, SITE)                     \
	ROW(REPORT_EXPORT, "report.export", A | L | I, HERE, NOBODY)               \
	ROW(CLASS_MINUTES, "class.minutes", A | L, HERE, NOBODY)                   \
	ROW(CLASS_SEAL, "class.seal", A | L, HERE, NOBODY)                         \
	ROW(CLASS_CHECK, "class.check", A | L | I, HERE, NOBODY)                   \
	ROW(FINDING_VIEW, "finding.view", A | L | I, HERE, SITE)                   \
	ROW(FINDING_WRITE, "finding.write", A | L | I, HERE, NOBODY)               \
	ROW(FINDING_ANSWER, "finding.answer", A | L, HERE, SITE)                   \
	ROW(NOTICE_VIEW, "notice.view", A | L | I, HERE, SITE)

#define ONE_ROW(act, name, who, reach, own) +1
#define TABLE_ROW(act, name, who, reach, own) [ACT_##act] = { name, who, reach, own },

static const struct {
	const char *name;
	unsigned roles;
	int reach;
	unsigned own;
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

bool act_is_of_own_site(enum act_kind act)
{
	return act < ACTS && (acts[act].own & SITE);
}

bool act_is_of_oneself(enum act_kind act)
{
	return act < ACTS && (acts[act].own & SELF);
}

bool grant_role_may_give(enum grant_role giver, bool giver_subtree, bool subtree)
{
	return grant_role_allows(giver, ACT_GRANT_GIVE) && (giver_subtree || !subtree);
}
