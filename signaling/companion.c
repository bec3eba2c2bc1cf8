/* See companion.h. */
#include "signaling/companion.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "signaling/server.h"
#include "signaling/sitting_asks.h"
#include "signaling/sitting_person.h"
#include "signaling/wire.h"

#define TURN_S 0.02
#define ASKS_SHOWN 5

int companion_open(struct socket *k, struct sitting *t, const char *person)
{
	struct companion *c = mem_zalloc(sizeof(*c));

	if (!c)
		return -ENOMEM;
	k->companion = companion_close(k->companion);
	c->sitting = t;
	c->socket = k;
	snprintf(c->person, sizeof(c->person), "%s", person);
	DL_APPEND(t->companions, c);
	k->companion = c;
	return 0;
}

struct companion *companion_close(struct companion *c)
{
	if (!c)
		return NULL;
	DL_DELETE(c->sitting->companions, c);
	c->socket->companion = NULL;
	return mem_free(c);
}

void companions_end(struct sitting *t)
{
	ev_timer_stop(t->server->loop, &t->tell_timer);
	while (t->companions)
		companion_close(t->companions);
}

/* ---- what it shows ---- */

static bool concerns(const struct ask *ask)
{
	return ask->spec.audience == ASK_PERSONS;
}

/* An ask as the person sees it: with what it has answered. */
static json_t *ask_json(const struct companion *c, const struct ask *ask)
{
	json_t *j = sitting_ask_json(ask, false);
	uint32_t choice;

	if (j && ask->spec.kind != ASK_BALLOT && asks_choice(c->sitting->asks, ask->id, c->person, 0, &choice))
		json_object_set_new(j, "own", sitting_mask_json(choice));
	return j;
}

static json_t *asks_json(const struct companion *c)
{
	uint32_t next = asks_next_id(c->sitting->asks);
	json_t *list = json_array();

	for (uint32_t id = next > ASKS_SHOWN ? next - ASKS_SHOWN : 1; list && id < next; id++)
		if (concerns(asks_get(c->sitting->asks, id)))
			json_array_append_new(list, ask_json(c, asks_get(c->sitting->asks, id)));
	return list;
}

json_t *companion_json(const struct companion *c)
{
	const struct class *k = c->sitting->class;
	const struct class_person *p = class_person(k, c->person);
	const struct person *who = directory_pseudonym(c->sitting->server->directory, c->person);
	const struct org *site = p ? directory_org(c->sitting->server->directory, p->site) : NULL;
	json_t *j = json_pack("{s:s, s:s, s:o, s:b, s:o}", "name", who ? who->identity.name : "", "title", class_plan(k)->title, "class", sitting_class_json(c->sitting), "expected",
	                      p && class_expects(k, p), "asks", asks_json(c));

	if (j && !server_records(c->sitting->server))
		json_object_set_new(j, "records", json_string(wire_record_state(false)));
	if (j && site) {
		json_object_set_new(j, "site", json_integer(site->id));
		json_object_set_new(j, "site_name", json_string(site->name));
		json_object_set_new(j, "grade", json_string(proof_grade_name(p->grade)));
		json_object_set_new(j, "since_ms", json_integer(p->since_us / 1000));
	}
	return j;
}

/* ---- telling ---- */

static void tell(struct companion *c)
{
	struct text *t = wire_event("companion.state", json_pack("{s:o}", "state", companion_json(c)));

	c->behind = false;
	if (t)
		socket_send(c->socket, 0, t);
	text_unref(t);
}

static void on_turn(struct ev_loop *loop, struct ev_timer *w, int revents)
{
	struct sitting *t = w->data;
	struct companion *c;
	unsigned told = 0;

	(void)revents;
	DL_FOREACH(t->companions, c) {
		if (!c->behind)
			continue;
		if (told++ == COMPANIONS_A_TURN) {
			ev_timer_set(w, TURN_S, 0);
			ev_timer_start(loop, w);
			return;
		}
		tell(c);
	}
}

void companions_touch(struct sitting *t)
{
	struct companion *c;

	DL_FOREACH(t->companions, c)
		c->behind = true;
	if (!t->companions || ev_is_active(&t->tell_timer))
		return;
	ev_timer_init(&t->tell_timer, on_turn, TURN_S, 0);
	t->tell_timer.data = t;
	ev_timer_start(t->server->loop, &t->tell_timer);
}

void companions_touch_person(struct sitting *t, const char *person)
{
	struct companion *c;

	DL_FOREACH(t->companions, c)
		if (strcmp(c->person, person) == 0)
			tell(c);
}
