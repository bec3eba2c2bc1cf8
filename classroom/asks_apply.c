/* The journal read again: each event's effect, by a table. */
#include "classroom/asks_state.h"

#include <errno.h>
#include <string.h>

#include "media/base/utf8.h"

struct application {
	struct asks *a;
	const struct event *ev;
	json_t *payload;
};

static int apply_opened(const struct application *p)
{
	CLEANUP(mem_freep) int64_t *sites = mem_calloc(ASK_SITES_MAX, sizeof(*sites));
	struct asked_payload asked;
	struct question *q;

	if (!sites)
		return -ENOMEM;
	if (ask_payload_parse_opened(&asked, sites, p->payload) < 0 || asked.id != p->a->n + 1)
		return -EBADMSG;
	if (question_create(&q, &asked, p->ev->wall_us, p->ev->boot_us) < 0)
		return -ENOMEM;
	effect_asked(p->a, q);
	return 0;
}

static int apply_answered(const struct application *p)
{
	struct answered_payload answered;
	char key[ANSWER_KEY_BYTES];
	struct answer *place;
	struct question *q;

	if (ask_payload_parse_answered(&answered, p->payload) < 0)
		return -EBADMSG;
	q = asks_find(p->a, answered.id);
	if (!q || q->ask.spec.kind == ASK_BALLOT || !ask_takes(&q->ask.spec, answered.choice) ||
	    !answered.person[0] != (q->ask.spec.audience == ASK_SEATS) || p->a->n_answers >= ASKS_ANSWERS_MAX)
		return -EBADMSG;
	answer_key(key, answered.person, answered.site);
	if (answer_find(q, key))
		return 0;
	if (answer_reserve(q, &place, key, answered.site) < 0)
		return -ENOMEM;
	effect_answer(p->a, q, place, answered.choice);
	return 0;
}

static int apply_refused(const struct application *p)
{
	struct question *q;
	uint32_t id;

	if (ask_payload_parse_id(&id, p->payload) < 0 || !utf8_fits(p->ev->actor, SEAT_ID_BYTES))
		return -EBADMSG;
	q = asks_find(p->a, id);
	if (!q)
		return -EBADMSG;
	q->ask.refused++;
	effect_refused(q, p->ev->actor);
	return 0;
}

static int apply_closed(const struct application *p)
{
	struct closed_payload closed;
	struct question *q;

	if (ask_payload_parse_closed(&closed, p->payload) < 0)
		return -EBADMSG;
	q = asks_find(p->a, closed.id);
	if (!q)
		return -EBADMSG;
	effect_closed(p->a, q, &closed);
	return 0;
}

static int apply_counted(const struct application *p)
{
	struct counted_payload counted;
	struct question *q;

	if (ask_payload_parse_counted(&counted, p->payload) < 0)
		return -EBADMSG;
	q = asks_find(p->a, counted.id);
	if (!q || q->ask.spec.kind != ASK_BALLOT || q->ask.spec.n_options != counted.n)
		return -EBADMSG;
	effect_counted(p->a, q, &counted);
	return 0;
}

static int apply_void(const struct application *p)
{
	struct question *q;
	enum ask_void why;
	uint32_t id;

	if (ask_payload_parse_void(&id, &why, p->payload) < 0)
		return -EBADMSG;
	q = asks_find(p->a, id);
	if (!q || q->ask.spec.kind != ASK_BALLOT)
		return -EBADMSG;
	effect_void(p->a, q, why);
	return 0;
}

static const struct {
	enum event_kind kind;
	int (*apply)(const struct application *p);
} applications[] = {
	{ EVENT_ASK_OPENED, apply_opened },
	{ EVENT_ASK_ANSWERED, apply_answered },
	{ EVENT_ASK_REFUSED, apply_refused },
	{ EVENT_ASK_CLOSED, apply_closed },
	{ EVENT_BALLOT_COUNTED, apply_counted },
	{ EVENT_BALLOT_VOID, apply_void },
};

static int (*find_application(enum event_kind kind))(const struct application *p)
{
	for (size_t i = 0; i < ARRAY_LEN(applications); i++)
		if (applications[i].kind == kind)
			return applications[i].apply;
	return NULL;
}

static int apply(struct asks *a, const struct event *ev)
{
	int (*const fn)(const struct application *p) = find_application(ev->kind);
	json_error_t why;
	json_t *payload;
	int r;

	if (!fn || strcmp(ev->room, a->room) != 0)
		return 0;
	payload = json_loads(ev->payload, JSON_REJECT_DUPLICATES, &why);
	if (json_is_object(payload))
		r = fn(&(struct application){ a, ev, payload });
	else
		/* jansson leaves no text where memory ran out. */
		r = !payload && !why.text[0] ? -ENOMEM : -EBADMSG;
	json_decref(payload);
	return r;
}

int asks_apply(struct asks *a, const struct event *ev)
{
	int r;

	a->replaying = true;
	r = apply(a, ev);
	a->replaying = false;
	return r;
}

int asks_counted(struct asks *a, const struct event *ev)
{
	if (ev->kind != EVENT_BALLOT_COUNTED && ev->kind != EVENT_BALLOT_VOID)
		return -EBADMSG;
	return apply(a, ev);
}

void asks_settle(struct asks *a, struct instant now)
{
	for (uint32_t i = 0; i < a->n; i++) {
		struct ask *ask = &a->list[i]->ask;

		ask->deadline_us = now.boot_us + CLAMP(ask->deadline_wall_us - now.wall_us, 0, ASK_SPAN_MAX_US);
	}
}
