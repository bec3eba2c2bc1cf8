/* Persons: lists and pages of those that the caller sees; entering them and correcting who they are. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/name_query.h"
#include "media/base/utf8.h"
#include "signaling/card_numbers.h"
#include "signaling/api_handlers.h"

#define QUERY_BYTES 256
#define READING_BYTES 241

/* ---- reading ---- */

struct filter {
	int64_t org;                    /* 0: anywhere */
	bool below, former;
	char kind[16];                  /* "": any */
	struct name_query query;
};

static bool lies_in(const struct api_call *c, const struct filter *f, int64_t org)
{
	return f->below ? directory_is_below(c->directory, org, f->org) : org == f->org;
}

/* That somebody belongs there is told by being in the list: only where the caller sees who does. */
static bool lies_in_sight(const struct api_call *c, const struct filter *f, const struct sight *sight, const struct person *p, int64_t org)
{
	return lies_in(c, f, org) && (p->id == c->who.person || sight_covers(sight, org));
}

static bool belongs_to(const struct api_call *c, const struct filter *f, const struct sight *sight, const struct person *p)
{
	const struct fact *m = NULL;
	bool belongs = false;

	if (!f->org && p->main_org)
		return true;
	while ((m = directory_fact_of(p, FACT_MEMBERSHIP, m))) {
		if (!fact_holds(m, c->now_us))
			continue;
		belongs = true;
		if (!f->org || lies_in_sight(c, f, sight, p, m->org))
			return true;
	}
	return !belongs && f->former && (!f->org || lies_in_sight(c, f, sight, p, p->last_org));
}

static bool is_wanted(const struct api_call *c, const struct filter *f, const struct sight *sight, const struct person *p)
{
	return p->key && !p->merged_into && (!*f->kind || strcmp(f->kind, p->kind) == 0) && name_query_matches(&f->query, p->key) && sight_has(sight, p) && belongs_to(c, f, sight, p);
}

bool api_query_names(struct api_call *c, struct name_query *ret)
{
	char text[QUERY_BYTES] = "";

	if ((http_query(c->request, "q", text, sizeof(text)) || !*text) && name_query_parse(ret, text) == 0)
		return true;
	api_refuse(c, "bad_message", "This cannot be searched for.", "q");
	return false;
}

static bool read_filter(struct api_call *c, struct filter *ret)
{
	*ret = (struct filter){
		.org = api_query_int(c, "org", 0), .below = api_query_int(c, "below", 0) == 1, .former = api_query_int(c, "former", 0) == 1,
	};
	http_query(c->request, "kind", ret->kind, sizeof(ret->kind));
	if (ret->org && !can_see(c->directory, &c->who, target_org(ret->org), c->now_us)) {
		api_not_there(c);
		return false;
	}
	return api_query_names(c, &ret->query);
}

/* The person at which the page before ended. Its place in the order tells of its name, so it must be one that the caller sees. */
static bool read_cursor(struct api_call *c, const struct person **ret)
{
	int64_t id = api_query_int(c, "cursor", 0);

	*ret = id && can_see(c->directory, &c->who, target_person(id), c->now_us) ? directory_person(c->directory, id) : NULL;
	if (!id || *ret)
		return true;
	api_refuse(c, "bad_message", "This list has changed: begin anew.", "cursor");
	return false;
}

static int compare_pointers(const void *a, const void *b)
{
	return directory_compare_people(*(const struct person *const *)a, *(const struct person *const *)b);
}

/* Those of one organisation, in order; *ret_n of them, a person with two memberships there once. Owns: the caller's. NULL: no memory. */
static const struct person **list_members(const struct api_call *c, int64_t org, size_t *ret_n)
{
	const struct person **list;
	const struct fact *m = NULL;
	size_t n = 0, kept = 0;

	while ((m = directory_org_fact(c->directory, org, FACT_MEMBERSHIP, m)))
		n++;
	list = calloc(n + 1, sizeof(const struct person *));
	if (!list)
		return NULL;
	for (n = 0; (m = directory_org_fact(c->directory, org, FACT_MEMBERSHIP, m)); n++)
		list[n] = directory_person(c->directory, m->person);
	qsort(list, n, sizeof(const struct person *), compare_pointers);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || list[i] != list[kept - 1])
			list[kept++] = list[i];
	*ret_n = kept;
	return list;
}

