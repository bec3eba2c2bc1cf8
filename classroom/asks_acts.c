/* Asking, answering, closing. See asks.h for the order of the steps. */
#include "classroom/asks_state.h"

#include <stdlib.h>
#include <string.h>

#include "classroom/json_text.h"

/* Takes the reference of `payload`, NULL being "without memory". */
static enum ask_verdict record(struct asks *a, struct instant now, enum event_kind kind, const char *actor, json_t *payload)
{
	struct event ev = { .kind = kind, .room = a->room, .seat = "", .actor = actor, .wall_us = now.wall_us, .boot_us = now.boot_us };
	char *text = json_text(payload, 0);
	int r;

	json_decref(payload);
	if (!text)
		return ASK_NO_MEMORY;
	ev.payload = text;
	r = a->events->on_event(a->user, &ev);
	mem_free(text);
	return r < 0 ? ASK_NOT_RECORDED : ASK_TAKEN;
}

/* ---- asking ---- */

static int compare_sites(const void *x, const void *y)
{
	int64_t p = *(const int64_t *)x, q = *(const int64_t *)y;

	return (p > q) - (p < q);
}

/* As the parser leaves them: ascending, each once. */
static void order_sites(struct ask_spec *spec)
{
	int64_t *sites = (int64_t *)(uintptr_t)spec->sites;
	size_t n = 0;

	if (!sites)
		return;
	qsort(sites, spec->n_sites, sizeof(*sites), compare_sites);
	for (size_t i = 0; i < spec->n_sites; i++)
		if (i == 0 || sites[i] != sites[n - 1])
			sites[n++] = sites[i];
	spec->n_sites = n;
}

static enum ask_verdict may_open(const struct asks *a, const struct actor *by, const struct ask_spec *spec, int64_t span_us, size_t voters)
{
	if (!actor_is_good(by) || !ask_spec_is_good(spec) || span_us < ASK_SPAN_MIN_US || span_us > ASK_SPAN_MAX_US)
		return ASK_BAD;
	if (spec->kind == ASK_BALLOT && voters < BALLOT_VOTERS_MIN)
		return ASK_FEW_VOTERS;
	return a->n < ASKS_MAX && a->n_open < ASKS_OPEN_MAX ? ASK_TAKEN : ASK_FULL;
}

enum ask_verdict asks_open(struct asks *a, struct instant now, const struct actor *by, const struct ask_spec *spec, int64_t span_us,
                           size_t voters, uint32_t *ret_id)
{
	/* The deadline stands in the journal in milliseconds: live and rebuilt it is the same. */
	struct asked_payload p = { .id = a->n + 1, .spec = *spec, .deadline_ms = (now.wall_us + span_us) / 1000 };
	CLEANUP(question_destroyp) struct question *q = NULL;
	enum ask_verdict v = may_open(a, by, spec, span_us, voters);

	if (v != ASK_TAKEN)
		return v;
	if (question_create(&q, &p, now.wall_us, now.boot_us) < 0)
		return ASK_NO_MEMORY;
	order_sites(&q->ask.spec);
	p.spec = q->ask.spec;
	v = record(a, now, EVENT_ASK_OPENED, by->id, ask_payload_write_opened(&p));
	if (v != ASK_TAKEN)
		return v;
	*ret_id = p.id;
	effect_asked(a, STEAL(q));
	return ASK_TAKEN;
}

/* ---- answering ---- */

/* An answer with what it is judged by. */
struct attempt {
	const struct ask_answer *answer;
	const struct answer *before;    /* what was answered before; NULL nothing */
	char key[ANSWER_KEY_BYTES];
	int64_t site;                   /* where it counts */
};

static bool shape_is_good(const struct ask_answer *x)
{
	if ((unsigned)x->grade >= PROOF_GRADES || !actor_is_good(&x->by) || x->by.by == ACTOR_SERVER || !x->person || x->site < 0)
		return false;
	return (!x->person[0] || person_id_is_good(x->person)) && (x->by.by == ACTOR_PERSON) == (x->site == 0);
}

static bool is_asked(const struct ask_spec *spec, int64_t site)
{
	return !spec->sites || bsearch(&site, spec->sites, spec->n_sites, sizeof(site), compare_sites);
}

/* Whether the actor may speak for this person or site at all. */
static enum ask_verdict judge_actor(const struct asks *a, const struct question *q, struct attempt *t)
{
	const struct ask_answer *x = t->answer;
	bool by_seat = x->by.by == ACTOR_SEAT, here;

