/*
 * POST /api/v1/session/password: a new password for whoever is signed in; all other sign-ins of the account end. An account without a
 * password (it came by a link) gives none as the old one.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "signaling/acts.h"
#include "signaling/password_check.h"
#include "signaling/routes.h"
#include "signaling/server.h"
#include "signaling/session_act.h"
#include "signaling/sign_in.h"

#define PASSWORD_MIN 8                  /* bytes */

struct change_under_way {
	uint64_t request;
	int64_t account;
	char hash[PASSWORD_HASH_BYTES];
};

static_assert(sizeof(struct change_under_way) <= ACT_DATA_BYTES, "an act's data");

static void begin(struct server *s, const void *data)
{
	const struct change_under_way *u = data;
	struct request *q = server_find_request(s, u->request);
	struct changes *c;

	if (!q) {
		acts_pass(s);
		return;
	}
	c = session_act_new(s, "password.change", directory_account(s->directory, u->account));
	if (c)
		changes_password(c, u->account, u->hash, false);
	session_act_post(s, q, c, u->account, "", SESSION_LIFE_US);
}

static void on_verdict(struct request *q, const struct password_verdict *v)
{
	struct change_under_way u = { .request = q->serial, .account = v->account };

	if (!v->right) {
		sign_in_refuse(q);
		return;
	}
	guess_return(q);
	memcpy(u.hash, v->new_hash, sizeof(u.hash));
	if (!*u.hash || acts_enqueue(q->server, begin, &u, sizeof(u)) < 0)
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

	guess_begin_own(q, a->id);
	if (why)
		http_problem_at(q, 409, why, "This cannot be a password.", "new", 0);
	else if (guess_spend(q))
		sign_in_check(q, &(struct password_ask){ .account = a->id, .hash = a->password_hash, .password = old, .new_password = new_password }, on_verdict);
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
