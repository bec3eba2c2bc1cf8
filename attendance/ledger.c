/* See ledger.h. */
#include "attendance/ledger.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/local_day.h"
#include "media/base/mem.h"

struct posted {
	struct ledger_entry e;
	bool reversed;
};

struct ledger {
	struct posted *list;            /* owned, n, in order of number */
	size_t n, max;
};

bool ledger_same_account(const struct ledger_entry *a, const struct ledger_entry *b)
{
	return strcmp(a->person, b->person) == 0 && ledger_year(a) == ledger_year(b) && strcmp(a->subject, b->subject) == 0 && strcmp(a->kind, b->kind) == 0;
}

/* ---- payloads ---- */

static int read_text(char *ret, size_t size, const json_t *payload, const char *field)
{
	const char *text = json_string_value(json_object_get(payload, field));

	if (!text || strlen(text) >= size)
		return -EBADMSG;
	snprintf(ret, size, "%s", text);
	return 0;
}

int ledger_entry_parse(struct ledger_entry *ret, const json_t *payload, int64_t class)
{
	struct ledger_entry e = { .class = class };
	json_int_t entry, home, milli, counted, reverses = 0, appeal = 0;
	const char *reason, *day;

	if (json_unpack((json_t *)payload, "{s:I, s:I, s:s, s:I, s:I, s:s, s?I, s?I}", "entry", &entry, "home", &home, "day", &day, "milli_hours", &milli,
	                "counted_s", &counted, "reason", &reason, "reverses", &reverses, "appeal", &appeal) < 0)
		return -EBADMSG;
	if (read_text(e.person, sizeof(e.person), payload, "person") < 0 || read_text(e.subject, sizeof(e.subject), payload, "subject") < 0 ||
	    read_text(e.kind, sizeof(e.kind), payload, "kind") < 0 || credit_reason_parse(&e.reason, reason) < 0)
		return -EBADMSG;
	if (day_parse(&e.day, day) < 0 || json_integer_value(json_object_get(payload, "year")) != ledger_year(&e))
		return -EBADMSG;
	e.entry = entry;
	e.home = home;
	e.milli_hours = milli;
	e.counted_s = counted;
	e.reverses = reverses;
	e.appeal = appeal;
	*ret = e;
	return 0;
}

json_t *ledger_entry_write(const struct ledger_entry *e)
{
	char day[DAY_BYTES];
	json_t *to;
	int r;

	day_write(day, e->day);
	to = json_pack("{s:I, s:s, s:I, s:i, s:s, s:s, s:I, s:I, s:s, s:s}", "entry", (json_int_t)e->entry, "person", e->person, "home", (json_int_t)e->home,
	               "year", (int)ledger_year(e), "subject", e->subject, "kind", e->kind, "milli_hours", (json_int_t)e->milli_hours, "counted_s",
	               (json_int_t)e->counted_s, "day", day, "reason", credit_reason_word(e->reason));
	r = to ? 0 : -ENOMEM;
	if (r == 0 && e->reverses)
		r = json_object_set_new(to, "reverses", json_integer(e->reverses));
	if (r == 0 && e->appeal)
		r = json_object_set_new(to, "appeal", json_integer(e->appeal));
	if (r == 0)
		return to;
	json_decref(to);
	return NULL;
}

/* ---- the ledger ---- */

int ledger_create(struct ledger **ret)
{
	struct ledger *l = mem_zalloc(sizeof(*l));

	if (!l)
		return -ENOMEM;
	*ret = l;
	return 0;
}

struct ledger *ledger_destroy(struct ledger *l)
{
	if (!l)
		return NULL;
	mem_free(l->list);
	return mem_free(l);
}

/* Where the number is or would be. */
static size_t find(const struct ledger *l, int64_t entry)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (l->list[mid].e.entry < entry)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct posted *posted(const struct ledger *l, int64_t entry)
{
	size_t i = find(l, entry);

	return i < l->n && l->list[i].e.entry == entry ? &l->list[i] : NULL;
}

const struct ledger_entry *ledger_find(const struct ledger *l, int64_t entry)
{
	struct posted *p = posted(l, entry);

	return p ? &p->e : NULL;
}

static int check_reversal(const struct posted *of, const struct ledger_entry *e)
{
	if (!of)
		return -ENOENT;
	if (of->e.reverses || !ledger_same_account(&of->e, e) || of->e.class != e->class)
		return -EBADMSG;
	if (of->reversed)
		return -EALREADY;
	return of->e.milli_hours == -e->milli_hours && of->e.counted_s == -e->counted_s ? 0 : -EBADMSG;
}

