/* The asks' making and reading. See asks.h. */
#include "classroom/asks_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "media/base/utf8.h"

static const char *const verdicts[ASK_VERDICTS] = {
	[ASK_TAKEN] = "taken",
	[ASK_SAME] = "same",
	[ASK_SEAL] = "seal",
	[ASK_LATE] = "late",
	[ASK_ENDED] = "closed",
	[ASK_FOREIGN] = "foreign",
	[ASK_REPLAYED] = "replayed",
	[ASK_NO_OPTION] = "no_option",
	[ASK_NOT_SIGNED_IN] = "not_signed_in",
	[ASK_NOT_OWN] = "not_own",
	[ASK_UNKNOWN] = "unknown",
	[ASK_BAD] = "bad_message",
	[ASK_FEW_VOTERS] = "few_voters",
	[ASK_FULL] = "full",
	[ASK_NOT_RECORDED] = "not_recorded",
	[ASK_NO_MEMORY] = "overloaded",
};

const char *ask_verdict_name(enum ask_verdict verdict)
{
	return (unsigned)verdict < ASK_VERDICTS ? verdicts[verdict] : "";
}

int asks_create(struct asks **ret, const struct asks_cfg *cfg)
{
	struct asks *a;

	if (!utf8_fits(cfg->room, ROOM_ID_BYTES) || !cfg->room[0] || !cfg->events)
		return -EINVAL;
	a = mem_zalloc(sizeof(*a));
	if (!a)
		return -ENOMEM;
	a->events = cfg->events;
	a->user = cfg->user;
	snprintf(a->room, sizeof(a->room), "%s", cfg->room);
	*ret = a;
	return 0;
}

struct asks *asks_destroy(struct asks *a)
{
	if (!a)
		return NULL;
	for (uint32_t i = 0; i < a->n; i++)
		question_destroy(a->list[i]);
	return mem_free(a);
}

/* ---- a question ---- */

static int copy_spec(struct ask_spec *to, const struct ask_spec *from)
{
	*to = *from;
	memset(to->options, 0, sizeof(to->options));
	to->sites = NULL;
	to->most = MAX(from->most, 1);
	to->prompt = mem_strdup(from->prompt);
	if (!to->prompt)
		return -ENOMEM;
	for (unsigned i = 0; i < from->n_options; i++) {
		to->options[i] = mem_strdup(from->options[i]);
		if (!to->options[i])
			return -ENOMEM;
	}
	if (!from->sites)
		return 0;
	to->sites = mem_memdup(from->sites, from->n_sites * sizeof(*from->sites));
	return to->sites ? 0 : -ENOMEM;
}

int question_create(struct question **ret, const struct asked_payload *p, int64_t wall_us, int64_t boot_us)
{
	CLEANUP(question_destroyp) struct question *q = mem_zalloc(sizeof(*q));

	if (!q || copy_spec(&q->ask.spec, &p->spec) < 0)
		return -ENOMEM;
	q->ask.id = p->id;
	q->ask.opened_wall_us = wall_us;
	q->ask.deadline_wall_us = p->deadline_ms * 1000;
	q->ask.deadline_us = boot_us + CLAMP(q->ask.deadline_wall_us - wall_us, 0, ASK_SPAN_MAX_US);
	*ret = STEAL(q);
	return 0;
}

struct question *question_destroy(struct question *q)
{
	if (!q)
		return NULL;
	answers_clear(q);
	for (unsigned i = 0; i < q->ask.spec.n_options; i++)
		mem_free((void *)(uintptr_t)q->ask.spec.options[i]);
	mem_free((void *)(uintptr_t)q->ask.spec.prompt);
	mem_free((void *)(uintptr_t)q->ask.spec.sites);
	return mem_free(q);
}

/* ---- reading ---- */

struct question *asks_find(const struct asks *a, uint32_t id)
{
	return id >= 1 && id <= a->n ? a->list[id - 1] : NULL;
}

uint32_t asks_next_id(const struct asks *a)
{
	return a->n + 1;
}

const struct ask *asks_get(const struct asks *a, uint32_t id)
{
	const struct question *q = asks_find(a, id);

	return q ? &q->ask : NULL;
}

size_t asks_sites(const struct asks *a, uint32_t id, size_t from, const struct ask_site **ret, size_t n)
{
	const struct question *q = asks_find(a, id);
	size_t at = 0, count = 0;

	for (const struct site *s = q ? q->sites : NULL; s && count < n; s = s->hh.next)
		if (at++ >= from)
			ret[count++] = &s->view;
	return count;
}

bool asks_choice(const struct asks *a, uint32_t id, const char *person, int64_t site, uint32_t *ret_choice)
{
	const struct question *q = asks_find(a, id);
	const struct answer *found;
	char key[ANSWER_KEY_BYTES];

	if (!q || (person[0] && !person_id_is_good(person)))
		return false;
	answer_key(key, person, site);
	found = answer_find(q, key);
	if (!found)
		return false;
	*ret_choice = found->choice;
	return true;
}

void asks_each(const struct asks *a, uint32_t id, void (*fn)(void *user, const char *person, int64_t site, uint32_t choice), void *user)
{
	const struct question *q = asks_find(a, id);

	for (const struct answer *x = q ? q->answers : NULL; x; x = x->hh.next)
		fn(user, x->key[0] == '@' ? "" : x->key, x->site, x->choice);
}

int64_t asks_deadline_us(const struct asks *a)
{
	int64_t next = INT64_MAX;

	for (uint32_t i = 0; i < a->n && a->n_open > 0; i++)
		if (a->list[i]->ask.state == ASK_OPEN)
			next = MIN(next, a->list[i]->ask.deadline_us);
	return next;
}

void asks_tell_state(struct asks *a, const struct question *q)
{
	if (!a->replaying)
		a->events->on_state(a->user, &q->ask);
}
