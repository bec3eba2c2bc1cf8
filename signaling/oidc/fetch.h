/*
 * Requests to the provider, by libcurl, on a thread that may wait. No redirects, no proxies of the environment, bounded in size and time:
 * what leaves goes to the configured host, and what it answers cannot hold the thread.
 */
#ifndef HUITANG_SIGNALING_OIDC_FETCH_H
#define HUITANG_SIGNALING_OIDC_FETCH_H

#include <jansson.h>
#include <stdint.h>

#include "media/base/macros.h"

struct oidc_fetcher;

struct oidc_fetch_cfg {                 /* given texts, must outlive the fetcher */
	const char *ca_file;            /* certificates that are trusted instead of the system's; "" none */
	const char *client, *secret;    /* how we show who we are where a code is redeemed (client_secret_basic); secret "": a public client */
};

/** Owns: *ret is the caller's. Thread: control. Errors: -ENOMEM. */
int oidc_fetcher_create(struct oidc_fetcher **ret, const struct oidc_fetch_cfg *cfg);
struct oidc_fetcher *oidc_fetcher_destroy(struct oidc_fetcher *f);

/** What is under way ends within a second, and nothing begins. Thread: any. */
void oidc_fetcher_stop(struct oidc_fetcher *f);

/** Writes `url` with parameters: names and values in turns, NULL behind the last. Pure. Errors: -ENAMETOOLONG, -ENOMEM. */
int oidc_address(char *ret, size_t size, const char *url, const char *const *parameters);

/**
 * GET of a JSON object, until `deadline_us` (boot). `bearer`: a token to show, NULL none.
 *
 * Owns:   *ret is the caller's, json_decref(); untouched on errors.
 * Thread: one at a time, one that may wait.
 * Errors: -EHOSTUNREACH no answer in time, or a 5xx; -EACCES a 4xx; -EBADMSG anything else; -ENOMEM.
 */
int oidc_get(json_t **ret, struct oidc_fetcher *f, const char *url, const char *bearer, int64_t deadline_us);

/** POST of a form: names and values in turns, NULL behind the last. As above. */
int oidc_post(json_t **ret, struct oidc_fetcher *f, const char *url, const char *const *form, int64_t deadline_us);

DEFINE_CLEANUP(struct oidc_fetcher, oidc_fetcher_destroy)

#endif
