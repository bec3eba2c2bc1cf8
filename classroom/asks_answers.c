/* The tables of one question: its answers, sites and those who were refused. Hash tables, so that 9,000 answers cost 9,000 look-ups. */
#include "classroom/asks_state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void answer_key(char ret[ANSWER_KEY_BYTES], const char *person, int64_t site)
{
	if (person[0])
		snprintf(ret, ANSWER_KEY_BYTES, "%s", person);
	else
		snprintf(ret, ANSWER_KEY_BYTES, "@%" PRId64, site);
}

struct answer *answer_find(const struct question *q, const char *key)
{
	struct answer *found = NULL;

	HASH_FIND_STR(q->answers, key, found);
	return found;
}

static struct site *find_site(const struct question *q, int64_t id)
{
	struct site *found = NULL;

	HASH_FIND(hh, q->sites, &id, sizeof(id), found);
	return found;
}

static int reserve_site(struct question *q, int64_t id)
{
	struct site *s;

	if (find_site(q, id))
		return 0;
	s = mem_zalloc(sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->view.id = id;
	HASH_ADD(hh, q->sites, view.id, sizeof(id), s);
	if (HASH_ADDED(hh, s))
		return 0;
	mem_free(s);
	return -ENOMEM;
}

static void cancel_site(struct question *q, int64_t id)
{
	struct site *s = find_site(q, id);

	if (!s || s->view.tally.answered > 0)
		return;
	HASH_DEL(q->sites, s);
	mem_free(s);
}

int answer_reserve(struct question *q, struct answer **ret, const char *key, int64_t site)
{
	struct answer *answer = mem_zalloc(sizeof(*answer));

	if (!answer)
		return -ENOMEM;
	snprintf(answer->key, sizeof(answer->key), "%s", key);
	answer->site = site;
	if (reserve_site(q, site) == 0)
		HASH_ADD_STR(q->answers, key, answer);
	if (HASH_ADDED(hh, answer)) {
		*ret = answer;
		return 0;
	}
	cancel_site(q, site);
	mem_free(answer);
	return -ENOMEM;
}

void answer_cancel(struct question *q, struct answer *answer)
{
	cancel_site(q, answer->site);
	HASH_DEL(q->answers, answer);
	mem_free(answer);
}

struct ask_tally *answer_site(const struct question *q, int64_t site)
{
	struct site *s = find_site(q, site);

	return s ? &s->view.tally : NULL;
}

static struct refuser *add_refuser(struct question *q, const char *actor, size_t len)
{
	struct refuser *r = HASH_COUNT(q->refusers) < ASK_REFUSERS_MAX ? mem_zalloc(sizeof(*r) + len + 1) : NULL;

	if (!r)
		return NULL;
	memcpy(r->id, actor, len);
	HASH_ADD_KEYPTR(hh, q->refusers, r->id, len, r);
	return HASH_ADDED(hh, r) ? r : mem_free(r);
}

struct refuser *refuser_of(struct question *q, const char *actor)
{
	size_t len = strlen(actor);
	struct refuser *found = NULL;

	HASH_FIND(hh, q->refusers, actor, len, found);
	return found ? found : add_refuser(q, actor, len);
}

void answers_clear(struct question *q)
{
	struct answer *answer, *next_answer;
	struct site *site, *next_site;
	struct refuser *refuser, *next_refuser;

	HASH_ITER(hh, q->answers, answer, next_answer) {
		HASH_DEL(q->answers, answer);
		mem_free(answer);
	}
	HASH_ITER(hh, q->sites, site, next_site) {
		HASH_DEL(q->sites, site);
		mem_free(site);
	}
	HASH_ITER(hh, q->refusers, refuser, next_refuser) {
		HASH_DEL(q->refusers, refuser);
		mem_free(refuser);
	}
}