	t->site = x->site;
	if (q->ask.spec.audience == ASK_SEATS)
		return by_seat && !x->person[0] && is_asked(&q->ask.spec, x->site) ? ASK_TAKEN : ASK_FOREIGN;
	if (!x->person[0] || (!by_seat && strcmp(x->by.id, x->person) != 0))
		return ASK_FOREIGN;
	if (q->ask.spec.kind == ASK_BALLOT && (by_seat || x->shared))
		return ASK_NOT_OWN;
	here = a->events->where(a->user, x->person, &t->site);
	/* A repetition is told so, even if the person has gone since. */
	if (t->before && (!by_seat || t->before->site == x->site))
		return ASK_TAKEN;
	if (!here)
		return ASK_NOT_SIGNED_IN;
	return (by_seat && t->site != x->site) || !is_asked(&q->ask.spec, t->site) ? ASK_FOREIGN : ASK_TAKEN;
}

static enum ask_verdict judge(const struct asks *a, struct instant now, const struct question *q, struct attempt *t)
{
	enum ask_verdict v = judge_actor(a, q, t);

	if (v != ASK_TAKEN)
		return v;
	if (t->before)
		return t->before->choice == t->answer->choice ? ASK_SAME : ASK_REPLAYED;
	if (q->ask.state != ASK_OPEN)
		return q->ask.by_deadline ? ASK_LATE : ASK_ENDED;
	if (now.boot_us >= q->ask.deadline_us)
		return ASK_LATE;
	if (!ask_takes(&q->ask.spec, t->answer->choice))
		return ASK_NO_OPTION;
	return q->ask.spec.kind == ASK_BALLOT ? ASK_SEAL : ASK_TAKEN;
}

static bool writes_refusal(struct question *q, const char *actor)
{
	const struct refuser *place;

	if (q->ask.spec.kind == ASK_BALLOT)
		return q->refused_written < BALLOT_REFUSALS_WRITTEN;
	place = refuser_of(q, actor);
	return place && place->written < ASK_REFUSALS_WRITTEN;
}

static void refuse(struct asks *a, struct instant now, struct question *q, const struct ask_answer *x, enum ask_verdict why)
{
	bool secret = q->ask.spec.kind == ASK_BALLOT;
	json_t *payload;

	q->ask.refused++;
	if (!writes_refusal(q, x->by.id))
		return;
	payload = ask_payload_write_refused(q->ask.id, secret ? "" : x->person, secret ? 0 : x->site, ask_verdict_name(why));
	if (record(a, now, EVENT_ASK_REFUSED, secret ? "" : x->by.id, payload) == ASK_TAKEN)
		effect_refused(q, x->by.id);
}

static enum ask_verdict take(struct asks *a, struct instant now, struct question *q, const struct attempt *t)
{
	const struct ask_answer *x = t->answer;
	struct answered_payload p = { .id = q->ask.id, .person = x->person, .site = t->site, .choice = x->choice, .grade = x->grade };
	struct answer *place;
	enum ask_verdict v;

	if (a->n_answers >= ASKS_ANSWERS_MAX)
		return ASK_FULL;
	if (answer_reserve(q, &place, t->key, t->site) < 0)
		return ASK_NO_MEMORY;
	v = record(a, now, EVENT_ASK_ANSWERED, x->by.id, ask_payload_write_answered(&p, x->by.by));
	if (v == ASK_TAKEN)
		effect_answer(a, q, place, x->choice);
	else
		answer_cancel(q, place);
	return v;
}

enum ask_verdict asks_answer(struct asks *a, struct instant now, const struct ask_answer *answer)
{
	struct question *q = asks_find(a, answer->ask);
	struct attempt t = { .answer = answer };
	enum ask_verdict v;

	if (!shape_is_good(answer))
		return ASK_BAD;
	if (!q)
		return ASK_UNKNOWN;
	answer_key(t.key, answer->person, answer->site);
	t.before = answer_find(q, t.key);
	v = judge(a, now, q, &t);
	if (v == ASK_TAKEN)
		return take(a, now, q, &t);
	if (v != ASK_SAME && v != ASK_SEAL)
		refuse(a, now, q, answer, v);
	return v;
}

/* ---- closing ---- */

enum ask_verdict asks_close(struct asks *a, struct instant now, const struct actor *by, uint32_t id)
{
	struct question *q = asks_find(a, id);
	struct closed_payload p = { .id = id, .by = by->by };
	enum ask_verdict v;

	if (!actor_is_good(by))
		return ASK_BAD;
	if (!q)
		return ASK_UNKNOWN;
	if (q->ask.state != ASK_OPEN)
		return ASK_TAKEN;
	p.refused = q->ask.refused;
	v = record(a, now, EVENT_ASK_CLOSED, by->id, ask_payload_write_closed(&p));
	if (v == ASK_TAKEN)
		effect_closed(a, q, &p);
	return v;
}

void asks_tick(struct asks *a, struct instant now)
{
	const struct actor server = { ACTOR_SERVER, "" };

	for (uint32_t i = 0; i < a->n && a->n_open > 0; i++)
		if (a->list[i]->ask.state == ASK_OPEN && now.boot_us >= a->list[i]->ask.deadline_us)
			asks_close(a, now, &server, i + 1);
}
