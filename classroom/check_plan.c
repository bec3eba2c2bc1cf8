/*
 * See check_plan.h. n moments at least `g` apart, uniformly among all such: n uniform points in what is left of the time after n - 1 gaps were
 * taken out of it, in order, and the gaps put back between them. No try and error, and no moment likelier than another.
 */
#include "classroom/check_plan.h"

#include <stdlib.h>
#include <string.h>

#include "media/base/macros.h"

#define NEVER_US (-CHECK_PLAN_APART_US)         /* before all checks */

void check_plan_init(struct check_plan *p, void (*random)(void *user, void *ret, size_t bytes), void *user)
{
	*p = (struct check_plan){ .random = random, .user = user, .not_before_us = CHECK_PLAN_FIRST_US, .last_us = NEVER_US };
}

static int64_t end_of(unsigned hour)
{
	return hour * CHECK_PLAN_HOUR_US;
}

static unsigned hour_of(int64_t w_us)
{
	return w_us < 0 ? 1 : (unsigned)(w_us / CHECK_PLAN_HOUR_US) + 1;
}

/* Below `bound`, each as likely: what would favour the low ones is drawn again. */
static uint64_t below(struct check_plan *p, uint64_t bound)
{
	uint64_t x, rest = (UINT64_MAX % bound + 1) % bound;

	do
		p->random(p->user, &x, sizeof(x));
	while (x > UINT64_MAX - rest);
	return x % bound;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* How many fit between two moments, both good. */
static unsigned room_for(int64_t from_us, int64_t to_us)
{
	if (to_us < from_us)
		return 0;
	return (unsigned)MIN((to_us - from_us) / CHECK_PLAN_APART_US + 1, CHECK_PLAN_MOMENTS_MAX);
}

static void draw(struct check_plan *p, int64_t from_us, unsigned n)
{
	int64_t to_us = end_of(p->hour) - CHECK_PLAN_ANSWER_US, free_us;

	from_us = MAX(MAX(from_us, p->not_before_us), p->last_us + CHECK_PLAN_APART_US);
	n = MIN(n, room_for(from_us, to_us));
	free_us = to_us - from_us - (int64_t)(n ? n - 1 : 0) * CHECK_PLAN_APART_US;
	for (unsigned i = 0; i < n; i++)
		p->moments_us[i] = from_us + (int64_t)below(p, (uint64_t)free_us + 1);
	qsort(p->moments_us, n, sizeof(p->moments_us[0]), compare);
	for (unsigned i = 0; i < n; i++)
		p->moments_us[i] += i * CHECK_PLAN_APART_US;
	p->n = n;
	p->next = 0;
}

static unsigned owed(const struct check_plan *p)
{
	unsigned needed = CHECK_PLAN_EACH + p->carried;

	return needed > p->done ? needed - p->done : 0;
}

/* How many to draw: what is owed, and in one hour of two a further check, in one of four two. */
static unsigned wanted(struct check_plan *p)
{
	unsigned needed = CHECK_PLAN_EACH + p->carried, n = MAX(p->done, needed);

	while (n < needed + CHECK_PLAN_EXTRA_MAX && below(p, 2))
		n++;
	return n - p->done;
}

/* The hours up to the one of `w_us` are over; what they lack is carried on. */
static bool go_on(struct check_plan *p, int64_t w_us)
{
	unsigned hour = hour_of(w_us);

	if (hour <= p->hour)
		return false;
	for (; p->hour < hour; p->hour++) {
		p->carried = p->hour ? owed(p) : 0;
		p->done = 0;
	}
	p->n = p->next = 0;
	return true;
}

void check_plan_draw(struct check_plan *p, int64_t w_us)
{
	go_on(p, w_us);
	if (w_us > 0)
		p->not_before_us = MAX(CHECK_PLAN_FIRST_US, w_us + CHECK_PLAN_AGAIN_US);
	draw(p, w_us, wanted(p));
}

void check_plan_opened(struct check_plan *p, int64_t w_us, unsigned hour)
{
	go_on(p, w_us);
	p->last_us = w_us;
	p->done += hour > 0;
	if (hour == 0)
		draw(p, w_us, p->n - p->next);
	else if (p->next < p->n)
		p->next++;
}

bool check_plan_due(struct check_plan *p, int64_t w_us, unsigned *ret_hour)
{
	if (go_on(p, w_us))
		draw(p, w_us, wanted(p));
	if (w_us < check_plan_next_us(p) || p->next >= p->n)
		return false;
	*ret_hour = p->hour;
	return true;
}

int64_t check_plan_next_us(const struct check_plan *p)
{
	/* The one before may have been opened late. */
	return p->next < p->n ? MAX(p->moments_us[p->next], p->last_us + CHECK_PLAN_APART_US) : end_of(p->hour);
}
