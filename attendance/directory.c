/* See directory.h: finding. */
#include "attendance/directory_state.h"

#include <stdio.h>
#include <string.h>

#define TWIN_STEPS_MAX 64       /* from one record to that which stays */

struct org_entry *directory_find_org(const struct directory *d, int64_t id)
{
	struct org_entry *e;

	HASH_FIND(hh, d->orgs, &id, sizeof(id), e);
	return e;
}

struct person_entry *directory_find_person(const struct directory *d, int64_t id)
{
	struct person_entry *e;

	HASH_FIND(hh, d->people, &id, sizeof(id), e);
	return e;
}

struct account_entry *directory_find_account(const struct directory *d, int64_t id)
{
	struct account_entry *e;

	HASH_FIND(hh, d->accounts, &id, sizeof(id), e);
	return e;
}

struct fact_entry *directory_find_fact(const struct directory *d, enum fact_type type, int64_t id)
{
	struct fact_key key = { type, id };
	struct fact_entry *e;

	HASH_FIND(hh, d->facts, &key, sizeof(key), e);
	return e;
}

const struct org *directory_org(const struct directory *d, int64_t id)
{
	struct org_entry *e = directory_find_org(d, id);

	return e ? &e->org : NULL;
}

const struct person *directory_person(const struct directory *d, int64_t id)
{
	struct person_entry *e = directory_find_person(d, id);

	return e ? &e->person : NULL;
}

const struct account *directory_account(const struct directory *d, int64_t id)
{
	struct account_entry *e = directory_find_account(d, id);

	return e ? &e->account : NULL;
}

int64_t directory_next_edge_us(const struct directory *d, int64_t after_us)
{
	int64_t next = INT64_MAX;

	for (const struct fact_entry *e = d->facts; e; e = e->hh.next) {
		const struct fact *f = &e->fact;

		if (f->type != FACT_GRANT && f->type != FACT_MEMBERSHIP && f->type != FACT_POLICY)
			continue;
		if (f->valid_from_us > after_us)
			next = MIN(next, f->valid_from_us);
		if (f->valid_to_us > after_us)
			next = MIN(next, f->valid_to_us);
	}
	return next;
}

const struct org *directory_org_code(const struct directory *d, const char *code)
{
	struct org_entry *e;

	HASH_FIND(by_code, d->codes, code, strlen(code), e);
	return e ? &e->org : NULL;
}

const struct account *directory_login(const struct directory *d, const char *login)
{
	struct account_entry *e;

	HASH_FIND(by_login, d->logins, login, strlen(login), e);
	return e ? &e->account : NULL;
}

bool directory_counts_as(const struct directory *d, const struct person *record, int64_t id)
{
	for (int steps = 0; record && record->id != id && steps < TWIN_STEPS_MAX; steps++)
		record = record->merged_into ? directory_person(d, record->merged_into) : NULL;
	return record && record->id == id;
}

const struct person *directory_pseudonym(const struct directory *d, const char *pseudonym)
{
	struct person_entry *e;

	HASH_FIND(by_pseudonym, d->pseudonyms, pseudonym, strlen(pseudonym), e);
	return e ? &e->person : NULL;
}

const struct person *directory_card(const struct directory *d, const uint8_t hash[CARD_HASH_BYTES])
{
	struct person_entry *e;

	HASH_FIND(by_card, d->cards, hash, CARD_HASH_BYTES, e);
	return e ? &e->person : NULL;
}

void directory_fresh_login(const struct directory *d, int64_t account, bool site, char ret[LOGIN_BYTES])
{
	const char *prefix = site ? "site" : "u";

	snprintf(ret, LOGIN_BYTES, "%s%lld", prefix, (long long)account);
	for (int i = 0; directory_login(d, ret); i++)
		snprintf(ret, LOGIN_BYTES, "%s%lld-%d", prefix, (long long)account, i);
}

bool directory_has_cards(const struct directory *d)
{
	return d->cards != NULL;
}

/* uthash keeps the order in which entries came: by id, since ids only grow and loading is in order. */
const struct org *directory_next_org(const struct directory *d, const struct org *after)
{
	struct org_entry *e = after ? CONTAINER_OF(after, struct org_entry, org)->hh.next : d->orgs;

	return e ? &e->org : NULL;
}

