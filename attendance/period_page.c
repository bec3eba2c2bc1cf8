/* See period_page.h. */
#include "attendance/period_page.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/local_day.h"
#include "attendance/org_past.h"
#include "media/base/mem.h"

#define MARK_MEMBER "{\"view\":\""
#define UNKNOWN_MEMBER "\",\"unknown\":true}"

/* A row that is shown. */
struct shown {
	const struct period_row *row;
	const struct period_seen_org *org;
	const struct period_seen_person *person;        /* NULL: an organisation's row */
	int64_t rank;                                   /* the higher comes first; -1: by name, behind those that are ranked */
};

/* Rows that are not, added up. */
struct rest {
	size_t n;
	int64_t figures[FIGURES];
};

struct page {
	const struct period_report *report;
	const struct period_ask *ask;
	struct shown *list;             /* owned, n */
	size_t n;
	struct rest others, own;        /* own: of PERIOD_PERSONS, what is no person's */
};

/* ---- which rows ---- */

static int64_t rate_permille(const int64_t figures[FIGURES])
{
	int64_t expected = figures[FIGURE_EXPECTED];

	return expected ? (figures[FIGURE_ARRIVED] * 1000 + expected / 2) / expected : -1;
}

static void add_rest(struct rest *to, const struct period_row *row)
{
	to->n++;
	for (int f = 0; f < FIGURES; f++)
		to->figures[f] += row->figures[f];
}

static void show_row(struct page *p, const struct period_row *row)
{
	bool persons = p->ask->query.level == PERIOD_PERSONS;
	struct shown s = { .row = row, .org = period_ask_org(p->ask, row->org), .rank = -1 };

	if (persons && !*row->person) {
		add_rest(&p->own, row);
		return;
	}
	if (persons && s.org && s.org->persons)
		s.person = period_ask_person(p->ask, row->person);
	if (!s.org || (persons && !s.person)) {
		add_rest(&p->others, row);
		return;
	}
	if (p->ask->by_rate && s.org->ranked)
		s.rank = rate_permille(row->figures);
	p->list[p->n++] = s;
}

static int in_order(const void *a, const void *b)
{
	const struct shown *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank > y->rank ? -1 : 1;
	if (x->org->order != y->org->order)
		return x->org->order < y->org->order ? -1 : 1;
	if (!x->person || !y->person || x->person->order == y->person->order)
		return 0;
	return x->person->order < y->person->order ? -1 : 1;
}

static int choose(struct page *p)
{
	p->list = mem_calloc(p->report->n_rows + 1, sizeof(*p->list));
	if (!p->list)
		return -ENOMEM;
	for (size_t i = 0; i < p->report->n_rows; i++)
		show_row(p, &p->report->rows[i]);
	qsort(p->list, p->n, sizeof(*p->list), in_order);
	return 0;
}

/* ---- as JSON ---- */

static void set_figures(json_t *j, const int64_t figures[FIGURES])
{
	int64_t rate = rate_permille(figures);

	for (enum period_figure f = 0; f < FIGURES; f++)
		json_object_set_new(j, period_figure_name(f), json_integer(figures[f]));
	json_object_set_new(j, "rate_permille", rate < 0 ? json_null() : json_integer(rate));
}

static json_t *figures_json(const int64_t figures[FIGURES])
{
	json_t *j = json_object();

	set_figures(j, figures);
	return j;
}

static const char *name_of(const struct page *p, int64_t org, const char **ret_kind)
{
	return org_past_name(p->report->past, org, p->report->as_of_us, ret_kind);
}

static json_t *item_json(const struct page *p, const struct shown *s)
{
	const char *kind = "", *name = name_of(p, s->row->org, &kind);
	json_t *j;

	if (s->person)
		j = json_pack("{s:I, s:s, s:I, s:s}", "person", (json_int_t)s->person->id, "name", period_ask_name(p->ask, s->person), "org", (json_int_t)s->row->org, "org_name", name);
	else
		j = json_pack("{s:I, s:s, s:s, s:b}", "org", (json_int_t)s->row->org, "name", name, "kind", kind, "own", s->row->org == p->report->query.org);
	set_figures(j, s->row->figures);
	return j;
}

static json_t *items_json(const struct page *p, uint64_t from, uint64_t to)
{
	json_t *list = json_array();

	for (uint64_t i = from; list && i < to; i++)
		if (json_array_append_new(list, item_json(p, &p->list[i])) < 0)
			return json_decref(list), NULL;
	return list;
}

