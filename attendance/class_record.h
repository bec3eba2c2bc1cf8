/* Classes that are not in memory any more (signaling/sitting.h), read from the journal: for store_read(). */
#ifndef HUITANG_ATTENDANCE_CLASS_RECORD_H
#define HUITANG_ATTENDANCE_CLASS_RECORD_H

#include "attendance/store.h"

#define CLASS_RECORDS_MAX 200           /* in one list */

struct class_record_query {
	int64_t class;
};

/**
 * Arguments: struct class_record_query. Text: {"class": number, "events": [[kind, wall_us, payload as text]…]}: the class's plan, invitations, answers, leave,
 * rosters and states, in order; without what happened in it, its result and its minutes. No events: there was no such class.
 */
int class_record_read(struct store_reader *r, const void *args, size_t len, char **ret_text);

struct class_records_query {
	int64_t from_us, to_us;         /* not over by then, begun by then */
};

/**
 * Arguments: struct class_records_query. Text: [{"class", "events"}…] as above, but of the plan, the sites and the states alone: sealed classes of that time, the
 * CLASS_RECORDS_MAX latest, the latest first.
 */
int class_records_read(struct store_reader *r, const void *args, size_t len, char **ret_text);

#endif
