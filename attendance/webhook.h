/*
 * Events for others' servers (docs/webhooks.md): what is kept of them. A subscription is a fact of an organisation (FACT_WEBHOOK: `text` the
 * address, `note` the kinds). Its cursor says up to which row of the journal events were queued; a delivery is an event that is
 * still to be sent, or could not be (dead). Journal and queue are one database, so that nothing is lost by kill -9, and some things
 * are sent twice.
 *
 *   journal ── webhook_find_new ─► queued ── webhook_find_due ─► sent: gone    failed: tried again later, in the end dead ─► replayed
 *
 * Readers take their own store_reader, on any thread; writes are posted (store_webhook()).
 */
#ifndef HUITANG_ATTENDANCE_WEBHOOK_H
#define HUITANG_ATTENDANCE_WEBHOOK_H

#include "attendance/changes.h"
#include "attendance/directory.h"
#include "attendance/store.h"

#define WEBHOOK_URL_BYTES 512
#define WEBHOOK_EVENTS_BYTES 2048
#define WEBHOOK_ERROR_BYTES 96
#define WEBHOOK_QUEUE_MAX 10000         /* deliveries of one subscription that wait; further events stay in the journal until then */
#define WEBHOOKS_MAX 20                 /* of one organisation */

enum webhook_op {
	WEBHOOK_QUEUE,          /* `sequences` are events to send, and the cursor moves */
	WEBHOOK_SENT,
	WEBHOOK_FAILED,         /* with attempts, next_us, dead, status and error */
	WEBHOOK_REPLAY,         /* dead ones are to be sent anew: all, or that of `sequence` */
	WEBHOOK_DROP,           /* the subscription has ended */
};

struct webhook_write {
	enum webhook_op op;
	int64_t webhook;
	int64_t sequence;               /* of the journal: the delivery; of WEBHOOK_QUEUE the new cursor */
	int64_t next_us;                /* wall */
	int32_t attempts;
	int32_t status;                 /* of HTTP; 0 none */
	bool dead;
	char error[WEBHOOK_ERROR_BYTES];
	uint32_t n;
	int64_t sequences[];            /* WEBHOOK_QUEUE: n of them */
};

struct webhook_event {
	int64_t webhook, sequence, wall_us, org;
	int32_t attempts;               /* that failed */
	char url[WEBHOOK_URL_BYTES];
	char room[ROOM_ID_BYTES];
	char act[ACT_NAME_BYTES];       /* of an ACT, else "" */
	enum event_kind kind;
};

/** Whether this is a list of kinds that may be subscribed to: names by spaces, or "*" alone. */
bool webhook_events_valid(const char *events);

/** Whether a list names the kind. Proofs of life are in none: they are no news. */
bool webhook_events_have(const char *events, enum event_kind kind);

/**
 * Looks at the next subscription behind *webhook (0: the first) that has rows behind its cursor, two thousand of them at most, in one short read. 1: *webhook is
 * that one, and *ret (mem_free()) the write that queues its events; NULL where there are none, and the few rows are looked at again the next time. 0: no more.
 *
 * Errors: -ENOMEM; of db_errno().
 */
int webhook_find_new(struct store_reader *r, int64_t *webhook, struct webhook_write **ret);

/**
 * What is due of subscriptions that are not in `busy` (n of them): up to `max`, `each` of one. Gives how many.
 *
 * Errors: of db_errno().
 */
int webhook_find_due(struct store_reader *r, int64_t now_us, const int64_t *busy, size_t n, unsigned each, struct webhook_event *ret, unsigned max);

/** For store_read(). Arguments: int64_t organisation. Text: a JSON array of {id, waiting, dead, status, error} of its subscriptions. */
int webhook_counts_read(struct store_reader *r, const void *args, size_t len, char **ret_text);

struct webhook_dead_query {
	int64_t webhook, after;
	uint32_t limit;
};

/** For store_read(). Text: a JSON array of {sequence, kind, wall_us, attempts, status, error, dead_us}, in order, behind `after`. */
int webhook_dead_read(struct store_reader *r, const void *args, size_t len, char **ret_text);

/** As one write of the store. Errors: -ENOMEM, -ENOBUFS. Thread: control. */
int store_webhook(struct store *s, const struct webhook_write *w, uint64_t ticket);

#endif
