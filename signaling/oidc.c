/* See oidc.h. */
#include "signaling/oidc.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "media/base/clock.h"
#include "media/base/log.h"
#include "media/base/mem.h"
#include "signaling/acts.h"
#include "signaling/card_numbers.h"
#include "signaling/oidc/exchange.h"
#include "signaling/own_address.h"
#include "signaling/routes.h"
#include "signaling/secret_file.h"
#include "signaling/server.h"
#include "signaling/session_act.h"
#include "signaling/sign_in.h"

#define STATE_COOKIE "huitang_oidc"
#define ROUTE "/api/v1/session/oidc"
#define SECRET_BYTES 513
#define USED_MAX 1024           /* states of the last minutes: beyond that the provider alone refuses a code that comes twice */
#define ADDRESS_BYTES 1100      /* as http_header.value */

struct oidc {
	struct oidc_exchange *exchange; /* owned */
	uint8_t key[OIDC_KEY_BYTES];    /* new with each start: who is on the way then begins again */
	char secret[SECRET_BYTES];
	char used[USED_MAX][OIDC_WORD_BYTES];
	size_t n_used;                  /* ever; the place of the next is that modulo USED_MAX */
};

int oidc_open(struct oidc **ret, struct server *s, void (*wake)(void *user))
{
	const struct config_oidc *c = &s->config->oidc;
	struct oidc_exchange_cfg cfg = { .issuer = c->issuer, .claim = c->claim, .fetch = { .ca_file = c->ca_file, .client = c->client }, .wake = wake, .user = s };
	struct oidc *o;
	int r;

	if (!*c->issuer)
		return 0;
	o = mem_zalloc(sizeof(*o));
	if (!o)
		return -ENOMEM;
	randombytes_buf(o->key, sizeof(o->key));
	cfg.fetch.secret = o->secret;
	r = *c->secret_file ? secret_file_read(o->secret, sizeof(o->secret), 1, c->secret_file) : 0;
	r = r < 0 ? r : oidc_exchange_create(&o->exchange, &cfg);
	if (r < 0)
		oidc_close(o);
	else
		*ret = o;
	return r;
}

struct oidc *oidc_close(struct oidc *o)
{
	if (!o)
		return NULL;
	oidc_exchange_destroy(o->exchange);
	sodium_memzero(o, sizeof(*o));
	return mem_free(o);
}

/* ---- replies ---- */

static void set_state_cookie(struct request *q, const char *value)
{
	char cookie[OIDC_COOKIE_BYTES + 128];

	snprintf(cookie, sizeof(cookie), STATE_COOKIE "=%s; Path=" ROUTE "; Max-Age=%d; HttpOnly; SameSite=Lax%s", value, *value ? (int)(OIDC_STATE_LIFE_US / 1000000) : 0,
	         sign_in_is_secure(q->server->config) ? "; Secure" : "");
	http_add_header(q, "set-cookie:", cookie);
}

/* To the page of sign-in, with a word that it has a sentence for. */
static void end_at(struct request *q, enum server_count count, const char *reason, const char *why)
{
	char page[64];

	server_add(q->server, count, 1);
	log_event(LOG_INFO, "oidc.refused reason=%s why=%s", reason, why);
	snprintf(page, sizeof(page), "/?sign_in=%s", reason);
	http_go(q, page);
}

static void end_busy(struct request *q)
{
	http_go(q, "/?sign_in=overloaded");
}

/* ---- leaving ---- */

/* The provider takes only addresses that it was told of. False: this request has none. */
static bool write_redirect(const struct request *q, char ret[OIDC_URL_BYTES])
{
	char base[OWN_ADDRESS_BYTES];

	return own_address(q, base) && snprintf(ret, OIDC_URL_BYTES, "%s" ROUTE "/callback", base) < OIDC_URL_BYTES;
}

