/* See grant_role.h. */
#include "attendance/grant_role.h"

#include <assert.h>
#include <string.h>

#include "media/base/macros.h"

/* Who may: A administrator, L leader, I inspector. Experts and members have no act on records: what they see of themselves is no grant's. */
enum { A = 1 << GRANT_ADMINISTRATOR, L = 1 << GRANT_LEADER, I = 1 << GRANT_INSPECTOR };

static const struct {
	const char *name;
	unsigned roles;
} acts[] = {
	[ACT_ORG_VIEW] = { "org.view", A | L | I },
	[ACT_ORG_CREATE] = { "org.create", A },
	[ACT_ORG_RENAME] = { "org.rename", A },
	[ACT_ORG_MOVE] = { "org.move", A },
	[ACT_ORG_MERGE] = { "org.merge", A },
	[ACT_ORG_CLOSE] = { "org.close", A },
	[ACT_PERSON_VIEW] = { "person.view", A | L | I },
	[ACT_PERSON_CONTACT] = { "person.contact", A | L },
	[ACT_PERSON_CREATE] = { "person.create", A | L },
	[ACT_PERSON_UPDATE] = { "person.update", A | L },
	[ACT_PERSON_TRANSFER] = { "person.transfer", A | L },
	[ACT_PERSON_MERGE] = { "person.merge", A },
	[ACT_PERSON_ERASE] = { "person.erase", A },
	[ACT_PERSON_EXPORT] = { "person.export", A },
	[ACT_MEMBERSHIP_SET] = { "membership.set", A | L },
	[ACT_POST_SET] = { "post.set", A | L },
	[ACT_CATEGORY_SET] = { "category.set", A | L },
	[ACT_GRANT_VIEW] = { "grant.view", A | L | I },
	[ACT_GRANT_GIVE] = { "grant.give", A },
	[ACT_GRANT_END] = { "grant.end", A },
	[ACT_POLICY_VIEW] = { "policy.view", A | L | I },
	[ACT_POLICY_SET] = { "policy.set", A },
	[ACT_IMPORT_RUN] = { "import.run", A },
	[ACT_AUDIT_VIEW] = { "audit.view", A | L | I },
	[ACT_AUDIT_EXPORT] = { "audit.export", A },
	[ACT_SESSION_VIEW] = { "session.view", A | L },
	[ACT_SESSION_END] = { "session.end", A | L },
	[ACT_DEVICE_PAIR] = { "device.pair", A | L },
	[ACT_DEVICE_END] = { "device.end", A | L },
	[ACT_LINK_MAKE] = { "link.make", A | L },
	[ACT_ACCOUNT_SET] = { "account.set", A },
	[ACT_ROOM_PLAN] = { "room.plan", A | L },
	[ACT_WATCH] = { "watch", A | L | I },
};

static_assert(ARRAY_LEN(acts) == ACTS, "an act without a row does not build");

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
