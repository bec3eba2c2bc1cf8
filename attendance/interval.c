/*
 * See interval.h.
 *
 *            JOINED                          LEFT, REMOVED, room ended
 *   unknown ────────► in ◄───────────────────────────────► out
 *                     │ ▲        JOINED, RETURNED
 *               AWAY  ▼ │ RETURNED, JOINED
 *                    away (in as well)
 */
#include "attendance/interval.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/mem.h"

struct seat_line {
	char id[SEAT_ID_BYTES];
	char *name, *org, *kind, *role;         /* owned; NULL: none */
	bool in, away;
	int64_t first_join_us, last_proof_us;   /* placed on the wall */
	int64_t covered_us;
	uint32_t reconnects;
	struct span *spans;                     /* owned */
	size_t n_spans, max_spans;
};

struct presence {
	struct seat_line **seats;               /* owned, by id */
	size_t n_seats, max_seats;
	struct seat_presence *out;              /* owned: what presence_seats() gave */
	struct span window;
	bool open;                              /* the window is */
	bool any;                               /* there was an event */
	char boot_id[CLOCK_ID_BYTES];
	int64_t offset_us;                      /* wall of the boot's zero */
	int64_t now_us;                         /* of the last event, placed */
};

/* ---- time ---- */

static int64_t place(struct presence *p, const struct event *ev, const char *boot_id)
{
	int64_t t;

	if (!p->any || strncmp(p->boot_id, boot_id, CLOCK_ID_BYTES - 1) != 0) {
		t = p->any ? MAX(ev->wall_us, p->now_us) : ev->wall_us;
		p->offset_us = t - ev->boot_us;
		memset(p->boot_id, 0, sizeof(p->boot_id));
		memcpy(p->boot_id, boot_id, strnlen(boot_id, CLOCK_ID_BYTES - 1));
	} else {
		t = MAX(ev->boot_us + p->offset_us, p->now_us);
	}
	p->any = true;
	p->now_us = t;
	return t;
}

/* ---- seats ---- */

static struct seat_line *seat_line_destroy(struct seat_line *s)
{
	if (!s)
		return NULL;
	mem_free(s->name);
	mem_free(s->org);
	mem_free(s->kind);
	mem_free(s->role);
	mem_free(s->spans);
	return mem_free(s);
}

