/*
 * What a provider says of itself (discovery), as far as it is believed: it is the issuer that was asked, and all its addresses are at the
 * issuer's own origin. So the server speaks to that host and no other, whatever the document says.
 *
 * Pure; any thread. Spec: OpenID Connect Discovery 1.0 §3, §4
 */
#ifndef HUITANG_SIGNALING_OIDC_PROVIDER_H
#define HUITANG_SIGNALING_OIDC_PROVIDER_H

#include <jansson.h>
#include <stdbool.h>

#define OIDC_URL_BYTES 512

struct oidc_provider {
	char authorization[OIDC_URL_BYTES]; /* where browsers are sent */
	char token[OIDC_URL_BYTES];     /* where codes are redeemed */
	char jwks[OIDC_URL_BYTES];      /* its keys */
	char userinfo[OIDC_URL_BYTES];  /* what the ID token does not say; "" none */
};

/** https://…, or http:// to this machine itself; plain characters, no query or fragment. */
bool oidc_is_issuer(const char *url);

/** Where the document is. Errors: -ENAMETOOLONG. */
int oidc_discovery_url(char ret[OIDC_URL_BYTES], const char *issuer);

/** Errors: -EBADMSG; *ret stays untouched then. */
int oidc_provider_read(struct oidc_provider *ret, const json_t *document, const char *issuer);

#endif
