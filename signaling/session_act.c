/* See session_act.h. */
#include "signaling/session_act.h"

#include <stdio.h>

#include "media/base/clock.h"
#include "signaling/acts.h"
#include "signaling/http.h"
#include "signaling/server.h"
#include "signaling/sign_in.h"

struct under_way {
	uint64_t request;
	int64_t account, life_us;
};

struct changes *session_act_new(const struct server *s, const char *name, const struct account *a)
{
	struct act act = act_by(s->directory, a, name);

	act.org = a ? a->org : 0;
	act.subject = act.person;
	return a ? changes_new_act(&act) : NULL;
}

void session_act_refuse(struct request *q, int status, const char *code, const char *detail, unsigned retry_ms)
{
	char page[64];

	snprintf(page, sizeof(page), "/?sign_in=%s", code);
	if (*q->then)
		http_go(q, page);
	else
		http_problem(q, status, code, detail, retry_ms);
}

static void on_written(struct server *s, const void *data, int64_t sequence, int error)
{
	const struct under_way *u = data;
	struct request *q = server_find_request(s, u->request);

	(void)sequence;
	if (!q)
		return;
	if (error) {
		session_act_refuse(q, 503, "not_recorded", "The server cannot write its records just now.", 5000);
		return;
	}
	server_add(s, COUNT_SIGN_INS, 1);
	sign_in_set_cookies(q, u->account, u->life_us / 1000000);
	if (*q->then)
		http_go(q, q->then);
	else
		sign_in_reply(q, 200, u->account);
}

void session_act_post(struct server *s, struct request *q, struct changes *c, int64_t account, const char *device, int64_t life_us)
{
	struct under_way u = { .request = q->serial, .account = account, .life_us = life_us };
	struct session session;

	if (c) {
		session_make(&session, q->session_token, account, device, life_us, clock_wall_us());
		changes_session(c, &session);
		if (acts_post(s, c, on_written, &u, sizeof(u)) == 0)
			return;
	}
	session_act_refuse(q, 503, "overloaded", "Try again in a moment.", 2000);
	acts_pass(s);
}
