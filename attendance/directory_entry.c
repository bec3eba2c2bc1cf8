/* See directory_state.h: entries and what is derived from them. */
#include "attendance/directory_state.h"

#include <errno.h>
#include <string.h>

static size_t grown(size_t capacity)
{
	return capacity ? capacity + capacity / 2 : 16;
}

int directory_grow(void *array, size_t n, size_t size)
{
	void **p = array;
	size_t capacity = 0;
	void *bigger;

	while (capacity < n)
		capacity = grown(capacity);
	if (capacity > n)
		return 0;
	bigger = mem_realloc(*p, grown(capacity) * size);
	if (!bigger)
		return -ENOMEM;
	*p = bigger;
	return 0;
}

static void free_text(const char *s)
{
	mem_free((void *)s);
}

static void org_free(struct org_entry *e)
{
	free_text(e->org.code);
	name_key_destroy((struct name_key *)e->org.key);
	mem_free(e);
}

static void identity_free(struct identity *i)
{
	free_text(i->name);
	free_text(i->reading);
	free_text(i->phone);
	free_text(i->card_tail);
	free_text(i->card_key);
}

static void person_free(struct person_entry *e)
{
	free_text(e->person.pseudonym);
	name_key_destroy((struct name_key *)e->person.key);
	identity_free(&e->person.identity);
	mem_free(e);
}

static void account_free(struct account_entry *e)
{
	free_text(e->account.login);
	free_text(e->account.password_hash);
	mem_free(e);
}

static void fact_free(struct fact_entry *f)
{
	free_text(f->fact.text);
	free_text(f->fact.note);
	mem_free(f);
}

int directory_put_org(struct directory *d, int64_t id, const char *code)
{
	struct org_entry *e;

	if (directory_find_org(d, id) || (*code && directory_org_code(d, code)))
		return -EEXIST;
	e = mem_zalloc(sizeof(*e));
	if (!e)
		return -ENOMEM;
	e->org = (struct org){ .id = id, .name = "", .kind = "", .phone = "", .code = mem_strdup(code) };
	if (e->org.code)
		HASH_ADD(hh, d->orgs, org.id, sizeof(id), e);
	if (!e->org.code || !HASH_ADDED(hh, e)) {
		org_free(e);
		return -ENOMEM;
	}
	if (*code)
		HASH_ADD_KEYPTR(by_code, d->codes, e->org.code, strlen(e->org.code), e);
	d->last_org = MAX(d->last_org, id);
	return *code && !HASH_ADDED(by_code, e) ? -ENOMEM : 0;
}

int directory_put_person(struct directory *d, int64_t id, const char *pseudonym)
{
	struct person_entry *e;

	if (directory_find_person(d, id))
		return -EEXIST;
	e = mem_zalloc(sizeof(*e));
	if (!e)
		return -ENOMEM;
	e->person = (struct person){ .id = id, .pseudonym = mem_strdup(pseudonym), .kind = "" };
	if (e->person.pseudonym)
		HASH_ADD(hh, d->people, person.id, sizeof(id), e);
	if (!e->person.pseudonym || !HASH_ADDED(hh, e)) {
		person_free(e);
		return -ENOMEM;
	}
	HASH_ADD_KEYPTR(by_pseudonym, d->pseudonyms, e->person.pseudonym, strlen(pseudonym), e);
	if (!HASH_ADDED(by_pseudonym, e))
		return -ENOMEM;
	d->last_person = MAX(d->last_person, id);
	return directory_put_identity(d, id, &(struct identity){ .name = "" });
}

static const char *copy(const char *text)
{
	return mem_strdup(text ? text : "");
}

static bool complete(const struct identity *i)
{
	return i->name && i->reading && i->phone && i->card_tail && i->card_key;
}

static void index_card(struct directory *d, struct person_entry *e)
{
	/* Two persons of one number: the first is found; the import tells of the second. */
	if (*e->person.identity.card_tail && !e->person.merged_into && !directory_card(d, e->person.identity.card_hash))
		HASH_ADD(by_card, d->cards, person.identity.card_hash, CARD_HASH_BYTES, e);
}

