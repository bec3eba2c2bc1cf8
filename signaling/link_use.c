/*
 * POST /api/v1/session/link {code}: a link becomes a sign-in, once. The code is 80 random bits, which nobody guesses: a right one is taken however
 * many wrong ones came from that network before, and those count for themselves.
 */
#include <stdio.h>
#include <string.h>

#include "media/base/clock.h"
#include "signaling/acts.h"
#include "signaling/routes.h"
#include "signaling/server.h"
#include "signaling/session_act.h"
#include "signaling/sign_in.h"

struct use {
	uint64_t request;
	char code[64];
};

static void refuse(struct request *q)
{
	if (guess_spend(q))
		http_problem(q, 404, "link_unknown", "The link is unknown, has been used, or is too old.", 0);
}

/* Two of one code: the second finds it used. */
static void begin(struct server *s, const void *data)
{
	const struct use *u = data;
	struct request *q = server_find_request(s, u->request);
	const struct link *l = link_find(s->directory, u->code, clock_wall_us());
	struct changes *c;

	if (!q || !l) {
		if (q)
			refuse(q);
		acts_pass(s);
		return;
	}
	c = session_act_new(s, "link.use", directory_account(s->directory, l->account));
	if (c)
		changes_link_ends(c, l);
	session_act_post(s, q, c, l->account, l->device, l->session_life_us);
}

void link_use_handle(struct request *q)
{
	json_t *body = json_loadb(q->body ? q->body : "", q->body_len, JSON_REJECT_DUPLICATES, NULL);
	const char *code = json_string_value(json_object_get(body, "code"));
	struct use u = { .request = q->serial };

	guess_begin(q, "link", 0);
	if (!code || json_object_size(body) != 1 || snprintf(u.code, sizeof(u.code), "%s", code) >= (int)sizeof(u.code))
		http_problem(q, 400, "bad_message", "Send {\"code\": …} and nothing else.", 0);
	else if (!link_find(q->server->directory, u.code, clock_wall_us()))
		refuse(q);
	else if (acts_enqueue(q->server, begin, &u, sizeof(u)) < 0)
		http_problem(q, 503, "overloaded", "Try again in a moment.", 2000);
	json_decref(body);
}
