/* What each event does to the asks: the same for an act just recorded and for a journal that is read again. */
#include "classroom/asks_state.h"

#include <string.h>

void effect_asked(struct asks *a, struct question *q)
{
	a->list[a->n++] = q;
	a->n_open++;
	asks_tell_state(a, q);
}

static void count(const struct ask_spec *spec, struct ask_tally *tally, uint32_t choice)
{
	tally->answered++;
	for (unsigned i = 0; i < spec->n_options; i++)
		tally->options[i] += choice >> i & 1;
	if (spec->kind != ASK_QUIZ)
		return;
	if (choice == spec->right)
		tally->right++;
	else
		tally->wrong++;
}

void effect_answer(struct asks *a, struct question *q, struct answer *answer, uint32_t choice)
{
	struct ask_tally *site = answer_site(q, answer->site);

	answer->choice = choice;
	a->n_answers++;
	count(&q->ask.spec, &q->ask.tally, choice);
	if (site)
		count(&q->ask.spec, site, choice);
	if (!a->replaying)
		a->events->on_tally(a->user, &q->ask);
}

void effect_refused(struct question *q, const char *actor)
{
	struct refuser *place = q->ask.spec.kind == ASK_BALLOT ? NULL : refuser_of(q, actor);

	q->refused_written++;
	if (place)
		place->written++;
}

void effect_closed(struct asks *a, struct question *q, const struct closed_payload *p)
{
	if (q->ask.state != ASK_OPEN)
		return;
	q->ask.state = ASK_CLOSED;
	q->ask.by_deadline = p->by == ACTOR_SERVER;
	q->ask.refused = MAX(q->ask.refused, p->refused);
	a->n_open--;
	asks_tell_state(a, q);
}

/* A ballot that has been counted is over, whatever was on record of its close. */
static bool end_ballot(struct asks *a, struct question *q, enum ask_state state)
{
	if (q->ask.spec.kind != ASK_BALLOT || q->ask.state == ASK_COUNTED || q->ask.state == ASK_VOID)
		return false;
	if (q->ask.state == ASK_OPEN)
		a->n_open--;
	q->ask.state = state;
	return true;
}

void effect_counted(struct asks *a, struct question *q, const struct counted_payload *p)
{
	if (!end_ballot(a, q, ASK_COUNTED))
		return;
	memcpy(q->ask.tally.options, p->votes, sizeof(p->votes));
	q->ask.tally.answered = p->voters;
	q->ask.spoiled = p->spoiled;
	q->ask.unanimous = p->unanimous;
	asks_tell_state(a, q);
}

void effect_void(struct asks *a, struct question *q, enum ask_void why)
{
	if (!end_ballot(a, q, ASK_VOID))
		return;
	q->ask.why_void = why;
	asks_tell_state(a, q);
}
