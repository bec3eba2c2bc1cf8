/* See password_change.h. An account without a password (it came by a link) gives none as the old one. */
#include "signaling/password_change.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "attendance/changes.h"
#include "media/base/clock.h"
#include "signaling/acts.h"
#include "signaling/routes.h"
#include "signaling/server.h"
#include "signaling/sign_in.h"

struct change_under_way {
	uint64_t request;
	int64_t account;
	char hash[PASSWORD_HASH_BYTES];
};

static_assert(sizeof(struct change_under_way) <= ACT_DATA_BYTES, "an act's data");

static void on_changed(struct server *s, const void *data, int64_t sequence, int error)
{
	const struct change_under_way *u = data;
	struct request *q = server_find_request(s, u->request);

	(void)sequence;
	if (!q)
		return;
	if (error) {
		http_problem(q, 503, "not_recorded", "The server cannot write its records just now.", 5000);
		return;
	}
	sign_in_set_cookie(q, q->session_token, SESSION_LIFE_US / 1000000);
	sign_in_reply(q, 200, u->account);
}

static struct changes *make_changes(struct server *s, struct request *q, const struct change_under_way *u)
{
	const struct account *account = directory_account(s->directory, u->account);
	const struct person *p = account ? directory_person(s->directory, account->person) : NULL;
	struct act act = { .name = "password.change", .account = u->account, .person = p ? p->id : 0, .subject = p ? p->id : 0, .detail = "{}" };
	struct changes *c = account ? changes_new() : NULL;
	struct session session;

	if (!c)
		return NULL;
	snprintf(act.actor, sizeof(act.actor), "%s", p ? p->pseudonym : "");
	changes_set_act(c, &act);
	changes_password(c, u->account, u->hash, false);
	session_make(&session, q->session_token, u->account, "", SESSION_LIFE_US, clock_wall_us());
	changes_session(c, &session);
	return c;
}

static void begin(struct server *s, const void *data)
{
	const struct change_under_way *u = data;
	struct request *q = server_find_request(s, u->request);
	struct changes *c = q ? make_changes(s, q, u) : NULL;

	if (c && acts_post(s, c, on_changed, u, sizeof(*u)) == 0)
		return;
	if (q)
		http_problem(q, 503, "overloaded", "Try again in a moment.", 2000);
	acts_pass(s);
}

void password_change_on_verdict(struct request *q, const struct password_verdict *v)
{
	struct change_under_way u = { .request = q->serial, .account = v->account };

	memcpy(u.hash, v->new_hash, sizeof(u.hash));
	if (acts_enqueue(q->server, begin, &u, sizeof(u)) < 0)
		http_problem(q, 503, "overloaded", "Try again in a moment.", 2000);
}

/* NULL: it may be taken; else the reason. */
static const char *bad_password(const struct account *a, const char *new_password)
{
	if (strlen(new_password) < PASSWORD_MIN)
		return "password_short";
	return strcmp(new_password, a->login) == 0 ? "password_is_login" : NULL;
}

static void check(struct request *q, const struct account *a, const char *old, const char *new_password)
{
	const char *why = bad_password(a, new_password);
	int64_t wait;

	sign_in_name_attempt(q, a->login);
	wait = sign_in_wait_us(q);
	if (why)
		http_problem_at(q, 409, why, "This cannot be a password.", "new", 0);
	else if (wait > 0)
		http_problem(q, 429, "rate_limited", "Too many wrong attempts.", (unsigned)(wait / 1000) + 1);
	else if (password_check_add(q->server->passwords, q->serial, a->id, a->password_hash, old, new_password) < 0)
		http_problem(q, 503, "overloaded", "Many people are signing in; try again in a moment.", 3000);
}

void password_change_handle(struct request *q)
{
	const struct account *a = directory_account(q->server->directory, sign_in_account(q->server, q));
	json_t *body = json_loadb(q->body ? q->body : "", q->body_len, JSON_REJECT_DUPLICATES, NULL);
	const char *old = json_string_value(json_object_get(body, "old")), *new_password = json_string_value(json_object_get(body, "new"));

	if (!a)
		http_problem(q, 401, "not_signed_in", "Sign in first.", 0);
	else if (!new_password || json_object_size(body) != (old ? 2u : 1u) || strlen(old ? old : "") > PASSWORD_MAX || strlen(new_password) > PASSWORD_MAX)
		http_problem(q, 400, "bad_message", "Send {\"old\": …, \"new\": …} and nothing else.", 0);
	else
		check(q, a, old ? old : "", new_password);
	json_decref(body);
}
