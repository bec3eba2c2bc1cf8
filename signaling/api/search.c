/* One search for the tree page: organisations and persons that the caller sees, by characters, pinyin or initials. */
#include <stdlib.h>
#include <string.h>

#include "signaling/api_handlers.h"

#define FOUND_MAX 50

static int compare_orgs(const void *a, const void *b)
{
	const struct org *x = *(const struct org *const *)a, *y = *(const struct org *const *)b;
	int r = name_key_compare(x->key, y->key);

	return r ? r : x->id < y->id ? -1 : x->id > y->id;
}

static json_t *write_org(const struct api_call *c, const struct org *o)
{
	return json_pack("{s:I, s:s, s:s, s:o}", "id", (json_int_t)o->id, "name", o->name, "kind", o->kind, "path", api_org_path(c, o));
}

static bool finds_org(const struct api_call *c, const struct name_query *q, const struct org *o)
{
	return o->key && !o->closed_us && name_query_matches(q, o->key) && can_see(c->directory, &c->who, target_org(o->id), c->now_us);
}

static json_t *find_orgs(const struct api_call *c, const struct name_query *q, size_t *ret_total)
{
	const struct org **found = calloc(directory_n_orgs(c->directory) + 1, sizeof(const struct org *));
	const struct org *o = NULL;
	json_t *list = json_array();
	size_t n = 0;

	while (found && (o = directory_next_org(c->directory, o)))
		if (finds_org(c, q, o))
			found[n++] = o;
	if (n)
		qsort(found, n, sizeof(const struct org *), compare_orgs);
	for (size_t i = 0; i < n && i < FOUND_MAX; i++)
		json_array_append_new(list, write_org(c, found[i]));
	free(found);
	*ret_total = n;
	return list;
}

static json_t *find_people(const struct api_call *c, const struct name_query *q, size_t *ret_total)
{
	json_t *list = json_array();
	const struct person *const *people;
	size_t n;

	people = directory_people(c->directory, &n);
	for (size_t i = 0; i < n; i++) {
		const struct person *p = people[i];

		if (!p->key || p->merged_into || !name_query_matches(q, p->key) || !can_see(c->directory, &c->who, target_person(p->id), c->now_us))
			continue;
		if (*ret_total < FOUND_MAX)
			json_array_append_new(list, api_person_row(c, p));
		++*ret_total;
	}
	return list;
}

void api_search(struct api_call *c)
{
	size_t n_orgs = 0, n_people = 0;
	struct name_query q;
	json_t *orgs, *people;

	if (!api_query_names(c, &q))
		return;
	if (!q.words) {
		api_refuse(c, "bad_message", "Say what to search for.", "q");
		return;
	}
	orgs = find_orgs(c, &q, &n_orgs);
	people = find_people(c, &q, &n_people);
	api_reply(c, 200, json_pack("{s:o, s:I, s:o, s:I}", "orgs", orgs, "orgs_total", (json_int_t)n_orgs, "people", people, "people_total", (json_int_t)n_people));
}
