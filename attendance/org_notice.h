/*
 * Notices to organisations: that somebody is missing, that a finding was written. One service for all kinds; a notice is of numbers only, and whoever acts
 * for the organisation reads it (signaling/notices.h). It is written with the act that it tells of, in one transaction (changes_notice()).
 *
 * What an account has read is a cursor: all up to there.
 */
#ifndef HUITANG_ATTENDANCE_ORG_NOTICE_H
#define HUITANG_ATTENDANCE_ORG_NOTICE_H

#include <stddef.h>
#include <stdint.h>

struct store;

#define ORG_NOTICE_DAYS 180             /* then it goes */
#define ORG_NOTICES_MAX 50000           /* the newest are kept in memory */

/* ROW(kind, its name on the wire and in the table). The schema's enum notice_kind. A further kind is a row here and a word there. */
#define ORG_NOTICE_KINDS(ROW)                                                                           \
	ROW(ABSENTEES, "absentees")             /* to a site: five minutes after the opening it lacks some */    \
	ROW(ABSENTEES_BELOW, "absentees_below") /* to who is above such sites: how many lack how many */         \
	ROW(FINDING_WRITTEN, "finding_written") /* about a site; `about` is its number in the class */           \
	ROW(FINDING_ANSWERED, "finding_answered")

enum org_notice_kind {
#define ORG_NOTICE_NAME(kind, name) ORG_NOTICE_##kind,
	ORG_NOTICE_KINDS(ORG_NOTICE_NAME)
#undef ORG_NOTICE_NAME
	ORG_NOTICE_KIND_COUNT
};

struct org_notice {
	int64_t id;                     /* grows */
	int64_t org;                    /* to whom */
	enum org_notice_kind kind;
	int64_t wall_us;                /* that of the act */
	int64_t class, site, about;     /* number of the class; organisation that it is about; by kind. 0: none */
	int64_t absent, unproved, expected, sites;      /* how many; 0 where the kind has none */
};

/** "absentees". */
const char *org_notice_kind_name(enum org_notice_kind kind);

/** Between store_open() and store_start(): those that are kept, the oldest first. `on_notice` returns 0, or an error that ends it. Errors: -ENOMEM, -EIO. */
int org_notices_load(struct store *s, int64_t now_us, int (*on_notice)(void *user, const struct org_notice *n), void *user);

/** Likewise: how far each account has read. */
int org_notices_load_read(struct store *s, int (*on_read)(void *user, int64_t account, int64_t upto), void *user);

/** An account has read all up to there; the cursor never goes back. Answered by the ticket. Errors: -ENOBUFS, -ENOMEM. */
int org_notices_read(struct store *s, int64_t account, int64_t upto, uint64_t ticket);

#endif
