/*
 * Policy: what an organisation lets the server do with people. A key has one rule (policy_rules.c): what values it has, which is the default,
 * which way is stricter, why, and what the law says. Values are inherited:
 *
 *   at a root          its own value, or the default of the cautious pack
 *   below              the stricter of its own value and what applies above
 *
 * So a root alone can be laxer than the default. A lower value that is laxer is refused when it is set; where an upper one became stricter
 * later, it stays recorded and does not apply.
 *
 * Pure: callers bring the values from the root down to an organisation. Any thread.
 */
#ifndef HUITANG_ATTENDANCE_POLICY_H
#define HUITANG_ATTENDANCE_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POLICY_VALUE_BYTES 24           /* of a value as text, with 0 */

enum policy_key {
	POLICY_RANKING,                 /* rankings of persons or organisations */
	POLICY_BEHIND_TARGET_LISTS,     /* lists of who is behind */
	POLICY_PERSON_LEVEL_UPWARD,     /* superiors see persons, not only totals */
	POLICY_RANDOM_CHECKS,           /* presence checks that the server sends by itself */
	POLICY_ONLINE_TIME_CREDIT,      /* credit for time connected alone */
	POLICY_STILLS,                  /* pictures of sites as evidence */
	POLICY_TELL_SITES_OF_LOOKS,     /* a site is told that a superior looks */
	POLICY_KEEP_PRESENCE_DAYS,      /* from here on: days after which records are erased */
	POLICY_KEEP_STILLS_DAYS,
	POLICY_KEEP_RECORDINGS_DAYS,
	POLICY_KEEP_CHAT_DAYS,
	POLICY_KEEP_ANSWERS_DAYS,
	POLICY_KEEP_FINDINGS_DAYS,
	POLICY_KEEP_CREDIT_DAYS,
	POLICY_KEEP_FORMER_DAYS,
	POLICY_KEEP_IMPORTS_DAYS,
	POLICY_KEEP_AUDIT_DAYS,
	POLICY_KEYS
};

enum policy_type {
	POLICY_SWITCH,                  /* "off", "on" */
	POLICY_CHOICE,                  /* one of rule->choices */
	POLICY_DAYS,                    /* a whole number */
};

struct policy_words {
	const char *zh, *en;
};

/* Values are numbers: 0 and 1 of a switch, the index of a choice, days. */
struct policy_rule {
	const char *name;               /* "ranking" */
	enum policy_type type;
	int32_t min, max;               /* of any value */
	int32_t usual;                  /* the default */
	bool more_is_stricter;          /* else less is */
	const char *const *choices;     /* max + 1 words of a POLICY_CHOICE, else NULL */
	struct policy_words title, reason, law;
	struct policy_words later;      /* what it waits for: nothing of that kind is there yet. NULL of one that acts */
};

/* One organisation of a chain from the root down. */
struct policy_level {
	int64_t org;
	bool set;                       /* it has a value of its own */
	int32_t value;
};

enum policy_why {
	POLICY_BY_DEFAULT,              /* nobody set a value that applies */
	POLICY_BY_OWN,                  /* its own */
	POLICY_BY_UPPER,                /* that of an organisation above; its own, if any, says the same */
	POLICY_BY_STRICTER_UPPER,       /* its own value is laxer, recorded and without effect */
};

struct policy_effect {
	int32_t value;
	int64_t org;                    /* whose value it is, the uppermost of equal ones; 0: the default */
	enum policy_why why;
};

enum policy_fault {
	POLICY_RIGHT,
	POLICY_UNKNOWN,                 /* no such key, or no value of it */
	POLICY_RANGE,                   /* days beyond what is sensible or lawful */
	POLICY_LAXER,                   /* laxer than what applies above */
	POLICY_FAULTS
};

/** Never NULL for a key of the enum. */
const struct policy_rule *policy_rule(enum policy_key key);

/** By name. POLICY_UNKNOWN, *ret then untouched. */
enum policy_fault policy_key_parse(enum policy_key *ret, const char *name);

/** A value as it is stored and sent: "on", "branch", "180". *ret stays untouched unless it is right. */
enum policy_fault policy_value_parse(int32_t *ret, enum policy_key key, const char *text);
void policy_value_write(char ret[POLICY_VALUE_BYTES], enum policy_key key, int32_t value);

/** The strictest value there is: what a recorded value counts as that cannot be read any more. */
int32_t policy_strictest(enum policy_key key);

/** Whether `a` is laxer than `b`. */
bool policy_is_laxer(enum policy_key key, int32_t a, int32_t b);

/** What applies at the last of n organisations, and by whom. Of none: the default. */
struct policy_effect policy_effective(enum policy_key key, const struct policy_level *chain, size_t n);

/**
 * Whether the last of n organisations may set this value. With POLICY_LAXER *ret_bound (may be NULL) is what applies above it and refuses
 * it; else untouched.
 */
enum policy_fault policy_may_set(enum policy_key key, const struct policy_level *chain, size_t n, int32_t value, struct policy_effect *ret_bound);

/** The word for a fault in answers ("policy.laxer"). */
const char *policy_fault_code(enum policy_fault fault);

/** The word for a reason in answers ("default", "own", "upper", "stricter_upper"). */
const char *policy_why_name(enum policy_why why);

#endif
