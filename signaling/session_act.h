/*
 * An act by which somebody signs in, of one's own and about oneself: a link that is used, a new password. In its turn (acts.h) the
 * session is written with whatever else the act changes; once that is on disk its cookie and the account are the reply.
 *
 *   acts_enqueue ─► begin(): session_act_new ─► more changes ─► session_act_post ─► on disk ─► Set-Cookie, 200
 */
#ifndef HUITANG_SIGNALING_SESSION_ACT_H
#define HUITANG_SIGNALING_SESSION_ACT_H

#include "attendance/changes.h"

struct request;
struct server;

/** Owns: the caller's until session_act_post(). NULL: no such account (any more), no memory. */
struct changes *session_act_new(const struct server *s, const char *name, int64_t account);

/**
 * Adds the session (account.h) and has all of it written; refusals are said, and the turn goes on. `q` is who waits for it. `c` is taken,
 * and may be NULL.
 */
void session_act_post(struct server *s, struct request *q, struct changes *c, int64_t account, const char *device, int64_t life_us);

#endif