const struct person *directory_next_person(const struct directory *d, const struct person *after)
{
	struct person_entry *e = after ? CONTAINER_OF(after, struct person_entry, person)->hh.next : d->people;

	return e ? &e->person : NULL;
}

const struct account *directory_next_account(const struct directory *d, const struct account *after)
{
	struct account_entry *e = after ? CONTAINER_OF(after, struct account_entry, account)->hh.next : d->accounts;

	return e ? &e->account : NULL;
}

size_t directory_n_orgs(const struct directory *d)
{
	return HASH_COUNT(d->orgs);
}

size_t directory_n_people(const struct directory *d)
{
	return HASH_COUNT(d->people);
}

const struct fact *directory_fact(const struct directory *d, enum fact_type type, int64_t id)
{
	struct fact_entry *e = directory_find_fact(d, type, id);

	return e ? &e->fact : NULL;
}

const struct fact *directory_org_fact(const struct directory *d, int64_t org, enum fact_type type, const struct fact *after)
{
	struct org_entry *o = after ? NULL : directory_find_org(d, org);
	struct fact_entry *e = after ? CONTAINER_OF(after, struct fact_entry, fact)->org_next : o ? o->facts : NULL;

	while (e && e->fact.type != type)
		e = e->org_next;
	return e ? &e->fact : NULL;
}

const struct fact *directory_person_fact(const struct directory *d, int64_t person, enum fact_type type, const struct fact *after)
{
	struct person_entry *p = after ? NULL : directory_find_person(d, person);
	struct fact_entry *e = after ? CONTAINER_OF(after, struct fact_entry, fact)->person_next : p ? p->facts : NULL;

	while (e && e->fact.type != type)
		e = e->person_next;
	return e ? &e->fact : NULL;
}

const struct fact *directory_fact_of(const struct person *p, enum fact_type type, const struct fact *after)
{
	struct fact_entry *e = after ? CONTAINER_OF(after, struct fact_entry, fact)->person_next : CONTAINER_OF(p, struct person_entry, person)->facts;

	while (e && e->fact.type != type)
		e = e->person_next;
	return e ? &e->fact : NULL;
}

const struct fact *directory_membership(const struct directory *d, int64_t person, int64_t org)
{
	const struct fact *f = NULL;

	while ((f = directory_person_fact(d, person, FACT_MEMBERSHIP, f)) && f->org != org)
		;
	return f;
}

const struct org *directory_root(const struct directory *d)
{
	return d->root;
}

bool directory_is_below(const struct directory *d, int64_t org, int64_t above)
{
	const struct org *a = directory_org(d, above), *b = directory_org(d, org);

	return a && b && a->first > 0 && a->first <= b->first && b->first <= a->last;
}

/* Text behind `used` bytes; false when it does not fit whole. */
static bool append_text(char *ret, size_t size, size_t *used, const char *text)
{
	size_t len = strlen(text);
	size_t fits = MIN(len, size - 1 - *used);

	while (fits < len && fits > 0 && ((uint8_t)text[fits] & 0xc0) == 0x80)
		fits--;
	memcpy(ret + *used, text, fits);
	*used += fits;
	ret[*used] = 0;
	return fits == len;
}

void directory_org_path(const struct directory *d, int64_t org, char *ret, size_t size)
{
	const struct org *chain[ORG_DEPTH_MAX];
	const struct org *o = directory_org(d, org);
	size_t n = 0, used = 0;

	ret[0] = 0;
	for (; o && n < ARRAY_LEN(chain); o = directory_org(d, o->parent))
		chain[n++] = o;
	while (n-- > 0) {
		if (used > 0 && (used + 4 > size || !append_text(ret, size, &used, " / ")))
			return;
		if (!append_text(ret, size, &used, chain[n]->name))
			return;
	}
}

void directory_account_org(const struct directory *d, const struct account *a, char *ret, size_t size)
{
	const struct org *o = directory_org(d, a->org);

	directory_org_path(d, o && strcmp(o->name, a->name) == 0 ? o->parent : a->org, ret, size);
}

int64_t directory_next_org_id(struct directory *d)
{
	return ++d->last_org;
}

int64_t directory_next_person_id(struct directory *d)
{
	return ++d->last_person;
}

int64_t directory_next_account_id(struct directory *d)
{
	return ++d->last_account;
}

int64_t directory_next_fact_id(struct directory *d, enum fact_type type)
{
	return ++d->last_fact[type];
}
