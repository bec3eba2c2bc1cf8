/* See person_presence.h. From what was folded to the figures: pseudonyms of one person are taken together here. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/person_presence_state.h"
#include "media/base/mem.h"

#define SECOND_US 1000000

struct site_presence {
	int64_t site;
	struct spans spans;
};

/* A pseudonym and whom it belongs to. */
struct member {
	char same[SEAT_ID_BYTES];
	size_t line;
};

struct count {
	struct person_presence *p;      /* given */
	struct spans window;
	struct site_presence *sites;    /* owned, n_sites, in order of site */
	size_t n_sites, max_sites;
	struct spans *own;              /* owned, one for each line: presence of own seats */
	struct member *members;         /* owned, one for each line, in order of person */
};

static int64_t whole_seconds(int64_t us)
{
	return us / SECOND_US;
}

static int64_t seconds_up(int64_t us)
{
	return (us + SECOND_US - 1) / SECOND_US;
}

static struct person_line *line_at(const struct count *c, size_t i)
{
	return (struct person_line *)c->p->lines.list[i];
}

/* ---- the window, the sites, own seats ---- */

static int64_t end_us(const struct person_presence *p)
{
	return p->closed_us ? p->closed_us : p->now_us;
}

static int make_window(struct person_presence *p, struct spans *ret)
{
	CLEANUP(spans_done) struct spans all = { 0 }, pauses = { 0 };
	int r = p->opened_us ? spans_add(&all, (struct span){ p->opened_us, end_us(p) }) : 0;

	if (r == 0)
		r = spans_add_all(&pauses, p->pauses.list, p->pauses.n);
	if (r == 0 && p->paused_us)
		r = spans_add(&pauses, (struct span){ p->paused_us, end_us(p) });
	spans_settle(&pauses);
	return r < 0 ? r : spans_subtract(ret, &all, &pauses);
}

static size_t site_index(const struct count *c, int64_t site)
{
	size_t lo = 0, hi = c->n_sites;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (c->sites[mid].site < site)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static const struct spans *site_find(const struct count *c, int64_t site)
{
	static const struct spans nothing;
	size_t i = site_index(c, site);

	return i < c->n_sites && c->sites[i].site == site ? &c->sites[i].spans : &nothing;
}

static int site_add(struct count *c, int64_t site, const struct seat_presence *seat)
{
	size_t at = site_index(c, site);

	if (at == c->n_sites || c->sites[at].site != site) {
		if (grow_list(&c->sites, &c->max_sites, c->n_sites, sizeof(*c->sites)) < 0)
			return -ENOMEM;
		memmove(&c->sites[at + 1], &c->sites[at], (c->n_sites - at) * sizeof(*c->sites));
		c->sites[at] = (struct site_presence){ .site = site };
		c->n_sites++;
	}
	return spans_add_all(&c->sites[at].spans, seat->spans, seat->n_spans);
}

static int take_seats(struct count *c)
{
	const struct seat_presence *seats;
	size_t n;
	int r = presence_seats(c->p->seats, &seats, &n);

	for (size_t i = 0; r == 0 && i < n; i++) {
		const struct seat_place *place = names_find(&c->p->places, seats[i].seat);

		if (place && place->site)
			r = site_add(c, place->site, &seats[i]);
		if (r == 0 && place && place->person)
			r = spans_add_all(&c->own[names_index(&c->p->lines, place->person->name.id)], seats[i].spans, seats[i].n_spans);
	}
	for (size_t i = 0; i < c->n_sites; i++)
		spans_settle(&c->sites[i].spans);
	for (size_t i = 0; i < c->p->lines.n; i++)
		spans_settle(&c->own[i]);
	return r;
}

/* ---- twins ---- */

static int order_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int r = strcmp(x->same, y->same);

	return r ? r : (x->line > y->line) - (x->line < y->line);
}

static void find_members(struct count *c, person_same_fn same, void *user)
{
	for (size_t i = 0; i < c->p->lines.n; i++) {
		const char *id = c->p->lines.list[i]->id;
		const char *into = same ? same(user, id) : NULL;

		snprintf(c->members[i].same, SEAT_ID_BYTES, "%s", into && *into ? into : id);
		c->members[i].line = i;
	}
	qsort(c->members, c->p->lines.n, sizeof(*c->members), order_members);
}

/* ---- one person: `m` are its `n` pseudonyms ---- */

