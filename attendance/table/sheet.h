/* One sheet of a workbook, into a table. Inside attendance/table/ only. Spec: ECMA-376-1 §18.3 */
#ifndef HUITANG_ATTENDANCE_TABLE_SHEET_H
#define HUITANG_ATTENDANCE_TABLE_SHEET_H

#include <stdbool.h>

#include "attendance/table/shared_strings.h"
#include "attendance/table/styles.h"
#include "attendance/table/table.h"
#include "attendance/table/xml.h"

#define SHEET_ROWS 1048576              /* of a spreadsheet program */
#define SHEET_COLUMNS 16384

struct sheet_cfg {
	const struct strings *strings;
	const struct styles *styles;
	bool from_1904;                 /* days are counted from 1904 */
};

/** Adds the cells and the merged ranges of a sheet to an empty table. Errors: -EBADMSG with *err; -ENOMEM. */
int sheet_read(struct table *t, const struct xml_source *source, const struct sheet_cfg *cfg, struct table_problem *err);

/** Reads a place as "AB12"; false when it is none. Either of the two may be absent ("AB", "12"): it is 0 then. */
bool sheet_place(uint32_t *ret_row, uint32_t *ret_column, const char *text, size_t len);

#endif
