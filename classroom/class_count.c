/* How many of a class are where, kept as its events come: what one person's event changes is taken out before and put in behind it. */
#include "classroom/class_state.h"

#include <string.h>

/* A weak proof: nothing but somebody's word, given late or for many at once, or a number that others may know. */
static bool is_unproved(const struct class_person *p)
{
	return p->grade == PROOF_TYPED || (p->grade == PROOF_DELEGATE && (p->late || p->together));
}

static bool is_over(const struct class *c)
{
	return c->state == CLASS_CLOSED || c->state == CLASS_SEALED;
}

static bool is_late(const struct class *c, const struct class_person *p)
{
	return c->opened_us && p->first_us - c->opened_us > CLASS_GRACE_US;
}

static void step(size_t *n, bool yes, int by)
{
	if (yes)
		*n += (size_t)by;
}

static void count_at_home(const struct class *c, const struct class_person *p, struct class_count *n, int by)
{
	bool there = p->site != 0 || (is_over(c) && p->ever), expected = p->leave != CLASS_LEAVE_GRANTED;

	step(&n->on_leave, !expected, by);
	step(&n->expected, expected, by);
	step(&n->arrived, expected && there, by);
	step(&n->late, expected && there && is_late(c, p), by);
	step(&n->left, expected && !there && p->ever, by);
}

void class_count_person(struct class *c, const struct class_person *p, int by)
{
	struct class_site *home = class_find_site(c, p->home), *here = class_find_site(c, p->site);

	if (home && class_expects(c, p))
		count_at_home(c, p, &home->count, by);
	if (!here)
		return;
	step(&here->count.here, true, by);
	step(&here->count.unproved, is_unproved(p), by);
}

void class_count_all(struct class *c)
{
	for (struct class_site *s = c->sites; s; s = s->hh.next)
		memset(&s->count, 0, sizeof(s->count));
	for (const struct class_person *p = c->persons; p; p = p->hh.next)
		class_count_person(c, p, 1);
}

int class_count(const struct class *c, struct class_count *ret)
{
	for (const struct class_site *s = NULL; (s = class_next_site(c, s));)
		*ret++ = s->count;
	return 0;
}
