/*
 * What holds for a time: the parent and name of an organisation, what a person is, where it belongs, posts, categories, grants,
 * policy values (records.md, Time and the tree). A fact is a row that is never changed: what ends it, or corrects it, is a further
 * row that the first one names in superseded_by. So both questions have an answer: what held on a day, and what was known of it then.
 */
#ifndef HUITANG_ATTENDANCE_FACT_H
#define HUITANG_ATTENDANCE_FACT_H

#include <stdbool.h>
#include <stdint.h>

enum fact_type {
	FACT_PARENT = 1,        /* org: `other` its parent, 0 a root */
	FACT_NAME,              /* org: `text` its name, `note` its kind (org_kind.h) */
	FACT_KIND,              /* person: `text` member, staff, talent, guest */
	FACT_MEMBERSHIP,        /* person at org; `flag`: the main one, where credit and rates count */
	FACT_POST,              /* person at org: `text` the title */
	FACT_CATEGORY,          /* person: `text` */
	FACT_GRANT,             /* person at org: `text` a role (grant_role.h), `flag`: with all below, `note` the purpose, `other` the account that gave it */
	FACT_POLICY,            /* org: `text` the key, `note` the value */
	FACT_PROFILE,           /* org: `text` the name of a mapping profile, `note` its JSON, `other` the kind of table (attendance/import/profile.h) */
	FACT_ORG_PHONE,         /* org: `text` its telephone number */
	FACT_WEBHOOK,           /* org: `text` an address that is told of events there and below, `note` their kinds (attendance/webhook.h) */
	FACT_CREDIT_RULE,       /* org: `note` a credit rule, JSON (attendance/credit_rule.h) */
	FACT_TYPES
};

struct fact {
	enum fact_type type;
	int64_t id;             /* of its table */
	int64_t org, person, other;     /* 0: none */
	const char *text, *note;        /* "" for none */
	bool flag;
	int64_t valid_from_us;  /* wall */
	int64_t valid_to_us;    /* 0: open */
};

/* How a type lies in the database: the columns beside id, valid_*, recorded_at, act, superseded_by; NULL: has none. */
struct fact_table {
	const char *table;
	const char *org, *person, *other, *text, *note, *flag;
};

/** Never NULL for a type of the enum. */
const struct fact_table *fact_table(enum fact_type type);

/** Whether it holds at a moment. */
static inline bool fact_holds(const struct fact *f, int64_t at_us)
{
	return f->valid_from_us <= at_us && (f->valid_to_us == 0 || at_us < f->valid_to_us);
}

#endif
