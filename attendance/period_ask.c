/* See period_ask.h. */
#include "attendance/period_ask.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/policy_lookup.h"
#include "media/base/mem.h"

static struct period_seen_org *orgs_of(const struct period_ask *a)
{
	return (struct period_seen_org *)(uintptr_t)a->seen;
}

static struct period_seen_person *people_of(const struct period_ask *a)
{
	return (struct period_seen_person *)(uintptr_t)(a->seen + a->n_orgs * sizeof(struct period_seen_org));
}

static char *texts_of(const struct period_ask *a)
{
	return (char *)(people_of(a) + a->n_people);
}

static size_t bytes_of(const struct period_ask *a)
{
	return a->n_orgs * sizeof(struct period_seen_org) + a->n_people * sizeof(struct period_seen_person) + a->n_texts;
}

bool period_ask_fits(const void *args, size_t len)
{
	const struct period_ask *a = args;

	return len >= sizeof(*a) && len - sizeof(*a) == bytes_of(a);
}

/* ---- organisations ---- */

static int by_name(const void *a, const void *b)
{
	const struct org *x = *(const struct org *const *)a, *y = *(const struct org *const *)b;
	int order = x->key && y->key ? name_key_compare(x->key, y->key) : (x->key == NULL) - (y->key == NULL);

	return order ? order : (x->id > y->id) - (x->id < y->id);
}

static int by_id(const void *a, const void *b)
{
	const struct period_seen_org *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

struct making {
	const struct directory *directory;      /* given */
	const struct principal *viewer;         /* given; NULL sees all */
	struct sight sight;                     /* owned; of a viewer */
	int64_t now_us;
	struct period_seen_org *orgs;           /* owned, n_orgs */
	size_t n_orgs;
	struct period_seen_person *people;      /* owned, n_people */
	size_t n_people;
	char *texts;                            /* owned, n_texts */
	size_t n_texts, max_texts;
};

static bool sees_org(const struct making *m, int64_t org)
{
	int64_t grant;

	return !m->viewer || may(m->directory, m->viewer, ACT_REPORT_VIEW, target_org(org), m->now_us, &grant) == 0;
}

static int list_orgs(struct making *m)
{
	size_t n = 0, most = directory_n_orgs(m->directory);
	CLEANUP(mem_freep) const struct org **list = mem_calloc(most + 1, sizeof(*list));
	const struct org *o = NULL;

	m->orgs = mem_calloc(most + 1, sizeof(*m->orgs));
	if (!list || !m->orgs)
		return -ENOMEM;
	while (n < most && (o = directory_next_org(m->directory, o)))
		list[n++] = o;
	qsort(list, n, sizeof(*list), by_name);
	for (size_t i = 0; i < n; i++) {
		struct period_seen_org *seen = &m->orgs[m->n_orgs];

		if (!sees_org(m, list[i]->id))
			continue;
		seen->id = list[i]->id;
		seen->order = (uint32_t)i;
		seen->persons = !m->viewer || sight_covers(&m->sight, list[i]->id);
		seen->ranked = policy_at(m->directory, list[i]->id, POLICY_RANKING, m->now_us).value != 0;
		m->n_orgs++;
	}
	qsort(m->orgs, m->n_orgs, sizeof(*m->orgs), by_id);
	return 0;
}

/* ---- persons ---- */

static int by_pseudonym(const void *a, const void *b)
{
	return strcmp(((const struct period_seen_person *)a)->pseudonym, ((const struct period_seen_person *)b)->pseudonym);
}

static int add_text(struct making *m, const char *text, uint32_t *ret)
{
	size_t len = strlen(text) + 1, max = MAX(2 * m->max_texts, (size_t)4096);
	char *texts;

	if (m->n_texts + len > m->max_texts) {
		texts = mem_realloc(m->texts, max + len);
		if (!texts)
			return -ENOMEM;
		m->texts = texts;
		m->max_texts = max + len;
	}
	memcpy(m->texts + m->n_texts, text, len);
	*ret = (uint32_t)m->n_texts;
	m->n_texts += len;
	return 0;
}

/* Who was merged counts as the other, whatever was known then. */
static const struct person *counts_as(const struct directory *d, const struct person *p)
{
	for (int steps = 0; p && p->merged_into && steps < 64; steps++)
		p = directory_person(d, p->merged_into);
	return p;
}

static int add_person(struct making *m, const struct person *p, uint32_t order)
{
	const struct person *as = counts_as(m->directory, p);
	struct period_seen_person *seen = &m->people[m->n_people];

	if (!as || as->erased || as->merged_into || (m->viewer && !sight_has(&m->sight, as)))
		return 0;
	snprintf(seen->pseudonym, sizeof(seen->pseudonym), "%s", p->pseudonym);
	seen->id = as->id;
	seen->order = order;
	m->n_people++;
	return add_text(m, as->identity.name, &seen->name);
}

static int list_people(struct making *m)
{
	size_t n;
	const struct person *const *list = directory_people(m->directory, &n);
	int r = 0;

	m->people = mem_calloc(n + 1, sizeof(*m->people));
	if (!m->people)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_person(m, list[i], (uint32_t)i);
	qsort(m->people, m->n_people, sizeof(*m->people), by_pseudonym);
	return r;
}

/* ---- the block ---- */

static void make_mark(struct period_ask *a)
{
	uint8_t digest[crypto_generichash_BYTES_MIN], alone = a->query.alone;
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, sizeof(digest));
	crypto_generichash_update(&state, &alone, sizeof(alone));
	crypto_generichash_update(&state, a->seen, bytes_of(a));
	crypto_generichash_final(&state, digest, sizeof(digest));
	sodium_bin2hex(a->mark, sizeof(a->mark), digest, (sizeof(a->mark) - 1) / 2);
}

