/*
 * Which role of a grant allows which act, and what is allowed without one: one table, deny by default. A role says what, a grant's organisation
 * and subtree say where (authority.h). Pure.
 */
#ifndef HUITANG_ATTENDANCE_GRANT_ROLE_H
#define HUITANG_ATTENDANCE_GRANT_ROLE_H

#include <stdbool.h>

enum grant_role { GRANT_ADMINISTRATOR, GRANT_LEADER, GRANT_INSPECTOR, GRANT_EXPERT, GRANT_MEMBER, GRANT_ROLES };

enum act_kind {
	ACT_ORG_VIEW, ACT_ORG_CREATE, ACT_ORG_RENAME, ACT_ORG_MOVE, ACT_ORG_MERGE, ACT_ORG_CLOSE,
	ACT_PERSON_VIEW, ACT_PERSON_CONTACT, ACT_PERSON_CREATE, ACT_PERSON_UPDATE, ACT_PERSON_TRANSFER, ACT_PERSON_MERGE, ACT_PERSON_ERASE, ACT_PERSON_EXPORT,
	ACT_MEMBERSHIP_SET, ACT_POST_SET, ACT_CATEGORY_SET,
	ACT_GRANT_VIEW, ACT_GRANT_GIVE, ACT_GRANT_END,
	ACT_POLICY_VIEW, ACT_POLICY_SET,
	ACT_IMPORT_RUN, ACT_IMPORT_PROFILE,
	ACT_AUDIT_VIEW, ACT_AUDIT_EXPORT,
	ACT_SESSION_VIEW, ACT_SESSION_END, ACT_DEVICE_PAIR, ACT_DEVICE_END, ACT_LINK_MAKE, ACT_ACCOUNT_SET,
	ACT_ROOM_PLAN, ACT_WATCH, ACT_WEBHOOK_SET, ACT_RULE_SET,
	ACT_CLASS_PLAN, ACT_CLASS_CANCEL, ACT_CLASS_ROSTER, ACT_CLASS_ANSWER, ACT_CLASS_LEAVE, ACT_CLASS_LEAVE_DECIDE, ACT_CLASS_EXPERT,
	ACT_APPEAL_WRITE, ACT_APPEAL_DECIDE,
	ACT_REPORT_VIEW, ACT_REPORT_EXPORT,
	ACT_CLASS_MINUTES, ACT_CLASS_SEAL,
	ACT_CLASS_CHECK, ACT_FINDING_VIEW, ACT_FINDING_WRITE, ACT_FINDING_ANSWER, ACT_NOTICE_VIEW,
	ACTS
};

/** "org.move". Never NULL for an act of the enum. */
const char *act_kind_name(enum act_kind act);

/** "leader". */
const char *grant_role_name(enum grant_role role);

/** False for an unknown name; *ret is untouched then. */
bool grant_role_parse(enum grant_role *ret, const char *name);

/** Whether the table allows it; values out of range are denied. */
bool grant_role_allows(enum grant_role role, enum act_kind act);

/** Whether only a grant with subtree allows the act, since it changes what lies below: the tree and policy. */
bool act_needs_subtree(enum act_kind act);

/**
 * Whether the act, asked for at an organisation, is about the persons there, so that policy may deny it to those above (authority.h). Of entering
 * and receiving somebody nothing is learnt, and an export of organisations names no person.
 */
bool act_is_about_persons(enum act_kind act);

/* What needs no grant, since it is the own: by the sign-in of an organisation's site there, and by a person in the own matter. */
bool act_is_of_own_site(enum act_kind act);
bool act_is_of_oneself(enum act_kind act);

/**
 * Whether a role may give grants, at or below its organisation: an administrator any role, and the subtree only who has it.
 */
bool grant_role_may_give(enum grant_role giver, bool giver_subtree, bool subtree);

#endif