/* Who can be in the list at all: one organisation's members, oneself where no grant shows others, or everybody. `*ret_own` is to be freed. */
static const struct person *const *list_candidates(const struct api_call *c, const struct filter *f, const struct person **self, const struct person ***ret_own, size_t *ret_n)
{
	*ret_own = NULL;
	if (!may_anywhere(c->directory, &c->who, ACT_PERSON_VIEW, c->now_us)) {
		*self = directory_person(c->directory, c->who.person);
		*ret_n = *self != NULL;
		return self;
	}
	if (f->org && !f->below && !f->former)
		return *ret_own = list_members(c, f->org, ret_n);
	return directory_people(c->directory, ret_n);
}

/*
 * How many organisations of the list show their persons to nobody above (policy): the caller is one of those, and misses them here. Not
 * by name or kind, so that nothing of the persons can be found out by asking.
 */
static size_t count_closed(const struct api_call *c, const struct filter *f, const struct sight *sight)
{
	const struct org *o = NULL;
	int64_t grant;
	size_t n = 0;

	while ((o = directory_next_org(c->directory, o)))
		if (o->closed_us == 0 && (!f->org || lies_in(c, f, o->id)) && !sight_covers(sight, o->id) &&
		    may(c->directory, &c->who, ACT_ORG_VIEW, target_org(o->id), c->now_us, &grant) == 0)
			n++;
	return n;
}

/* All are counted, since a list says how many there are; only a page is written. */
void api_people_list(struct api_call *c)
{
	const struct person *after, *self, *last = NULL, **own;
	const struct person *const *people;
	size_t n = 0, total = 0, closed, limit = (size_t)CLAMP(api_query_int(c, "limit", 100), 1, API_PAGE_MAX);
	struct filter filter;
	struct sight sight;
	json_t *items, *all;
	char cursor[24];
	bool more = false;

	if (!read_filter(c, &filter) || !read_cursor(c, &after))
		return;
	if (sight_init(&sight, c->directory, &c->who, c->now_us) < 0) {
		api_refuse(c, "overloaded", "The server is short of memory.", NULL);
		return;
	}
	items = json_array();
	people = list_candidates(c, &filter, &self, &own, &n);
	for (size_t i = 0; people && i < n; i++) {
		if (!is_wanted(c, &filter, &sight, people[i]))
			continue;
		total++;
		if (after && directory_compare_people(people[i], after) <= 0)
			continue;
		more = json_array_size(items) == limit;
		if (more)
			continue;
		json_array_append_new(items, api_person_row(c, people[i]));
		last = people[i];
	}
	closed = count_closed(c, &filter, &sight);
	if (filter.org && json_array_size(items) > 0)
		api_looked(c, ACT_PERSON_VIEW, target_org(filter.org), "list", 0);
	free(own);
	sight_done(&sight);
	all = json_pack("{s:o, s:I, s:I}", "items", items, "total", (json_int_t)total, "closed_orgs", (json_int_t)closed);
	if (more && last) {
		snprintf(cursor, sizeof(cursor), "%lld", (long long)last->id);
		json_object_set_new(all, "next", json_string(cursor));
	}
	api_reply(c, 200, all);
}

const struct person *api_seen_person(struct api_call *c, int64_t id)
{
	if (can_see(c->directory, &c->who, target_person(id), c->now_us))
		return directory_person(c->directory, id);
	api_not_there(c);
	return NULL;
}

void api_person_read(struct api_call *c)
{
	const struct person *p = api_seen_person(c, c->ids[0]);

	if (!p)
		return;
	api_looked(c, ACT_PERSON_VIEW, target_person(p->id), "record", 0);
	api_reply(c, 200, api_person_json(c, p));
}

/* ---- who somebody is ---- */

static bool check_kind(struct api_call *c, const char *kind)
{
	static const char *const kinds[] = { "member", "staff", "talent", "guest" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i], kind) == 0)
			return true;
	api_refuse(c, "bad_message", "There is no such kind of person.", "kind");
	return false;
}

