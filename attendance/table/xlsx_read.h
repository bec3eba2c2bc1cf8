/*
 * XLSX workbooks: the values of one sheet. Texts as they are, numbers and dates as number.h writes them, of formulas the kept
 * results. Nothing else of a workbook is looked at: no macros, links, pictures, hidden names.
 *
 * It reads what strangers made: call it in the disposable process only (reader.h), and in tests.
 */
#ifndef HUITANG_ATTENDANCE_TABLE_XLSX_READ_H
#define HUITANG_ATTENDANCE_TABLE_XLSX_READ_H

#include "attendance/table/table.h"

/**
 * Adds the cells of a sheet to an empty table, and the names of all sheets. `sheet` "" or NULL takes the first that is not hidden.
 *
 * Errors: -EBADMSG with *err (also for a sheet without contents); -ENOMEM.
 */
int xlsx_read(struct table *t, const void *bytes, size_t len, const char *sheet, struct table_problem *err);

#endif
