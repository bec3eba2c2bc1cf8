/*
 * The two gates (records.md, Time and the tree): can_see() covers records, may() covers acts. Nothing about a person or an
 * organisation leaves the server, and nothing of them changes, without one of the two. Both judge by today's tree and by grants that
 * hold now; there is no other way to a right.
 *
 * What can be seen: oneself; the organisations where one is a member, and a site its own; and what lies at or below a grant's
 * organisation (just that one without subtree), if the grant's role may view it. A person lies where a membership of theirs lies, and
 * who has left where the last main one lay.
 * Nothing above, nothing beside. A record that is restricted (person_state.h) is seen by oneself and by who may erase it.
 *
 * Where policy says so (person_level_upward: off), a grant given above an organisation shows that organisation, and no person of it; nor does
 * it allow anything that is done to a person there. Whoever is to see them has a grant at that organisation itself.
 */
#ifndef HUITANG_ATTENDANCE_AUTHORITY_H
#define HUITANG_ATTENDANCE_AUTHORITY_H

#include "attendance/directory.h"
#include "attendance/grant_role.h"

/* Whoever signed in. */
struct principal {
	int64_t account;        /* 0: nobody, who sees and may nothing */
	int64_t person;         /* 0: a site */
	int64_t org;            /* the site's; 0 of a person */
};

enum target_kind { TARGET_ORG, TARGET_PERSON };

struct target {
	enum target_kind kind;
	int64_t id;
};

static inline struct target target_org(int64_t id)
{
	return (struct target){ TARGET_ORG, id };
}

static inline struct target target_person(int64_t id)
{
	return (struct target){ TARGET_PERSON, id };
}

/** Of an account's id; nobody for an unknown one. */
struct principal principal_of(const struct directory *d, int64_t account);

/** Whether the viewer may know that the target is there, and read what is recorded of it. */
bool can_see(const struct directory *d, const struct principal *viewer, struct target target, int64_t now_us);

/**
 * Whether persons are shown at this organisation, so that the viewer may learn who belongs to it. Of somebody whom the viewer sees by
 * another membership, nothing is told of this one where the answer is no.
 */
bool can_see_people_of(const struct directory *d, const struct principal *viewer, int64_t org, int64_t now_us);

/**
 * Whether grants reach the person, seen or not: can_see() but for the policy. For ending what was given from above, which tells nothing of the
 * person; shows nothing.
 */
bool reaches_person(const struct directory *d, const struct principal *actor, int64_t person, int64_t now_us);

/* What somebody sees of persons, for a walk over thousands: can_see() with the question about each organisation asked once before. */
struct sight {
	const struct directory *directory;      /* given */
	struct principal viewer;
	int64_t now_us;
	size_t n;
	bool *orgs;                             /* owned: by pre-order number, n of them */
};

/** Holds until the directory changes. Owns: *ret is the caller's; end it with sight_done(). Errors: -ENOMEM; *ret sees nothing then. */
int sight_init(struct sight *ret, const struct directory *d, const struct principal *viewer, int64_t now_us);
void sight_done(struct sight *s);

/** As can_see() of the person. */
bool sight_has(const struct sight *s, const struct person *p);

/** As can_see_people_of(). */
bool sight_covers(const struct sight *s, int64_t org);

/**
 * Whether the actor may do this to the target. *ret_grant is the id of the grant that allows it, which the act names; 0 for what a site may at its
 * organisation, and a person in the own matter, without one (grant_role.h).
 * A person with several memberships is under the hand of those over the main one; over a further one only its own
 * membership and posts there are (they ask with that organisation as target).
 *
 * Errors: -ENOENT cannot be seen, or is not there (nobody learns which); -EACCES seen, but not allowed.
 */
int may(const struct directory *d, const struct principal *actor, enum act_kind act, struct target target, int64_t now_us, int64_t *ret_grant);

/** Whether any grant of theirs allows the act anywhere: what a menu shows. Decides nothing. */
bool may_anywhere(const struct directory *d, const struct principal *actor, enum act_kind act, int64_t now_us);

#endif