static bool check_reading(struct api_call *c, const struct identity *i)
{
	struct name_key *key = NULL;
	struct name_order *order = NULL;
	bool right = !*i->reading;

	if (!right && name_order_open(&order) == 0)
		right = name_key_create(&key, order, NAME_OF_PERSON, i->name, i->reading) == 0;
	name_key_destroy(key);
	name_order_close(order);
	if (!right)
		api_refuse(c, "bad_message", "This is not how the name can be read: pinyin, a space between syllables.", "reading");
	return right;
}

bool api_check_phone(struct api_call *c, const char *phone)
{
	if (strspn(phone, "0123456789+- ()") == strlen(phone))
		return true;
	api_refuse(c, "bad_message", "A telephone number has digits, spaces, hyphens, brackets and a plus.", "phone");
	return false;
}

static bool check_identity(struct api_call *c, const struct identity *i)
{
	if (!utf8_is_name(i->name) || strlen(i->name) >= PERSON_NAME_BYTES) {
		api_refuse(c, "bad_message", "This cannot be a name.", "name");
		return false;
	}
	return api_check_phone(c, i->phone) && check_reading(c, i);
}

bool api_check_place(struct api_call *c, int64_t org)
{
	const struct org *o = directory_org(c->directory, org);

	if (o && o->closed_us == 0)
		return true;
	api_refuse(c, "closed", "This organisation has been closed.", "org");
	return false;
}

bool api_check_present(struct api_call *c, const struct person *p)
{
	if (!p->merged_into && *p->identity.name)
		return true;
	api_refuse(c, "closed", "This record has gone over to another, or was erased.", NULL);
	return false;
}

/*
 * Reads a card number into what is kept of it; `seal` must live as long as the identity. Whether another record has the number is told
 * only of one that the caller sees.
 */
static bool read_card(struct api_call *c, const char *text, int64_t person, struct card_seal *seal, struct identity *ret)
{
	const struct card_key *key;
	const struct person *other;
	enum card_fault fault;
	struct card card;

	if (!*text) {
		ret->card_tail = ret->card_key = "";
		return true;
	}
	fault = card_parse(&card, text);
	if (fault != CARD_RIGHT) {
		api_refuse(c, card_fault_code(fault), card_fault_en(fault), "card");
		return false;
	}
	if (card_numbers_key(c->server, &key) < 0) {
		card_wipe(&card);
		api_refuse(c, "card_key_missing", "The server has no key for card numbers; its log says why.", "card");
		return false;
	}
	card_seal(seal, key, &card);
	card_wipe(&card);
	other = directory_card(c->directory, seal->hash);
	if (other && other->id != person && can_see(c->directory, &c->who, target_person(other->id), c->now_us)) {
		api_refuse(c, "card_taken", "Another person has this number.", "card");
		return false;
	}
	ret->card_tail = seal->tail;
	ret->card_key = seal->key_id;
	memcpy(ret->card_hash, seal->hash, CARD_HASH_BYTES);
	return true;
}

void api_person_create(struct api_call *c)
{
	struct identity i = { .name = "", .reading = "", .phone = "", .card_tail = "", .card_key = "" };
	const char *kind = "member", *post = "", *card = "";
	struct card_seal seal;
	int64_t org = 0, grant;
	char pseudonym[PSEUDONYM_BYTES];
	uint8_t random[(PSEUDONYM_BYTES - 1) / 2];
	const struct api_field fields[] = {
		{ "name", FIELD_TEXT, true, PERSON_NAME_BYTES, &i.name }, { "kind", FIELD_TEXT, true, 16, &kind }, { "org", FIELD_ID, true, 0, &org },
		{ "phone", FIELD_TEXT, false, API_PHONE_BYTES, &i.phone }, { "reading", FIELD_TEXT, false, READING_BYTES, &i.reading },
		{ "post", FIELD_TEXT, false, API_TITLE_BYTES, &post }, { "card", FIELD_TEXT, false, CARD_BYTES, &card },
	};

	if (!api_fields(c, fields, ARRAY_LEN(fields)) || !api_may(c, ACT_PERSON_CREATE, target_org(org), &grant) || !check_kind(c, kind) || !check_identity(c, &i) ||
	    !api_check_place(c, org) || (*post && !api_check_title(c, post, "post")) || !read_card(c, card, 0, &seal, &i))
		return;
	c->result = directory_next_person_id(c->directory);
	if (!api_act(c, ACT_PERSON_CREATE, grant, org, c->result, json_pack("{s:s, s:s, s:I, s:s, s:b}", "name", i.name, "kind", kind, "org", (json_int_t)org, "post", post,
	             "card", *card != 0)))
		return;
	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(pseudonym, sizeof(pseudonym), random, sizeof(random));
	changes_person(c->changes, c->result, pseudonym);
	changes_identity(c->changes, c->result, &i);
	api_add_fact(c, (struct fact){ .type = FACT_KIND, .person = c->result, .text = kind });
	api_add_fact(c, (struct fact){ .type = FACT_MEMBERSHIP, .person = c->result, .org = org, .flag = true });
	if (*post)
		api_add_fact(c, (struct fact){ .type = FACT_POST, .person = c->result, .org = org, .text = post });
}

