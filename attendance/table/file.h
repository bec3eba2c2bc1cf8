/* A file of unknown kind into a table: told by its first bytes. Called in the disposable process, and by tests. */
#ifndef HUITANG_ATTENDANCE_TABLE_FILE_H
#define HUITANG_ATTENDANCE_TABLE_FILE_H

#include "attendance/table/encoding.h"
#include "attendance/table/table.h"

#define TABLE_FILE_MAX (32U << 20)      /* bytes */

/**
 * Reads CSV or XLSX into an empty table. `sheet` as in xlsx_read(); CSV has none.
 *
 * Errors: -EBADMSG with *err; -ENOMEM.
 */
int file_read(struct table *t, struct encodings *e, const void *bytes, size_t len, const char *sheet, struct table_problem *err);

#endif
