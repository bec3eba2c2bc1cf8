/*
 * An act by which somebody signs in, of one's own and about oneself: a link that is used, a new password. In its turn (acts.h) the
 * session is written with whatever else the act changes; once that is on disk its cookie and the account are the reply, or for a browser
 * that came by the provider (request.then) the page where it goes on.
 *
 *   acts_enqueue ─► begin(): session_act_new ─► more changes ─► session_act_post ─► on disk ─► Set-Cookie, 200 or 303
 */
#ifndef HUITANG_SIGNALING_SESSION_ACT_H
#define HUITANG_SIGNALING_SESSION_ACT_H

#include "attendance/changes.h"

struct request;
struct server;

/** Of an account that is, or that the act makes. Owns: the caller's until session_act_post(). NULL: `a` is NULL, or no memory. */
struct changes *session_act_new(const struct server *s, const char *name, const struct account *a);

/**
 * Adds the session (account.h) and has all of it written; refusals are said, and the turn goes on. `q` is who waits for it. `c` is taken,
 * and may be NULL.
 */
void session_act_post(struct server *s, struct request *q, struct changes *c, int64_t account, const char *device, int64_t life_us);

/** The problem's reply; a browser that is on its way from page to page is sent to that of sign-in, which says it. */
void session_act_refuse(struct request *q, int status, const char *code, const char *detail, unsigned retry_ms);

#endif