static int check(const struct ledger *l, const struct ledger_entry *e)
{
	int sign = e->reverses ? -1 : 1;

	if (e->entry <= 0 || e->class <= 0 || !*e->person || ledger_year(e) <= 0 || e->reverses < 0 || e->appeal < 0 || e->reason >= CREDIT_REASONS)
		return -EINVAL;
	if (e->milli_hours * sign < 0 || e->counted_s * sign < 0)
		return -EINVAL;
	if (posted(l, e->entry))
		return -EEXIST;
	return e->reverses ? check_reversal(posted(l, e->reverses), e) : 0;
}

int ledger_add(struct ledger *l, const struct ledger_entry *e)
{
	size_t at = find(l, e->entry);
	int r = check(l, e);

	if (r < 0)
		return r;
	if (l->n == l->max) {
		size_t max = l->max ? 2 * l->max : 8;
		struct posted *list = mem_realloc(l->list, max * sizeof(*list));

		if (!list)
			return -ENOMEM;
		l->list = list;
		l->max = max;
	}
	memmove(&l->list[at + 1], &l->list[at], (l->n - at) * sizeof(*l->list));
	l->list[at] = (struct posted){ .e = *e };
	l->n++;
	if (e->reverses)
		posted(l, e->reverses)->reversed = true;
	return 0;
}

struct credit_sum ledger_sum(const struct ledger *l, const struct ledger_entry *account)
{
	struct credit_sum sum = { 0 };

	for (size_t i = 0; i < l->n; i++) {
		if (!ledger_same_account(&l->list[i].e, account))
			continue;
		sum.counted_s += l->list[i].e.counted_s;
		sum.milli_hours += l->list[i].e.milli_hours;
	}
	return sum;
}

/* ---- again ---- */

static int make(struct ledger *l, struct ledger_entry e, int64_t *next, ledger_entry_fn made, void *user)
{
	int r;

	e.entry = *next;
	r = ledger_add(l, &e);
	if (r < 0)
		return r;
	++*next;
	return made(user, &e);
}

int ledger_post_again(struct ledger *l, int64_t entry, struct credit_sum again, enum credit_reason reason, int64_t appeal, int64_t *next, ledger_entry_fn made,
                      void *user)
{
	const struct ledger_entry *of = ledger_find(l, entry);
	struct ledger_entry back, anew;
	int r;

	if (!of)
		return -ENOENT;
	if (again.milli_hours < 0 || again.counted_s < 0)
		return -EINVAL;
	back = anew = *of;
	back.reverses = entry;
	back.milli_hours = -of->milli_hours;
	back.counted_s = -of->counted_s;
	back.appeal = anew.appeal = appeal;
	anew.milli_hours = again.milli_hours;
	anew.counted_s = again.counted_s;
	anew.reason = reason;
	r = make(l, back, next, made, user);
	if (r != 0 || (again.milli_hours == 0 && again.counted_s == 0))
		return r;
	return make(l, anew, next, made, user);
}

/* The newest computed posting of the person and year below a number that stands and has some of what is to be taken. */
static const struct ledger_entry *next_to_take(const struct ledger *l, const char *person, int32_t day, bool of_day, const struct credit_sum *less,
                                               int64_t below)
{
	for (size_t i = find(l, below); i > 0; i--) {
		const struct posted *p = &l->list[i - 1];
		bool has = (less->milli_hours > 0 && p->e.milli_hours > 0) || (less->counted_s > 0 && p->e.counted_s > 0);

		if (has && !p->reversed && !p->e.reverses && !p->e.appeal && strcmp(p->e.person, person) == 0 && ledger_year(&p->e) == day / 10000 &&
		    (p->e.day == day) == of_day)
			return &p->e;
	}
	return NULL;
}

static int take_from(struct ledger *l, const struct ledger_entry *from, struct credit_sum *less, int64_t *next, ledger_entry_fn made, void *user)
{
	struct credit_sum taken = { MIN(less->counted_s, from->counted_s), MIN(less->milli_hours, from->milli_hours) };
	struct credit_sum again = { from->counted_s - taken.counted_s, from->milli_hours - taken.milli_hours };
	int r = ledger_post_again(l, from->entry, again, CREDIT_OVERLAP, 0, next, made, user);

	less->counted_s -= taken.counted_s;
	less->milli_hours -= taken.milli_hours;
	return r;
}

int ledger_take_away(struct ledger *l, const char *person, int32_t day, struct credit_sum less, int64_t *next, ledger_entry_fn made, void *user,
                     struct credit_sum *ret_left)
{
	const struct ledger_entry *from;
	int r = 0;

	less.counted_s = MAX(less.counted_s, 0);
	less.milli_hours = MAX(less.milli_hours, 0);
	for (int of_day = 1; of_day >= 0; of_day--) {
		int64_t below = *next;

		while (r == 0 && (from = next_to_take(l, person, day, of_day, &less, below))) {
			below = from->entry;
			r = take_from(l, from, &less, next, made, user);
		}
	}
	if (r == 0)
		*ret_left = less;
	return r;
}
