/* See class_result.h. */
#include "attendance/class_result.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/local_day.h"
#include "media/base/hash.h"

#define USUAL_ZONE "Asia/Shanghai"
#define SECOND_US 1000000

/* One pseudonym on a roster, or with a leave. */
struct expected {
	char id[SEAT_ID_BYTES];
	int64_t home;
	uint32_t version;               /* the first roster that has it; 0: none */
	bool leave;                     /* granted */
	UT_hash_handle hh;
};

/* The same under the pseudonym that counts. */
struct awaited {
	char id[SEAT_ID_BYTES];
	int64_t home;
	bool own, on_roster, leave;     /* own: home is that of this very pseudonym */
};

struct class_result {
	struct person_presence *presence;       /* owned */
	struct result_head head;
	struct expected *expected;              /* owned: hash by id */
	uint32_t roster;                        /* the version that holds */
	struct credit_rule rules[CREDIT_RULES_MAX];
	size_t n_rules;
	int64_t start_us;                       /* planned */
	char zone[65];
	bool opened, closed;
	int64_t gap_s;                          /* of system gaps within W */
	struct result_row *rows;                /* owned, n_rows, with their claims */
	size_t n_rows;
};

/* ---- the fold ---- */

static const char *text_of(const json_t *payload, const char *field)
{
	const char *s = json_string_value(json_object_get(payload, field));

	return s ? s : "";
}

static int64_t number_of(const json_t *payload, const char *field)
{
	return json_integer_value(json_object_get(payload, field));
}

static int need_expected(struct class_result *c, const char *id, struct expected **ret)
{
	struct expected *e = NULL;

	if (!id || !*id || strlen(id) >= SEAT_ID_BYTES)
		return -EBADMSG;
	HASH_FIND_STR(c->expected, id, e);
	if (!e) {
		e = mem_zalloc(sizeof(*e));
		if (!e)
			return -ENOMEM;
		snprintf(e->id, sizeof(e->id), "%s", id);
		HASH_ADD_STR(c->expected, id, e);
		if (!HASH_ADDED(hh, e)) {
			mem_free(e);
			return -ENOMEM;
		}
	}
	*ret = e;
	return 0;
}

/* What says nothing useful counts for nothing. */
static int ignore_bad(int r)
{
	return r == -EBADMSG ? 0 : r;
}

static int on_frozen(struct class_result *c, const json_t *payload)
{
	int64_t version = number_of(payload, "version");
	struct expected *e;
	const json_t *person;
	size_t i;
	int r = 0;

	if (version != (int64_t)c->roster + 1)
		return 0;
	json_array_foreach(json_object_get(payload, "persons"), i, person) {
		r = need_expected(c, json_string_value(person), &e);
		if (r == -ENOMEM)
			return r;
		if (r < 0 || e->version)
			continue;
		e->version = (uint32_t)version;
		e->home = number_of(payload, "site");
	}
	if (json_is_true(json_object_get(payload, "last")))
		c->roster = (uint32_t)version;
	return 0;
}

static int on_leave(struct class_result *c, const json_t *payload)
{
	struct expected *e;
	int r = need_expected(c, text_of(payload, "person"), &e);

	if (r == 0)
		e->leave = json_is_true(json_object_get(payload, "granted"));
	return ignore_bad(r);
}

static void on_rule(struct class_result *c, const json_t *payload)
{
	const char *field;

	if (c->opened || c->n_rules == CREDIT_RULES_MAX || credit_rule_parse(&c->rules[c->n_rules], json_object_get(payload, "rule"), &field) < 0)
		return;
	c->n_rules++;
	c->head.rule_version = number_of(payload, "version");
}

static void on_planned(struct class_result *c, const json_t *payload)
{
	if (c->opened)
		return;
	c->start_us = number_of(payload, "start_ms") * 1000;
	snprintf(c->zone, sizeof(c->zone), "%s", text_of(payload, "zone"));
	snprintf(c->head.subject, sizeof(c->head.subject), "%s", text_of(payload, "subject"));
	snprintf(c->head.kind, sizeof(c->head.kind), "%s", text_of(payload, "kind"));
}

static int on_event(struct class_result *c, const struct event *ev, const json_t *payload)
{
	switch (ev->kind) {
	case EVENT_CLASS_PLANNED:
		on_planned(c, payload);
		return 0;
	case EVENT_RULE_CHOSEN:
		on_rule(c, payload);
		return 0;
	case EVENT_LEAVE_DECIDED:
		return on_leave(c, payload);
	case EVENT_ROSTER_FROZEN:
		return on_frozen(c, payload);
	case EVENT_CLASS_OPENED:
		c->opened = true;
		return 0;
	case EVENT_CLASS_CLOSED:
	case EVENT_ROOM_ENDED:
		c->closed = c->opened;
		return 0;
	default:
		return 0;
	}
}