/* All its times at a site, that of a sign-in which still holds too. */
static int times_at(const struct count *c, const struct member *m, size_t n, int64_t site, struct spans *ret)
{
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		const struct person_line *l = line_at(c, m[i].line);

		for (size_t k = 0; r == 0 && k < l->n_spans; k++)
			if (l->spans[k].site == site)
				r = spans_add(ret, l->spans[k].span);
		if (r == 0 && l->site == site)
			r = spans_add(ret, (struct span){ l->since_us, end_us(c->p) });
	}
	spans_settle(ret);
	return r;
}

static int count_site(const struct count *c, const struct member *m, size_t n, int64_t site, struct spans *ret)
{
	CLEANUP(spans_done) struct spans times = { 0 }, there = { 0 };
	int r = times_at(c, m, n, site, &times);

	if (r == 0)
		r = spans_intersect(&there, &times, site_find(c, site));
	return r < 0 ? r : spans_intersect(ret, &there, &c->window);
}

/* The next site above `after` at which one of the pseudonyms ever was; 0: none. */
static int64_t next_site(const struct count *c, const struct member *m, size_t n, int64_t after)
{
	int64_t best = 0;

	for (size_t i = 0; i < n; i++) {
		const struct person_line *l = line_at(c, m[i].line);

		for (size_t k = 0; k < l->n_spans; k++)
			if (l->spans[k].site > after && (!best || l->spans[k].site < best))
				best = l->spans[k].site;
		if (l->site > after && (!best || l->site < best))
			best = l->site;
	}
	return best;
}

static int count_sites(const struct count *c, const struct member *m, size_t n, struct present_person *ret)
{
	int64_t longest_us = 0;
	int r = 0;

	for (int64_t site = next_site(c, m, n, 0); r == 0 && site; site = next_site(c, m, n, site)) {
		CLEANUP(spans_done) struct spans there = { 0 };

		r = count_site(c, m, n, site, &there);
		if (r == 0)
			r = spans_add_all(&ret->spans, there.list, there.n);
		if (spans_us(&there) > longest_us) {
			longest_us = spans_us(&there);
			ret->site = site;
		}
	}
	return r;
}

static int count_own(const struct count *c, const struct member *m, size_t n, struct present_person *ret)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		CLEANUP(spans_done) struct spans there = { 0 };

		r = spans_intersect(&there, &c->own[m[i].line], &c->window);
		if (r == 0)
			r = spans_add_all(&ret->spans, there.list, there.n);
	}
	return r;
}

/* What a missed check leaves unproved, by the proofs of all pseudonyms. */
static struct span doubt(const struct count *c, const struct member *m, size_t n, const struct class_ask *ask)
{
	struct span d = { c->p->opened_us, end_us(c->p) };
	int64_t before = 0, after = INT64_MAX;

	for (size_t i = 0; i < n; i++) {
		const struct person_line *l = line_at(c, m[i].line);

		for (size_t k = 0; k < l->n_proofs; k++) {
			const struct proof *proof = &l->proofs[k];

			if (proof->row < ask->row && proof->row >= before) {
				before = proof->row;
				d.from_us = proof->at_us;
			} else if (proof->row > ask->row && proof->row < after) {
				after = proof->row;
				d.to_us = proof->at_us;
			}
		}
	}
	return d;
}

static bool find_check(const struct count *c, const struct member *m, size_t n, size_t ask, bool *ret_met)
{
	bool sent = false;

	*ret_met = false;
	for (size_t i = 0; i < n; i++) {
		const struct person_line *l = line_at(c, m[i].line);

		for (size_t k = 0; k < l->n_checks; k++) {
			sent = sent || l->checks[k].ask == ask;
			*ret_met = *ret_met || (l->checks[k].ask == ask && l->checks[k].met);
		}
	}
	return sent;
}

static int count_checks(const struct count *c, const struct member *m, size_t n, struct present_person *ret)
{
	CLEANUP(spans_done) struct spans doubts = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < c->p->n_asks; i++) {
		const struct class_ask *ask = &c->p->asks[i];
		bool met;

		if (!ask->check || !find_check(c, m, n, i, &met) || (!met && (ask->open || ask->stopped)))
			continue;
		ret->sent++;
		ret->met += met;
		if (!met)
			r = spans_add(&doubts, doubt(c, m, n, ask));
	}
	spans_settle(&doubts);
	return r < 0 ? r : spans_intersect(&ret->unproved, &doubts, &ret->spans);
}

static int order_sign_ins(const void *a, const void *b)
{
	const struct sign_in *x = a, *y = b;

	return (x->at_us > y->at_us) - (x->at_us < y->at_us);
}

