/* See departures.h. */
#include "media/departures.h"

#include <stddef.h>

static struct departure_list *list_of(struct departures *d, const struct departure *one)
{
	return one->state == DEPARTURE_SOON ? &d->soon : &d->later;
}

static void append(struct departures *d, struct departure *one, enum departure_state state)
{
	struct departure_list *l;

	one->state = state;
	l = list_of(d, one);
	one->prev = l->last;
	one->next = NULL;
	if (l->last)
		l->last->next = one;
	else
		l->first = one;
	l->last = one;
}

void departures_remove(struct departures *d, struct departure *one)
{
	struct departure_list *l = list_of(d, one);

	if (one->state == DEPARTURE_IDLE)
		return;
	if (one->prev)
		one->prev->next = one->next;
	else
		l->first = one->next;
	if (one->next)
		one->next->prev = one->prev;
	else
		l->last = one->prev;
	one->state = DEPARTURE_IDLE;
}

void departures_soon(struct departures *d, struct departure *one)
{
	if (one->state == DEPARTURE_SOON)
		return;
	departures_remove(d, one);
	append(d, one, DEPARTURE_SOON);
}

void departures_later(struct departures *d, struct departure *one, int64_t now_us)
{
	if (one->state != DEPARTURE_IDLE)
		return;
	one->due_us = now_us + DEPARTURE_WAIT_US;
	append(d, one, DEPARTURE_LATER);
}

void departures_with_company(struct departures *d, struct departure *one, int64_t now_us)
{
	if (d->company)
		departures_later(d, one, now_us);
	else
		departures_soon(d, one);
}

struct departure *departures_take(struct departures *d, int64_t now_us)
{
	struct departure *one = d->soon.first;

	if (!one && d->later.first && d->later.first->due_us <= now_us)
		one = d->later.first;
	if (one)
		departures_remove(d, one);
	return one;
}

struct departure *departures_peek(const struct departures *d, unsigned ahead)
{
	struct departure *one = d->soon.first;

	for (; one && ahead > 0; ahead--)
		one = one->next;
	return one;
}

int64_t departures_due_us(const struct departures *d)
{
	if (d->soon.first)
		return 0;
	return d->later.first ? d->later.first->due_us : INT64_MAX;
}
