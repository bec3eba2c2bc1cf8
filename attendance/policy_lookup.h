/* What policy applies at an organisation of the directory now: the values from its root down (policy.h has the rule). */
#ifndef HUITANG_ATTENDANCE_POLICY_LOOKUP_H
#define HUITANG_ATTENDANCE_POLICY_LOOKUP_H

#include "attendance/directory.h"
#include "attendance/policy.h"

/** The own value of an organisation that holds now; NULL for none. */
const struct fact *policy_own(const struct directory *d, int64_t org, enum policy_key key, int64_t now_us);

/** The levels from the root to an organisation, of ORG_DEPTH_MAX at most; how many. 0 for an unknown one. */
size_t policy_chain(const struct directory *d, int64_t org, enum policy_key key, int64_t now_us, struct policy_level ret[ORG_DEPTH_MAX]);

/** What applies there; of an unknown organisation the default. */
struct policy_effect policy_at(const struct directory *d, int64_t org, enum policy_key key, int64_t now_us);

#endif