static bool is_ours(const struct class_result *c, const struct event *ev)
{
	char room[ROOM_ID_BYTES];

	snprintf(room, sizeof(room), "class-%" PRId64, c->head.class);
	return strcmp(ev->room, room) == 0;
}

int class_result_add(struct class_result *c, const struct event *ev, const char *boot_id)
{
	json_t *payload;
	int r;

	if (c->closed)
		return 0;
	r = person_presence_add(c->presence, ev, boot_id);
	if (r < 0 || !is_ours(c, ev))
		return r;
	payload = json_loads(ev->payload, 0, NULL);
	r = on_event(c, ev, payload);
	json_decref(payload);
	return r;
}

/* ---- rows ---- */

static int order_awaited(const void *a, const void *b)
{
	return strcmp(((const struct awaited *)a)->id, ((const struct awaited *)b)->id);
}

/* What is known of a pseudonym joins what is known of its twins. */
static void join(struct awaited *to, const struct awaited *from)
{
	if (from->on_roster && (!to->on_roster || from->own)) {
		to->home = from->home;
		to->own = from->own;
	}
	to->on_roster = to->on_roster || from->on_roster;
	to->leave = to->leave || from->leave;
}

static size_t keep_rostered(struct awaited *list, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (list[i].on_roster)
			list[kept++] = list[i];
	return kept;
}

/* Everybody who was expected, under the pseudonym that counts, in its order. */
static int make_awaited(const struct class_result *c, person_same_fn same, void *user, struct awaited **ret, size_t *ret_n)
{
	struct awaited *list = mem_calloc(HASH_COUNT(c->expected) + 1, sizeof(*list));
	size_t n = 0, kept = 0;

	if (!list)
		return -ENOMEM;
	for (const struct expected *e = c->expected; e; e = e->hh.next) {
		const char *into = same ? same(user, e->id) : NULL;
		struct awaited *a = &list[n++];

		snprintf(a->id, sizeof(a->id), "%s", into && *into ? into : e->id);
		a->own = strcmp(a->id, e->id) == 0;
		a->on_roster = e->version && e->version <= c->roster;
		a->home = a->on_roster ? e->home : 0;
		a->leave = e->leave;
	}
	qsort(list, n, sizeof(*list), order_awaited);
	for (size_t i = 0; i < n; i++) {
		if (kept && strcmp(list[kept - 1].id, list[i].id) == 0)
			join(&list[kept - 1], &list[i]);
		else
			list[kept++] = list[i];
	}
	*ret = list;
	*ret_n = keep_rostered(list, kept);
	return 0;
}

static enum credit_reason why_nothing(const struct awaited *a, const struct present_person *p)
{
	if (!a)
		return CREDIT_NOT_ON_ROSTER;
	if (p && p->grade != GRADE_NONE)
		return CREDIT_CREDITED;
	return a->leave ? CREDIT_ON_LEAVE : CREDIT_NOT_SIGNED_IN;
}

static int make_claim(const struct present_person *p, bool unproved_dropped, struct spans *ret)
{
	static const struct spans nothing;

	return spans_subtract(ret, &p->spans, unproved_dropped ? &p->unproved : &nothing);
}

static int judge(const struct class_result *c, const struct present_person *p, struct result_row *row)
{
	struct credit_case of = { c->head.window_s, p->present_s, p->unproved_s, p->gap_s, p->sent, p->met };
	struct credit_terms t = credit_rules_apply(c->rules, c->n_rules, &of);

	row->reason = t.reason;
	if (t.reason != CREDIT_CREDITED)
		return 0;
	row->hour_s = t.hour_s;
	return make_claim(p, t.unproved_dropped, &row->claim);
}

/* One of the two may be NULL. */
static int make_row(const struct class_result *c, const struct awaited *a, const struct present_person *p, struct result_row *row)
{
	row->reason = why_nothing(a, p);
	row->home = a ? a->home : 0;
	if (a)
		snprintf(row->person, sizeof(row->person), "%s", a->id);
	if (!p) {
		row->gap_s = c->gap_s;
		return 0;
	}
	snprintf(row->person, sizeof(row->person), "%s", p->id);
	row->site = p->site;
	row->present_s = p->present_s;
	row->unproved_s = p->unproved_s;
	row->gap_s = p->gap_s;
	row->sent = p->sent;
	row->met = p->met;
	return row->reason == CREDIT_CREDITED ? judge(c, p, row) : 0;
}

static int make_rows(struct class_result *c, const struct awaited *a, size_t n_a, const struct present_person *p, size_t n_p)
{
	size_t i = 0, j = 0;
	int r = 0;

	c->rows = mem_calloc(n_a + n_p + 1, sizeof(*c->rows));
	if (!c->rows)
		return -ENOMEM;
	while (r == 0 && (i < n_a || j < n_p)) {
		int order = i == n_a ? 1 : j == n_p ? -1 : strcmp(a[i].id, p[j].id);

		r = make_row(c, order <= 0 ? &a[i] : NULL, order >= 0 ? &p[j] : NULL, &c->rows[c->n_rows++]);
		i += order <= 0;
		j += order >= 0;
	}
	return r;
}

