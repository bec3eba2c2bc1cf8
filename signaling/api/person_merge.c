/* Twins: two records of one person. Finding candidates, and making one of the two. */
#include <string.h>

#include "signaling/api_handlers.h"

#define GROUPS_MAX 100
#define GROUP_ROWS_MAX 20

static bool is_open(const struct api_call *c, const struct fact *f)
{
	return !f->valid_to_us || f->valid_to_us > c->now_us;
}

/* ---- candidates ---- */

static bool lies_in(const struct api_call *c, const struct sight *sight, const struct person *p, int64_t org)
{
	const struct fact *m = NULL;

	while ((m = directory_fact_of(p, FACT_MEMBERSHIP, m)))
		if (fact_holds(m, c->now_us) && directory_is_below(c->directory, m->org, org) && sight_covers(sight, m->org))
			return true;
	return directory_is_below(c->directory, p->last_org, org) && sight_covers(sight, p->last_org);
}

static bool same(const char *a, const char *b)
{
	return *a && strcmp(a, b) == 0;
}

/* Why two of one name may be one: "" for no reason. A telephone is a reason only for those who may see it. */
static const char *reason_of(const struct api_call *c, const struct person *a, const struct person *b, int64_t org)
{
	int64_t grant;

	if (*a->identity.card_tail && *b->identity.card_tail && memcmp(a->identity.card_hash, b->identity.card_hash, CARD_HASH_BYTES) == 0)
		return "card";
	if (same(a->identity.phone, b->identity.phone) && may(c->directory, &c->who, ACT_PERSON_CONTACT, target_person(a->id), c->now_us, &grant) == 0 &&
	    may(c->directory, &c->who, ACT_PERSON_CONTACT, target_person(b->id), c->now_us, &grant) == 0)
		return "phone";
	if (same(a->identity.card_tail, b->identity.card_tail))
		return "tail";
	/* Two numbers that differ are two persons. */
	if (*a->identity.card_tail && *b->identity.card_tail)
		return "";
	return org || a->last_org == b->last_org ? "name" : "";
}

static json_t *write_twin(const struct api_call *c, const struct person *p)
{
	json_t *j = api_person_row(c, p);

	json_object_set_new(j, "card_tail", json_string(p->identity.card_tail));
	return j;
}

static bool is_candidate(const struct api_call *c, const struct sight *sight, const struct person *p, int64_t org)
{
	return p->key && !p->merged_into && sight_has(sight, p) && (!org || lies_in(c, sight, p, org));
}

/* Pairs with the first of the run that has one: NULL when none of `n` of one name has a twin. */
static json_t *write_group(const struct api_call *c, const struct person *const *run, size_t n, int64_t org)
{
	json_t *rows = json_array();
	const char *why = "";

	for (size_t i = 0; i < n && json_array_size(rows) < GROUP_ROWS_MAX; i++) {
		const char *best = "";

		for (size_t j = 0; j < n && !*best; j++)
			best = i == j ? "" : reason_of(c, run[i], run[j], org);
		if (*best)
			json_array_append_new(rows, write_twin(c, run[i]));
		why = *why ? why : best;
	}
	if (json_array_size(rows) > 1)
		return json_pack("{s:s, s:s, s:o}", "name", run[0]->identity.name, "reason", why, "people", rows);
	json_decref(rows);
	return NULL;
}

/* Those of one name stand together in the order of lists. At most GROUP_ROWS_MAX of one name are compared with each other. */
void api_twins_list(struct api_call *c)
{
	int64_t org = api_query_int(c, "org", 0);
	const struct person *const *people;
	const struct person *run[GROUP_ROWS_MAX];
	struct sight sight;
	json_t *items;
	size_t n, n_run = 0;

	if (org && !can_see(c->directory, &c->who, target_org(org), c->now_us)) {
		api_not_there(c);
		return;
	}
	if (sight_init(&sight, c->directory, &c->who, c->now_us) < 0) {
		api_refuse(c, "overloaded", "The server is short of memory.", NULL);
		return;
	}
	items = json_array();
	people = directory_people(c->directory, &n);
	for (size_t i = 0; i <= n && json_array_size(items) < GROUPS_MAX; i++) {
		json_t *group = NULL;

		if (i < n && !is_candidate(c, &sight, people[i], org))
			continue;
		if (i == n || (n_run && strcmp(people[i]->identity.name, run[0]->identity.name) != 0)) {
			group = n_run > 1 ? write_group(c, run, n_run, org) : NULL;
			n_run = 0;
		}
		if (group)
			json_array_append_new(items, group);
		if (i < n && n_run < ARRAY_LEN(run))
			run[n_run++] = people[i];
	}
	sight_done(&sight);
	api_reply(c, 200, json_pack("{s:o}", "items", items));
}

