/* What the control thread posts to the store thread, and how. Inside attendance/ only. */
#ifndef HUITANG_ATTENDANCE_WRITES_H
#define HUITANG_ATTENDANCE_WRITES_H

#include <sqlite3.h>

#include "attendance/ballot_box.h"
#include "attendance/directory_state.h"
#include "attendance/journal.h"
#include "attendance/retention_plan.h"
#include "attendance/store.h"
#include "attendance/webhook.h"
#include "classroom/event.h"

enum write_type {               /* letter types of the store's mailbox */
	WRITE_EVENT = 1,
	WRITE_SESSION_OPENED,
	WRITE_SESSION_CLOSED,
	WRITE_CHANGES,
	WRITE_WEBHOOK,
	WRITE_RETENTION,        /* no write by itself: a run begins */
	WRITE_BALLOT_OPENED,
	WRITE_BALLOT_CAST,
	WRITE_BALLOT_COUNT,
	WRITE_NOTICES_READ,
	WRITE_NOTHING,
};

/* Every letter begins so. */
struct write_head {
	uint64_t ticket;        /* 0: no answer wanted */
};

struct write_event {
	struct write_head head;
	int64_t wall_us, boot_us;
	uint32_t kind;
	char texts[];           /* room, seat, actor, payload, each ended by 0 */
};

struct write_session {
	struct write_head head;
	struct session session; /* closed: only the hash */
};

struct write_changes {
	struct write_head head;
	int64_t wall_us, boot_us;
	const struct changes *changes;  /* the control thread's, unchanged until the answer */
};

struct write_webhook {
	struct write_head head;
	struct webhook_write write;     /* with its sequences behind it */
};

struct write_retention {
	struct write_head head; /* the ticket is answered at the end of the run */
	struct retention_plan plan;     /* with its rules behind it */
};

struct write_ballot {
	struct write_head head;
	struct ballot_name ballot;
};

struct write_vote {
	struct write_head head;
	struct ballot_vote vote;
};

struct write_ballot_count {
	struct write_head head;
	int64_t wall_us, boot_us;
	struct ballot_order order;
};

struct write_notices_read {
	struct write_head head;
	int64_t account, upto;
};

/** Posts a letter that begins with a write_head. Thread: control. Errors: -ENOBUFS, -ENOMEM. */
int store_post(struct store *s, enum write_type type, const void *data, size_t len);

/** The connection, between store_open() and store_start(). */
sqlite3 *store_db(struct store *s);

/** Where the keys of ballots are. */
const struct ballot_keys *store_ballot_keys(const struct store *s);

sqlite3 *store_reader_db(struct store_reader *r);

/**
 * Calls back for the rows of the journal (as j) for which `where` holds, a text of the program with ?1 and ?2 and perhaps an order.
 * Errors: as journal_read().
 */
int journal_select(sqlite3 *db, const char *where, int64_t first, int64_t second, journal_row_fn on_row, void *user);

#endif
