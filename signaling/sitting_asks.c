/* See sitting_asks.h. */
#include "signaling/sitting_asks.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "attendance/journal.h"
#include "attendance/policy_lookup.h"
#include "media/base/log.h"
#include "signaling/companion.h"
#include "signaling/meeting.h"
#include "signaling/server.h"
#include "signaling/sitting_ballot.h"
#include "signaling/tickets.h"

static void random_bytes(void *user, void *ret, size_t bytes)
{
	(void)user;
	randombytes_buf(ret, bytes);
}

/* ---- how they are written ---- */

static json_t *options_json(const struct ask *ask)
{
	json_t *list = json_array();

	for (unsigned i = 0; list && i < ask->spec.n_options; i++)
		json_array_append_new(list, json_string(ask->spec.options[i]));
	return list;
}

static json_t *tally_json(const struct ask *ask)
{
	json_t *list = json_array();

	for (unsigned i = 0; list && i < ask->spec.n_options; i++)
		json_array_append_new(list, json_integer(ask->tally.options[i]));
	return list;
}

json_t *sitting_mask_json(uint32_t mask)
{
	json_t *list = json_array();

	for (unsigned i = 0; list && i < ASK_OPTIONS_MAX; i++)
		if (mask & (1u << i))
			json_array_append_new(list, json_integer(i));
	return list;
}

/* What each option got is for who leads while it runs, and for all once it is over; of a ballot once it is counted. */
static bool shows_tally(const struct ask *ask, bool leads)
{
	if (ask->spec.kind == ASK_BALLOT)
		return ask->state == ASK_COUNTED;
	return ask->spec.n_options > 0 && (leads || ask->state != ASK_OPEN);
}

json_t *sitting_ask_json(const struct ask *ask, bool leads)
{
	static const char *const states[] = { [ASK_OPEN] = "open", [ASK_CLOSED] = "closed", [ASK_COUNTED] = "counted", [ASK_VOID] = "void" };
	json_t *j = json_pack("{s:i, s:s, s:s, s:s, s:o, s:i, s:s, s:I, s:I, s:i}", "ask", (int)ask->id, "kind", ask_kind_name(ask->spec.kind), "audience",
	                      ask_audience_name(ask->spec.audience), "prompt", ask->spec.prompt, "options", options_json(ask), "most", (int)MAX(ask->spec.most, 1u), "state",
	                      states[ask->state], "opened_ms", (json_int_t)(ask->opened_wall_us / 1000), "deadline_ms", (json_int_t)(ask->deadline_wall_us / 1000), "answered",
	                      (int)ask->tally.answered);

	if (j && shows_tally(ask, leads))
		json_object_set_new(j, "tally", tally_json(ask));
	if (j && ask->spec.kind == ASK_QUIZ && (leads || ask->state != ASK_OPEN))
		json_object_set_new(j, "right", sitting_mask_json(ask->spec.right));
	return j;
}

json_t *sitting_asks_json(const struct sitting *t, bool leads, size_t n)
{
	uint32_t next = asks_next_id(t->asks);
	json_t *list = json_array();

	for (uint32_t id = next > n ? next - (uint32_t)n : 1; list && id < next; id++)
		json_array_append_new(list, sitting_ask_json(asks_get(t->asks, id), leads));
	return list;
}

/* ---- what they tell ---- */

static void tell_clients(struct sitting *t, const struct ask *ask, bool leaders_only)
{
	struct meeting *m = server_find_meeting(t->server, class_room(t->class));
	struct client *c, *next;

	if (!m)
		return;
	HASH_ITER(hh_seat, m->clients, c, next) {
		bool leads = room_may(m->room, c->seat, ACTION_TEACH);

		if (c->kind == SEAT_BROWSER && (leads || !leaders_only))
			client_send_event(c, "ask.changed", json_pack("{s:o}", "ask", sitting_ask_json(ask, leads)));
	}
}

/* Sites before phones. */
static void on_state(void *user, const struct ask *ask)
{
	struct sitting *t = user;

	tell_clients(t, ask, false);
	companions_touch(t);
	if (ask->spec.kind == ASK_BALLOT && ask->state == ASK_CLOSED)
		sitting_ballot_count(t, ask);
}

static void on_tally(void *user, const struct ask *ask)
{
	struct sitting *t = user;

	t->tallied |= 1ull << (ask->id % 64);
	t->tally_changed = true;
}