void api_person_created(struct api_call *c)
{
	char location[64];

	/* Told again, it may be out of sight by now. */
	if (!can_see(c->directory, &c->who, target_person(c->result), c->now_us)) {
		http_reply(c->request, 204, NULL, NULL);
		return;
	}
	snprintf(location, sizeof(location), "/api/v1/people/%lld", (long long)c->result);
	http_add_header(c->request, "location:", location);
	api_reply(c, 201, api_person_json(c, directory_person(c->directory, c->result)));
}

/* The number itself is not written down: who reads the audit log need not be who may ring. */
static json_t *describe_update(const struct person *p, const struct identity *i, const char *kind)
{
	return json_pack("{s:{s:s, s:s, s:s}, s:{s:s, s:s, s:s}, s:b, s:b}", "before", "name", p->identity.name, "reading", p->identity.reading, "kind", p->kind,
	                 "after", "name", i->name, "reading", i->reading, "kind", kind, "phone", strcmp(i->phone, p->identity.phone) != 0,
	                 "card", strcmp(i->card_tail, p->identity.card_tail) != 0 || memcmp(i->card_hash, p->identity.card_hash, CARD_HASH_BYTES) != 0);
}

static void change_kind(struct api_call *c, const struct person *p, const char *kind)
{
	const struct fact *old = directory_person_fact(c->directory, p->id, FACT_KIND, NULL);

	if (strcmp(kind, p->kind) == 0)
		return;
	if (old)
		api_end_fact(c, old);
	api_add_fact(c, (struct fact){ .type = FACT_KIND, .person = p->id, .text = kind });
}

void api_person_update(struct api_call *c)
{
	const struct person *p = api_seen_person(c, c->ids[0]);
	struct identity i = p ? p->identity : (struct identity){ 0 };
	const char *kind = p ? p->kind : "", *card = NULL;
	struct card_seal seal;
	const struct api_field fields[] = {
		{ "name", FIELD_TEXT, false, PERSON_NAME_BYTES, &i.name }, { "kind", FIELD_TEXT, false, 16, &kind },
		{ "phone", FIELD_TEXT, false, API_PHONE_BYTES, &i.phone }, { "reading", FIELD_TEXT, false, READING_BYTES, &i.reading },
		{ "card", FIELD_TEXT, false, CARD_BYTES, &card },
	};
	json_t *now = p ? api_person_json(c, p) : NULL;
	int64_t grant;

	c->result = c->ids[0];
	if (p && api_fields(c, fields, ARRAY_LEN(fields)) && api_may(c, ACT_PERSON_UPDATE, target_person(p->id), &grant) && api_check_present(c, p) && check_kind(c, kind) &&
	    check_identity(c, &i) && (!card || read_card(c, card, p->id, &seal, &i)) && api_unchanged(c, now) && api_act(c, ACT_PERSON_UPDATE, grant, p->last_org, p->id, describe_update(p, &i, kind))) {
		changes_identity(c->changes, p->id, &i);
		change_kind(c, p, kind);
	}
	json_decref(now);
}

/* Who moved somebody out of the own sight learns no more than that it is done. */
void api_person_done(struct api_call *c)
{
	if (can_see(c->directory, &c->who, target_person(c->result), c->now_us))
		api_reply(c, 200, api_person_json(c, directory_person(c->directory, c->result)));
	else
		http_reply(c->request, 204, NULL, NULL);
}