static void leave(struct request *q, const char *authorization)
{
	const struct config_oidc *c = &q->server->config->oidc;
	char page[OIDC_PAGE_BYTES] = "/", challenge[OIDC_WORD_BYTES], cookie[OIDC_COOKIE_BYTES], redirect[OIDC_URL_BYTES], address[ADDRESS_BYTES];
	struct oidc_state state;

	http_query(q, "page", page, sizeof(page));
	oidc_state_make(&state, page, clock_wall_us());
	oidc_challenge(challenge, state.verifier);
	const char *const parameters[] = { "response_type", "code", "client_id", c->client, "redirect_uri", redirect, "scope", c->scope, "state", state.state, "nonce", state.nonce,
		"code_challenge", challenge, "code_challenge_method", "S256", NULL };
	if (!write_redirect(q, redirect) || oidc_address(address, sizeof(address), authorization, parameters) < 0) {
		http_problem(q, 400, "bad_message", "The address of this server cannot be told to the provider.", 0);
		return;
	}
	oidc_state_seal(cookie, &state, q->server->oidc->key);
	server_add(q->server, COUNT_OIDC_BEGUN, 1);
	set_state_cookie(q, cookie);
	http_go(q, address);
}

void oidc_begin_handle(struct request *q)
{
	struct oidc_job job = { .request = q->serial };

	if (!q->server->oidc || q->method != HTTP_GET)
		nothing_handle(q);
	else if (oidc_exchange_add(q->server->oidc->exchange, &job) < 0)
		end_busy(q);
}

/* ---- coming back ---- */

static bool was_used(struct oidc *o, const char *state)
{
	for (size_t i = 0; i < USED_MAX; i++)
		if (strcmp(o->used[i], state) == 0)
			return true;
	snprintf(o->used[o->n_used++ % USED_MAX], OIDC_WORD_BYTES, "%s", state);
	return false;
}

/* The state of this browser, once. */
static bool take_state(struct request *q, struct oidc_state *ret)
{
	char cookie[OIDC_COOKIE_BYTES], given[OIDC_WORD_BYTES];

	return http_cookie(q, STATE_COOKIE, cookie, sizeof(cookie)) && oidc_state_open(ret, cookie, q->server->oidc->key, clock_wall_us()) == 0 &&
	       http_query(q, "state", given, sizeof(given)) && strlen(given) == OIDC_WORD_BYTES - 1 && sodium_memcmp(given, ret->state, OIDC_WORD_BYTES) == 0 &&
	       !was_used(q->server->oidc, given);
}

/* RFC 9207: a provider that says which one it is must be the one. */
static bool is_of_issuer(const struct request *q)
{
	char issuer[OIDC_URL_BYTES];

	return !http_has_query(q, "iss") || (http_query(q, "iss", issuer, sizeof(issuer)) && strcmp(issuer, q->server->config->oidc.issuer) == 0);
}

static void redeem(struct request *q, const struct oidc_state *state)
{
	struct oidc_job job = { .request = q->serial, .redeems = true };

	snprintf(q->then, sizeof(q->then), "%s", state->page);
	memcpy(job.verifier, state->verifier, sizeof(job.verifier));
	memcpy(job.nonce, state->nonce, sizeof(job.nonce));
	guess_begin(q, "provider", 0);
	if (!http_query(q, "code", job.code, sizeof(job.code)) || !*job.code || !write_redirect(q, job.redirect)) {
		end_at(q, COUNT_OIDC_WRONG, "provider_wrong", "no_code");
	} else if (guess_take(q) > 0) {
		http_go(q, "/?sign_in=rate_limited");
	} else if (oidc_exchange_add(q->server->oidc->exchange, &job) < 0) {
		guess_return(q);
		end_busy(q);
	}
	sodium_memzero(&job, sizeof(job));
}

/* Those that are invented count for themselves: a right one is taken however many came from its network. */
static void refuse_state(struct request *q)
{
	guess_begin(q, "state", 0);
	if (guess_take(q) > 0)
		http_go(q, "/?sign_in=rate_limited");
	else
		end_at(q, COUNT_OIDC_EXPIRED, "provider_expired", "state");
}

void oidc_callback_handle(struct request *q)
{
	struct oidc_state state;

	if (!q->server->oidc || q->method != HTTP_GET) {
		nothing_handle(q);
		return;
	}
	set_state_cookie(q, "");
	if (!take_state(q, &state)) {
		refuse_state(q);
	} else if (!is_of_issuer(q)) {
		end_at(q, COUNT_OIDC_WRONG, "provider_wrong", "issuer");
	} else if (http_has_query(q, "error")) {
		end_at(q, COUNT_OIDC_DENIED, "provider_denied", "error");
	} else {
		redeem(q, &state);
	}
	sodium_memzero(&state, sizeof(state));
}

