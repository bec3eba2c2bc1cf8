/* POST people/#/erase {order}: forgets a person by order of whoever may (docs/database.md, Erasing). There is no way back. */
#include <string.h>

#include "attendance/erasure_order.h"
#include "media/base/utf8.h"
#include "signaling/api_handlers.h"
#include "signaling/server.h"

/* Memberships, posts, categories and grants end now: the pseudonym keeps what was. */
static void end_facts(struct api_call *c, int64_t person)
{
	static const enum fact_type types[] = { FACT_MEMBERSHIP, FACT_POST, FACT_CATEGORY, FACT_GRANT };

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		for (const struct fact *f = NULL; (f = directory_person_fact(c->directory, person, types[i], f));)
			if (!f->valid_to_us || f->valid_to_us > c->now_us)
				api_end_fact(c, f);
}

void api_person_erase(struct api_call *c)
{
	const char *order = "";
	const struct api_field fields[] = { { "order", FIELD_TEXT, true, ERASURE_ORDER_BYTES - 1, &order } };
	const struct person *p;
	int64_t grant;

	if (!api_fields(c, fields, ARRAY_LEN(fields)) || !api_may(c, ACT_PERSON_ERASE, target_person(c->ids[0]), &grant))
		return;
	p = directory_person(c->directory, c->ids[0]);
	if (!utf8_is_name(order) || strchr(order, '\t'))
		api_refuse(c, "bad_message", "Give the order's number.", "order");
	else if (p->erased)
		api_refuse(c, "erased", "This person has been erased already.", NULL);
	else if (p->id == c->who.person)
		api_refuse(c, "forbidden", "Nobody erases himself: somebody else must look at the order.", NULL);
	else if (api_grants_may_end(c, p->id) && api_act(c, ACT_PERSON_ERASE, grant, p->last_org, p->id, json_pack("{s:s}", "order", order))) {
		end_facts(c, p->id);
		changes_person_erased(c->changes, p->id, order);
	}
}
