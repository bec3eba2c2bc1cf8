/*
 * /api/v1/session: POST signs in, GET says who, DELETE signs out. Who signs in is named by account or card number; which of them it
 * was, and whether there is such a one, shows in no answer: both are looked for each time.
 *
 *   POST ─► rate limit ─► password thread ─► session_open ─► on disk ─► Set-Cookie
 *
 * How often one may guess: guess.h. Right ones are free.
 */
#include "signaling/sign_in.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "attendance/directory.h"
#include "media/base/clock.h"
#include "signaling/audit_note.h"
#include "signaling/card_numbers.h"
#include "signaling/message.h"
#include "signaling/password_check.h"
#include "signaling/routes.h"
#include "signaling/server.h"
#include "signaling/session_json.h"
#include "signaling/tickets.h"

#define SIGN_IN_NAME_BYTES 161          /* a card number with spaces, in wide digits */

static_assert(SIGN_IN_NAME_BYTES > LOGIN_BYTES, "a login fits");

struct opening {                /* of a ticket */
	uint64_t request;
	int64_t account;
};

void sign_in_reply(struct request *q, int status, int64_t id)
{
	const struct account *a = directory_account(q->server->directory, id);

	if (!a) {
		http_problem(q, 401, "not_signed_in", "Nobody is signed in.", 0);
		return;
	}
	http_reply_json(q, status, session_json_write(q->server->directory, a, clock_wall_us()));
}

bool sign_in_refuse_first(struct request *q, int64_t account)
{
	const struct account *a = directory_account(q->server->directory, account);

	if (!a || !a->must_change)
		return false;
	http_problem(q, 403, "must_change_password", "Choose a password of your own first.", 0);
	return true;
}

/* A proxy that speaks TLS for us is known by its Origin. */
bool sign_in_is_secure(const struct config *c)
{
	return *c->tls_cert || strncmp(c->origin, "https://", 8) == 0;
}

const char *sign_in_cookie_name(const struct config *c, const char *name)
{
	static const char *const ours[][2] = { { SIGN_IN_COOKIE, "__Host-" SIGN_IN_COOKIE }, { SIGN_IN_KNOWN_COOKIE, "__Host-" SIGN_IN_KNOWN_COOKIE } };

	for (size_t i = 0; sign_in_is_secure(c) && i < ARRAY_LEN(ours); i++)
		if (strcmp(ours[i][0], name) == 0)
			return ours[i][1];
	return name;
}

void sign_in_add_cookie(struct request *q, const char *name, const char *value, int64_t max_age_s)
{
	const struct config *c = q->server->config;
	char cookie[256];

	snprintf(cookie, sizeof(cookie), "%s=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s", sign_in_cookie_name(c, name), value, (long long)max_age_s,
		 sign_in_is_secure(c) ? "; Secure" : "");
	http_add_header(q, "set-cookie:", cookie);
}

void sign_in_set_cookies(struct request *q, int64_t account, int64_t max_age_s)
{
	sign_in_add_cookie(q, SIGN_IN_COOKIE, q->session_token, max_age_s);
	guess_remember(q, account);
}

int64_t sign_in_session(struct server *s, const struct request *q, uint8_t ret_session[SESSION_HASH_BYTES])
{
	char token[SESSION_TOKEN_BYTES + 1];

	if (!http_cookie(q, sign_in_cookie_name(s->config, SIGN_IN_COOKIE), token, sizeof(token)) || !session_hash(ret_session, token))
		return 0;
	return session_holder(s->directory, ret_session, clock_wall_us());
}

int64_t sign_in_account(struct server *s, const struct request *q)
{
	uint8_t session[SESSION_HASH_BYTES];

	return sign_in_session(s, q, session);
}

void sign_in_refuse_busy(struct request *q)
{
	guess_return(q);
	http_problem(q, 503, "overloaded", "Many people are signing in; try again in a moment.", password_check_retry_ms(q->server->passwords));
}

