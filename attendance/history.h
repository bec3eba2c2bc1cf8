/* What held of an organisation or a person over time, read from the facts (docs/database.md). For store_read(). */
#ifndef HUITANG_ATTENDANCE_HISTORY_H
#define HUITANG_ATTENDANCE_HISTORY_H

#include "attendance/fact.h"
#include "attendance/store.h"

#define HISTORY_ROWS_MAX 2000           /* of one type; further ones are left out, the newest first */

struct history_query {
	int64_t org, person;            /* one of them is 0 */
	bool all;                       /* also rows that later ones have taken the place of */
};

/**
 * Arguments: struct history_query. Text: a JSON array, newest first within a type, of {type (enum fact_type), id, org, person, other,
 * text, note, flag, from_us, to_us (0: open), recorded_us, act, superseded}.
 */
int history_read(struct store_reader *r, const void *args, size_t len, char **ret_text);

#endif
