/* ask.open, ask.close, ask.list, ask.answer: by who leads, and by sites' seats and own seats. */
#include "signaling/commands.h"

#include "signaling/sitting_asks.h"
#include "signaling/sitting_ballot.h"

#define ASKS_LISTED 50

/* The next event of the asks is what the reply waits for. */
static int finish(struct call *c, struct sitting *t, enum ask_verdict v)
{
	c->meeting->ticket = t->ticket;
	t->ticket = 0;
	return call_ask_verdict(c, v);
}

static void begin(struct call *c, struct sitting *t)
{
	t->ticket = c->meeting->ticket;
}

static bool read_spec(const struct call *c, struct ask_spec *ret)
{
	const json_t *options = json_object_get(c->message.body, "options"), *right = json_object_get(c->message.body, "right"), *j;
	size_t i;

	*ret = (struct ask_spec){
		.kind = (enum ask_kind)message_enum(&c->message, "kind", &wire_enum_ask_kind), .audience = (enum ask_audience)message_enum(&c->message, "audience", &wire_enum_ask_audience),
		.prompt = call_string(c, "prompt"), .most = (unsigned)message_int(&c->message, "most", 0),
	};
	json_array_foreach(options, i, j)
		ret->options[ret->n_options++] = json_string_value(j);
	json_array_foreach(right, i, j)
		if (json_integer_value(j) < ASK_OPTIONS_MAX)
			ret->right |= 1u << json_integer_value(j);
	return ask_spec_is_good(ret);
}

int ask_open_handle(struct call *c)
{
	struct actor by = { ACTOR_SEAT, c->client->seat };
	struct ask_spec spec;
	enum ask_verdict v;
	struct sitting *t;
	uint32_t id = 0;
	int r = call_class(c, &t);

	if (r < 0)
		return r;
	if (class_state(t->class) != CLASS_OPEN)
		return call_class_fault(c, CLASS_FAULT_NOT_OPEN);
	if (!read_spec(c, &spec))
		return refuse(&c->why, WIRE_BAD_MESSAGE, "options");
	begin(c, t);
	v = asks_open(t->asks, c->now, &by, &spec, message_int(&c->message, "span_s", 30) * 1000000, sitting_ballot_voters(t), &id);
	if (v == ASK_TAKEN && spec.kind == ASK_BALLOT)
		sitting_ballot_open(t, asks_get(t->asks, id));
	if (v == ASK_TAKEN && spec.kind == ASK_CHECK)
		check_plan_opened(&t->checks, class_taught_us(t->class, c->now.wall_us), 0);
	json_object_set_new(c->reply, "ask", json_integer(id));
	return finish(c, t, v);
}

int ask_close_handle(struct call *c)
{
	struct actor by = { ACTOR_SEAT, c->client->seat };
	struct sitting *t;
	int r = call_class(c, &t);

	if (r < 0)
		return r;
	begin(c, t);
	return finish(c, t, asks_close(t->asks, c->now, &by, (uint32_t)message_int(&c->message, "ask", 0)));
}

int ask_list_handle(struct call *c)
{
	struct sitting *t;
	int r = call_class(c, &t);

	if (r < 0)
		return r;
	json_object_set_new(c->reply, "asks", sitting_asks_json(t, room_may(c->meeting->room, c->client->seat, ACTION_TEACH), ASKS_LISTED));
	return 0;
}

/* A delegate learns nothing of somebody who is neither at home nor signed in at the site: not where that one is, nor whether there is such a person. */
static enum ask_verdict as_told(const struct sitting *t, const struct seat *seat, const char *person, enum ask_verdict v)
{
	const struct class_person *p = *person ? class_person(t->class, person) : NULL;

	if (!*person || (p && seat->site && (p->home == seat->site || p->site == seat->site)))
		return v;
	return v == ASK_NOT_SIGNED_IN || v == ASK_NOT_OWN ? ASK_FOREIGN : v;
}

/* Who answers, through this seat: a person whom the site's delegate names, the person of an own seat, or the site itself. */
static int read_answer(struct call *c, const struct sitting *t, const struct seat *seat, struct ask_answer *ret)
{
	int64_t id = message_int(&c->message, "person", 0);
	const struct person *p = id ? directory_person(c->server->directory, id) : NULL;
	const struct ask *ask;

	*ret = (struct ask_answer){ .ask = (uint32_t)message_int(&c->message, "ask", 0), .person = "", .grade = PROOF_DELEGATE, .by = { ACTOR_SEAT, seat->id }, .site = seat->site };
	ask = asks_get(t->asks, ret->ask);
	if (!call_choice(c, &ret->choice))
		return refuse(&c->why, WIRE_BAD_MESSAGE, "choice");
	if (id && !seat->site)
		return call_ask_verdict(c, ASK_BAD);    /* only a site's delegate names persons */
	if (id && !p)
		return call_ask_verdict(c, ask ? ASK_FOREIGN : ASK_UNKNOWN);
	if (p) {
		ret->person = p->pseudonym;
	} else if (*seat->person && ask && ask->spec.audience == ASK_PERSONS) {
		ret->person = seat->person;
		ret->grade = PROOF_OWN;
		ret->by = (struct actor){ ACTOR_PERSON, seat->person };
		ret->site = 0;
	}
	return 0;
}

int ask_answer_handle(struct call *c)
{
	const struct seat *seat = room_seat(c->meeting->room, c->client->seat);
	struct ask_answer answer;
	struct sitting *t;
	enum ask_verdict v;
	int r = call_class(c, &t);

	r = r < 0 ? r : read_answer(c, t, seat, &answer);
	if (r < 0)
		return r;
	begin(c, t);
	v = asks_answer(t->asks, c->now, &answer);
	return finish(c, t, answer.by.by == ACTOR_SEAT ? as_told(t, seat, answer.person, v) : v);
}