static int on_event(void *user, const struct event *ev)
{
	struct sitting *t = user;
	uint64_t ticket = t->ticket;
	int r = server_records(t->server) ? journal_append(t->server->store, ev, ticket) : -EIO;

	if (r == 0)
		t->ticket = 0;
	else
		server_add(t->server, COUNT_NOT_RECORDED, 1);
	return r;
}

static bool where(void *user, const char *person, int64_t *ret_site)
{
	struct sitting *t = user;
	const struct class_person *p = class_person(t->class, person);
	struct meeting *m = server_find_meeting(t->server, class_room(t->class));
	struct client *c, *next;

	*ret_site = p ? p->site : 0;
	if (*ret_site || !m)
		return *ret_site != 0;
	HASH_ITER(hh_seat, m->clients, c, next) {
		const struct seat *seat = room_seat(m->room, c->seat);

		if (seat && strcmp(seat->person, person) == 0)
			return true;
	}
	return false;
}

static const struct ask_events events = { .on_event = on_event, .on_state = on_state, .on_tally = on_tally, .where = where };

/* ---- life ---- */

int sitting_asks_init(struct sitting *t)
{
	struct asks_cfg cfg = { .room = class_room(t->class), .events = &events, .user = t };

	check_plan_init(&t->checks, random_bytes, NULL);
	return asks_create(&t->asks, &cfg);
}

int sitting_asks_replay(struct sitting *t, const struct event *ev)
{
	uint32_t id = asks_next_id(t->asks);
	int r = asks_apply(t->asks, ev);
	const struct ask *ask = r == 0 ? asks_get(t->asks, id) : NULL;

	if (ask && ask->spec.kind == ASK_CHECK)
		check_plan_opened(&t->checks, class_taught_us(t->class, ev->wall_us), ask->spec.hour);
	return r;
}

static bool is_taught(const struct sitting *t)
{
	return class_state(t->class) == CLASS_OPEN;
}

void sitting_asks_settle(struct sitting *t, struct instant now)
{
	asks_settle(t->asks, now);
	if (is_taught(t))
		check_plan_draw(&t->checks, class_taught_us(t->class, now.wall_us));
}

static void close_all(struct sitting *t, struct instant now)
{
	const struct actor server = { ACTOR_SERVER, "" };

	for (uint32_t id = 1; id < asks_next_id(t->asks); id++)
		if (asks_get(t->asks, id)->state == ASK_OPEN)
			asks_close(t->asks, now, &server, id);
}

void sitting_asks_follow(struct sitting *t, struct instant now, enum event_kind kind)
{
	if (kind == EVENT_CLASS_OPENED || kind == EVENT_CLASS_RESUMED)
		check_plan_draw(&t->checks, class_taught_us(t->class, now.wall_us));
	if (kind == EVENT_CLASS_CLOSED)
		close_all(t, now);
}

/* Whether checks are sent without anybody's doing is the policy's of who holds the class. */
static bool checks_by_itself(const struct sitting *t, struct instant now)
{
	return policy_at(t->server->directory, class_plan(t->class)->org, POLICY_RANDOM_CHECKS, now.wall_us).value != 0;
}

static void send_check(struct sitting *t, struct instant now, unsigned hour)
{
	const struct ask_spec spec = { .kind = ASK_CHECK, .audience = ASK_PERSONS, .prompt = "", .hour = hour };
	const struct actor server = { ACTOR_SERVER, "" };
	uint32_t id;
	enum ask_verdict v = asks_open(t->asks, now, &server, &spec, CHECK_PLAN_ANSWER_US, 0, &id);

	if (v == ASK_TAKEN)
		check_plan_opened(&t->checks, class_taught_us(t->class, now.wall_us), hour);
	else
		log_event(LOG_WARNING, "class.check_not_sent room=%s why=%s", class_room(t->class), ask_verdict_name(v));
}

static void tell_tallies(struct sitting *t)
{
	for (uint32_t id = 1; t->tally_changed && id < asks_next_id(t->asks); id++)
		if (t->tallied & (1ull << (id % 64)) && asks_get(t->asks, id)->state == ASK_OPEN)
			tell_clients(t, asks_get(t->asks, id), true);
	t->tally_changed = false;
	t->tallied = 0;
}

void sitting_asks_on_second(struct sitting *t, struct instant now)
{
	unsigned hour;

	asks_tick(t->asks, now);
	if (is_taught(t) && checks_by_itself(t, now) && check_plan_due(&t->checks, class_taught_us(t->class, now.wall_us), &hour))
		send_check(t, now, hour);
	tell_tallies(t);
}
