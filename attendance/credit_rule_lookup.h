/* The credit rules that are in force at an organisation now: those of its own and of all above it (docs/class.md, Credit), as facts of the directory. */
#ifndef HUITANG_ATTENDANCE_CREDIT_RULE_LOOKUP_H
#define HUITANG_ATTENDANCE_CREDIT_RULE_LOOKUP_H

#include "attendance/credit_rule.h"
#include "attendance/directory.h"

struct credit_rule_level {
	int64_t org;                    /* whose rule it is */
	int64_t version;                /* the fact's id */
	int64_t since_us;               /* wall */
	struct credit_rule rule;
};

/** The own rule of an organisation that holds now; NULL for none. */
const struct fact *credit_rule_own(const struct directory *d, int64_t org, int64_t now_us);

/**
 * The rules from the root down to an organisation; how many. Organisations without one are left out, and rules that this program cannot read. 0: the default
 * holds (credit_rule_usual).
 */
size_t credit_rule_chain(const struct directory *d, int64_t org, int64_t now_us, struct credit_rule_level ret[CREDIT_RULES_MAX]);

#endif
