/* See exchange.h. */
#include "signaling/oidc/exchange.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "media/base/clock.h"
#include "media/base/mailbox.h"
#include "media/base/mem.h"
#include "signaling/oidc/id_token.h"

#define JOB_US 8000000LL                /* from the queue to the verdict */
#define KEPT_US (3600LL * 1000000)      /* what the provider says of itself */
#define KEYS_AGAIN_US (10LL * 1000000)  /* a token with an unknown key asks for them anew, no oftener */

struct waiting {
	struct oidc_job job;
	int64_t deadline_us;            /* boot */
};

struct oidc_exchange {
	struct oidc_exchange_cfg cfg;
	struct mailbox *verdicts;       /* owned */
	struct oidc_fetcher *fetcher;   /* owned; the thread's, as what follows */
	struct oidc_provider provider;
	int64_t provider_until_us, jwks_until_us, jwks_read_us;
	json_t *jwks;                   /* owned */
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;           /* guards what follows */
	pthread_cond_t changed;
	struct waiting *jobs;           /* owned: a circle of OIDC_QUEUE_MAX */
	unsigned head, n;
	bool closing;
};

static enum oidc_outcome say(struct oidc_verdict *v, enum oidc_outcome outcome, const char *why)
{
	v->why = why;
	return v->outcome = outcome;
}

static enum oidc_outcome say_error(struct oidc_verdict *v, int r, const char *what)
{
	return say(v, r == -EHOSTUNREACH ? OIDC_DOWN : OIDC_WRONG, what);
}

static enum oidc_outcome know_provider(struct oidc_exchange *x, int64_t deadline_us, struct oidc_verdict *v)
{
	json_t *document = NULL;
	char url[OIDC_URL_BYTES];
	int r;

	if (clock_boot_us() < x->provider_until_us)
		return OIDC_DONE;
	r = oidc_discovery_url(url, x->cfg.issuer);
	r = r < 0 ? r : oidc_get(&document, x->fetcher, url, NULL, deadline_us);
	r = r < 0 ? r : oidc_provider_read(&x->provider, document, x->cfg.issuer);
	json_decref(document);
	if (r < 0)
		return say_error(v, r, "discovery");
	x->provider_until_us = clock_boot_us() + KEPT_US;
	return OIDC_DONE;
}

static enum oidc_outcome know_keys(struct oidc_exchange *x, bool anew, int64_t deadline_us, struct oidc_verdict *v)
{
	int64_t now = clock_boot_us();
	json_t *jwks = NULL;
	int r;

	if (x->jwks && (anew ? now < x->jwks_read_us + KEYS_AGAIN_US : now < x->jwks_until_us))
		return OIDC_DONE;
	r = oidc_get(&jwks, x->fetcher, x->provider.jwks, NULL, deadline_us);
	if (r < 0)
		return say_error(v, r, "keys");
	json_decref(x->jwks);
	x->jwks = jwks;
	x->jwks_read_us = now;
	x->jwks_until_us = now + KEPT_US;
	return OIDC_DONE;
}

/* An address that nobody has confirmed could be anybody's. */
static enum oidc_outcome read_claim(const struct oidc_exchange *x, const json_t *claims, struct oidc_verdict *v)
{
	const char *claim = json_string_value(json_object_get(claims, x->cfg.claim));

	if (!claim || !*claim || strlen(claim) >= sizeof(v->claim))
		return say(v, OIDC_WRONG, "no_claim");
	if (strcmp(x->cfg.claim, "email") == 0 && !json_is_true(json_object_get(claims, "email_verified")))
		return say(v, OIDC_WRONG, "email_not_verified");
	snprintf(v->claim, sizeof(v->claim), "%s", claim);
	return say(v, OIDC_DONE, "");
}

/* What was asked for by scope stands there with many providers (Core §5.4), and means the same person only with the same `sub`. */
static enum oidc_outcome ask_userinfo(struct oidc_exchange *x, const struct waiting *w, const json_t *claims, const json_t *reply, struct oidc_verdict *v)
{
	const char *access = json_string_value(json_object_get(reply, "access_token"));
	enum oidc_outcome outcome;
	json_t *info = NULL;
	int r = oidc_get(&info, x->fetcher, x->provider.userinfo, access, w->deadline_us);

	if (r < 0)
		return say_error(v, r, "userinfo");
	outcome = json_equal(json_object_get(info, "sub"), json_object_get(claims, "sub")) ? read_claim(x, info, v) : say(v, OIDC_WRONG, "userinfo_of_another");
	json_decref(info);
	return outcome;
}

static enum oidc_outcome check_token(struct oidc_exchange *x, const struct waiting *w, const json_t *reply, struct oidc_verdict *v)
{
	const char *token = json_string_value(json_object_get(reply, "id_token"));
	struct id_token_expected expected = { x->cfg.issuer, x->cfg.fetch.client, w->job.nonce, clock_wall_us() / 1000000 };
	enum id_token_fault fault = ID_TOKEN_KEY_UNKNOWN;
	enum oidc_outcome outcome;
	json_t *claims = NULL;

