/*
 * /api/v1/session: POST signs in, GET says who, DELETE signs out. Who signs in is named by account or card number; which of them it
 * was, and whether there is such a one, shows in no answer: both are looked for each time.
 *
 *   POST ─► rate limit ─► password thread ─► session_open ─► on disk ─► Set-Cookie
 *
 * A county may stand behind one address: wrong passwords are counted by address and account, so that one who guesses keeps only
 * himself out, and (ten times as many) by address, against one who tries all accounts. Right ones are free. A card number counts as
 * such however it is written, and apart from the account that it leads to: else the count would tell whose it is.
 */
#include "signaling/sign_in.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "attendance/directory.h"
#include "media/base/clock.h"
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

void sign_in_set_cookie(struct request *q, const char *token, int64_t max_age_s)
{
	char cookie[256];

	snprintf(cookie, sizeof(cookie), SIGN_IN_COOKIE "=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s", token, (long long)max_age_s,
		 sign_in_is_secure(q->server->config) ? "; Secure" : "");
	http_add_header(q, "set-cookie:", cookie);
}

int64_t sign_in_session(struct server *s, const struct request *q, uint8_t ret_session[SESSION_HASH_BYTES])
{
	char token[SESSION_TOKEN_BYTES + 1];

	if (!http_cookie(q, SIGN_IN_COOKIE, token, sizeof(token)) || !session_hash(ret_session, token))
		return 0;
	return session_holder(s->directory, ret_session, clock_wall_us());
}

int64_t sign_in_account(struct server *s, const struct request *q)
{
	uint8_t session[SESSION_HASH_BYTES];

	return sign_in_session(s, q, session);
}

/* Whether the account exists must not show, so it counts by the name that was given; keyed, since that may be a card number. */
void sign_in_name_attempt(struct request *q, const char *name)
{
	uint8_t digest[crypto_generichash_BYTES_MIN];
	char hex[17];
	struct card card;

	if (card_parse(&card, name) == CARD_RIGHT)
		name = card.text;
	crypto_generichash(digest, sizeof(digest), (const uint8_t *)name, strlen(name), q->server->resume_key, RESUME_KEY_BYTES);
	card_wipe(&card);
	snprintf(q->attempt, sizeof(q->attempt), "%s %.46s", sodium_bin2hex(hex, sizeof(hex), digest, 8), q->peer);
}

int64_t sign_in_wait_us(const struct request *q)
{
	int64_t now = clock_boot_us();
	int64_t own = limiter_wait(q->server->sign_in_limit, q->attempt, now);
	int64_t all = limiter_wait(q->server->sign_in_address_limit, q->peer, now);

	return MAX(own, all);
}

void sign_in_count_wrong(const struct request *q)
{
	int64_t now = clock_boot_us();

	limiter_spend(q->server->sign_in_limit, q->attempt, now);
	limiter_spend(q->server->sign_in_address_limit, q->peer, now);
	server_add(q->server, COUNT_SIGN_INS_REFUSED, 1);
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
	sign_in_set_cookie(q, q->session_token, SESSION_LIFE_US / 1000000);
	sign_in_reply(q, 200, o->account);
}

void sign_in_refuse(struct request *q)
{
	sign_in_count_wrong(q);
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
	int64_t wait;

	q->on_password = on_verdict;
	sign_in_name_attempt(q, name);
	wait = sign_in_wait_us(q);
	if (wait > 0)
		http_problem(q, 429, "rate_limited", "Too many wrong attempts.", (unsigned)(wait / 1000) + 1);
	else if (password_check_add(q->server->passwords, q->serial, a ? a->id : 0, a && *a->password_hash ? a->password_hash : NULL, password, NULL) < 0)
		http_problem(q, 503, "overloaded", "Many people are signing in; try again in a moment.", 3000);
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

	if (http_cookie(q, SIGN_IN_COOKIE, token, sizeof(token)))
		session_close(q->server->store, token);
	server_rights_changed(q->server);
	sign_in_set_cookie(q, "", 0);
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