static int put_together(const struct making *m, const struct period_query *query, struct period_ask **ret, size_t *ret_len)
{
	size_t orgs = m->n_orgs * sizeof(*m->orgs), people = m->n_people * sizeof(*m->people), len = sizeof(struct period_ask) + orgs + people + m->n_texts;
	struct period_ask *a = mem_zalloc(len);

	if (!a)
		return -ENOMEM;
	a->query = *query;
	a->n_orgs = (uint32_t)m->n_orgs;
	a->n_people = (uint32_t)m->n_people;
	a->n_texts = (uint32_t)m->n_texts;
	memcpy(orgs_of(a), m->orgs, orgs);
	if (people)
		memcpy(people_of(a), m->people, people);
	if (m->n_texts)
		memcpy(texts_of(a), m->texts, m->n_texts);
	make_mark(a);
	*ret = a;
	*ret_len = len;
	return 0;
}

int period_ask_make(struct period_ask **ret, size_t *ret_len, const struct directory *d, const struct principal *viewer, int64_t now_us, const struct period_query *query)
{
	struct making m = { .directory = d, .viewer = viewer, .now_us = now_us };
	int r = viewer ? sight_init(&m.sight, d, viewer, now_us) : 0;

	if (r == 0)
		r = list_orgs(&m);
	if (r == 0 && query->level == PERIOD_PERSONS)
		r = list_people(&m);
	if (r == 0)
		r = put_together(&m, query, ret, ret_len);
	if (viewer)
		sight_done(&m.sight);
	mem_free(m.orgs);
	mem_free(m.people);
	mem_free(m.texts);
	return r;
}

const struct period_seen_org *period_ask_org(const struct period_ask *a, int64_t id)
{
	struct period_seen_org key = { .id = id };

	return a->n_orgs ? bsearch(&key, orgs_of(a), a->n_orgs, sizeof(key), by_id) : NULL;
}

const struct period_seen_person *period_ask_person(const struct period_ask *a, const char *pseudonym)
{
	struct period_seen_person key;

	snprintf(key.pseudonym, sizeof(key.pseudonym), "%s", pseudonym);
	return a->n_people && *pseudonym ? bsearch(&key, people_of(a), a->n_people, sizeof(key), by_pseudonym) : NULL;
}

const char *period_ask_name(const struct period_ask *a, const struct period_seen_person *p)
{
	return texts_of(a) + p->name;
}
