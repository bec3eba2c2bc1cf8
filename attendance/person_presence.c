/* See person_presence.h. The fold; person_presence_count.c makes the figures. */
#include "attendance/person_presence.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "attendance/person_presence_state.h"
#include "media/base/mem.h"

static const char *const grade_words[] = {
	[GRADE_NONE] = "", [GRADE_TYPED] = "typed", [GRADE_DELEGATE] = "delegate", [GRADE_QR] = "qr", [GRADE_OWN] = "own",
};

enum sign_in_grade sign_in_grade_parse(const char *word)
{
	for (size_t i = GRADE_TYPED; word && i < ARRAY_LEN(grade_words); i++)
		if (strcmp(word, grade_words[i]) == 0)
			return (enum sign_in_grade)i;
	return GRADE_NONE;
}

const char *sign_in_grade_word(enum sign_in_grade grade)
{
	return grade_words[grade];
}

/* ---- lists ---- */

int grow_list(void *list, size_t *max, size_t n, size_t size)
{
	void **p = list;
	size_t bigger = *max ? *max * 2 : 4;
	void *block;

	if (n < *max)
		return 0;
	block = mem_realloc(*p, bigger * size);
	if (!block)
		return -ENOMEM;
	*p = block;
	*max = bigger;
	return 0;
}

size_t names_index(const struct names *names, const char *id)
{
	size_t lo = 0, hi = names->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(names->list[mid]->id, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void *names_find(const struct names *names, const char *id)
{
	size_t i = names_index(names, id);

	return i < names->n && strcmp(names->list[i]->id, id) == 0 ? names->list[i] : NULL;
}

/* Finds or adds; NULL: no memory. `size` is that of the struct that begins with a struct named. */
static void *names_get(struct names *names, const char *id, size_t size)
{
	size_t at = names_index(names, id);
	struct named *name;

	if (at < names->n && strcmp(names->list[at]->id, id) == 0)
		return names->list[at];
	if (grow_list(&names->list, &names->max, names->n, sizeof(struct named *)) < 0)
		return NULL;
	name = mem_zalloc(size);
	if (!name)
		return NULL;
	snprintf(name->id, sizeof(name->id), "%s", id);
	memmove(&names->list[at + 1], &names->list[at], (names->n - at) * sizeof(struct named *));
	names->list[at] = name;
	names->n++;
	return name;
}

/* ---- payloads ---- */

static const char *text_of(const json_t *payload, const char *field)
{
	const char *s = json_string_value(json_object_get(payload, field));

	return s ? s : "";
}

static int64_t number_of(const json_t *payload, const char *field)
{
	return json_integer_value(json_object_get(payload, field));
}

static bool is_id(const char *id)
{
	return *id && strlen(id) < SEAT_ID_BYTES;
}

/* ---- persons ---- */

static int prove(struct person_presence *p, struct person_line *l)
{
	if (grow_list(&l->proofs, &l->max_proofs, l->n_proofs, sizeof(*l->proofs)) < 0)
		return -ENOMEM;
	l->proofs[l->n_proofs++] = (struct proof){ p->row, p->now_us };
	return 0;
}

static int end_span(struct person_presence *p, struct person_line *l)
{
	int64_t site = l->site;

	l->site = 0;
	if (!site)
		return 0;
	if (grow_list(&l->spans, &l->max_spans, l->n_spans, sizeof(*l->spans)) < 0)
		return -ENOMEM;
	l->spans[l->n_spans++] = (struct site_span){ site, { l->since_us, p->now_us } };
	return 0;
}

static int note_sign_in(struct person_presence *p, struct person_line *l, const json_t *payload)
{
	struct sign_in s = {
		.at_us = p->now_us,
		.site = number_of(payload, "site"),
		.grade = sign_in_grade_parse(text_of(payload, "grade")),
		.shared = json_is_true(json_object_get(payload, "shared")),
		.late = json_is_true(json_object_get(payload, "late")),
		.together = json_is_true(json_object_get(payload, "together")),
	};

	if (grow_list(&l->sign_ins, &l->max_sign_ins, l->n_sign_ins, sizeof(*l->sign_ins)) < 0)
		return -ENOMEM;
	l->sign_ins[l->n_sign_ins++] = s;
	/* A word that a later version writes proves at least as much as the weakest that we know. */
	l->grade = MAX(l->grade, MAX(s.grade, GRADE_TYPED));
	return 0;
}

static int on_signed_in(struct person_presence *p, const json_t *payload)
{
	const char *id = text_of(payload, "person");
	int64_t site = number_of(payload, "site");
	struct person_line *l;
	int r = 0;

	if (!is_id(id) || site <= 0)
		return 0;
	l = names_get(&p->lines, id, sizeof(*l));
	if (!l)
		return -ENOMEM;
	if (l->site != site) {
		r = end_span(p, l);
		l->site = site;
		l->since_us = p->now_us;
	}
	if (r == 0)
		r = note_sign_in(p, l, payload);
	return r < 0 ? r : prove(p, l);
}

static int on_signed_out(struct person_presence *p, const json_t *payload)
{
	struct person_line *l = names_find(&p->lines, text_of(payload, "person"));

	return l && l->site && l->site == number_of(payload, "site") ? end_span(p, l) : 0;
}

static int on_joined(struct person_presence *p, const char *seat, const json_t *payload)
{
	const char *id = text_of(payload, "person");
	struct seat_place *place;

	if (!is_id(seat))
		return 0;
	place = names_get(&p->places, seat, sizeof(*place));
	if (!place)
		return -ENOMEM;
	if (!place->site)
		place->site = MAX(number_of(payload, "site"), 0);
	if (!place->person && is_id(id)) {
		place->person = names_get(&p->lines, id, sizeof(*place->person));
		if (!place->person)
			return -ENOMEM;
		place->person->grade = GRADE_OWN;
	}
	return place->person ? prove(p, place->person) : 0;
}

/* ---- asks ---- */

static struct class_ask *find_open_ask(struct person_presence *p, int64_t id)
{
	for (size_t i = p->n_asks; i > 0; i--)
		if (p->asks[i - 1].id == id)
			return p->asks[i - 1].open ? &p->asks[i - 1] : NULL;
	return NULL;
}

static bool knows_ask(const struct person_presence *p, int64_t id)
{
	for (size_t i = 0; i < p->n_asks; i++)
		if (p->asks[i].id == id)
			return true;
	return false;
}

static struct sent_check *find_check(struct person_line *l, size_t ask)
{
	for (size_t i = l->n_checks; i > 0; i--)
		if (l->checks[i - 1].ask == ask)
			return &l->checks[i - 1];
	return NULL;
}

static int send_check(struct person_line *l, size_t ask)
{
	if (find_check(l, ask))
		return 0;
	if (grow_list(&l->checks, &l->max_checks, l->n_checks, sizeof(*l->checks)) < 0)
		return -ENOMEM;
	l->checks[l->n_checks++] = (struct sent_check){ .ask = ask };
	return 0;
}

static bool goes_to(const json_t *sites, int64_t site)
{
	const json_t *one;
	size_t i;

	if (!json_is_array(sites))
		return true;
	json_array_foreach(sites, i, one)
		if (site && json_integer_value(one) == site)
			return true;
	return false;
}

static int send_to_own_seats(struct person_presence *p, const json_t *sites)
{
	const struct seat_presence *seats;
	size_t n;
	int r = presence_seats(p->seats, &seats, &n);

	for (size_t i = 0; r == 0 && i < n; i++) {
		struct seat_place *place = seats[i].open ? names_find(&p->places, seats[i].seat) : NULL;

		if (place && place->person && goes_to(sites, place->site))
			r = send_check(place->person, p->n_asks - 1);
	}
	return r;
}

static int send_to_all(struct person_presence *p, const json_t *sites)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->lines.n; i++) {
		struct person_line *l = (struct person_line *)p->lines.list[i];

		if (l->site && goes_to(sites, l->site))
			r = send_check(l, p->n_asks - 1);
	}
	return r < 0 ? r : send_to_own_seats(p, sites);
}