static void unindex_card(struct directory *d, struct person_entry *e)
{
	if (e->by_card.tbl)
		HASH_DELETE(by_card, d->cards, e);
	memset(&e->by_card, 0, sizeof(e->by_card));
}

static bool has_card(const struct identity *i, const uint8_t hash[CARD_HASH_BYTES])
{
	return *i->card_tail && memcmp(i->card_hash, hash, CARD_HASH_BYTES) == 0;
}

/* Another of the same number is found from now on. */
static void index_next_of(struct directory *d, const uint8_t hash[CARD_HASH_BYTES])
{
	for (struct person_entry *e = d->people; e; e = e->hh.next)
		if (has_card(&e->person.identity, hash))
			index_card(d, e);
}

int directory_put_identity(struct directory *d, int64_t person, const struct identity *identity)
{
	struct person_entry *e = directory_find_person(d, person);
	struct identity i = {
		.name = copy(identity->name), .reading = copy(identity->reading), .phone = copy(identity->phone),
		.card_tail = copy(identity->card_tail), .card_key = copy(identity->card_key),
	};
	uint8_t old[CARD_HASH_BYTES];
	bool was;
	int r = e ? complete(&i) ? directory_key_person(d, e, &i) : -ENOMEM : -ENOENT;

	if (r < 0) {
		identity_free(&i);
		return r;
	}
	memcpy(i.card_hash, identity->card_hash, CARD_HASH_BYTES);
	memcpy(old, e->person.identity.card_hash, CARD_HASH_BYTES);
	was = e->by_card.tbl != NULL && !has_card(&i, old);
	unindex_card(d, e);
	identity_free(&e->person.identity);
	e->person.identity = i;
	index_card(d, e);
	if (was)
		index_next_of(d, old);
	return 0;
}

int directory_put_account(struct directory *d, const struct account *account)
{
	struct account_entry *e;
	struct person_entry *p = directory_find_person(d, account->person);

	if (directory_find_account(d, account->id) || directory_login(d, account->login))
		return -EEXIST;
	e = mem_zalloc(sizeof(*e));
	if (!e)
		return -ENOMEM;
	e->account = *account;
	e->account.name = "";
	e->account.login = copy(account->login);
	e->account.password_hash = copy(account->password_hash);
	if (e->account.login && e->account.password_hash)
		HASH_ADD(hh, d->accounts, account.id, sizeof(account->id), e);
	if (!e->account.login || !HASH_ADDED(hh, e)) {
		account_free(e);
		return -ENOMEM;
	}
	HASH_ADD_KEYPTR(by_login, d->logins, e->account.login, strlen(e->account.login), e);
	d->last_account = MAX(d->last_account, account->id);
	if (p)
		p->person.account = account->id;
	return HASH_ADDED(by_login, e) ? 0 : -ENOMEM;
}

void directory_drop_account(struct directory *d, int64_t id)
{
	struct account_entry *e = directory_find_account(d, id);
	struct person_entry *p = e ? directory_find_person(d, e->account.person) : NULL;

	if (!e)
		return;
	if (p)
		p->person.account = 0;
	directory_end_sessions(d, id);
	HASH_DELETE(by_login, d->logins, e);
	HASH_DELETE(hh, d->accounts, e);
	account_free(e);
}

void directory_name_accounts(struct directory *d)
{
	for (struct account_entry *e = d->accounts; e; e = e->hh.next) {
		const struct person *p = directory_person(d, e->account.person);
		const struct org *o = directory_org(d, e->account.org);

		if (p)
			e->account.org = p->main_org;
		e->account.name = p ? p->identity.name : o ? o->name : "";
	}
}

/* ---- facts ---- */

static void on_org_fact(struct org_entry *o, const struct fact *f)
{
	if (f->type == FACT_PARENT) {
		o->org.parent = f->other;
		o->org.closed_us = f->valid_to_us;
	} else if (f->type == FACT_NAME) {
		o->org.name = f->text;
		o->org.kind = f->note;
	} else if (f->type == FACT_ORG_PHONE) {
		o->org.phone = f->text;
	} else if (f->type == FACT_POLICY) {
		o->org.n_policies++;
	}
}