void sign_in_check(struct request *q, struct password_ask *ask, void (*on_verdict)(struct request *q, const struct password_verdict *v))
{
	q->on_password = on_verdict;
	ask->request = q->serial;
	ask->source = q->guess.source;
	if (password_check_add(q->server->passwords, ask) < 0)
		sign_in_refuse_busy(q);
}

static void on_opened(struct server *s, const void *data, int64_t sequence, int error)
{
	const struct opening *o = data;
	struct request *q = server_find_request(s, o->request);

	(void)sequence;
	if (!q)
		return;
	if (error) {
		session_close(s->store, q->session_token);
		http_problem(q, 503, "not_recorded", "The server cannot write its records just now.", 5000);
		return;
	}
	server_add(s, COUNT_SIGN_INS, 1);
	audit_note_session(s, "sign_in", o->account);
	sign_in_set_cookies(q, o->account, SESSION_LIFE_US / 1000000);
	sign_in_reply(q, 200, o->account);
}

void sign_in_refuse(struct request *q)
{
	guess_count(q);
	http_problem(q, 401, "not_signed_in", "Account, card number or password is wrong.", 0);
}

static void on_verdict(struct request *q, const struct password_verdict *v)
{
	struct server *s = q->server;
	struct opening o = { .request = v->request, .account = v->account };
	uint64_t ticket;

	if (!v->right) {
		sign_in_refuse(q);
		return;
	}
	guess_return(q);
	ticket = tickets_add(s->tickets, on_opened, &o, sizeof(o));
	if (ticket && session_open(s->store, q->session_token, o.account, clock_wall_us(), ticket) == 0)
		return;
	tickets_cancel(s->tickets, ticket);
	http_problem(q, 503, "overloaded", "Try again in a moment.", 2000);
}

/* By both ways, whether the first has found one or not. A login goes before a card number that reads the same. */
static const struct account *find_account(struct server *s, const char *name)
{
	const struct account *by_login = directory_login(s->directory, name), *by_card = NULL;
	struct card card;

	if (card_parse(&card, name) == CARD_RIGHT)
		by_card = card_numbers_account(s, &card);
	card_wipe(&card);
	return by_login ? by_login : by_card;
}

static void check_password(struct request *q, const char *name, const char *password)
{
	const struct account *a = find_account(q->server, name);

	guess_begin(q, name, a ? a->id : 0);
	if (guess_spend(q))
		sign_in_check(q, &(struct password_ask){ .account = a ? a->id : 0, .hash = a && *a->password_hash ? a->password_hash : NULL, .password = password }, on_verdict);
}

static void sign_in(struct request *q)
{
	json_t *body = json_loadb(q->body ? q->body : "", q->body_len, JSON_REJECT_DUPLICATES, NULL);
	const char *name = json_string_value(json_object_get(body, "account"));
	const char *password = json_string_value(json_object_get(body, "password"));

	if (!name || !password || json_object_size(body) != 2 || strlen(name) >= SIGN_IN_NAME_BYTES || strlen(password) > PASSWORD_MAX)
		http_problem(q, 400, "bad_message", "Send {\"account\": …, \"password\": …} and nothing else.", 0);
	else
		check_password(q, name, password);
	json_decref(body);
}

static void sign_out(struct request *q)
{
	char token[SESSION_TOKEN_BYTES + 1];

	audit_note_session(q->server, "sign_out", sign_in_account(q->server, q));
	if (http_cookie(q, sign_in_cookie_name(q->server->config, SIGN_IN_COOKIE), token, sizeof(token)))
		session_close(q->server->store, token);
	server_rights_changed(q->server);
	sign_in_add_cookie(q, SIGN_IN_COOKIE, "", 0);
	http_add_header(q, "cache-control:", "no-store");
	http_reply(q, 204, NULL, NULL);
}

void sign_in_handle(struct request *q)
{
	if (q->method == HTTP_POST)
		sign_in(q);
	else if (q->method == HTTP_DELETE)
		sign_out(q);
	else
		sign_in_reply(q, 200, sign_in_account(q->server, q));
}
