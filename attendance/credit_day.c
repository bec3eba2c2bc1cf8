/* See credit_day.h. */
#include "attendance/credit_day.h"

#include <errno.h>
#include <stdlib.h>

#include "media/base/mem.h"

#define SECOND_US 1000000

/* Time of one day that is counted by hours of one length. */
struct hours {
	int32_t hour_s;
	int64_t us;
};

struct day {
	struct hours *hours;            /* owned, room for one each session */
	size_t n_hours;
	int64_t us;                     /* of all */
	int64_t milli;                  /* with the day's cap */
	int64_t year_milli;             /* of the year so far, with its cap */
};

static int order_begins(const void *a, const void *b)
{
	const struct credit_session *x = a, *y = b;

	if (x->began_us != y->began_us)
		return (x->began_us > y->began_us) - (x->began_us < y->began_us);
	return (x->class > y->class) - (x->class < y->class);
}

static int order_days(const void *a, const void *b)
{
	const struct credit_session *x = a, *y = b;

	if (x->day != y->day)
		return (x->day > y->day) - (x->day < y->day);
	return order_begins(a, b);
}

/* ---- who has which moment ---- */

static int take(struct credit_session *s, struct spans *taken)
{
	CLEANUP(spans_done) struct spans rest = { 0 };
	int r = spans_subtract(&rest, &s->claim, taken);

	if (r < 0)
		return r;
	/* Whole seconds come later, from the day's sum: here it holds microseconds. */
	s->counted_s = spans_us(&rest);
	s->overlapped = s->counted_s < spans_us(&s->claim);
	r = spans_add_all(taken, rest.list, rest.n);
	spans_settle(taken);
	return r;
}

static int share_out(struct credit_session *list, size_t n, int64_t without)
{
	CLEANUP(spans_done) struct spans taken = { 0 };
	int r = 0;

	qsort(list, n, sizeof(*list), order_begins);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (list[i].class != without)
			r = take(&list[i], &taken);
	return r;
}

/* ---- sums ---- */

static int64_t floor_milli(const struct hours *h)
{
	return h->us / ((int64_t)h->hour_s * SECOND_US / 1000);
}

/* By how much the day's floored sum grows. */
static int64_t add_hours(struct day *d, int32_t hour_s, int64_t us)
{
	struct hours *h = d->hours;
	int64_t before;

	while (h < d->hours + d->n_hours && h->hour_s != hour_s)
		h++;
	if (h == d->hours + d->n_hours)
		d->hours[d->n_hours++] = (struct hours){ .hour_s = hour_s };
	before = floor_milli(h);
	h->us += us;
	return floor_milli(h) - before;
}

/* A sum that grows as far as a cap lets it; what is above already stays. */
static int64_t grow_to(int64_t sum, int64_t more, int32_t cap)
{
	return cap ? MAX(sum, MIN(sum + more, cap)) : sum + more;
}

static void add_session(struct day *d, struct credit_session *s)
{
	int64_t us = s->counted_s, day_before = d->milli, year_before = d->year_milli;
	int64_t more = add_hours(d, s->hour_s, us);

	d->milli = grow_to(d->milli, more, s->day_hours_milli);
	d->year_milli = grow_to(d->year_milli, d->milli - day_before, s->year_hours_milli);
	s->counted_s = (d->us + us) / SECOND_US - d->us / SECOND_US;
	s->milli_hours = d->year_milli - year_before;
	s->capped = s->milli_hours < more;
	d->us += us;
}

static void begin_day(struct day *d, bool new_year)
{
	d->n_hours = 0;
	d->us = d->milli = 0;
	if (new_year)
		d->year_milli = 0;
}

static int count(struct credit_session *list, size_t n, int64_t without, struct credit_sum *ret)
{
	struct day d = { .hours = mem_calloc(n + 1, sizeof(*d.hours)) };
	struct credit_sum sum = { 0 };
	int32_t day = 0;
	int r = d.hours ? share_out(list, n, without) : -ENOMEM;

	qsort(list, n, sizeof(*list), order_days);
	for (size_t i = 0; r == 0 && i < n; i++) {
		if (list[i].class == without)
			continue;
		if (list[i].day != day)
			begin_day(&d, list[i].day / 10000 != day / 10000);
		day = list[i].day;
		add_session(&d, &list[i]);
		sum.counted_s += list[i].counted_s;
		sum.milli_hours += list[i].milli_hours;
	}
	mem_free(d.hours);
	if (r == 0)
		*ret = sum;
	return r;
}

int credit_days_count(struct credit_session *list, size_t n, struct credit_sum *ret)
{
	return count(list, n, INT64_MIN, ret);
}

int credit_days_difference(struct credit_session *list, size_t n, int64_t class, struct credit_sum *ret)
{
	struct credit_sum all = { 0 }, others = { 0 };
	size_t i = 0;
	int r;

	while (i < n && list[i].class != class)
		i++;
	if (i == n)
		return -ENOENT;
	r = count(list, n, class, &others);
	if (r == 0)
		r = count(list, n, INT64_MIN, &all);
	if (r < 0)
		return r;
	*ret = (struct credit_sum){ all.counted_s - others.counted_s, all.milli_hours - others.milli_hours };
	return 0;
}
