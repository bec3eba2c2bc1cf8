/* See spans.h. */
#include "attendance/spans.h"

#include <errno.h>
#include <stdlib.h>

#include "media/base/mem.h"

int spans_add(struct spans *s, struct span span)
{
	if (span.to_us <= span.from_us)
		return 0;
	if (s->n == s->max) {
		size_t max = s->max ? 2 * s->max : 4;
		struct span *list = mem_realloc(s->list, max * sizeof(*list));

		if (!list)
			return -ENOMEM;
		s->list = list;
		s->max = max;
	}
	s->list[s->n++] = span;
	return 0;
}

int spans_add_all(struct spans *s, const struct span *list, size_t n)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = spans_add(s, list[i]);
	return r;
}

static int order(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return (x->from_us > y->from_us) - (x->from_us < y->from_us);
}

void spans_settle(struct spans *s)
{
	size_t n = 0;

	if (s->n < 2)
		return;
	qsort(s->list, s->n, sizeof(s->list[0]), order);
	for (size_t i = 1; i < s->n; i++) {
		if (s->list[i].from_us <= s->list[n].to_us)
			s->list[n].to_us = MAX(s->list[n].to_us, s->list[i].to_us);
		else
			s->list[++n] = s->list[i];
	}
	s->n = n + 1;
}

int spans_intersect(struct spans *ret, const struct spans *a, const struct spans *b)
{
	size_t i = 0, j = 0;
	int r = 0;

	while (r == 0 && i < a->n && j < b->n) {
		r = spans_add(ret, (struct span){ MAX(a->list[i].from_us, b->list[j].from_us), MIN(a->list[i].to_us, b->list[j].to_us) });
		if (a->list[i].to_us < b->list[j].to_us)
			i++;
		else
			j++;
	}
	return r;
}

int spans_subtract(struct spans *ret, const struct spans *a, const struct spans *b)
{
	size_t j = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < a->n; i++) {
		struct span left = a->list[i];

		while (j < b->n && b->list[j].to_us <= left.from_us)
			j++;
		for (size_t k = j; r == 0 && k < b->n && b->list[k].from_us < left.to_us; k++) {
			r = spans_add(ret, (struct span){ left.from_us, b->list[k].from_us });
			left.from_us = b->list[k].to_us;
		}
		if (r == 0)
			r = spans_add(ret, left);
	}
	return r;
}

int64_t spans_us(const struct spans *s)
{
	int64_t us = 0;

	for (size_t i = 0; i < s->n; i++)
		us += s->list[i].to_us - s->list[i].from_us;
	return us;
}

int64_t spans_common_us(const struct spans *a, const struct spans *b)
{
	size_t i = 0, j = 0;
	int64_t us = 0;

	while (i < a->n && j < b->n) {
		us += MAX(0, MIN(a->list[i].to_us, b->list[j].to_us) - MAX(a->list[i].from_us, b->list[j].from_us));
		if (a->list[i].to_us < b->list[j].to_us)
			i++;
		else
			j++;
	}
	return us;
}

void spans_done(struct spans *s)
{
	s->list = mem_free(s->list);
	s->n = s->max = 0;
}