static int on_ask_opened(struct person_presence *p, const json_t *payload)
{
	struct class_ask ask = { .id = number_of(payload, "ask"), .row = p->row, .opened_us = p->now_us, .open = true };
	bool in_window = p->opened_us && !p->paused_us;

	if (ask.id <= 0 || knows_ask(p, ask.id))
		return 0;
	ask.check = in_window && strcmp(text_of(payload, "kind"), "check") == 0;
	if (grow_list(&p->asks, &p->max_asks, p->n_asks, sizeof(*p->asks)) < 0)
		return -ENOMEM;
	p->asks[p->n_asks++] = ask;
	return ask.check ? send_to_all(p, json_object_get(payload, "sites")) : 0;
}

static int on_answered(struct person_presence *p, const json_t *payload)
{
	struct person_line *l = names_find(&p->lines, text_of(payload, "person"));
	struct class_ask *ask = find_open_ask(p, number_of(payload, "ask"));
	struct sent_check *check;

	if (!l || !ask)
		return 0;
	check = find_check(l, (size_t)(ask - p->asks));
	if (check)
		check->met = true;
	return prove(p, l);
}

static void on_ask_closed(struct person_presence *p, const json_t *payload)
{
	struct class_ask *ask = find_open_ask(p, number_of(payload, "ask"));

	if (ask)
		ask->open = false;
}

static void stop_asks(struct person_presence *p)
{
	for (size_t i = 0; i < p->n_asks; i++)
		p->asks[i].stopped = p->asks[i].stopped || p->asks[i].open;
}

/* ---- the class ---- */