static int take_sign_ins(const struct count *c, const struct member *m, size_t n, struct present_person *ret)
{
	struct sign_in *list;
	size_t all = 0;

	for (size_t i = 0; i < n; i++)
		all += line_at(c, m[i].line)->n_sign_ins;
	list = mem_calloc(all + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	ret->sign_ins = list;
	for (size_t i = 0; i < n; i++) {
		const struct person_line *l = line_at(c, m[i].line);

		ret->grade = MAX(ret->grade, l->grade);
		for (size_t k = 0; k < l->n_sign_ins; k++)
			list[ret->n_sign_ins++] = l->sign_ins[k];
	}
	qsort(list, all, sizeof(*list), order_sign_ins);
	return 0;
}

static int count_person(const struct count *c, const struct member *m, size_t n, struct present_person *ret)
{
	struct spans gaps = c->p->gaps;         /* borrowed */
	int r = take_sign_ins(c, m, n, ret);

	ret->id = m->same;
	if (r == 0)
		r = count_sites(c, m, n, ret);
	if (r == 0)
		r = count_own(c, m, n, ret);
	spans_settle(&ret->spans);
	if (r == 0)
		r = count_checks(c, m, n, ret);
	ret->present_s = whole_seconds(spans_us(&ret->spans));
	ret->unproved_s = whole_seconds(spans_us(&ret->unproved));
	ret->gap_s = seconds_up(spans_common_us(&gaps, &c->window) - spans_common_us(&gaps, &ret->spans));
	return r;
}

/* ---- all ---- */

void counted_done(struct counted *c)
{
	for (size_t i = 0; i < c->n; i++) {
		spans_done(&c->persons[i].spans);
		spans_done(&c->persons[i].unproved);
		mem_free((void *)c->persons[i].sign_ins);
	}
	c->persons = mem_free(c->persons);
	c->members = mem_free(c->members);
	c->n = 0;
}

static int count_all(struct count *c, struct counted *ret)
{
	size_t n = c->p->lines.n;
	int r = 0;

	for (size_t i = 0, end; r == 0 && i < n; i = end) {
		for (end = i + 1; end < n && strcmp(c->members[end].same, c->members[i].same) == 0;)
			end++;
		r = count_person(c, &c->members[i], end - i, &ret->persons[ret->n++]);
	}
	return r;
}

static int prepare(struct count *c, struct counted *ret)
{
	size_t n = c->p->lines.n;

	spans_settle(&c->p->gaps);
	c->own = mem_calloc(n + 1, sizeof(*c->own));
	c->members = ret->members = mem_calloc(n + 1, sizeof(*c->members));
	ret->persons = mem_calloc(n + 1, sizeof(*ret->persons));
	return c->own && c->members && ret->persons ? make_window(c->p, &c->window) : -ENOMEM;
}

static void count_done(struct count *c)
{
	for (size_t i = 0; c->own && i < c->p->lines.n; i++)
		spans_done(&c->own[i]);
	for (size_t i = 0; i < c->n_sites; i++)
		spans_done(&c->sites[i].spans);
	mem_free(c->own);
	mem_free(c->sites);
	spans_done(&c->window);
}

int person_presence_persons(struct person_presence *p, person_same_fn same, void *user, const struct present_person **ret, size_t *ret_n)
{
	struct count c = { .p = p };
	struct counted counted = { 0 };
	int r = prepare(&c, &counted);

	if (r == 0)
		r = take_seats(&c);
	if (r == 0) {
		find_members(&c, same, user);
		r = count_all(&c, &counted);
	}
	count_done(&c);
	if (r < 0) {
		counted_done(&counted);
		return r;
	}
	counted_done(&p->counted);
	p->counted = counted;
	*ret = counted.persons;
	*ret_n = counted.n;
	return 0;
}

int person_presence_window(struct person_presence *p, struct class_window *ret)
{
	struct spans window = { 0 };
	int r = make_window(p, &window);

	if (r < 0) {
		spans_done(&window);
		return r;
	}
	spans_settle(&p->gaps);
	spans_done(&p->window);
	p->window = window;
	*ret = (struct class_window){
		.opened_us = p->opened_us,
		.closed_us = p->closed_us,
		.seconds = whole_seconds(spans_us(&window)),
		.gap_s = seconds_up(spans_common_us(&p->gaps, &window)),
		.spans = window,
	};
	return 0;
}
