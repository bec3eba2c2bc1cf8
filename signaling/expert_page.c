/*
 * What the page of an expert asks who has a link and no account:
 *
 *   POST /api/v1/expert {class, code} ─► the class, its programme, from when to when the link lets in, and the token for /ws and /whip
 *
 * Nobody learns by it which classes there are: an unknown class, a wrong code and a link that was taken back have one answer.
 */
#include <sodium.h>
#include <string.h>

#include "media/base/clock.h"
#include "signaling/expert.h"
#include "signaling/limiter.h"
#include "signaling/routes.h"
#include "signaling/server.h"

/* Hosts by name, as they stand on the invitation. */
static json_t *hosts_json(const struct sitting *t)
{
	json_t *list = json_array();
	const json_t *host;
	size_t i;

	json_array_foreach(class_plan(t->class)->hosts, i, host) {
		const struct account *a = directory_account(t->server->directory, json_integer_value(host));

		if (a && a->person)
			json_array_append_new(list, json_string(a->name));
	}
	return list;
}

static json_t *state_json(const struct sitting *t, const struct class_expert *e, int64_t now_us)
{
	const struct class_plan *p = class_plan(t->class);
	const struct org *o = directory_org(t->server->directory, p->org);

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "name", e->name, "room", class_room(t->class), "title", p->title, "org_name", o ? o->name : "",
	                 "kind", p->kind, "state", class_state_name(class_state(t->class)), "not_held", class_not_held(t->class, now_us), "start_ms", (json_int_t)(p->start_us / 1000), "end_ms",
	                 (json_int_t)(p->end_us / 1000), "from_ms", (json_int_t)(class_expert_from_us(t->class, e) / 1000), "until_ms",
	                 (json_int_t)(class_expert_until_us(t->class, e) / 1000), "now_ms", (json_int_t)(now_us / 1000), "agenda", p->agenda ? json_deep_copy(p->agenda) : json_array(),
	                 "hosts", hosts_json(t));
}

static const struct class_expert *find(struct server *s, const json_t *body, struct sitting **ret)
{
	const char *code = json_string_value(json_object_get(body, "code"));
	struct sitting *t = sitting_find(s, json_integer_value(json_object_get(body, "class")));

	*ret = t;
	return t && code && strlen(code) < EXPERT_CODE_BYTES ? class_expert_of_code(t->class, code) : NULL;
}

/* A right code is taken however many wrong ones came from its network. */
static void refuse(struct request *q)
{
	char network[GUESS_WHO_BYTES];
	int64_t wait;

	guess_network(network, q->peer);
	wait = limiter_spend(q->server->companion_limit, network, clock_boot_us());
	if (wait > 0)
		http_problem(q, 429, "rate_limited", "Too many wrong attempts.", (unsigned)(wait / 1000) + 1);
	else
		http_problem(q, 409, class_fault_code(CLASS_FAULT_EXPERT_LINK), class_fault_text(CLASS_FAULT_EXPERT_LINK), 0);
}

/* Before its time the page waits, and an encoder may be set up: the token is there, and lets in from then on. */
static void reply(struct request *q, const json_t *body)
{
	int64_t now_us = clock_wall_us();
	struct sitting *t;
	const struct class_expert *e = find(q->server, body, &t);
	char token[TOKEN_MAX_BYTES];
	json_t *state;

	if (!e || class_expert_may(t->class, e, now_us) == CLASS_FAULT_EXPERT_LINK) {
		refuse(q);
		return;
	}
	state = state_json(t, e, now_us);
	if (state && expert_token(t, e, token) == 0)
		json_object_set_new(state, "token", json_string(token));
	sodium_memzero(token, sizeof(token));
	http_add_header(q, "cache-control:", "no-store");
	if (state)
		http_reply_json(q, 200, state);
	else
		http_problem(q, 503, "overloaded", "The server is short of memory.", 2000);
}

void expert_page_handle(struct request *q)
{
	json_t *body = json_loadb(q->body ? q->body : "", q->body_len, JSON_REJECT_DUPLICATES, NULL);

	if (!json_is_object(body) || json_object_size(body) != 2)
		http_problem(q, 400, "bad_message", "Send {\"class\": …, \"code\": …} and nothing else.", 0);
	else
		reply(q, body);
	json_decref(body);
}
