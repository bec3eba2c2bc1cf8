/* A person's card: what each class gave and why, and what a year adds up to. */
#include "attendance/credit_card.h"

#include <stdio.h>

#include "attendance/local_day.h"
#include "classroom/class_plan.h"
#include "signaling/api_handlers.h"

static const struct person *card_person(struct api_call *c)
{
	const struct person *p = directory_person(c->directory, c->ids[0]);

	if (p && !p->erased && (p->id == c->who.person || can_see(c->directory, &c->who, target_person(p->id), c->now_us)))
		return p;
	api_not_there(c);
	return NULL;
}

static void found(struct api_call *c, const json_t *rows)
{
	const struct person *p = card_person(c);
	json_t *card = p ? json_copy((json_t *)(uintptr_t)rows) : NULL;

	if (!p)
		return;
	if (card)
		json_object_set_new(card, "may_appeal", json_boolean(api_may_appeal(c, p)));
	api_reply(c, 200, card);
}

/* ?year=: of the classes' start; this year without it. */
void api_person_credit(struct api_call *c)
{
	const struct person *p = card_person(c);
	struct credit_card_query q = { 0 };
	int64_t year = api_query_int(c, "year", 0);
	int32_t today = 0;

	if (!p)
		return;
	local_day(CLASS_ZONE_USUAL, c->now_us, &today);
	snprintf(q.person, sizeof(q.person), "%s", p->pseudonym);
	q.year = year > 0 && year < 10000 ? (int32_t)year : today / 10000;
	api_read(c, credit_card_read, &q, sizeof(q), found);
}