static void on_person_fact(struct person_entry *p, const struct fact *f)
{
	if (f->type == FACT_KIND)
		p->person.kind = f->text;
	else if (f->type == FACT_MEMBERSHIP && f->flag)
		p->person.main_org = p->person.last_org = f->org;
}

/* Of some there is one at a time: the newest. */
static struct fact_entry *older(const struct directory *d, const struct fact *f)
{
	const struct fact *old = f->type == FACT_PARENT || f->type == FACT_NAME || f->type == FACT_ORG_PHONE ? directory_org_fact(d, f->org, f->type, NULL) :
	                         f->type == FACT_KIND ? directory_person_fact(d, f->person, f->type, NULL) : NULL;

	return old ? CONTAINER_OF(old, struct fact_entry, fact) : NULL;
}

int directory_put_fact(struct directory *d, const struct fact *fact)
{
	struct org_entry *o = directory_find_org(d, fact->org);
	struct person_entry *p = directory_find_person(d, fact->person);
	struct fact_entry *old = older(d, fact), *f;

	if ((fact->org && !o) || (fact->person && !p) || directory_find_fact(d, fact->type, fact->id))
		return -EEXIST;
	f = mem_zalloc(sizeof(*f));
	if (!f)
		return -ENOMEM;
	f->fact = *fact;
	f->key = (struct fact_key){ fact->type, fact->id };
	f->fact.text = copy(fact->text);
	f->fact.note = copy(fact->note);
	if (f->fact.text && f->fact.note)
		HASH_ADD(hh, d->facts, key, sizeof(f->key), f);
	if (!HASH_ADDED(hh, f)) {
		fact_free(f);
		return -ENOMEM;
	}
	if (o && fact->type == FACT_NAME && directory_key_org(d, o, fact->text) < 0)
		return -ENOMEM;
	if (o) {
		DL_APPEND2(o->facts, f, org_prev, org_next);
		on_org_fact(o, &f->fact);
	}
	if (p) {
		DL_APPEND2(p->facts, f, person_prev, person_next);
		on_person_fact(p, &f->fact);
	}
	if (old)
		directory_drop_fact(d, old);
	d->last_fact[fact->type] = MAX(d->last_fact[fact->type], fact->id);
	return 0;
}

void directory_drop_fact(struct directory *d, struct fact_entry *f)
{
	struct org_entry *o = directory_find_org(d, f->fact.org);
	struct person_entry *p = directory_find_person(d, f->fact.person);

	if (o)
		DL_DELETE2(o->facts, f, org_prev, org_next);
	if (o && f->fact.type == FACT_POLICY)
		o->org.n_policies--;
	if (o && o->org.phone == f->fact.text)
		o->org.phone = "";
	if (p)
		DL_DELETE2(p->facts, f, person_prev, person_next);
	if (p && f->fact.type == FACT_MEMBERSHIP && f->fact.flag && p->person.main_org == f->fact.org)
		p->person.main_org = 0;
	if (p && p->person.kind == f->fact.text)
		p->person.kind = "";
	HASH_DELETE(hh, d->facts, f);
	fact_free(f);
}

/* ---- the end ---- */

void directory_drop_all(struct directory *d)
{
	struct fact_entry *f, *next_fact;
	struct org_entry *o, *next_org;
	struct person_entry *p, *next_person;
	struct account_entry *a, *next_account;

	HASH_CLEAR(by_code, d->codes);
	HASH_CLEAR(by_card, d->cards);
	HASH_CLEAR(by_pseudonym, d->pseudonyms);
	HASH_CLEAR(by_login, d->logins);
	HASH_ITER(hh, d->facts, f, next_fact) {
		HASH_DELETE(hh, d->facts, f);
		fact_free(f);
	}
	HASH_ITER(hh, d->orgs, o, next_org) {
		HASH_DELETE(hh, d->orgs, o);
		org_free(o);
	}
	HASH_ITER(hh, d->people, p, next_person) {
		HASH_DELETE(hh, d->people, p);
		person_free(p);
	}
	HASH_ITER(hh, d->accounts, a, next_account) {
		HASH_DELETE(hh, d->accounts, a);
		account_free(a);
	}
}