static int on_closed(struct person_presence *p)
{
	int r = p->paused_us ? spans_add(&p->pauses, (struct span){ p->paused_us, p->now_us }) : 0;

	for (size_t i = 0; r == 0 && i < p->lines.n; i++)
		r = end_span(p, (struct person_line *)p->lines.list[i]);
	stop_asks(p);
	p->paused_us = 0;
	p->closed_us = p->now_us;
	return r;
}

static int on_resumed(struct person_presence *p)
{
	int64_t from_us = p->paused_us;

	p->paused_us = 0;
	return from_us ? spans_add(&p->pauses, (struct span){ from_us, p->now_us }) : 0;
}

static int on_started(struct person_presence *p, int64_t last_us)
{
	stop_asks(p);
	return last_us ? spans_add(&p->gaps, (struct span){ last_us, p->now_us }) : 0;
}

static int on_event(struct person_presence *p, const struct event *ev, const json_t *payload)
{
	switch (ev->kind) {
	case EVENT_CLASS_OPENED:
		if (!p->opened_us)
			p->opened_us = p->now_us;
		return 0;
	case EVENT_CLASS_PAUSED:
		if (p->opened_us && !p->paused_us)
			p->paused_us = p->now_us;
		return 0;
	case EVENT_CLASS_RESUMED:
		return on_resumed(p);
	case EVENT_CLASS_CLOSED:
	case EVENT_ROOM_ENDED:
		return p->opened_us ? on_closed(p) : 0;
	case EVENT_SEAT_JOINED:
		return on_joined(p, ev->seat, payload);
	case EVENT_PERSON_SIGNED_IN:
		return on_signed_in(p, payload);
	case EVENT_PERSON_SIGNED_OUT:
		return on_signed_out(p, payload);
	case EVENT_ASK_OPENED:
		return on_ask_opened(p, payload);
	case EVENT_ASK_ANSWERED:
		return on_answered(p, payload);
	case EVENT_ASK_CLOSED:
		on_ask_closed(p, payload);
		return 0;
	default:
		return 0;
	}
}

/* interval.h takes rows of one room: the others only tell it the time, and the close of the class is an end to it. */
static int add_to_seats(struct person_presence *p, const struct event *ev, const char *boot_id, bool ours)
{
	struct event as_seen = *ev;

	if (!ours) {
		as_seen.kind = EVENT_SERVER_STARTED;
		as_seen.seat = "";
		as_seen.payload = "";
	} else if (ev->kind == EVENT_CLASS_CLOSED && p->opened_us) {
		as_seen.kind = EVENT_ROOM_ENDED;
	}
	return presence_add(p->seats, &as_seen, boot_id);
}

int person_presence_add(struct person_presence *p, const struct event *ev, const char *boot_id)
{
	bool ours = strcmp(ev->room, p->room) == 0;
	int64_t last_us = p->row ? p->now_us : 0;
	json_t *payload;
	int r;

	if (p->closed_us || (p->row == 0 && !(ours && ev->kind == EVENT_ROOM_OPENED)))
		return 0;
	r = add_to_seats(p, ev, boot_id, ours);
	p->row++;
	p->now_us = presence_now_us(p->seats);
	if (r < 0 || (!ours && ev->kind != EVENT_SERVER_STARTED))
		return r;
	if (!ours)
		return on_started(p, last_us);
	payload = json_loads(ev->payload, 0, NULL);
	r = on_event(p, ev, payload);
	json_decref(payload);
	return r;
}

/* ---- life ---- */

int person_presence_create(struct person_presence **ret, const char *room)
{
	CLEANUP(person_presence_destroyp) struct person_presence *p = mem_zalloc(sizeof(*p));
	int r;

	if (strlen(room) >= ROOM_ID_BYTES)
		return -EINVAL;
	if (!p)
		return -ENOMEM;
	snprintf(p->room, sizeof(p->room), "%s", room);
	r = presence_create(&p->seats);
	if (r < 0)
		return r;
	*ret = STEAL(p);
	return 0;
}

static void line_done(struct person_line *l)
{
	mem_free(l->spans);
	mem_free(l->sign_ins);
	mem_free(l->proofs);
	mem_free(l->checks);
}

struct person_presence *person_presence_destroy(struct person_presence *p)
{
	if (!p)
		return NULL;
	counted_done(&p->counted);
	for (size_t i = 0; i < p->lines.n; i++) {
		line_done((struct person_line *)p->lines.list[i]);
		mem_free(p->lines.list[i]);
	}
	for (size_t i = 0; i < p->places.n; i++)
		mem_free(p->places.list[i]);
	mem_free(p->lines.list);
	mem_free(p->places.list);
	mem_free(p->asks);
	spans_done(&p->gaps);
	spans_done(&p->pauses);
	spans_done(&p->window);
	presence_destroy(p->seats);
	return mem_free(p);
}
