/* See fact.h. */
#include "attendance/fact.h"

#include <assert.h>

static const struct fact_table tables[FACT_TYPES] = {
	[FACT_PARENT] = { .table = "org_edge", .org = "org", .other = "parent" },
	[FACT_NAME] = { .table = "org_name", .org = "org", .text = "name", .note = "kind" },
	[FACT_KIND] = { .table = "person_kind", .person = "person", .text = "kind" },
	[FACT_MEMBERSHIP] = { .table = "membership", .org = "org", .person = "person", .flag = "main" },
	[FACT_POST] = { .table = "post", .org = "org", .person = "person", .text = "title" },
	[FACT_CATEGORY] = { .table = "category", .person = "person", .text = "name" },
	[FACT_GRANT] = { .table = "right_grant", .org = "org", .person = "person", .other = "giver", .text = "role", .note = "purpose", .flag = "subtree" },
	[FACT_POLICY] = { .table = "policy_value", .org = "org", .text = "key", .note = "value" },
	[FACT_WEBHOOK] = { .table = "webhook", .org = "org", .text = "url", .note = "events" },
	[FACT_PROFILE] = { .table = "import_profile", .org = "org", .other = "kind", .text = "name", .note = "headers" },
	[FACT_CREDIT_RULE] = { .table = "credit_rule", .org = "org", .note = "rule" },
	[FACT_ORG_PHONE] = { .table = "org_phone", .org = "org", .text = "phone" },
};

const struct fact_table *fact_table(enum fact_type type)
{
	assert(type > 0 && type < FACT_TYPES);
	return &tables[type];
}
