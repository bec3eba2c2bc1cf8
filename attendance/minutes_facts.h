/* What the database knows for the minutes of a class (classroom/minutes.h): for store_read(), once its result is written. */
#ifndef HUITANG_ATTENDANCE_MINUTES_FACTS_H
#define HUITANG_ATTENDANCE_MINUTES_FACTS_H

#include "attendance/store.h"

struct minutes_query {
	int64_t class;
	int64_t version;                /* of minutes_read(): 0 the last one */
};

/**
 * Arguments: struct minutes_query. Text: {"persons": [[pseudonym, home, site, present_s]…] of the result, "speakers": [minutes_speakers.h…],
 * "gaps": [{from_ms, to_ms}…]: when the server stood still within the class}.
 */
int minutes_facts_read(struct store_reader *r, const void *args, size_t len, char **ret_text);

#endif
