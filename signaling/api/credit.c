/* A person's card: what each class gave and why, and what a year adds up to. */
#include "attendance/credit_card.h"

#include <stdio.h>
#include <time.h>

#include "attendance/local_day.h"
#include "classroom/class_plan.h"
#include "signaling/api_handlers.h"

static const struct person *card_person(struct api_call *c)
{
	const struct person *p = directory_person(c->directory, c->ids[0]);

	if (p && !p->erased && can_see(c->directory, &c->who, target_person(p->id), c->now_us))
		return p;
	api_not_there(c);
	return NULL;
}

/* Where the caller sees persons; of oneself all. */
static bool tells(const struct api_call *c, const struct person *p, int64_t home)
{
	return p->id == c->who.person || (home && can_see_people_of(c->directory, &c->who, home, c->now_us));
}

/* Of somebody who is seen by a further membership alone: what was counted where the caller sees who belongs. Neither sums nor appeals, which are of the main one. */
static void leave_out(const struct api_call *c, const struct person *p, json_t *card)
{
	static const char *const lists[] = { "entries", "results" };

	if (tells(c, p, p->last_org))
		return;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		json_t *kept = json_array(), *row;
		size_t k;

		json_array_foreach(json_object_get(card, lists[i]), k, row)
			if (tells(c, p, json_integer_value(json_object_get(row, "home"))))
				json_array_append(kept, row);
		json_object_set_new(card, lists[i], kept);
	}
	json_object_set_new(card, "sums", json_array());
	json_object_set_new(card, "appeals", json_array());
	json_object_del(card, "target");
}

static void found(struct api_call *c, const json_t *rows)
{
	const struct person *p = card_person(c);
	json_t *card = p ? json_copy((json_t *)(uintptr_t)rows) : NULL;

	if (!p)
		return;
	if (card) {
		leave_out(c, p, card);
		json_object_set_new(card, "may_appeal", json_boolean(api_may_appeal(c, p)));
	}
	api_looked(c, ACT_PERSON_VIEW, target_person(p->id), "credit", 0);
	api_reply(c, 200, card);
}

/* The last moment of a year, by the usual zone's offset; nearly enough for a rule that holds for a year. */
static int64_t year_end_us(int32_t year)
{
	struct tm end = { .tm_year = year - 1900, .tm_mon = 11, .tm_mday = 31, .tm_hour = 15, .tm_min = 59, .tm_sec = 59 };

	return (int64_t)timegm(&end) * 1000000;
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
	for (const struct org *o = directory_org(c->directory, p->main_org); o && q.n < ORG_DEPTH_MAX; o = directory_org(c->directory, o->parent))
		q.orgs[q.n++] = o->id;
	q.target_us = MIN(c->now_us, year_end_us(q.year));
	api_read(c, credit_card_read, &q, sizeof(q), found);
}
