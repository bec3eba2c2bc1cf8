/*
 * POST /api/v1/session/link {code}: a link becomes a sign-in, once. The code is 80 random bits; wrong ones count against the address
 * as wrong passwords do.
 */
#include <stdio.h>
#include <string.h>

#include "attendance/changes.h"
#include "media/base/clock.h"
#include "signaling/acts.h"
#include "signaling/routes.h"
#include "signaling/server.h"
#include "signaling/sign_in.h"

struct use {
	uint64_t request;
	int64_t account, life_us;
	char code[64];
};

static void refuse(struct request *q)
{
	sign_in_count_wrong(q);
	http_problem(q, 404, "link_unknown", "The link is unknown, has been used, or is too old.", 0);
}

static void on_used(struct server *s, const void *data, int64_t sequence, int error)
{
	const struct use *u = data;
	struct request *q = server_find_request(s, u->request);

	(void)sequence;
	if (!q)
		return;
	if (error) {
		http_problem(q, 503, "not_recorded", "The server cannot write its records just now.", 5000);
		return;
	}
	server_add(s, COUNT_SIGN_INS, 1);
	sign_in_set_cookie(q, q->session_token, u->life_us / 1000000);
	sign_in_reply(q, 200, u->account);
}

static struct changes *make_changes(struct server *s, struct request *q, const struct link *l)
{
	const struct account *account = directory_account(s->directory, l->account);
	const struct person *p = account ? directory_person(s->directory, account->person) : NULL;
	struct act act = { .name = "link.use", .account = l->account, .person = p ? p->id : 0, .subject = p ? p->id : 0, .detail = "{}" };
	struct changes *c = account ? changes_new() : NULL;
	struct session session;

	if (!c)
		return NULL;
	act.org = account->org;
	snprintf(act.actor, sizeof(act.actor), "%s", p ? p->pseudonym : "");
	changes_set_act(c, &act);
	session_make(&session, q->session_token, l->account, l->device, l->session_life_us, clock_wall_us());
	changes_link_ends(c, l);
	changes_session(c, &session);
	return c;
}

/* Two of one code: the second finds it used. */
static void begin(struct server *s, const void *data)
{
	struct use u = *(const struct use *)data;
	struct request *q = server_find_request(s, u.request);
	const struct link *l = link_find(s->directory, u.code, clock_wall_us());
	struct changes *c = q && l ? make_changes(s, q, l) : NULL;

	if (c) {
		u.account = l->account;
		u.life_us = l->session_life_us;
		if (acts_post(s, c, on_used, &u, sizeof(u)) == 0)
			return;
	}
	if (q && !l)
		refuse(q);
	else if (q)
		http_problem(q, 503, "overloaded", "Try again in a moment.", 2000);
	acts_pass(s);
}

void link_use_handle(struct request *q)
{
	json_t *body = json_loadb(q->body ? q->body : "", q->body_len, JSON_REJECT_DUPLICATES, NULL);
	const char *code = json_string_value(json_object_get(body, "code"));
	struct use u = { .request = q->serial };
	int64_t wait;

	sign_in_name_attempt(q, "link");
	wait = sign_in_wait_us(q);
	if (!code || json_object_size(body) != 1 || snprintf(u.code, sizeof(u.code), "%s", code) >= (int)sizeof(u.code))
		http_problem(q, 400, "bad_message", "Send {\"code\": …} and nothing else.", 0);
	else if (wait > 0)
		http_problem(q, 429, "rate_limited", "Too many wrong attempts.", (unsigned)(wait / 1000) + 1);
	else if (!link_find(q->server->directory, u.code, clock_wall_us()))
		refuse(q);
	else if (acts_enqueue(q->server, begin, &u, sizeof(u)) < 0)
		http_problem(q, 503, "overloaded", "Try again in a moment.", 2000);
	json_decref(body);
}