/* ---- who it is ---- */

struct entry {                          /* of an act */
	uint64_t request;
	int64_t person;
};

/* A site's account is nobody's own. */
static const struct person *find_person(struct server *s, const char *claim)
{
	const struct account *a = s->config->oidc.by_card ? NULL : directory_login(s->directory, claim);
	const struct person *p = a ? directory_person(s->directory, a->person) : NULL;
	struct card card;

	if (s->config->oidc.by_card && card_parse(&card, claim) == CARD_RIGHT) {
		p = card_numbers_person(s, &card);
		card_wipe(&card);
	}
	return p && !p->erased && p->main_org ? p : NULL;
}

/* Who has no account yet gets one; who has been given a code needs no password of his own any more. */
static struct changes *make_changes(struct server *s, const struct person *p, int64_t *ret_account)
{
	const struct account *a = directory_account(s->directory, p->account);
	struct account fresh = { .person = p->id, .org = p->main_org, .password_hash = "" };
	struct changes *c;
	char login[LOGIN_BYTES];

	if (!a) {
		fresh.id = directory_next_account_id(s->directory);
		fresh.login = login;
		directory_fresh_login(s->directory, fresh.id, false, login);
	}
	c = session_act_new(s, "provider.use", a ? a : &fresh);
	if (c && !a)
		changes_account(c, &fresh);
	if (c && a && a->must_change && !*a->password_hash)
		changes_password(c, a->id, "", false);
	*ret_account = a ? a->id : fresh.id;
	return c;
}

static void begin(struct server *s, const void *data)
{
	const struct entry *e = data;
	struct request *q = server_find_request(s, e->request);
	const struct person *p = directory_person(s->directory, e->person);
	struct changes *c;
	int64_t account;

	if (!q || !p || p->erased || !p->main_org) {
		if (q)
			end_at(q, COUNT_OIDC_UNKNOWN, "provider_unknown", "gone");
		acts_pass(s);
		return;
	}
	c = make_changes(s, p, &account);
	server_add(s, COUNT_OIDC_OK, c != NULL);
	session_act_post(s, q, c, account, "", SESSION_LIFE_US);
}

static void let_in(struct request *q, const char *claim)
{
	const struct person *p = find_person(q->server, claim);
	struct entry e = { .request = q->serial, .person = p ? p->id : 0 };

	if (!p)
		end_at(q, COUNT_OIDC_UNKNOWN, "provider_unknown", "person");
	else if (acts_enqueue(q->server, begin, &e, sizeof(e)) < 0)
		end_busy(q);
}

static void on_verdict(struct request *q, const struct oidc_verdict *v)
{
	static const struct { enum server_count count; const char *reason; } ends[] = {
		[OIDC_DOWN] = { COUNT_OIDC_DOWN, "provider_down" },
		[OIDC_REFUSED] = { COUNT_OIDC_REFUSED, "provider_expired" },
		[OIDC_WRONG] = { COUNT_OIDC_WRONG, "provider_wrong" },
	};

	if (v->redeems && v->outcome != OIDC_REFUSED)
		guess_return(q);
	if (v->outcome != OIDC_DONE)
		end_at(q, ends[v->outcome].count, ends[v->outcome].reason, v->why);
	else if (v->redeems)
		let_in(q, v->claim);
	else
		leave(q, v->url);
}

void oidc_dispatch(struct server *s)
{
	struct oidc_verdict v;

	while (s->oidc && oidc_exchange_take(s->oidc->exchange, &v)) {
		struct request *q = server_find_request(s, v.request);

		if (q)
			on_verdict(q, &v);
		sodium_memzero(&v, sizeof(v));
	}
}

void sign_in_ways_handle(struct request *q)
{
	const struct config_oidc *c = &q->server->config->oidc;

	http_reply_json(q, 200, *c->issuer ? json_pack("{s:s}", "provider", c->name) : json_object());
}