static json_t *months_json(const struct period_report *r)
{
	json_t *list = json_array();
	char month[16];

	for (size_t i = 0; list && i < r->n_months; i++) {
		json_t *j = json_object();

		snprintf(month, sizeof(month), "%04d-%02d", (int)(r->months[i].month / 100 % 10000), (int)(r->months[i].month % 100));
		json_object_set_new(j, "month", json_string(month));
		set_figures(j, r->months[i].figures);
		json_array_append_new(list, j);
	}
	return list;
}

static json_t *rules_json(const struct period_report *r)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < r->n_rules; i++)
		json_array_append_new(list, json_integer(r->rules[i]));
	return list;
}

static json_t *head_json(const struct page *p)
{
	const struct period_report *r = p->report;
	const struct period_query *q = &r->query;
	char from[DAY_BYTES], to[DAY_BYTES];
	const char *kind = "", *name = name_of(p, q->org, &kind);

	day_write(from, q->from);
	day_write(to, q->to);
	return json_pack("{s:s, s:i, s:I, s:s, s:s, s:s, s:s, s:s, s:b, s:I, s:{s:I, s:s, s:I}, s:o, s:s, s:o, s:o}", "view", p->ask->mark, "report", PERIOD_RULE_VERSION,
	                 "org", (json_int_t)q->org, "org_name", name, "org_kind", kind, "from", from, "to", to, "level", period_level_name(q->level), "alone", q->alone,
	                 "as_of_ms", (json_int_t)(r->as_of_us / 1000), "known", "sequence", (json_int_t)q->known, "hash", r->known_hash, "time_ms",
	                 (json_int_t)(r->known_us / 1000), "rules", rules_json(r), "hash", r->hash, "total", figures_json(r->total), "months", months_json(r));
}

static void set_rest(json_t *j, const char *name, const struct rest *rest)
{
	json_t *figures;

	if (rest->n == 0)
		return;
	figures = figures_json(rest->figures);
	json_object_set_new(figures, "count", json_integer((json_int_t)rest->n));
	json_object_set_new(j, name, figures);
}

static json_t *page_json(const struct page *p)
{
	uint64_t from = MIN(p->ask->offset, p->n), to = p->ask->limit ? MIN(from + p->ask->limit, p->n) : p->n;
	json_t *j = head_json(p), *items = items_json(p, from, to);
	char next[48];

	if (!j || !items) {
		json_decref(items);
		json_decref(j);
		return NULL;
	}
	json_object_set_new(j, "count", json_integer((json_int_t)p->n));
	json_object_set_new(j, "items", items);
	set_rest(j, "others", &p->others);
	set_rest(j, "unnamed", &p->own);
	if (to < p->n) {
		snprintf(next, sizeof(next), "%" PRId64 ".%" PRIu64, p->report->query.known, to);
		json_object_set_new(j, "next", json_string(next));
	}
	return j;
}

static int tell_unknown(const struct period_ask *a, char **ret_text)
{
	return asprintf(ret_text, MARK_MEMBER "%s" UNKNOWN_MEMBER, a->mark) < 0 ? -ENOMEM : 0;
}

int period_page_read(struct store_reader *reader, const void *args, size_t len, char **ret_text)
{
	CLEANUP(period_report_destroyp) struct period_report *report = NULL;
	struct page p = { .ask = args };
	json_t *j = NULL;
	int r;

	if (!period_ask_fits(args, len))
		return -EINVAL;
	r = period_report_read(&report, reader, &p.ask->query);
	if (r == -EINVAL)
		return tell_unknown(p.ask, ret_text);
	p.report = report;
	if (r == 0)
		r = choose(&p);
	if (r == 0)
		j = page_json(&p);
	mem_free(p.list);
	if (r < 0)
		return r;
	*ret_text = j ? json_dumps(j, JSON_COMPACT) : NULL;
	json_decref(j);
	return *ret_text ? 0 : -ENOMEM;
}

bool period_page_unknown(const char *text)
{
	size_t lead = strlen(MARK_MEMBER) + PERIOD_MARK_BYTES - 1;

	return strlen(text) > lead && strcmp(text + lead, UNKNOWN_MEMBER) == 0;
}

bool period_page_mark(const char *text, char ret[PERIOD_MARK_BYTES])
{
	size_t lead = strlen(MARK_MEMBER);

	if (strncmp(text, MARK_MEMBER, lead) != 0 || strlen(text) < lead + PERIOD_MARK_BYTES)
		return false;
	snprintf(ret, PERIOD_MARK_BYTES, "%.*s", PERIOD_MARK_BYTES - 1, text + lead);
	return true;
}
