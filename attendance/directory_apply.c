/* See directory.h, directory_apply(). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/changes.h"
#include "attendance/directory_state.h"
#include "media/base/log.h"

#define MANY_CHANGES 1000

/* The fact stays where it is, under the id of the row that took its place, until it has ended. */
static int end_fact(struct directory *d, const struct change *c, int64_t now_wall_us)
{
	struct fact_entry *f = directory_find_fact(d, c->fact.type, c->id);
	bool lasting = c->fact.type == FACT_PARENT || c->fact.type == FACT_NAME;
	struct person_entry *p = directory_find_person(d, c->fact.person);
	struct org_entry *o;

	if (!f)
		return -ENOENT;
	if (p && c->fact.type == FACT_MEMBERSHIP)
		p->person.left_us = MAX(p->person.left_us, c->fact.valid_to_us);
	d->last_fact[c->fact.type] = MAX(d->last_fact[c->fact.type], c->into);
	if (!lasting && c->fact.valid_to_us <= now_wall_us) {
		directory_drop_fact(d, f);
		return 0;
	}
	HASH_DELETE(hh, d->facts, f);
	f->fact.id = f->key.id = c->into;
	f->fact.valid_to_us = c->fact.valid_to_us;
	HASH_ADD(hh, d->facts, key, sizeof(f->key), f);
	o = directory_find_org(d, f->fact.org);
	if (o && f->fact.type == FACT_PARENT)
		o->org.closed_us = f->fact.valid_to_us;
	return HASH_ADDED(hh, f) ? 0 : -ENOMEM;
}

static int change_password(struct directory *d, const struct account *changed)
{
	struct account_entry *e = directory_find_account(d, changed->id);
	const char *hash = mem_strdup(changed->password_hash);

	if (!e || !hash) {
		mem_free((void *)hash);
		return e ? -ENOMEM : -ENOENT;
	}
	mem_free((void *)e->account.password_hash);
	e->account.password_hash = hash;
	e->account.must_change = changed->must_change;
	directory_end_sessions(d, changed->id);
	return 0;
}

static int merge_person(struct directory *d, const struct change *c)
{
	struct person_entry *p = directory_find_person(d, c->id);

	if (!p)
		return -ENOENT;
	p->person.merged_into = c->into;
	if (p->by_card.tbl)
		HASH_DELETE(by_card, d->cards, p);
	memset(&p->by_card, 0, sizeof(p->by_card));
	return 0;
}

static int erase_record(struct directory *d, struct person_entry *p)
{
	directory_drop_account(d, p->person.account);
	p->person.erased = true;
	return directory_put_identity(d, p->person.id, &(struct identity){ .name = "" });
}

static int erase_person(struct directory *d, int64_t id)
{
	int r = directory_find_person(d, id) ? 0 : -ENOENT;

	for (struct person_entry *p = d->people; r == 0 && p; p = p->hh.next)
		if (directory_counts_as(d, &p->person, id))
			r = erase_record(d, p);
	return r;
}

static int merge_org(struct directory *d, const struct change *c)
{
	struct org_entry *o = directory_find_org(d, c->id);

	if (!o)
		return -ENOENT;
	o->org.merged_into = c->into;
	return 0;
}

static int apply(struct directory *d, const struct change *c, int64_t now_wall_us)
{
	switch (c->type) {
	case CHANGE_ORG:
		return directory_put_org(d, c->id, c->code);
	case CHANGE_ORG_MERGED:
		return merge_org(d, c);
	case CHANGE_PERSON:
		return directory_put_person(d, c->id, c->code);
	case CHANGE_IDENTITY:
		return directory_put_identity(d, c->id, &c->identity);
	case CHANGE_PERSON_MERGED:
		return merge_person(d, c);
	case CHANGE_PERSON_ERASED:
		return erase_person(d, c->id);
	case CHANGE_FACT:
		return directory_put_fact(d, &c->fact);
	case CHANGE_FACT_ENDS:
		return end_fact(d, c, now_wall_us);
	case CHANGE_ACCOUNT:
		return directory_put_account(d, &c->account);
	case CHANGE_PASSWORD:
		return change_password(d, &c->account);
	case CHANGE_ACCOUNT_CLOSED:
		directory_drop_account(d, c->id);
		return 0;
	case CHANGE_SESSION:
		return directory_add_session(d, c->session);
	case CHANGE_SESSION_ENDS:
		directory_remove_session(d, c->session->hash);
		return 0;
	case CHANGE_LINK:
		return directory_add_link(d, c->link);
	case CHANGE_LINK_ENDS:
		directory_remove_link(d, c->link->hash);
		return 0;
	case CHANGE_EVENT:
	case CHANGE_NOTICE:
		return 0;
	case CHANGE_REQUEST:
		return directory_add_request(d, c->id, c->code, &c->request, now_wall_us);
	}
	return -EINVAL;
}

/* Of a long import names are sorted once: to put each of ten thousand into its place would move the others as often. */
void directory_apply(struct directory *d, const struct changes *c, int64_t now_wall_us)
{
	bool many = d->loaded && changes_n(c) >= MANY_CHANGES;
	int r = 0;

	d->loaded &= !many;
	for (size_t i = 0; r == 0 && i < changes_n(c); i++)
		r = apply(d, changes_at(c, i), now_wall_us);
	if (r == 0)
		r = directory_number(d);
	if (r < 0) {
		log_event(LOG_ERROR, "directory.apply_failed err=%d", r);
		abort();
	}
	if (many)
		directory_sort_people(d);
	directory_name_accounts(d);
}
