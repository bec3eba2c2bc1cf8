/* GET people/#/mentions: where else the name stands, for whoever may erase the person; at organisations in sight. */
#include "attendance/mention.h"

#include <stdio.h>

#include "classroom/class.h"
#include "signaling/api_handlers.h"

static json_t *row_json(const struct api_call *c, const json_t *row)
{
	const struct org *o = directory_org(c->directory, json_integer_value(json_object_get(row, "org")));
	int64_t class = class_number_of(json_string_value(json_object_get(row, "room")));
	const char *act = json_string_value(json_object_get(row, "act"));
	json_t *j;

	if (!o || !can_see(c->directory, &c->who, target_org(o->id), c->now_us))
		return NULL;
	j = json_pack("{s:O, s:O, s:I, s:I, s:s}", "id", json_object_get(row, "sequence"), "kind", json_object_get(row, "kind"), "time_ms",
	              (json_int_t)(json_integer_value(json_object_get(row, "wall_us")) / 1000), "org", (json_int_t)o->id, "org_name", o->name);
	if (class)
		json_object_set_new(j, "class", json_integer(class));
	if (act && *act)
		json_object_set_new(j, "act", json_string(act));
	return j;
}

static bool may_read(struct api_call *c)
{
	int64_t grant;

	return api_may(c, ACT_PERSON_ERASE, target_person(c->ids[0]), &grant);
}

static void found(struct api_call *c, const json_t *page)
{
	json_int_t next = json_integer_value(json_object_get(page, "next"));
	json_t *items, *all, *row, *j;
	char cursor[24];
	size_t i;

	if (!may_read(c))
		return;
	items = json_array();
	json_array_foreach(json_object_get(page, "rows"), i, row) {
		j = row_json(c, row);
		if (j)
			json_array_append_new(items, j);
	}
	all = json_pack("{s:o}", "items", items);
	if (next) {
		snprintf(cursor, sizeof(cursor), "%lld", (long long)next);
		json_object_set_new(all, "next", json_string(cursor));
	}
	api_looked(c, ACT_PERSON_VIEW, target_person(c->ids[0]), "mentions", 0);
	api_reply(c, 200, all);
}

void api_person_mentions(struct api_call *c)
{
	struct mention_query q = { .before = api_query_int(c, "cursor", INT64_MAX), .limit = (uint32_t)CLAMP(api_query_int(c, "limit", 100), 1, API_PAGE_MAX) };
	const struct person *p = NULL;

	if (!may_read(c))
		return;
	while (q.n < MENTION_RECORDS_MAX && (p = directory_next_person(c->directory, p))) {
		struct mention_record *m = &q.records[q.n];

		if (!directory_counts_as(c->directory, p, c->ids[0]))
			continue;
		m->person = p->id;
		snprintf(m->pseudonym, sizeof(m->pseudonym), "%s", p->pseudonym);
		snprintf(m->name, sizeof(m->name), "%s", p->identity.name);
		q.n++;
	}
	api_read(c, mentions_read, &q, sizeof(q), found);
}
