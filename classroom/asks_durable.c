/* The durable state as text. See asks_write_durable(). */
#include "classroom/asks_state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "classroom/json_text.h"

static json_t *write_counts(const uint32_t *counts, unsigned n)
{
	json_t *list = json_array();

	for (unsigned i = 0; list && i < n; i++)
		if (json_array_append_new(list, json_integer(counts[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *write_tally(const struct ask_tally *t, unsigned n)
{
	json_t *options = write_counts(t->options, n);

	if (!options)
		return NULL;
	return json_pack("{s:I, s:I, s:I, s:o}", "answered", (json_int_t)t->answered, "right", (json_int_t)t->right, "wrong",
	                 (json_int_t)t->wrong, "options", options);
}

static json_t *write_sites(const struct question *q)
{
	json_t *object = json_object();
	char id[24];

	for (const struct site *s = q->sites; object && s; s = s->hh.next) {
		snprintf(id, sizeof(id), "%" PRId64, s->view.id);
		if (json_object_set_new(object, id, write_tally(&s->view.tally, q->ask.spec.n_options)) != 0) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static json_t *write_answers(const struct question *q)
{
	json_t *object = json_object();

	for (const struct answer *x = q->answers; object && x; x = x->hh.next)
		if (json_object_set_new(object, x->key, json_pack("[I, I]", (json_int_t)x->site, (json_int_t)x->choice)) != 0) {
			json_decref(object);
			return NULL;
		}
	return object;
}

static json_t *write_refusers(const struct question *q)
{
	json_t *object = json_object();

	for (const struct refuser *r = q->refusers; object && r; r = r->hh.next)
		if (r->written > 0 && json_object_set_new(object, r->id, json_integer(r->written)) != 0) {
			json_decref(object);
			return NULL;
		}
	return object;
}

/* Sets each value or loses the object: one that could not be made is NULL. */
static json_t *with(json_t *object, const char *name, json_t *value)
{
	if (object && json_object_set_new(object, name, value) == 0)
		return object;
	if (!object)
		json_decref(value);
	json_decref(object);
	return NULL;
}

static json_t *write_question(const struct question *q)
{
	const struct ask *k = &q->ask;
	json_t *ret = ask_payload_write_opened(&(struct asked_payload){ k->id, k->spec, k->deadline_wall_us / 1000 });

	ret = with(ret, "state", json_pack("[i, b, b, i, I]", k->state, k->by_deadline, k->unanimous, k->why_void, (json_int_t)k->spoiled));
	ret = with(ret, "opened_us", json_integer(k->opened_wall_us));
	ret = with(ret, "tally", write_tally(&k->tally, k->spec.n_options));
	ret = with(ret, "tallies", write_sites(q));
	ret = with(ret, "answers", write_answers(q));
	ret = with(ret, "refusers", write_refusers(q));
	return with(ret, "refused_written", json_integer(q->refused_written));
}

int asks_write_durable(const struct asks *a, char **ret)
{
	json_t *all = json_array();
	char *text;

	for (uint32_t i = 0; all && i < a->n; i++)
		if (json_array_append_new(all, write_question(a->list[i])) != 0) {
			json_decref(all);
			all = NULL;
		}
	text = json_text(all, JSON_SORT_KEYS);
	json_decref(all);
	if (!text)
		return -ENOMEM;
	*ret = text;
	return 0;
}