/* ---- merging ---- */

static const struct fact *find_same(const struct api_call *c, int64_t person, const struct fact *f)
{
	const struct fact *other = NULL;

	while ((other = directory_person_fact(c->directory, person, f->type, other)))
		if (is_open(c, other) && other->org == f->org && strcmp(other->text, f->text) == 0)
			return other;
	return NULL;
}

/* What holds of the one holds of the other from now on, unless it does already. The other's main membership stays the main one. */
static void move_facts(struct api_call *c, const struct person *from, const struct person *into, enum fact_type type)
{
	const struct fact *f = NULL;

	while ((f = directory_person_fact(c->directory, from->id, type, f))) {
		struct fact moved = *f;

		if (!is_open(c, f))
			continue;
		api_end_fact(c, f);
		if (find_same(c, into->id, f) && type != FACT_GRANT)
			continue;
		moved.person = into->id;
		moved.valid_from_us = f->valid_from_us > c->now_us ? f->valid_from_us : 0;
		if (type == FACT_MEMBERSHIP)
			moved.flag = f->flag && !into->main_org;
		api_add_fact(c, moved);
	}
}

/* What the one record lacks the other may have. */
static void merge_identity(struct api_call *c, const struct person *from, const struct person *into)
{
	struct identity i = into->identity;

	if (!*i.phone)
		i.phone = from->identity.phone;
	if (!*i.reading && strcmp(i.name, from->identity.name) == 0)
		i.reading = from->identity.reading;
	if (!*i.card_tail) {
		i.card_tail = from->identity.card_tail;
		i.card_key = from->identity.card_key;
		memcpy(i.card_hash, from->identity.card_hash, CARD_HASH_BYTES);
	}
	changes_identity(c->changes, into->id, &i);
}

/* A person has one account: that of the record that stays, or else the other's under its own name and password. */
static void merge_account(struct api_call *c, const struct person *from, const struct person *into)
{
	const struct account *old = directory_account(c->directory, from->account);
	struct account moved;

	if (!old)
		return;
	changes_account_closed(c->changes, old->id);
	if (into->account)
		return;
	moved = *old;
	moved.id = directory_next_account_id(c->directory);
	moved.person = into->id;
	changes_account(c->changes, &moved);
}

/* With grants and account go rights: whoever could not give them cannot let them pass to another record either, nor anybody to the own one. */
void api_person_merge(struct api_call *c)
{
	static const enum fact_type moved[] = { FACT_POST, FACT_MEMBERSHIP, FACT_CATEGORY, FACT_GRANT };
	const struct person *from = api_seen_person(c, c->ids[0]), *into;
	const char *why = "";
	int64_t to = 0, grant, there;
	const struct api_field fields[] = { { "into", FIELD_ID, true, 0, &to }, { "why", FIELD_TEXT, false, API_REASON_BYTES, &why } };

	if (!from || !api_fields(c, fields, ARRAY_LEN(fields)) || !api_may(c, ACT_PERSON_MERGE, target_person(from->id), &grant) ||
	    !api_may(c, ACT_PERSON_MERGE, target_person(to), &there))
		return;
	into = directory_person(c->directory, to);
	c->result = to;
	if (from == into) {
		api_refuse(c, "in_circle", "A person cannot be merged with itself.", "into");
		return;
	}
	if (!api_check_present(c, from) || !api_check_present(c, into))
		return;
	if (!api_covers_grants(c, from->id) || !api_covers_grants(c, into->id) || (into->id == c->who.person && api_holds_grants(c, from->id))) {
		api_refuse(c, "forbidden", "Your grants do not allow this here.", NULL);
		return;
	}
	if (!api_act(c, ACT_PERSON_MERGE, grant, into->last_org, into->id, json_pack("{s:I, s:s, s:I, s:s, s:s}", "from", (json_int_t)from->id, "from_name", from->identity.name,
	             "into", (json_int_t)into->id, "into_name", into->identity.name, "why", why)))
		return;
	changes_person_merged(c->changes, from->id, into->id);
	for (size_t i = 0; i < ARRAY_LEN(moved); i++)
		move_facts(c, from, into, moved[i]);
	merge_identity(c, from, into);
	merge_account(c, from, into);
}