	if (!token)
		return say(v, OIDC_WRONG, "no_token");
	for (int anew = 0; anew < 2 && fault == ID_TOKEN_KEY_UNKNOWN; anew++) {
		outcome = know_keys(x, anew, w->deadline_us, v);
		if (outcome != OIDC_DONE)
			return outcome;
		fault = id_token_check(&claims, token, x->jwks, &expected);
	}
	if (fault != ID_TOKEN_RIGHT)
		return say(v, OIDC_WRONG, id_token_fault_name(fault));
	if (!json_object_get(claims, x->cfg.claim) && *x->provider.userinfo && json_string_value(json_object_get(reply, "access_token")))
		outcome = ask_userinfo(x, w, claims, reply, v);
	else
		outcome = read_claim(x, claims, v);
	json_decref(claims);
	return outcome;
}

static enum oidc_outcome redeem(struct oidc_exchange *x, const struct waiting *w, struct oidc_verdict *v)
{
	const char *const form[] = { "grant_type", "authorization_code", "code", w->job.code, "redirect_uri", w->job.redirect, "code_verifier", w->job.verifier, NULL };
	enum oidc_outcome outcome;
	json_t *reply = NULL;
	int r = oidc_post(&reply, x->fetcher, x->provider.token, form, w->deadline_us);

	if (r < 0)
		return r == -EACCES ? say(v, OIDC_REFUSED, "code") : say_error(v, r, "redeeming");
	outcome = check_token(x, w, reply, v);
	json_decref(reply);
	return outcome;
}

static void answer(struct oidc_exchange *x, const struct waiting *w, struct oidc_verdict *v)
{
	if (know_provider(x, w->deadline_us, v) != OIDC_DONE)
		return;
	if (w->job.redeems) {
		redeem(x, w, v);
	} else {
		snprintf(v->url, sizeof(v->url), "%s", x->provider.authorization);
		say(v, OIDC_DONE, "");
	}
}

static bool next_job(struct oidc_exchange *x, struct waiting *ret)
{
	bool found;

	pthread_mutex_lock(&x->lock);
	while (x->n == 0 && !x->closing)
		pthread_cond_wait(&x->changed, &x->lock);
	found = !x->closing;
	if (found) {
		*ret = x->jobs[x->head];
		sodium_memzero(&x->jobs[x->head], sizeof(*ret));
		x->head = (x->head + 1) % OIDC_QUEUE_MAX;
		x->n--;
	}
	pthread_mutex_unlock(&x->lock);
	return found;
}

static void *run(void *user)
{
	struct oidc_exchange *x = user;
	struct waiting w;

	while (next_job(x, &w)) {
		struct oidc_verdict v = { .request = w.job.request, .redeems = w.job.redeems };

		answer(x, &w, &v);
		mailbox_post(x->verdicts, 0, &v, sizeof(v));
		sodium_memzero(&v, sizeof(v));
		sodium_memzero(&w, sizeof(w));
	}
	return NULL;
}

int oidc_exchange_create(struct oidc_exchange **ret, const struct oidc_exchange_cfg *cfg)
{
	struct oidc_exchange *x = mem_zalloc(sizeof(*x));
	int r;

	if (!x)
		return -ENOMEM;
	x->cfg = *cfg;
	pthread_mutex_init(&x->lock, NULL);
	pthread_cond_init(&x->changed, NULL);
	x->jobs = mem_calloc(OIDC_QUEUE_MAX, sizeof(*x->jobs));
	r = x->jobs ? oidc_fetcher_create(&x->fetcher, &x->cfg.fetch) : -ENOMEM;
	r = r < 0 ? r : mailbox_create(&x->verdicts, cfg->wake, cfg->user);
	r = r < 0 ? r : -pthread_create(&x->thread, NULL, run, x);
	x->started = r == 0;
	if (r < 0)
		oidc_exchange_destroy(x);
	else
		*ret = x;
	return r;
}

struct oidc_exchange *oidc_exchange_destroy(struct oidc_exchange *x)
{
	if (!x)
		return NULL;
	pthread_mutex_lock(&x->lock);
	x->closing = true;
	pthread_cond_broadcast(&x->changed);
	pthread_mutex_unlock(&x->lock);
	if (x->fetcher)
		oidc_fetcher_stop(x->fetcher);
	if (x->started)
		pthread_join(x->thread, NULL);
	json_decref(x->jwks);
	oidc_fetcher_destroy(x->fetcher);
	mailbox_destroy(x->verdicts);
	pthread_cond_destroy(&x->changed);
	pthread_mutex_destroy(&x->lock);
	mem_free(x->jobs);
	return mem_free(x);
}

int oidc_exchange_add(struct oidc_exchange *x, const struct oidc_job *job)
{
	int r = -EBUSY;

	pthread_mutex_lock(&x->lock);
	if (x->n < OIDC_QUEUE_MAX) {
		x->jobs[(x->head + x->n) % OIDC_QUEUE_MAX] = (struct waiting){ *job, clock_boot_us() + JOB_US };
		x->n++;
		r = 0;
		pthread_cond_signal(&x->changed);
	}
	pthread_mutex_unlock(&x->lock);
	return r;
}

bool oidc_exchange_take(struct oidc_exchange *x, struct oidc_verdict *ret)
{
	struct letter *l = mailbox_take(x->verdicts);

	if (!l)
		return false;
	*ret = *(struct oidc_verdict *)l->data;
	sodium_memzero(l->data, l->len);
	letter_free(l);
	return true;
}