static int make_head(struct class_result *c)
{
	struct credit_terms t;
	struct class_window w;
	int r = person_presence_window(c->presence, &w);

	if (r < 0)
		return r;
	if (c->n_rules == 0)
		c->rules[c->n_rules++] = credit_rule_usual;
	t = credit_rules_apply(c->rules, c->n_rules, &(struct credit_case){ 0 });
	c->head.day_cap = t.day_hours_milli;
	c->head.year_cap = t.year_hours_milli;
	if (!w.closed_us)
		return -EAGAIN;
	c->head.began_us = w.opened_us;
	c->head.window_s = w.seconds;
	c->gap_s = w.gap_s;
	if (!c->start_us || local_day(c->zone, c->start_us, &c->head.day) < 0)
		return local_day(USUAL_ZONE, w.opened_us, &c->head.day);
	return 0;
}

static void drop_rows(struct class_result *c)
{
	for (size_t i = 0; i < c->n_rows; i++)
		spans_done(&c->rows[i].claim);
	c->rows = mem_free(c->rows);
	c->n_rows = 0;
}

int class_result_rows(struct class_result *c, person_same_fn same, void *user, struct result_head *ret_head, struct result_row **ret, size_t *ret_n)
{
	CLEANUP(mem_freep) struct awaited *awaited = NULL;
	const struct present_person *present = NULL;
	size_t n_awaited = 0, n_present = 0;
	int r;

	if (!c->closed)
		return -EAGAIN;
	drop_rows(c);
	r = make_head(c);
	if (r == 0)
		r = make_awaited(c, same, user, &awaited, &n_awaited);
	if (r == 0)
		r = person_presence_persons(c->presence, same, user, &present, &n_present);
	if (r == 0)
		r = make_rows(c, awaited, n_awaited, present, n_present);
	if (r < 0)
		return r;
	*ret_head = c->head;
	*ret = c->rows;
	*ret_n = c->n_rows;
	return 0;
}

/* ---- amounts ---- */

struct credit_session result_session(const struct result_head *head, const struct result_row *row)
{
	return (struct credit_session){
		.class = head->class,
		.began_us = head->began_us,
		.day = head->day,
		.claim = row->claim,
		.hour_s = row->hour_s,
		.day_hours_milli = head->day_cap,
		.year_hours_milli = head->year_cap,
	};
}

int result_row_count(struct result_row *row, const struct result_head *head, struct credit_session *sessions, size_t n)
{
	int64_t claim_us = spans_us(&row->claim);
	struct credit_sum more;
	int r;

	if (row->reason != CREDIT_CREDITED)
		return 0;
	sessions[n] = result_session(head, row);
	r = credit_days_difference(sessions, n + 1, head->class, &more);
	if (r < 0)
		return r;
	row->counted_s = MAX(more.counted_s, 0);
	row->milli_hours = MAX(more.milli_hours, 0);
	row->less = (struct credit_sum){ MAX(-more.counted_s, 0), MAX(-more.milli_hours, 0) };
	if (more.counted_s < claim_us / SECOND_US)
		row->reason = CREDIT_OVERLAP;
	else if (more.milli_hours < claim_us / ((int64_t)row->hour_s * SECOND_US / 1000))
		row->reason = CREDIT_CAPPED;
	return 0;
}

bool result_posting(const struct result_head *head, const struct result_row *row, int64_t entry, struct ledger_entry *ret)
{
	if (row->counted_s == 0 && row->milli_hours == 0)
		return false;
	*ret = (struct ledger_entry){
		.entry = entry,
		.class = head->class,
		.home = row->home,
		.day = head->day,
		.milli_hours = row->milli_hours,
		.counted_s = row->counted_s,
		.reason = row->reason,
	};
	snprintf(ret->person, sizeof(ret->person), "%s", row->person);
	snprintf(ret->subject, sizeof(ret->subject), "%s", head->subject);
	snprintf(ret->kind, sizeof(ret->kind), "%s", head->kind);
	return true;
}

/* ---- life ---- */

int class_result_create(struct class_result **ret, int64_t class)
{
	CLEANUP(class_result_destroyp) struct class_result *c = NULL;
	char room[ROOM_ID_BYTES];
	int r;

	if (class <= 0)
		return -EINVAL;
	c = mem_zalloc(sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->head.class = class;
	snprintf(room, sizeof(room), "class-%" PRId64, class);
	r = person_presence_create(&c->presence, room);
	if (r < 0)
		return r;
	*ret = STEAL(c);
	return 0;
}

struct class_result *class_result_destroy(struct class_result *c)
{
	struct expected *e, *next;

	if (!c)
		return NULL;
	HASH_ITER(hh, c->expected, e, next)
	{
		HASH_DEL(c->expected, e);
		mem_free(e);
	}
	drop_rows(c);
	person_presence_destroy(c->presence);
	return mem_free(c);
}
