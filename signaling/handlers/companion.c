/* companion.open, companion.answer, companion.leave: the page on a member's phone. Replies wait for the disk. */
#include "signaling/commands.h"

#include <errno.h>
#include <string.h>

#include "signaling/companion.h"
#include "signaling/companion_device.h"
#include "signaling/sitting_asks.h"
#include "signaling/sitting_ballot.h"
#include "signaling/tickets.h"

/* ---- replies that wait ---- */

struct awaited {                /* of a ticket */
	uint64_t socket;
	int64_t id;
};

static void on_recorded(struct server *s, const void *data, int64_t sequence, int error)
{
	const struct awaited *a = data;
	struct socket *k = server_find_socket(s, a->socket);
	struct refusal why = { .code = WIRE_NOT_RECORDED };
	struct text *t;

	(void)sequence;
	if (!k || !k->companion)
		return;
	if (error) {
		server_add(s, COUNT_NOT_RECORDED, 1);
		socket_send_refusal(k, a->id, &why);
		return;
	}
	t = text_new_json(json_pack("{s:I, s:o}", "reply", (json_int_t)a->id, "state", companion_json(k->companion)));
	if (t)
		socket_send(k, 0, t);
	text_unref(t);
}

static uint64_t await(struct call *c)
{
	struct awaited a = { c->socket->serial, c->message.id };

	return tickets_add(c->server->tickets, on_recorded, &a, sizeof(a));
}

/* The reply comes once all that was posted is on disk. */
static int reply_later(struct call *c)
{
	uint64_t ticket = await(c);
	int r = ticket ? store_wait(c->server->store, ticket) : -ENOMEM;

	if (r < 0)
		tickets_cancel(c->server->tickets, ticket);
	c->deferred = r == 0;
	return r;
}

/* ---- opening ---- */

/* Nothing but a name stands behind the page: it has no more weight than that, whatever the person has shown otherwise. */
static bool is_by_name(const struct call *c)
{
	return c->socket->has_visit && *c->socket->visit.person;
}

/* Who it is: by the claim, else by who signed in. */
static const struct person *who_opens(const struct call *c)
{
	const struct account *a = directory_account(c->server->directory, c->socket->account);

	if (is_by_name(c))
		return directory_pseudonym(c->server->directory, c->socket->visit.person);
	return a && a->person ? directory_person(c->server->directory, a->person) : NULL;
}

static const struct session *device_of(const struct call *c)
{
	const struct session *s = NULL;

	while (c->socket->account && (s = session_next(c->server->directory, c->socket->account, s)))
		if (memcmp(s->hash, c->socket->session, sizeof(s->hash)) == 0)
			return *s->device ? s : NULL;
	return NULL;
}

/* Whether the site's own PC is in the room from the address that the phone has. */
static bool at_the_site(const struct call *c, const struct sitting *t, int64_t site)
{
	struct meeting *m = server_find_meeting(c->server, class_room(t->class));
	struct client *client, *next;

	if (!m)
		return false;
	HASH_ITER(hh_seat, m->clients, client, next) {
		const struct seat *seat = room_seat(m->room, client->seat);

		if (seat && seat->site == site && client->dialog.socket && strcmp(client->dialog.socket->peer, c->socket->peer) == 0)
			return true;
	}
	return false;
}

static enum proof_grade grade_of(const struct call *c, const struct sitting *t, int64_t site)
{
	if (is_by_name(c))
		return PROOF_TYPED;
	return device_of(c) && at_the_site(c, t, site) ? PROOF_OWN : PROOF_QR;
}

static int sign_in(struct call *c, struct sitting *t, const char *person, int64_t site)
{
	enum proof_grade grade = grade_of(c, t, site);
	const struct class_person *p = class_person(t->class, person);
	bool shared = companion_device_shared(t, call_string(c, "device"), person);

	if (p && p->site == site && p->grade <= grade)
		return 0;
	if (p && p->site && p->grade < grade && is_by_name(c))
		return call_class_fault(c, CLASS_FAULT_ALREADY);        /* a name moves nobody who has shown more */
	return sitting_write(t, c->now, EVENT_PERSON_SIGNED_IN, "", person,
	                     json_pack("{s:s, s:I, s:s, s:s, s:b}", "person", person, "site", (json_int_t)site, "grade", proof_grade_name(grade), "by", "person", "shared", shared), 0);
}

static enum class_fault check_open(const struct sitting *t)
{
	enum class_state state = class_state(t->class);

	if (state == CLASS_CANCELLED)
		return CLASS_FAULT_CANCELLED;
	return state == CLASS_CLOSED || state == CLASS_SEALED ? CLASS_FAULT_CLOSED : CLASS_FINE;
}

/* A claim that was read apart, of a phone that is signed in otherwise; else the one of hello. */
static int read_visit(struct call *c, int64_t class, struct companion_claim *ret)
{
	const char *text = call_string(c, "visit");

	*ret = c->socket->visit;
	if (text && companion_claim_read(ret, text, c->server->token_key, c->now.wall_us) < 0)
		return call_class_fault(c, CLASS_FAULT_CODE);
	if ((text || c->socket->has_visit) && ret->class != class)
		return call_class_fault(c, CLASS_FAULT_CODE);
	if (!text && !c->socket->has_visit)
		*ret = (struct companion_claim){ 0 };
	return 0;
}

