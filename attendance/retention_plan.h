/* From when on records of each kind are kept, by organisation, as the policy says now: what a run of retention.h goes by. Pure. */
#ifndef HUITANG_ATTENDANCE_RETENTION_PLAN_H
#define HUITANG_ATTENDANCE_RETENTION_PLAN_H

#include "attendance/directory.h"
#include "attendance/policy.h"

struct retention_rule {
	int64_t org;                            /* 0: what belongs to none */
	int64_t root;                           /* the uppermost organisation above; 0 of none */
	int64_t before_us[POLICY_KEYS];         /* wall: what is older goes. Of a policy that is no number of days: nothing does */
};

struct retention_plan {
	int64_t now_us;                         /* wall: when it was made */
	int64_t newest_us;                      /* the latest of all before_us: nothing younger goes */
	size_t n;
	struct retention_rule rules[];          /* by org; the first is that of no organisation */
};

/**
 * Of each organisation, closed ones too, in one walk. What belongs to none goes by the defaults, but acts: they stay as long as the longest.
 * Acts stay for six months at least, whatever is recorded.
 *
 * Owns: *ret is the caller's, mem_free(). *ret_bytes is its size. Errors: -ENOMEM.
 */
int retention_plan_make(struct retention_plan **ret, size_t *ret_bytes, const struct directory *d, int64_t now_us);

/** The rule for an organisation: of an unknown one that of none. */
const struct retention_rule *retention_rule_of(const struct retention_plan *plan, int64_t org);

#endif
