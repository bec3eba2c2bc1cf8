/* look.open, look.room, look.check, look.close: what runs below, from outside of it. */
#include "signaling/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "attendance/authority.h"
#include "media/base/clock.h"
#include "media/base/log.h"
#include "signaling/acts.h"
#include "signaling/audit_note.h"
#include "signaling/looker.h"
#include "signaling/tickets.h"

#define CHECK_SITES_MAX 200
#define CHECK_US 30000000LL             /* to answer it */

int look_open_handle(struct call *c)
{
	int r = looker_open(c->socket);

	if (r == -EACCES)
		return refuse(&c->why, WIRE_FORBIDDEN, "");
	if (r == -EUSERS)
		return refuse(&c->why, WIRE_OVERLOADED, "look");
	if (r == 0)
		looker_describe(c->socket->looker, c->reply);
	return r;
}

int look_close_handle(struct call *c)
{
	looker_close(c->socket->looker);
	return 0;
}

int look_room_handle(struct call *c)
{
	const char *room = call_string(c, "room");
	int64_t after = message_int(&c->message, "after", 0);
	int r;

	if (!c->socket->looker)
		return refuse(&c->why, WIRE_NOT_JOINED, "");
	r = after ? looker_page(c->socket->looker, room, after, c->reply) : looker_show(c->socket->looker, room, c->reply);
	return r == -ENOENT ? refuse(&c->why, WIRE_NOT_FOUND, "room") : r;
}

/* ---- a check by hand ---- */

/* Of a ticket: the reply that waits for the disk. */
struct awaited {
	uint64_t socket;
	int64_t id;
	uint32_t ask;
};

static void on_recorded(struct server *s, const void *data, int64_t sequence, int error)
{
	const struct awaited *a = data;
	struct socket *k = server_find_socket(s, a->socket);
	struct refusal why = { .code = WIRE_NOT_RECORDED };
	struct text *t;

	(void)sequence;
	if (!k)
		return;
	if (error) {
		server_add(s, COUNT_NOT_RECORDED, 1);
		socket_send_refusal(k, a->id, &why);
		return;
	}
	t = text_new_json(json_pack("{s:I, s:I}", "reply", (json_int_t)a->id, "ask", (json_int_t)a->ask));
	if (t)
		socket_send(k, 0, t);
	text_unref(t);
}

/* The audit log's row: who asked whom. */
struct check_act {
	int64_t account, grant, org, class;
	uint32_t ask;
	uint32_t sites;
};

static struct changes *make_note(struct server *s, const struct check_act *w)
{
	struct act act = act_by(s->directory, directory_account(s->directory, w->account), act_kind_name(ACT_CLASS_CHECK));
	char detail[96];

	snprintf(detail, sizeof(detail), "{\"class\":%" PRId64 ",\"ask\":%u,\"sites\":%u}", w->class, w->ask, w->sites);
	act.grant = w->grant;
	act.org = w->org;
	act.detail = detail;
	return changes_new_act(&act);
}

static void note(struct server *s, const void *data)
{
	audit_note_post(s, make_note(s, data));
}

/* All of them, each allowed by a grant there; the note names the first one's, and the highest of their places is told by the grant. */
static int read_sites(struct call *c, const struct sitting *t, int64_t ret[CHECK_SITES_MAX], size_t *ret_n, struct check_act *ret_act)
{
	struct principal who = principal_of(c->server->directory, c->socket->account);
	const json_t *site;
	size_t i;

	json_array_foreach(json_object_get(c->message.body, "sites"), i, site) {
		int64_t id = json_integer_value(site), grant;

		if (!class_site(t->class, id) || may(c->server->directory, &who, ACT_CLASS_CHECK, target_org(id), c->now.wall_us, &grant) < 0)
			return refuse(&c->why, WIRE_NOT_FOUND, "sites");
		if (i == 0)
			*ret_act = (struct check_act){ .account = who.account, .grant = grant, .org = id, .class = t->number };
		ret[i] = id;
	}
	*ret_n = ret_act->sites = (uint32_t)json_array_size(json_object_get(c->message.body, "sites"));
	return 0;
}

static bool is_under_way(const struct sitting *t)
{
	uint32_t last = asks_next_id(t->asks) - 1;

	for (uint32_t id = last; id > 0 && id + 8 > last; id--)
		if (asks_get(t->asks, id)->spec.kind == ASK_CHECK && asks_get(t->asks, id)->state == ASK_OPEN)
			return true;
	return false;
}

/* One at a time in a class, and one a minute of each account. */
static int check_pace(struct call *c, const struct sitting *t)
{
	char account[24];
	int64_t wait_us;

	if (is_under_way(t))
		return refuse_for_now(&c->why, "ask", CHECK_US);
	snprintf(account, sizeof(account), "%" PRId64, c->socket->account);
	wait_us = limiter_spend(c->server->look_check_limit, account, clock_boot_us());
	return wait_us ? refuse_for_now(&c->why, "", wait_us) : 0;
}

static int open_check(struct call *c, struct sitting *t, const int64_t *sites, size_t n, struct check_act *act)
{
	const struct account *a = directory_account(c->server->directory, c->socket->account);
	const struct person *p = a ? directory_person(c->server->directory, a->person) : NULL;
	const struct actor by = { p ? ACTOR_PERSON : ACTOR_SERVER, p ? p->pseudonym : "" };
	const struct ask_spec spec = { .kind = ASK_CHECK, .audience = ASK_PERSONS, .prompt = "", .sites = sites, .n_sites = n };
	struct awaited w = { .socket = c->socket->serial, .id = c->message.id };
	enum ask_verdict v = asks_open(t->asks, c->now, &by, &spec, CHECK_US, 0, &act->ask);
	int r = call_ask_verdict(c, v);

	if (r < 0)
		return r;
	check_plan_opened(&t->checks, class_taught_us(t->class, c->now.wall_us), 0);
	if (acts_enqueue(c->server, note, act, sizeof(*act)) < 0)
		log_event(LOG_WARNING, "look.check_not_noted");
	w.ask = act->ask;
	t->ticket = tickets_add(c->server->tickets, on_recorded, &w, sizeof(w));
	r = t->ticket ? store_wait(c->server->store, t->ticket) : -ENOMEM;
	if (r < 0)
		tickets_cancel(c->server->tickets, t->ticket);
	t->ticket = 0;
	c->deferred = r == 0;
	return r;
}

int look_check_handle(struct call *c)
{
	struct sitting *t = sitting_find(c->server, message_int(&c->message, "class", 0));
	int64_t sites[CHECK_SITES_MAX];
	struct check_act act = { 0 };
	size_t n = 0;
	int r;

	if (!c->socket->looker)
		return refuse(&c->why, WIRE_NOT_JOINED, "");
	if (!t)
		return refuse(&c->why, WIRE_NOT_FOUND, "sites");
	r = read_sites(c, t, sites, &n, &act);
	if (r == 0 && class_state(t->class) != CLASS_OPEN)
		r = call_class_fault(c, CLASS_FAULT_NOT_OPEN);
	r = r < 0 ? r : check_pace(c, t);
	return r < 0 ? r : open_check(c, t, sites, n, &act);
}
