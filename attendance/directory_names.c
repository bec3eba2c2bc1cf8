/* See directory_state.h: how names are found and in which order lists stand. */
#include "attendance/directory_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A reading that does not fit the name is as none: it may be older than the name. */
static int make_key(const struct directory *d, enum name_kind kind, const char *name, const char *reading, struct name_key **ret)
{
	int r;

	*ret = NULL;
	if (!*name)
		return 0;
	r = name_key_create(ret, d->order, kind, name, reading);
	if (r == -EBADMSG)
		r = name_key_create(ret, d->order, kind, name, NULL);
	return r == -ENOMEM ? r : 0;
}

static int compare(const struct person *a, const struct person *b)
{
	int r = a->key && b->key ? name_key_compare(a->key, b->key) : (a->key == NULL) - (b->key == NULL);

	return r ? r : a->id < b->id ? -1 : a->id > b->id;
}

int directory_compare_people(const struct person *a, const struct person *b)
{
	return compare(a, b);
}

static int compare_pointers(const void *a, const void *b)
{
	return compare(*(const struct person *const *)a, *(const struct person *const *)b);
}

/* Where it stands, or would stand. */
static size_t place_of(const struct directory *d, const struct person *p)
{
	size_t from = 0, to = d->n_by_name;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (compare(d->by_name[middle], p) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static void take_out(struct directory *d, const struct person *p)
{
	size_t at = place_of(d, p);

	if (at == d->n_by_name || d->by_name[at] != p)
		return;
	memmove(&d->by_name[at], &d->by_name[at + 1], (d->n_by_name - at - 1) * sizeof(*d->by_name));
	d->n_by_name--;
}

static void put_in(struct directory *d, const struct person *p)
{
	size_t at = d->loaded ? place_of(d, p) : d->n_by_name;

	memmove(&d->by_name[at + 1], &d->by_name[at], (d->n_by_name - at) * sizeof(*d->by_name));
	d->by_name[at] = p;
	d->n_by_name++;
}

int directory_key_person(struct directory *d, struct person_entry *e, const struct identity *identity)
{
	struct name_key *key;
	int r = make_key(d, NAME_OF_PERSON, identity->name, identity->reading, &key);

	if (r == 0)
		r = directory_grow(&d->by_name, d->n_by_name, sizeof(*d->by_name));
	if (r < 0) {
		name_key_destroy(key);
		return r;
	}
	if (d->loaded)
		take_out(d, &e->person);
	name_key_destroy((struct name_key *)e->person.key);
	e->person.key = key;
	if (d->loaded || !e->listed)
		put_in(d, &e->person);
	e->listed = true;
	return 0;
}

int directory_key_org(struct directory *d, struct org_entry *e, const char *name)
{
	struct name_key *key;
	int r = make_key(d, NAME_OF_ORG, name, NULL, &key);

	if (r < 0)
		return r;
	name_key_destroy((struct name_key *)e->org.key);
	e->org.key = key;
	return 0;
}

void directory_sort_people(struct directory *d)
{
	if (d->n_by_name)
		qsort(d->by_name, d->n_by_name, sizeof(*d->by_name), compare_pointers);
	d->loaded = true;
}

const struct person *const *directory_people(const struct directory *d, size_t *ret_n)
{
	*ret_n = d->n_by_name;
	return d->by_name;
}
