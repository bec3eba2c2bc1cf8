/* What a person's card shows of credit: sums, postings and the classes behind them. For store_read(). */
#ifndef HUITANG_ATTENDANCE_CREDIT_CARD_H
#define HUITANG_ATTENDANCE_CREDIT_CARD_H

#include "attendance/directory.h"
#include "attendance/store.h"
#include "classroom/event.h"

#define CREDIT_CARD_ROWS_MAX 2000       /* of postings and of results; further ones are left out, the newest first */

struct credit_card_query {
	char person[SEAT_ID_BYTES];     /* pseudonym; what its twins had before they were merged is its own */
	int32_t year;
	int64_t orgs[ORG_DEPTH_MAX];    /* whose rules say what the year should reach, n of them */
	size_t n;
	int64_t target_us;              /* wall: as those rules stood then */
};

/**
 * Arguments: struct credit_card_query. Text: {"sums": [{year, subject, kind, milli_hours, counted_s}…] of all years, "entries": [CREDIT_POSTED's members, class, title,
 * sequence, posted_us…], "appeals": [{appeal, class, person, written_us, text?, by_other, decided_us?, granted?, decision?, milli_hours?}…] and "results": [RESULT's members of a row, class, title, class_kind, rule_version, began_us, day, window_s, sequence…] of the year, newest first,
 * "target"?: milli-hours that the year should reach by the rules of the organisations named: the greatest}.
 */
int credit_card_read(struct store_reader *r, const void *args, size_t len, char **ret_text);

#endif
