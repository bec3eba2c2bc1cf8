/*
 * Notices to organisations (attendance/org_notice.h) in the server: kept in memory, read by REST and pushed to sockets that asked.
 *
 *   an act ─► notice_add(its changes) ─► on disk ─► notices_apply(): kept, and told to who is there to read it
 *
 * A reader is whoever acts for the organisation: by a grant at that very organisation, or as its site. Who is above it has notices of its own. Thread: control.
 */
#ifndef HUITANG_SIGNALING_NOTICES_H
#define HUITANG_SIGNALING_NOTICES_H

#include <jansson.h>
#include <stdbool.h>

#include "attendance/authority.h"
#include "attendance/changes.h"

#define NOTICE_ORGS_MAX 64              /* organisations that one reader acts for; further ones are left out */
#define NOTICES_UNREAD_MAX 1000         /* more are told as so many */
#define NOTICES_FIRST 20                /* in the reply to notices.open */

struct notices;
struct server;
struct socket;

/* For whom a reader reads. */
struct notice_reader {
	int64_t account;
	size_t n;
	int64_t orgs[NOTICE_ORGS_MAX];
};

/** Before store_start(). Errors: of org_notices_load(). */
int notices_create(struct server *s);
void notices_destroy(struct server *s);

/** Adds a notice to an act under way, with a fresh id. Its time is that of the act. */
void notice_add(struct server *s, struct changes *c, struct org_notice notice);

/** Changes that are on disk: for acts.h. */
void notices_apply(struct server *s, const struct changes *c);

/** One after another behind NULL, the newest first; NULL behind the last. */
const struct org_notice *notice_before(const struct server *s, const struct org_notice *after);

/** By grants that hold now, or as the site. */
void notice_reader_init(struct notice_reader *ret, const struct server *s, const struct principal *who, int64_t now_us);
bool notice_reader_has(const struct notice_reader *r, int64_t org);

/** How far an account has read; how many are not read of those that a reader has. */
int64_t notices_upto(const struct server *s, int64_t account);
size_t notices_unread(const struct server *s, const struct notice_reader *r);

/** It has read all up to there, which is on disk. Its open pages are told. */
void notices_on_read(struct server *s, int64_t account, int64_t upto);

/** schema.json, org_notice; names of what `who` sees. NULL without memory. */
json_t *notice_json(const struct server *s, const struct principal *who, const struct org_notice *n);

/** A socket asks for them from now on, or no more. Errors: -ENOMEM. */
int notice_watch_open(struct socket *k);
struct notice_watch *notice_watch_close(struct notice_watch *w);

/** What notices.open answers. */
void notice_watch_describe(const struct socket *k, json_t *reply);

#endif
