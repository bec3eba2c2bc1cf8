/*
 * The rule by which presence becomes credit (docs/class.md, Credit): data, not code. Every value has bounds, so that no rule gives
 * negative or endless credit; members that are missing have the default. Pure.
 */
#ifndef HUITANG_ATTENDANCE_CREDIT_RULE_H
#define HUITANG_ATTENDANCE_CREDIT_RULE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CREDIT_RULES_MAX 16             /* in force for one class: of its organisation and of those above */

struct credit_rule {
	int32_t hour_s;                 /* a study hour: 600 to 28800 */
	int32_t presence_percent;       /* of W that must be reached: 1 to 100 */
	int32_t checks_needed;          /* this many, */
	int32_t checks_of;              /* of so many: 1 to 100, and at least checks_needed */
	bool gaps_counted;              /* the time without a server stays in the denominator; else it is excused */
	bool unproved_dropped;          /* what a missed check left unproved is no presence; else it is kept */
	int32_t day_hours_milli;        /* cap of a day: 1 to what a day of 24 hours has by hour_s */
	int32_t year_hours_milli;       /* cap of a year: 0 none, else at least that of a day, at most 10,000 hours */
	int32_t year_target_milli;      /* what a year should reach: 0 none, else at most the cap of a year. Credits nothing; shown */
};

/* Why somebody's credit of a class is what it is; words as in RESULT. */
enum credit_reason {
	CREDIT_CREDITED,                /* all that was taught to the person counts */
	CREDIT_PRESENCE_SHORT,
	CREDIT_CHECKS_MISSED,
	CREDIT_NOT_SIGNED_IN,
	CREDIT_ON_LEAVE,
	CREDIT_NOT_ON_ROSTER,
	CREDIT_CAPPED,                  /* the day or the year has no room for all of it */
	CREDIT_OVERLAP,                 /* a part counts for another class of the same time */
	CREDIT_REASONS
};

/* Somebody's presence in one class (person_presence.h). */
struct credit_case {
	int64_t window_s;               /* of W */
	int64_t present_s, unproved_s, gap_s;
	uint32_t sent, met;
};

/* What several rules come to, for one class and person. */
struct credit_terms {
	enum credit_reason reason;      /* CREDITED, PRESENCE_SHORT or CHECKS_MISSED; nothing counts unless CREDITED */
	bool unproved_dropped;
	int32_t hour_s;                 /* of the rule by which the class gives the least */
	int32_t day_hours_milli, year_hours_milli;      /* the least caps */
};

extern const struct credit_rule credit_rule_usual;

/**
 * Reads and checks a rule.
 *
 * Errors: -EINVAL: *ret_field (static text, or borrowed from `from`) is the member that is wrong, unknown, or contradicts another;
 *         "rule" when it is no object.
 */
int credit_rule_parse(struct credit_rule *ret, const json_t *from, const char **ret_field);

/** As credit_rule_parse() reads it, every member. Owns: the caller's. NULL: out of memory. */
json_t *credit_rule_write(const struct credit_rule *rule);

/** One rule's word on one class; CREDITED, PRESENCE_SHORT or CHECKS_MISSED. */
enum credit_reason credit_rule_judge(const struct credit_rule *rule, const struct credit_case *c);

/** The least over `n` rules, 1 or more: of the first rule that refuses, or of that by which the class is worth the least. */
struct credit_terms credit_rules_apply(const struct credit_rule *rules, size_t n, const struct credit_case *c);

/** "credited"; NULL for none. */
const char *credit_reason_word(enum credit_reason reason);

/** Errors: -EINVAL. */
int credit_reason_parse(enum credit_reason *ret, const char *word);

#endif
