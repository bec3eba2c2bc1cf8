/*
 * The presence report of one room: a row a seat. Of a room that was opened more than once the last opening is reported,
 * unless another epoch is asked for.
 *
 * CSV: as attendance/table/csv_write.h says: opened rightly by spreadsheet programs, and run by none.
 * JSON: {"room", "title", "epoch", "zone", "opened", "ended", "as_of", "rule_version", "head": {"sequence", "hash"}, "gaps", "seats"};
 * `gaps` are the times without a server (from the last row before each start, by the wall), shown and not counted anew.
 * Times are ISO 8601 in Asia/Shanghai with offset, in whole seconds, rounded down.
 * Columns: seat, name, org, kind, role, first_join, last_leave (empty while open), last_seen, seconds_present, reconnects,
 * state (open or left). docs/database.md has the details.
 */
#ifndef HUITANG_ATTENDANCE_REPORT_H
#define HUITANG_ATTENDANCE_REPORT_H

#include <stdint.h>
#include <stdio.h>

#include "attendance/store.h"

enum report_format { REPORT_CSV, REPORT_JSON };

struct report_cfg {
	const char *room;
	const char *epoch;              /* NULL: the last opening */
	enum report_format format;
	int64_t now_wall_us;            /* the report's as-of */
};

/**
 * Writes the report from one consistent read of the database.
 *
 * Errors: -ENOENT no such room or epoch; -EBADMSG damaged; -EIO; -ENOMEM. `err` says it in a sentence.
 */
int report_write(FILE *out, struct store_reader *r, const struct report_cfg *cfg, char err[STORE_ERROR_BYTES]);

#endif