int companion_open_handle(struct call *c)
{
	int64_t class = message_int(&c->message, "class", 0);
	struct sitting *t = sitting_find(c->server, class);
	const struct person *p = who_opens(c);
	struct companion_claim visit;
	int r = read_visit(c, class, &visit);

	if (r < 0)
		return r;
	if (!t || !p || p->erased || (!class_person(t->class, p->pseudonym) && !class_site(t->class, p->main_org) && !visit.class))
		return refuse(&c->why, WIRE_NOT_FOUND, "class");
	/* Once it is over, the page of who was in the class comes back to show that. */
	if (companion_claim_visits(&visit, c->now.wall_us) && class_site(t->class, visit.site) && (check_open(t) == CLASS_FINE || !class_person(t->class, p->pseudonym))) {
		r = call_class_fault(c, check_open(t));
		r = r < 0 ? r : sign_in(c, t, p->pseudonym, visit.site);
	}
	if (r < 0)
		return r == -EIO ? refuse(&c->why, WIRE_NOT_RECORDED, "") : r;
	r = companion_open(c->socket, t, p->pseudonym);
	return r < 0 ? r : reply_later(c);
}

/* ---- answering ---- */

/* Indexes as a mask; false: one that cannot be. */
bool call_choice(const struct call *c, uint32_t *ret)
{
	const json_t *index;
	size_t i;

	*ret = 0;
	json_array_foreach(json_object_get(c->message.body, "choice"), i, index) {
		if (json_integer_value(index) >= ASK_OPTIONS_MAX)
			return false;
		*ret |= 1u << json_integer_value(index);
	}
	return true;
}

int call_ask_verdict(struct call *c, enum ask_verdict v)
{
	switch (v) {
	case ASK_TAKEN:
	case ASK_SAME:
		return 0;
	case ASK_UNKNOWN:
		return refuse(&c->why, WIRE_NOT_FOUND, "ask");
	case ASK_BAD:
		return refuse(&c->why, WIRE_BAD_MESSAGE, "");
	case ASK_FEW_VOTERS:
		return refuse(&c->why, WIRE_NOT_NOW, ask_verdict_name(v));
	case ASK_FULL:
	case ASK_NO_MEMORY:
		return refuse(&c->why, WIRE_OVERLOADED, "");
	case ASK_NOT_RECORDED:
		return refuse(&c->why, WIRE_NOT_RECORDED, "");
	default:
		return refuse(&c->why, WIRE_ANSWER_REFUSED, ask_verdict_name(v));
	}
}

static int vote(struct call *c, struct companion *k, const struct ask_answer *answer)
{
	uint64_t ticket = await(c);
	int r = ticket ? sitting_ballot_cast(k->sitting, answer->ask, k->person, answer->choice, ticket) : -ENOMEM;

	c->deferred = r == 0;
	if (r < 0)
		tickets_cancel(c->server->tickets, ticket);
	return r == -EAGAIN ? refuse(&c->why, WIRE_NOT_NOW, "ballot") : r;
}

int companion_answer_handle(struct call *c)
{
	struct companion *k = c->socket->companion;
	const struct class_person *p = class_person(k->sitting->class, k->person);
	enum proof_grade grade = p && !is_by_name(c) ? p->grade : PROOF_TYPED;
	struct ask_answer answer = {
		.ask = (uint32_t)message_int(&c->message, "ask", 0), .person = k->person, .grade = grade, .by = { ACTOR_PERSON, k->person },
		.shared = grade == PROOF_TYPED || p->shared,
	};
	enum ask_verdict v;
	int r;

	if (!call_choice(c, &answer.choice))
		return refuse(&c->why, WIRE_BAD_MESSAGE, "choice");
	v = asks_answer(k->sitting->asks, c->now, &answer);
	if (v == ASK_SEAL)
		return vote(c, k, &answer);
	r = call_ask_verdict(c, v);
	return r < 0 ? r : reply_later(c);
}

int companion_leave_handle(struct call *c)
{
	struct companion *k = c->socket->companion;
	const struct class_person *p = class_person(k->sitting->class, k->person);
	int r = 0;

	if (p && p->site && is_by_name(c) && p->grade != PROOF_TYPED)
		return call_class_fault(c, CLASS_FAULT_NOT_SIGNED_IN);
	if (p && p->site && class_closed_us(k->sitting->class) == 0)
		r = sitting_write(k->sitting, c->now, EVENT_PERSON_SIGNED_OUT, "", k->person,
		                  json_pack("{s:s, s:I, s:s}", "person", k->person, "site", (json_int_t)p->site, "by", "person"), 0);
	if (r < 0)
		return r == -EIO ? refuse(&c->why, WIRE_NOT_RECORDED, "") : r;
	return reply_later(c);
}
