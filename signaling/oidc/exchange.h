/*
 * The thread that speaks with the provider: reads what it says of itself and its keys (kept for an hour), redeems codes and checks the
 * ID tokens that come of them. One thread, a bounded queue, answers by mailbox: nobody else waits.
 */
#ifndef HUITANG_SIGNALING_OIDC_EXCHANGE_H
#define HUITANG_SIGNALING_OIDC_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "signaling/oidc/fetch.h"
#include "signaling/oidc/provider.h"
#include "signaling/oidc/state.h"

#define OIDC_QUEUE_MAX 64
#define OIDC_CODE_BYTES 1025
#define OIDC_CLAIM_BYTES 161

struct oidc_exchange;

struct oidc_exchange_cfg {              /* given texts, must outlive the thread */
	const char *issuer, *claim;     /* the claim that says who it is */
	struct oidc_fetch_cfg fetch;
	void (*wake)(void *user);       /* called on the thread */
	void *user;
};

struct oidc_job {
	uint64_t request;               /* serial of the HTTP request */
	bool redeems;                   /* a code; else it asks where browsers are sent */
	char code[OIDC_CODE_BYTES];
	char verifier[OIDC_WORD_BYTES], nonce[OIDC_WORD_BYTES];
	char redirect[OIDC_URL_BYTES];
};

enum oidc_outcome {
	OIDC_DONE,
	OIDC_DOWN,                      /* the provider does not answer */
	OIDC_REFUSED,                   /* it takes the code not, or not again */
	OIDC_WRONG,                     /* what it says cannot be believed */
};

struct oidc_verdict {
	uint64_t request;
	bool redeems;
	enum oidc_outcome outcome;
	const char *why;                /* a word for the log; static */
	char url[OIDC_URL_BYTES];       /* where to send the browser */
	char claim[OIDC_CLAIM_BYTES];   /* who it is */
};

/** Owns: *ret is the caller's. Errors: -ENOMEM, -errno of pthread_create(). */
int oidc_exchange_create(struct oidc_exchange **ret, const struct oidc_exchange_cfg *cfg);

/** Joins the thread, within a second or two; what waits is dropped. */
struct oidc_exchange *oidc_exchange_destroy(struct oidc_exchange *x);

/** Copies the job. Errors: -EBUSY full. */
int oidc_exchange_add(struct oidc_exchange *x, const struct oidc_job *job);

/** The next verdict. False: none. */
bool oidc_exchange_take(struct oidc_exchange *x, struct oidc_verdict *ret);

#endif
