/*
 * Appeals against what came of a class, as the database has them: whether one may be written, what one is about and what granting it does, which wait to
 * be decided. The class need not be in memory: it may be over for good. All for store_read().
 */
#ifndef HUITANG_ATTENDANCE_APPEAL_READ_H
#define HUITANG_ATTENDANCE_APPEAL_READ_H

#include "attendance/store.h"
#include "classroom/event.h"

#define APPEALS_A_CLASS_MAX 3           /* of one person, decided ones among them */
#define APPEALS_READ_MAX 500            /* in one answer */
#define APPEAL_TEXT_CHARACTERS 1000

struct appeal_of {
	char person[SEAT_ID_BYTES];     /* pseudonym; what its twins had before they were merged is its own */
	int64_t class;
};

/**
 * Arguments: struct appeal_of. Text: {next: number of a fresh appeal, written: how many there were, open: one of them waits, person?: pseudonym under which the
 * class has a result, entry?: the posting that stands}. Without `person` there is no result.
 */
int appeal_before_read(struct store_reader *r, const void *args, size_t len, char **ret_text);

struct appeal_query {
	int64_t appeal;
	int64_t milli_hours;            /* over 0: what granting this much posts; 0: not asked */
};

/**
 * Arguments: struct appeal_query. Text: {} for none of that number, else {appeal, class, title, kind, org, person, written_us, written_by, text?, decided_us?,
 * granted?, decision?, milli_hours? (as decided), home, day, window_s, present_s, unproved_s, met, sent, reason, computed (milli-hours), stands (milli-hours in the ledger),
 * worth (the most that the class gives anybody by its rules, milli-hours), postings?: [CREDIT_POSTED's payload…]}. `text` and `decision` are missing where they were
 * erased; `postings` where the amount is not above what stands, or over the worth.
 */
int appeal_read(struct store_reader *r, const void *args, size_t len, char **ret_text);

struct appeals_waiting_query {
	int64_t after;                  /* the number behind which it begins */
	uint32_t n_orgs;
	int64_t orgs[];                 /* which hold the classes, n_orgs of them */
};

/** Arguments: struct appeals_waiting_query. Text: {items: [{appeal, class, title, org, person, written_us, day}…] that wait, the oldest first, next?}. */
int appeals_waiting_read(struct store_reader *r, const void *args, size_t len, char **ret_text);

#endif
