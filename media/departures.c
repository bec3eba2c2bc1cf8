/* See departures.h. */
#include "media/departures.h"

#include <stddef.h>

static struct departure_queue *queue_of(struct departures *d, const struct departure *one)
{
	return one->state == DEPARTURE_SOON ? &d->soon : &d->later;
}

static struct departure_place *place(struct departure_queue *q, uint32_t at)
{
	return &q->places[at % DEPARTURES_MOST];
}

/* Those that were taken out amid the queue have left their places. */
static void close_up(struct departure_queue *q)
{
	uint32_t end = q->first;

	for (uint32_t at = q->first; at != q->end; at++) {
		struct departure_place p = *place(q, at);

		if (!p.one)
			continue;
		p.one->at = end;
		*place(q, end++) = p;
	}
	q->end = end;
}

static void append(struct departures *d, struct departure *one, enum departure_state state, int64_t due_us)
{
	struct departure_queue *q;

	one->state = state;
	q = queue_of(d, one);
	if (q->end - q->first == DEPARTURES_MOST)
		close_up(q);
	one->at = q->end++;
	*place(q, one->at) = (struct departure_place){ one, due_us };
}

void departures_remove(struct departures *d, struct departure *one)
{
	struct departure_queue *q = queue_of(d, one);

	if (one->state == DEPARTURE_IDLE)
		return;
	one->state = DEPARTURE_IDLE;
	place(q, one->at)->one = NULL;
	while (q->first != q->end && !place(q, q->first)->one)
		q->first++;
}

void departures_soon(struct departures *d, struct departure *one)
{
	if (one->state == DEPARTURE_SOON)
		return;
	departures_remove(d, one);
	append(d, one, DEPARTURE_SOON, 0);
}

void departures_later(struct departures *d, struct departure *one, int64_t now_us)
{
	if (one->state == DEPARTURE_IDLE)
		append(d, one, DEPARTURE_LATER, now_us + DEPARTURE_WAIT_US);
}

void departures_with_company(struct departures *d, struct departure *one, int64_t now_us)
{
	if (d->crowd)
		departures_later(d, one, now_us);
	else
		departures_soon(d, one);
}

/* Of the later ones, if it is time. */
static struct departure *due(const struct departure_queue *q, uint32_t at, int64_t now_us)
{
	const struct departure_place *p = &q->places[at % DEPARTURES_MOST];

	return p->due_us <= now_us ? p->one : NULL;
}

struct departure *departures_take(struct departures *d, int64_t now_us)
{
	struct departure *one = NULL;

	if (d->soon.first != d->soon.end)
		one = place(&d->soon, d->soon.first)->one;
	else if (d->later.first != d->later.end)
		one = due(&d->later, d->later.first, now_us);
	if (one)
		departures_remove(d, one);
	return one;
}

const struct departure *departures_peek(const struct departures *d, uint32_t ahead, int64_t now_us)
{
	uint32_t soon = d->soon.end - d->soon.first, later = d->later.end - d->later.first;

	if (ahead < soon)
		return d->soon.places[(d->soon.first + ahead) % DEPARTURES_MOST].one;
	return ahead - soon < later ? due(&d->later, d->later.first + ahead - soon, now_us) : NULL;
}

int64_t departures_due_us(const struct departures *d)
{
	if (d->soon.first != d->soon.end)
		return 0;
	return d->later.first != d->later.end ? d->later.places[d->later.first % DEPARTURES_MOST].due_us : INT64_MAX;
}
