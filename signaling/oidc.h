/*
 * Signing in by a provider of OpenID Connect: authorization code with PKCE (S256), state and nonce.
 *
 *   GET session/oidc ──► 303 to the provider, a sealed cookie (oidc/state.h)
 *   the provider ──► GET session/oidc/callback {code, state} ──► code redeemed, ID token checked (oidc/exchange.h, another thread)
 *     ──► the person of the claim, by account or card number ──► an act (session_act.h) ──► 303 to the page, session cookie
 *
 * What goes wrong ends at the sign-in page, which says it: /?sign_in=REASON. Who may sign in is decided here alone: the provider says who it is.
 */
#ifndef HUITANG_SIGNALING_OIDC_H
#define HUITANG_SIGNALING_OIDC_H

struct oidc;
struct server;

/**
 * As s->config says; *ret is NULL without a provider. Nothing is asked of the provider yet.
 *
 * Owns:   *ret is the caller's. `wake` is called on the exchange's thread with s.
 * Errors: -errno of the secret's file, -EINVAL its content, -ENOMEM.
 */
int oidc_open(struct oidc **ret, struct server *s, void (*wake)(void *user));
struct oidc *oidc_close(struct oidc *o);

/** Takes what the exchange found. */
void oidc_dispatch(struct server *s);

#endif