/* Where the seat is or would be. */
static size_t seat_index(const struct presence *p, const char *id)
{
	size_t lo = 0, hi = p->n_seats;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(p->seats[mid]->id, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct seat_line *seat_find(const struct presence *p, const char *id)
{
	size_t i = seat_index(p, id);

	return i < p->n_seats && strcmp(p->seats[i]->id, id) == 0 ? p->seats[i] : NULL;
}

static int grow(void *array, size_t *max, size_t n, size_t size)
{
	void **p = array;
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

static int seat_add(struct presence *p, const char *id, struct seat_line **ret)
{
	size_t at = seat_index(p, id);
	struct seat_line *s;

	if (grow(&p->seats, &p->max_seats, p->n_seats, sizeof(struct seat_line *)) < 0)
		return -ENOMEM;
	s = mem_zalloc(sizeof(*s));
	if (!s)
		return -ENOMEM;
	memcpy(s->id, id, strnlen(id, SEAT_ID_BYTES - 1));
	memmove(&p->seats[at + 1], &p->seats[at], (p->n_seats - at) * sizeof(struct seat_line *));
	p->seats[at] = s;
	p->n_seats++;
	*ret = s;
	return 0;
}

/* ---- what a seat shows ---- */

static int cover(struct seat_line *s, int64_t from_us, int64_t to_us)
{
	s->covered_us += to_us - from_us;
	if (s->n_spans > 0 && s->spans[s->n_spans - 1].to_us == from_us) {
		s->spans[s->n_spans - 1].to_us = to_us;
		return 0;
	}
	if (grow(&s->spans, &s->max_spans, s->n_spans, sizeof(*s->spans)) < 0)
		return -ENOMEM;
	s->spans[s->n_spans++] = (struct span){ from_us, to_us };
	return 0;
}

static int prove(struct seat_line *s, int64_t now_us)
{
	int64_t from_us = s->last_proof_us;

	if (!s->in)
		return 0;
	s->last_proof_us = now_us;
	return now_us > from_us && now_us - from_us <= INTERVAL_HOLE_US ? cover(s, from_us, now_us) : 0;
}

static int come_in(struct seat_line *s, int64_t now_us)
{
	s->away = false;
	if (s->in)
		return prove(s, now_us);
	s->in = true;
	s->last_proof_us = now_us;
	return 0;
}

enum going {
	LOST,                   /* no proof of life */
	ENDED_BY_OTHERS,        /* none either of a seat last seen long before: it went when nobody could record it */
	BY_ITSELF,
};

static int go_out(struct seat_line *s, int64_t now_us, enum going how)
{
	bool proof = how == BY_ITSELF || (how == ENDED_BY_OTHERS && now_us - s->last_proof_us <= INTERVAL_HOLE_US);
	int r = proof && !s->away ? prove(s, now_us) : 0;

	s->in = s->away = false;
	return r;
}

/* ---- events ---- */

static int set_text(char **text, const json_t *payload, const char *field)
{
	const char *value = json_string_value(json_object_get(payload, field));
	char *copy;

	if (!value)
		return 0;
	copy = mem_strdup(value);
	if (!copy)
		return -ENOMEM;
	mem_free(*text);
	*text = copy;
	return 0;
}

static int on_joined(struct presence *p, const struct event *ev, const json_t *payload, int64_t now_us)
{
	struct seat_line *s = seat_find(p, ev->seat);
	int r = 0;

	if (s) {
		s->reconnects++;
	} else {
		r = seat_add(p, ev->seat, &s);
		if (r < 0)
			return r;
		s->first_join_us = now_us;
	}
	r = come_in(s, now_us);
	if (r < 0 || set_text(&s->name, payload, "name") < 0 || set_text(&s->org, payload, "org") < 0)
		return -ENOMEM;
	return set_text(&s->kind, payload, "kind") < 0 || set_text(&s->role, payload, "role") < 0 ? -ENOMEM : 0;
}

static int on_alive(struct presence *p, const json_t *payload, int64_t now_us)
{
	const json_t *seats = json_object_get(payload, "seats");
	int r = 0;

	for (size_t i = 0; r == 0 && i < json_array_size(seats); i++) {
		const char *id = json_string_value(json_array_get(seats, i));
		struct seat_line *s = id ? seat_find(p, id) : NULL;

		if (s)
			r = prove(s, now_us);
	}
	return r;
}

static int on_left(struct seat_line *s, const json_t *payload, int64_t now_us)
{
	const char *reason = json_string_value(json_object_get(payload, "reason"));

	if (!s->in || (reason && strcmp(reason, "taken_over") == 0))
		return 0;
	if (reason && strcmp(reason, "lost") == 0)
		return go_out(s, now_us, LOST);
	return go_out(s, now_us, !reason || strcmp(reason, "left") == 0 ? BY_ITSELF : ENDED_BY_OTHERS);
}

static int on_ended(struct presence *p, int64_t now_us)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->n_seats; i++)
		if (p->seats[i]->in)
			r = go_out(p->seats[i], now_us, ENDED_BY_OTHERS);
	p->open = false;
	p->window.to_us = now_us;
	return r;
}

static void begin_anew(struct presence *p, int64_t now_us)
{
	for (size_t i = 0; i < p->n_seats; i++)
		seat_line_destroy(p->seats[i]);
	p->n_seats = 0;
	p->open = true;
	p->window = (struct span){ .from_us = now_us };
}

static int on_seat_event(struct presence *p, const struct event *ev, const json_t *payload, int64_t now_us)
{
	struct seat_line *s = seat_find(p, ev->seat);

	if (ev->kind == EVENT_SEAT_JOINED)
		return on_joined(p, ev, payload, now_us);
	if (!s)
		return 0;
	switch (ev->kind) {
	case EVENT_SEAT_AWAY:
		s->away = s->in;
		return 0;
	case EVENT_SEAT_RETURNED:
		s->reconnects++;
		return come_in(s, now_us);
	case EVENT_SEAT_LEFT:
		return on_left(s, payload, now_us);
	case EVENT_SEAT_REMOVED:
		return s->in ? go_out(s, now_us, ENDED_BY_OTHERS) : 0;
	case EVENT_SEAT_ROLE:
		return set_text(&s->role, payload, "role");
	default:
		return 0;
	}
}

int presence_add(struct presence *p, const struct event *ev, const char *boot_id)
{
	bool first = !p->any;
	int64_t now_us = place(p, ev, boot_id);
	json_t *payload;
	int r = 0;

	if (first || (ev->kind == EVENT_ROOM_OPENED && !p->open))
		begin_anew(p, now_us);
	if (!p->open)
		return 0;
	payload = json_loads(ev->payload, 0, NULL);
	if (ev->kind == EVENT_ROOM_ENDED)
		r = on_ended(p, now_us);
	else if (ev->kind == EVENT_SEATS_ALIVE)
		r = on_alive(p, payload, now_us);
	else
		r = on_seat_event(p, ev, payload, now_us);
	json_decref(payload);
	return r;
}

/* ---- result ---- */

static int order_seats(const void *a, const void *b)
{
	const struct seat_presence *x = a, *y = b;
	int r = (x->first_join_us > y->first_join_us) - (x->first_join_us < y->first_join_us);

	if (r == 0)
		r = strcmp(x->name, y->name);
	return r ? r : strcmp(x->seat, y->seat);
}

static struct seat_presence show(const struct seat_line *s)
{
	return (struct seat_presence){
		.seat = s->id,
		.name = s->name ? s->name : "",
		.org = s->org ? s->org : "",
		.kind = s->kind ? s->kind : "",
		.role = s->role ? s->role : "",
		.first_join_us = s->first_join_us,
		.last_proof_us = s->last_proof_us,
		.seconds = s->covered_us / 1000000,
		.reconnects = s->reconnects,
		.open = s->in,
		.spans = s->spans,
		.n_spans = s->n_spans,
	};
}

int presence_seats(struct presence *p, const struct seat_presence **ret, size_t *ret_n)
{
	struct seat_presence *out = mem_calloc(p->n_seats + 1, sizeof(*out));

	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < p->n_seats; i++)
		out[i] = show(p->seats[i]);
	qsort(out, p->n_seats, sizeof(*out), order_seats);
	mem_free(p->out);
	*ret = p->out = out;
	*ret_n = p->n_seats;
	return 0;
}

struct span presence_window(const struct presence *p)
{
	return p->window;
}

int64_t presence_now_us(const struct presence *p)
{
	return p->now_us;
}

int presence_create(struct presence **ret)
{
	struct presence *p = mem_zalloc(sizeof(*p));

	if (!p)
		return -ENOMEM;
	*ret = p;
	return 0;
}

struct presence *presence_destroy(struct presence *p)
{
	if (!p)
		return NULL;
	for (size_t i = 0; i < p->n_seats; i++)
		seat_line_destroy(p->seats[i]);
	mem_free(p->seats);
	mem_free(p->out);
	return mem_free(p);
}
